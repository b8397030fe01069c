"""Whether the quotes of reviews lie on passages that gold marks for their theme: those printed, and those offered.

Printed are the quotes under the themes of a briefing on the reviews; praise, which has its own part, and the annex,
which has all evidence, are left out. Offered are all quotes of the cells that the coder proposes as present, which a
reviewer sees. Ticked are those of them that count unless the reviewer unticks them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Codebook, Document, GoldDocument
from scr_llm.stages.synthesise import BriefingOptions, CodedReview, offered, synthesise
from scr_llm.text.flow import readable

Lies = Literal["on gold", "beside gold", "no gold", "unclear"]
"""on gold: on a passage that gold marks for the theme. beside gold: gold has the theme, but does not mark this. no
gold: gold does not have the theme in this review. unclear: gold cannot say, so that the quote is not counted."""


@dataclass(frozen=True)
class Placed:
    """A quote, and where it lies."""

    document: str
    page: int
    theme: str
    text: str
    lies: Lies


def printed_of(reviews: Sequence[CodedReview], gold: Mapping[str, GoldDocument], book: Codebook) -> Iterator[Placed]:
    """The quotes that a briefing on the reviews prints for its themes, in its order."""
    style = BriefingOptions(title="", organisation="", marking="", version="")
    documents: list[Document] = [r.document for r in reviews]
    briefing = synthesise(reviews, documents, book, (), style)
    for part in briefing.parts:
        for quote in (p.quote for p in part.paragraphs if part.id == "others" or part.id.startswith("theme.")):
            if quote is not None and quote.theme is not None:
                lies = _lies(gold[quote.document_id], quote.theme, quote.text)
                yield Placed(quote.document_id, quote.evidence.page, quote.theme, quote.text, lies)


def offered_of(reviews: Sequence[CodedReview], gold: Mapping[str, GoldDocument]) -> Iterator[Placed]:
    """The quotes that a reviewer is shown for the themes proposed as present, without praise."""
    for review in reviews:
        own = review.document.id
        for cell in review.coding.themes:
            for e in cell.evidence if cell.value == "present" else ():
                if "good_practice" not in e.flags and "continued" not in e.flags:
                    text = readable(e.quote)
                    yield Placed(own, e.page, cell.theme, text, _lies(gold[own], cell.theme, text))


def ticked_of(reviews: Sequence[CodedReview], gold: Mapping[str, GoldDocument], book: Codebook) -> Iterator[Placed]:
    """Of these, the quotes that count unless the reviewer unticks them."""
    polarities = {code.id: code.polarity or "" for code in book.codes}
    for review in reviews:
        own = review.document.id
        for cell in review.coding.themes:
            for quote in offered(cell, polarities[cell.theme]) if cell.value == "present" else ():
                if quote.ticked:
                    lies = _lies(gold[own], cell.theme, quote.text)
                    yield Placed(own, quote.first.page, cell.theme, quote.text, lies)


def _lies(gold: GoldDocument, theme: str, text: str) -> Lies:
    cell = gold.themes.get(theme)
    if cell is not None and cell.value == "unclear":
        return "unclear"
    if cell is None or cell.value != "present":
        return "no gold"
    return "on gold" if any(touch(text, e.quote) for e in cell.evidence) else "beside gold"


def touch(quote: str, passage: str) -> bool:
    """Whether one contains the other, as in `evaluate`."""
    one, other = bare(quote), bare(passage)
    return bool(one and other) and (one in other or other in one)


def bare(text: str) -> str:
    """Letters and digits, by which texts are compared."""
    return "".join(c for c in text.lower() if c.isalnum())
