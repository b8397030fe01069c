"""No test reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import ON_POSTGRESQL, Server, why_not

from scr_llm.records import Database


class ReachedOut(RuntimeError):
    """A test tried to connect to another machine."""


def _check(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return  # a socket file is on this machine
    host = address[0].partition("%")[0]
    if host == "localhost":
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ReachedOut(f"A test tried to connect to {host}.")


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, one for all tests of a process."""
    if reason := why_not():
        pytest.skip(reason)
    running = Server()
    yield running
    running.close()


@pytest.fixture(scope="session", autouse=True)
def _projects_on_the_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put every new project on the server, where that is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        if ON_POSTGRESQL:
            patch.setenv("SCR_LLM_STORE_URL", request.getfixturevalue("server").url)
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A place for a record that is not there yet, on each kind of database in turn."""
    if request.param == "sqlite":
        return Database(file=tmp_path / "s.sqlite")
    return request.getfixturevalue("server").schema()  # type: ignore[no-any-return]
