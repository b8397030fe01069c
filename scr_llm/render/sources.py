"""What a project coded, source by source, as programs for qualitative research and PDF viewers show it."""

import colorsys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Codebook, Decision, Evidence, ExportCase, FileFacts, Page

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page's own space, which no crop box and no rotation changes."""
Meaning = Literal[
    "present", "explicitly_absent", "not_mentioned", "unclear", "good_practice", "finding", "recommendation"
]
"""What a coding says: a value of its theme, praise on its subject, or that the words are an item."""


OURS = "scr-llm "
"""How the names of users begin that are this program's coders and no people."""


@dataclass(frozen=True)
class Placed:
    """Words on one page, and where they are printed."""

    words: Evidence
    boxes: tuple[Box, ...]
    """One box a line; empty where the words cannot be placed on the page."""


@dataclass(frozen=True, kw_only=True)
class Coded:
    """What was said of a theme, or of a finding or recommendation, and the words that it rests on."""

    code: str
    """Id of the theme; empty for a finding or recommendation."""
    meaning: Meaning
    quotes: tuple[tuple[Placed, ...], ...]
    """Each quote in parts: one a page, and one for each part between ellipses. Empty where nothing is quoted."""
    sub_themes: tuple[str, ...] = ()
    """Ids of its aspects."""
    decision: Decision | None = None
    """The person's decision that counts; None where nobody has decided."""
    proposed: frozenset[tuple[int, int, int]] = frozenset()
    """Page, start and end of the words that the coder had proposed for it and that still count."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One review."""

    id: str
    file: str
    """File name; a name that is left out is replaced."""
    stem: str
    """Safe name for a file about it, without an ending."""
    label: str
    sha256: str
    """SHA-256 of the file, hexadecimal."""
    taken_in: str
    """Day on which it was taken in, such as 2011-03-31; empty where it is not known."""
    facts: FileFacts
    case: ExportCase | None
    pages: tuple[Page, ...]
    """Its text; a name that is left out is replaced by as many marks as it has letters, so that offsets hold."""
    origins: tuple[tuple[float, float], ...]
    """The lower left corner of each page's media box; empty where the pages could not be opened."""
    coder: str
    """Who proposed: the embedded coder or the model."""
    coded: tuple[Coded, ...]
    pdf: Callable[[], bytes] | None
    """The file; None where it cannot go out."""
    no_pdf: str
    """Why it cannot; empty where it can."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """A whole project."""

    name: str
    organisation: str
    codebook: Codebook
    sources: tuple[Source, ...]
    not_coded: tuple[str, ...]
    """Each file that is not coded, with the reason, in one line."""
    rejected: int
    """Proposals that a person rejected."""
    open_cells: int
    """Cells that nobody has decided and in which nothing was found."""
    blind: int
    """Answers of second reviewers, which never count alone."""
    bare: bool = False
    """Whether all that is coded is left out, so that a second reviewer does not see it."""


def key(words: Evidence) -> tuple[int, int, int]:
    """The place of words: page, start and end."""
    return words.page, words.start, words.end


def colour(number: int) -> tuple[int, int, int]:
    """The colour of the theme with this number in the codebook, from 0: red, green and blue, 0 to 255.

    So light that black text on it has a contrast of at least 12 to 1; neighbours in the codebook differ most.
    """
    hue, light = (number * 0.618034 + 0.13) % 1.0, 0.7
    while True:
        red, green, blue = colorsys.hls_to_rgb(hue, light, 0.9)
        if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 > 0.55:
            return round(red * 255), round(green * 255), round(blue * 255)
        light += 0.01


def joined(parts: Sequence[Placed], pages: Sequence[Page]) -> list[list[Placed]]:
    """The parts of a quote in runs: a quote that goes on over a page is one run, one with words left out several.

    It goes on over a page where nothing but furniture stands between the two parts.
    """
    runs: list[list[Placed]] = []
    for part in parts:
        if runs and _goes_on(runs[-1][-1].words, part.words, pages):
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _goes_on(one: Evidence, other: Evidence, pages: Sequence[Page]) -> bool:
    if other.page != one.page + 1:
        return False
    foot, head = pages[one.page - 1], pages[other.page - 1]
    return not (_body(foot, one.end, len(foot.text)) or _body(head, 0, other.start))


def _body(page: Page, start: int, end: int) -> str:
    """The text of a stretch of a page that is no furniture, without white space at its ends."""
    kept = list(page.text[start:end])
    for mark in page.marks:
        for at in range(max(mark.start, start), min(mark.end, end)):
            kept[at - start] = " "
    return "".join(kept).strip()
