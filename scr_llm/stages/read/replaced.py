"""Replacement text (`/ActualText`): what a file says of a stretch in place of the letters that it draws there.

Honest files use it to undo hyphens and ligatures and to say spaces; then its letters are those that are drawn. Pdfium
gives the replacement. Taking the marks off the page in memory and asking again gives what is drawn, and the two are
compared letter by letter.
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
"""Levels of forms within forms that are looked through."""


@dataclass(frozen=True)
class Replacement:
    """A page of which some text is replaced."""

    textpage: pdfium.PdfTextPage
    """The page's text as drawn. To be closed."""
    rows: tuple[tuple[int, str], ...]
    """Its rows: index of the first character, and the text."""
    differences: tuple[tuple[int, int, str], ...]
    """Stretches of the page's text (first character, behind the last; in pdfium's count) that are drawn otherwise, and
    how."""
    _drawn: tuple[int, ...]
    _claimed: tuple[int, ...]

    def claimed_at(self, index: int) -> int:
        """The character of the page's text that stands where a character of the drawn text stands."""
        return (
            self._claimed[max(0, min(bisect.bisect_right(self._drawn, index), len(self._claimed)) - 1)]
            if self._claimed
            else 0
        )


def compare(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> Replacement | None:
    """What is replaced on a page; None where nothing is. The page in memory has no replacement text afterwards."""
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
        if step.tag == "equal" or _is_honest(
            claimed[step.src_start : step.src_end], shown[step.dest_start : step.dest_end]
        ):
            continue
        low = at[step.src_start] if step.src_start < len(at) else len(claimed_text) - 1
        high = at[step.src_end - 1] + 1 if step.src_end > step.src_start else low + 1
        around = _word_around(drawn_text, shown_at, step.dest_start, step.dest_end)
        differences.append(
            (
                low,
                max(high, low + 1),
                f"a replacement text; “{around}” is drawn there"
                if around
                else "a replacement text; nothing is drawn there",
            )
        )
    return Replacement(
        drawn, tuple(rows_of(drawn_text)), tuple(differences), tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
    )


def _is_honest(claimed: str, shown: str) -> bool:
    """Whether a difference is a ligature without letters, or a bullet that is drawn by a letter of a font of signs."""
    return (not shown and LIGATURE.fullmatch(claimed) is not None) or (not claimed and len(shown) == 1)


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters and digits of a text, folded, and where each stands in it."""
    letters, places = [], []
    for place, character in enumerate(text):
        for folded in character.lower() if character.isascii() else unicodedata.normalize("NFKC", character).casefold():
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
    """Take the marks with a replacement text off a page's objects. Says whether there were any."""
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
