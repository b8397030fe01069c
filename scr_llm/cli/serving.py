"""Serving the page on this computer, and saying where it is."""

from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import say

if TYPE_CHECKING:
    from scr_llm.project import Project
    from scr_llm.review.cells import Reviewer

PORT = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on this computer; 0 for any free one.",
)
NO_BROWSER = click.option("--no-browser", is_flag=True, help="Print the address without opening a browser.")


def serve_page(
    project: "Project",
    reviewer: "Reviewer | None",
    *,
    port: int,
    no_browser: bool,
    what: str,
    first: str,
) -> int:
    """Serve the page until Ctrl-C.

    Args:
        project: the project.
        reviewer: the person at this computer; None if the page is to ask who that is.
        port: port on 127.0.0.1; 0 for any free one.
        no_browser: whether the address is only printed.
        what: what the page is called where its address is printed.
        first: the page that the browser comes in at.
    """
    import secrets
    import webbrowser

    from scr_llm.web.app import make_app
    from scr_llm.web.server import listen, serve

    with listen(port) as listener:
        port = listener.getsockname()[1]
        token, base = secrets.token_urlsafe(24), f"/{secrets.token_urlsafe(16)}"
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        app = make_app(project, reviewer=reviewer, hosts=hosts, token=token, base=base, first=first)
        address = f"http://127.0.0.1:{port}{base}/?token={token}"
        say(
            f"{what}: {address}\n"
            "The address works once, in one browser on this computer. Press Ctrl-C to close the page; "
            "every decision is saved as it is made."
        )
        if not no_browser:
            webbrowser.open(address)
        serve(app, listener)
    return 0
