"""Whether the words that a person wrote into a paper are borne out by the record: numbers, quotations, case labels.

A sentence that the program wrote is borne out. In one that a person changed or added,

- a count (“5 of the 8”, “both reviews”, “all 8 reviews”) is that of a theme that the sentence names, or stood there
  before, about the same themes;
- another number stood there before, of the same things, or is one of the totals of the paper;
- a quotation in “ ” stands in a review: in the one that the sentence names, on the page that it gives;
- a case has one of the labels of the paper;
- a cell of the matrix says what was decided.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scr_llm.records import Block, Briefing, OwnWords, Reading
from scr_llm.text.find import Finder
from scr_llm.text.flow import Flow
from scr_llm.text.numbers import TO_TWENTY
from scr_llm.text.words import MATRIX

_NUMBER = rf"(?:\d+(?:[.,]\d+)*|{'|'.join(TO_TWENTY)})"
_OF = r"(?:of|out of|in)(?: the| these| all)?"
_COUNT = re.compile(rf"\b({_NUMBER}) {_OF} ({_NUMBER})\b", re.I)
_WHOLE = re.compile(
    rf"\b(both|all|none)(?: of)?(?: the| these)?(?: ({_NUMBER}))? (?:serious case )?(?:reviews|cases)\b", re.I
)
"""A count without a denominator of its own: both reviews, all (of the) 8 reviews, none of the reviews."""
_THINGS = (
    r"(?:serious case )?(reviews?|cases?|children|child|findings?|recommendations?|themes?|quotes?|cells?|per cent"
    r"|percent|years?|months?|weeks?|days?)"
)
_SEVERAL = "|".join(TO_TWENTY[2:])
_SINGLE = re.compile(rf"\b(?:(\d+(?:[.,]\d+)*)|({_SEVERAL})(?= {_THINGS}\b))(?:\s*%| {_THINGS}\b)?", re.I)
_QUOTATION = re.compile(r"“([^”]*)(?:”|$)|\"([^\"]+)\"")
_PAGE = re.compile(r",? \(?pages? (\d+)\)?:?\s*$")
_CASE = re.compile(
    r"\b(?:Child|Children|Young Person|Baby|Infant|Adult|Family|Sibling) (?:[A-Z]{1,2}\d?|\d{1,2}|‘[^’]+’)(?!\w)"
)
_DATE = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)? )?(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) (?:\d{4}|\d{1,2})\b"
)
_PLACE = re.compile(r"\b(?:Appendix|Evidence|section|part|table|figure) \d+(?:\.\d+)*", re.I)
"""A place in the paper: no number of the record."""
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")


@dataclass(frozen=True)
class Doubt:
    """Something in the paper that the record does not bear out."""

    words: str
    """As they stand in the paper."""
    why: str
    """What is wrong."""
    text: str
    """The paragraph or cell that they stand in."""

    def answered_by(self, own: OwnWords) -> bool:
        """Whether the person who signs has given a reason for these words."""
        return self.words in own.text and own.text in self.text


class PaperChecks:
    """Compares a person's words with what one paper rests on."""

    def __init__(self, paper: Briefing, readings: Mapping[str, Reading]) -> None:
        self._paper = paper
        self._labels = {row.label: row.document_id for row in paper.cases}
        self._flows = {i: Flow.of(reading) for i, reading in readings.items()}
        self._finders: dict[str, Finder] = {}
        self._themes = {theme.label.casefold(): (theme.present, theme.of) for theme in paper.facts.themes}
        facts = paper.facts
        self._totals = {
            (str(facts.reviews), "review"),
            (str(facts.reviews), "case"),
            (str(facts.children), "child"),
            (str(facts.findings), "finding"),
            (str(facts.recommendations), "recommendation"),
        }

    def doubts(self, text: str, before: Block | None = None) -> list[Doubt]:
        """What the record does not bear out in a paragraph or cell. `before` is what the program wrote there."""
        old = before.text if before else ""
        if before and before.kind == "cell" and old in _CELLS and text != old:
            return [Doubt(text, f"the matrix has “{old}” here", text)]
        found: list[Doubt] = []
        rest = text
        for quotation in _QUOTATION.finditer(text):
            said = quotation.group(1) or quotation.group(2) or ""
            lead = text[: quotation.start()]
            page = _PAGE.search(lead)
            if why := self._unverified(said.strip(), text, lead, int(page[1]) if page else None, old):
                found.append(Doubt(said.strip(), why, text))
            rest = _blank(rest, page.start() if page else quotation.start(), quotation.end())
        for place in _PLACE.finditer(rest):
            rest = _blank(rest, *place.span())
        for label in sorted(self._labels, key=len, reverse=True):
            rest = rest.replace(label, " " * len(label))
        for case in _CASE.finditer(rest):
            if not any(label.endswith(f" {case.group()}") for label in self._labels) and case.group() not in old:
                found.append(Doubt(case.group(), "no case of this paper has this label", text))
            rest = _blank(rest, *case.span())
        for date in _DATE.finditer(rest):
            if date.group() not in old:
                found.append(Doubt(date.group(), "the record does not have this date", text))
            rest = _blank(rest, *date.span())
        at = 0
        for sentence in _SENTENCE.split(rest):
            at = rest.index(sentence, at)
            found += (Doubt(text[at + a : at + b], why, text) for a, b, why in self._numbers(sentence, old))
            at += len(sentence)
        return found

    def _unverified(self, said: str, text: str, lead: str, page: int | None, old: str) -> str:
        """Why a quotation is not borne out; empty if it is."""
        if not said or said.casefold() in self._themes or f"{lead}“{said}”" in old:
            return ""
        named = [i for label, i in self._labels.items() if label in lead] or [
            i for label, i in self._labels.items() if label in text
        ]
        for i in named or self._flows:
            pages = self._pages(i, said)
            if pages and (page is None or page in pages):
                return ""
            if pages:
                return f"it stands on page {min(pages)} and not on page {page}"
        return "these words are not in that review" if named else "these words are in none of the reviews"

    def _pages(self, document_id: str, said: str) -> set[int]:
        """The pages on which a review says something."""
        flow = self._flows.get(document_id)
        if flow is None:
            return set()
        finder = self._finders.setdefault(document_id, Finder(flow.text, flow.section_at))
        match = finder.find(said.rstrip(".,"), fuzzy=False)
        spans = match.spans if match.found else ()
        return {span.page for start, end in spans for span in flow.spans(start, end)}

    def _numbers(self, sentence: str, old: str) -> Iterator[tuple[int, int, str]]:
        """Where a number of a sentence is not borne out, and why."""
        named, before = self._named(sentence), self._named(old)
        rest = sentence
        counts = {tuple(map(str, self._themes[theme])) for theme in named}
        stood = {pair for _, pair in self._counts(old)}
        for count, pair in self._counts(sentence):
            # “All reviews” without a number or a theme counts nothing that is in the record.
            is_count = named or count.re is _COUNT or count[2]
            if is_count and pair not in counts and not (pair in stood and named <= before):
                yield *count.span(), self._why(named, old)
            rest = _blank(rest, *count.span())
        known = self._totals | {_single(single) for single in _SINGLE.finditer(_COUNT.sub(" ", old))}
        known |= {(_plain(count[1]), "review") for count in _COUNT.finditer(old)}  # “5 of the 8” may become “5 reviews”
        known |= {(number, "") for number, _ in known}
        for single in _SINGLE.finditer(rest):
            if _single(single) not in known:
                yield *single.span(), self._why(frozenset(), old)

    def _counts(self, text: str) -> Iterator[tuple[re.Match[str], tuple[str, str]]]:
        """Every count in a text, as “5 of 8”."""
        for found in _COUNT.finditer(text):
            yield found, (_plain(found[1]), _plain(found[2]))
        for found in _WHOLE.finditer(_COUNT.sub(lambda count: " " * len(count.group()), text)):
            of = "2" if found[1].casefold() == "both" else _plain(found[2] or str(self._paper.facts.reviews))
            yield found, ("0" if found[1].casefold() == "none" else of, of)

    def _named(self, text: str) -> frozenset[str]:
        return frozenset(theme for theme in self._themes if theme in text.casefold())

    def _why(self, named: frozenset[str], old: str) -> str:
        counts = [f"{theme} {self._themes[theme][0]} of {self._themes[theme][1]}" for theme in sorted(named)]
        if counts:
            return f"the record has: {', '.join(counts)}"
        return f"the draft said: “{old}”" if re.search(r"\d", old) else "the record does not have this number"


_CELLS = frozenset((*MATRIX.values(), "Yes (R)", "R only, not counted"))
"""What a cell of the matrix may say."""


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _plain(number: str) -> str:
    """A number in digits."""
    word = number.casefold()
    return str(TO_TWENTY.index(word)) if word in TO_TWENTY else number


def _single(found: re.Match[str]) -> tuple[str, str]:
    """A number, and of what, in the singular."""
    thing = (found[4] or found[3] or ("%" if found.group().endswith("%") else "")).casefold()
    return _plain(found[1] or found[2]), "child" if thing == "children" else thing.removesuffix("s")
