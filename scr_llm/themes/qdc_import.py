"""Themes from a codebook of another program (QDC). What our codebook has already stays as it is.

The format has no polarity and no wordings. What the file does not say is not made up: the note of a new theme lists
what a person has to complete.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.files import read_file
from scr_llm.project import Project
from scr_llm.records import Codebook
from scr_llm.render.refi import AGAIN, GROUPS, POLARITIES, guid, parsed_xml
from scr_llm.text.typed import plain
from scr_llm.themes.changes import Edit

LARGEST = 20_000_000
"""Most bytes of a file."""
MOST = 2_000
"""Most codes of a file."""
_LONGEST = 200
"""Most characters of a label."""
Polarity = Literal["feature", "shortcoming"]
_LISTS = {"Included:": "include", "Not included:": "exclude"}


@dataclass(frozen=True)
class NewThemes:
    """What a file would add."""

    codes: tuple[dict[str, Any], ...]
    """Fields of each new code."""
    known: tuple[str, ...]
    """Labels of its codes that the codebook has already."""
    left: tuple[str, ...]
    """What is not taken, and why, one line each."""

    @property
    def to_complete(self) -> list[str]:
        """What a person has to complete in each new code, one line each."""
        return [f"{code['id']}: {code['note'].partition(' To be completed: ')[2]}" for code in self.codes]


def new_themes(project: Project, path: Path, polarity: Polarity | None) -> NewThemes:
    """What a QDC file would add to the codebook. Nothing is changed.

    Args:
        project: the project.
        path: the file.
        polarity: of the themes for which the file does not say it; None to mark them.

    Raises:
        UsageError: it is not a QDC file, or not a safe one.
    """
    content = read_file(path)
    if len(content) > LARGEST:
        raise UsageError(f"{path.name} is larger than {LARGEST // 1_000_000} MB.", next_step=AGAIN)
    root = parsed_xml(content, path.name)
    if root.tag.rpartition("}")[2] != "CodeBook":
        raise UsageError(f"{path.name} is not a QDC file.", next_step=AGAIN)
    if sum(1 for _ in root.iterfind(".//{*}Code")) > MOST:
        raise UsageError(f"{path.name} has more than {MOST} codes.", next_step="Leave out those that are not needed.")
    book = load_codebook(project.codebook_path)
    known: list[str] = []
    left: list[str] = []
    made: list[dict[str, Any]] = []
    ids = {code.id for code in book.codes}
    for code in _themes(root.iterfind("{*}Codes/{*}Code")):
        label = _label(code)
        if _is_known(code, label, book) or label.casefold() in {m["label"].casefold() for m in made}:
            known.append(label)
        elif not label:
            left.append("a code without a name")
        else:
            made.append(_fields(code, label, path.name, ids, polarity))
            left += [f"“{_label(deep)}” under “{label}”: aspects have no aspects" for deep in code.iterfind(_DEEP)]
    return NewThemes(tuple(made), tuple(known), tuple(left))


_DEEP = "{*}Code/{*}Code"


def adding(found: NewThemes) -> Edit:
    """The edit that adds what is new at the end of the codebook."""
    return lambda codes: codes.extend(found.codes)


def _themes(codes: Any) -> Iterator[Any]:
    """The codes that can be themes: those at the top, and those in a group that nothing can be coded with."""
    for code in codes:
        if code.get("isCodable") == "false" and code.find("{*}Code") is not None:
            # Our own exports have groups for what is not present; they repeat the themes.
            if _label(code) not in GROUPS.values():
                yield from _themes(code.iterfind("{*}Code"))
        else:
            yield code


def _is_known(code: Any, label: str, book: Codebook) -> bool:
    own = (code.get("guid") or "").strip("{} ").lower()
    names = {name.casefold() for c in book.codes for name in (c.id, c.label, *c.aliases)}
    return label.casefold() in names or own in {guid("code", c.id) for c in book.codes}


def _fields(code: Any, label: str, file: str, ids: set[str], polarity: Polarity | None) -> dict[str, Any]:
    """The fields of a new code. What is missing stands in its note."""
    told = _described(code)
    id_ = _id(label, ids)
    missing = ["wordings, without which the embedded coder finds nothing"]
    given = told.pop("polarity", polarity)
    if given is None:
        missing.insert(0, "the polarity (shortcoming is assumed)")
    if not told["definition"]:
        missing.insert(0, "the definition")
    fields = {"id": id_, "label": label, **told, "core": False, "polarity": given or "shortcoming"}
    fields["definition"] = told["definition"] or label
    fields["note"] = f"Imported from {file}. To be completed: {'; '.join(missing)}."
    subs: list[dict[str, Any]] = []
    used: set[str] = set()
    for sub in code.iterfind("{*}Code"):
        name = _label(sub).removeprefix(f"{label}: ")
        if name:
            definition = _described(sub)["definition"] or name
            subs.append({"id": f"{id_}.{_id(name, used)}", "label": name, "definition": definition})
    return fields | ({"sub_codes": subs} if subs else {})


def _described(code: Any) -> dict[str, Any]:
    """What the description of a code says: its definition, and as our exports write them its cases and polarity."""
    found: dict[str, Any] = {}
    definition: list[str] = []
    sentences = {sentence: polarity for polarity, sentence in POLARITIES.items()}
    for part in plain((code.findtext("{*}Description") or "").replace("\r\n", "\n")).split("\n\n"):
        heading, *lines = part.strip().split("\n")
        if heading in _LISTS and all(line.startswith("- ") for line in lines):
            found[_LISTS[heading]] = [line.removeprefix("- ") for line in lines]
        elif part.strip() in sentences:
            found["polarity"] = sentences[part.strip()]
        else:
            definition.append(" ".join(part.split()))
    return {"definition": " ".join(filter(None, definition)), **found}


def _label(code: Any) -> str:
    return " ".join(plain(code.get("name") or "").split())[:_LONGEST]


def _id(label: str, used: set[str]) -> str:
    """An id that no other code has, from a label."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:40] or "theme"
    made, number = stem, 1
    while made in used:
        number += 1
        made = f"{stem}_{number}"
    used.add(made)
    return made
