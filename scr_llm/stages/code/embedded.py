"""The embedded coder: no language model, no network, no dependency. What themes mean it learned from made-up passages (`weights.bin`, written by
bench/train.py); what language does – denying, praising, asking, telling the law – is told by few general rules.

Each sentence outside the sections that are never evidence is judged for each theme. A theme is present where the best of its sentences together
speak for it enough, or where a sentence that speaks for it somewhat also has one of the codebook's wordings; a sentence that a general rule stops
counts for nothing. The best sentence is always quoted. A theme is explicitly absent where a sentence is about it and denies it. Codes that nothing was learned of are looked for by the codebook's wordings (`rules`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256
from scr_llm.records import Code, Codebook, CoderIdentity, DraftCoding, DraftQuote, DraftTheme, EvidenceFlag, Reading
from scr_llm.records.coding import Basis
from scr_llm.stages.code.facts import case_facts
from scr_llm.stages.code.language import ASKS_FOR_WORDS, SHORTCOMING, stops
from scr_llm.stages.code.passage import Passage, may_be_evidence
from scr_llm.stages.code.rules import Wordings, draft_item, flags_of, propose_one
from scr_llm.stages.code.weights import Row, Weights
from scr_llm.text.flow import Flow, Sentence, sentences
from scr_llm.text.words import in_words

WEIGHTS = Path(__file__).with_name("weights.bin")
SHARES = (0.5, 0.3, 0.2)
"""What the best, second and third sentence of a theme add to what speaks for it in a review."""
USUAL = 100
"""Sentences in a review of usual length."""
PRESENT = 0.25
"""From which sum (logarithm of the odds) a theme is present in a review of usual length."""
WORDED = -1.5
"""From which logarithm of the odds a sentence that has one of the codebook's wordings makes its theme present by itself."""
SHORTEST = 40
"""Sentences of the shortest text on which that was tried; a shorter one counts as if it had so many."""
LENGTH = 0.5
"""How much more must speak for a theme in a longer text, in which more can by chance: times the logarithm of the length against the usual one.
Chosen by leaving each hand of the texts learned from out in turn."""
QUOTED = 0.0
"""From which logarithm of the odds a further sentence is quoted."""
DENIED = 0.0
"""From which a sentence is about a theme, and denies."""
PRAISED = 0.5
"""From which a sentence is about a theme, and praises."""
PRAISES = 2
"""Passages of praise that are shown for one theme at most."""
ASKS = 0.0
"""From which a sentence asks somebody to do something."""
QUOTES = 8
"""Quotes proposed for one theme at most, the strongest."""


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of the package."""
    return Weights.load(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and what speaks for each judgement of it."""

    sentence: Sentence
    passage: Passage
    scores: Row
    stopped: str
    """Why it says nothing for any theme: the general rule that stops it, or `denial` where it denies; empty where it may be evidence."""


class EmbeddedCoder:
    """The default coder."""

    def __init__(self, identity: CoderIdentity, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()
        self._identity = identity.model_copy(update={"strategy": f"learned {self._weights.trained_from[:12]}"})
        self._place = {name: at for at, name in enumerate(self._weights.outputs)}
        self._wordings: dict[str, Wordings] = {}

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
            themes=tuple(self._of_code(code, judged, body) for code in codebook.codes),
        )

    def themes(self, reading: Reading, codebook: Codebook) -> list[tuple[DraftTheme, list[Sentence]]]:
        """Each theme, with the sentences that speak for it, the best first; none of a code that nothing was learned of."""
        judged = self.judge(reading)
        body = [j.sentence for j in judged]
        return [
            (
                self._of_code(code, judged, body),
                [j.sentence for _, j in self.ranked(code, judged)] if self._knows(code) else [],
            )
            for code in codebook.codes
        ]

    def _of_code(self, code: Code, judged: Sequence[Judged], body: list[Sentence]) -> DraftTheme:
        return self.theme(code, judged) if self._knows(code) else propose_one(code, body)

    def _knows(self, code: Code) -> bool:
        """Whether anything was learned of a code."""
        return f"present:{code.id}" in self._place

    def judge(self, reading: Reading) -> list[Judged]:
        """Every sentence that may be evidence, judged."""
        denies, asks, found = self._place["denies"], self._place["asks"], []
        for sentence, passage in passages_of(reading):
            scores = self._weights.scores(passage)
            stopped = stops(passage) or ("denial" if scores[denies] >= DENIED else "")
            if (
                not stopped
                and scores[asks] >= ASKS
                and ASKS_FOR_WORDS.holds(passage.text)
                and not SHORTCOMING.holds(passage.text)
            ):
                stopped = (
                    "asks for words"  # training, guidance and the like: what it asks for was not said to be wanting
                )
            found.append(Judged(sentence, passage, scores, stopped))
        return found

    def theme(self, code: Code, judged: Sequence[Judged]) -> DraftTheme:
        """What a review's sentences say of one theme."""
        ranked = self.ranked(code, judged)
        total = speaking([score for score, _ in ranked], len(judged))
        if total >= PRESENT:
            return self._present(code, ranked, total, judged)
        worded = next(
            (r for r in ranked if r[0] >= WORDED and self._looked(code).says(r[1].sentence, r[1].passage.after)), None
        )
        if worded:
            return self._present(code, [worded, *(r for r in ranked if r is not worded)], total, judged)
        return self._denied(code, judged, total)

    def ranked(self, code: Code, judged: Sequence[Judged]) -> list[tuple[float, Judged]]:
        """The sentences that nothing stops, each with how much speaks for a theme in it (logarithm of the odds), the best first."""
        at = self._place[f"present:{code.id}"]
        return sorted(((j.scores[at], j) for j in judged if not j.stopped), key=lambda r: -r[0])

    def _looked(self, code: Code) -> Wordings:
        """The codebook's wordings of a code, ready to look with."""
        if (known := self._wordings.get(code.id)) is None or known.code is not code:
            known = self._wordings[code.id] = Wordings(code)
        return known

    def _present(
        self, code: Code, ranked: Sequence[tuple[float, Judged]], total: float, judged: Sequence[Judged]
    ) -> DraftTheme:
        shown = [j for n, (score, j) in enumerate(ranked[:QUOTES]) if not n or score >= QUOTED]
        best = shown[0]
        words = ", ".join(f"“{w}”" for w in self._weights.parts_of(best.passage, f"present:{code.id}"))
        basis: Basis = "inferred" if best.scores[self._place["infers"]] > 0 else "explicit"
        shows = "implies it" if basis == "inferred" else "states it"
        praised = self._praised(code, judged)
        quotes = sorted(((j, flags_of(j.sentence)) for j in shown), key=lambda q: q[0].sentence.start)
        doubts = []
        if basis == "inferred":
            doubts.append("its best passage implies it and does not state it")
        if total < PRESENT + 0.5:
            doubts.append("a close call")
        if len(shown) == 1:
            doubts.append("a single passage")
        if all(flags for _, flags in quotes):
            doubts.append(
                "every passage is " + " or ".join(sorted({in_words(f) for _, flags in quotes for f in flags}))
            )
        if self._best_denial(code, judged):
            doubts.append("one passage says so and another denies it")
        return DraftTheme(
            theme=code.id,
            value="present",
            quotes=tuple(
                _quote(j.sentence, flags) for j, flags in [*quotes, *((p, ("good_practice",)) for p in praised)]
            ),
            sub_themes=self._looked(code).aspects([j.sentence for j in shown]),
            doubts=tuple(doubts),
            basis=basis,
            why=f"a passage in {best.sentence.section or 'the text'} {shows}"
            + (f", by its words {words}" if words else ""),
        )

    def _denied(self, code: Code, judged: Sequence[Judged], total: float) -> DraftTheme:
        doubts = ("nearly enough speaks for it",) if total >= PRESENT - 0.5 else ()
        if denial := self._best_denial(code, judged):
            return DraftTheme(
                theme=code.id,
                value="explicitly_absent",
                quotes=(_quote(denial.sentence, flags_of(denial.sentence)),),
                why=f"denied in {denial.sentence.section or 'the text'}",
                doubts=doubts,
            )
        praised = self._praised(code, judged)
        return DraftTheme(
            theme=code.id,
            value="not_mentioned",
            quotes=tuple(_quote(p.sentence, ("good_practice",)) for p in praised),
            doubts=doubts,
        )

    def _best_denial(self, code: Code, judged: Sequence[Judged]) -> Judged | None:
        found = self._about(code, "denies", (j for j in judged if j.stopped not in ("question", "policy")))
        return found[0][1] if found and found[0][0] >= DENIED else None

    def _praised(self, code: Code, judged: Sequence[Judged]) -> list[Judged]:
        found = self._about(code, "praises", (j for j in judged if j.stopped in ("", "praise")))
        return sorted((j for score, j in found[:PRAISES] if score >= PRAISED), key=lambda j: j.sentence.start)

    def _about(self, code: Code, manner: str, judged: Iterable[Judged]) -> list[tuple[float, Judged]]:
        """Sentences by how far they are about a theme and do something with it, denying or praising; the best first."""
        about, does = self._place[f"about:{code.id}"], self._place[manner]
        return sorted(((min(j.scores[about], j.scores[does]), j) for j in judged), key=lambda r: -r[0])


def speaking(scores: Sequence[float], sentences: int) -> float:
    """What speaks for a theme in a text of so many sentences: its best ones together, less what the text's length alone would bring."""
    return standing(scores[: len(SHARES)]) - LENGTH * math.log(max(sentences, SHORTEST) / USUAL)


def standing(scores: Sequence[float]) -> float:
    """What speaks for a theme in a review, by its best sentences, the best first."""
    if not scores:
        return -10.0
    padded = [*scores, *[scores[-1] - 1.0] * len(SHARES)]
    return sum(share * score for share, score in zip(SHARES, padded, strict=False))


def passages_of(reading: Reading) -> list[tuple[Sentence, Passage]]:
    """The sentences that may be evidence, each with its neighbours in its paragraph."""
    everything = sentences(Flow.of(reading))
    found = []
    for at, s in enumerate(everything):
        if not may_be_evidence(s):
            continue
        before = everything[at - 1].text if at and everything[at - 1].paragraph == s.paragraph else ""
        after = (
            everything[at + 1].text if at + 1 < len(everything) and everything[at + 1].paragraph == s.paragraph else ""
        )
        found.append((s, Passage(s.text, before, after, s.section_kind)))
    return found


def _quote(sentence: Sentence, flags: Sequence[EvidenceFlag]) -> DraftQuote:
    return DraftQuote(text=sentence.raw, page=sentence.page, flags=tuple(flags))


def embedded_identity(codebook: Codebook) -> CoderIdentity:
    """The embedded coder, as recorded."""
    return CoderIdentity(
        kind="rules", version=__version__, codebook_version=codebook.version, codebook_sha256=codebook_sha256(codebook)
    )
