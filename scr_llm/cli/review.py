"""Deciding and signing: the review page, sign-off, and the audit of the record."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.cli.serving import NO_BROWSER, PORT, serve_page
from scr_llm.errors import UsageError
from scr_llm.text.words import count

if TYPE_CHECKING:
    from scr_llm.records import AnsweredCaution, OwnWords
    from scr_llm.review.cells import Reviewer
    from scr_llm.workspace import Workspace


@cli.command()
@PROJECT
@click.option("--name", help="Your name; asked for if not given.")
@click.option("--role", help="Your role; asked for if not given.")
@click.option(
    "--blind",
    is_flag=True,
    help="Review as second reviewer, who sees neither the coder's answers nor the first reviewer's.",
)
@PORT
@NO_BROWSER
def review(folder: Path, name: str | None, role: str | None, blind: bool, port: int, no_browser: bool) -> int:
    """Decide cells on a page in your browser: the workbench, opened at the matrix.

    The page is served on this computer only and loads nothing from the internet.
    """
    from scr_llm.workspace import Workspace

    project = Workspace.open(folder).project
    reviewer = _reviewer(name, role, blind=blind)
    return serve_page(project, reviewer, port=port, no_browser=no_browser, what="Review page", first="/matrix")


def _reviewer(name: str | None, role: str | None, *, blind: bool) -> "Reviewer":
    """The person at this computer."""
    from scr_llm.review.cells import Reviewer
    from scr_llm.text.typed import typed

    if not ((name and role) or sys.stdin.isatty()):
        raise UsageError("the reviewer is not known.", next_step="Give --name and --role.")
    given_name = name or click.prompt("Your name", err=True)
    given_role = role or click.prompt("Your role", err=True)
    return Reviewer(typed(given_name, "the name"), typed(given_role, "the role"), blind)


@cli.command("sign-off")
@PROJECT
@click.option("--name", required=True, help="Your name.")
@click.option("--role", required=True, help="Your role.")
@click.option(
    "--alone", default="", metavar="REASON", help="If you decided most cells yourself: why nobody else signs."
)
@click.option(
    "--paper",
    "edited",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A draft as you edited it in Word: it is signed instead of what the program would write.",
)
@click.option(
    "--mine",
    multiple=True,
    metavar="TEXT=REASON",
    help="With --paper: words that the record does not bear out, and why you answer for them. May be repeated.",
)
def sign_off(folder: Path, name: str, role: str, alone: str, edited: Path | None, mine: tuple[str, ...]) -> int:
    """Sign the briefing of what is decided now.

    With --paper, every number, quotation and case label of the edited paper is compared with the record first.

    While anything prevents that, signing is refused with a list of what does. How the deciding went is shown first,
    and so are details that might identify a child. On a terminal you answer each; elsewhere your signature
    acknowledges them. Unless project.toml says otherwise, whoever decided most cells signs only with --alone.
    """
    from scr_llm.text.typed import typed
    from scr_llm.workspace import Workspace

    name, role = typed(name, "the name"), typed(role, "the role")
    own_words = [_own_words(given) for given in mine]
    if own_words and not edited:
        raise UsageError("--mine is for a paper that you edited.", next_step="Name it: --paper FILE.docx")
    workspace = Workspace.open(folder)
    cautions = workspace.ready_to_sign()
    _say_how_decided(workspace, name, alone)
    answers = _answers(cautions)
    if not edited and (source := workspace.edits_left_out()):
        say(
            f"{source} has a person’s words, which this signature leaves out. "
            "To sign an edited paper: --paper FILE.docx"
        )
    signed, written = workspace.sign_off(name, role, answers, alone=alone, edited=edited, own_words=own_words)
    if edited:
        say(f"The paper differs from the draft in {count(len(signed.differences), 'place')}.")
    for line in signed.differences:
        say(f"  {line}")
    if cautions and not answers:
        say("Your signature acknowledged them, and the record says so.")
    reviews, decisions = count(len(signed.documents), "review"), count(signed.decisions, "decision")
    say(f"Signed as version {signed.version} by {signed.name}, {signed.role}: {reviews}, {decisions}.")
    say(f"Keep a note of these elsewhere: decisions {signed.decisions_head}, paper {signed.paper_sha256}.")
    for path in written:
        say(f"Written: {path}")
    return 0


def _say_how_decided(workspace: "Workspace", name: str, alone: str) -> None:
    """Say how the deciding went. Raises RefusedError if this person needs a reason to sign alone and gives none."""
    from scr_llm.stages.synthesise.people import deciding_in_words

    for line in deciding_in_words(workspace.deciding()):
        say(line)
    if not workspace.why_alone(name, alone) and alone:
        say("The reason for signing alone is not recorded: somebody else decided most of the cells.")


def _answers(cautions: tuple[str, ...]) -> "dict[str, AnsweredCaution]":
    """Show the cautions, and ask on a terminal for an answer to each."""
    answers = {}
    if cautions:
        say("Before you sign, check these details, which might identify a child:")
    for number, text in enumerate(cautions, 1):
        say(f"  {number}. {text}")
        if sys.stdin.isatty():
            answers[text] = _answer(text)
    return answers


def _own_words(given: str) -> "OwnWords":
    """What the person who signs answers for: TEXT=REASON."""
    from scr_llm.records import OwnWords
    from scr_llm.text.typed import LONGEST_REASON, typed

    text, _, reason = given.partition("=")
    if not text.strip() or not reason.strip():
        raise UsageError(f"“{given}” has no reason.", next_step="Give the words and the reason: --mine “TEXT=REASON”")
    return OwnWords(text=" ".join(text.split()), reason=typed(reason, "the reason", longest=LONGEST_REASON))


def _answer(text: str) -> "AnsweredCaution":
    """Ask what a person answers to one caution."""
    from scr_llm.records import AnsweredCaution

    question = "     Is it acceptable as it stands (s), was it dealt with (d), or stop here (q)?"
    given = click.prompt(question, type=click.Choice(["s", "d", "q"]), err=True)
    if given == "q":
        raise click.Abort
    note = click.prompt("     How was it dealt with?", err=True) if given == "d" else ""
    return AnsweredCaution(text=text, answer="resolved" if given == "d" else "acknowledged", note=note)


@cli.command()
@PROJECT
def audit(folder: Path) -> int:
    """Check the record for changes made from outside.

    Compares it with what every sign-off recorded, with the signed papers and with the files in the inbox.
    """
    from scr_llm.workspace import Workspace

    report = Workspace.open(folder).audit()
    click.echo(f"{count(report.decisions, 'decision')}; the chain ends in {report.head}.")
    for signed in report.signed_alone:
        who = f"{signed.name}, {signed.role}, who decided most of the cells"
        click.echo(f"Version {signed.version} was signed alone by {who}. The reason given: {signed.alone}")
    for line in report.faults:
        click.echo(line)
    if report.faults:
        click.echo(f"{count(len(report.faults), 'fault')} found.")
        return 1
    state = report.state
    if state and state.signed and state.since:
        changes = "; ".join(state.since)
        click.echo(f"The record is intact. Since version {state.signed.version} was signed: {changes}.")
    else:
        click.echo("Everything is intact.")
    return 0
