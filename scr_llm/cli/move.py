"""Moving a project's record to another database."""

from pathlib import Path

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.text.words import count


@cli.command()
@PROJECT
@click.option(
    "--to",
    required=True,
    metavar="URL",
    help="postgresql+psycopg://user@host/database, without a password; or sqlite, for the file in the folder.",
)
@click.option("--schema", default="", help="The project's own schema in that database. Default: one is named for it.")
@click.option("--password-env", default="", help="The environment variable that holds the database's password.")
def move(folder: Path, to: str, schema: str, password_env: str) -> int:
    """Move the record to a PostgreSQL server, or back into the folder.

    It is copied and compared, row by row, before project.toml names its new place. Nobody can write to the old one from
    then on; it stays as it is. Interrupted, the same command goes on.
    """
    from scr_llm.workspace import Workspace

    moved = Workspace.open(folder).move(to, schema=schema, password_env=password_env)
    say(
        f"Moved: {count(moved.rows, 'row')}, of which {count(moved.decisions, 'decision')}. Each was compared, and the "
        "audit and the export are the same."
    )
    say(f"The record is now here: {moved.now}")
    say(f"Before, it was here, and that stays as it was, closed for writing: {moved.left}")
    say("Keep it until you have a backup of the new place; then remove it, because it holds case text too.")
    return 0
