"""Inspect what a file says about itself, and read its pages a second time: pypdf cross-checks pdfium's text."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scr_llm.records import FileFacts
from scr_llm.stages.read.layout import RawPage
from scr_llm.stages.read.pdf import open_with_pypdf

AGREED = 0.95
"""Agreement (0-1) below which a page is flagged. Measured: see docs/reading.md."""
_GRAM = 4
_STRANGE = 8
"""Least number of consecutive four-letter runs missing from the other reader's text for a stretch to be reported: two
short words, or one of eleven letters."""
_BLANK_CODE = re.compile(
    rb"<([0-9a-fA-F]{2,8})>\s*<(?:0020|00a0|00ad|200[0-9a-f]|202f|205f|206[0-4]|3000|feff|000[9ad])>", re.I
)
BLANKS = 4
"""Number of codes that one font maps to spaces for its page to be flagged; honest fonts have a space, a hard space and
perhaps a soft hyphen."""
_ENTRIES = 200
"""Most entries of an outline that are kept, and most resource dictionaries of a page that are searched."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as pypdf sees it."""

    facts: FileFacts
    """What the file says about itself."""
    labels: tuple[str, ...]
    """The printed number of each page where the file gives them; empty where it does not."""
    agreement: tuple[float | None, ...]
    """For each page, how far the two readers agree (0-1); None where there is nothing to compare."""
    stretches: tuple[tuple[str, ...], ...]
    """For each page, the stretches of either reader's text that the other does not have."""
    blanks: tuple[int, ...]
    """For each page, the most codes that one of its fonts maps to spaces; 0 where no font does."""
    noted: tuple[str, ...]
    """For each page, the start of the text that a note or form field shows on it; empty where none does."""


def inspect(content: bytes, pages: tuple[RawPage, ...], *, cross_check: bool = True) -> Inspection:
    """Inspect a file whose pages pdfium has read.

    What pypdf cannot tell is left out; no failure of pypdf stops the reading.
    """
    count = len(pages)
    nothing = Inspection(FileFacts(), (), (None,) * count, ((),) * count, (0,) * count, ("",) * count)
    try:
        reader = open_with_pypdf(content)
        if reader.is_encrypted and not reader.decrypt(""):
            return nothing
    except Exception:  # a broken file may make pypdf raise anything; pdfium has already read it
        return nothing
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
    compared = [
        (page.text, _of_page(_text_of, reader, index) if cross_check and page.engine == "pdfium" else None)
        for index, page in enumerate(pages)
    ]
    return Inspection(
        facts=facts,
        labels=own_labels,
        agreement=tuple(agreement(first, second) for first, second in compared),
        stretches=tuple(_stretches(first, second) for first, second in compared),
        blanks=tuple(_of_page(_blanks, reader, index) or 0 for index in range(count)),
        noted=tuple(_of_page(_noted, reader, index) or "" for index in range(count)),
    )


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


def agreement(first: str, second: str | None) -> float | None:
    """Dice coefficient over the multisets of four-letter runs; None where there is nothing to compare.

    Only letters and digits count: order and white space do not matter.
    """
    if second is None:
        return None
    one, other = _grams(first), _grams(second)
    if not one and not other:
        return None
    shared = (one & other).total()
    return round(2 * shared / (one.total() + other.total()), 3)


def _grams(text: str) -> Counter[str]:
    letters = _bare(text)
    return Counter(letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1))


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def _stretches(first: str, second: str | None) -> tuple[str, ...]:
    """Runs of words in one text that the other does not have anywhere on the page. A page's average hides them."""
    if second is None:
        return ()
    only_first = [f"“{words}” was read only by the first" for words in _missing(first, second)]
    only_second = [f"“{words}” was read only by the second" for words in _missing(second, first)]
    return (*only_first, *only_second)


def _missing(text: str, other: str) -> list[str]:
    """Runs of words with at least `_STRANGE` four-letter runs, nearly in a row, that are nowhere in the other text."""
    known = set(_grams(other))
    words = text.split()
    letters, belongs = [], []
    for number, word in enumerate(words):
        bare = _bare(word)
        letters.append(bare)
        belongs += [number] * len(bare)
    whole = "".join(letters)
    strange = [whole[i : i + _GRAM] not in known for i in range(len(whole) - _GRAM + 1)]
    found: list[str] = []
    at = 0
    while at < len(strange):
        if not strange[at]:
            at += 1
            continue
        end = last = at
        while end < len(strange) and end - last <= _GRAM:
            last = end if strange[end] else last
            end += 1
        if last + 1 - at >= _STRANGE:
            shown = " ".join(words[belongs[at] : belongs[min(last + _GRAM - 1, len(belongs) - 1)] + 1])
            found.append(shown if len(shown) <= 80 else shown[:79] + "…")
        at = end
    return found


def _blanks(page: Any) -> int:
    """The most codes that one font of the page maps to spaces. Every reader throws text made of spaces away."""
    most = seen = 0
    waiting = [_object(page, "/Resources")]
    while waiting and seen < _ENTRIES:
        resources = waiting.pop()
        seen += 1
        for name in _object(resources, "/Font"):
            content = _object(_object(_object(resources, "/Font"), name), "/ToUnicode")
            if hasattr(content, "get_data"):
                most = max(most, len(set(_BLANK_CODE.findall(content.get_data()))))
        forms = _object(resources, "/XObject")
        inner = [_object(forms, name) for name in forms]
        waiting += [_object(form, "/Resources") for form in inner if form.get("/Subtype") == "/Form"]
    return most


def _noted(page: Any) -> str:
    """The text of the first annotation that shows any.

    That is the text of a note or stamp, the content of a form field, or letters in the annotation's appearance. A
    comment behind a symbol or a mark is not on the page.
    """
    for each in _object(page, "/Annots") or ():
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
        if _draws_letters(_object(_object(annotation, "/AP"), "/N"), 0):
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
    forms = _object(_object(look, "/Resources"), "/XObject")
    return any(_draws_letters(_object(forms, name), depth + 1) for name in forms)


def _object(holder: Any, name: str) -> Any:
    """An entry of a dictionary, resolved if it is a reference; an empty dictionary where there is none."""
    found = holder.get(name)
    found = None if found is None else found.get_object()
    return {} if found is None else found
