"""Answering an assistant."""

from pathlib import Path

from scr_llm.cli.base import PROJECT, cli, say


@cli.command()
@PROJECT
def mcp(folder: Path) -> int:
    """Let an assistant read this project (Model Context Protocol, stdio).

    An assistant starts this command itself; docs/assistants.md shows how. It reads nothing unless project.toml has
    [mcp] allow and approved_by, and it can change nothing. What it reads goes to its maker.
    """
    from scr_llm.assistant import server_for
    from scr_llm.workspace import Workspace

    Workspace.open(folder)
    server = server_for(folder)
    say("Waiting for an assistant on standard input. Press Ctrl-C to end.")
    server.run("stdio")
    return 0
