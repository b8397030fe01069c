"""Each quote becomes an exact span of the reading, or is refused. Nothing is ever repaired."""

import bisect
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from scr_llm.records import (
    Case,
    Code,
    Coding,
    DraftCoding,
    DraftItem,
    DraftQuote,
    Evidence,
    EvidenceFlag,
    Item,
    Reading,
    Refusal,
    Span,
    ThemeCoding,
)
from scr_llm.text.find import Finder, Match
from scr_llm.text.flow import NEVER_EVIDENCE, Flow, readable, sentences
from scr_llm.text.plain import body_of, heads_of
from scr_llm.text.search import Search

NEAREST = 3
"""Passages that are shown where nothing was found."""

_NEGATES = re.compile(
    r"\b(?:no|not|never|nor|neither|without|cannot|\w+n['’]t|failed to|failure to|lack of|absence of|no evidence (?:of|that))\s*$",
    re.I,
)


def ground(draft: DraftCoding, reading: Reading) -> Coding:
    """Locate every quote of a draft. What cannot be located is listed in `refused` and is evidence of nothing."""
    return _Grounder(reading).coding(draft)


def ground_quote(
    reading: Reading, text: str, page: int | None, about: str
) -> tuple[tuple[Evidence, ...], tuple[Refusal, ...]]:
    """One quote that a person marked: its evidence, or why it is none. `about` as in a Refusal; for a theme, furniture is no evidence."""
    grounder = _Grounder(reading)
    found = grounder._evidence(DraftQuote(text=text, page=page), about, anywhere=not about.startswith("theme:"))
    return tuple(found), tuple(grounder._refused)


class _Grounder:
    """One reading, with its flow and finder."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._flow = Flow.of(reading)
        self._finder = Finder(self._flow.text, self._flow.section_at)
        self._pages: dict[int, Finder] = {}
        self._refused: list[Refusal] = []

    def coding(self, draft: DraftCoding) -> Coding:
        case, evidence = draft.case, {}
        for name, quote in draft.case.quotes.items():
            evidence[name] = self._evidence(quote, f"case:{name}", anywhere=True)
        stated = {name for name, found in evidence.items() if found}
        children = tuple(
            child.model_copy(
                update=({} if "gender" in stated else {"gender": "not stated"})
                | ({} if "age" in stated else {"age": None, "age_band": "not stated"})
            )
            for child in case.children
        )
        grounded_case = Case(
            authority=case.authority if "authority" in stated else None,
            pseudonym=case.pseudonym if "pseudonym" in stated else None,
            context=case.context if "context" in stated else "not stated",
            children=children,
            evidence={name: found for name, found in evidence.items() if found},
        )
        findings = self._items(draft.findings, "finding")
        recommendations = self._items(draft.recommendations, "recommendation")
        themes = []
        for theme in draft.themes:
            found: list[Evidence] = []
            for quote in theme.quotes:
                found += self._evidence(quote, f"theme:{theme.theme}")
            told = any("good_practice" not in e.flags for e in found)
            believed = told or not (theme.value == "present" or (theme.value == "explicitly_absent" and theme.quotes))
            themes.append(
                ThemeCoding(
                    theme=theme.theme,
                    value=theme.value if believed else "unclear",
                    sub_themes=theme.sub_themes,
                    evidence=tuple(found),
                    why=theme.why,
                    basis=theme.basis,
                    doubts=theme.doubts if believed else (*theme.doubts, "no quote for it could be located"),
                )
            )
        return Coding(
            document_id=draft.document_id,
            reading_sha256=self._reading.sha256,
            coder=draft.coder,
            case=grounded_case,
            findings=findings,
            recommendations=recommendations,
            themes=tuple(themes),
            refused=tuple(self._refused),
            windows=draft.windows,
            unanswered=draft.unanswered,
            notes=draft.notes,
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
            key = f"{self._reading.document_id}|{kind}|{found[0].page}|{found[0].start}|{text}"
            grounded.append(
                Item(
                    id=f"{kind[0]}{hashlib.sha256(key.encode()).hexdigest()[:12]}",
                    number=draft.number,
                    text=text,
                    page=found[0].page,
                    addressee=draft.addressee,
                    evidence=tuple(found),
                )
            )
        return tuple(grounded)

    def _evidence(self, quote: DraftQuote, about: str, *, anywhere: bool = False) -> list[Evidence]:
        """A quote's evidence: one entry for each page and each part between ellipses. Empty, and refused, if any part fails."""
        match = self._finder.find(quote.text, prefer=self._hint(quote))
        if not match.found or match.start is None:
            if anywhere and (marked := self._in_furniture(quote)):
                return marked
            self._refuse(quote, about, match)
            return []
        section = self._flow.section_at(match.start)
        if not anywhere and section is not None and section.kind in NEVER_EVIDENCE:
            self._refused.append(
                Refusal(
                    about=about,
                    quote=quote.text,
                    status="furniture",
                    reason=f"it stands in “{section.title}”, where nothing is evidence",
                )
            )
            return []
        flags: list[EvidenceFlag] = list(quote.flags)
        if match.places > 1:
            flags.append("ambiguous")
        if section is not None and section.kind in ("recommendations", "action_plan") and about.startswith("theme:"):
            flags.append("recommendation")
        if _NEGATES.search(self._flow.text[max(0, match.start - 40) : match.start]):
            flags.append("behind_negation")
        if any(self._reading.pages[s.page - 1].scanned for s in self._flow.spans(match.start, match.spans[-1][1])):
            flags.append("scanned")
        kept = tuple(dict.fromkeys(flags))
        spans = [span for start, end in match.spans for span in self._flow.spans(start, end)]
        status: Literal["exact", "normalised"] = "exact" if match.status == "exact" else "normalised"
        return [
            self._one(span, status, section.title if section else "", kept, bool(number))
            for number, span in enumerate(spans)
        ]

    def _hint(self, quote: DraftQuote) -> Any:
        """Among repeated places: the section that the coder names first, then the page nearest to the one it names."""

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
        continued: bool,
    ) -> Evidence:
        text = self._reading.pages[span.page - 1].text[span.start : span.end]
        return Evidence(
            quote=text,
            page=span.page,
            start=span.start,
            end=span.end,
            status=status,
            section=section,
            flags=(*flags, "continued") if continued else flags,
        )

    def _in_furniture(self, quote: DraftQuote) -> list[Evidence]:
        """Case facts often stand in a title, a cover or a heading: found there, page by page. What cannot be seen is never found."""
        for page in sorted(self._reading.pages, key=lambda p: (p.number != quote.page, p.number)):
            match = self._page(page.number).find(quote.text, fuzzy=False)
            hidden = [m for m in page.marks if m.kind == "hidden"]
            if (
                match.found
                and len(match.spans) == 1
                and not any(m.start < match.spans[0][1] and match.spans[0][0] < m.end for m in hidden)
            ):
                span = Span(page=page.number, start=match.spans[0][0], end=match.spans[0][1])
                return [self._one(span, "exact" if match.status == "exact" else "normalised", "", quote.flags, False)]
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
            reason = f"it stands only in a heading, header, footer, note, contents list or hidden text of page {marked.number}"
            self._refused.append(Refusal(about=about, quote=quote.text, status="furniture", reason=reason))
        else:
            self._refused.append(
                Refusal(
                    about=about,
                    quote=quote.text,
                    status="near" if match.status == "near" else "absent",
                    reason=match.reason,
                )
            )


def locate(text: str, quotes: Sequence[str]) -> list[dict[str, object]]:
    """Each quote against a plain text, in the order given, as `scr-llm ground` prints it.

    Pages may be parted by form feeds; a quote may run over a page's end and its furniture. Headings that stand alone part the sections.
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
    """Which section of a plain text a place lies in, counted by its headings."""
    heads = heads_of(text)
    return lambda place: bisect.bisect_right(heads, place)


def nearest(reading: Reading, code: Code, most: int = NEAREST) -> tuple[Evidence, ...]:
    """The sentences that come nearest to a code, for a person to judge a silence by."""
    body = [s for s in sentences(Flow.of(reading)) if s.section_kind not in NEVER_EVIDENCE]
    found = [body[n] for n in Search([s.text for s in body]).best(code, most)]
    return tuple(e for s in found for e in ground_quote(reading, s.raw, s.page, f"theme:{code.id}")[0])
