"""The command group, what all commands share, and how errors become exit codes."""

import codecs
import io
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import click

from scr_llm.errors import ScrError, UsageError
from scr_llm.files import PRIVATE_UMASK, file_error, read_file, write_atomically
from scr_llm.version import __version__

if TYPE_CHECKING:
    from scr_llm.models.consent import Consent
    from scr_llm.project import Project

PROJECT = click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Project folder. Default: the current folder.",
)
FORCE = click.option("--force", is_flag=True, help="Overwrite an existing file.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

FORMER_NAMES = {"agree": "compare", "emerging": "suggest-themes", "forget": "erase", "outgoing": "preview"}
"""Earlier names of commands and their present ones. The earlier names still work, but no help lists them."""

_CONTROL_CHARACTERS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)), "\ufffd")
"""They could control a terminal, and text from documents and servers is printed too."""


class _SafeTerminal:
    """Standard output on a terminal, with control characters replaced."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text, as a stream does."""
        return self._stream.write(text.translate(_CONTROL_CHARACTERS))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class _Commands(click.Group):
    """The commands, which also answer to their former names."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Usage and errors then show its present name."""
        return super().resolve_command(ctx, [FORMER_NAMES.get(args[0], args[0]), *args[1:]])


def say(message: str) -> None:
    """Print a message for the person, to stderr."""
    click.echo(message.translate(_CONTROL_CHARACTERS), err=True)


def nothing_leaves(project: "Project") -> str:
    """What leaves this computer where no model elsewhere is asked."""
    return "Nothing is sent to a model." if project.settings.store.url else "Nothing leaves this computer."


def asking(*, yes: bool) -> "Consent":
    """Ask at the keyboard before text is sent, unless `yes`."""
    from scr_llm.models.consent import Consent

    def agree(question: str) -> bool:
        return yes or click.confirm(f"{question} Continue?", abort=True, err=True)

    return Consent(agree, tell=say, how_to_see="To see exactly what would be sent: scr-llm preview.")


def write_out(path: Path, content: bytes, project: "Project", *, force: bool) -> None:
    """Write a file that a person named, and say so. A file with other content is overwritten only with `force`.

    Raises:
        UsageError: a different file exists there, or the path is one of the project's own files, which are never
            overwritten.
    """
    if project.owns(path):
        raise UsageError(f"{path} is one of the project's own files.", next_step="Choose another name.")
    if not force and path.is_file() and read_file(path) != content:
        raise UsageError(f"{path} already exists.", next_step="Choose another name, or overwrite it with --force.")
    write_atomically(path, content)
    say(f"Written: {path}")


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scr-llm")
@click.pass_context
def cli(ctx: click.Context) -> int | None:
    """Learn across Serious Case Reviews: turn PDFs into grounded codings and a draft briefing.

    Without a command, in a project folder, it opens the workbench in your browser.

    Nothing leaves this computer unless project.toml names a database server, or a remote model and the person who
    approved it.
    """
    if ctx.invoked_subcommand is not None:
        return None
    if not Path("project.toml").exists():
        click.echo(ctx.get_help())
        return 2
    opened: int = ctx.invoke(cli.commands["open"])
    return opened


def _escaped(error: UnicodeError) -> tuple[str, int]:
    r"""A character that the code page of the output lacks, as `\uXXXX`, which is also what JSON calls it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2)), error.end


def _write_any_character() -> None:
    """Let no character stop a command where output is not UTF-8, as in a pipe on Windows."""
    codecs.register_error("scr_llm.escaped", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="scr_llm.escaped")


def main() -> None:
    """Run the command line. Every expected error becomes one line and an exit code."""
    os.umask(PRIVATE_UMASK)
    _write_any_character()
    if sys.stdout.isatty():
        sys.stdout = cast(TextIO, _SafeTerminal(sys.stdout))
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("Stopped. Finished work is saved; run the command again to continue.")
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except ScrError as error:
        say(f"scr-llm: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the program that read our output has ended; Python must not fail again on flushing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(3)
    except OSError as error:
        say(f"scr-llm: {file_error(error)}")
        sys.exit(3)
    except Exception as error:  # a defect of ours: the person gets enough to report it, but no traceback
        say(_defect(error))
        if os.environ.get("SCR_LLM_TRACEBACK"):
            traceback.print_exc()
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)


def _defect(error: Exception) -> str:
    """The message for an error that we did not expect."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return (
        f"scr-llm: unexpected error: {type(error).__name__}: {error} ({where}). Finished work is saved. "
        "Please report this; set SCR_LLM_TRACEBACK=1 to see more."
    )
