"""Deciding and signing: the review page, the sheet, the record."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import FORCE, PROJECT, cli, say, write_out
from scr_llm.errors import UsageError

if TYPE_CHECKING:
    from scr_llm.records import AnsweredCaution


@cli.command()
@PROJECT
@click.option("--name", help="Who reviews; asked for where it is not given.")
@click.option("--role", help="In which role; asked for where it is not given.")
@click.option(
    "--blind", is_flag=True, help="As second reviewer, who sees neither the coder's answers nor the first reviewer's."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on this machine; 0 for any free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option(
    "--user-header",
    help="On a shared server: the header in which the reverse proxy names the person (see docs/review.md).",
)
@click.option(
    "--public-host", multiple=True, help="On a shared server: the host name under which the proxy serves the page."
)
def review(
    folder: Path,
    name: str | None,
    role: str | None,
    blind: bool,
    port: int,
    no_browser: bool,
    user_header: str | None,
    public_host: tuple[str, ...],
) -> int:
    """Decide cells on a page in your browser. It is served on this machine only, and loads nothing from the internet."""
    import secrets
    import sys
    import webbrowser

    from scr_llm.project import load_project
    from scr_llm.review.cells import Reviewer
    from scr_llm.text.typed import typed
    from scr_llm.web.app import make_app
    from scr_llm.web.server import listen, serve

    project = load_project(folder)
    if user_header and (name or role or blind):
        raise UsageError(
            "--user-header names the person; --name, --role and --blind do not go with it.",
            next_step="Name second reviewers and roles in [review] of project.toml.",
        )
    if not (user_header or (name and role) or sys.stdin.isatty()):
        raise UsageError("who reviews is not known.", next_step="Give --name and --role.")
    reviewer = None
    if not user_header:
        asked = (name or click.prompt("Your name", err=True), role or click.prompt("Your role", err=True))
        reviewer = Reviewer(typed(asked[0], "the name"), typed(asked[1], "the role"), blind)
    with listen(port) as listener:
        port = listener.getsockname()[1]
        token, base = secrets.token_urlsafe(24), "" if user_header else f"/{secrets.token_urlsafe(16)}"
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}", *public_host)
        app = make_app(project, reviewer=reviewer, user_header=user_header, hosts=hosts, token=token, base=base)
        address = f"http://127.0.0.1:{port}{base}/" + ("" if user_header else f"?token={token}")
        say(
            f"Review page: {address}\nThe address works once, in one browser on this machine. Ctrl-C ends the page; every decision is saved as it is made."
        )
        if not no_browser:
            webbrowser.open(address)
        serve(app, listener)
    return 0


@cli.group()
def sheet() -> None:
    """Review without the page: a spreadsheet that goes out and comes back, or a list of open questions for Word."""


_NAME = click.option("--name", required=True, help="Who decides.")
_ROLE = click.option("--role", required=True, help="In which role.")
_BLIND = click.option("--blind", is_flag=True, help="For a second reviewer, who sees nobody's answers.")


@sheet.command("write")
@PROJECT
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@_NAME
@_ROLE
@_BLIND
@click.option("--open", "only_open", is_flag=True, help="Only what is still open.")
@click.option("--questions", is_flag=True, help="Write the open questions as a Word file instead.")
@FORCE
def sheet_write(
    folder: Path, out: Path, name: str, role: str, blind: bool, only_open: bool, questions: bool, force: bool
) -> int:
    """Write the review sheet OUT (.xlsx), or with --questions the list of open questions (.docx)."""
    from scr_llm.project import load_project
    from scr_llm.render import printed
    from scr_llm.review.cells import Reviewer
    from scr_llm.review.questions import questions as open_questions
    from scr_llm.review.session import ReviewSession
    from scr_llm.review.spreadsheet import write
    from scr_llm.text.typed import typed

    wanted = ".docx" if questions else ".xlsx"
    if out.suffix != wanted:
        raise UsageError(f"{out.name} does not end in {wanted}.", next_step=f"Give a file name that ends in {wanted}.")
    project = load_project(folder)
    session, who = ReviewSession(project), Reviewer(typed(name, "the name"), typed(role, "the role"), blind)
    content = printed(open_questions(session, who), "docx") if questions else write(session, who, only_open=only_open)
    session.close()
    write_out(out, content, project, force=force)
    say("It holds passages of the reviews: send it as you would send the reviews.")
    return 0


@sheet.command("read")
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_NAME
@_ROLE
@_BLIND
@click.option("--yes", is_flag=True, help="Take the changes in without asking.")
def sheet_read(folder: Path, file: Path, name: str, role: str, blind: bool, yes: bool) -> int:
    """Show what the review sheet FILE that came back would change, ask, and take it in. Rows that cannot be taken in are named one by one."""
    from scr_llm.project import load_project
    from scr_llm.review.cells import Reviewer
    from scr_llm.review.returned import import_decisions, read
    from scr_llm.review.session import ReviewSession
    from scr_llm.review.sheet_file import LARGEST

    session, who = ReviewSession(load_project(folder)), Reviewer(name, role, blind)
    if file.stat().st_size > LARGEST:
        raise UsageError(
            f"{file.name} is larger than {LARGEST // 1_000_000} MB.",
            next_step="Send the xlsx file that scr-llm sheet wrote.",
        )
    returned = read(session, who, file.read_bytes())
    for change in returned.changes:
        click.echo(f"row {change.row}: {change.summary}")
    refused = list(returned.refused)
    if returned.changes and not yes:
        say(
            f"{len(returned.changes)} decisions by {name}, {role}. {returned.blank} rows have none and stay as they are."
        )
        if not click.confirm("Take them in?", err=True):
            say("Nothing was taken in.")
            return 1
    late = import_decisions(session, who, returned.changes)
    refused += late
    session.close()
    for row, why in refused:
        click.echo(f"row {row} refused: {why}")
    say(
        f"Taken in: {len(returned.changes) - len(late)}. Refused: {len(refused)}. Without a decision: {returned.blank}."
    )
    return 1 if refused else 0


@cli.command("sign-off")
@PROJECT
@click.option("--name", required=True, help="Who signs.")
@click.option("--role", required=True, help="In which role.")
def sign_off(folder: Path, name: str, role: str) -> int:
    """Sign the briefing of what is decided now. Refused, with the list, while something stands in the way.

    What might tell a reader who a child is, is shown first; on a terminal you answer each, elsewhere your signature acknowledges them.
    """
    import sys

    from scr_llm.project import load_project
    from scr_llm.review.sign_off import ready
    from scr_llm.review.sign_off import sign_off as sign
    from scr_llm.text.typed import typed

    name, role = typed(name, "the name"), typed(role, "the role")
    project = load_project(folder)
    shown = ready(project)
    if shown:
        say("Before you sign, look at what may tell a reader who a child is:")
    answers = {}
    for number, text in enumerate(shown, 1):
        say(f"  {number}. {text}")
        if sys.stdin.isatty():
            answers[text] = _answer(text)
    signed, written = sign(project, name, role, answers)
    if shown and not answers:
        say("They were acknowledged with the signature; the record says so.")
    say(
        f"Signed as version {signed.version} by {signed.name}, {signed.role}: {len(signed.documents)} {'review' if len(signed.documents) == 1 else 'reviews'}, {signed.decisions} {'decision' if signed.decisions == 1 else 'decisions'}."
    )
    say(f"Write these down elsewhere: decisions {signed.decisions_head}, paper {signed.paper_sha256}.")
    for path in written:
        say(f"Written: {path}")
    return 0


def _answer(text: str) -> "AnsweredCaution":
    from scr_llm.records import AnsweredCaution

    given = click.prompt(
        "     May it stand (s), was it dealt with (d), or stop here (q)?", type=click.Choice(["s", "d", "q"]), err=True
    )
    if given == "q":
        raise click.Abort
    note = click.prompt("     How was it dealt with?", err=True) if given == "d" else ""
    return AnsweredCaution(text=text, answer="resolved" if given == "d" else "acknowledged", note=note)


@cli.command()
@PROJECT
def audit(folder: Path) -> int:
    """Check the record against itself, against what every sign-off recorded, and against the files in the inbox and the signed papers."""
    from scr_llm.audit import audit as check
    from scr_llm.project import load_project
    from scr_llm.reports.paper_state import paper_state
    from scr_llm.review.sign_off import finish
    from scr_llm.store import Store

    project = load_project(folder)
    with Store(project.store_path) as store:
        readable = not (store.damage() or store.unreadable())
        if readable:
            finish(project, store)
        wrong = check(project)
        count, head = store.head()
        state = paper_state(project, store) if readable and not wrong else None
    click.echo(f"{count} decisions; the chain ends in {head}.")
    for line in wrong:
        click.echo(line)
    if wrong:
        click.echo(f"{len(wrong)} {'thing is' if len(wrong) == 1 else 'things are'} wrong.")
        return 1
    if state and state.signed and state.since:
        click.echo(f"The record holds. Since version {state.signed.version} was signed: {'; '.join(state.since)}.")
    else:
        click.echo("Everything holds.")
    return 0
