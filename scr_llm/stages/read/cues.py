"""Which pages a second reader reads in any case: those where anything looks odd, and a sample of the others.

The sample is the first page with each font of the file, and every tenth page. A font is read in the same way wherever
it is used, so two readers that agree on a page will agree on the others that are set in its fonts.
"""

import re
from collections.abc import Sequence

from scr_llm.stages.read.fonts import Fonts
from scr_llm.stages.read.layout import RawPage

EVERY = 10
"""Of so many pages, one at least is in the sample: pages 1, 11, 21 ..."""
_LITTLE = 200
"""Letters below which a page has little text."""
_PICTURED = 0.25
"""Share of a page (0-1) that images must cover to raise a doubt."""
_WORDS = 30
"""Words that a page must have for its language to be judged."""
_COMMON = frozenset(
    re.findall(r"\w+", "the of and to in a was were is that for with on as by be not had this at it from")
)
"""Words that make up a third of any English text."""
_ENGLISH = 0.08
"""Share of a page's words that are common ones, at least, where its letters are what they seem."""
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff](?=[\\w\ufffd\ue000-\uf8ff])|(?<=\\w)[\ufffd\ue000-\uf8ff]")
"""A character that no reader knows, beside a letter or another of its kind; alone it is a bullet."""
_WORD = re.compile(r"[^\W\d_]+")


def cue(page: RawPage, fonts: Fonts) -> str:
    """Why a page should be read a second time, in words for a person; empty where nothing looks odd."""
    if page.hidden:
        return "some of its text cannot be seen"
    if page.scanned:
        return "its text was recognised from a scan"
    if _UNMAPPED.search(page.text):
        return "some of its characters are unknown"
    if fonts.odd:
        return fonts.odd
    if page.pictured >= _PICTURED:
        return "images cover much of it"
    words = _WORD.findall(page.text.lower())
    if sum(map(len, words)) < _LITTLE:
        return "it has little text"
    if len(words) >= _WORDS and sum(word in _COMMON for word in words) < _ENGLISH * len(words):
        return "its words are not English"
    return ""


def sample(fonts: Sequence[Fonts]) -> list[int]:
    """The pages of a file, by their index, that are read a second time although nothing about them is odd."""
    known: set[object] = set()
    found = []
    for index, own in enumerate(fonts):
        if index % EVERY == 0 or own.names - known:
            found.append(index)
            known |= own.names
    return found
