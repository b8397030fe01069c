"""Which coder a run uses: the embedded one, the project's own, or the project's model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scr_llm.codebook import load_codebook
from scr_llm.errors import ScrError, UsageError
from scr_llm.models.consent import Consent, allowed_on_cluster, allowed_to_send, stays_here
from scr_llm.models.options import endpoint_of, key_in, prompting_of, spend_of
from scr_llm.project import Project
from scr_llm.store import Store

if TYPE_CHECKING:
    from scr_llm.engines import Engine
    from scr_llm.llm import Client, Endpoint, Spend
    from scr_llm.llm.client import Memory
    from scr_llm.reports.summaries import Summarise
    from scr_llm.stages.code import Coder
    from scr_llm.stages.code.llm import LlmCoder, PromptingOptions, SideBySide
    from scr_llm.stages.read.apart import Processes, Wanted

MOST_NAMED = 30
"""Models of a server to list, at most."""


@dataclass(frozen=True)
class ReadyCoder:
    """A coder, ready to code, with its limits and switches."""

    coder: "Coder"
    """The coder."""
    max_concurrency: int = 1
    """Documents coded at the same time."""
    spend: "Spend | None" = None
    """Counts what a model is asked; None if no model is asked."""
    stop: Callable[[], None] = lambda: None
    """Sends nothing more once called."""
    close: Callable[[], None] = lambda: None
    """Closes connections and logs."""
    processes: "Processes | None" = None
    """Where files are read, and where is done what needs no model; None where a run starts its own."""
    costs: bool = False
    """Whether the run should first estimate its cost: there is a price, or the model is remote."""


def choose_coder(project: Project, kind: str, consent: Consent, *, replay: Path | None = None) -> ReadyCoder:
    """The coder, ready to code. Asks for consent before text may go to a remote model.

    Raises:
        UsageError: no model is set, or it is remote and not approved.
    """
    if kind == "rules":
        from scr_llm.models.train import own_coder
        from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity

        return ReadyCoder(own_coder(project) or EmbeddedCoder(embedded_identity(load_codebook(project.codebook_path))))
    if replay:
        return _replayed(project, replay)
    from scr_llm.intake.admission import limits_of
    from scr_llm.stages.read.apart import Processes

    llm, endpoint = project.settings.llm, endpoint_of(project)
    allowed_to_send(project, consent)
    spend = spend_of(llm)
    costs = spend.price is not None or not stays_here(llm)
    with ExitStack() as stack:
        client = stack.enter_context(connected(project, endpoint, consent.tell, spend=spend))
        processes = stack.enter_context(closing(Processes(limits_of(project))))
        asking = stack.enter_context(ThreadPoolExecutor(llm.max_concurrency))
        stack.callback(client.stop)  # closed early, it waits for no reply
        coder = llm_coder(project, client, prompting_of(project), side_by_side=asking.map)
        return ReadyCoder(
            coder=coder,
            max_concurrency=llm.max_concurrency,
            spend=spend,
            stop=client.stop,
            close=stack.pop_all().close,
            processes=processes,
            costs=costs,
        )


@contextmanager
def engine_of(project: Project, name: str, coder: ReadyCoder, consent: Consent) -> Iterator["Engine | None"]:
    """The engine of a name for a coder, until the end of the block; None where a run starts its own processes.

    Raises:
        UsageError: there is none of that name, Ray is not installed, or reading on its cluster is not allowed.
        StopError: the cluster does not answer.
    """
    from scr_llm import engines

    if name not in engines.NAMES:
        raise UsageError(f"there is no engine {name}.", next_step=f"Choose from {', '.join(engines.NAMES)}.")
    if name == "local":
        yield engines.Local(coder.processes) if coder.processes else None
        return
    from scr_llm.engines import on_ray
    from scr_llm.intake.admission import limits_of
    from scr_llm.models.call_log import note_read_elsewhere

    allowed_on_cluster(project, consent)
    book, settings = load_codebook(project.codebook_path), project.settings.engine

    def note(files: "Sequence[Wanted]") -> None:
        if settings.address:
            note_read_elsewhere(project, settings.address, files)

    with on_ray.opened(coder.coder, book, limits_of(project), settings.address, settings.workers, note) as engine:
        yield engine


@dataclass(frozen=True)
class ReadyWriter:
    """The project's model, ready to draft sentences. Each is checked elsewhere before it is printed."""

    link: Callable[[str], str]
    """From facts to a linking sentence."""
    summarise: "Summarise"
    """From numbered sentences of a review, and its id, to a summary."""
    close: Callable[[], None]
    """Closes connections and logs."""


def sentences_of(project: Project, consent: Consent) -> ReadyWriter:
    """The project's model, ready to draft sentences. It uses the same consent and log as a coder.

    Raises:
        UsageError: no model is set, or it is remote and not approved.
    """
    from scr_llm.llm import prompts

    endpoint = endpoint_of(project)
    allowed_to_send(project, consent)
    texts = prompts.load(project.prompts_dir)
    with ExitStack() as stack:
        client = stack.enter_context(connected(project, endpoint, consent.tell))
        link, summarise = _link(client, texts), _summarise(client, texts, project)
        return ReadyWriter(link, summarise, stack.pop_all().close)


def _link(client: "Client", texts: Mapping[str, str]) -> Callable[[str], str]:
    from scr_llm.llm import Question, prompts
    from scr_llm.reports.linking_sentences import Drafted

    def ask(facts: str) -> str:
        user = prompts.fill(_prompt(texts, "link"), facts=prompts.fence(facts))
        question = Question("link", _prompt(texts, "link_system"), user, Drafted, max_tokens=200)
        return str(client.ask(question).parsed.sentence)

    return ask


def _summarise(client: "Client", texts: Mapping[str, str], project: Project) -> "Summarise":
    from scr_llm.llm import Question, prompts
    from scr_llm.reports.summaries import DraftedSummary

    prompting = prompting_of(project)

    def ask(sentences: str, document_id: str) -> DraftedSummary:
        redaction = prompting.redaction() if prompting.redaction else None
        if redaction is not None:
            with Store(project.database) as store:
                reading = store.reading(document_id)
            redaction.learn([" ".join(page.text.split()) for page in reading.pages] if reading else [])
        sent = redaction.redact(sentences) if redaction else sentences
        user = prompts.fill(_prompt(texts, "summary"), sentences=prompts.fence(sent))
        asked = Question("summary", _prompt(texts, "summary_system"), user, DraftedSummary, max_tokens=900)
        drafted: DraftedSummary = client.ask(asked, document_id).parsed
        if redaction is None:
            return drafted
        restored = [s.model_copy(update={"text": redaction.restore(s.text)}) for s in drafted.sentences]
        return DraftedSummary(sentences=restored)

    return ask


def _prompt(texts: Mapping[str, str], name: str) -> str:
    """A prompt. A project with prompts of its own may lack one that came later."""
    if name not in texts:
        raise UsageError(
            f"the prompts of this project have no {name}.md.",
            next_step=f"Copy {name}.md from the prompts that come with scr-llm into its folder prompts/.",
        )
    return texts[name]


@contextmanager
def connected(
    project: Project,
    endpoint: "Endpoint",
    tell: Callable[[str], None] = lambda _: None,
    *,
    spend: "Spend | None" = None,
    memory: "Memory | None" = None,
    remote_allowed: bool = True,
) -> Iterator["Client"]:
    """The project's model, ready to be asked until the end of the block. Every request is logged before it is sent.

    Args:
        project: the project.
        endpoint: its model, as `endpoint_of` gives it.
        tell: told what takes time.
        spend: counts what is asked, within a budget; None for a new count within the project's.
        memory: keeps usable replies; None for the project's own log of them.
        remote_allowed: whether a model on another computer may be asked: consent was given.

    Raises:
        UsageError: the extra `local` is not installed, or the model is remote and may not be asked.
        NothingDoneError: the model file cannot be served.
    """
    from scr_llm.llm import Client
    from scr_llm.models.call_log import CallLog

    llm = project.settings.llm
    with answering(project, endpoint, tell) as served, closing(CallLog(project, served)) as call_log:
        client = Client(
            served,
            remote_allowed=remote_allowed,
            max_concurrency=llm.max_concurrency,
            on_send=call_log.note,
            memory=memory or call_log,
            spend=spend or spend_of(llm),
        )
        with closing(client):
            yield client


@contextmanager
def answering(
    project: Project, endpoint: "Endpoint", tell: Callable[[str], None] = lambda _: None
) -> Iterator["Endpoint"]:
    """Where the project's model answers, until the end of the block. A model file is served for that time only.

    Raises:
        UsageError: the extra `local` is not installed.
        NothingDoneError: the model file cannot be served.
    """
    llm = project.settings.llm
    if not llm.file:
        yield endpoint
        return
    from scr_llm.llm.local import serving

    tell(f"Loading the model {endpoint.file} on this computer.")
    with serving(
        endpoint, project.model_file, context_tokens=llm.context_tokens, max_concurrency=llm.max_concurrency
    ) as served:
        yield served


def llm_coder(
    project: Project,
    asker: Any,
    prompting: "PromptingOptions",
    *,
    model: str = "",
    endpoint: str = "",
    side_by_side: "SideBySide" = map,
) -> "LlmCoder":
    """The coder that asks a model in a given way. Sends nothing yet."""
    from scr_llm.llm import prompts
    from scr_llm.stages.code.embedded import embedded_identity
    from scr_llm.stages.code.llm import LlmCoder, prompts_used

    texts = prompts.load(project.prompts_dir)
    used = prompts_used(prompting.strategy, critic=prompting.critic)
    if not endpoint and project.settings.llm.is_set:
        endpoint = endpoint_of(project).recorded
    identity = embedded_identity(load_codebook(project.codebook_path)).model_copy(
        update={
            "kind": "llm",
            "model": model or project.settings.llm.model,
            "endpoint": endpoint,
            "prompts": prompts.versions(project.prompts_dir, used),
            "prompts_sha256": prompts.sha256({name: text for name, text in texts.items() if name in used}),
        }
    )
    return LlmCoder(asker, texts, identity, prompting, side_by_side)


def _replayed(project: Project, path: Path) -> ReadyCoder:
    from scr_llm.llm.replay import Recording, Replay

    recording = Recording.load(path)
    replay = Replay(recording)
    coder = llm_coder(
        project,
        replay,
        prompting_of(project, recording.model),
        model=recording.model,
        endpoint=f"recorded {recording.recorded}: {recording.served}",
    )
    return ReadyCoder(coder, 1, replay.spend, replay.stop, replay.close)


def answers(project: Project) -> str:
    """Whether the model's server answers, in words. Only its list of models is requested."""
    from scr_llm.llm import Client, Endpoint

    llm = project.settings.llm
    unnamed = Endpoint(llm.base_url, llm.model, api_key="" if llm.file else key_in(llm.api_key_env))
    try:
        with (
            answering(project, endpoint_of(project) if llm.file else unnamed) as endpoint,
            closing(Client(endpoint)) as client,
        ):
            served = client.models()
    except ScrError as error:
        return f"It does not answer: {error}"
    more = f" and {len(served) - MOST_NAMED} more" if len(served) > MOST_NAMED else ""
    return f"It answers and serves: {', '.join(served[:MOST_NAMED]) or 'no models that it names'}{more}."
