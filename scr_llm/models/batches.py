"""Batches of questions: written to a file, sent and collected, or answered on another machine and brought back."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from scr_llm.errors import NoReplyError, NothingDoneError, UsageError
from scr_llm.llm import Endpoint, Question, without_credentials
from scr_llm.llm.batch import UNDER_WAY, Batches, content_hash, lines, results
from scr_llm.models.call_log import CallLog, OpenBatch
from scr_llm.models.coders import llm_coder
from scr_llm.models.consent import AGREED, Consent, allowed_to_send
from scr_llm.models.options import endpoint_of, prompting_of
from scr_llm.models.preview import open_questions
from scr_llm.pipeline import prepare
from scr_llm.project import Project

CLOCKS_DIFFER_S = 3600
"""Seconds by which an endpoint's clock may be behind this computer's."""
_REFUSALS = ("rejected", "rate_limited", "too_long")
"""States of a failure after which a batch certainly did not arrive."""


@dataclass(frozen=True)
class BatchFile:
    """Open questions as the file of a batch."""

    questions: int
    """How many there are."""
    content: bytes
    """The file: one question a line, as JSON. It contains case text."""


@dataclass(frozen=True)
class SentBatch:
    """A batch that was sent."""

    id: str
    """The endpoint's name for it."""
    questions: int
    """How many it asks."""
    bytes: int
    """Its size."""


@dataclass(frozen=True)
class Settled:
    """What became of a batch whose sending was interrupted."""

    at: str
    """When it was to be sent; ISO time."""
    arrived_as: str | None = None
    """The endpoint's name for it, if it arrived."""
    by_person: bool = False
    """Whether a person said so, instead of the endpoint."""
    unknown: str = ""
    """Why it cannot be found out whether it arrived; empty if it is known."""


@dataclass(frozen=True)
class KeptReplies:
    """What was usable of the results of a batch."""

    kept: int
    """Replies kept now."""
    before: int
    """Replies that were kept before."""
    missing: int
    """Questions without a usable reply."""
    problems: tuple[str, ...]
    """Each result that cannot be used, and why."""


@dataclass(frozen=True)
class CollectedBatch:
    """A batch that was to be collected."""

    id: str
    """The endpoint's name for it."""
    state: str = ""
    """Its state in the endpoint's words; empty if it cannot be fetched."""
    done: int = 0
    """Questions answered so far."""
    of: int = 0
    """Questions asked."""
    replies: KeptReplies | None = None
    """What was kept, if it is finished."""
    problem: str = ""
    """Why it cannot be fetched."""
    elsewhere: bool = False
    """Whether that is because it belongs to another endpoint than the one that is set now."""

    @property
    def is_complete(self) -> bool:
        """Whether it is finished, and the endpoint answered all of it."""
        return self.replies is not None and self.state == "completed"


def write(project: Project) -> BatchFile:
    """The open questions as the file of a batch. Nothing is sent.

    Raises:
        NothingDoneError: no question is open.
    """
    endpoint, questions = _open(project)
    return BatchFile(len(questions), _content(endpoint, questions))


def send(
    project: Project,
    consent: Consent,
    *,
    sent_as: str | None = None,
    not_sent: bool = False,
    settled: Callable[[Settled], None] = lambda _: None,
) -> SentBatch | None:
    """Send the open questions to the project's model as one batch, but none that is in a batch already.

    Args:
        project: whose questions are asked.
        consent: asks a person before text is sent to a remote model.
        sent_as: what a person found out about an interrupted batch: it arrived, and this is its id.
        not_sent: what a person found out about an interrupted batch: it did not arrive.
        settled: called with what became of each batch whose sending was interrupted.

    Returns:
        The batch; None if only an interrupted one was settled and nothing else is to be sent.

    Raises:
        UsageError: the project's model takes no batches, or nobody agreed.
        NothingDoneError: no question is open, or it is not known whether an interrupted batch arrived.
        NoReplyError: the endpoint refused the batch.
    """
    if sent_as and not_sent:
        raise UsageError("a batch was either sent or not sent.", next_step="Give either --sent-as ID or --not-sent.")
    _check_takes_batches(project)
    endpoint, questions = _open(project)
    with _connected(project, endpoint) as (call_log, batches):
        was_interrupted = _resolve_interrupted(project, call_log, batches, sent_as, not_sent, settled)
        under_way = {key for b in call_log.open_batches() for key in b.keys}
        questions = {key: q for key, q in questions.items() if key not in under_way}
        if was_interrupted and not questions:
            return None
        content = _content(endpoint, questions)
        allowed_to_send(project, consent)
        return SentBatch(_send(call_log, batches, content, sorted(questions)), len(questions), len(content))


def collect(project: Project) -> Iterator[Settled | CollectedBatch]:
    """Fetch the results of finished batches, and keep every usable reply.

    Returns:
        What became of each interrupted batch and of each batch under way, one by one as it is known.

    Raises:
        UsageError: the project's model takes no batches.
        NothingDoneError: no batch is under way.
    """
    _check_takes_batches(project)
    endpoint = endpoint_of(project)
    allowed_to_send(project, AGREED)
    with _connected(project, endpoint) as (call_log, batches):
        if not call_log.open_batches():
            raise NothingDoneError("no batch is under way.", next_step="Send one: scr-llm batch send")
        yield from _settle(call_log, batches)
        for known in call_log.open_batches():
            if known.intended:
                continue
            try:
                yield _collect(project, endpoint, call_log, batches, known)
            except NoReplyError as error:
                yield CollectedBatch(known.id, problem=str(error))


def keep(project: Project, text: str) -> KeptReplies:
    """Keep the usable results of a batch that was answered elsewhere: JSON lines, as hosted batches write them."""
    return _keep(project, endpoint_of(project), text, None)


def _open(project: Project) -> tuple[Endpoint, dict[str, tuple[Question, str]]]:
    """Questions of all waiting documents that have no stored reply: key to question and document id."""
    endpoint = endpoint_of(project)
    prepare(project)
    coder = llm_coder(project, None, prompting_of(project))
    return endpoint, {q.key(endpoint): (q, d.id) for d, q, kept in open_questions(project, coder, endpoint) if not kept}


def _check_takes_batches(project: Project) -> None:
    if project.settings.llm.file:
        raise UsageError("a model file takes no batches.", next_step="Ask its questions one by one: scr-llm run")


def _content(endpoint: Endpoint, questions: dict[str, tuple[Question, str]]) -> bytes:
    """The questions as the lines of a batch."""
    if not questions:
        raise NothingDoneError("there is nothing new to ask.", next_step="Run: scr-llm run --coder llm")
    return "".join(lines((q for q, _ in questions.values()), endpoint)).encode()


@contextmanager
def _connected(project: Project, endpoint: Endpoint) -> Iterator[tuple[CallLog, Batches]]:
    """The log of calls and the endpoint's batches, until the end of the block."""
    with closing(CallLog(project, endpoint)) as call_log, closing(Batches(endpoint, call_log.note)) as batches:
        yield call_log, batches


def _resolve_interrupted(
    project: Project,
    call_log: CallLog,
    batches: Batches,
    sent_as: str | None,
    not_sent: bool,
    settled: Callable[[Settled], None],
) -> bool:
    """Find out, or take from the person, what became of batches whose sending was interrupted.

    Returns:
        Whether there were any.

    Raises:
        NothingDoneError: it cannot be found out, and the person did not say.
    """
    interrupted = [b for b in call_log.open_batches() if b.intended]
    if not interrupted:
        return False
    allowed_to_send(project, AGREED)
    if sent_as or not_sent:
        _conclude(call_log, interrupted[0], sent_as)
        settled(Settled(interrupted[0].at, sent_as, by_person=True))
        return True
    unknown = []
    for what in _settle(call_log, batches):
        if what.unknown:
            unknown.append(what)
        else:
            settled(what)
    if unknown:
        raise NothingDoneError(
            f"the batch of {unknown[0].at} was interrupted while it was being sent, "
            f"and it is not known whether it arrived: {unknown[0].unknown}",
            next_step="Check on the endpoint's own page, then: scr-llm batch send --sent-as ID if it is there, "
            "or --not-sent if it is not.",
        )
    return True


def _settle(call_log: CallLog, batches: Batches) -> Iterator[Settled]:
    """Find out what became of interrupted batches."""
    for intention in [b for b in call_log.open_batches() if b.intended]:
        if elsewhere := _elsewhere(intention, call_log.where):
            yield Settled(intention.at, unknown=elsewhere)
            continue
        earliest = datetime.fromisoformat(intention.at).timestamp() - CLOCKS_DIFFER_S
        try:
            found = batches.find(intention.intended or "", earliest)
        except NoReplyError as error:
            yield Settled(intention.at, unknown=str(error))
            continue
        _conclude(call_log, intention, found)
        yield Settled(intention.at, found)


def _conclude(call_log: CallLog, interrupted: OpenBatch, arrived_as: str | None) -> None:
    """Log what became of an interrupted batch."""
    if arrived_as:
        call_log.name_batch(interrupted, arrived_as)
    else:
        call_log.close_batch(interrupted)


def _elsewhere(batch: OpenBatch, here: str) -> str | None:
    """Why a batch cannot be reached: it is at another endpoint than the one set now. None where it can be."""
    there = without_credentials(batch.endpoint)
    if there.rstrip("/") == here.rstrip("/"):
        return None
    return f"it belongs to {there}, and [llm] base_url is {here} now."


def _send(call_log: CallLog, batches: Batches, content: bytes, keys: list[str]) -> str:
    """Send a batch; the intention is noted first, so that an interruption is noticed. Returns the batch's id."""
    intention = call_log.intend_batch(content_hash(content), keys)
    try:
        name = batches.begin(batches.upload(content), content_hash(content))
    except NoReplyError as error:
        # After any failure but a refusal the batch may have arrived, so the intention stays open.
        if error.state in _REFUSALS:
            call_log.close_batch(intention)
        raise
    call_log.name_batch(intention, name)
    return name


def _collect(
    project: Project, endpoint: Endpoint, call_log: CallLog, batches: Batches, known: OpenBatch
) -> CollectedBatch:
    """Keep the replies of one batch, if it is finished."""
    if elsewhere := _elsewhere(known, call_log.where):
        return CollectedBatch(known.id, problem=elsewhere, elsewhere=True)
    state, done, of = batches.state(known.id)
    if state in UNDER_WAY:
        return CollectedBatch(known.id, state, done, of)
    replies = _keep(project, endpoint, batches.fetch(known.id, len(known.keys)), set(known.keys))
    call_log.close_batch(known)
    return CollectedBatch(known.id, state, done, of, replies)


def _keep(project: Project, endpoint: Endpoint, text: str, expected: set[str] | None) -> KeptReplies:
    """Keep the usable results, and name the others.

    Args:
        project: whose questions were asked.
        endpoint: which model they are for.
        text: the results, as JSON lines.
        expected: keys of the questions that the batch asked; None for all that are open.
    """
    _, questions = _open(project)
    kept: set[str] = set()
    before = 0
    problems: list[str] = []
    with closing(CallLog(project, endpoint)) as call_log:
        for result in results(text, {key: q for key, (q, _) in questions.items()}, endpoint, call_log.kept):
            if result.reply:
                question, document_id = questions[result.key]
                call_log.keep(question, endpoint, result.reply, document_id)
                kept.add(result.key)
            elif result.problem:
                name = questions[result.key][0].name if result.key in questions else result.key[:40]
                problems.append(f"{name}: {result.problem}")
            else:
                before += 1
    missing = ((expected & questions.keys()) if expected is not None else questions.keys()) - kept
    return KeptReplies(len(kept), before, len(missing), tuple(problems))
