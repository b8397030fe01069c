"""The settings of a shared server: serve.toml, or the options of the command."""

import re
import secrets
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from scr_llm.errors import UsageError
from scr_llm.files import read_file, write_atomically
from scr_llm.records import Record

SECRET_HEADER = "x-proxy-secret"
"""The header by which the proxy proves that a request comes from it."""
FEWEST = 32
"""Characters that the secret must have."""
_R = TypeVar("_R", bound=Record)


def _address(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError("it is no address; write one such as 127.0.0.1:8765")
    return text


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text) or text.lower() in (SECRET_HEADER, "host", "origin", "cookie"):
        raise ValueError("it is no header that can name a person; write one such as X-Remote-User")
    return text


def _names(projects: dict[str, str]) -> dict[str, str]:
    if not projects:
        raise ValueError("it names no project")
    for name in projects:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
            raise ValueError(f"“{name}” cannot stand in an address; use small letters, digits, - and _")
    return projects


class ServerSettings(Record):
    """All of serve.toml."""

    projects: Annotated[dict[str, str], AfterValidator(_names)]
    """Name in the address to project folder."""
    bind: Annotated[str, AfterValidator(_address)] = "127.0.0.1:8765"
    """Address and port at which the proxy reaches the server."""
    hosts: tuple[str, ...] = ()
    """Host names under which people reach the proxy, such as reviews.example.org; with the port if it is unusual."""
    user_header: Annotated[str, AfterValidator(_header)] = "X-Remote-User"
    """The header in which the proxy names the person."""
    secret_file: str = "proxy.secret"
    """The file that holds the secret which the proxy sends; it is made where there is none."""
    workers: int = Field(default=2, ge=1, le=32)
    """Processes that answer."""


def read_settings(path: Path, **given: object) -> ServerSettings:
    """The settings in a file. Paths in it start from its folder; `given` replaces what it says.

    Raises:
        UsageError: it cannot be used; names the setting.
    """
    found = parsed(path, ServerSettings, given)
    return found.model_copy(
        update={
            "projects": {name: str(path.parent / folder) for name, folder in found.projects.items()},
            "secret_file": str(path.parent / found.secret_file),
        }
    )


def settings_for(folders: Sequence[Path], **given: object) -> ServerSettings:
    """The settings for project folders, each of which is called as the folder is.

    Raises:
        UsageError: two folders are called alike, or a setting cannot be used.
    """
    names = [re.sub(r"[^a-z0-9_]+", "-", folder.resolve().name.lower()).strip("-_") for folder in folders]
    if len(set(names)) < len(names):
        raise UsageError("two project folders have the same name.", next_step="Name them in a file: --config FILE")
    projects = {name: str(folder) for name, folder in zip(names, folders, strict=True)}
    try:
        return ServerSettings.model_validate({"projects": projects} | given)
    except ValidationError as error:
        raise wrong("the command", error) from error


def parsed(path: Path, kind: type[_R], given: dict[str, Any] | None = None) -> _R:
    """A TOML file as a record.

    Raises:
        UsageError: it cannot be used; names the key.
        FileError: it cannot be read.
    """
    try:
        written = tomllib.loads(read_file(path).decode("utf-8-sig"))
        return kind.model_validate(written | (given or {}))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: it cannot be read: {error}.", next_step="Text belongs in quotation marks."
        ) from error
    except ValidationError as error:
        raise wrong(str(path), error) from error


def wrong(where: str, error: ValidationError) -> UsageError:
    """The first thing that is wrong with settings."""
    first = error.errors()[0]
    key, what = ".".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")
    return UsageError(
        f"{where}: {key}: {what[:1].lower()}{what[1:]}.", next_step="Put it right; docs/team.md lists the settings."
    )


def secret_in(path: Path) -> tuple[str, bool]:
    """The secret that a file holds, and whether it was made just now because there was none.

    Raises:
        UsageError: it is too short to be one, or others can read it.
        FileError: it cannot be read or written.
    """
    if made := not path.exists():
        write_atomically(path, f"{secrets.token_urlsafe(32)}\n".encode())
    elif path.stat().st_mode & 0o007:
        raise UsageError(f"{path}: every user of this computer can read it.", next_step=f"Run: chmod 600 {path}")
    secret = read_file(path).decode("utf-8", "replace").strip()
    if not re.fullmatch(rf"[A-Za-z0-9_.~+/=-]{{{FEWEST},}}", secret):  # a proxy's settings need no quotation marks
        raise UsageError(
            f"{path}: it holds no secret of at least {FEWEST} letters and digits.",
            next_step="Delete it: a new one is made at the next start, and the proxy needs it too.",
        )
    return secret, made
