"""Batches of questions: written, sent, collected; or taken to another machine and back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.errors import NothingDoneError

if TYPE_CHECKING:
    from scr_llm.llm import Endpoint, Question
    from scr_llm.project import Project


@cli.group()
def batch() -> None:
    """Ask a model by batch: cheaper and slower at hosted endpoints, or on another machine. Afterwards `scr-llm run` codes from the replies."""


def _asked(project: "Project") -> "tuple[Endpoint, dict[str, tuple[Question, str]]]":
    """The questions of all documents that wait, without a kept reply: key to question and document."""
    from scr_llm.choose import endpoint_of, llm_coder, manners_of
    from scr_llm.outgoing import open_questions
    from scr_llm.pipeline import prepare

    endpoint = endpoint_of(project)
    prepare(project)
    coder = llm_coder(project, None, manners_of(project))
    return endpoint, {q.key(endpoint): (q, d.id) for d, q, kept in open_questions(project, coder, endpoint) if not kept}


def _content(endpoint: "Endpoint", asked: "dict[str, tuple[Question, str]]") -> bytes:
    from scr_llm.llm.batch import lines

    if not asked:
        raise NothingDoneError("there is nothing new to ask.", next_step="Run: scr-llm run --coder llm")
    return "".join(lines((q for q, _ in asked.values()), endpoint)).encode()


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(path_type=Path))
def write(folder: Path, file: Path) -> int:
    """Write the open questions to FILE (JSON lines). Sends nothing; FILE holds case text."""
    from scr_llm.files import write_atomically
    from scr_llm.project import load_project

    endpoint, asked = _asked(load_project(folder))
    write_atomically(file, _content(endpoint, asked))
    say(f"Written: {file}, {len(asked)} questions. It holds case text. Bring the results back with: scr-llm batch read RESULTS")
    return 0


@batch.command()
@PROJECT
@click.option("--yes", is_flag=True, help="Do not ask before text is sent to a remote model that is approved.")
def send(folder: Path, yes: bool) -> int:
    """Send the open questions to the model's endpoint as one batch."""
    from scr_llm.choose import allowed_to_send
    from scr_llm.ledger import Ledger
    from scr_llm.llm.batch import Batches
    from scr_llm.project import load_project
    from scr_llm.store import Store

    project = load_project(folder)
    endpoint, asked = _asked(project)
    with Store(project.store_path) as store:
        under_way = {key for b in store.batches() if not b["collected"] for key in b["questions"]}
    asked = {key: q for key, q in asked.items() if key not in under_way}
    content = _content(endpoint, asked)
    allowed_to_send(project, yes=yes)
    ledger = Ledger(project, endpoint)
    batches = Batches(endpoint, ledger.note)
    try:
        name = batches.send(content)
    finally:
        batches.close()
        ledger.close()
    with Store(project.store_path) as store:
        store.save_batch(name, at=datetime.now(UTC).isoformat(timespec="seconds"), endpoint=endpoint.base_url, keys=sorted(asked), collected=False)
    say(f"Sent: {len(asked)} questions, {len(content):,} bytes, as batch {name}. Fetch the replies with: scr-llm batch collect")
    return 0


@batch.command()
@PROJECT
def collect(folder: Path) -> int:
    """Fetch the results of the batches that are done, and keep each reply that is usable."""
    from scr_llm.choose import allowed_to_send, endpoint_of
    from scr_llm.llm.batch import UNDER_WAY, Batches
    from scr_llm.project import load_project
    from scr_llm.store import Store

    project = load_project(folder)
    endpoint = endpoint_of(project)
    allowed_to_send(project, yes=True)
    batches = Batches(endpoint, lambda body, about: None)
    code = 0
    with Store(project.store_path) as store:
        waiting = [b for b in store.batches() if not b["collected"]]
    if not waiting:
        raise NothingDoneError("no batch is under way.", next_step="Send one: scr-llm batch send")
    try:
        for known in waiting:
            state, done, of = batches.state(known["id"])
            if state in UNDER_WAY:
                say(f"Batch {known['id']} is under way ({done} of {of} done). Collect it later.")
                code = 1
                continue
            _keep(project, endpoint, batches.fetch(known["id"]), set(known["questions"]))
            with Store(project.store_path) as store:
                store.save_batch(known["id"], at=known["at"], endpoint=known["endpoint"], keys=known["questions"], collected=True)
            if state != "completed":
                say(f"Batch {known['id']} ended as {state}. What it lacks is asked by the next run or batch.")
                code = 1
    finally:
        batches.close()
    return code


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(folder: Path, file: Path) -> int:
    """Take in results that were made elsewhere (JSON lines, as hosted batches and vLLM's batch runner write them)."""
    from scr_llm.choose import endpoint_of
    from scr_llm.project import load_project

    project = load_project(folder)
    return 1 if _keep(project, endpoint_of(project), file.read_text("utf-8", errors="replace"), None) else 0


def _keep(project: "Project", endpoint: "Endpoint", text: str, expected: "set[str] | None") -> int:
    """Keep what is usable, say what is not. Returns how many problems there are."""
    from scr_llm.ledger import Ledger
    from scr_llm.llm.batch import results

    _, asked = _asked(project)
    ledger = Ledger(project, endpoint)
    kept: set[str] = set()
    problems: list[str] = []
    try:
        for result in results(text, {key: q for key, (q, _) in asked.items()}, endpoint):
            if result.reply is None:
                problems.append(f"{asked[result.key][0].name if result.key in asked else result.key[:40]}: {result.problem}")
            else:
                question, document_id = asked[result.key]
                ledger.keep(question, endpoint, result.reply, document_id)
                kept.add(result.key)
    finally:
        ledger.close()
    lacking = ((expected & asked.keys()) if expected is not None else asked.keys()) - kept
    say(f"{len(kept)} replies kept, {len(lacking)} questions without a usable one; the next run asks them." if lacking else f"{len(kept)} replies kept.")
    for problem in problems[:20]:
        say(f"  {problem}")
    if len(problems) > 20:
        say(f"  and {len(problems) - 20} more")
    return len(problems)

