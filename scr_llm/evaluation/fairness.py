"""Whether a coder's proposals depend on words for sex, ethnicity, place or agency: each kind is masked in turn."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.intake.inbox import present_documents
from scr_llm.project import Project
from scr_llm.records import (
    Codebook,
    Coding,
    Evidence,
    Fairness,
    Flip,
    FlippedSentence,
    KindOfMask,
    Mark,
    MaskKind,
    Reading,
    Span,
)
from scr_llm.reports.names import without
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground
from scr_llm.stages.synthesise import CodedReview
from scr_llm.store import Store
from scr_llm.text.flow import readable
from scr_llm.text.masking import KINDS, Masked, Masker

MEANING = (
    "A flip shows that a proposal rests on the masked words, rightly or wrongly: a person reads its sentences and "
    "decides which. That nothing flips does not show that the coder is fair: whether it errs more often about some "
    "families is seen only by comparing it with people's decisions, and a review itself may be unequal in what it "
    "reports."
)


def fairness(project: Project, coder: Coder, kinds: Sequence[MaskKind] = KINDS) -> Fairness:
    """Code every coded review as it is and with each kind of words masked. Nothing is stored.

    Raises:
        UsageError: no review is coded.
    """
    codebook = load_codebook(project.codebook_path)
    with Store(project.database) as store:
        documents = [d for d in present_documents(store) if d.status == "coded"]
        read = [(d, r) for d in documents if (r := store.reading(d.id))]
    if not read:
        raise UsageError("no review is coded in this project.", next_step="Put PDFs into inbox/ and run: scr-llm run")
    flips: list[Flip] = []
    words, cells = dict.fromkeys(kinds, 0), 0
    for document, reading in read:
        before = ground(coder.code(reading, codebook), reading)
        label = CodedReview(document, before).label
        cells += len(before.themes)
        for kind in kinds:
            made = masked_reading(reading, kind, _names(before))
            words[kind] += sum(page.words for page in made.pages.values())
            after = ground(coder.code(made.reading, codebook), made.reading)
            flips += _flips(kind, label, codebook, before, after, made)
    found = Fairness(
        coder=coder.identity,
        reviews=len(read),
        kinds=tuple(_count(kind, words[kind], cells, flips) for kind in kinds),
        flips=tuple(sorted(flips, key=lambda flip: kinds.index(flip.kind))),
        meaning=MEANING,
    )
    return without(found, project.settings.briefing.leave_out)


def _names(coding: Coding) -> list[str]:
    """Names of the review's own place: its authority without the words that any authority's name may have."""
    common = {"council", "county", "city", "borough", "and", "of", "the", "north", "south", "east", "west"}
    return [word for word in (coding.case.authority or "").split() if word.lower() not in common and word[:1].isupper()]


@dataclass(frozen=True)
class MaskedReading:
    """A masked reading, and the way back."""

    reading: Reading
    """With the same pages, sections and sentences."""
    pages: Mapping[int, Masked]
    """Page number to its masked text."""
    before: Mapping[int, str]
    """Page number to its text as it was."""

    def sentence(self, quote: Evidence, *, is_masked: bool) -> FlippedSentence:
        """A quote of the reading as it was, or of the masked one, in both forms."""
        page = self.pages[quote.page]
        if is_masked:
            low, high = page.place_before(quote.start), page.place_before(quote.end - 1, end=True)
            high = max(high, page.place_before(quote.end))
        else:
            low, high = quote.start, quote.end
        return FlippedSentence(
            page=quote.page,
            text=readable(self.before[quote.page][low:high]),
            masked=readable(page.text[page.place_of(low) : page.place_of(high)]),
        )


def masked_reading(reading: Reading, kind: MaskKind, names: Sequence[str] = ()) -> MaskedReading:
    """A reading with one kind of words masked; marks, sections and items stay where they were in the text.

    Args:
        reading: the review.
        kind: which words.
        names: of its own place, masked with the kind `place`.
    """
    masker = Masker(kind, names)
    pages = {page.number: masker.mask(page.text) for page in reading.pages}

    def at(page: int, offset: int) -> int:
        return pages[page].place_of(offset)

    new_pages = tuple(
        page.model_copy(
            update={
                "text": pages[page.number].text,
                "marks": tuple(
                    Mark(kind=m.kind, start=at(page.number, m.start), end=at(page.number, m.end)) for m in page.marks
                ),
            }
        )
        for page in reading.pages
    )
    items = tuple(
        item.model_copy(
            update={
                "text": masker.mask(item.text).text,
                "spans": tuple(Span(page=s.page, start=at(s.page, s.start), end=at(s.page, s.end)) for s in item.spans),
            }
        )
        for item in reading.items
    )
    made = reading.model_copy(
        update={
            "pages": new_pages,
            "items": items,
            "sections": tuple(s.model_copy(update={"start": at(s.page, s.start)}) for s in reading.sections),
            "sha256": hashlib.sha256("\f".join(p.text for p in new_pages).encode()).hexdigest(),
        }
    )
    return MaskedReading(made, pages, {page.number: page.text for page in reading.pages})


def _flips(
    kind: MaskKind, label: str, codebook: Codebook, before: Coding, after: Coding, made: MaskedReading
) -> Iterator[Flip]:
    """The cells of a review with another value once it is masked."""
    labels, now = {c.id: c.label for c in codebook.codes}, {t.theme: t for t in after.themes}
    for was in before.themes:
        masked = now[was.theme]
        if was.value == masked.value:
            continue
        sentences = [made.sentence(quote, is_masked=False) for quote in was.evidence]
        sentences += [made.sentence(quote, is_masked=True) for quote in masked.evidence]
        yield Flip(
            kind=kind,
            document_id=before.document_id,
            label=label,
            theme=was.theme,
            theme_label=labels[was.theme],
            before=was.value,
            after=masked.value,
            sentences=tuple(dict.fromkeys(sentences)),
        )


def _count(kind: MaskKind, words: int, cells: int, flips: Sequence[Flip]) -> KindOfMask:
    own = [flip for flip in flips if flip.kind == kind]
    return KindOfMask(
        kind=kind,
        words=words,
        cells=cells,
        flips=len(own),
        lost=sum(flip.before == "present" for flip in own),
        gained=sum(flip.after == "present" for flip in own),
    )
