"""Candidates, then a judge: the embedded coder proposes its best sentences, the model says yes or no to each, and is weighed.

Of a code that nothing was learned of, the codebook's wordings and a full-text search propose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scr_llm.llm import Question, YesNoProbability, prompts
from scr_llm.records import Code, Codebook, DraftQuote, DraftTheme
from scr_llm.stages.code.llm.shown import Line, bare
from scr_llm.stages.code.llm.themes import Answers
from scr_llm.text.flow import Sentence
from scr_llm.text.search import Search

SEARCHED = 3
"""Sentences for each theme that are proposed: the embedded coder's best, or what the search finds besides the wordings'."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability of yes a candidate counts. Measured for a model on the development fixtures (`prompts/qualified.toml`)."""

    keep: float = 0.8
    """For a theme that the embedded coder holds present, or a sentence that the wordings propose; 0 keeps all of it."""
    add: float = 0.8
    """For any other candidate; above 1 adds nothing."""

    def __str__(self) -> str:
        return f"keep {self.keep:g}, add {self.add:g}"


@dataclass(frozen=True)
class _Candidate:
    line: Line
    quote: DraftQuote
    proposed: bool
    """Whether the embedded coder, or a wording, already takes it for evidence of a present theme."""

    def name(self, code: Code) -> str:
        return f"judge:{code.id}:{self.line.number}"


class Judge:
    """Small questions for small models: one sentence and one theme each. What the embedded coder holds to be absent or praise stays as it is."""

    def __init__(
        self,
        told: Mapping[str, str],
        lines: Sequence[Line],
        codebook: Codebook,
        held: Sequence[tuple[DraftTheme, Sequence[Sentence]]],
        thresholds: Thresholds,
    ) -> None:
        """`held` is what the embedded coder holds of each theme, with the sentences that speak for it, the best first."""
        self._codes, self._thresholds = codebook.codes, thresholds
        self._proposed = {theme.theme: theme for theme, _ in held}
        search = Search([line.text for line in lines])
        starts = {line.start: at for at, line in enumerate(lines)}
        self._candidates = {}
        for code, (theme, best) in zip(codebook.codes, held, strict=True):
            shown = [at for s in best if (at := starts.get(s.start)) is not None][:SEARCHED]
            self._candidates[code.id] = _best(theme, lines, shown) if shown else _worded(code, theme, lines, search)
        self.questions = tuple(
            Question(
                candidate.name(code), told["judge_system"], _ask(told["judge"], code, candidate.line), YesNoProbability
            )
            for code in codebook.codes
            for candidate in self._candidates[code.id]
        )

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme, by the candidates that the model said yes to."""
        return tuple(self._theme(code, answers) for code in self._codes)

    def _theme(self, code: Code, answers: Answers) -> DraftTheme:
        proposed = self._proposed[code.id]
        kept: list[tuple[_Candidate, float]] = []
        open_ = 0
        for candidate in self._candidates[code.id]:
            answer = answers[candidate.name(code)]
            if answer is None:
                open_ += 1
            elif answer.yes >= (self._thresholds.keep if candidate.proposed else self._thresholds.add):
                kept.append((candidate, answer.yes))
        praise = tuple(q for q in proposed.quotes if "good_practice" in q.flags)
        if kept:
            best, yes = max(kept, key=lambda k: k[1])
            how = proposed.why if best.proposed and proposed.why else "found by search"
            quotes = tuple(c.quote for c, _ in sorted(kept, key=lambda k: k[0].line.start))
            return DraftTheme(
                theme=code.id,
                value="present",
                quotes=quotes + praise,
                sub_themes=proposed.sub_themes,
                why=f"judged {yes:.2f}; {how}",
            )
        if open_:
            return DraftTheme(
                theme=code.id,
                value="unclear",
                quotes=proposed.quotes,
                why="The model gave no usable reply about a sentence; a person must read.",
            )
        if proposed.value == "present":
            return DraftTheme(theme=code.id, value="not_mentioned", quotes=(), why="")
        return proposed


def _best(proposed: DraftTheme, lines: Sequence[Line], shown: Sequence[int]) -> list[_Candidate]:
    """The embedded coder's best sentences, in reading order."""
    quotes = {bare(q.text): q for q in proposed.quotes}  # carry the coder's flags
    return [
        _Candidate(lines[n], quotes.get(bare(lines[n].text), lines[n].quote), proposed.value == "present")
        for n in sorted(shown)
    ]


def _worded(code: Code, proposed: DraftTheme, lines: Sequence[Line], search: Search) -> list[_Candidate]:
    """What the wordings hold to show the theme, then what the search finds, in reading order."""
    rules = {bare(q.text): q for q in proposed.quotes if proposed.value == "present" and "good_practice" not in q.flags}
    known = rules.keys() | {bare(q.text) for q in proposed.quotes}
    found = [n for n in search.best(code, SEARCHED + len(known)) if bare(lines[n].text) not in known][:SEARCHED]
    numbers = sorted({*found, *(n for n, line in enumerate(lines) if bare(line.text) in rules)})
    return [
        # The rules' quote carries their flags.
        _Candidate(line, rules.get(bare(line.text), line.quote), bare(line.text) in rules)
        for line in (lines[n] for n in numbers)
    ]


def _ask(template: str, code: Code, line: Line) -> str:
    return prompts.fill(
        template,
        label=code.label,
        definition=code.definition,
        section=line.section or "-",
        sentence=prompts.inert(line.sent),
    )
