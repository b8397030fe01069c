"""Which way of asking suits a model best: each is tried on made-up reviews whose right answers are known."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scr_llm.codebook import load_codebook
from scr_llm.errors import CoderError, UsageError
from scr_llm.evaluation.gold import load_gold
from scr_llm.files import data_dir, write_atomically
from scr_llm.llm import Endpoint, Question, Reply
from scr_llm.models.coders import connected, llm_coder
from scr_llm.models.consent import Consent, place_of
from scr_llm.models.options import endpoint_of, prompting_of
from scr_llm.project import Project
from scr_llm.records import Codebook, GoldDocument, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.code.llm import STRATEGIES, PromptingOptions, Thresholds
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read

SHORT = ("corriford-child-1", "dunvarrow-young-person-r")
"""The reviews of a short qualification."""
_GRID = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 2.0)
"""Thresholds to try; 2.0, which no probability reaches, adds nothing."""


@dataclass(frozen=True)
class Trial:
    """The result of one way of coding."""

    coder: str
    """The way of coding, in words."""
    strategy: str | None
    """None for the embedded coder."""
    thresholds: Thresholds | None
    """For the strategy `judge` only."""
    gold: int
    """Cells that gold says are present."""
    found: int
    """Cells that the coder says are present."""
    both: int
    """Cells that both say are present."""
    seconds: float
    """Time for all documents."""
    tokens: int
    """Tokens for all documents, sent and received."""
    documents: int
    """How many documents were coded."""
    failed: str | None = None
    """Why it could not be tried; None if it could."""

    @property
    def precision(self) -> float:
        """The share of cells found that are right."""
        return self.both / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of cells in gold that were found."""
        return self.both / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.both / (self.gold + self.found) if self.gold + self.found else 0.0


@dataclass(frozen=True)
class Asking:
    """How far a trial of a model has got."""

    strategy: str
    """The way of asking that is being tried."""
    asked: int
    """Questions asked so far, for all ways of asking."""
    of: int
    """Questions in all, about."""


@dataclass(frozen=True)
class Qualification:
    """Every way of asking the project's model, tried on made-up reviews."""

    trials: tuple[Trial, ...]
    """The embedded coder first."""
    best: Trial | None
    """The best way of asking the model; None if no way worked."""
    path: Path
    """The project's qualified.toml, which was written if some way worked."""

    @property
    def is_better_than_rules(self) -> bool:
        """Whether the best way did better than the embedded coder."""
        return self.best is not None and self.best.f1 > self.trials[0].f1


class Remembered:
    """Keeps a client's replies in memory, and calls `kept` after each."""

    def __init__(self, kept: Callable[[], None] = lambda: None) -> None:
        self._kept = kept
        self.replies: dict[str, tuple[Reply[Any], str, float]] = {}
        """Key to reply, question and when it was kept."""

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply."""
        found = self.replies.get(question.key(endpoint))
        return found[0] if found else None

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep one."""
        self.replies[question.key(endpoint)] = (reply, f"{about} {question.name}", time.monotonic())
        self._kept()


def made_up(names: Sequence[str] = SHORT) -> list[tuple[Reading, GoldDocument]]:
    """Shipped reviews with their gold codings.

    Raises:
        UsageError: they are missing.
    """
    gold = {Path(g.file).stem: g for g in load_gold(data_dir() / "fixtures" / "gold")}
    files = {path.stem: path for path in sorted((data_dir() / "fixtures").glob("batch-*/*.pdf"))}
    if missing := [n for n in names if n not in gold or n not in files]:
        raise UsageError(f"the made-up review {missing[0]} is missing.", next_step="Install scr-llm again.")
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
            ours = theme.value == "present"
            theirs = theme.theme in right.themes and right.themes[theme.theme].value == "present"
            gold, found, both = gold + theirs, found + ours, both + (ours and theirs)
    identity = coder.identity
    return Trial(
        coder=name,
        strategy=None if identity.kind == "rules" else (identity.strategy or "").split(" ")[0],
        thresholds=None,
        gold=gold,
        found=found,
        both=both,
        seconds=time.monotonic() - started,
        tokens=tokens() - used,
        documents=len(made),
        failed=failed,
    )


def qualify(
    project: Project,
    client: Any,
    prompting: PromptingOptions,
    made: Sequence[tuple[Reading, GoldDocument]],
    codebook: Codebook | None = None,
    began: Callable[[str], None] = lambda _: None,
) -> Iterator[Trial]:
    """Try the embedded coder and each strategy, giving each trial as it ends; `began` is told which is tried next.

    The client must remember replies, or trying the judge's thresholds would ask everything again.
    """
    codes = codebook or core(load_codebook(project.codebook_path))
    spend = client.spend

    def attempt(name: str, asked: PromptingOptions) -> Trial:
        coder = llm_coder(project, client, asked)
        return trial(name, coder, made, codes, lambda: spend.prompt_tokens + spend.completion_tokens)

    yield trial("rules", EmbeddedCoder(embedded_identity(codes)), made, codes)
    for strategy in reversed(STRATEGIES):  # the quickest first: a slow computer may never come to the last
        asked = replace(prompting, strategy=strategy)
        began(strategy)
        first = attempt(strategy, asked)
        if strategy != "judge" or first.failed:
            yield first
            continue
        # Every reply is remembered by now, so the cost is that of the first attempt.
        both = best_thresholds(lambda t: attempt("judge", replace(prompting, strategy="judge", thresholds=t)))
        for name, thresholds in zip(("judge", "rules, then judge"), both, strict=True):
            best = attempt(name, replace(asked, thresholds=thresholds))
            yield replace(
                best, coder=f"{name} ({thresholds})", thresholds=thresholds, seconds=first.seconds, tokens=first.tokens
            )


def qualify_project(
    project: Project,
    consent: Consent,
    tried: Callable[[Trial], None],
    asking: Callable[[Asking], None] = lambda _: None,
) -> Qualification:
    """Try each way of asking the project's model, and keep the best in qualified.toml.

    Args:
        project: whose model is tried.
        consent: asks a person before made-up text is sent to a remote model.
        tried: called with each trial as it ends.
        asking: called when a way of asking begins, and after each of its questions.

    Raises:
        UsageError: no model is set; or it is remote, and nobody approved it or agreed.
    """
    place, endpoint = place_of(project), endpoint_of(project)
    if place.is_allowed and not place.is_local:
        question = f"Two made-up reviews, without case text, will be sent to {place.where}."
        if not consent.agree(question):
            raise UsageError(f"nobody agreed to sending text to {place.where}.", next_step="Agree when asked.")
    trials: list[Trial] = []
    made, prompting = made_up(), prompting_of(project)
    memory, far = Remembered(lambda: tell()), Asking("", 0, _questions(project, prompting, made))

    def tell(strategy: str = "") -> None:
        nonlocal far
        far = replace(far, strategy=strategy or far.strategy, asked=len(memory.replies))
        asking(far)

    path, day = project.root / "qualified.toml", datetime.now(UTC).date().isoformat()
    with connected(project, endpoint, consent.tell, memory=memory, remote_allowed=place.is_allowed) as client:
        for each in qualify(project, client, prompting, made, began=tell):
            trials.append(each)
            if best := best_of(trials):  # at once: a trial that is stopped keeps what it has found
                write_atomically(path, as_toml(project.settings.llm.model, best, trials, day).encode())
            tried(each)
    return Qualification(tuple(trials), best_of(trials), path)


def _questions(project: Project, prompting: PromptingOptions, made: Sequence[tuple[Reading, GoldDocument]]) -> int:
    """How many questions all ways of asking have about these reviews."""
    codes, number = core(load_codebook(project.codebook_path)), 0
    for strategy in STRATEGIES:
        coder = llm_coder(project, None, replace(prompting, strategy=strategy))
        for reading, _ in made:
            with suppress(CoderError):  # its trial will say why
                number += len(coder.questions(reading, codes))
    return number


def best_thresholds(tried: Callable[[Thresholds], Trial]) -> tuple[Thresholds, Thresholds]:
    """The thresholds of a grid with the best F1: one for rules and search alike, and one for each.

    On a tie, the better recall, then the lower threshold to keep and the higher one to add.
    """

    def best(choices: Iterable[Thresholds]) -> Thresholds:
        return max(((tried(t), t) for t in choices), key=lambda c: (c[0].f1, c[0].recall, -c[1].keep, c[1].add))[1]

    alike = best(Thresholds(t, t) for t in _GRID[1:-1])
    add = best(Thresholds(0.0, t) for t in _GRID[1:])
    return alike, best(Thresholds(k, add.add) for k in _GRID[:-1])


def core(codebook: Codebook) -> Codebook:
    """The core codes only, for a short trial."""
    return codebook.model_copy(update={"codes": tuple(c for c in codebook.codes if c.core)})


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The best way of asking the model; None if no strategy worked."""
    return max((t for t in trials if t.strategy and not t.failed), key=lambda t: (t.f1, -t.seconds), default=None)


def as_toml(model: str, best: Trial, trials: Sequence[Trial], day: str) -> str:
    """The entry of qualified.toml."""
    measured = "".join(
        f"# {t.coder}: precision {t.precision:.2f}, recall {t.recall:.2f}, F1 {t.f1:.2f}\n"
        for t in trials
        if not t.failed
    )
    limits = f"keep = {best.thresholds.keep:g}\nadd = {best.thresholds.add:g}\n" if best.thresholds else ""
    name = model.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"# Measured {day} on {best.documents} made-up reviews, core themes:\n"
        f'{measured}["{name}"]\nstrategy = "{best.strategy}"\n{limits}'
    )
