"""Text that a reader of the printed page does not see: found by drawing the page and looking at the place of each word.

A word is hidden where it is drawn invisibly and no image shows anything under it, where nothing shows in its place
(nearly the ground's own colour, covered by a box, clipped or transparent), where too little of it shows (`covered`),
off the page, or smaller than 3 points. Words drawn invisibly over what an image shows are the text layer of a scan. A
sentence is hidden as a whole where its letters are drawn as other letters (`shapes`), where a replacement text differs
from what is drawn (`replaced`), or where something is drawn that the file calls a space: what the page says there is
not what the file says.
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
"""Least difference between the lightest and the darkest pixel (0-255) of a word that can be seen."""
_WORD = re.compile(r"\S*\w\S*")
_SIGNS = re.compile(r"(?<!\S)(?:[^\w\s]|_)+(?!\S)")
_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+")

NOTHING_SHOWS = "in the colour of what lies around it, or covered"
OVER_NOTHING = "drawn invisibly where the image shows nothing"
TOO_LITTLE_SHOWS = "covered or cut off, so that too little of its letters shows"
OTHER_LETTERS = "other letters are drawn than its font says"
OVER_EACH_OTHER = "two words are printed over each other"
NOT_BLANK = "something is drawn where its font says a space"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words of one row that cannot be seen, or are not what is seen."""

    row: int
    """Number of the row on its page, from 0."""
    start: int
    """Offset in the row."""
    end: int
    """Offset behind."""
    why: str
    """What makes it invisible."""
    whole: bool = False
    """Whether what is seen there is another text, so that the whole sentence is not evidence."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What drawing a page showed."""

    hidden: tuple[Hidden, ...]
    """In reading order; neighbours of one kind are one."""
    scanned: bool
    """Whether its text lies invisibly over an image: recognised by a machine, not typed."""


def look(
    page: pdfium.PdfPage,
    textpage: pdfium.PdfTextPage,
    rows: Rows,
    again: Callable[[], pdfium.PdfPage],
    *,
    compare: bool = True,
) -> Looked:
    """Draw a page and look for each word of its rows. The page in memory has no replacement text afterwards.

    Args:
        page: the page.
        textpage: its text.
        rows: its rows.
        again: opens the same page once more, to draw it otherwise.
        compare: whether each letter is compared with what is drawn, which costs as much again as all the rest. Needless
            where no font of the file could say other letters than it draws.
    """
    if not rows:
        return Looked((), False)
    drawing, letters, painting = Drawing(page), Letters(textpage), covered.Painting(page)
    for first, row in rows:
        for token in _SIGNS.finditer(row):
            signs = letters.word(first + token.start(), token.group(), closely=False)
            painting.cover(textpage, signs.first, signs.box)
    layers: covered.Layers | None = None
    found: list[Hidden] = []
    otherwise: list[Stretch] = []
    scanned = total = 0
    shown: list[Word] = []
    replacement = replaced.compare(page, textpage)
    closely = compare and replacement is None
    for number, (first, row) in enumerate(rows):
        over_blank: list[Hidden] = []
        over_ink = 0
        for token in _WORD.finditer(row):
            total += 1
            word = letters.word(first + token.start(), token.group(), closely=closely)
            why: str | None
            if painting.is_invisible(textpage, word.first, word.text):
                if any(_inside(word.box, image) for image in painting.images):
                    if isinstance(_seen(drawing, word.box, closely=False), Glance):
                        over_ink += 1
                    else:
                        over_blank.append(Hidden(number, token.start(), token.end(), OVER_NOTHING))
                    continue
                why = "drawn invisibly"
            elif letters.is_tiny(word):
                why = f"smaller than {SMALLEST:g} points"
            else:
                seen = _seen(drawing, word.box, closely=closely)
                why = seen if isinstance(seen, str) else None
                if not why and painting.is_doubtful(textpage, word.first, word.first + len(word.text) - 1, word.box):
                    layers = layers or covered.Layers(again)
                    why = TOO_LITTLE_SHOWS if _is_covered(layers, drawing, letters, word) else None
                if isinstance(seen, Glance) and not why:
                    shown.append(word)
                    otherwise += _drawn_otherwise(drawing, letters, word, seen) if closely else ()
            if why:
                found.append(Hidden(number, token.start(), token.end(), why))
        # a program that recognises scans puts some words beside their ink, but not most of a line
        found += over_blank if len(over_blank) > over_ink else ()
        scanned += over_ink + len(over_blank)
    if layers is not None:
        layers.close()
    if closely:
        otherwise += _not_blank(drawing, textpage, letters, rows)
    elif replacement is not None:
        with contextlib.closing(replacement.textpage):
            otherwise += [*replacement.differences, *_behind(drawing, replacement)]
    found += _placed(rows, [*otherwise, *_over_each_other(shown)])
    return Looked(tuple(_joined(found, rows)), scanned * 2 > total)


def _is_covered(layers: covered.Layers, drawing: Drawing, letters: Letters, word: Word) -> bool:
    whole = word if len(word.boxes) == len(word.text) else letters.word(word.first, word.text)
    own = [box for character, box in zip(whole.text, whole.boxes, strict=True) if character.isalnum()]
    return layers.is_covered(drawing, word.box, own, CONTRAST)


Stretch = tuple[int, int, str]
"""First character, the one behind the last, and what is wrong with what lies between."""


def _behind(drawing: Drawing, replacement: replaced.Replacement) -> Iterator[Stretch]:
    """What is wrong with the letters that are drawn under a replacement text, at the places of the page's own text."""
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
    """The word, where other letters are drawn than its font says."""
    quarter = letters.quarter(word, drawing)
    compared = [shapes.Letter(*each) for each in zip(word.text, word.boxes, strict=True) if each[0] in shapes.LETTERS]
    if compared and quarter is not None and shapes.contradicted(drawing, compared, word.box, seen, quarter):
        yield word.first, word.first + len(word.text), OTHER_LETTERS


def _not_blank(drawing: Drawing, textpage: pdfium.PdfTextPage, letters: Letters, rows: Rows) -> Iterator[Stretch]:
    """Every space in whose place something is drawn."""
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
    """Every two words of one size of which one lies over half of the other; what the page shows there is anybody's
    guess.

    Words that a line's end divides are left out: pdfium makes one word of the parts, and its box reaches over both
    lines.
    """
    open_: list[Word] = []
    for word in sorted(
        (word for word in words if math.isfinite(sum(word.box)) and "\ufffe" not in word.text),
        key=lambda word: word.box[0],
    ):
        open_ = [other for other in open_ if other.box[2] > word.box[0]]
        for other in open_:
            if (
                other.box[1] < word.box[3]
                and word.box[1] < other.box[3]
                and _covers(word.box, other.box)
                and _bare(word.text) != _bare(other.text)
            ):
                yield from ((each.first, each.first + len(each.text), OVER_EACH_OTHER) for each in (word, other))
        open_.append(word)


def _covers(one: Box, other: Box) -> bool:
    """Whether two boxes of much the same height share half of the smaller."""
    wide, high = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    heights = sorted((one[3] - one[1], other[3] - other[1]))
    smaller = min((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return heights[1] < 2 * heights[0] and wide * high > 0.5 * smaller


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _placed(rows: Rows, stretches: Sequence[Stretch]) -> Iterator[Hidden]:
    """Stretches as parts of rows."""
    for low, high, why in stretches:
        for number, (first, row) in enumerate(rows):
            start, end = max(low, first) - first, min(high, first + len(row)) - first
            if start < end:
                yield Hidden(number, start, end, why, whole=True)


def _joined(found: list[Hidden], rows: Rows) -> list[Hidden]:
    joined: list[Hidden] = []
    for each in sorted(found, key=lambda h: (h.row, h.start, h.end)):
        last = joined[-1] if joined else None
        if (
            last
            and last.row == each.row
            and (
                each.start < last.end or (last.why == each.why and not rows[each.row][1][last.end : each.start].strip())
            )
        ):
            joined[-1] = Hidden(
                last.row,
                last.start,
                max(last.end, each.end),
                each.why if each.whole else last.why,
                last.whole or each.whole,
            )
        else:
            joined.append(each)
    return joined


def _seen(drawing: Drawing, box: Box, *, closely: bool = True) -> Glance | str:
    """What shows within a box and a pixel around it, since a bar fills its own box; why nothing does."""
    try:
        seen = drawing.glance(box, closely=closely)
    except TooScatteredError:
        return "too far from the rest of the page to be looked at"
    if seen is None:
        return "off the page"
    return seen if seen.high - seen.low >= CONTRAST else NOTHING_SHOWS


def _inside(box: Box, image: Box) -> bool:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return image[0] <= middle[0] <= image[2] and image[1] <= middle[1] <= image[3]
