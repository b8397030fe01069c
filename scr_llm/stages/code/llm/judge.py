"""Candidates, then a judge: the embedded coder proposes its best sentences, and the model says yes or no to each.

How probable the model's yes is decides. For a code that nothing was learned about, the codebook's wordings and a
full-text search propose the candidates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scr_llm.llm import Question, YesNoProbability, prompts
from scr_llm.records import Code, Codebook, DraftQuote, DraftTheme
from scr_llm.stages.code.llm.shown import Line, bare
from scr_llm.stages.code.llm.themes import Answers
from scr_llm.stages.code.passage import strength_of
from scr_llm.text.flow import Sentence
from scr_llm.text.search import Search

SEARCHED = 3
"""Sentences proposed for each theme: the embedded coder's best, or what the search adds to the wordings'."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probability of yes from which a candidate counts. Measured for each model (`prompts/qualified.toml`)."""

    keep: float = 0.8
    """For a theme that the embedded coder finds present, or a sentence that the wordings propose; 0 keeps them all."""
    add: float = 0.8
    """For any other candidate; above 1, none is added."""

    def __str__(self) -> str:
        return f"keep {self.keep:g}, add {self.add:g}"


@dataclass(frozen=True)
class _Candidate:
    line: Line
    quote: DraftQuote
    proposed: bool
    """Whether the embedded coder, or a wording, already counts it as evidence of a present theme."""

    def name(self, code: Code) -> str:
        return f"judge:{code.id}:{self.line.number}"


class Judge:
    """Small questions for small models: one sentence and one theme each.

    What the embedded coder finds ruled out or praised stays as it is.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        lines: Sequence[Line],
        codebook: Codebook,
        held: Sequence[tuple[DraftTheme, Sequence[Sentence]]],
        thresholds: Thresholds,
    ) -> None:
        """`held` is what the embedded coder finds on each theme, with its sentences, the best first."""
        self._codes, self._thresholds = codebook.codes, thresholds
        self._proposed = {theme.theme: theme for theme, _ in held}
        search = Search([line.text for line in lines])
        starts = {line.start: at for at, line in enumerate(lines)}
        self._candidates = {}
        for code, (theme, best) in zip(codebook.codes, held, strict=True):
            known = [at for s in best if (at := starts.get(s.start)) is not None]
            shown = known[:SEARCHED]
            self._candidates[code.id] = _best(theme, lines, shown) if shown else _worded(code, theme, lines, search)
        self.questions = tuple(
            Question(
                name=candidate.name(code),
                system=texts["judge_system"],
                user=_ask(texts["judge"], code, candidate.line),
                reply=YesNoProbability,
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
        unanswered = False
        for candidate in self._candidates[code.id]:
            answer = answers[candidate.name(code)]
            if answer is None:
                unanswered = True
            elif answer.yes >= (self._thresholds.keep if candidate.proposed else self._thresholds.add):
                kept.append((candidate, answer.yes))
        praise = tuple(q for q in proposed.quotes if "good_practice" in q.flags)
        if kept:
            best, yes = max(kept, key=lambda k: k[1])
            how = proposed.why if best.proposed and proposed.why else "found by search"
            quotes = tuple(
                c.quote.model_copy(update={"strength": strength_of(said)})
                for c, said in sorted(kept, key=lambda k: k[0].line.start)
            )
            return DraftTheme(
                theme=code.id,
                value="present",
                quotes=quotes + praise,
                sub_themes=proposed.sub_themes,
                why=f"the model says yes, with a probability of {yes:.2f}; {how}",
            )
        if unanswered:
            return DraftTheme(
                theme=code.id,
                value="unclear",
                quotes=proposed.quotes,
                why="The model gave no usable reply about a sentence; a person must read the review.",
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
    """Sentences that the wordings propose and those that the search adds, in reading order."""
    rules = {bare(q.text): q for q in proposed.quotes if proposed.value == "present" and "good_practice" not in q.flags}
    known = rules.keys() | {bare(q.text) for q in proposed.quotes}
    found = [n for n in search.best(code, SEARCHED + len(known)) if bare(lines[n].text) not in known][:SEARCHED]
    numbers = sorted({*found, *(n for n, line in enumerate(lines) if bare(line.text) in rules)})
    return [
        # The rules' own quote carries their flags.
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
