"""Each quote becomes an exact span of the reading, or is refused. Nothing is ever repaired."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import (
    Case,
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
from scr_llm.text.flow import NEVER_EVIDENCE, Flow, readable
from scr_llm.text.normalise import LINE_HYPHENS, Normalised, normalise

Status = Literal["exact", "normalised", "near", "absent"]
NEAR = 80
"""rapidfuzz partial ratio (0-100) from which something is shown to a person as near. It is never counted."""

_ELLIPSIS = re.compile(r"\s*(?:…|\.{3,}|\[(?:…|\.{3,})\])\s*")
_ROUND_INSERTION = "the words in round brackets do not stand in the source; an editor's insertion belongs in square brackets"


@dataclass(frozen=True)
class Match:
    """Where a quote stands in a text, or that it does not."""

    quote: str
    """As given."""
    status: Status
    """Only exact and normalised are grounded."""
    start: int | None
    """Offset in code points."""
    end: int | None
    """Offset just behind."""
    diff: tuple[str, ...] = ()
    """For near: the differing words, `-` before those only in the quote, `+` before those only in the text."""
    places: int = 1
    """In how many places the same words stand."""


class Finder:
    """Finds quotes in one text. Normalising the text is done once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._normal = normalise(text)
        self._bare, self._bare_map = _without_hyphens(self._normal)

    def find(self, quote: str, *, near_to: int | None = None, fuzzy: bool = True) -> Match:
        """The ladder: exact, normalised, near, absent. Among repeated places the one closest to `near_to` is taken."""
        wanted = quote.strip()
        if not _is_quotable(wanted):
            return Match(quote, "absent", None, None)
        spans = [(at, at + len(wanted)) for at in _all(self._text, wanted) if self._whole(at, at + len(wanted))]
        status: Status = "exact"
        if not spans:
            spans, status = self._normalised(wanted), "normalised"
        if spans:
            start, end = min(spans, key=lambda s: abs(s[0] - near_to) if near_to is not None else s[0])
            return Match(quote, status, start, end, places=len(spans))
        return self._near(quote) if fuzzy else Match(quote, "absent", None, None)

    def _whole(self, start: int, end: int) -> bool:
        """Whether a place begins and ends at the edges of words."""
        text = self._text
        inside_left = start > 0 and (text[start - 1].isalnum() or text[start - 1] in LINE_HYPHENS) and text[start].isalnum()
        inside_right = end < len(text) and (text[end].isalnum() or text[end] in LINE_HYPHENS) and text[end - 1].isalnum()
        return not (inside_left or inside_right)

    def _normalised(self, wanted: str) -> list[tuple[int, int]]:
        normal = normalise(wanted)
        bare, _hyphens = _without_hyphens(normal)
        bare = bare.strip()
        if not bare:
            return []
        quote_hyphens = _hyphen_places(normal)
        spans = []
        for at in _all(self._bare, bare):
            if not self._hyphens_agree(at, len(bare), quote_hyphens):
                continue
            start = self._normal.source[self._bare_map[at]]
            end = self._normal.source[self._bare_map[at + len(bare) - 1]] + 1
            if self._whole(start, end):
                spans.append((start, end))
        return spans

    def _hyphens_agree(self, at: int, length: int, wanted: frozenset[int]) -> bool:
        """Every hyphen of one side is in the other; a line-end hyphen of the text agrees with a hyphen and with none."""
        hard: set[int] = set()
        loose: set[int] = set()
        for place in range(1, length):
            left, right = self._bare_map[at + place - 1], self._bare_map[at + place]
            if "-" in self._normal.text[left + 1 : right]:
                hard.add(place)
            if any(position in self._normal.loose for position in range(left + 1, right + 1)):
                loose.add(place)
        inner = {place for place in wanted if 0 < place < length}
        return hard <= inner and inner <= hard | loose

    def _near(self, quote: str) -> Match:
        from rapidfuzz import fuzz

        normal = normalise(quote.strip()).text
        if len(normal) < 12:
            return Match(quote, "absent", None, None)
        found = fuzz.partial_ratio_alignment(normal, self._normal.text, score_cutoff=NEAR)
        if found is None or found.dest_end <= found.dest_start:
            return Match(quote, "absent", None, None)
        start, end = found.dest_start, found.dest_end
        while start > 0 and self._normal.text[start - 1].isalnum():
            start -= 1
        while end < len(self._normal.text) and self._normal.text[end].isalnum():
            end += 1
        return Match(
            quote, "near", self._normal.source[start], self._normal.source[end - 1] + 1,
            diff=_differing(normal, self._normal.text[start:end]),
        )  # fmt: skip


def _is_quotable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _all(text: str, wanted: str) -> Iterable[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _without_hyphens(normal: Normalised) -> tuple[str, tuple[int, ...]]:
    """Hyphens between letters taken out, and for each character left its place in the normalised text."""
    text = normal.text
    kept = [
        i for i, character in enumerate(text)
        if not (character == "-" and 0 < i < len(text) - 1 and text[i - 1].isalnum() and text[i + 1].isalnum())
    ]  # fmt: skip
    return "".join(text[i] for i in kept), tuple(kept)


def _hyphen_places(normal: Normalised) -> frozenset[int]:
    """Places in the hyphen-free text just before which a hyphen between letters was taken out."""
    text = normal.text.strip()
    lead = len(normal.text) - len(normal.text.lstrip())
    _, kept = _without_hyphens(Normalised(text, (), frozenset()))
    places = {i for i in range(1, len(kept)) if kept[i] - kept[i - 1] > 1}
    loose = {i - lead for i in normal.loose}
    return frozenset(places | {i for i in range(1, len(kept)) if kept[i] in loose})


def _differing(quote: str, text: str) -> tuple[str, ...]:
    import difflib

    return tuple(word for word in difflib.ndiff(quote.split(), text.split()) if word[0] in "-+")


def explain_absence(finder: Finder, quote: str) -> str:
    """Why a quote is refused, where there is more to say than that it is not there."""
    without = re.sub(r"\s*\([^)]*\)", "", quote)
    if without != quote and _is_quotable(without) and finder.find(without, fuzzy=False).status in ("exact", "normalised"):
        return _ROUND_INSERTION
    return "these words do not stand in the document"


def ground(draft: DraftCoding, reading: Reading) -> Coding:
    """Locate every quote of a draft. What cannot be located is listed in `refused` and is evidence of nothing."""
    return _Grounder(reading).coding(draft)


class _Grounder:
    """One reading, with its flow and finder."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._flow = Flow.of(reading)
        self._finder = Finder(self._flow.text)
        self._whole = Finder("\n\n".join(page.text for page in reading.pages))
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
            children=children, evidence={name: found for name, found in evidence.items() if found},
        )  # fmt: skip
        findings = self._items(draft.findings, "finding")
        recommendations = self._items(draft.recommendations, "recommendation")
        themes = []
        for theme in draft.themes:
            found: list[Evidence] = []
            for quote in theme.quotes:
                found += self._evidence(quote, f"theme:{theme.theme}")
            believed = theme.value != "present" or any("good_practice" not in e.flags for e in found)
            themes.append(
                ThemeCoding(
                    theme=theme.theme, value=theme.value if believed else "unclear", sub_themes=theme.sub_themes,
                    evidence=tuple(found), why=theme.why,
                )
            )  # fmt: skip
        return Coding(
            document_id=draft.document_id, reading_sha256=self._reading.sha256, coder=draft.coder, case=grounded_case,
            findings=findings, recommendations=recommendations, themes=tuple(themes), refused=tuple(self._refused),
        )  # fmt: skip

    def _items(self, drafts: Sequence[DraftItem], kind: str) -> tuple[Item, ...]:
        grounded = []
        for number, draft in enumerate(drafts, 1):
            found: list[Evidence] = []
            for quote in draft.quotes:
                found += self._evidence(quote, f"{kind}:{draft.number or number}", anywhere=True)
            if not found:
                continue
            text = readable(" ".join(evidence.quote for evidence in found))
            key = f"{draft.document_id if hasattr(draft, 'document_id') else self._reading.document_id}|{kind}|{found[0].page}|{found[0].start}|{text}"
            grounded.append(
                Item(
                    id=f"{kind[0]}{hashlib.sha256(key.encode()).hexdigest()[:12]}", number=draft.number, text=text,
                    page=found[0].page, addressee=draft.addressee, evidence=tuple(found),
                )
            )  # fmt: skip
        return tuple(grounded)

    def _evidence(self, quote: DraftQuote, about: str, *, anywhere: bool = False) -> list[Evidence]:
        """A quote's evidence: one entry for each page and each part between ellipses. Empty, and refused, if any part fails."""
        parts = [part for part in _ELLIPSIS.split(re.sub(r"\[[^\]]*\]", "…", quote.text)) if _is_quotable(part)]
        hint = self._flow.at(quote.page, 0) if quote.page else None
        found: list[Evidence] = []
        behind = -1
        for part in parts or [quote.text]:
            match = self._finder.find(part, near_to=hint if behind < 0 else behind)
            if match.start is None or match.end is None or match.status in ("near", "absent"):
                if anywhere and (marked := self._in_furniture(part, quote)):
                    found += marked
                    continue
                self._refuse(quote, about, match, part)
                return []
            section = self._flow.section_at(match.start)
            if match.start < behind or (found and (section.title if section else "") != found[0].section):
                self._refused.append(
                    Refusal(about=about, quote=quote.text, status="absent", reason="its parts do not stand in this order within one section")
                )
                return []
            if not anywhere and section is not None and section.kind in NEVER_EVIDENCE:
                self._refused.append(
                    Refusal(about=about, quote=quote.text, status="furniture", reason=f"it stands in “{section.title}”, where nothing is evidence")
                )
                return []
            flags: tuple[EvidenceFlag, ...] = tuple(dict.fromkeys((*quote.flags, *(("ambiguous",) if match.places > 1 and hint is None else ()))))
            if section is not None and section.kind in ("recommendations", "action_plan") and about.startswith("theme:"):
                flags = tuple(dict.fromkeys((*flags, "recommendation")))
            for span in self._flow.spans(match.start, match.end):
                found.append(self._one(span, "exact" if match.status == "exact" else "normalised", section.title if section else "", flags, bool(found)))
            behind = match.end
        return found

    def _one(self, span: Span, status: Literal["exact", "normalised"], section: str, flags: tuple[EvidenceFlag, ...], continued: bool) -> Evidence:
        text = self._reading.pages[span.page - 1].text[span.start : span.end]
        return Evidence(
            quote=text, page=span.page, start=span.start, end=span.end, status=status, section=section,
            flags=(*flags, "continued") if continued else flags,
        )  # fmt: skip

    def _in_furniture(self, part: str, quote: DraftQuote) -> list[Evidence]:
        """Case facts often stand in a title, a cover or a heading: found there, page by page."""
        for page in sorted(self._reading.pages, key=lambda p: (p.number != quote.page, p.number)):
            match = Finder(page.text).find(part, fuzzy=False)
            if match.start is not None and match.end is not None:
                span = Span(page=page.number, start=match.start, end=match.end)
                return [self._one(span, "exact" if match.status == "exact" else "normalised", "", quote.flags, False)]
        return []

    def _refuse(self, quote: DraftQuote, about: str, match: Match, part: str) -> None:
        if match.status == "near":
            self._refused.append(
                Refusal(about=about, quote=quote.text, status="near", reason="something like it stands there, but these words differ: " + "; ".join(match.diff[:8]))
            )
        elif self._whole.find(part, fuzzy=False).status != "absent":
            self._refused.append(Refusal(about=about, quote=quote.text, status="furniture", reason="it stands only in a heading, header, footer or contents list"))
        else:
            self._refused.append(Refusal(about=about, quote=quote.text, status="absent", reason=explain_absence(self._finder, part)))


def locate(text: str, quotes: Sequence[str]) -> list[dict[str, object]]:
    """Each quote against a plain text, in the order given, as `scr-llm ground` prints it."""
    finder = Finder(text)
    return [
        {
            "quote": match.quote, "status": match.status, "start": match.start, "end": match.end, "diff": list(match.diff),
            "matched": text[match.start : match.end] if match.start is not None else None,
        }
        for match in (_located(finder, quote) for quote in quotes)
    ]  # fmt: skip


def _located(finder: Finder, quote: str) -> Match:
    """One quote; a spliced one spans from its first part to its last, each part in order."""
    parts = [part for part in _ELLIPSIS.split(re.sub(r"\[[^\]]*\]", "…", quote)) if _is_quotable(part)]
    whole = finder.find(quote, fuzzy=len(parts) < 2)
    if whole.status in ("exact", "normalised") or len(parts) < 2:
        return whole
    found: list[Match] = []
    for part in parts:
        match = finder.find(part, near_to=found[-1].end if found else None)
        behind = found[-1].end if found else 0
        if match.start is None or match.status in ("near", "absent") or match.start < (behind or 0):
            return Match(quote, "absent", None, None)
        found.append(match)
    return Match(quote, "normalised", found[0].start, found[-1].end)
