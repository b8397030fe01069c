"""Merging two codes into one, and splitting one by its aspects: the effect on each case, and doing it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.records import Code, Coding, ThemeValue
from scr_llm.stages.decisions import current, decided_by_document
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.themes.changes import Edit, take


@dataclass(frozen=True)
class Effect:
    """What a case shows now, and what it would show afterwards."""

    label: str
    file: str
    before: dict[str, ThemeValue]
    after: dict[str, ThemeValue]


def merge_effect(project: Project, one: str, other: str, new: str) -> list[Effect]:
    """The effect on each case of a merge: the merged code is present where either of the two is."""
    _codes(project, one, other)
    rank: list[ThemeValue] = ["present", "unclear", "explicitly_absent", "not_mentioned"]
    return [
        Effect(label, file, had, {new: min(had.values(), key=rank.index)})
        for label, file, coding in _cases(project)
        if (had := {i: _value(coding, i) for i in (one, other)})
    ]


def split_effect(project: Project, code: str) -> list[Effect]:
    """The effect on each case of a split: each aspect becomes a code, and is present where it is coded now.

    What no aspect covers would be found under none of the new codes.
    """
    (old,) = _codes(project, code)
    _refuse_whole(old)
    found = []
    for label, file, coding in _cases(project):
        theme = next((t for t in coding.themes if t.theme == code), None)
        coded = theme.sub_themes if theme else ()
        after: dict[str, ThemeValue] = {
            _plain(sub.id): "present" if sub.id in coded else "not_mentioned" for sub in old.sub_codes
        }
        found.append(Effect(label, file, {code: _value(coding, code)}, after))
    return found


def merge(
    project: Project, one: str, other: str, new: str, label: str, who: str, reason: str = "", role: str = ""
) -> None:
    """Replace the first code by the merged one, and remove the second.

    The cells of the merged code are open in every case, because nobody has decided it yet. Decisions on the two old
    codes stay on record, and so do the person and the reason.
    """
    edit = merge_edit(project, one, other, new, label, who)
    take(project, edit, act="merged", reason=reason or f"Merged {one} and {other}", who=who, role=role)


def merge_edit(project: Project, one: str, other: str, new: str, label: str, who: str) -> Edit:
    """The edit that merges two codes.

    Raises:
        UsageError: the codebook has no such code, or the id is taken.
    """
    first, second = _codes(project, one, other)
    _free(project, new, (one, other))
    joined = {
        "id": new,
        "label": label,
        "definition": f"{first.definition} Or: {second.definition}",
        "core": first.core or second.core,
        "polarity": first.polarity,
        "aliases": list(dict.fromkeys((*first.aliases, *second.aliases))),
        "include": [*dict.fromkeys((*first.include, *second.include)), _origin(who, f"merged from {one} and {other}")],
        "exclude": list(dict.fromkeys((*first.exclude, *second.exclude))),
        "question": first.question,
        "wordings": list(dict.fromkeys((*first.wordings, *second.wordings))),
        "subjects": list(dict.fromkeys((*first.subjects, *second.subjects))),
        "near_misses": [w for w in first.near_misses if w in second.near_misses],
        "sub_codes": [
            s.model_copy(update={"id": f"{new}.{s.id.partition('.')[2]}"}).model_dump(mode="json")
            for s in (*first.sub_codes, *second.sub_codes)
        ],
    }
    return _replaced({one: [joined], other: []})


def split(project: Project, code: str, who: str, reason: str = "", role: str = "") -> None:
    """Replace a code by one code for each of its aspects. Their cells are open in every case."""
    edit = split_edit(project, code, who)
    take(project, edit, act="split", reason=reason or f"Split {code} by its aspects", who=who, role=role)


def split_edit(project: Project, code: str, who: str) -> Edit:
    """The edit that splits a code by its aspects.

    Raises:
        UsageError: the codebook has no such code, it has no aspects, or an id is taken.
    """
    (old,) = _codes(project, code)
    _refuse_whole(old)
    new = []
    for sub in old.sub_codes:
        _free(project, _plain(sub.id), (code,))
        data = old.model_dump(mode="json", exclude={"sub_codes", "aliases"})
        data |= {k: v for k, v in sub.model_dump(mode="json").items() if k in data} | {
            "id": _plain(sub.id),
            "include": [*old.include, _origin(who, f"split from {code}")],
        }
        new.append(data)
    return _replaced({code: new})


def _cases(project: Project) -> list[tuple[str, str, Coding]]:
    """Label, file and current coding of each case."""
    with Store(project.database) as store:
        decided = decided_by_document(store.decisions())
        coded = [
            (d, current(c, decided.get(d.id, {})))
            for d in store.documents()
            if d.status == "coded" and (c := store.coding(d.id))
        ]
    return [(case_label(coding.case, document), document.file, coding) for document, coding in coded]


def _value(coding: Coding, code: str) -> ThemeValue:
    return next((t.value for t in coding.themes if t.theme == code), "not_mentioned")


def _codes(project: Project, *ids: str) -> tuple[Code, ...]:
    book = {c.id: c for c in load_codebook(project.codebook_path).codes}
    if missing := [i for i in ids if i not in book]:
        raise UsageError(f"the codebook has no code {missing[0]!r}.", next_step="It has: " + ", ".join(book) + ".")
    if len(set(ids)) < len(ids):
        raise UsageError("a code cannot be merged with itself.", next_step="Name two codes.")
    return tuple(book[i] for i in ids)


def _free(project: Project, new: str, but: tuple[str, ...]) -> None:
    if new in {c.id for c in load_codebook(project.codebook_path).codes} - set(but):
        raise UsageError(f"the id {new!r} is taken.", next_step="Choose another id.")


def _plain(sub: str) -> str:
    return sub.replace(".", "_")


def _origin(who: str, what: str) -> str:
    return f"{what.capitalize()} by {who} on {date.today().isoformat()}"


def _refuse_whole(code: Code) -> None:
    if not code.sub_codes:
        raise UsageError(
            f"{code.id} has no aspects to split by.", next_step="Add sub_codes to it in codebook.yaml first."
        )


def _replaced(instead: dict[str, list[dict[str, Any]]]) -> Edit:
    """The edit that replaces codes, each by a list of codes."""

    def edit(codes: list[Any]) -> None:
        for at in range(len(codes) - 1, -1, -1):
            if codes[at]["id"] in instead:
                codes[at : at + 1] = instead[codes[at]["id"]]

    return edit
