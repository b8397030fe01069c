"""The databases that tests run on: SQLite and, where Debian's server is installed, PostgreSQL.

`SCR_LLM_TEST_DATABASE=postgresql` puts every project that a test makes on the server.
"""

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scr_llm.records import Database
from scr_llm.store import Store

ON_POSTGRESQL = os.environ.get("SCR_LLM_TEST_DATABASE") == "postgresql"
_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
_FAST = ("fsync=off", "full_page_writes=off")
PASSWORD = "not-to-be-printed"
of_the_file = pytest.mark.skipif(ON_POSTGRESQL, reason="about the file that SQLite keeps")
"""Marks a test that has nothing to try where the record is on a server."""


def why_not() -> str:
    """Why there can be no PostgreSQL here; empty if there can."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed (extra: postgres)"
    return "" if _INSTALLED else "PostgreSQL is not installed (Debian: apt-get install postgresql)"


class Server:
    """A PostgreSQL server of our own in a temporary folder, reached over a socket file and over loopback."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="scr-pg-", dir="/tmp"))
        self._bin, self._data = _INSTALLED[-1], self.folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, "nobody", "nogroup")
        self._do("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", self._data)
        (self._data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.folder.chmod(0o711)  # any user may connect; the data has a folder of its own within
        self.start()
        with self.admin() as admin:
            admin.execute(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
            admin.execute("CREATE ROLE team LOGIN")
            admin.execute("CREATE DATABASE team OWNER team")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://team@/team?host={self.folder}&port={self.port}"

    @property
    def over_tcp(self) -> str:
        return f"postgresql+psycopg://reader@127.0.0.1:{self.port}/team"

    def start(self) -> None:
        settings = (*_FAST, "listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}")
        self._do(
            "pg_ctl",
            "-D",
            self._data,
            "-w",
            "-l",
            self.folder / "log",
            "-o",
            " ".join(f"-c{s}" for s in settings),
            "start",
        )

    def stop(self) -> None:
        self._do("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def close(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def admin(self, database: str = "postgres") -> Iterator[Any]:
        import psycopg

        with psycopg.connect(
            f"host={self.folder} port={self.port} user=postgres dbname={database}", autocommit=True
        ) as connection:
            yield connection

    def schema(self) -> Database:
        """A schema that nobody has used yet."""
        return Database(file=Path("unused"), url=self.url, namespace=f"t_{uuid.uuid4().hex[:12]}")

    def tool(self, name: str, *arguments: object) -> None:
        """Run one of the server's own programs as its user."""
        self._do(name, "-h", self.folder, "-p", self.port, "-U", "postgres", *arguments)

    def _do(self, name: str, *arguments: object) -> None:
        who = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        subprocess.run(
            [str(self._bin / name), *map(str, arguments)],
            check=True,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **who,
        )


@contextlib.contextmanager
def raw(database: Database) -> Iterator[Any]:
    """A connection past this program, on which each statement counts at once."""
    if not database.url:
        connection = sqlite3.connect(database.file, isolation_level=None)
    else:
        import psycopg

        url = database.url.replace("+psycopg", "")
        connection = psycopg.connect(url, autocommit=True, options=f"-csearch_path={database.namespace}")
    with contextlib.closing(connection):
        yield connection


def put(connection: Any, statement: str, *values: object) -> None:
    """A statement with values, for which it has question marks."""
    if not isinstance(connection, sqlite3.Connection):
        statement = statement.replace("?", "%s")
    connection.execute(statement, values)


def rows_of(connection: Any, query: str) -> list[dict[str, object]]:
    """What a query finds, each row by the names of its columns."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def dumped(database: Database) -> str:
    """All that the record holds, as text."""
    with raw(database) as connection:
        if isinstance(connection, sqlite3.Connection):
            return "\n".join(connection.iterdump())
        tables = rows_of(connection, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return "\n".join(str(rows_of(connection, f"SELECT * FROM {table['tablename']}")) for table in tables)


def without_rules(connection: Any) -> None:
    """Remove every trigger, as somebody would who may change the database."""
    if isinstance(connection, sqlite3.Connection):
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        return
    found = connection.execute(
        "SELECT tgname, relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    for name, table in found.fetchall():
        connection.execute(f"DROP TRIGGER {name} ON {table}")


def copy_project(source: Path, target: Path) -> Path:
    """A project folder with a record of its own; on a server the record is copied too."""
    from scr_llm.project import load_project
    from scr_llm.store.copying import copy_record

    shutil.copytree(source, target)
    before = load_project(source).database
    if not before.url:
        return target
    after = before.model_copy(update={"namespace": f"t_{uuid.uuid4().hex[:12]}", "signed": ""})
    settings = target / "project.toml"
    settings.write_text(settings.read_text("utf-8").replace(before.namespace, after.namespace), "utf-8")
    with Store(before) as old, Store(after) as new, old.held() as connection:
        copy_record(connection, new)
    return target
