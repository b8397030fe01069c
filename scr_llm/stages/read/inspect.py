"""Inspect what a file says about itself, and read its pages a second time: pypdf cross-checks pdfium's text."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scr_llm.records import CrossChecked, CrossCheckMode, FileFacts
from scr_llm.stages.read.compare import SAME, Compared, compare
from scr_llm.stages.read.cues import cue, sample
from scr_llm.stages.read.fonts import NO_FONTS, Fonts, FontSearch, found_in
from scr_llm.stages.read.layout import RawPage
from scr_llm.stages.read.opening import contents
from scr_llm.stages.read.pdf import open_with_pypdf
from scr_llm.stages.read.stream import StreamReader

BLANKS = 4
"""Number of codes that one font maps to spaces for its page to be flagged; honest fonts have a space, a hard space and
perhaps a soft hyphen."""
_ENTRIES = 200
"""Most entries of an outline that are kept."""


class Checked(NamedTuple):
    """The cross-check of one page."""

    why: CrossChecked
    """Why a second reader read it, or that none did."""
    compared: Compared = Compared(None, ())
    """How the two readers compare."""


NOT_CHECKED = Checked("no")
IMPOSSIBLE = Checked("impossible")


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as pypdf sees it."""

    facts: FileFacts
    """What the file says about itself."""
    labels: tuple[str, ...]
    """The printed number of each page where the file gives them; empty where it does not."""
    checked: tuple[Checked, ...]
    """For each page, whether and why it was read a second time, and how the two readers compare."""
    blanks: tuple[int, ...]
    """For each page, the most codes that one of its fonts maps to spaces; 0 where no font does."""
    noted: tuple[str, ...]
    """For each page, the start of the text that a note or form field shows on it; empty where none does."""


def inspect(content: bytes, pages: tuple[RawPage, ...], *, cross_check: CrossCheckMode = "full") -> Inspection:
    """Inspect a file whose pages pdfium has read.

    What pypdf cannot tell is left out; no failure of pypdf stops the reading.
    """
    count = len(pages)
    reader = _open(content)
    if reader is None:
        nothing = NOT_CHECKED if cross_check == "off" else IMPOSSIBLE
        return Inspection(FileFacts(), (), (nothing,) * count, (0,) * count, ("",) * count)
    metadata = _try(lambda: reader.metadata) or {}
    facts = FileFacts(
        title=_text(metadata.get("/Title")),
        author=_text(metadata.get("/Author")),
        producer=_text(metadata.get("/Producer")),
        created=_text(metadata.get("/CreationDate")),
        encrypted=bool(reader.is_encrypted),
        outline=tuple(_titles(_try(lambda: reader.outline) or []))[:_ENTRIES],
    )
    labels = _try(lambda: tuple(reader.page_labels)) or ()
    counted = tuple(str(number + 1) for number in range(count))  # 1, 2, 3 ...: says nothing
    own_labels = labels if len(labels) == count and labels != counted else ()
    search = FontSearch()
    fonts = [_of_page(search.of_page, reader, index) or NO_FONTS for index in range(count)]
    noted = tuple(_of_page(_noted, reader, index) or "" for index in range(count))
    checked = _checked(reader, pages, fonts, cross_check)
    return Inspection(facts, own_labels, checked, tuple(each.blanks for each in fonts), noted)


def check_pages(path: Path, texts: Mapping[int, str], sha256: str = "") -> dict[int, Checked]:
    """Read some pages of a file a second time, after it has been read.

    Args:
        path: the file.
        texts: page number, from 1, to the text that the first reader has of it.
        sha256: the expected checksum of the file.

    Raises:
        FileError: the file is another one now.
        UnreadableError: it is no PDF any more.
    """
    second = SecondReader(_open(contents(path, sha256=sha256)))
    return {number: second.check(number - 1, text, "quoted") for number, text in texts.items()}


def _checked(reader: Any, pages: tuple[RawPage, ...], fonts: list[Fonts], mode: CrossCheckMode) -> tuple[Checked, ...]:
    """The cross-check of every page that the mode asks for.

    If a page of the sample differs, its fonts cannot be trusted anywhere, and every page is checked.
    """
    found: dict[int, Checked] = {}
    second = SecondReader(reader)

    def check(indices: Iterable[int], why: CrossChecked) -> None:
        for index in indices:
            if index not in found:
                page = pages[index]
                found[index] = second.check(index, page.text, why) if page.engine == "pdfium" else IMPOSSIBLE

    if mode == "full":
        check(range(len(pages)), "all")
    elif mode == "cues":
        check((index for index, page in enumerate(pages) if cue(page, fonts[index])), "cue")
        check(sample(fonts), "sample")
        if any(each.why == "sample" and any(each.compared.warnings) for each in found.values()):
            check(range(len(pages)), "cue")
    return tuple(found.get(index, NOT_CHECKED) for index in range(len(pages)))


class SecondReader:
    """Reads pages of one file a second time."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._stream = StreamReader()

    def check(self, index: int, text: str, why: CrossChecked) -> Checked:
        """Compare a page, by its index, with the text that the first reader has of it."""
        quick = _of_page(self._stream.text_of, self._reader, index)
        if quick and (compared := compare(text, quick)) == SAME:
            return Checked(why, compared)
        second = _of_page(_text_of, self._reader, index)
        return IMPOSSIBLE if second is None else Checked(why, compare(text, second))


def _open(content: bytes) -> Any:
    """The file as pypdf opens it; None where it cannot."""
    try:
        reader = open_with_pypdf(content)
        return None if reader.is_encrypted and not reader.decrypt("") else reader
    except Exception:  # a broken file may make pypdf raise anything; pdfium has already read it
        return None


def _of_page(look: Callable[[Any], Any], reader: Any, index: int) -> Any:
    return _try(lambda: look(reader.pages[index]))


def _try(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception:  # a broken file may make pypdf raise anything
        return None


def _text_of(page: Any) -> Any:
    return page.extract_text()


def _text(value: object) -> str | None:
    return str(value).strip()[:500] or None if value is not None else None


def _titles(outline: list[Any]) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = list(reversed(outline))
    while waiting and len(found) < _ENTRIES:
        entry = waiting.pop()
        if isinstance(entry, list):
            waiting += reversed(entry)
        elif title := _text(getattr(entry, "title", None)):
            found.append(title)
    return found


def _noted(page: Any) -> str:
    """The text of the first annotation that shows any.

    That is the text of a note or stamp, the content of a form field, or letters in the annotation's appearance. A
    comment behind a symbol or a mark is not on the page.
    """
    for each in found_in(page, "/Annots") or ():
        annotation = each.get_object()
        kind = annotation.get("/Subtype")
        if kind in _UNSEEN_KINDS or int(annotation.get("/F", 0)) & _NOT_SHOWN:
            continue
        field = _inherited(annotation, "/FT") if kind == "/Widget" else None
        if field == "/Btn" and not int(_inherited(annotation, "/Ff") or 0) & _PUSHED:
            continue  # a tick box or radio button: its tick is a letter of a symbol font
        text = {"/Widget": _inherited(annotation, "/V"), "/FreeText": annotation.get("/Contents")}.get(kind)
        if isinstance(text, str) and (shown := _text(text)):
            return shown
        if _draws_letters(found_in(found_in(annotation, "/AP"), "/N"), 0):
            return _text(annotation.get("/Contents")) or "…"
    return ""


_UNSEEN_KINDS = frozenset({"/Link", "/Popup", "/Text", "/FileAttachment", "/Sound", "/Movie"})
"""Kinds of annotation that show no more than a symbol."""
_NOT_SHOWN = 2 | 32
"""Flags of an annotation that is hidden (ISO 32000, table 167)."""
_PUSHED = 1 << 16
"""The flag of a push button, which has a caption."""
_LETTERS = re.compile(rb"[)>\]]\s*(?:T[jJ]|'|\")")
"""Operators that print letters."""


def _inherited(field: Any, name: str) -> Any:
    """An entry of a form field, or of the nearest field above it that has one."""
    for _ in range(20):
        if name in field:
            return field[name]
        if "/Parent" not in field:
            break
        field = field["/Parent"].get_object()
    return None


def _draws_letters(look: Any, depth: int) -> bool:
    if not hasattr(look, "get_data") or depth > 5:
        return False
    if _LETTERS.search(look.get_data()):
        return True
    forms = found_in(found_in(look, "/Resources"), "/XObject")
    return any(_draws_letters(found_in(forms, name), depth + 1) for name in forms)
