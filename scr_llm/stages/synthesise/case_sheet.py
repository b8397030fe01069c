"""A case sheet: one review on one page, for those who meet about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scr_llm.records import Evidence, Item, Paper, Paragraph, Part, Sentence, Table, ThemeCoding
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.coverage import coverage, page_ranges, read_twice
from scr_llm.stages.synthesise.english import join, of_the
from scr_llm.stages.synthesise.quotes import Used, choose, particular_chosen
from scr_llm.stages.synthesise.sentences import bullet, paragraph, sentence
from scr_llm.text.flow import readable
from scr_llm.text.words import CONTEXTS, GENDERS, capital, count


@dataclass(frozen=True)
class Room:
    """Rows of the three lists. What they leave out is named beside them, with its page."""

    themes: int
    findings: int
    addressees: int


WITHOUT_SUMMARY, WITH_SUMMARY = Room(8, 4, 5), Room(5, 2, 3)
"""What fits one A4 page. A summary takes the room of some rows."""
QUOTE_WORDS, ITEM_WORDS, ADDRESSEE_WORDS = 24, 18, 5
"""The longest quote, finding or recommendation, and name of an agency that are printed whole."""


@dataclass(frozen=True)
class ReviewState:
    """How far people have decided one review."""

    decided: int
    """Counted cells that are decided, and whose decision still holds."""
    of: int
    """Counted cells."""
    people: tuple[str, ...]
    """Names and roles of those whose decisions count, in the order of their first decision."""
    open: tuple[str, ...]
    """What is open, in words."""
    themes: frozenset[str]
    """Themes that are decided."""


@dataclass(frozen=True)
class SheetSource:
    """A sentence of the review that a summary may rest on."""

    name: str
    """What the sheet calls it, with its page: "Finding 3 (page 5)", "Neglect (page 4)"."""
    text: str
    """Its words."""
    theme: str | None = None
    """Code id of the theme that it shows."""
    label: str = ""
    """Label of that theme."""

    @property
    def line(self) -> str:
        """As a model is given it."""
        return f"(theme: {self.label}) {self.text}" if self.label else self.text


def sheet_sources(tally: ThemeTally) -> Iterator[SheetSource]:
    """What a summary may rest on: the best quote of each theme, the findings, then the recommendations."""
    review, used = tally.reviews[0], set[tuple[str, int, int, int]]()
    for code in tally.codebook.codes:
        if (cell := review.theme(code.id)) and tally.is_present(cell):
            for ref in choose(tally, code.id, tally.reviews, 1, used):
                yield SheetSource(f"{code.label} (page {ref.evidence.page})", ref.text, code.id, code.label)
    for name, items in (("Finding", review.coding.findings), ("Recommendation", review.coding.recommendations)):
        for at, item in enumerate(items):
            yield SheetSource(f"{numbered(name, item, at)} (page {item.page})", _text(item))


def case_sheet(tally: ThemeTally, state: ReviewState, summary: Sequence[str] = ()) -> Paper:
    """The sheet of the one review that was counted.

    Args:
        tally: the counts of this review alone.
        state: how far people have decided it.
        summary: sentences that a model drafted and that were checked, each with its mark.
    """
    review, options = tally.reviews[0], tally.options
    status = options.status
    if not options.signed:
        status += f" – {of_the(state.decided, state.of, 'cell')} of this review decided by a person"
    room = WITH_SUMMARY if summary else WITHOUT_SUMMARY
    parts = [
        _who(review),
        *([_summary(summary, review)] if summary else []),
        _themes(tally, state, room.themes),
        _findings(review, room.findings),
        _recommendations(review, room.addressees),
        _state(state, review, signed=options.signed),
        _not_read(review),
    ]
    return Paper(
        title=f"Case sheet: {review.label}",
        status_line=status,
        marking=options.marking,
        version=options.version,
        organisation=options.organisation,
        parts=tuple(parts),
        one_page=True,
    )


def in_short(text: str, most: int) -> str:
    """The beginning of a text in its own words: whole if it has no more than `most`, or else up to a pause in it."""
    words = text.split()
    if len(words) <= most:
        return text
    pauses = [n for n in range(most // 2, most + 1) if words[n - 1][-1] in ",;:–"]
    kept = words[: pauses[-1] if pauses else most]
    while len(kept) > most // 2 and kept[-1].lower() in _LEADS_ON:
        kept.pop()
    return " ".join(kept).rstrip(",;:– ") + " …"


_LEADING_WORDS = "a an the of in on at to for with by from and or but that which who as than was were be"
_LEADS_ON = frozenset(_LEADING_WORDS.split())
"""Words that a text is not cut behind."""


def _who(review: CodedReview) -> Part:
    """The facts of the case, each with the page that states it."""
    case, document = review.coding.case, review.document
    table = Table(
        caption="The case, with the page that states each fact",
        columns=("Authority", "Called", "Gender", "Age", "Reason for the review"),
        rows=(
            (
                _stated(case.authority or "", case.evidence.get("authority")),
                _stated(case.pseudonym or "", case.evidence.get("pseudonym")),
                _stated("; ".join(GENDERS[c.gender] for c in case.children), case.evidence.get("gender")),
                _stated("; ".join(c.age or "Not stated" for c in case.children), case.evidence.get("age")),
                _stated(CONTEXTS[case.context], case.evidence.get("context")),
            ),
        ),
        landscape=False,
    )
    findings = count(len(review.coding.findings), "finding", "findings")
    recommendations = count(len(review.coding.recommendations), "recommendation", "recommendations")
    about = f"{document.file}: {count(document.pages, 'page', 'pages')}, {findings} and {recommendations}."
    return Part(
        id="who", level=1, title="Who and what", paragraphs=(paragraph(about, (document.id,)),), tables=(table,)
    )


def _stated(value: str, evidence: Sequence[Evidence] | None) -> str:
    return f"{value} (page {evidence[0].page})" if evidence else value or "Not stated"


def _summary(sentences: Sequence[str], review: CodedReview) -> Part:
    bullets = tuple(bullet(text, (review.document.id,)) for text in sentences)
    return Part(id="summary", level=1, title="Summary, drafted by a model", paragraphs=bullets)


def _themes(tally: ThemeTally, state: ReviewState, most: int) -> Part:
    """The themes that count, each with its best quote; then what else was said about themes, in a line each."""
    review, used = tally.reviews[0], set[tuple[str, int, int, int]]()
    found = [c for c in tally.codebook.codes if (cell := review.theme(c.id)) and tally.is_present(cell)]
    rows = tuple(
        (code.label, *_best_quote(tally, cell, used)) for code in found[:most] if (cell := review.theme(code.id))
    )
    table = Table(
        caption="Themes, each with its best quote",
        columns=("Theme", "In the review’s words", "Page"),
        rows=rows,
        landscape=False,
    )
    lines = (
        [_decided([c.label for c in found if c.id in state.themes], len(found))] if found else ["No theme was found."]
    )
    if more := [_with_page(code.label, review.theme(code.id)) for code in found[most:]]:
        lines.append(f"Also found: {join(more)}.")
    lines += [
        f"{lead}: {join(labels)}."
        for lead, value in (("Ruled out by the review", "explicitly_absent"), ("Unclear", "unclear"))
        if (labels := [c.label for c in tally.codebook.codes if (t := review.theme(c.id)) and t.value == value])
    ]
    said = Paragraph(sentences=tuple(sentence(line, tally.ids) for line in lines))
    return Part(id="themes", level=1, title="Themes", paragraphs=(said,), tables=(table,) if rows else ())


def _decided(labels: Sequence[str], of: int) -> str:
    """Which of the themes below are no longer a proposal."""
    if len(labels) == of:
        return "A person has decided each theme below." if of > 1 else "A person has decided the theme below."
    return (
        f"Decided by a person: {join(labels)}. The others are proposals." if labels else "All of these are proposals."
    )


def _best_quote(tally: ThemeTally, cell: ThemeCoding, used: Used) -> tuple[str, str]:
    """The best quote of a theme in this review that is not on the sheet already, and its page."""
    mark = " (in a recommendation only)" if tally.recommendation_only(cell) else ""
    for own in (used, set[tuple[str, int, int, int]]()):  # rather the same quote twice than a theme without any
        if chosen := choose(tally, cell.theme, tally.reviews, 1, own):
            return f"“{in_short(chosen[0].text, QUOTE_WORDS)}”{mark}", str(chosen[0].evidence.page)
    pages = page_ranges(sorted({e.page for e in cell.evidence}))
    return f"No passage shows it in one sentence{mark}", pages


def _with_page(label: str, cell: ThemeCoding | None) -> str:
    return f"{label} (page {cell.evidence[0].page})" if cell and cell.evidence else label


def _findings(review: CodedReview, most: int) -> Part:
    """The findings in short. Those that can be printed whole come before those that must be cut."""
    items, chosen = review.coding.findings, review.particular
    most -= bool(chosen)  # it takes the room of one
    whole_first = sorted(range(len(items)), key=lambda n: len(_text(items[n]).split()) > ITEM_WORDS)
    shown = sorted(whole_first[:most])
    ids = (review.document.id,)
    lines = [
        bullet(
            f"{numbered('Finding', items[n], n)}, page {items[n].page}: “{in_short(_text(items[n]), ITEM_WORDS)}”", ids
        )
        for n in shown
    ]
    if chosen:
        by = f"{chosen.author}, {chosen.role}"
        lines.insert(0, paragraph(f"The particular finding, by {by}: {particular_chosen(chosen)}", ids))
    if rest := [items[n].page for n in whole_first[most:]]:
        pages = page_ranges(sorted(set(rest)))
        more = count(len(rest), "more finding is", "more findings are")
        lines.append(paragraph(f"{more} on {_pages(pages)}. The workbook lists all findings.", ids))
    nothing = paragraph("The review lists no finding.", ids)
    return Part(id="findings", level=1, title="Findings in short", paragraphs=tuple(lines) or (nothing,))


def numbered(name: str, item: Item, at: int) -> str:
    """What an item is called: its number as printed, or its place in the review's list."""
    return f"{name} {item.number or at + 1}"


def _text(item: Item) -> str:
    return readable(item.text)


def _pages(ranges: str) -> str:
    return f"page {ranges}" if ranges.isdigit() else f"pages {ranges}"


def _recommendations(review: CodedReview, most: int) -> Part:
    """One row for each agency that is asked: how much it is asked, and the first of it in short."""
    ids, items = (review.document.id,), review.coding.recommendations
    title = "Recommendations in short"
    if not items:
        nothing = paragraph("The review lists no recommendation.", ids)
        return Part(id="recommendations", level=1, title=title, paragraphs=(nothing,))
    asked: dict[str, list[Item]] = {}
    for item in items:
        asked.setdefault(_body(item.addressee), []).append(item)
    nameless = len(asked.pop("", []))
    ranked = sorted(asked.values(), key=lambda own: -len(own))
    table = Table(
        caption="Recommendations by addressee",
        columns=("Addressee and number", "The first of them, in short", "Page"),
        rows=tuple(map(_asked_row, ranked[:most])),
        landscape=False,
    )
    lines = []
    if nameless:
        these = capital(of_the(nameless, len(items), "recommendation"))
        lines.append(f"{these} name{'s' if 1 in (nameless, len(items)) else ''} no addressee.")
    if rest := ranked[most:]:
        others = join([f"{_name(own[0])} ({len(own)})" for own in rest])
        lines.append(f"Also addressed: {others}.")
    told = (Paragraph(sentences=tuple(sentence(line, ids) for line in lines)),) if lines else ()
    return Part(id="recommendations", level=1, title=title, paragraphs=told, tables=(table,) if table.rows else ())


def _asked_row(own: Sequence[Item]) -> tuple[str, str, str]:
    first = in_short(_text(own[0]), ITEM_WORDS)
    return f"{_name(own[0])} ({len(own)})", f"“{first}”", page_ranges(sorted({item.page for item in own}))


def _body(addressee: str | None) -> str:
    """One body, whether or not its name is written with an article or in capitals."""
    return (addressee or "").casefold().removeprefix("the ").replace("’", "'").strip()


def _name(item: Item) -> str:
    name = (item.addressee or "").removeprefix("the ").removeprefix("The ")
    return in_short(name[:1].upper() + name[1:], ADDRESSEE_WORDS)


def _state(state: ReviewState, review: CodedReview, *, signed: bool) -> Part:
    """Who decided, and what is open."""
    ids = (review.document.id,)
    lines = [f"People have decided {of_the(state.decided, state.of, 'cell')} of this review."]
    if state.people:
        lines.append(f"Decided by: {'; '.join(state.people)}.")
    if state.open:
        lines.append(f"Open: {join(state.open)}.")
    elif not signed:
        lines.append("Nothing is open.")
    told = Paragraph(sentences=tuple(sentence(line, ids) for line in lines))
    return Part(id="state", level=1, title="State of review", paragraphs=(told,))


def _not_read(review: CodedReview) -> Part:
    """Which pages were not read or are to be looked at, and what could not be used."""
    ids = (review.document.id,)
    return Part(
        id="not_read",
        level=1,
        title="What was not read",
        paragraphs=(Paragraph(sentences=tuple(Sentence(text=line, documents=ids) for line in _gaps(review))),),
    )


def _gaps(review: CodedReview) -> Iterator[str]:
    of, coding = coverage(review), review.coding
    if of.unread:
        yield f"Read were {of_the(of.read, of.pages, 'page')}; not read: {page_ranges(of.unread)}."
    else:
        yield "The one page was read." if of.pages == 1 else f"All {of.pages} pages were read."
    if of.once is not None:
        yield read_twice([of])
    if of.flagged:
        yield f"A person should look at {_pages(page_ranges(of.flagged))}."
    if of.unquoted:
        yield f"Nothing was quoted from {_pages(page_ranges(of.unquoted))}."
    if coding.refused:
        yield f"{count(len(coding.refused), 'quote was', 'quotes were')} refused as evidence."
    if coding.unanswered:
        yield f"{count(len(coding.unanswered), 'question', 'questions')} to the model had no usable answer."
