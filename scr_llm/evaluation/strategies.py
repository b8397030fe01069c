"""How a model does best: each way of asking it, tried on made-up reviews whose right answers are known."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scr_llm.codebook import load_codebook
from scr_llm.errors import CoderError, UsageError
from scr_llm.evaluation.gold import load_gold
from scr_llm.llm import Endpoint, Question, Reply
from scr_llm.models.coders import llm_coder
from scr_llm.project import Project, data_dir
from scr_llm.records import Codebook, GoldDocument, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.code.llm import STRATEGIES, PromptingOptions, Thresholds
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read

SHORT = ("corriford-child-1", "dunvarrow-young-person-r")
"""The reviews of a short qualification."""
_GRID = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 2.0)


@dataclass(frozen=True)
class Trial:
    """How one way of coding did."""

    coder: str
    """In words."""
    strategy: str | None
    """None for the rules."""
    thresholds: Thresholds | None
    """For the judge."""
    gold: int
    """Cells that gold holds to be present."""
    found: int
    """Cells that the coder holds to be present."""
    both: int
    """Cells on which they agree."""
    seconds: float
    """For all documents."""
    tokens: int
    """For all documents, sent and received."""
    documents: int
    """Documents."""
    failed: str | None = None
    """Why it could not be tried."""

    @property
    def precision(self) -> float:
        """Of those found, how many are right."""
        return self.both / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Of those in gold, how many were found."""
        return self.both / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.both / (self.gold + self.found) if self.gold + self.found else 0.0


class Remembered:
    """Keeps replies in memory, in a client's service."""

    def __init__(self) -> None:
        self.replies: dict[str, tuple[Reply[Any], str, float]] = {}
        """Key to reply, question and when it was kept."""

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply."""
        found = self.replies.get(question.key(endpoint))
        return found[0] if found else None

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep one."""
        self.replies[question.key(endpoint)] = (reply, f"{about} {question.name}", time.monotonic())


def made_up(names: Sequence[str] = SHORT) -> list[tuple[Reading, GoldDocument]]:
    """Shipped reviews with their gold codings.

    Raises:
        UsageError: they are not there.
    """
    gold = {Path(g.file).stem: g for g in load_gold(data_dir() / "fixtures" / "gold")}
    files = {path.stem: path for path in sorted((data_dir() / "fixtures").glob("batch-*/*.pdf"))}
    if missing := [n for n in names if n not in gold or n not in files]:
        raise UsageError(f"the made-up review {missing[0]} is not there.", next_step="Install scr-llm again.")
    return [(read(files[name], name), gold[name]) for name in names]


def trial(
    name: str,
    coder: Coder,
    made: Sequence[tuple[Reading, GoldDocument]],
    codebook: Codebook,
    tokens: Callable[[], int] = lambda: 0,
) -> Trial:
    """Code made-up reviews and compare the themes with gold."""
    started, used = time.monotonic(), tokens()
    gold = found = both = 0
    failed = None
    for reading, right in made:
        try:
            coding = ground(coder.code(reading, codebook), reading)
        except CoderError as error:
            failed = str(error)
            break
        for theme in coding.themes:
            ours, theirs = (
                theme.value == "present",
                theme.theme in right.themes and right.themes[theme.theme].value == "present",
            )
            gold, found, both = gold + theirs, found + ours, both + (ours and theirs)
    identity = coder.identity
    return Trial(
        name,
        None if identity.kind == "rules" else (identity.strategy or "").split(" ")[0],
        None,
        gold,
        found,
        both,
        time.monotonic() - started,
        tokens() - used,
        len(made),
        failed,
    )


def qualify(
    project: Project,
    client: Any,
    prompting: PromptingOptions,
    made: Sequence[tuple[Reading, GoldDocument]],
    codebook: Codebook | None = None,
) -> Iterator[Trial]:
    """Try the rules and each strategy; give each trial as it ends. The client must remember replies, or the judge's thresholds cost anew."""
    codebook = codebook or core(load_codebook(project.codebook_path))
    spend = client.spend
    yield trial("rules", EmbeddedCoder(embedded_identity(codebook)), made, codebook)
    for strategy in STRATEGIES:
        asked = replace(prompting, strategy=strategy)
        first = trial(
            strategy,
            llm_coder(project, client, asked),
            made,
            codebook,
            lambda: spend.prompt_tokens + spend.completion_tokens,
        )
        if strategy != "judge" or first.failed:
            yield first
            continue
        both = best_thresholds(
            lambda t: trial(
                "judge", llm_coder(project, client, replace(prompting, strategy="judge", thresholds=t)), made, codebook
            )
        )
        for name, thresholds in zip(("judge", "rules, then judge"), both, strict=True):
            best = trial(
                name,
                llm_coder(project, client, replace(prompting, strategy="judge", thresholds=thresholds)),
                made,
                codebook,
            )
            yield replace(
                best, coder=f"{name} ({thresholds})", thresholds=thresholds, seconds=first.seconds, tokens=first.tokens
            )


def best_thresholds(tried: Callable[[Thresholds], Trial]) -> tuple[Thresholds, Thresholds]:
    """Of a grid, the thresholds with the best F1 where rules and search are judged alike, and where each has its own. Ties: the plainer."""

    def best(choices: Iterable[Thresholds]) -> Thresholds:
        return max(((tried(t), t) for t in choices), key=lambda c: (c[0].f1, c[0].recall, -c[1].keep, c[1].add))[1]

    alike = best(Thresholds(t, t) for t in _GRID[1:-1])
    add = best(Thresholds(0.0, t) for t in _GRID[1:])
    return alike, best(Thresholds(k, add.add) for k in _GRID[:-1])


def core(codebook: Codebook) -> Codebook:
    """The core codes only, for a short trial."""
    return codebook.model_copy(update={"codes": tuple(c for c in codebook.codes if c.core)})


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The best way of asking the model; None where no strategy worked."""
    return max((t for t in trials if t.strategy and not t.failed), key=lambda t: (t.f1, -t.seconds), default=None)


def as_toml(model: str, best: Trial, trials: Sequence[Trial], day: str) -> str:
    """The entry of qualified.toml."""
    told = "".join(
        f"# {t.coder}: precision {t.precision:.2f}, recall {t.recall:.2f}, F1 {t.f1:.2f}\n"
        for t in trials
        if not t.failed
    )
    limits = f"keep = {best.thresholds.keep:g}\nadd = {best.thresholds.add:g}\n" if best.thresholds else ""
    name = model.replace("\\", "\\\\").replace('"', '\\"')
    return f'# Measured {day} on {best.documents} made-up reviews, core themes:\n{told}["{name}"]\nstrategy = "{best.strategy}"\n{limits}'
