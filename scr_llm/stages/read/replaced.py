"""Compare replacement text (`/ActualText`) with the letters that a file draws in its place.

Honest files use it to undo hyphens and ligatures and to supply spaces; then its letters are those drawn. Pdfium gives
the replacement text. Removing the marks from the page in memory and asking again gives the text as drawn, and the two
are compared letter by letter.
"""

import bisect
import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from rapidfuzz.distance import Levenshtein

from scr_llm.stages.read.letters import printed, rows_of, whole
from scr_llm.stages.read.shapes import LIGATURE

_DEEPEST = 12
"""Levels of forms within forms that are searched."""


@dataclass(frozen=True)
class Replacement:
    """A page on which some text is replaced."""

    textpage: pdfium.PdfTextPage
    """The page's text as drawn. The caller closes it."""
    rows: tuple[tuple[int, str], ...]
    """Its rows: index of the first character, and the text."""
    differences: tuple[tuple[int, int, str], ...]
    """Stretches of the page's text that are drawn differently: the first character, the one after the last (both by
    pdfium's count), and the difference in words."""
    _drawn: tuple[int, ...]
    """Letters of the drawn text, in order."""
    _claimed: tuple[int, ...]
    """For each of them, the character of the page's text in its place."""

    def claimed_at(self, index: int) -> int:
        """The character of the page's text in the place of a character of the drawn text."""
        if not self._claimed:
            return 0
        behind = min(bisect.bisect_right(self._drawn, index), len(self._claimed))
        return self._claimed[max(0, behind - 1)]


def compare(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Replacement | None:
    """What is replaced on a page; None where nothing is. Afterwards the page in memory has no replacement text."""
    if not _strip(page):
        return None
    drawn = page.get_textpage()
    claimed_text, drawn_text = printed(textpage), printed(drawn)
    claimed, at = _letters(claimed_text)
    shown, shown_at = _letters(drawn_text)
    differences: list[tuple[int, int, str]] = []
    pairs: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes(claimed, shown):
        last = max(step.src_start, step.src_end - 1)
        for there in range(step.dest_start, step.dest_end) if at else ():
            here = min(step.src_start + there - step.dest_start, last, len(at) - 1)
            pairs.append((shown_at[there], at[here]))
        replacement, letters = claimed[step.src_start : step.src_end], shown[step.dest_start : step.dest_end]
        if step.tag == "equal" or _is_honest(replacement, letters):
            continue
        low = at[step.src_start] if step.src_start < len(at) else len(claimed_text) - 1
        high = at[step.src_end - 1] + 1 if replacement else low + 1
        around = _word_around(drawn_text, shown_at, step.dest_start, step.dest_end)
        drawn_there = f"“{around}”" if around else "nothing"
        differences.append((low, max(high, low + 1), f"a replacement text; {drawn_there} is drawn there"))
    return Replacement(
        textpage=drawn,
        rows=tuple(rows_of(drawn_text)),
        differences=tuple(differences),
        _drawn=tuple(there for there, _ in pairs),
        _claimed=tuple(here for _, here in pairs),
    )


def _is_honest(claimed: str, shown: str) -> bool:
    """Whether a difference is a ligature drawn without letters, or a bullet drawn as a letter of a symbol font."""
    return (not shown and LIGATURE.fullmatch(claimed) is not None) or (not claimed and len(shown) == 1)


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, folded, and the place of each in it."""
    letters, places = [], []
    for place, character in enumerate(text):
        is_plain = character.isascii()
        for folded in character.lower() if is_plain else unicodedata.normalize("NFKC", character).casefold():
            if folded.isalnum():
                letters.append(folded)
                places.append(place)
    return "".join(letters), places


def _word_around(text: str, places: list[int], start: int, end: int) -> str:
    if start >= end:
        return ""
    low, high = places[start], places[end - 1] + 1
    while low and not text[low - 1].isspace():
        low -= 1
    while high < len(text) and not text[high].isspace():
        high += 1
    shown = " ".join(whole(text[low:high]).split())
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _strip(page: pdfium.PdfPage) -> bool:
    """Remove the marks with replacement text from a page's objects. Returns whether there were any."""
    found = False
    for each in _objects(page):
        for index in reversed(range(max(0, raw.FPDFPageObj_CountMarks(each)))):
            mark = raw.FPDFPageObj_GetMark(each, index)
            if raw.FPDFPageObjMark_GetParamValueType(mark, b"ActualText") != raw.FPDF_OBJECT_UNKNOWN:
                found = bool(raw.FPDFPageObj_RemoveMark(each, mark)) or found
    return found


def _objects(page: pdfium.PdfPage) -> Iterator["ctypes._Pointer[raw.fpdf_pageobject_t__]"]:
    waiting = [(raw.FPDFPage_GetObject(page.raw, index), 0) for index in range(raw.FPDFPage_CountObjects(page.raw))]
    while waiting:
        each, depth = waiting.pop()
        yield each
        if raw.FPDFPageObj_GetType(each) == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            waiting += [
                (raw.FPDFFormObj_GetObject(each, index), depth + 1)
                for index in range(max(0, raw.FPDFFormObj_CountObjects(each)))
            ]
