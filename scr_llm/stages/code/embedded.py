"""The embedded coder: no language model, no network, no dependency.

It learned what themes mean from made-up passages (`weights.bin`, written by bench/train.py). A few general rules say
what language does: deny, praise, ask, state the law.

Each sentence outside the sections that are never evidence is scored for each theme. A theme is present where its best
sentences together are strong enough evidence, or where a fairly strong sentence also has one of the codebook's
wordings. A sentence that a general rule stops counts for nothing. The best sentence is always quoted. A theme is
ruled out where a sentence is about it and denies it. A code that nothing was learned about is matched by the
codebook's wordings (`rules`).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scr_llm.codebook import codebook_sha256
from scr_llm.records import Code, Codebook, CoderIdentity, DraftCoding, DraftQuote, DraftTheme, EvidenceFlag, Reading
from scr_llm.records.coding import Basis
from scr_llm.stages.code.facts import case_facts
from scr_llm.stages.code.passage import Passage, may_be_evidence, stops
from scr_llm.stages.code.rules import Wordings, draft_item, flags_of, propose_one
from scr_llm.stages.code.weights import Row, Weights
from scr_llm.text.flow import Flow, Sentence, sentences
from scr_llm.text.language import ASKS_FOR_WORDS, SHORTCOMING, said
from scr_llm.text.words import in_words
from scr_llm.version import __version__

WEIGHTS = Path(__file__).with_name("weights.bin")
SHARES = (0.5, 0.3, 0.2)
"""Weights of a theme's best, second and third sentence in its score for a review."""
USUAL = 100
"""Sentences in a review of usual length."""
PRESENT = 0.25
"""Score (log odds) from which a theme is present in a review of usual length."""
WORDED = -1.5
"""Log odds from which one sentence makes its theme present if it also has one of the codebook's wordings."""
SHORTEST = 40
"""Sentences of the shortest text on which that was tried; a shorter one counts as if it had so many."""
LENGTH = 0.5
"""How much higher a theme must score in a longer text, where more can match by chance.

Multiplied by the logarithm of the length against the usual one. Chosen by leaving each author of the training texts
out in turn.
"""
QUOTED = 0.0
"""Log odds from which a further sentence is quoted."""
DENIED = 0.0
"""Log odds from which a sentence is about a theme, and denies it."""
PRAISED = 0.5
"""Log odds from which a sentence is about a theme, and praises."""
PRAISES = 2
"""Passages of praise shown for one theme, at most."""
ASKS = 0.0
"""Log odds from which a sentence asks somebody to do something."""
INFERS = 0.0
"""Log odds above which a sentence implies its theme rather than stating it."""
QUOTES = 8
"""Quotes proposed for one theme, at most: the strongest."""
CLOSE = 0.5
"""A score this near to PRESENT, above or below, is a close call."""
NO_EVIDENCE = -10.0
"""Score of a theme that no sentence may be evidence of."""
BY_THE_REST = 1.0
"""How far below the last sentence each missing one is taken to score, where a review has fewer than SHARES weighs."""


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of the package."""
    return Weights.load(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with its scores."""

    sentence: Sentence
    passage: Passage
    scores: Row
    """Log odds of each judgement of it, in the order of `Weights.outputs`."""
    stopped: str
    """Why it is evidence of no theme: the general rule that stops it, or `denial`; empty where it may be evidence."""


Ranked = tuple[float, Judged]
"""A sentence with its log odds for one theme."""


class EmbeddedCoder:
    """The default coder."""

    def __init__(self, identity: CoderIdentity, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()
        self._own_weights = weights
        self._identity = identity.model_copy(update={"strategy": f"learned {self._weights.trained_from[:12]}"})
        self._place = {name: at for at, name in enumerate(self._weights.outputs)}
        self._wordings: dict[str, Wordings] = {}

    def __reduce__(self) -> tuple[type["EmbeddedCoder"], tuple[CoderIdentity, Weights | None]]:
        """How it is sent to another process, which loads the weights of the package itself."""
        return EmbeddedCoder, (self._identity, self._own_weights)

    @property
    def identity(self) -> CoderIdentity:
        """Who codes."""
        return self._identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding. Never fails on a document that could be read."""
        judged = self.judge(reading)
        body = [j.sentence for j in judged]
        return DraftCoding(
            document_id=reading.document_id,
            coder=self._identity,
            case=case_facts(reading, Flow.of(reading)),
            findings=tuple(draft_item(reading, i) for i in reading.items if i.kind == "finding"),
            recommendations=tuple(draft_item(reading, i) for i in reading.items if i.kind == "recommendation"),
            themes=tuple(self._theme_of(code, judged, body) for code in codebook.codes),
        )

    def themes(self, reading: Reading, codebook: Codebook) -> list[tuple[DraftTheme, list[Sentence]]]:
        """Each theme with its sentences, the best first; no sentences for a code that nothing was learned about."""
        judged = self.judge(reading)
        body = [j.sentence for j in judged]
        return [
            (
                self._theme_of(code, judged, body),
                [j.sentence for _, j in self.ranked(code, judged)] if self.knows(code) else [],
            )
            for code in codebook.codes
        ]

    def proposed(self, code: Code, judged: Sequence[Judged]) -> DraftTheme:
        """One theme of a review whose sentences `judge` has scored: as learned, or else by the codebook's wordings."""
        return self._theme_of(code, judged, [j.sentence for j in judged])

    def knows(self, code: Code) -> bool:
        """Whether anything was learned about a code, so that its proposals do not rest on its wordings alone."""
        return f"present:{code.id}" in self._place

    def _theme_of(self, code: Code, judged: Sequence[Judged], body: list[Sentence]) -> DraftTheme:
        return self.theme(code, judged) if self.knows(code) else propose_one(code, body)

    def judge(self, reading: Reading) -> list[Judged]:
        """Every sentence that may be evidence, scored."""
        found = []
        for sentence, passage in passages_of(reading):
            scores = self._weights.scores(passage)
            found.append(Judged(sentence, passage, scores, self._stopped(passage, scores)))
        return found

    def _stopped(self, passage: Passage, scores: Row) -> str:
        """Why a sentence is evidence of no theme; empty where it may be."""
        if stopped := stops(passage):
            return stopped
        if scores[self._place["denies"]] >= DENIED:
            return "denial"
        here = said(passage.text)
        asks = scores[self._place["asks"]] >= ASKS and ASKS_FOR_WORDS.name in here
        if asks and SHORTCOMING.name not in here:
            # Training, guidance and the like: nothing says that what it asks for was missing.
            return "asks for words"
        return ""

    def theme(self, code: Code, judged: Sequence[Judged]) -> DraftTheme:
        """What a review's sentences say of one theme."""
        ranked = self.ranked(code, judged)
        total = score_of([score for score, _ in ranked], len(judged))
        if total >= PRESENT:
            return self._present(code, ranked, total, judged)
        if worded := self._worded(code, ranked):
            return self._present(code, [worded, *(r for r in ranked if r is not worded)], total, judged)
        return self._denied(code, judged, total)

    def ranked(self, code: Code, judged: Sequence[Judged]) -> list[Ranked]:
        """The sentences that nothing stops, each with the log odds that it shows the theme, the best first."""
        at = self._place[f"present:{code.id}"]
        return sorted(((j.scores[at], j) for j in judged if not j.stopped), key=lambda r: -r[0])

    def _worded(self, code: Code, ranked: Sequence[Ranked]) -> Ranked | None:
        """The best sentence that also has one of the codebook's wordings, if it is strong enough."""
        wordings = self._wordings_of(code)
        strong = (r for r in ranked if r[0] >= WORDED)
        return next((r for r in strong if wordings.says(r[1].sentence, r[1].passage.after)), None)

    def _wordings_of(self, code: Code) -> Wordings:
        """The codebook's wordings of a code, compiled."""
        if (known := self._wordings.get(code.id)) is None or known.code is not code:
            known = self._wordings[code.id] = Wordings(code)
        return known

    def _present(self, code: Code, ranked: Sequence[Ranked], total: float, judged: Sequence[Judged]) -> DraftTheme:
        chosen = [(score, j) for n, (score, j) in enumerate(ranked[:QUOTES]) if not n or score >= QUOTED]
        shown = [j for _, j in chosen]
        best = shown[0]
        basis: Basis = "inferred" if best.scores[self._place["infers"]] > INFERS else "explicit"
        in_order = sorted(chosen, key=lambda each: each[1].sentence.start)
        quotes = [_quote(j, flags_of(j.sentence), score) for score, j in in_order]
        praise = [_quote(j, ("good_practice",)) for j in self._praised(code, judged)]
        return DraftTheme(
            theme=code.id,
            value="present",
            quotes=(*quotes, *praise),
            sub_themes=self._wordings_of(code).aspects([j.sentence for j in shown]),
            doubts=tuple(self._doubts(code, basis, total, quotes, judged)),
            basis=basis,
            why=self._why(code, best, basis),
        )

    def _doubts(
        self, code: Code, basis: Basis, total: float, quotes: Sequence[DraftQuote], judged: Sequence[Judged]
    ) -> Iterator[str]:
        """What makes a theme's presence weak, for the order in which a person looks at it."""
        if basis == "inferred":
            yield "its best passage implies it and does not state it"
        if total < PRESENT + CLOSE:
            yield "a close call"
        if len(quotes) == 1:
            yield "a single passage"
        if all(quote.flags for quote in quotes):
            yield "every passage is " + " or ".join(sorted({in_words(f) for quote in quotes for f in quote.flags}))
        if self._best_denial(code, judged):
            yield "one passage states it and another denies it"

    def _why(self, code: Code, best: Judged, basis: Basis) -> str:
        shows = "implies it" if basis == "inferred" else "states it"
        words = ", ".join(f"“{w}”" for w in self._weights.parts_of(best.passage, f"present:{code.id}"))
        why = f"a passage in {best.sentence.section or 'the text'} {shows}"
        return f"{why}, by its words {words}" if words else why

    def _denied(self, code: Code, judged: Sequence[Judged], total: float) -> DraftTheme:
        """A theme that is not present: ruled out where a sentence denies it, else not found."""
        doubts = ("a close call: the evidence is nearly strong enough",) if total >= PRESENT - CLOSE else ()
        if denial := self._best_denial(code, judged):
            return DraftTheme(
                theme=code.id,
                value="explicitly_absent",
                quotes=(_quote(denial, flags_of(denial.sentence)),),
                why=f"denied in {denial.sentence.section or 'the text'}",
                doubts=doubts,
            )
        praise = tuple(_quote(j, ("good_practice",)) for j in self._praised(code, judged))
        return DraftTheme(theme=code.id, value="not_mentioned", quotes=praise, doubts=doubts)

    def _best_denial(self, code: Code, judged: Sequence[Judged]) -> Judged | None:
        found = self._about(code, "denies", (j for j in judged if j.stopped not in ("question", "policy")))
        return found[0][1] if found and found[0][0] >= DENIED else None

    def _praised(self, code: Code, judged: Sequence[Judged]) -> list[Judged]:
        found = self._about(code, "praises", (j for j in judged if j.stopped in ("", "praise")))
        return sorted((j for score, j in found[:PRAISES] if score >= PRAISED), key=lambda j: j.sentence.start)

    def _about(self, code: Code, manner: str, judged: Iterable[Judged]) -> list[Ranked]:
        """Sentences ranked by how far they are about a theme and deny or praise, the best first."""
        about, does = self._place[f"about:{code.id}"], self._place[manner]
        return sorted(((min(j.scores[about], j.scores[does]), j) for j in judged), key=lambda r: -r[0])


def score_of(scores: Sequence[float], sentences: int) -> float:
    """A theme's score in a text of so many sentences, less what the text's length alone would bring."""
    return mean_of_best(scores) - LENGTH * math.log(max(sentences, SHORTEST) / USUAL)


def mean_of_best(scores: Sequence[float]) -> float:
    """The weighted mean (SHARES) of a theme's best sentences. `scores` begins with the best."""
    if not scores:
        return NO_EVIDENCE
    padded = [*scores[: len(SHARES)], *[scores[-1] - BY_THE_REST] * len(SHARES)]
    return sum(share * score for share, score in zip(SHARES, padded, strict=False))


def passages_of(reading: Reading) -> list[tuple[Sentence, Passage]]:
    """The sentences that may be evidence, each with its neighbours in its paragraph."""
    everything = sentences(Flow.of(reading))
    found = []
    for at, sentence in enumerate(everything):
        if may_be_evidence(sentence):
            before = _beside(sentence, everything[at - 1] if at else None)
            after = _beside(sentence, everything[at + 1] if at + 1 < len(everything) else None)
            found.append((sentence, Passage(sentence.text, before, after, sentence.section_kind)))
    return found


def _beside(sentence: Sentence, neighbour: Sentence | None) -> str:
    """A neighbour's text, if it stands in the same paragraph."""
    return neighbour.text if neighbour and neighbour.paragraph == sentence.paragraph else ""


def _quote(judged: Judged, flags: Sequence[EvidenceFlag], score: float | None = None) -> DraftQuote:
    strength = None if score is None else round(score, 3)
    return DraftQuote(text=judged.sentence.raw, page=judged.sentence.page, flags=tuple(flags), strength=strength)


def embedded_identity(codebook: Codebook) -> CoderIdentity:
    """The embedded coder, as recorded."""
    return CoderIdentity(
        kind="rules", version=__version__, codebook_version=codebook.version, codebook_sha256=codebook_sha256(codebook)
    )
