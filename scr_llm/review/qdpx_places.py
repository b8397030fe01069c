"""From a place in the text that another program has of a review, to the same words in ours."""

from collections.abc import Iterator

from scr_llm.records import Evidence, Page, Reading, Span
from scr_llm.render.qdpx import PAGE_BREAK
from scr_llm.review.qdpx_file import GivenCoding
from scr_llm.stages.ground import ground_quote
from scr_llm.text.flow import unmarked

_NO_TEXT = "the file has no text for it"


class Placing:
    """Grounds the quotes of one document.

    Where the other program has our own text, its offsets say which of several like passages is meant. Otherwise the
    words are looked up.
    """

    def __init__(self, reading: Reading, text: str | None, ours: str) -> None:
        self._reading, self._text = reading, text
        self._same = text is not None and text.replace("\r\n", "\n") == ours

    def words(self, coding: GivenCoding) -> str:
        """The words that somebody coded, in the other program's text."""
        if self._text is None or coding.start is None or coding.end is None:
            return ""
        return self._text[coding.start : coding.end]

    def evidence(self, coding: GivenCoding, theme: str) -> tuple[tuple[Evidence, ...], str]:
        """The words as evidence for a theme; or none, and why they are refused."""
        words = self.words(coding)
        if self._text is None or coding.start is None or coding.end is None or not words.strip():
            return (), _NO_TEXT
        if not self._same:
            return self._grounded(words.replace("\r\n", "\n"), coding.page, theme)
        # Programs on Windows count two characters for a line's end.
        start, end = (at - self._text.count("\r\n", 0, at) for at in (coding.start, coding.end))
        found: list[Evidence] = []
        for span in self._spans(start, end):
            here = self._reading.pages[span.page - 1].text[span.start : span.end]
            grounded, why = self._grounded(here, span.page, theme)
            if why:
                return (), why
            # The offsets say which of several like passages is meant, so it is not ambiguous.
            flags = [flag for flag in grounded[0].flags if flag != "ambiguous"] + ["continued"] * bool(found)
            exact = {"quote": here, "page": span.page, "start": span.start, "end": span.end, "flags": flags}
            found.append(Evidence.model_validate(grounded[0].model_dump() | exact | {"status": "exact"}))
        return (
            (tuple(found), "") if found else ((), "it is a heading, header, footer or other text that is no evidence")
        )

    def _grounded(self, words: str, page: int | None, theme: str) -> tuple[tuple[Evidence, ...], str]:
        found, refused = ground_quote(self._reading, words, page, f"theme:{theme}")
        return found, refused[0].reason if refused else ""

    def _spans(self, start: int, end: int) -> Iterator[Span]:
        """The stretches of pages that a stretch of the whole text is, without furniture and outer white space."""
        at = 0
        for page in self._reading.pages:
            low, high = max(0, start - at), min(len(page.text), end - at)
            if low < high:
                yield from _pieces(page, low, high)
            at += len(page.text) + len(PAGE_BREAK)


def _pieces(page: Page, low: int, high: int) -> Iterator[Span]:
    for first, last in unmarked(page.text, [(m.start, m.end) for m in page.marks]):
        first, last = max(first, low), min(last, high)
        words = page.text[first:last] if first < last else ""
        if words.strip():
            first += len(words) - len(words.lstrip())
            yield Span(page=page.number, start=first, end=first + len(words.strip()))
