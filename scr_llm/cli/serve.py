"""The workbench for a team, behind a reverse proxy."""

import sys
from pathlib import Path

import click

from scr_llm.cli.base import cli, say
from scr_llm.errors import UsageError


@cli.command()
@click.argument("folders", metavar="[PROJECT]...", nargs=-1, type=click.Path(path_type=Path, file_okay=False))
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings, a TOML file.")
@click.option("--bind", help="Where the proxy reaches the server.  [default: 127.0.0.1:8765]")
@click.option("--host", multiple=True, help="The host name under which people reach the proxy. May be repeated.")
@click.option("--user-header", help="The header in which the proxy names the person.  [default: X-Remote-User]")
@click.option("--secret-file", help="The file with the proxy's secret; made if missing.  [default: proxy.secret]")
@click.option("--workers", type=click.IntRange(1, 32), help="Processes that answer.  [default: 2]")
def serve(
    folders: tuple[Path, ...],
    config: Path | None,
    bind: str | None,
    host: tuple[str, ...],
    user_header: str | None,
    secret_file: str | None,
    workers: int | None,
) -> int:
    """Serve projects to a team, behind a reverse proxy that says who asks.

    Give the project folders, or --config with a file that names them. Each has its pages under /p/NAME/. Who may do
    what in a project is in its people.toml. The proxy must send the secret with each request; docs/team.md says how,
    and deploy/ has settings for nginx and Caddy. One line of JSON a request goes to standard output.
    """
    if sys.platform == "win32":
        raise UsageError("a shared server needs Linux or macOS.", next_step="On Windows, use: scr-llm open")
    from scr_llm.web.server import listen
    from scr_llm.web.team.settings import read_settings, secret_in, settings_for
    from scr_llm.web.team.workers import Supervisor

    if bool(folders) == bool(config):
        raise UsageError("say what to serve.", next_step="Give project folders, or --config FILE; not both.")
    options = {"bind": bind, "hosts": host, "user_header": user_header, "secret_file": secret_file, "workers": workers}
    given = {name: value for name, value in options.items() if value not in (None, ())}
    settings = read_settings(config, **given) if config else settings_for(folders, **given)
    address, _, port = settings.bind.rpartition(":")
    secret, made = secret_in(Path(settings.secret_file))
    if made:
        say(f"Made {settings.secret_file}. The proxy must send what it holds in the header X-Proxy-Secret.")
    with listen(int(port), address) as listener:
        settings = settings.model_copy(update={"bind": f"{address}:{listener.getsockname()[1]}"})
        names = ", ".join(f"/p/{name}/" for name in settings.projects)
        Supervisor(settings, secret, listener).run(
            lambda: say(f"Serving {names} at http://{settings.bind} to the reverse proxy. Press Ctrl-C to stop.")
        )
    return 0
