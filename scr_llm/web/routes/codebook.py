"""The codebook: reading it, previewing a change case by case, taking it with a reason, candidates for new themes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scr_llm.codebook import codes_named, load_codebook
from scr_llm.errors import ChangedFileError, RefusedError, UsageError
from scr_llm.records import Code, CodebookAct
from scr_llm.text.words import count
from scr_llm.themes import merge_split
from scr_llm.themes.candidates import adopt_edit
from scr_llm.themes.changes import Edit, changed_code, opened, take, with_edit
from scr_llm.themes.preview import MOST_REVIEWS, preview, wordings_found
from scr_llm.web import codebook_view as view
from scr_llm.web import form
from scr_llm.web.shown_codebook import CodePage, ConflictPage, Field, NewCodePage, PreviewPage, WhichPage

if TYPE_CHECKING:
    from scr_llm.web.page import Page

LONGEST = 40_000
"""Most characters of a field of a code."""
_ACTS: tuple[CodebookAct, ...] = ("changed", "added", "merged", "split")


def _codebook(page: "Page", request: Request) -> Response:
    blind = page.who(request).blind
    taken = "" if blind else request.query_params.get("taken", "")[:10]
    return page.show(request, view.codebook(page.session, page.project, blind=blind, taken=_said(page, taken)))


def _said(page: "Page", taken: str) -> str:
    """What the change with a number did, in words; empty if there is no such change."""
    changes = page.session.store.codebook_changes()
    if not 0 < form.number(taken) <= len(changes):
        return ""
    change = changes[form.number(taken) - 1]
    labels = ", ".join(c.label for c in change.after) or ", ".join(c.label for c in change.before)
    stale = f" {count(change.stale, 'decided cell')} must be decided again." if change.stale else ""
    return f"{change.act.capitalize()}: {labels}.{stale}"


def _code(page: "Page", request: Request) -> Response:
    return page.show(request, _code_page(page, request, request.path_params["code"]))


def _code_page(
    page: "Page", request: Request, code_id: str, given: Mapping[str, str] | None = None, error: str = ""
) -> CodePage:
    """One code; where what a person wrote cannot be used, as they wrote it and with the reason."""
    seen, blind = opened(page.project), page.who(request).blind
    code = _of(seen.book.codes, code_id)
    found, looked_at = ([], 0) if blind else wordings_found(page.project, code)
    return CodePage(
        code=code,
        seen=seen.sha256,
        fields=() if blind else _as_written(view.form_fields(code), given or {}),
        wordings=tuple(w for w in found if w.sentences),
        idle=tuple(w for w in found if not w.sentences),
        looked_at=looked_at,
        reviews=len(page.session.documents),
        others=() if blind else tuple(c for c in seen.book.codes if c.id != code.id),
        error=error,
    )


def _as_written(fields: tuple[Field, ...], given: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(replace(field, text=given.get(field.name, field.text)) for field in fields)


def _of(codes: tuple[Code, ...], code_id: str) -> Code:
    code = next((c for c in codes if c.id == code_id), None)
    if code is None:
        raise RefusedError("the codebook has no such theme.", next_step="Go back to the codebook.")
    return code


def _preview(page: "Page", request: Request) -> Response:
    _may_change(page, request)
    given = _given(request)
    if (seen := opened(page.project)).sha256 != given["seen"]:
        return _conflict(page, request, given)
    try:
        edit, what = _edit(page, request, given)
        new = with_edit(page.project, edit)
    except UsageError as error:
        return _shown_again(page, request, given, error)
    shown = PreviewPage(
        what=what,
        preview=preview(page.project, new, form.number(given.get("first", ""))),
        most=MOST_REVIEWS,
        effects=_effects(page, given, {c.id: c.label for c in seen.book.codes}),
        fields=tuple((name, text) for name, text in given.items() if name not in ("reason", "first")),
        back=_back(given),
    )
    return page.show(request, shown)


def _shown_again(page: "Page", request: Request, given: dict[str, str], error: UsageError) -> Response:
    """The form with what the person wrote and why it cannot be used, so that nothing has to be typed again."""
    if given["act"] == "changed":
        return page.show(request, _code_page(page, request, given["code"], given, str(error)), 400)
    if given["act"] == "added" and (shown := _new_page(page, given.get("candidate", ""), given, str(error))):
        return page.show(request, shown, 400)
    raise error


def _effects(page: "Page", given: dict[str, str], labels: dict[str, str]) -> tuple[str, ...]:
    if given["act"] == "merged":
        new = given["new"].strip()
        found = merge_split.merge_effect(page.project, given["code"], given["other"], new)
        return view.effects(found, labels | {new: given["new_label"].strip()})
    if given["act"] == "split":
        found = merge_split.split_effect(page.project, given["code"])
        parts = _of(load_codebook(page.project.codebook_path).codes, given["code"]).sub_codes
        return view.effects(found, labels | {p.id.replace(".", "_"): p.label for p in parts})
    return ()


def _take(page: "Page", request: Request) -> Response:
    _may_change(page, request)
    given, who = _given(request), page.who(request)
    try:
        edit, _ = _edit(page, request, given)
        act: CodebookAct = given["act"]  # type: ignore[assignment]
        reason = given.get("reason", "")
        take(page.project, edit, act=act, reason=reason, who=who.name, role=who.role, seen=given["seen"])
    except ChangedFileError:
        return _conflict(page, request, given)
    return page.go(f"/codebook?taken={len(page.session.store.codebook_changes())}")


def _given(request: Request) -> dict[str, str]:
    """The change in a posted form.

    Raises:
        RefusedError: a field is missing or too long.
    """
    given = {name: text for name, text in form.fields(request) if name != "csrf"}
    given = {"act": "", "code": "", "seen": "", "other": "", "new": "", "new_label": "", **given}
    if given["act"] not in _ACTS:
        raise RefusedError("the form does not say what is to be changed.", next_step="Go back to the codebook.")
    if any(len(text) > LONGEST for text in given.values()):
        raise RefusedError(f"a field is longer than {LONGEST} characters.", next_step="Shorten it.")
    return given


def _edit(page: "Page", request: Request, given: dict[str, str]) -> tuple[Edit, str]:
    """The edit that a form asks for, and what it is in words.

    Raises:
        UsageError: it cannot be made.
    """
    project, who, code_id = page.project, page.who(request).name, given["code"]
    if given["act"] == "added":
        candidate = view.candidate(project, given.get("candidate", ""))
        if candidate is None:
            raise RefusedError("this candidate is none any more.", next_step="Look at the candidates again.")
        wordings = [line.strip() for line in given.get("wordings", "").splitlines() if line.strip()]
        label = given.get("label", "")
        edit = adopt_edit(project, candidate, given["new"].strip(), label, given.get("definition", ""), who, wordings)
        return edit, f"New theme: {label.strip()}"
    code = _of(load_codebook(project.codebook_path).codes, code_id)
    if given["act"] == "merged":
        new, label = given["new"].strip(), given["new_label"].strip()
        if not (new and label):
            raise UsageError("the merged theme needs an id and a label.", next_step="Go back and give both.")
        other = _of(load_codebook(project.codebook_path).codes, given["other"])
        edit = merge_split.merge_edit(project, code_id, other.id, new, label, who)
        return edit, f"Merge {code.label} and {other.label} into {label}"
    if given["act"] == "split":
        return merge_split.split_edit(project, code_id, who), f"Split {code.label} by its aspects"
    fields = view.changed_fields(code, given)
    if not fields:
        raise UsageError("nothing differs from what the codebook says.", next_step="Go back and change something.")
    changed = ", ".join(view.LABELS[name].lower() for name in fields)
    return changed_code(code_id, fields), f"Change {code.label}: {changed}"


def _conflict(page: "Page", request: Request, given: dict[str, str]) -> Response:
    """Both versions, where the file was changed after the page was opened."""
    now = opened(page.project)
    code = next((c for c in now.book.codes if c.id == given["code"]), None)
    fields = given | {"seen": now.sha256}
    shown = ConflictPage(
        label=code.label if code else given.get("label", "") or given["code"],
        sides=view.sides(code, given) if code and given["act"] == "changed" else (),
        fields=tuple((name, text) for name, text in fields.items()),
        back=_back(given),
    )
    return page.show(request, shown, 409)


def _back(given: dict[str, str]) -> str:
    return f"/codebook/code/{given['code']}" if given["code"] else "/codebook/candidates"


def _candidates(page: "Page", request: Request) -> Response:
    _may_change(page, request)
    return page.show(request, view.candidates(page.project))


def _new(page: "Page", request: Request) -> Response:
    _may_change(page, request)
    shown = _new_page(page, request.query_params.get("candidate", ""), {})
    if shown is None:
        raise HTTPException(404)
    return page.show(request, shown)


def _new_page(page: "Page", key: str, given: Mapping[str, str], error: str = "") -> NewCodePage | None:
    """The form for a new code; None if there is no such candidate."""
    candidate = view.candidate(page.project, key)
    if candidate is None:
        return None
    fields = (
        Field("new", "Id", "", "Lower-case letters, digits and underscores. It names the decisions, and stays."),
        Field("label", view.LABELS["label"], ""),
        Field("definition", view.LABELS["definition"], "", "The review finds that …", 3),
        Field("wordings", view.LABELS["wordings"], "", "One a line; without any, the label is looked for.", 4),
    )
    seen = opened(page.project).sha256
    return NewCodePage(candidate=candidate, key=key, seen=seen, fields=_as_written(fields, given), error=error)


def _history(page: "Page", request: Request) -> Response:
    _may_change(page, request)
    return page.show(request, view.history(page.project, page.session))


def _which(page: "Page", request: Request) -> Response:
    """Go to where a number comes from, by a theme's label or a part of it; or list what could be meant."""
    _may_change(page, request)
    wanted, book = request.query_params.get("theme", "")[:200], load_codebook(page.project.codebook_path)
    found = codes_named(book, wanted)
    if len(found) == 1:
        return page.go(f"/explain/{found[0].id}")
    return page.show(request, WhichPage(wanted=wanted, codes=found or book.codes))


def _may_change(page: "Page", request: Request) -> None:
    page.refuse_blind(request, "a blind reviewer reads the definitions, and sees no counts.")


ROUTES = (
    ("/codebook", _codebook, "GET"),
    ("/codebook/code/{code}", _code, "GET"),
    ("/codebook/preview", _preview, "POST"),
    ("/codebook/take", _take, "POST"),
    ("/codebook/candidates", _candidates, "GET"),
    ("/codebook/new", _new, "GET"),
    ("/codebook/history", _history, "GET"),
    ("/explain", _which, "GET"),
)
