"""Batches of questions: written, sent, collected; or taken to another machine and back."""

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


@cli.group()
def batch() -> None:
    """Ask a model by batch: cheaper and slower at hosted endpoints, or on another machine. Afterwards `scr-llm run` codes from the replies."""


def _asked(project: "Project") -> "tuple[Endpoint, dict[str, tuple[Question, str]]]":
    """The questions of all documents that wait, without a kept reply: key to question and document."""
    from scr_llm.models.coders import llm_coder
    from scr_llm.models.options import endpoint_of, prompting_of
    from scr_llm.models.preview import open_questions
    from scr_llm.pipeline import prepare

    endpoint = endpoint_of(project)
    prepare(project)
    coder = llm_coder(project, None, prompting_of(project))
    return endpoint, {q.key(endpoint): (q, d.id) for d, q, kept in open_questions(project, coder, endpoint) if not kept}


def _takes_batches(project: "Project") -> None:
    from scr_llm.errors import UsageError

    if project.settings.llm.file:
        raise UsageError("a model file takes no batches.", next_step="Its questions are asked one by one: scr-llm run")


def _content(endpoint: "Endpoint", asked: "dict[str, tuple[Question, str]]") -> bytes:
    from scr_llm.llm.batch import lines

    if not asked:
        raise NothingDoneError("there is nothing new to ask.", next_step="Run: scr-llm run --coder llm")
    return "".join(lines((q for q, _ in asked.values()), endpoint)).encode()


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(path_type=Path))
@FORCE
def write(folder: Path, file: Path, force: bool) -> int:
    """Write the open questions to FILE (JSON lines). Sends nothing; FILE holds case text."""
    from scr_llm.project import load_project

    project = load_project(folder)
    endpoint, asked = _asked(project)
    write_out(file, _content(endpoint, asked), project, force=force)
    say(f"{len(asked)} questions. It holds case text. Bring the results back with: scr-llm batch read RESULTS")
    return 0


@batch.command()
@PROJECT
@click.option("--yes", is_flag=True, help="Do not ask before text is sent to a remote model that is approved.")
@click.option(
    "--sent-as", metavar="ID", help="A send that was interrupted did arrive: this is its batch at the endpoint."
)
@click.option(
    "--not-sent", is_flag=True, help="A send that was interrupted did not arrive: its questions may be sent again."
)
def send(folder: Path, yes: bool, sent_as: str | None, not_sent: bool) -> int:
    """Send the open questions to the model's endpoint as one batch."""
    from scr_llm.errors import NoReplyError, UsageError
    from scr_llm.llm.batch import Batches, content_hash
    from scr_llm.models.call_log import CallLog
    from scr_llm.models.consent import AGREED, allowed_to_send
    from scr_llm.project import load_project

    if sent_as and not_sent:
        raise UsageError("a batch was sent or it was not.", next_step="Give --sent-as ID or --not-sent.")
    project = load_project(folder)
    _takes_batches(project)
    endpoint, asked = _asked(project)
    call_log = CallLog(project, endpoint)
    batches = Batches(endpoint, call_log.note)
    try:
        interrupted = [b for b in call_log.open_batches() if b.intended]
        if interrupted:
            allowed_to_send(project, AGREED)
            if sent_as or not_sent:
                _decided(interrupted, call_log, sent_as)
            elif unknown := _settle(call_log, batches):
                raise NothingDoneError(
                    f"the batch of {unknown[0][0].at} was interrupted while it was sent, and whether it arrived cannot be found out: {unknown[0][1]}",
                    next_step="Look at the endpoint's own page, then: scr-llm batch send --sent-as ID if it is there, or --not-sent if it is not.",
                )
        under_way = {key for b in call_log.open_batches() for key in b.keys}
        asked = {key: q for key, q in asked.items() if key not in under_way}
        if interrupted and not asked:
            say("There is nothing else to send. Fetch the replies with: scr-llm batch collect")
            return 0
        content = _content(endpoint, asked)
        allowed_to_send(project, asking(yes=yes))
        intention = call_log.intend_batch(content_hash(content), sorted(asked))
        try:
            name = batches.begin(batches.upload(content), content_hash(content))
        except NoReplyError as error:
            if error.state in (
                "rejected",
                "rate_limited",
                "too_long",
            ):  # it said no; whatever else went wrong, it may have said yes
                call_log.close_batch(intention)
            raise
        call_log.name_batch(intention, name)
    finally:
        batches.close()
        call_log.close()
    say(
        f"Sent: {len(asked)} questions, {len(content):,} bytes, as batch {name}. Fetch the replies with: scr-llm batch collect"
    )
    return 0


def _settle(call_log: "CallLog", batches: "Batches") -> "list[tuple[OpenBatch, str]]":
    """See what became of batches whose sending was interrupted. Gives those of which that cannot be known, and why."""
    from scr_llm.errors import NoReplyError

    unknown = []
    for intention in [b for b in call_log.open_batches() if b.intended]:
        if elsewhere := _elsewhere(intention, call_log.where):
            unknown.append((intention, elsewhere))
            continue
        try:
            found = batches.find(
                intention.intended or "", datetime.fromisoformat(intention.at).timestamp() - CLOCKS_DIFFER_S
            )
        except NoReplyError as error:
            unknown.append((intention, str(error)))
            continue
        if found:
            call_log.name_batch(intention, found)
            say(
                f"The batch of {intention.at}, whose sending was interrupted, did arrive, as {found}. It is not sent again."
            )
        else:
            call_log.close_batch(intention)
            say(f"The batch of {intention.at}, whose sending was interrupted, did not arrive.")
    return unknown


def _elsewhere(batch: "OpenBatch", here: str) -> str | None:
    """Where a batch is, if it is at another endpoint than the one that is set now."""
    from scr_llm.llm.endpoint import without_credentials

    there = without_credentials(batch.endpoint)
    return (
        None if there.rstrip("/") == here.rstrip("/") else f"it belongs to {there}, and [llm] base_url is {here} now."
    )


def _decided(interrupted: "list[OpenBatch]", call_log: "CallLog", sent_as: str | None) -> None:
    """A person says what became of the first batch whose sending was interrupted."""
    if sent_as:
        call_log.name_batch(interrupted[0], sent_as)
        say(f"Noted: the batch of {interrupted[0].at} is {sent_as}.")
    else:
        call_log.close_batch(interrupted[0])
        say(f"Noted: the batch of {interrupted[0].at} was not sent.")


@batch.command()
@PROJECT
def collect(folder: Path) -> int:
    """Fetch the results of the batches that are done, and keep each reply that is usable."""
    from scr_llm.errors import NoReplyError
    from scr_llm.llm.batch import Batches
    from scr_llm.models.call_log import CallLog
    from scr_llm.models.consent import AGREED, allowed_to_send
    from scr_llm.models.options import endpoint_of
    from scr_llm.project import load_project

    project = load_project(folder)
    _takes_batches(project)
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
                f"The batch of {intention.at} was interrupted while it was sent, and whether it arrived cannot be found out: {why}"
            )
            say("  Look at the endpoint's own page, then: scr-llm batch send --sent-as ID, or --not-sent.")
            code = 1
        for known in call_log.open_batches():
            if known.intended:
                continue
            try:
                code = max(code, _collect(project, endpoint, call_log, batches, known))
            except NoReplyError as error:
                say(f"Batch {known.id} cannot be fetched: {error}")
                say("  Try again later. If it is gone, scr-llm run asks its questions one by one.")
                code = 1
    finally:
        batches.close()
        call_log.close()
    return code


def _collect(
    project: "Project", endpoint: "Endpoint", call_log: "CallLog", batches: "Batches", known: "OpenBatch"
) -> int:
    """Keep the replies of one batch, if it is done. Returns 1 where it is not, or not whole."""
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
    say(f"Batch {known.id} ended as {state}. What it lacks is asked by the next run or batch.")
    return 1


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(folder: Path, file: Path) -> int:
    """Take in results that were made elsewhere (JSON lines, as hosted batches and vLLM's batch runner write them)."""
    from scr_llm.models.options import endpoint_of
    from scr_llm.project import load_project

    project = load_project(folder)
    return 1 if _keep(project, endpoint_of(project), file.read_text("utf-8", errors="replace"), None) else 0


def _keep(project: "Project", endpoint: "Endpoint", text: str, expected: "set[str] | None") -> int:
    """Keep what is usable, say what is not. Returns how many problems there are."""
    from scr_llm.llm.batch import results
    from scr_llm.models.call_log import CallLog

    _, asked = _asked(project)
    call_log = CallLog(project, endpoint)
    kept: set[str] = set()
    before = 0
    problems: list[str] = []
    try:
        for result in results(text, {key: q for key, (q, _) in asked.items()}, endpoint, call_log.kept):
            if result.reply:
                question, document_id = asked[result.key]
                call_log.keep(question, endpoint, result.reply, document_id)
                kept.add(result.key)
            elif result.problem:
                problems.append(
                    f"{asked[result.key][0].name if result.key in asked else result.key[:40]}: {result.problem}"
                )
            else:
                before += 1
    finally:
        call_log.close()
    lacking = ((expected & asked.keys()) if expected is not None else asked.keys()) - kept
    say(
        f"{len(kept)} replies kept"
        + (f", {before} were kept before" if before else "")
        + (f", {len(lacking)} questions without a usable one; the next run asks them." if lacking else ".")
    )
    for problem in problems[:20]:
        say(f"  {problem}")
    if len(problems) > 20:
        say(f"  and {len(problems) - 20} more")
    return len(problems)
