"""Files in a project folder that open its workbench by a double click: one each for Windows, macOS and Linux.

The one for this computer names this Python; the others look for the command, since a folder may be shared.
"""

import shlex
import sys
from pathlib import Path

from scr_llm.files import named_errors, read_file, write_atomically

NAME = "Open the workbench"
_MARK = "scr-llm open"
"""Words in every launcher, so that a file of a person's own is never replaced."""
_BATCH = """@echo off
rem {mark}: opens this folder in the browser. Made by scr-llm; made again when it is opened.
chcp 65001 >nul
setlocal DisableDelayedExpansion
set "PYTHON={python}"
if exist "%PYTHON%" ("%PYTHON%" -m scr_llm open "%~dp0.") else (scr-llm open "%~dp0.")
if errorlevel 1 pause
"""
_COMMAND = """#!/bin/sh
# {mark}: opens this folder in the browser. Made by scr-llm; made again when it is opened.
case $0 in */*) cd -- "${{0%/*}}" || exit 1 ;; esac
PYTHON={python}
if [ -x "$PYTHON" ]; then exec "$PYTHON" -m scr_llm open .; fi
exec scr-llm open .
"""
_DESKTOP = """[Desktop Entry]
# {mark}: opens this folder in the browser. Made by scr-llm; made again when it is opened.
Type=Application
Name={name}
Exec={command}
Terminal=true
Icon=text-html
"""


def write_launchers(folder: Path) -> None:
    """Write the launchers into a project folder.

    One that is there stays, unless it is this system's and names another Python or folder. A person's own stays too.

    Raises:
        FileError: one cannot be written.
    """
    for name, content in launchers(folder, sys.executable, sys.platform).items():
        path = folder / name
        with named_errors(path):
            if path.exists() and (path.suffix != _own() or not path.is_file() or _stays(read_file(path), content)):
                continue
            write_atomically(path, content)
            if not name.endswith(".bat"):
                path.chmod(0o700)


def launchers(folder: Path, python: str, platform: str) -> dict[str, bytes]:
    """File name to content.

    Args:
        folder: the project folder.
        python: the Python that runs this program.
        platform: the system it runs on, as `sys.platform` names it; the others' launchers do not name its Python.
    """
    windows, mac = platform == "win32", platform == "darwin"
    batch = _BATCH.format(mark=_MARK, python=python.replace("%", "%%") if windows else "")
    command = _COMMAND.format(mark=_MARK, python=shlex.quote(python if mac else ""))
    opens = [python, "-m", "scr_llm"] if not windows and not mac else ["scr-llm"]
    exec_line = " ".join(map(_exec, [*opens, "open", str(folder.resolve())]))
    desktop = _DESKTOP.format(mark=_MARK, name=NAME, command=exec_line)
    return {
        f"{NAME}.bat": batch.replace("\n", "\r\n").encode("utf-8", "replace"),
        f"{NAME}.command": command.encode("utf-8", "surrogateescape"),
        f"{NAME}.desktop": desktop.encode("utf-8", "surrogateescape"),
    }


def _own() -> str:
    """Ending of the launcher for this system."""
    return {"win32": ".bat", "darwin": ".command"}.get(sys.platform, ".desktop")


def _stays(there: bytes, wanted: bytes) -> bool:
    """Whether a file is as it should be, or is a person's own."""
    return there == wanted or _MARK.encode() not in there


def _exec(argument: str) -> str:
    """An argument in the Exec line of a desktop entry.

    Quoted by the rules for Exec, and then by those for all strings of the file, in which a backslash is doubled.
    """
    quoted = "".join("\\" + c if c in '"`$\\' else c for c in argument.replace("%", "%%"))
    return f'"{quoted}"'.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
