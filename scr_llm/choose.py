"""Which coder a run uses: the embedded one, or the model of the project, after the gate that nothing passes unasked."""

import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scr_llm.codebook import load_codebook
from scr_llm.errors import ScrError, UsageError
from scr_llm.pipeline import rules_identity
from scr_llm.project import LlmSettings, Project, data_dir

if TYPE_CHECKING:
    from scr_llm.llm import Endpoint, Spend
    from scr_llm.stages.code import Coder
    from scr_llm.stages.code.llm import LlmCoder, Manners, Strategy

MOST_NAMED = 30
"""Models of a server that are named, at most."""


@dataclass(frozen=True)
class Chosen:
    """A coder, ready to code, and what belongs to it."""

    coder: "Coder"
    """Codes."""
    at_once: int = 1
    """Documents coded side by side."""
    spend: "Spend | None" = None
    """Counts what a model is asked; None for the rules."""
    stop: Callable[[], None] = lambda: None
    """Send nothing more."""
    close: Callable[[], None] = lambda: None
    """Done."""
    costs: bool = False
    """Whether the run is to say first what it will cost: there is a price, or the model is remote."""


def choose_coder(project: Project, kind: str, *, yes: bool, replay: Path | None = None) -> Chosen:
    """The coder, ready to code. Asks before text may go to a remote model, unless `yes`.

    Raises:
        UsageError: no model is set, or it is remote and nobody approved it.
    """
    if kind == "rules":
        from scr_llm.learn import own_coder
        from scr_llm.stages.code.embedded import EmbeddedCoder

        return Chosen(own_coder(project) or EmbeddedCoder(rules_identity(load_codebook(project.codebook_path))))
    if replay:
        return _replayed(project, replay)
    from scr_llm.ledger import Ledger
    from scr_llm.llm import Client

    llm, endpoint = project.settings.llm, endpoint_of(project)
    allowed_to_send(project, yes=yes)
    spend = spend_of(llm)
    costs = spend.price is not None or not stays_here(llm)
    with ExitStack() as stack:
        endpoint = stack.enter_context(answering(project, endpoint))
        ledger = Ledger(project, endpoint)
        stack.callback(ledger.close)
        client = Client(
            endpoint, remote_allowed=True, at_once=llm.at_once, on_send=ledger.note, memory=ledger, spend=spend
        )
        stack.callback(client.close)
        coder = llm_coder(project, client, manners_of(project))
        return Chosen(coder, llm.at_once, spend, client.stop, stack.pop_all().close, costs)


def sentences_of(project: Project, *, yes: bool) -> tuple[Callable[[str], str], Callable[[], None]]:
    """What asks the project's model for a linking sentence about facts, through the same gate and log as a coder, and what closes it.

    Raises:
        UsageError: no model is set, or it is remote and nobody approved it.
    """
    from scr_llm.ledger import Ledger
    from scr_llm.llm import Client, Question, prompts
    from scr_llm.prose import Drafted

    endpoint = endpoint_of(project)
    allowed_to_send(project, yes=yes)
    told = prompts.load(project.prompts_dir)
    with ExitStack() as stack:
        endpoint = stack.enter_context(answering(project, endpoint))
        ledger = Ledger(project, endpoint)
        stack.callback(ledger.close)
        client = Client(
            endpoint, remote_allowed=True, on_send=ledger.note, memory=ledger, spend=spend_of(project.settings.llm)
        )
        stack.callback(client.close)

        def ask(facts: str) -> str:
            user = prompts.fill(told["link"], facts=prompts.fence(facts))
            return str(
                client.ask(
                    Question("link", "You reply with one JSON object.", user, Drafted, max_tokens=200)
                ).parsed.sentence
            )

        return ask, stack.pop_all().close


@contextmanager
def answering(project: Project, endpoint: "Endpoint") -> Iterator["Endpoint"]:
    """Where the project's model answers, until the end of the block: a model file is served for so long, any other is there anyway.

    Raises:
        UsageError: the extra `local` is not installed.
        NothingDoneError: the model file cannot be served.
    """
    llm = project.settings.llm
    if not llm.file:
        yield endpoint
        return
    from scr_llm.llm.local import serving

    click.echo(f"Loading the model {endpoint.file} on this computer.", err=True)
    with serving(endpoint, project.model_file, context_tokens=llm.context_tokens, at_once=llm.at_once) as served:
        yield served


def stays_here(llm: LlmSettings) -> bool:
    """Whether asking the model certainly sends nothing to another machine."""
    from scr_llm.llm import is_loopback

    return bool(llm.file) or is_loopback(llm.base_url)


def allowed_to_send(project: Project, *, yes: bool) -> None:
    """The gate: a model on this machine may be asked; a remote one where it is approved and, unless `yes`, the person at the keyboard agrees.

    Raises:
        UsageError: it is remote and project.toml does not name its region and who approved it.
    """
    from scr_llm.llm import without_credentials

    llm = project.settings.llm
    if stays_here(llm):
        return
    if not (llm.approved_by and llm.region):
        raise UsageError(
            f"the model at {without_credentials(llm.base_url)} is not on this machine, and reviews would be sent there.",
            next_step="project.toml must name [llm] approved_by and region, beside this base_url, before that is allowed.",
        )
    if not yes:
        click.confirm(
            f"The text of the reviews will be sent to {without_credentials(llm.base_url)} ({llm.region}), approved by {llm.approved_by}. "
            "Just what would be sent: scr-llm outgoing. Go on?",
            abort=True,
            err=True,
        )


def llm_coder(project: Project, asker: Any, manners: "Manners", *, model: str = "", endpoint: str = "") -> "LlmCoder":
    """The coder that asks a model in a given way. Sends nothing yet."""
    from scr_llm.llm import prompts
    from scr_llm.stages.code.llm import LlmCoder

    told = prompts.load(project.prompts_dir)
    identity = rules_identity(load_codebook(project.codebook_path)).model_copy(
        update={
            "kind": "llm",
            "model": model or project.settings.llm.model,
            "endpoint": endpoint or (endpoint_of(project).recorded if project.settings.llm.is_set else ""),
            "prompts": prompts.versions(project.prompts_dir),
            "prompts_sha256": prompts.sha256(told),
        }
    )
    return LlmCoder(asker, told, identity, manners)


def endpoint_of(project: Project) -> "Endpoint":
    """Where the project's model is; of a model file, which one it is: it answers only while it is served (`answering`).

    Raises:
        UsageError: none is set, or the model file cannot be used.
        FileError: the model file cannot be read.
    """
    from scr_llm.llm import Endpoint

    llm = project.settings.llm
    if not llm.is_set:
        step = "Name base_url and model, or a model file, under [llm] in project.toml, or use --coder rules."
        raise UsageError("no language model is set.", next_step=step)
    if llm.file:
        from scr_llm.llm.local import NOT_SERVED, hash_of_model

        file = project.model_file
        return Endpoint(
            NOT_SERVED,
            llm.model,
            timeout_s=llm.timeout_s,
            temperature=llm.temperature,
            max_tokens=llm.max_tokens,
            file=file.name,
            file_sha256=hash_of_model(file),
        )
    return Endpoint(
        llm.base_url,
        llm.model,
        api_key=_key(llm.api_key_env),
        timeout_s=llm.timeout_s,
        temperature=llm.temperature,
        max_tokens=llm.max_tokens,
    )


def _key(variable: str) -> str:
    """The key in an environment variable; empty where it is not set.

    Raises:
        UsageError: it cannot be sent in a header. The key itself is not shown.
    """
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(
            f"the key in {variable} holds characters that no key has.",
            next_step="Copy it again, without quotation marks or line breaks.",
        )
    return key


def spend_of(llm: LlmSettings) -> "Spend":
    """Counts by the project's price of its model, within its budget.

    Raises:
        UsageError: a budget of money is set and no price.
    """
    from scr_llm.llm import Budget, Price, Spend

    price = llm.prices.get(llm.model)
    if llm.budget is not None and price is None:
        raise UsageError(
            f"a budget is set and no price of {llm.model}.",
            next_step=f'Add [llm.prices."{llm.model}"] with input and output to project.toml, or set budget_tokens instead.',
        )
    return Spend(Price(price.input, price.output) if price else None, Budget(llm.budget, llm.budget_tokens))


def manners_of(project: Project, model: str | None = None, strategy: "Strategy | None" = None) -> "Manners":
    """How the project's model is asked: as set, else as measured in the project, else as shipped, else one question a theme."""
    from scr_llm.stages.code.llm import Manners, Thresholds
    from scr_llm.text.redact import Redaction

    llm = project.settings.llm
    known = qualified(project).get(model or llm.model, {})
    asked = strategy or (llm.strategy if llm.strategy != "auto" else known.get("strategy", "themes"))
    listed = project.root / "redact.txt"
    names = listed.read_text("utf-8").splitlines() if listed.is_file() else []
    return Manners(
        strategy=asked,
        thresholds=Thresholds(float(known.get("keep", 0.8)), float(known.get("add", 0.8))),
        context_tokens=llm.context_tokens,
        max_tokens=llm.max_tokens,
        redaction=(lambda: Redaction(names)) if llm.redact else None,
    )


def qualified(project: Project) -> dict[str, dict[str, Any]]:
    """What was measured of models: the shipped file, and over it the project's own.

    Raises:
        UsageError: one cannot be read.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in (data_dir() / "prompts" / "qualified.toml", project.root / "qualified.toml"):
        if path.is_file():
            try:
                found |= tomllib.loads(path.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise UsageError(
                    f"{path} cannot be read: {error}.", next_step="Delete it and run scr-llm doctor --qualify again."
                ) from error
    return found


def _replayed(project: Project, path: Path) -> Chosen:
    from scr_llm.llm.replay import Recording, Replay

    recording = Recording.load(path)
    replay = Replay(recording)
    coder = llm_coder(
        project,
        replay,
        manners_of(project, recording.model),
        model=recording.model,
        endpoint=f"recorded {recording.recorded}: {recording.served}",
    )
    return Chosen(coder, 1, replay.spend, replay.stop, replay.close)


def answers(project: Project) -> str:
    """Whether the model's server answers; only its list of models is asked for. A model file is served for that."""
    from scr_llm.llm import Client, Endpoint

    llm = project.settings.llm
    unnamed = Endpoint(llm.base_url, llm.model, api_key="" if llm.file else _key(llm.api_key_env))
    try:
        with answering(project, endpoint_of(project) if llm.file else unnamed) as endpoint:
            client = Client(endpoint)
            try:
                served = client.models()
            finally:
                client.close()
    except ScrError as error:
        return f"It does not answer: {error}"
    more = f" and {len(served) - MOST_NAMED} more" if len(served) > MOST_NAMED else ""
    return f"It answers and serves: {', '.join(served[:MOST_NAMED]) or 'nothing that it names'}{more}."
