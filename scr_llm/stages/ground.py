"""Turn each quote into an exact span of the reading, or refuse it. A quote is never repaired."""

import bisect
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Literal

from scr_llm.records import (
    Case,
    Code,
    Coding,
    DraftCase,
    DraftCoding,
    DraftItem,
    DraftQuote,
    DraftTheme,
    Evidence,
    EvidenceFlag,
    Item,
    Reading,
    Refusal,
    Span,
    Strength,
    ThemeCoding,
)
from scr_llm.text.find import Finder, Match, Prefer
from scr_llm.text.flow import NEVER_EVIDENCE, Flow, readable, sentences
from scr_llm.text.plain import body_of, heads_of
from scr_llm.text.search import Search

NEAREST = 3
"""Number of passages shown to a person where nothing was found."""

_NEGATES = re.compile(
    r"\b(?:no|not|never|nor|neither|without|cannot|\w+n['’]t|failed to|failure to|lack of|absence of"
    r"|no evidence (?:of|that))\s*$",
    re.I,
)
"""A negation directly before a quote."""


def ground(draft: DraftCoding, reading: Reading) -> Coding:
    """Locate every quote of a draft. A quote that cannot be located is listed in `refused` and is not evidence."""
    return _Grounder(reading).coding(draft)


def ground_quote(
    reading: Reading, text: str, page: int | None, about: str
) -> tuple[tuple[Evidence, ...], tuple[Refusal, ...]]:
    """Locate one quote that a person marked: its evidence, or why it was refused.

    `about` is as in a Refusal; furniture is not evidence for a theme.
    """
    return _Grounder(reading).quote(text, page, about)


def item_id(document_id: str, kind: str, evidence: Sequence[Evidence], text: str) -> str:
    """The id of a finding or recommendation: a hash of its words and of where they begin, the same in every run."""
    key = f"{document_id}|{kind}|{evidence[0].page}|{evidence[0].start}|{text}"
    return f"{kind[0]}{hashlib.sha256(key.encode()).hexdigest()[:12]}"


class _Grounder:
    """Locates the quotes of one reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._flow = Flow.of(reading)
        self._finder = Finder(self._flow.text, self._flow.section_at)
        self._pages: dict[int, Finder] = {}
        self._refused: list[Refusal] = []

    def quote(self, text: str, page: int | None, about: str) -> tuple[tuple[Evidence, ...], tuple[Refusal, ...]]:
        """As `ground_quote`; for several quotes of one reading, which is prepared once."""
        self._refused = []
        found = self._evidence(DraftQuote(text=text, page=page), about, anywhere=not about.startswith("theme:"))
        return tuple(found), tuple(self._refused)

    def coding(self, draft: DraftCoding) -> Coding:
        # in this order, which is the order of the refusals
        case = self._case(draft.case)
        findings = self._items(draft.findings, "finding")
        recommendations = self._items(draft.recommendations, "recommendation")
        themes = tuple(self._theme(theme) for theme in draft.themes)
        return Coding(
            document_id=draft.document_id,
            reading_sha256=self._reading.sha256,
            coder=draft.coder,
            case=case,
            findings=findings,
            recommendations=recommendations,
            themes=themes,
            refused=tuple(self._refused),
            windows=draft.windows,
            unanswered=draft.unanswered,
            notes=draft.notes,
        )

    def _case(self, case: DraftCase) -> Case:
        """The case facts. A fact without a located quote is not stated."""
        evidence = {name: self._evidence(quote, f"case:{name}", anywhere=True) for name, quote in case.quotes.items()}
        stated = {name for name, found in evidence.items() if found}
        unstated: dict[str, object] = {}
        if "gender" not in stated:
            unstated |= {"gender": "not stated"}
        if "age" not in stated:
            unstated |= {"age": None, "age_band": "not stated"}
        return Case(
            authority=case.authority if "authority" in stated else None,
            pseudonym=case.pseudonym if "pseudonym" in stated else None,
            context=case.context if "context" in stated else "not stated",
            children=tuple(child.model_copy(update=unstated) for child in case.children),
            evidence={name: tuple(found) for name, found in evidence.items() if found},
        )

    def _theme(self, theme: DraftTheme) -> ThemeCoding:
        """A theme. A value that needs evidence and has none left becomes unclear."""
        found: list[Evidence] = []
        strengths: list[Strength] = []
        for quote in theme.quotes:
            located = self._evidence(quote, f"theme:{theme.theme}")
            found += located
            if located and quote.strength is not None:
                strengths.append(Strength(page=located[0].page, start=located[0].start, value=quote.strength))
        has_evidence = any("good_practice" not in each.flags for each in found)
        needs_evidence = theme.value == "present" or (theme.value == "explicitly_absent" and bool(theme.quotes))
        upheld = has_evidence or not needs_evidence
        return ThemeCoding(
            theme=theme.theme,
            value=theme.value if upheld else "unclear",
            sub_themes=theme.sub_themes,
            evidence=tuple(found),
            why=theme.why,
            basis=theme.basis,
            doubts=theme.doubts if upheld else (*theme.doubts, "no quote for it could be located"),
            strengths=tuple(strengths),
        )

    def _items(self, drafts: Sequence[DraftItem], kind: str) -> tuple[Item, ...]:
        grounded = []
        for number, draft in enumerate(drafts, 1):
            found: list[Evidence] = []
            for quote in draft.quotes:
                found += self._evidence(quote, f"{kind}:{draft.number or number}", anywhere=True)
            if not found:
                continue
            text = readable(" ".join(evidence.quote for evidence in found))
            grounded.append(
                Item(
                    id=item_id(self._reading.document_id, kind, found, text),
                    number=draft.number,
                    text=text,
                    page=found[0].page,
                    addressee=draft.addressee,
                    evidence=tuple(found),
                    doubts=draft.doubts,
                )
            )
        return tuple(grounded)

    def _evidence(self, quote: DraftQuote, about: str, *, anywhere: bool = False) -> list[Evidence]:
        """The evidence of a quote: one entry for each page and each part between ellipses.

        If any part fails, the quote is refused and the result is empty.
        """
        match = self._finder.find(quote.text, prefer=self._hint(quote))
        if not match.found or match.start is None:
            if anywhere and (marked := self._in_furniture(quote)):
                return marked
            self._refuse(quote, about, match)
            return []
        section = self._flow.section_at(match.start)
        if not anywhere and section is not None and section.kind in NEVER_EVIDENCE:
            reason = f"it is in “{section.title}”, a section that is never evidence"
            self._refused.append(Refusal(about=about, quote=quote.text, status="furniture", reason=reason))
            return []
        flags = self._flags(quote, about, match)
        spans = [span for start, end in match.spans for span in self._flow.spans(start, end)]
        title = section.title if section else ""
        return [
            self._one(span, _status(match), title, (*flags, "continued") if number else flags)
            for number, span in enumerate(spans)
        ]

    def _flags(self, quote: DraftQuote, about: str, match: Match) -> tuple[EvidenceFlag, ...]:
        """The coder's own flags for a quote, and those that follow from where it was found."""
        start, end = match.spans[0][0], match.spans[-1][1]
        section = self._flow.section_at(start)
        flags: list[EvidenceFlag] = list(quote.flags)
        if match.places > 1:
            flags.append("ambiguous")
        if section is not None and section.kind in ("recommendations", "action_plan") and about.startswith("theme:"):
            flags.append("recommendation")
        if _NEGATES.search(self._flow.text[max(0, start - 40) : start]):
            flags.append("behind_negation")
        if any(self._reading.pages[span.page - 1].scanned for span in self._flow.spans(start, end)):
            flags.append("scanned")
        return tuple(dict.fromkeys(flags))

    def _hint(self, quote: DraftQuote) -> Prefer:
        """A sort key for repeated places: first those in the section that the coder names, then the nearest page."""

        def away(position: int) -> tuple[bool, int]:
            section = self._flow.section_at(position)
            title = section.title.lower() if section else ""
            elsewhere = bool(quote.section) and readable(quote.section or "").lower() not in title
            return elsewhere, abs(self._flow.page_at(position) - quote.page) if quote.page else 0

        return away

    def _one(
        self,
        span: Span,
        status: Literal["exact", "normalised"],
        section: str,
        flags: tuple[EvidenceFlag, ...],
    ) -> Evidence:
        text = self._reading.pages[span.page - 1].text[span.start : span.end]
        return Evidence(
            quote=text,
            page=span.page,
            start=span.start,
            end=span.end,
            status=status,
            section=section,
            flags=flags,
        )

    def _in_furniture(self, quote: DraftQuote) -> list[Evidence]:
        """Look for a quote page by page in titles, covers and headings, where case facts often are.

        Text that cannot be seen is never found.
        """
        for page in sorted(self._reading.pages, key=lambda p: (p.number != quote.page, p.number)):
            match = self._page(page.number).find(quote.text, fuzzy=False)
            if not match.found or len(match.spans) != 1:
                continue
            start, end = match.spans[0]
            if not any(mark.kind == "hidden" and mark.start < end and start < mark.end for mark in page.marks):
                span = Span(page=page.number, start=start, end=end)
                return [self._one(span, _status(match), "", quote.flags)]
        return []

    def _page(self, number: int) -> Finder:
        if number not in self._pages:
            self._pages[number] = Finder(self._reading.pages[number - 1].text)
        return self._pages[number]

    def _refuse(self, quote: DraftQuote, about: str, match: Match) -> None:
        marked = next(
            (p for p in self._reading.pages if p.marks and self._page(p.number).find(quote.text, fuzzy=False).found),
            None,
        )
        if marked is not None:
            where = f"a heading, header, footer, note, contents list or hidden text of page {marked.number}"
            reason = f"it is found only in {where}"
            self._refused.append(Refusal(about=about, quote=quote.text, status="furniture", reason=reason))
        else:
            status: Literal["near", "absent"] = "near" if match.status == "near" else "absent"
            self._refused.append(Refusal(about=about, quote=quote.text, status=status, reason=match.reason))


def _status(match: Match) -> Literal["exact", "normalised"]:
    return "exact" if match.status == "exact" else "normalised"


def locate(text: str, quotes: Sequence[str]) -> list[dict[str, object]]:
    """Each quote located in a plain text, in the order given, as `scr-llm ground` prints it.

    Form feeds may separate pages; a quote may run across the end of a page and its furniture. Headings on lines by
    themselves separate sections.
    """
    finder = Finder(text, section_of(text))
    flow, bases = body_of(text)
    body = Finder(flow.text, section_of(flow.text)) if len(flow.pieces) > 1 else None
    found: list[dict[str, object]] = []
    for quote in quotes:
        match = finder.find(quote, fuzzy=body is None)
        start, end = match.start, match.end
        if body is not None and not match.found:
            match = body.find(quote)
            spans = [span for s, e in match.spans for span in flow.spans(s, e)]
            start = bases[spans[0].page - 1] + spans[0].start if spans else None
            end = bases[spans[-1].page - 1] + spans[-1].end if spans else None
        found.append(
            {
                "quote": quote,
                "status": match.status,
                "start": start,
                "end": end,
                "diff": list(match.diff) or ([match.reason] if match.status == "near" else []),
                "matched": text[start:end] if start is not None else None,
            }
        )
    return found


def section_of(text: str) -> Callable[[int], int]:
    """A function that tells which section of a plain text a place is in, counted by its headings."""
    heads = heads_of(text)
    return lambda place: bisect.bisect_right(heads, place)


def nearest(reading: Reading, code: Code, most: int = NEAREST) -> tuple[Evidence, ...]:
    """The sentences nearest to a code, so that a person can judge whether the document is really silent on it."""
    body = [s for s in sentences(Flow.of(reading)) if s.section_kind not in NEVER_EVIDENCE]
    found = [body[n] for n in Search([s.text for s in body]).best(code, most)]
    if not found:
        return ()
    grounder = _Grounder(reading)
    return tuple(e for s in found for e in grounder.quote(s.raw, s.page, f"theme:{code.id}")[0])
