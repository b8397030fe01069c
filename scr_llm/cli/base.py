"""The command group, what all commands share, and how errors become exit codes."""

import sys
from pathlib import Path

import click

from scr_llm import __version__
from scr_llm.errors import NothingDoneError, ScrError

PROJECT = click.option(
    "--project", "folder", type=click.Path(path_type=Path), default=Path(), help="Project folder; the current one if not given."
)
FORMATS = ("docx", "html", "md", "xlsx")


def say(message: str) -> None:
    """A message for the person, to stderr."""
    click.echo(message, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scr-llm")
def cli() -> None:
    """Learn across Serious Case Reviews: PDFs in, grounded codings and a draft briefing out.

    Nothing leaves this computer unless project.toml names a remote model and who approved it.
    """


def main() -> None:
    """Run the command line; every expected error is one line and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        say("Stopped. What was finished is saved; run again to go on.")
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (ScrError, NothingDoneError) as error:
        say(f"scr-llm: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("Stopped. What was finished is saved; run again to go on.")
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
