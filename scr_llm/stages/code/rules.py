"""The rules coder: no model, no network. Reads the codebook's wordings sentence by sentence.

For each sentence outside the sections that are never evidence, it looks for wordings that tell a theme, or for the
theme's subjects with a shortcoming in the same clause. Words that a near miss covers are skipped. Then polarity: a
negated feature is ruled out, a question is nothing, praise is good practice. A clause ends at "but", "however",
"although", ";" and the like, so that praise before criticism does not hide the criticism.
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
from scr_llm.stages.code.passage import may_be_evidence
from scr_llm.text.flow import Flow, Sentence, sentences
from scr_llm.text.language import (
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
    said,
)
from scr_llm.text.negation import ABSENT_AFTER, DENIED_BEFORE, NEGATED_BEFORE
from scr_llm.text.wording import compile_folded, compile_wordings, folded
from scr_llm.text.words import in_words

QUOTES_PER_THEME = 12
"""Quotes proposed for one theme, at most; the strongest sections first."""

_CLAUSE = re.compile(
    r";|:|,?\s+(?:but|however|although|though|whereas|nevertheless|yet|despite this)\b|^(?:however|nevertheless)\b",
    re.I,
)

_PRAISE_QUOTES = _DENIAL_QUOTES = 3
"""Passages of praise, and of denial, proposed for one theme, at most."""
_WEIGHT = {"findings": 0, "lessons": 0, "analysis": 1, "conclusion": 1, "recommendations": 3}
"""Which section's passages are quoted first: the lowest number."""
_OTHER_SECTION = 2

Verdict = Literal["present", "absent", "good"]


@dataclass(frozen=True)
class _CodeMatcher:
    """The wordings of a code or sub-code, compiled."""

    theme: str
    sub: str | None
    feature: bool
    mentions: re.Pattern[str] | None
    """Wordings and subjects together, for a folded text: nearly every sentence has none."""
    wordings: re.Pattern[str] | None
    subjects: re.Pattern[str] | None
    near_misses: re.Pattern[str] | None


@dataclass(frozen=True)
class _Hit:
    """A sentence that says something of a code."""

    sentence: Sentence
    verdict: Verdict
    sub: str | None
    why: str
    flags: tuple[EvidenceFlag, ...]
    strong: bool
    """Whether a wording was found, and not a subject with a shortcoming."""
    weak: bool
    """Whether it is evidence only beside other evidence."""


class RulesCoder:
    """Codes by the codebook's wordings alone."""

    def __init__(self, identity: CoderIdentity) -> None:
        self._identity = identity

    @property
    def identity(self) -> CoderIdentity:
        """The coder, as recorded with the coding."""
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
    """Each theme by the rules. A sentence addressed to a machine is evidence of nothing."""
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


def _matchers(code: Code) -> list[_CodeMatcher]:
    """The matcher of a code, then those of its sub-codes."""
    return [_matcher(code, code), *(_matcher(code, sub) for sub in code.sub_codes)]


def _matcher(code: Code, part: Code | SubCode) -> _CodeMatcher:
    """The matcher of a code, or of a part of it, which inherits the near misses of the whole."""
    is_sub = part is not code
    return _CodeMatcher(
        theme=code.id,
        sub=part.id if is_sub else None,
        feature=code.polarity == "feature",
        mentions=compile_folded((*part.wordings, *part.subjects)),
        wordings=compile_wordings(part.wordings),
        subjects=compile_wordings(part.subjects),
        near_misses=compile_wordings((*code.near_misses, *(part.near_misses if is_sub else ()))),
    )


def propose_one(code: Code, body: list[Sentence]) -> DraftTheme:
    """One theme by the rules, from sentences that may be evidence."""
    matchers = _matchers(code)
    hits = [
        hit
        for at, sentence in enumerate(body)
        for matcher in matchers
        if (hit := _match_sentence(matcher, sentence, _next_sentence(body, at)))
    ]
    present = _standing([h for h in hits if h.verdict == "present"])
    absent = [h for h in hits if h.verdict == "absent"]
    good = [h for h in hits if h.verdict == "good"]
    value: ThemeValue = "not_mentioned"
    shown = [*absent[:_DENIAL_QUOTES], *good[:_PRAISE_QUOTES]]
    if present:
        value, shown = "present", [*_best(present), *good[:_PRAISE_QUOTES]]
    elif absent:
        value = "explicitly_absent"
    return DraftTheme(
        theme=code.id,
        quotes=_quotes(shown),
        value=value,
        sub_themes=tuple(sub.id for sub in code.sub_codes if any(h.sub == sub.id for h in present)),
        why=shown[0].why if shown else "",
        doubts=_doubts(present, absent, good),
    )


def _quotes(hits: Sequence[_Hit]) -> tuple[DraftQuote, ...]:
    """The sentences of hits in reading order, each once, with the flags of its first hit."""
    by_start: dict[int, DraftQuote] = {}
    for hit in hits:
        quote = DraftQuote(text=hit.sentence.raw, page=hit.sentence.page, flags=hit.flags)
        by_start.setdefault(hit.sentence.start, quote)
    return tuple(by_start[start] for start in sorted(by_start))


def _next_sentence(body: list[Sentence], at: int) -> str:
    """The next sentence, if it is in the same paragraph."""
    after = body[at + 1] if at + 1 < len(body) else None
    return after.text if after and after.paragraph == body[at].paragraph else ""


def _standing(present: list[_Hit]) -> list[_Hit]:
    """The hits that make a theme present: weak evidence counts only beside other evidence."""
    return present if any(not h.weak for h in present) else []


def _doubts(present: list[_Hit], absent: list[_Hit], good: list[_Hit]) -> tuple[str, ...]:
    """What makes the proposal weak, for the order in which a person looks at it."""
    doubts = []
    if present and absent:
        doubts.append("one passage states it and another denies it")
    if present and all(h.flags for h in present):
        doubts.append("every passage is " + " or ".join(sorted({in_words(f) for h in present for f in h.flags})))
    if len(present) == 1:
        doubts.append("a single passage")
    if present and not any(h.strong for h in present):
        doubts.append("only general words with a shortcoming")
    if not present and len(good) > 1:
        doubts.append("praised in several places")
    return tuple(doubts)


def _best(hits: list[_Hit]) -> list[_Hit]:
    return sorted(hits, key=lambda h: (_WEIGHT.get(h.sentence.section_kind, _OTHER_SECTION), h.sentence.start))[
        :QUOTES_PER_THEME
    ]


def _match_sentence(matcher: _CodeMatcher, sentence: Sentence, after: str) -> _Hit | None:
    """What a sentence, given the one after it, says of a code; None where it says nothing."""
    text = sentence.text
    if not matcher.mentions or not matcher.mentions.search(folded(text)):
        return None
    if POLICY.name in said(text) or IRRELEVANT.name in said(text) | said(after):
        return None
    if matcher.near_misses:
        text = matcher.near_misses.sub(lambda m: "." * len(m.group()), text)  # full stops, which no gap crosses
    for start, end in _clauses(text):
        clause = text[start:end]
        for strong, expression in ((True, matcher.wordings), (False, matcher.subjects)):
            for match in expression.finditer(clause) if expression else ():
                if verdict := _verdict(matcher, sentence, after, clause, match, strong):
                    return _hit(matcher, sentence, verdict, clause, match, strong)
    return None


def _hit(
    matcher: _CodeMatcher, sentence: Sentence, verdict: Verdict, clause: str, match: re.Match[str], strong: bool
) -> _Hit:
    flags = flags_of(sentence, praised=verdict == "good")
    asks_for_words = "recommendation" in flags and ASKS_FOR_WORDS.name in said(sentence.text)
    how = "wording" if strong else "subject with a shortcoming"
    return _Hit(
        sentence=sentence,
        verdict=verdict,
        sub=matcher.sub,
        why=f"{how} “{match.group().strip()}” in {sentence.section or 'the text'}",
        flags=flags,
        strong=strong,
        weak=asks_for_words and not SHORTCOMING.holds(clause),
    )


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text) if m.start() > 0), len(text)]
    return list(itertools.pairwise(cuts))


def _verdict(
    matcher: _CodeMatcher, sentence: Sentence, after: str, clause: str, match: re.Match[str], strong: bool
) -> Verdict | None:
    """What a match says: present, denied or praised; None where it is evidence of nothing.

    `strong` is whether it is a wording, and not a subject. The order of the tests matters: a denial answers a question.
    """
    before, behind = clause[: match.start()], clause[match.end() :]
    if CONCLUDED_NOT.name in said(sentence.text) or DENIED.name in said(sentence.text) | said(after):
        return "absent"
    if QUESTION.name in said(LABEL.pattern.sub("", sentence.text)):
        return None
    if matcher.feature:
        return _verdict_of_feature(sentence, before, behind, strong)
    if NO_SHORTCOMING.holds(clause) or ABSENT_AFTER.holds(behind):
        return "absent" if strong else None
    is_praised = PRAISE.holds(clause) and not SHORTCOMING.holds(before + " " + behind)
    if sentence.section_kind == "good_practice" or is_praised or PRAISED_BEFORE.name in said(after):
        return "good"
    if strong:
        return "absent" if DENIED_BEFORE.holds(before) else "present"
    if sentence.section_kind == "recommendations":
        return None
    return "present" if SHORTCOMING.holds(clause) and not PRAISE.holds(clause) else None


def _verdict_of_feature(sentence: Sentence, before: str, behind: str, strong: bool) -> Verdict | None:
    """A feature of the case (not of practice) is simply there or denied; a recommendation says neither."""
    if sentence.section_kind == "recommendations":
        return None
    if NEGATED_BEFORE.holds(before) or ABSENT_AFTER.holds(behind):
        return "absent"
    return "present" if strong else None


def flags_of(sentence: Sentence, *, praised: bool = False) -> tuple[EvidenceFlag, ...]:
    """What a person should know about a passage before it counts."""
    flags: list[EvidenceFlag] = ["good_practice"] if praised else []
    if sentence.section_kind == "recommendations":
        flags.append("recommendation")
    here = said(sentence.text)
    if SUSPECTED.name in here:
        flags.append("suspected")
    if HISTORIC.name in here:
        flags.append("historic")
    if SIBLING.name in here:
        flags.append("sibling")
    return tuple(flags)


class Wordings:
    """A code's wordings, compiled."""

    def __init__(self, code: Code) -> None:
        self.code, self._matchers = code, _matchers(code)

    def says(self, sentence: Sentence, after: str) -> bool:
        """Whether a sentence, given the one after it, shows the theme by the wordings and rules alone."""
        hits = (_match_sentence(matcher, sentence, after) for matcher in self._matchers)
        return any(hit is not None and hit.verdict == "present" for hit in hits)

    def aspects(self, shown: Sequence[Sentence]) -> tuple[str, ...]:
        """The sub-codes that passages of the theme name."""
        return tuple(matcher.sub for matcher in self._matchers if matcher.sub and _is_named(matcher, shown))


def _is_named(matcher: _CodeMatcher, shown: Sequence[Sentence]) -> bool:
    return matcher.mentions is not None and any(matcher.mentions.search(folded(s.text)) for s in shown)
