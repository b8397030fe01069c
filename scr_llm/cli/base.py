"""The command group, what all commands share, and how errors become exit codes."""

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from scr_llm import __version__
from scr_llm.errors import ScrError, UsageError
from scr_llm.files import PRIVATE_UMASK, file_error, read_file, write_atomically

if TYPE_CHECKING:
    from scr_llm.models.consent import Consent
    from scr_llm.project import Project

PROJECT = click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Project folder; the current one if not given.",
)
FORCE = click.option("--force", is_flag=True, help="Write over a file that is there.")
FORMATS = ("docx", "html", "md", "xlsx")


_STEERING = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")
"""Control characters that would steer a terminal: what documents and servers say is printed too."""


class _Plain:
    """Standard output on a terminal, without what would steer it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As of a stream."""
        return self._stream.write(text.translate(_STEERING))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def say(message: str) -> None:
    """A message for the person, to stderr."""
    click.echo(message.translate(_STEERING), err=True)


def asking(*, yes: bool) -> "Consent":
    """Asks the person at the keyboard before text is sent, unless they said yes beforehand."""
    from scr_llm.models.consent import Consent

    return Consent(agree=lambda question: yes or click.confirm(question, abort=True, err=True), tell=say)


def write_out(path: Path, content: bytes, project: "Project", *, force: bool) -> None:
    """Write a file that a person named, and say so; one that holds something else stays, unless they say that it may go.

    Raises:
        UsageError: there is such a file; or it is one that the project lives by, which nothing may write over.
    """
    own = (project.store_path, project.root / "project.toml", project.codebook_path, project.root / "template.docx")
    resolved = path.resolve()
    if resolved in {p.resolve() for p in own} or resolved.is_relative_to(project.inbox.resolve()):
        raise UsageError(f"{path} belongs to the project itself.", next_step="Give another name.")
    if not force and path.is_file() and read_file(path) != content:
        raise UsageError(f"{path} is there already.", next_step="Give another name, or write over it with --force.")
    write_atomically(path, content)
    say(f"Written: {path}")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scr-llm")
def cli() -> None:
    """Learn across Serious Case Reviews: PDFs in, grounded codings and a draft briefing out.

    Nothing leaves this computer unless project.toml names a remote model and who approved it.
    """


def main() -> None:
    """Run the command line; every expected error is one line and an exit code."""
    os.umask(PRIVATE_UMASK)
    if sys.stdout.isatty():
        sys.stdout = cast(TextIO, _Plain(sys.stdout))
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("Stopped. What was finished is saved; run again to go on.")
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except ScrError as error:
        say(f"scr-llm: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)
    except OSError as error:
        say(f"scr-llm: {file_error(error)}")
        sys.exit(3)
    except Exception as error:  # a defect of ours: no traceback for the person, but enough to report it
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
        say(
            f"scr-llm: this should not have happened: {what}. What was finished is saved. Please report it; SCR_LLM_TRACEBACK=1 shows more."
        )
        if os.environ.get("SCR_LLM_TRACEBACK"):
            traceback.print_exc()
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
