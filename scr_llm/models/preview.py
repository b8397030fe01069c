"""What would be sent to a model: every question about the waiting documents, before any is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scr_llm.codebook import load_codebook
from scr_llm.engines.one_document import Do, here
from scr_llm.errors import CoderError, UsageError
from scr_llm.llm import Endpoint, Price, Question
from scr_llm.llm.question import EndpointCapabilities
from scr_llm.llm.spend import at_most_tokens
from scr_llm.models.consent import ModelPlace, place_of
from scr_llm.models.options import endpoint_of, prompting_of, spend_of
from scr_llm.pipeline import prepare
from scr_llm.project import Project
from scr_llm.records import Codebook, Document, Reading
from scr_llm.store import Store

if TYPE_CHECKING:
    from scr_llm.models.coders import ReadyCoder
    from scr_llm.stages.code.llm import LlmCoder
    from scr_llm.stages.code.llm.plan import Plan


@dataclass(frozen=True)
class Estimate:
    """What a run would ask, at most."""

    documents: int
    """Documents to be coded."""
    calls: int
    """Questions without a kept reply."""
    kept: int
    """Questions that are answered from memory."""
    prompt_tokens: int
    """Tokens that would be sent, at most."""
    completion_tokens: int
    """Tokens that would come back, at most."""
    money: float | None
    """What that would cost; None without a price."""


@dataclass(frozen=True)
class PreviewedRequest:
    """A request as it would be sent."""

    file: str
    """The document that it is about."""
    question: str
    """Name of the question."""
    body: Mapping[str, Any]
    """The body of the request."""


@dataclass(frozen=True)
class Preview:
    """What a run would send to the project's model."""

    place: ModelPlace
    """Which model, and where."""
    address: str
    """The endpoint in words; a model file's own words name this computer."""
    strategy: str
    """The way of asking."""
    redacts: bool
    """Whether names and identifiers are replaced before sending."""
    redactions: Mapping[str, Mapping[str, str]]
    """File name to what is sent instead of words that stay here: placeholder to words."""
    looks_again: bool
    """Whether each theme that is found is asked about a second time."""
    requests: Iterator[PreviewedRequest]
    """The requests, made one by one while they are read: all of them might not fit into memory."""
    cost: Estimate
    """The most that it can cost."""


def preview(project: Project, file: str | None = None) -> Preview:
    """What a run would send about the waiting documents, or about one file of them. Sends nothing.

    Raises:
        UsageError: no model is set, or the file is not waiting to be coded.
    """
    from scr_llm.models.coders import llm_coder

    llm, endpoint = project.settings.llm, endpoint_of(project)
    coder = llm_coder(project, None, prompting_of(project))
    prepare(project)
    redactions, codebook = {}, load_codebook(project.codebook_path)
    with Store(project.database) as store:
        waiting = [d for d in store.documents() if d.status in ("pending", "failed") and file in (None, d.file)]
        if file and not waiting:
            raise UsageError(f"no document {file} is waiting to be coded.", next_step="List them: scr-llm status")
        for document in waiting if llm.redact else ():
            plan = _plan(store, codebook, document, coder.plan_ahead)
            if plan and plan.redacted:
                redactions[document.file] = plan.redacted
    ids = [document.id for document in waiting]
    return Preview(
        place=place_of(project),
        address=endpoint.place,
        strategy=coder.identity.strategy or "",
        redacts=llm.redact,
        redactions=redactions,
        looks_again=llm.critic and bool(ids),
        requests=_requests(project, coder, endpoint, ids),
        cost=estimate(project, coder, endpoint, spend_of(llm).price, ids),
    )


def _requests(
    project: Project, coder: "LlmCoder", endpoint: Endpoint, ids: Sequence[str]
) -> Iterator[PreviewedRequest]:
    form = EndpointCapabilities()
    for document, question, is_kept in open_questions(project, coder, endpoint, ids):
        if not is_kept:
            yield PreviewedRequest(document.file, question.name, form.body(question, question.messages, endpoint))


def open_questions(
    project: Project,
    coder: "LlmCoder",
    endpoint: Endpoint,
    ids: Sequence[str] | None = None,
    *,
    ahead: "Callable[[Reading, Codebook], Plan] | None" = None,
) -> Iterator[tuple[Document, Question, bool]]:
    """Each question about each waiting document that has been read, and whether its reply is already kept.

    With `ahead`, which makes the plan of a document and keeps it for the run, also the most and longest that may be
    asked once those are answered.
    """
    codebook = load_codebook(project.codebook_path)
    with Store(project.database) as store:
        for document in store.documents():
            is_waiting = document.id in ids if ids is not None else document.status in ("pending", "failed")
            if not is_waiting:
                continue
            if (plan := _plan(store, codebook, document, ahead or coder.planned)) is None:
                continue
            for question in (*plan.questions, *(plan.at_most_later() if ahead else ())):
                yield document, question, store.reply(question.key(endpoint)) is not None


def _plan(
    store: Store, codebook: Codebook, document: Document, make: "Callable[[Reading, Codebook], Plan]"
) -> "Plan | None":
    """The questions about a document; None where it was not read, or has nothing to show, as the run will say."""
    if (reading := store.reading(document.id)) is None:
        return None
    try:
        return make(reading, codebook)
    except CoderError:
        return None


def estimate(
    project: Project,
    coder: "LlmCoder",
    endpoint: Endpoint,
    price: Price | None,
    ids: Sequence[str] | None = None,
    do: Do = here,
) -> Estimate:
    """What coding the waiting documents would cost, at most. `do` makes the questions, which the coder then keeps."""
    documents: set[str] = set()
    calls = kept = prompt = completion = 0

    def ahead(reading: Reading, codebook: Codebook) -> "Plan":
        return coder.plan_ahead(reading, codebook, do)

    for document, question, is_kept in open_questions(project, coder, endpoint, ids, ahead=ahead):
        documents.add(document.id)
        if is_kept:
            kept += 1
            continue
        calls += 1
        prompt += at_most_tokens(len(question.system) + len(question.user))
        completion += 1 if question.weighed else question.max_tokens or endpoint.max_tokens
    return Estimate(len(documents), calls, kept, prompt, completion, price.of(prompt, completion) if price else None)


def estimate_of(project: Project, chosen: "ReadyCoder", ids: Sequence[str]) -> Estimate | None:
    """What coding these documents with a coder would cost, at most; None if it asks no model."""
    from scr_llm.stages.code.llm import LlmCoder

    if not ids or chosen.spend is None or not isinstance(chosen.coder, LlmCoder):
        return None
    do = chosen.processes.do if chosen.processes else here
    return estimate(project, chosen.coder, endpoint_of(project), chosen.spend.price, ids, do)
