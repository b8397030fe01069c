"""The embedded rules coder: no model, no network. Reads the codebook's wordings sentence by sentence.

For each sentence outside the sections that are never evidence: wordings that tell a theme, or its subjects with a shortcoming in the same
clause; what near misses cover is not looked at; then polarity: a negated feature is an explicit absence, a question is nothing, praise is good
practice. A clause ends at "but", "however", "although", ";" and the like, so praise before criticism does not hide the criticism.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import (
    Code,
    Codebook,
    CoderIdentity,
    DraftCoding,
    DraftItem,
    DraftQuote,
    DraftTheme,
    EvidenceFlag,
    NumberedItem,
    Reading,
    SubCode,
    ThemeValue,
)
from scr_llm.stages.code.facts import case_facts
from scr_llm.stages.code.language import (
    ASKS_FOR_WORDS,
    CONCLUDED_NOT,
    DENIED,
    HISTORIC,
    IRRELEVANT,
    LABEL,
    NO_SHORTCOMING,
    POLICY,
    PRAISE,
    PRAISED_BEFORE,
    QUESTION,
    SHORTCOMING,
    SIBLING,
    SUSPECTED,
)
from scr_llm.stages.code.passage import may_be_evidence
from scr_llm.text.flow import Flow, Sentence, sentences
from scr_llm.text.wording import compile_wordings
from scr_llm.text.words import in_words

QUOTES_PER_THEME = 12
"""Quotes proposed for one theme at most; the strongest sections first."""

_CLAUSE = re.compile(
    r";|:|,?\s+(?:but|however|although|though|whereas|nevertheless|yet|despite this)\b|^(?:however|nevertheless)\b",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:no (?:evidence|indication|suggestion|history|record|sign|signs|reports?|concerns?|known|information|disclosures?|reason)\b[^.;]{0,60}$|"
    r"(?:den(?:y|ied|ies)|ruled out|free (?:of|from)|never been|was not|were not|is not|not considered|not found)\b[^.;]{0,50}$|"
    r"(?:no|not|nor|never|neither|without)\s+(?:\w+\s+){0,4}$)",
    re.I,
)
_ABSENT_AFTER = re.compile(
    r"^[^.;]{0,60}?\b(?:was|were|is|are)\s+(?:not (?:a )?(?:feature|factor|issue|present|known|found|identified|reported|suspected|apparent|evident)|ruled out|denied|negative)",
    re.I,
)

Verdict = Literal["present", "absent", "good"]


@dataclass(frozen=True)
class _CodeMatcher:
    """A code's or sub-code's wordings, ready to look with."""

    theme: str
    sub: str | None
    feature: bool
    wordings: re.Pattern[str] | None
    subjects: re.Pattern[str] | None
    near_misses: re.Pattern[str] | None


@dataclass(frozen=True)
class _Hit:
    sentence: Sentence
    verdict: Verdict
    sub: str | None
    why: str
    flags: tuple[EvidenceFlag, ...]
    weak: bool = False
    """Whether it is evidence only beside other evidence."""


class RulesCoder:
    """The default coder."""

    def __init__(self, identity: CoderIdentity) -> None:
        self._identity = identity

    @property
    def identity(self) -> CoderIdentity:
        """Who codes."""
        return self._identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding. Never fails on a document that could be read."""
        return DraftCoding(
            document_id=reading.document_id,
            coder=self._identity,
            case=case_facts(reading, Flow.of(reading)),
            findings=tuple(draft_item(reading, i) for i in reading.items if i.kind == "finding"),
            recommendations=tuple(draft_item(reading, i) for i in reading.items if i.kind == "recommendation"),
            themes=propose(reading, codebook),
        )


def propose(reading: Reading, codebook: Codebook) -> tuple[DraftTheme, ...]:
    """What the rules hold of each theme. A sentence that speaks to a machine is evidence of nothing."""
    body = [s for s in sentences(Flow.of(reading)) if may_be_evidence(s)]
    return tuple(propose_one(code, body) for code in codebook.codes)


def draft_item(reading: Reading, item: NumberedItem) -> DraftItem:
    """A printed item as a draft: its own spans are its quotes."""
    return DraftItem(
        number=item.number,
        text=item.text,
        page=item.page,
        addressee=item.addressee,
        quotes=tuple(DraftQuote(text=reading.pages[s.page - 1].text[s.start : s.end], page=s.page) for s in item.spans),
    )


def _lookers(code: Code) -> list[_CodeMatcher]:
    def looker(part: Code | SubCode, sub: str | None) -> _CodeMatcher:
        misses = compile_wordings((*code.near_misses, *(part.near_misses if sub else ())))
        return _CodeMatcher(
            code.id,
            sub,
            code.polarity == "feature",
            compile_wordings(part.wordings),
            compile_wordings(part.subjects),
            misses,
        )

    return [looker(code, None), *(looker(sub, sub.id) for sub in code.sub_codes)]


def propose_one(code: Code, body: list[Sentence]) -> DraftTheme:
    """What the rules hold of one theme, of sentences that may be evidence."""
    lookers = _lookers(code)
    hits = [
        hit
        for at, sentence in enumerate(body)
        for looker in lookers
        if (hit := _match_sentence(looker, sentence, _beside(body, at)))
    ]
    present = _standing([h for h in hits if h.verdict == "present"])
    absent = [h for h in hits if h.verdict == "absent"]
    good = [h for h in hits if h.verdict == "good"]
    value: ThemeValue = "present" if present else "explicitly_absent" if absent else "not_mentioned"
    shown = [*_best(present), *(good[:3] if present else [])] if present else [*absent[:3], *good[:3]]
    why = shown[0].why if shown else ""
    shown.sort(key=lambda h: h.sentence.start)
    seen: set[int] = set()
    quotes = []
    for hit in shown:
        if hit.sentence.start not in seen:
            seen.add(hit.sentence.start)
            quotes.append(DraftQuote(text=hit.sentence.raw, page=hit.sentence.page, flags=hit.flags))
    subs = tuple(sub.id for sub in code.sub_codes if any(h.sub == sub.id for h in present))
    return DraftTheme(
        theme=code.id,
        quotes=tuple(quotes),
        value=value,
        sub_themes=subs,
        why=why,
        doubts=_doubts(present, absent, good),
    )


def _beside(body: list[Sentence], at: int) -> str:
    """The sentence that follows in the same paragraph, else nothing."""
    after = body[at + 1] if at + 1 < len(body) else None
    here = body[at]
    return after.text if after and after.paragraph == here.paragraph else ""


def _standing(present: list[_Hit]) -> list[_Hit]:
    """What makes a theme present: weak evidence only beside other."""
    return present if any(not h.weak for h in present) else []


def _doubts(present: list[_Hit], absent: list[_Hit], good: list[_Hit]) -> tuple[str, ...]:
    """What makes the proposal weak, for the order in which a person looks at it."""
    doubts = []
    if present and absent:
        doubts.append("one passage says so and another denies it")
    if present and all(h.flags for h in present):
        doubts.append("every passage is " + " or ".join(sorted({in_words(f) for h in present for f in h.flags})))
    if len(present) == 1:
        doubts.append("a single passage")
    if present and all(h.why.startswith("subject") for h in present):
        doubts.append("only general words with a shortcoming")
    if not present and len(good) > 1:
        doubts.append("praised in several places")
    return tuple(doubts)


_WEIGHT = {"findings": 0, "lessons": 0, "analysis": 1, "conclusion": 1, "recommendations": 3}


def _best(hits: list[_Hit]) -> list[_Hit]:
    return sorted(hits, key=lambda h: (_WEIGHT.get(h.sentence.section_kind, 2), h.sentence.start))[:QUOTES_PER_THEME]


def _match_sentence(looker: _CodeMatcher, sentence: Sentence, behind: str) -> _Hit | None:
    text = sentence.text
    if not any(expression.search(text) for expression in (looker.wordings, looker.subjects) if expression):
        return None
    if POLICY.holds(text) or IRRELEVANT.holds(text) or IRRELEVANT.holds(behind):
        return None
    if looker.near_misses:
        text = looker.near_misses.sub(lambda m: "." * len(m.group()), text)  # a stop, which no gap jumps
    for start, end in _clauses(text):
        clause = text[start:end]
        for strong, expression in ((True, looker.wordings), (False, looker.subjects)):
            for match in expression.finditer(clause) if expression else ():
                verdict = _verdict(looker, sentence, behind, clause, match, strong)
                if verdict:
                    how = "wording" if strong else "subject with a shortcoming"
                    flags = flags_of(sentence, praised=verdict == "good")
                    weak = (
                        "recommendation" in flags
                        and ASKS_FOR_WORDS.holds(sentence.text)
                        and not SHORTCOMING.holds(clause)
                    )
                    return _Hit(
                        sentence,
                        verdict,
                        looker.sub,
                        f"{how} “{match.group().strip()}” in {sentence.section or 'the text'}",
                        flags,
                        weak,
                    )
    return None


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text) if m.start() > 0), len(text)]
    return list(itertools.pairwise(cuts))


def _verdict(
    looker: _CodeMatcher, sentence: Sentence, behind_it: str, clause: str, match: re.Match[str], strong: bool
) -> Verdict | None:
    before, behind = clause[: match.start()], clause[match.end() :]
    if CONCLUDED_NOT.holds(sentence.text) or DENIED.holds(sentence.text) or DENIED.holds(behind_it):
        return "absent"
    if QUESTION.holds(LABEL.pattern.sub("", sentence.text)):
        return None
    if looker.feature:
        if sentence.section_kind == "recommendations":
            return None
        if _NEGATED.search(before) or _ABSENT_AFTER.search(behind):
            return "absent"
        return "present" if strong else None
    if NO_SHORTCOMING.holds(clause) or _ABSENT_AFTER.search(behind):
        return "absent" if strong else None
    rest = before + " " + behind
    praised = PRAISE.holds(clause) and not SHORTCOMING.holds(rest)
    if sentence.section_kind == "good_practice" or praised or PRAISED_BEFORE.holds(behind_it):
        return "good"
    if strong:
        return "present" if not re.search(r"\b(?:no|not|nor|never)\s+(?:\w+\s+){0,2}$", before, re.I) else "absent"
    if sentence.section_kind == "recommendations":
        return None
    return "present" if SHORTCOMING.holds(clause) and not PRAISE.holds(clause) else None


def flags_of(sentence: Sentence, *, praised: bool = False) -> tuple[EvidenceFlag, ...]:
    """What a person should know of a passage before it counts."""
    flags: list[EvidenceFlag] = ["good_practice"] if praised else []
    if sentence.section_kind == "recommendations":
        flags.append("recommendation")
    if SUSPECTED.holds(sentence.text):
        flags.append("suspected")
    if HISTORIC.holds(sentence.text):
        flags.append("historic")
    if SIBLING.holds(sentence.text):
        flags.append("sibling")
    return tuple(flags)


class Wordings:
    """A code's wordings, ready to look with."""

    def __init__(self, code: Code) -> None:
        self.code, self._lookers = code, _lookers(code)

    def says(self, sentence: Sentence, behind: str) -> bool:
        """Whether a sentence, given the one behind it, shows the theme by the wordings and rules alone."""
        return any(
            hit.verdict == "present" for looker in self._lookers if (hit := _match_sentence(looker, sentence, behind))
        )

    def aspects(self, shown: Sequence[Sentence]) -> tuple[str, ...]:
        """The sub-codes that passages of the theme name."""
        named = (
            looker
            for looker in self._lookers
            if looker.sub and any(e.search(s.text) for e in (looker.wordings, looker.subjects) if e for s in shown)
        )
        return tuple(looker.sub for looker in named if looker.sub)
