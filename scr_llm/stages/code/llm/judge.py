"""Candidates, then a judge: the rules and a search propose sentences, the model says yes or no to each, and is weighed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scr_llm.llm import Question, Weighed, prompts
from scr_llm.records import Code, Codebook, DraftQuote, DraftTheme, Reading
from scr_llm.stages.code.llm.shown import Line
from scr_llm.stages.code.llm.themes import Answers
from scr_llm.stages.code.rules import propose
from scr_llm.text.search import Search

SEARCHED = 3
"""Sentences for each theme that the search proposes."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability of yes a candidate counts. Measured for a model on the development fixtures (`prompts/qualified.toml`)."""

    keep: float = 0.8
    """For what the rules propose; 0 keeps all of it."""
    add: float = 0.8
    """For what the search alone proposes; above 1 adds nothing."""

    def __str__(self) -> str:
        return f"keep {self.keep:g}, add {self.add:g}"


@dataclass(frozen=True)
class _Candidate:
    line: Line
    quote: DraftQuote
    by_rules: bool

    def name(self, code: Code) -> str:
        return f"judge:{code.id}:{self.line.number}"


class Judge:
    """Small questions for small models: one sentence and one theme each. What the rules hold to be absent or praise stays as it is."""

    def __init__(
        self,
        told: Mapping[str, str],
        lines: Sequence[Line],
        reading: Reading,
        codebook: Codebook,
        thresholds: Thresholds,
    ) -> None:
        self._codes, self._thresholds = codebook.codes, thresholds
        self._proposed = {theme.theme: theme for theme in propose(reading, codebook)}
        search = Search([line.text for line in lines])
        self._candidates = {c.id: _candidates(c, self._proposed[c.id], lines, search) for c in codebook.codes}
        self.questions = tuple(
            Question(candidate.name(code), told["judge_system"], _ask(told["judge"], code, candidate.line), Weighed)
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
            elif answer.yes >= (self._thresholds.keep if candidate.by_rules else self._thresholds.add):
                kept.append((candidate, answer.yes))
        praise = tuple(q for q in proposed.quotes if "good_practice" in q.flags)
        if kept:
            best, yes = max(kept, key=lambda k: k[1])
            how = proposed.why if best.by_rules and proposed.why else "found by search"
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


def _candidates(code: Code, proposed: DraftTheme, lines: Sequence[Line], search: Search) -> list[_Candidate]:
    """What the rules hold to show the theme, then what the search finds, in reading order."""
    rules = {
        _bare(q.text): q for q in proposed.quotes if proposed.value == "present" and "good_practice" not in q.flags
    }
    known = rules.keys() | {_bare(q.text) for q in proposed.quotes}
    found = [n for n in search.best(code, SEARCHED + len(known)) if _bare(lines[n].text) not in known][:SEARCHED]
    numbers = sorted({*found, *(n for n, line in enumerate(lines) if _bare(line.text) in rules)})
    return [
        # The rules' quote carries their flags.
        _Candidate(line, rules.get(_bare(line.text), line.quote), _bare(line.text) in rules)
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


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
