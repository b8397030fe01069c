"""Deciding and signing: the review page, the sheet, the record."""

from pathlib import Path

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.errors import UsageError


@cli.command()
@PROJECT
@click.option("--name", help="Who reviews; asked for where it is not given.")
@click.option("--role", help="In which role; asked for where it is not given.")
@click.option("--blind", is_flag=True, help="As second reviewer, who sees neither the coder's answers nor the first reviewer's.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port on this machine; 0 for any free one.")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--user-header", help="On a shared server: the header in which the reverse proxy names the person (see docs/review.md).")
@click.option("--public-host", multiple=True, help="On a shared server: the host name under which the proxy serves the page.")
def review(folder: Path, name: str | None, role: str | None, blind: bool, port: int, no_browser: bool, user_header: str | None, public_host: tuple[str, ...]) -> int:
    """Decide cells on a page in your browser. It is served on this machine only, and loads nothing from the internet."""
    import secrets
    import socket
    import webbrowser

    import uvicorn

    from scr_llm.desk import Reviewer
    from scr_llm.project import load_project
    from scr_llm.web import make_app

    project = load_project(folder)
    if user_header and (name or role or blind):
        raise UsageError("--user-header names the person; --name, --role and --blind do not go with it.", next_step="Name second reviewers and roles in [review] of project.toml.")
    reviewer = None if user_header else Reviewer(name or click.prompt("Your name", err=True), role or click.prompt("Your role", err=True), blind)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise UsageError(f"port {port} is in use.", next_step="Close the other review page, or give another --port.") from error
        port = listener.getsockname()[1]
        token = secrets.token_urlsafe(24)
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}", *public_host)
        app = make_app(project, reviewer=reviewer, user_header=user_header, hosts=hosts, token=token)
        address = f"http://127.0.0.1:{port}/" + ("" if user_header else f"?token={token}")
        say(f"Review page: {address}\nThe address works once, in one browser on this machine. Ctrl-C ends the page; every decision is saved as it is made.")
        if not no_browser:
            webbrowser.open(address)
        uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, server_header=False, limit_concurrency=64)).run(sockets=[listener])
    return 0


@cli.command("sign-off")
@PROJECT
@click.option("--name", required=True, help="Who signs.")
@click.option("--role", required=True, help="In which role.")
def sign_off(folder: Path, name: str, role: str) -> int:
    """Sign the briefing of what is decided now. Refused, with the list, while a counted cell stands in the way."""
    from scr_llm.project import load_project
    from scr_llm.signing import sign_off as sign

    signed, written = sign(load_project(folder), name, role)
    say(f"Signed as version {signed.version} by {signed.name}, {signed.role}: {len(signed.documents)} reviews, {signed.decisions} decisions.")
    say(f"Write these down elsewhere: decisions {signed.decisions_head}, paper {signed.paper_sha256}.")
    for path in written:
        say(f"Written: {path}")
    return 0


@cli.command()
@PROJECT
def audit(folder: Path) -> int:
    """Check the record: that no decision or sign-off was changed or removed, and that quotes and signed files are what they were."""
    from scr_llm.project import load_project
    from scr_llm.signing import audit as check
    from scr_llm.store import Store

    project = load_project(folder)
    wrong = check(project)
    with Store(project.store_path) as store:
        count, head = store.head()
    click.echo(f"{count} decisions; the chain ends in {head}.")
    for line in wrong:
        click.echo(line)
    click.echo("Everything holds." if not wrong else f"{len(wrong)} things are wrong.")
    return 1 if wrong else 0
