"""What the pages show, computed from the session. The records are in `shown`, the templates in `templates/`."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from scr_llm.records import Code, Decision, Evidence
from scr_llm.review.cells import STATED, Cell, Reviewer
from scr_llm.review.queue import ORDERS, Order, is_listed
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key, Standing
from scr_llm.stages.decisions.deciding import agreement
from scr_llm.stages.decisions.items import PARTICULAR
from scr_llm.stages.synthesise import OfferedQuote, offered
from scr_llm.stages.synthesise.quotes import groups
from scr_llm.text.words import CONTEXTS, MATRIX, in_words
from scr_llm.web import form, shown, shown_beside
from scr_llm.web.drawing import Drawing
from scr_llm.web.pdf_page import Marked, PdfPage, pdf_page

MARKS = {"decided": " ✓", "stale": " ↻", "disagreed": " ≠"}
"""Signs for the states of a cell."""
KEYS = {
    "a": "accept the proposal with the quotes that are ticked, and go to the next cell",
    "1 to 9": "tick or untick a quote",
    "d": "show or fold the definition",
    "r": "reject it (not found) and go to the next cell",
    "p": "present (needs a quote)",
    "e": "ruled out (needs a quote)",
    "x": "not found",
    "u": "unclear",
    "q": "use the selected words as a quote",
    "c": "write a comment",
    "z": "undo my last decision",
    "n": "go to the next cell without deciding",
    "t": "show the page as a picture or as text",
    "[ and ]": "previous and next page",
    "m": "go to the matrix",
}
"""What each key does."""
LIST_KEYS = {
    "[ and ]": "the page of the list before, and the next one",
    "up and down": "choose an item; its page comes with it",
    "a": "confirm the list, and go on",
    "w": "the selected words are the words of the chosen item",
    "s": "split it before the selected words",
    "j": "join it with the next one",
    "x": "remove it: it is none",
    "p": "put it back",
    "f": "add the selected words as a finding",
    "r": "add them as a recommendation",
    "z": "undo my last decision, a whole list at once",
}
"""The same on the page of a list."""


def progress(session: ReviewSession, who: Reviewer) -> shown.Progress:
    """How many cells wait for this person, of how many, and how long they will take."""
    waiting, of = session.left(who)
    minutes = session.minutes_left(who)
    return shown.Progress(
        open=waiting,
        of=of,
        minutes=None if minutes is None else max(1, round(minutes)),
        disagreed=0 if who.blind else len(session.disagreements()),
    )


def matrix(
    session: ReviewSession, who: Reviewer, first: int, most: int, everything: bool, order: Order = "doubt"
) -> shown.MatrixPage:
    """Reviews by themes, with each cell's state.

    Args:
        session: the project's cells.
        who: who looks. A blind reviewer sees only their own decisions.
        first: the number of the first review, from 0.
        most: how many reviews one page shows.
        everything: whether all themes are shown, or only the main ones.
        order: the order of work that the person chose.
    """
    codes = [c for c in session.codebook.codes if c.core or everything]
    documents = sorted(session.documents, key=lambda d: session.labels[d])
    return shown.MatrixPage(
        order=order,
        orders=tuple(shown.Choice(name, text) for name, text in ORDERS.items()),
        decided=session.decided_after(who, ("", ""), order) is not None,
        columns=tuple(shown.Column(c.id, c.label, _present(session, c.id, documents)) for c in codes),
        rows=tuple(_row(session, who, d, codes, with_items=not who.blind) for d in documents[first : first + most]),
        first=first,
        most=most,
        of=len(documents),
        everything=everything,
        more=sum(not c.core for c in session.codebook.codes),
    )


def _present(session: ReviewSession, code: str, documents: list[str]) -> int:
    """In how many reviews a theme is present now."""
    return sum(session.value((d, code)) == "present" for d in documents if (d, code) in session.proposals)


def _row(session: ReviewSession, who: Reviewer, document: str, codes: list[Code], *, with_items: bool) -> shown.Row:
    items = []
    if with_items:
        items = [(document, key) for key, p in session.cells[document].items() if is_listed(key, p)]
    return shown.Row(
        id=document,
        label=session.labels[document],
        file=session.documents[document].file,
        chips=tuple(_chip(session, who, (document, code.id)) for code in codes),
        items=len(items),
        open=sum(session.state(key) in ("undecided", "stale") for key in items),
    )


def _chip(session: ReviewSession, who: Reviewer, key: Key) -> shown.Chip:
    if not who.blind:
        state = session.state(key)
        return shown.Chip(key, MATRIX[session.value(key)], state, MARKS.get(state, ""))
    own = [d for d in session.standing(key).blind if d.author == who.name]
    if own:
        return shown.Chip(key, MATRIX[own[-1].value], "decided", MARKS["decided"])
    return shown.Chip(key, "Open", "undecided", "")


_NOTHING = shown.Filled()


@dataclass(frozen=True)
class Asked:
    """How a person asked for a cell."""

    page: int = 0
    """Of the PDF; 0 or one that it does not have means that of the strongest quote."""
    filled: shown.Filled = _NOTHING
    """What they had filled in before something was refused."""
    undone: bool = False
    """Whether they have just taken back their decision on it."""
    again: bool = False
    """Whether they go through decided cells again."""


def opened(session: ReviewSession, drawing: Drawing, cell: Cell, who: Reviewer, asked: Asked) -> shown.CellPage:
    """One cell, with a page of the PDF."""
    offers = offered_to(session, cell, who)
    quotes = _quotes(offers, () if who.blind else cell.nearest, asked.filled.kept)
    marked = [piece for offer in offers for piece in offer.evidence] or list(cell.nearest)
    return shown.CellPage(
        at=(cell.document.id, cell.key),
        cell=cell,
        meaning=session.hashes.get(cell.key, ""),
        pdf=_pdf(session, drawing, cell, marked, asked.page),
        quotes=quotes,
        related=() if who.blind else _related(session, cell),
        filled=asked.filled,
        undone=asked.undone,
        revisits=asked.again,
        adjudicates=cell.state == "disagreed" and not who.blind,
        answers=(*(() if who.blind else _to_the_proposal(cell)), *_answers(cell)),
        contexts=tuple(shown.Choice(name, CONTEXTS[name]) for name in STATED),
        opinions=() if who.blind else _opinions(cell.standing),
        history=() if who.blind else _history(cell.standing),
    )


def offered_to(session: ReviewSession, cell: Cell, who: Reviewer) -> tuple[OfferedQuote, ...]:
    """The quotes of a cell, the strongest first: of a decided cell those that the person kept, then the others.

    A blind reviewer has their own alone.
    """
    kept = tuple(OfferedQuote(tuple(pieces), ticked=True) for pieces in groups(cell.evidence))
    coding = session.store.coding(cell.document.id) if cell.kind == "theme" and not who.blind else None
    proposed = next((t for t in coding.themes if t.theme == cell.key), None) if coding else None
    if proposed is None:
        return kept
    offers = offered(proposed, (cell.code and cell.code.polarity) or "")
    if cell.state == "undecided":
        return offers
    taken = {quote.place for quote in kept}
    return (*kept, *(replace(quote, ticked=False) for quote in offers if quote.place not in taken))


def _quotes(offers: Sequence[OfferedQuote], nearest: Sequence[Evidence], kept: Collection[str] | None) -> shown.Quotes:
    """The quotes as they are shown. Their numbers go on from one group to the next.

    `kept` has the places that a person had ticked before something was refused; None where nothing was.
    """
    strong = [quote for quote in offers if quote.ticked] or list(offers[:1])
    others = [quote for quote in offers if quote not in strong]
    close = [OfferedQuote((piece,), ticked=False) for piece in nearest]
    numbers = itertools.count(1)
    groups_of = (strong, others, close)
    return shown.Quotes(*(tuple(_quote(each, next(numbers), kept) for each in group) for group in groups_of))


def _quote(offer: OfferedQuote, number: int, kept: Collection[str] | None) -> shown.Quote:
    places = " ".join(form.place_of(piece) for piece in offer.evidence)
    return shown.Quote(
        text=offer.text,
        places=places,
        page=offer.first.page,
        section=offer.first.section,
        flags=offer.first.flags,
        ticked=offer.ticked if kept is None else places in kept,
        key=str(number) if number < 10 else "",
    )


def _related(session: ReviewSession, cell: Cell) -> tuple[shown.Related, ...]:
    """Findings and recommendations that speak of a theme, or the themes that one speaks of."""
    keys = [(cell.document.id, other) for other in session.related(cell.document.id, cell.key)]
    return tuple(shown.Related(key, session.proposals[key].title) for key in keys if key in session.proposals)


def _pdf(session: ReviewSession, drawing: Drawing, cell: Cell, quotes: Sequence[Evidence], page: int) -> PdfPage:
    """A page of the PDF; where the person asks for no page that there is, it is that of the first quote."""
    number = page if 1 <= page <= cell.document.pages else quotes[0].page if quotes else 1
    style = "mark" if cell.evidence else "near"
    return pdf_page(session, drawing, cell.document, number, [Marked(quote, style) for quote in quotes])


def _to_the_proposal(cell: Cell) -> list[shown.Answer]:
    """Accept and Reject. Nothing can be accepted while the cell is unclear or two reviewers differ."""
    if cell.value == "unclear" or cell.state == "disagreed" or cell.key == PARTICULAR:
        return []
    accept = shown.Answer(cell.value, "a", f"Accept: {in_words(cell.value)}", "accept")
    return (
        [accept] if cell.value == "not_mentioned" else [accept, shown.Answer("not_mentioned", "r", "Reject", "reject")]
    )


def _answers(cell: Cell) -> list[shown.Answer]:
    """All values that a cell of this kind can have."""
    if cell.kind == "theme":
        return [
            shown.Answer("present", "p", "Present"),
            shown.Answer("explicitly_absent", "e", "Ruled out"),
            shown.Answer("not_mentioned", "x", "Not found"),
            shown.Answer("unclear", "u", "Unclear"),
        ]
    if cell.key == PARTICULAR:
        return [
            shown.Answer("present", "p", "Print this"),
            shown.Answer("not_mentioned", "x", "Leave it to the score"),
        ]
    if cell.kind == "case":
        return [shown.Answer("present", "p", "Stated"), shown.Answer("not_mentioned", "x", "Not stated")]
    return [shown.Answer("present", "p", "Confirm"), shown.Answer("not_mentioned", "x", f"Not a {cell.kind}")]


def _opinions(standing: Standing) -> tuple[shown.Opinion, ...]:
    """What each reviewer decided, where two did."""
    if not (standing.first and standing.second):
        return ()
    return shown.Opinion("first reviewer", standing.first[-1]), shown.Opinion("second reviewer", standing.second)


def _history(standing: Standing) -> tuple[Decision, ...]:
    """All decisions on a cell, the earliest first."""
    return tuple(sorted((*standing.first, *standing.blind, *standing.adjudicated), key=lambda d: d.at))


def disagreements(session: ReviewSession) -> shown_beside.DisagreementsPage:
    """Cells on which two reviewers differ, with both answers, and on how many they agreed."""
    return shown_beside.DisagreementsPage(
        disagreements=tuple(
            shown_beside.Disagreement(
                key, session.labels[key[0]], session.proposals[key].title, _opinions(session.standing(key))
            )
            for key in session.disagreements()
        ),
        raters=tuple(
            shown_beside.TwoRaters(*names, agreed=same, both=both)
            for names, (same, both) in agreement(session.double()).items()
        ),
    )


def keys() -> shown.HelpPage:
    """What each key does."""
    keys, list_keys = (tuple(shown.KeyHelp(key, does) for key, does in given.items()) for given in (KEYS, LIST_KEYS))
    return shown.HelpPage(keys=keys, list_keys=list_keys)
