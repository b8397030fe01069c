"""Find text that a person reading the printed page cannot see: draw the page and look at the place of each word.

A word is hidden if any of these holds:

- it is drawn invisibly and no image shows anything under it;
- nothing shows in its place (it nearly matches the ground's colour, or is covered by a box, clipped or transparent);
- too little of it shows (`covered`);
- it is off the page, or smaller than 3 points.

Words drawn invisibly over something that an image shows are the text layer of a scan.

A whole sentence is hidden where the page says something different from the file: its letters are drawn as other letters
(`shapes`), a replacement text differs from what is drawn (`replaced`), or something is drawn where the file has a
space.
"""

import contextlib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium

from scr_llm.stages.read import covered, replaced, shapes
from scr_llm.stages.read.drawing import Box, Drawing, Glance, TooScatteredError
from scr_llm.stages.read.letters import SMALLEST, Letters, Rows, Word

CONTRAST = 32
"""Least difference (0-255) between the lightest and the darkest pixel of a visible word."""
_WORD = re.compile(r"\S*\w\S*")
_SIGNS = re.compile(r"(?<!\S)(?:[^\w\s]|_)+(?!\S)")
_BAND = 20.0
"""Height in points of the bands of the page by which words are compared with their neighbours."""
_HUGE = 50 * _BAND
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+")

NOTHING_SHOWS = "in the colour of its background, or covered"
OVER_NOTHING = "drawn invisibly where the image shows nothing"
TOO_LITTLE_SHOWS = "covered or cut off, so that too little of its letters shows"
OTHER_LETTERS = "other letters are drawn than those its font names"
OVER_EACH_OTHER = "two words are printed over each other"
NOT_BLANK = "something is drawn where its font has a space"

Stretch = tuple[int, int, str]
"""A stretch of a page's text: its first character, the one after its last, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words of one row that cannot be seen, or that differ from what is seen."""

    row: int
    """Number of the row on its page, from 0."""
    start: int
    """Offset of the first character in the row."""
    end: int
    """Offset just after the last."""
    why: str
    """Why it cannot be seen."""
    whole: bool = False
    """Whether the page shows a different text there, so that the whole sentence is not evidence."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What drawing a page showed."""

    hidden: tuple[Hidden, ...]
    """In reading order; neighbours of one kind are joined."""
    scanned: bool
    """Whether most of its text lies invisibly over an image: recognised by a machine, not typed."""
    pictured: float = 0.0
    """Share of the page (0-1) that images cover; where they overlap, both count."""


def look(
    page: pdfium.PdfPage,
    textpage: pdfium.PdfTextPage,
    rows: Rows,
    letters: Letters,
    again: Callable[[], pdfium.PdfPage],
    *,
    compare: bool = True,
) -> Looked:
    """Draw a page and look for each word of its rows. Afterwards the page in memory has no replacement text.

    Args:
        page: the page.
        textpage: its text.
        rows: its rows.
        letters: its letters.
        again: opens another copy of the page, to draw it differently.
        compare: whether each letter is compared with what is drawn, which costs as much as all the rest together. Not
            needed where no font in the file could name letters other than those it draws.
    """
    if not rows:
        return Looked((), False)
    search = _Search(page, textpage, letters, again)
    search.cover_by_signs(rows)
    # comparing takes the replacement text off the page, so what could cover words has been listed before
    replacement = replaced.compare(page, textpage)
    search.closely = compare and replacement is None
    for number, (first, row) in enumerate(rows):
        search.look_along(number, first, row)
    search.close()
    otherwise = search.otherwise
    if search.closely:
        otherwise += _not_blank(search.drawing, textpage, search.letters, rows)
    elif replacement is not None:
        with contextlib.closing(replacement.textpage):
            otherwise += [*replacement.differences, *_behind(search.drawing, replacement)]
    found = [*search.found, *_placed(rows, [*otherwise, *_over_each_other(search.shown)])]
    return Looked(tuple(_joined(found, rows)), search.scanned * 2 > search.total, search.pictured)


class _Search:
    """Looks for the words of one page on its drawing."""

    def __init__(
        self,
        page: pdfium.PdfPage,
        textpage: pdfium.PdfTextPage,
        letters: Letters,
        again: Callable[[], pdfium.PdfPage],
    ) -> None:
        self._textpage, self._again = textpage, again
        self._painting = covered.Painting(page)
        self._layers: covered.Layers | None = None
        self.drawing = Drawing(page)
        self.letters = letters
        self.closely = True
        """Whether each letter is compared with what is drawn."""
        self.found: list[Hidden] = []
        """Words that cannot be seen."""
        self.shown: list[Word] = []
        """Words that can."""
        self.otherwise: list[Stretch] = []
        """Words that are drawn with other letters."""
        self.total = 0
        """Words looked for."""
        self.scanned = 0
        """Words drawn invisibly over an image."""

    def cover_by_signs(self, rows: Rows) -> None:
        """Count runs of signs as something that could cover words."""
        for first, row in rows:
            for token in _SIGNS.finditer(row):
                signs = self.letters.word(first + token.start(), token.group(), closely=False)
                self._painting.cover(self._textpage, signs.first, signs.box)

    def look_along(self, number: int, first: int, row: str) -> None:
        """Look for each word of a row."""
        over_blank: list[Hidden] = []
        over_ink = 0
        for token in _WORD.finditer(row):
            self.total += 1
            word = self.letters.word(first + token.start(), token.group(), closely=self.closely)
            invisible = self._painting.is_invisible(self._textpage, word.first, word.text)
            if invisible and any(_inside(word.box, image) for image in self._painting.images):
                if isinstance(_seen(self.drawing, word.box, closely=False), Glance):
                    over_ink += 1
                else:
                    over_blank.append(Hidden(number, token.start(), token.end(), OVER_NOTHING))
            elif why := "drawn invisibly" if invisible else self._why_hidden(word):
                self.found.append(Hidden(number, token.start(), token.end(), why))
        # text recognition puts some words beside their ink, but not most of a line
        self.found += over_blank if len(over_blank) > over_ink else ()
        self.scanned += over_ink + len(over_blank)

    @property
    def pictured(self) -> float:
        """Share of the page (0-1) that images cover."""
        return self._painting.pictured

    def close(self) -> None:
        """Close what was opened to look for covered words."""
        if self._layers is not None:
            self._layers.close()

    def _why_hidden(self, word: Word) -> str | None:
        """Why a word drawn with ink cannot be seen; None where it can, and then it is noted as shown."""
        if self.letters.is_tiny(word):
            return f"smaller than {SMALLEST:g} points"
        seen = _seen(self.drawing, word.box, closely=self.closely)
        if isinstance(seen, str):
            return seen
        last = word.first + len(word.text) - 1
        if self._painting.is_doubtful(self._textpage, word.first, last, word.box) and self._is_covered(word):
            return TOO_LITTLE_SHOWS
        self.shown.append(word)
        if self.closely:
            self.otherwise += _drawn_otherwise(self.drawing, self.letters, word, seen)
        return None

    def _is_covered(self, word: Word) -> bool:
        self._layers = self._layers or covered.Layers(self._again)
        whole = word if len(word.boxes) == len(word.text) else self.letters.word(word.first, word.text)
        own = [box for character, box in zip(whole.text, whole.boxes, strict=True) if character.isalnum()]
        return self._layers.is_covered(self.drawing, word.box, own, CONTRAST)


def _behind(drawing: Drawing, replacement: replaced.Replacement) -> Iterator[Stretch]:
    """What is wrong with the letters drawn under a replacement text, by their places in the page's own text."""
    letters = Letters(replacement.textpage)
    found: list[Stretch] = []
    for first, row in replacement.rows:
        for token in _WORD.finditer(row):
            word = letters.word(first + token.start(), token.group())
            seen = _seen(drawing, word.box)
            if isinstance(seen, Glance) and not covered.is_invisible(replacement.textpage, word.first):
                found += _drawn_otherwise(drawing, letters, word, seen)
    for low, high, why in [*found, *_not_blank(drawing, replacement.textpage, letters, replacement.rows)]:
        start = replacement.claimed_at(low)
        yield start, max(start, replacement.claimed_at(high - 1)) + 1, why


def _drawn_otherwise(drawing: Drawing, letters: Letters, word: Word, seen: Glance) -> Iterator[Stretch]:
    """The word, if other letters are drawn than those its font names."""
    quarter = letters.quarter(word, drawing)
    compared = [shapes.Letter(*each) for each in zip(word.text, word.boxes, strict=True) if each[0] in shapes.LETTERS]
    if compared and quarter is not None and shapes.contradicted(drawing, compared, word.box, seen, quarter):
        yield word.first, word.first + len(word.text), OTHER_LETTERS


def _not_blank(drawing: Drawing, textpage: pdfium.PdfTextPage, letters: Letters, rows: Rows) -> Iterator[Stretch]:
    """Every space that has something drawn in its place."""
    for first, row in rows:
        for token in _BLANK.finditer(row):
            for index in range(first + token.start(), first + token.end()):
                box = letters.box(index)
                small = min(box[2] - box[0], box[3] - box[1]) <= 1
                if small or not letters.is_drawn(index) or covered.is_invisible(textpage, index):
                    continue
                if isinstance(_seen(drawing, box, closely=False), Glance):
                    yield index, index + 1, NOT_BLANK


def _over_each_other(words: Sequence[Word]) -> Iterator[Stretch]:
    """Every two words of similar size of which one covers half of the other: nobody can tell what the page shows there.

    Words divided at the end of a line are left out: pdfium makes one word of the parts, and its box spans both lines.
    """
    whole = [word for word in words if math.isfinite(sum(word.box)) and "\ufffe" not in word.text]
    whole.sort(key=lambda word: word.box[0])
    # For each band of the page, the words that reach further right than the one before them begins.
    open_: dict[int | None, list[tuple[float, int]]] = {}
    for number, word in enumerate(whole):
        left, bottom, right, top = word.box
        near = set[int]()
        for band in _bands(bottom, top):
            if wide := [each for each in open_.get(band, ()) if each[0] > left]:
                near.update([other for _, other in wide])
            wide.append((right, number))
            open_[band] = wide
        for other in [whole[place] for place in sorted(near)]:
            level = other.box[1] < top and bottom < other.box[3]
            if level and _covers(word.box, other.box) and _bare(word.text) != _bare(other.text):
                yield from ((each.first, each.first + len(each.text), OVER_EACH_OTHER) for each in (word, other))


def _bands(bottom: float, top: float) -> Sequence[int | None]:
    """The bands that a word is in. The huge have one of their own, None, with those that are half their height."""
    if top - bottom <= _HUGE / 2:
        return range(math.floor(bottom / _BAND), math.floor(top / _BAND) + 1)
    return (None,) if top - bottom > _HUGE else (None, *range(int(bottom / _BAND) - 1, int(top / _BAND) + 2))


def _covers(one: Box, other: Box) -> bool:
    """Whether two boxes of similar height share more than half of the smaller."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    heights = sorted((one[3] - one[1], other[3] - other[1]))
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return heights[1] < 2 * heights[0] and wide * high > 0.5 * smaller


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _placed(rows: Rows, stretches: Sequence[Stretch]) -> Iterator[Hidden]:
    """The stretches as parts of rows."""
    for low, high, why in stretches:
        for number, (first, row) in enumerate(rows):
            start, end = max(low, first) - first, min(high, first + len(row)) - first
            if start < end:
                yield Hidden(number, start, end, why, whole=True)


def _joined(found: list[Hidden], rows: Rows) -> list[Hidden]:
    """Stretches in reading order; those that overlap, or that only blanks separate and one reason explains, joined."""
    joined: list[Hidden] = []
    for each in sorted(found, key=lambda h: (h.row, h.start, h.end)):
        last = joined[-1] if joined else None
        if last is None or last.row != each.row:
            joined.append(each)
            continue
        adjoins = last.why == each.why and not rows[each.row][1][last.end : each.start].strip()
        if each.start < last.end or adjoins:
            why = each.why if each.whole else last.why
            joined[-1] = Hidden(last.row, last.start, max(last.end, each.end), why, last.whole or each.whole)
        else:
            joined.append(each)
    return joined


def _seen(drawing: Drawing, box: Box, *, closely: bool = True) -> Glance | str:
    """What shows within a box and one pixel around it, because a bar fills its own box; or why nothing does."""
    try:
        seen = drawing.glance(box, closely=closely)
    except TooScatteredError:
        return "too far from the rest of the page to be checked"
    if seen is None:
        return "off the page"
    return seen if seen.high - seen.low >= CONTRAST else NOTHING_SHOWS


def _inside(box: Box, image: Box) -> bool:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return image[0] <= middle[0] <= image[2] and image[1] <= middle[1] <= image[3]
