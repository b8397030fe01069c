"""A model file on this computer: identifying it, and serving it while it is asked."""

from __future__ import annotations

import importlib.util
import json
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import psutil

from scr_llm.errors import MissingExtraError, NothingDoneError, UsageError
from scr_llm.files import named_errors, sha256_of
from scr_llm.llm.endpoint import Endpoint

START_S = 300.0
"""Seconds allowed for loading a model."""
PACKAGE = "xllamacpp"
"""The package that serves a model file; from the extra `local`."""
NOT_SERVED = "http://127.0.0.1:9/v1"
"""Address of a model file that is not being served: nothing answers there."""
_MAGIC = b"GGUF"
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.I)
_ERROR = re.compile(r"^\S+ E (?:.*error loading model: )?(.+)$")
"""A line of llama.cpp's log that reports an error, and the error."""
_MEMORY = re.compile(r"alloc|out of memory", re.I)
_BY_ITSELF = 1
"""Exit code if loading failed with a reported error, and nothing ended the program from outside."""
_LOG_READ = 20_000
"""Bytes of the server's log that are searched for the cause of a failure."""
_SLICE_S = 0.1


def hash_of_model(file: Path) -> str:
    """SHA-256 of a model file, once it is known to be one. An unchanged file is hashed once per command.

    Raises:
        UsageError: it is missing, is not a GGUF file, or is only part of one.
        FileError: it cannot be read.
    """
    if not file.is_file():
        raise UsageError(
            f"the model file {file} does not exist.",
            next_step="Correct [llm] file in project.toml, or put the file there.",
        )
    with named_errors(file):
        with file.open("rb") as opened:
            magic = opened.read(len(_MAGIC))
        if magic != _MAGIC:
            raise UsageError(
                f"{file} is not a GGUF file.",
                next_step="Get the model in the GGUF format (a file for llama.cpp) and name that under [llm] file.",
            )
        if _PART.search(file.name):  # the hash of one part would not say which model it is
            raise UsageError(
                f"{file} is one part of a model.",
                next_step="Join the parts into one file (llama-gguf-split --merge) and name that under [llm] file.",
            )
        state = file.stat()
        return _hash(file.resolve(), state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _hash(file: Path, _size: int, _mtime_ns: int) -> str:
    """The hash. Size and time are part of the cache key, so that a changed file is hashed again."""
    return sha256_of(file)


@contextmanager
def serving(
    endpoint: Endpoint, file: Path, *, context_tokens: int, max_concurrency: int, limit_s: float = START_S
) -> Iterator[Endpoint]:
    """The endpoint at which the model file answers until the end of the block: a free port of 127.0.0.1, with a key.

    Raises:
        MissingExtraError: the extra is not installed.
        NothingDoneError: there is too little memory, or the server did not start.
    """
    _check_installed()
    _check_memory(file)
    key = secrets.token_urlsafe(32)
    given = {
        "file": str(file.resolve()),
        "model": endpoint.model,
        "key": key,
        "context_tokens": context_tokens,
        "max_concurrency": max_concurrency,
        "threads": _threads(),
    }
    with tempfile.TemporaryFile() as log:
        # -P, and by its path: nothing in the current folder is imported. In its own session, so that Ctrl-C reaches
        # only this process, which then ends the server in an orderly way.
        server = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("local_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            address = _address(server, json.dumps(given).encode() + b"\n", limit_s)
            if address is None:
                raise _not_started(file, server, log, limit_s)
            yield replace(endpoint, base_url=f"{address}/v1", api_key=key)
        finally:
            server.kill()  # it has nothing to finish or to save
            server.wait()
            for stream in (server.stdin, server.stdout):
                if stream:
                    stream.close()


def _threads() -> int:
    """All cores but one. With as many threads as cores, each waits for one that other programs hold up.

    Measured on two cores beside other work: 1 token written a second with two threads, 12 with one.
    """
    return max(1, (psutil.cpu_count(logical=False) or 1) - 1)


def can_serve() -> bool:
    """Whether the package that serves a model file is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def _check_installed() -> None:
    if not can_serve():
        raise MissingExtraError(f"the model file that is set needs {PACKAGE}", "local")


def _check_memory(file: Path) -> None:
    needed, free = file.stat().st_size, psutil.virtual_memory().available
    if needed > free:
        raise NothingDoneError(
            f"{file.name} needs more than {_gigabytes(needed)} of memory, and {_gigabytes(free)} are free.",
            next_step="Close other programs, or use a smaller model (fewer parameters, or quantised to fewer bits).",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _address(server: subprocess.Popen[bytes], given: bytes, limit_s: float) -> str | None:
    """The address that the server reports once the model is loaded; None if it ended or did not report one in time."""
    said: list[bytes] = []

    def talk(to: IO[bytes], back: IO[bytes]) -> None:
        try:
            to.write(given)
            to.flush()
            said.append(back.readline())
        except (OSError, ValueError):  # it has already gone
            pass

    assert server.stdin and server.stdout
    talking = threading.Thread(target=talk, args=(server.stdin, server.stdout), daemon=True)
    talking.start()
    until = time.monotonic() + limit_s
    while talking.is_alive() and time.monotonic() < until:
        talking.join(_SLICE_S)  # in slices, or Windows would not notice Ctrl-C
    try:
        return str(json.loads(said[0])["address"]) if said else None
    except (ValueError, KeyError):
        return None


def _not_started(file: Path, server: subprocess.Popen[bytes], log: IO[bytes], limit_s: float) -> NothingDoneError:
    """Why the server did not start, as far as can be known."""
    try:
        code = server.wait(1)
    except subprocess.TimeoutExpired:
        return NothingDoneError(
            f"{file.name} was not loaded within {limit_s:g} seconds.",
            next_step="Put the file on a faster disk, close other programs, or use a smaller model, then run again.",
        )
    log.seek(max(0, log.seek(0, 2) - _LOG_READ))
    lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [found[1] for line in lines if (found := _ERROR.match(line))]
    causes = [
        *(found[1] for line in lines if "error loading" in line and (found := _ERROR.match(line))),
        *errors,
        *lines[-1:],
    ]
    if code != _BY_ITSELF or not causes or _MEMORY.search(" ".join(errors)):
        return NothingDoneError(
            f"the server of {file.name} ended while it loaded the model (exit code {code}); memory may have run out.",
            next_step="Close other programs, lower [llm] context_tokens or max_concurrency in project.toml, "
            "or use a smaller model.",
        )
    return NothingDoneError(
        f"{file.name} cannot be loaded: {causes[0]}.",
        next_step=f"Copy or download the file again; if that does not help, use another model, or a newer {PACKAGE}.",
    )
