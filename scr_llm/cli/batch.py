"""Batches of questions: written, sent and collected; or taken to another machine and back."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import FORCE, PROJECT, asking, cli, say, write_out
from scr_llm.errors import NothingDoneError

if TYPE_CHECKING:
    from scr_llm.llm import Endpoint, Question
    from scr_llm.llm.batch import Batches
    from scr_llm.models.call_log import CallLog, OpenBatch
    from scr_llm.project import Project

CLOCKS_DIFFER_S = 3600
"""Seconds by which an endpoint's clock may be behind this computer's."""
_PROBLEMS_PRINTED = 20


@cli.group()
def batch() -> None:
    """Ask a model by batch.

    This is cheaper and slower at hosted endpoints, and lets another machine answer. Afterwards `scr-llm run` codes
    from the replies.
    """


def _open_questions(project: "Project") -> "tuple[Endpoint, dict[str, tuple[Question, str]]]":
    """Questions of all waiting documents that have no stored reply: key to question and document id."""
    from scr_llm.models.coders import llm_coder
    from scr_llm.models.options import endpoint_of, prompting_of
    from scr_llm.models.preview import open_questions
    from scr_llm.pipeline import prepare

    endpoint = endpoint_of(project)
    prepare(project)
    coder = llm_coder(project, None, prompting_of(project))
    return endpoint, {q.key(endpoint): (q, d.id) for d, q, kept in open_questions(project, coder, endpoint) if not kept}


def _check_takes_batches(project: "Project") -> None:
    from scr_llm.errors import UsageError

    if project.settings.llm.file:
        raise UsageError("a model file takes no batches.", next_step="Ask its questions one by one: scr-llm run")


def _content(endpoint: "Endpoint", questions: "dict[str, tuple[Question, str]]") -> bytes:
    """The questions as the lines of a batch."""
    from scr_llm.llm.batch import lines

    if not questions:
        raise NothingDoneError("there is nothing new to ask.", next_step="Run: scr-llm run --coder llm")
    return "".join(lines((q for q, _ in questions.values()), endpoint)).encode()


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(path_type=Path))
@FORCE
def write(folder: Path, file: Path, force: bool) -> int:
    """Write the open questions to FILE (JSON lines). Sends nothing. FILE contains case text."""
    from scr_llm.project import load_project

    project = load_project(folder)
    endpoint, questions = _open_questions(project)
    write_out(file, _content(endpoint, questions), project, force=force)
    say(
        f"{len(questions)} questions. The file contains case text. "
        "When you have the results: scr-llm batch read RESULTS"
    )
    return 0


@batch.command()
@PROJECT
@click.option("--yes", is_flag=True, help="Do not ask before sending text to an approved remote model.")
@click.option("--sent-as", metavar="ID", help="An interrupted batch did arrive: its id at the endpoint.")
@click.option("--not-sent", is_flag=True, help="An interrupted batch did not arrive: its questions may be sent again.")
def send(folder: Path, yes: bool, sent_as: str | None, not_sent: bool) -> int:
    """Send the open questions to the model's endpoint as one batch."""
    from scr_llm.errors import UsageError
    from scr_llm.llm.batch import Batches
    from scr_llm.models.call_log import CallLog
    from scr_llm.models.consent import allowed_to_send
    from scr_llm.project import load_project

    if sent_as and not_sent:
        raise UsageError("a batch was either sent or not sent.", next_step="Give either --sent-as ID or --not-sent.")
    project = load_project(folder)
    _check_takes_batches(project)
    endpoint, questions = _open_questions(project)
    call_log = CallLog(project, endpoint)
    batches = Batches(endpoint, call_log.note)
    try:
        interrupted = _resolve_interrupted(project, call_log, batches, sent_as, not_sent=not_sent)
        under_way = {key for b in call_log.open_batches() for key in b.keys}
        questions = {key: q for key, q in questions.items() if key not in under_way}
        if interrupted and not questions:
            say("There is nothing else to send. Fetch the replies with: scr-llm batch collect")
            return 0
        content = _content(endpoint, questions)
        allowed_to_send(project, asking(yes=yes))
        name = _send(call_log, batches, content, sorted(questions))
    finally:
        batches.close()
        call_log.close()
    say(
        f"Sent: {len(questions)} questions, {len(content):,} bytes, as batch {name}. "
        "Fetch the replies with: scr-llm batch collect"
    )
    return 0


def _resolve_interrupted(
    project: "Project", call_log: "CallLog", batches: "Batches", sent_as: str | None, *, not_sent: bool
) -> bool:
    """Find out, or take from the person, what became of batches whose sending was interrupted.

    Returns:
        Whether there were any.

    Raises:
        NothingDoneError: it cannot be found out, and the person did not say.
    """
    from scr_llm.models.consent import AGREED, allowed_to_send

    interrupted = [b for b in call_log.open_batches() if b.intended]
    if not interrupted:
        return False
    allowed_to_send(project, AGREED)
    if sent_as or not_sent:
        _note_answer(interrupted[0], call_log, sent_as)
    elif unknown := _settle(call_log, batches):
        intention, why = unknown[0]
        raise NothingDoneError(
            f"the batch of {intention.at} was interrupted while it was being sent, "
            f"and it is not known whether it arrived: {why}",
            next_step="Check on the endpoint's own page, then: scr-llm batch send --sent-as ID if it is there, "
            "or --not-sent if it is not.",
        )
    return True


def _send(call_log: "CallLog", batches: "Batches", content: bytes, keys: list[str]) -> str:
    """Send a batch; the intention is noted first, so that an interruption is noticed. Returns the batch's id."""
    from scr_llm.errors import NoReplyError
    from scr_llm.llm.batch import content_hash

    intention = call_log.intend_batch(content_hash(content), keys)
    try:
        name = batches.begin(batches.upload(content), content_hash(content))
    except NoReplyError as error:
        # These are refusals. After any other failure the batch may have arrived, so the intention stays open.
        if error.state in ("rejected", "rate_limited", "too_long"):
            call_log.close_batch(intention)
        raise
    call_log.name_batch(intention, name)
    return name


def _settle(call_log: "CallLog", batches: "Batches") -> "list[tuple[OpenBatch, str]]":
    """Find out what became of interrupted batches. Returns those for which it cannot be found out, and why."""
    from scr_llm.errors import NoReplyError

    unknown = []
    for intention in [b for b in call_log.open_batches() if b.intended]:
        if elsewhere := _elsewhere(intention, call_log.where):
            unknown.append((intention, elsewhere))
            continue
        earliest = datetime.fromisoformat(intention.at).timestamp() - CLOCKS_DIFFER_S
        try:
            found = batches.find(intention.intended or "", earliest)
        except NoReplyError as error:
            unknown.append((intention, str(error)))
            continue
        if found:
            call_log.name_batch(intention, found)
            say(f"The interrupted batch of {intention.at} did arrive, as {found}. It is not sent again.")
        else:
            call_log.close_batch(intention)
            say(f"The interrupted batch of {intention.at} did not arrive.")
    return unknown


def _elsewhere(batch: "OpenBatch", here: str) -> str | None:
    """Why a batch cannot be reached: it is at another endpoint than the one set now. None where it can be."""
    from scr_llm.llm.endpoint import without_credentials

    there = without_credentials(batch.endpoint)
    if there.rstrip("/") == here.rstrip("/"):
        return None
    return f"it belongs to {there}, and [llm] base_url is {here} now."


def _note_answer(interrupted: "OpenBatch", call_log: "CallLog", sent_as: str | None) -> None:
    """Record what a person says became of an interrupted batch."""
    if sent_as:
        call_log.name_batch(interrupted, sent_as)
        say(f"Noted: the batch of {interrupted.at} is {sent_as}.")
    else:
        call_log.close_batch(interrupted)
        say(f"Noted: the batch of {interrupted.at} was not sent.")


@batch.command()
@PROJECT
def collect(folder: Path) -> int:
    """Fetch the results of finished batches, and keep every usable reply."""
    from scr_llm.errors import NoReplyError
    from scr_llm.llm.batch import Batches
    from scr_llm.models.call_log import CallLog
    from scr_llm.models.consent import AGREED, allowed_to_send
    from scr_llm.models.options import endpoint_of
    from scr_llm.project import load_project

    project = load_project(folder)
    _check_takes_batches(project)
    endpoint = endpoint_of(project)
    allowed_to_send(project, AGREED)
    call_log = CallLog(project, endpoint)
    batches = Batches(endpoint, call_log.note)
    code = 0
    try:
        if not call_log.open_batches():
            raise NothingDoneError("no batch is under way.", next_step="Send one: scr-llm batch send")
        for intention, why in _settle(call_log, batches):
            say(
                f"The batch of {intention.at} was interrupted while it was being sent, "
                f"and it is not known whether it arrived: {why}"
            )
            say("  Check on the endpoint's own page, then: scr-llm batch send --sent-as ID, or --not-sent.")
            code = 1
        for known in call_log.open_batches():
            if known.intended:
                continue
            try:
                code = max(code, _collect(project, endpoint, call_log, batches, known))
            except NoReplyError as error:
                say(f"Batch {known.id} cannot be fetched: {error}")
                say("  Try again later. If the batch is gone, scr-llm run asks its questions one by one.")
                code = 1
    finally:
        batches.close()
        call_log.close()
    return code


def _collect(
    project: "Project", endpoint: "Endpoint", call_log: "CallLog", batches: "Batches", known: "OpenBatch"
) -> int:
    """Keep the replies of one batch, if it is finished. Returns 1 where it is not finished or not complete."""
    from scr_llm.llm.batch import UNDER_WAY

    if elsewhere := _elsewhere(known, call_log.where):
        say(f"Batch {known.id} cannot be fetched: {elsewhere}")
        return 1
    state, done, of = batches.state(known.id)
    if state in UNDER_WAY:
        say(f"Batch {known.id} is under way ({done} of {of} done). Collect it later.")
        return 1
    _keep(project, endpoint, batches.fetch(known.id, len(known.keys)), set(known.keys))
    call_log.close_batch(known)
    if state == "completed":
        return 0
    say(f"Batch {known.id} ended as {state}. The next run or batch asks what is missing.")
    return 1


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(folder: Path, file: Path) -> int:
    """Take in results made elsewhere.

    FILE holds JSON lines, as hosted batches and vLLM's batch runner write them.
    """
    from scr_llm.models.options import endpoint_of
    from scr_llm.project import load_project

    project = load_project(folder)
    return 1 if _keep(project, endpoint_of(project), file.read_text("utf-8", errors="replace"), None) else 0


def _keep(project: "Project", endpoint: "Endpoint", text: str, expected: "set[str] | None") -> int:
    """Keep the usable results and name the others. Returns the number of problems.

    Args:
        project: whose questions were asked.
        endpoint: which model they are for.
        text: the results, as JSON lines.
        expected: keys of the questions that the batch asked; None for all that are open.
    """
    from scr_llm.llm.batch import results
    from scr_llm.models.call_log import CallLog

    _, questions = _open_questions(project)
    call_log = CallLog(project, endpoint)
    kept: set[str] = set()
    before = 0
    problems: list[str] = []
    try:
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
    finally:
        call_log.close()
    missing = ((expected & questions.keys()) if expected is not None else questions.keys()) - kept
    _say_kept(len(kept), before, len(missing), problems)
    return len(problems)


def _say_kept(kept: int, before: int, missing: int, problems: list[str]) -> None:
    earlier = f", {before} were kept before" if before else ""
    rest = f", {missing} questions without a usable reply; the next run asks them." if missing else "."
    say(f"{kept} replies kept{earlier}{rest}")
    for problem in problems[:_PROBLEMS_PRINTED]:
        say(f"  {problem}")
    if len(problems) > _PROBLEMS_PRINTED:
        say(f"  and {len(problems) - _PROBLEMS_PRINTED} more")
