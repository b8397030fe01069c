"""The record as a schema of a PostgreSQL database, for a team."""

import hashlib
import os
import threading
from collections.abc import Hashable
from typing import Any

from sqlalchemy import URL, Engine, Table, create_engine, make_url, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from scr_llm.errors import MissingExtraError, StoreError, UsageError
from scr_llm.records import Database
from scr_llm.store.backends.base import APPEND_ONLY, Backend, Migrate
from scr_llm.store.backends.expressions import ThemeOf
from scr_llm.store.backends.postgresql_errors import cause_of

try:
    import psycopg
except ImportError as error:
    raise MissingExtraError(
        "this project's record is in a PostgreSQL database, and talking to one needs psycopg", "postgres"
    ) from error

_RESTORE = "Restore a backup of the database."
_FUNCTIONS = {
    "refuse_change": (
        "() RETURNS trigger LANGUAGE plpgsql",
        " BEGIN RAISE EXCEPTION '% are only ever appended', replace(TG_TABLE_NAME, '_', ' ')"
        " USING ERRCODE = 'integrity_constraint_violation'; END ",
    ),
    "theme_of": (
        "(record text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE",
        " BEGIN RETURN record::json ->> 'theme'; EXCEPTION WHEN others THEN RETURN NULL; END ",
    ),
}
"""Functions that the tables need: name, signature, body.

`theme_of` is ours because the index needs a function that never changes its mind, and because a record that is not
JSON, or holds U+0000, must not stop the audit from reading a database that was tampered with.
"""
_TRIGGERS = {"no_update": ("UPDATE", 19), "no_delete": ("DELETE", 11), "no_truncate": ("TRUNCATE", 34)}
"""Ending of a trigger's name: what it refuses, and its kind as pg_trigger.tgtype has it."""
_KEPT = 4
"""Records whose connections a process keeps open for the next use."""
_engines: dict[tuple[str, str, int], Engine] = {}
_one_at_a_time = threading.Lock()
_ALWAYS = "A"
"""pg_trigger.tgenabled of a trigger that also fires for a replica's session, which would switch the others off."""


def _forget_connections() -> None:
    """In a process that was forked: leave the connections to the one that made them, which goes on using them."""
    for engine in _engines.values():
        engine.dispose(close=False)
    _engines.clear()
    _one_at_a_time.release()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(
        before=_one_at_a_time.acquire,
        after_in_parent=_one_at_a_time.release,
        after_in_child=_forget_connections,
    )


@compiles(ThemeOf, "postgresql")
def _theme_of(_element: ThemeOf, _compiler: Any, **_: Any) -> str:
    return "theme_of(record)"


class Postgresql(Backend):
    """A schema."""

    driver_errors = (psycopg.Error,)

    def __init__(self, database: Database) -> None:
        self.database, self.schema = database, database.namespace
        self._quoted = f'"{self.schema}"'  # a word of SQL's own may be a name
        self._url = _address(database)
        host = self._url.query.get("host") or self._url.host or os.environ.get("PGHOST") or "this computer"
        port = f":{self._url.port}" if self._url.port else ""
        self.name = f"PostgreSQL at {host}{port}, database {self._url.database}, schema {self.schema}"
        # One number for each schema: whoever writes to the project holds it until the transaction ends.
        self._lock = int.from_bytes(hashlib.sha256(f"scr-llm {self.schema}".encode()).digest()[:8], signed=True)

    def engine(self) -> Engine:
        """An engine whose connections look into the schema and nowhere else; one for all who use it in this process."""
        key = (self._url.render_as_string(hide_password=False), self.schema, self.database.connections)
        with _one_at_a_time:
            engine = _engines.pop(key, None) or self._new_engine()
            _engines[key] = engine  # the last used is the last in the dictionary
            while len(_engines) > _KEPT:
                # Whoever still uses it goes on, with new connections.
                _engines.pop(next(iter(_engines))).dispose()
        return engine

    def close(self, engine: Engine) -> None:
        """Nothing: the next who opens the record finds its connections, which take many times as long to make."""

    def _new_engine(self) -> Engine:
        given, most = self._url.query, self.database.connections
        # The project's own tables, whatever the server's default is; and no more than ten seconds' wait for a lock.
        options = f"{given.get('options', '')} -csearch_path={self._quoted} -clock_timeout=10s".strip()
        more: dict[str, object] = {"client_encoding": "utf8", "application_name": "scr-llm", "options": options}
        if "connect_timeout" not in given:
            more["connect_timeout"] = 10
        if "sslmode" not in given and not os.environ.get("PGSSLMODE") and not _is_near(self._url):
            more["sslmode"] = "require"  # libpq's own default falls back to sending everything in the clear
        engine = create_engine(
            self._url,
            connect_args=more,
            pool_size=min(5, most),
            max_overflow=most - min(5, most),
            pool_timeout=30,
            # A connection that the server or the network has closed meanwhile is replaced before its use.
            pool_pre_ping=True,
            hide_parameters=True,
            use_native_hstore=False,  # asks the server for a type that no table here has
        )
        self.name_errors_of(engine)
        return engine

    def make(self, engine: Engine, migrate: Migrate) -> None:  # noqa: ARG002
        """Make the schema where there is none; an administrator may have made it, empty."""
        with engine.connect() as connection:
            if connection.scalar(text("SELECT to_regclass(:t)"), {"t": f"{self._quoted}.migrations"}):
                return
        with engine.begin() as connection:
            self.lock(connection)
            self._make_schema(connection)

    def _make_schema(self, connection: Connection) -> None:
        """The schema, empty, unless another process has just made it with its tables."""
        tables = [str(row[0]) for row in connection.execute(_TABLES, {"schema": self.schema})]
        if "migrations" in tables:
            return
        if tables:
            raise StoreError(
                f"{self.name}: the schema holds tables that scr-llm did not make ({tables[0]}).",
                next_step="Name another one: [store] schema in project.toml.",
            )
        if self.database.signed:
            raise StoreError(
                f"{self.name}: the project's record is gone, although {self.database.signed} was signed from it.",
                next_step=f"Check url and schema under [store] in project.toml. {_RESTORE}",
            )
        if (encoding := connection.scalar(text("SHOW server_encoding"))) != "UTF8":
            raise StoreError(
                f"{self.name}: the database keeps text as {encoding}, which cannot hold all that reviews contain.",
                next_step="Have a database made with ENCODING 'UTF8'.",
            )
        if not connection.scalar(_SCHEMA, {"schema": self.schema}):
            connection.execute(text(f"CREATE SCHEMA {self._quoted}"))

    def lock(self, connection: Connection, *, for_long: bool = False) -> None:
        """Take the project's advisory lock. Transactions see what was committed before each of their statements.

        A program that holds it and falls silent, as on a laptop that was closed, is put out after a minute.
        """
        given = {"patience": "0" if for_long else "60s", "key": self._lock}
        connection.execute(_LOCK, given)

    def hold_still(self, connection: Connection) -> None:
        """Read one snapshot."""
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def insert(self, table: Table) -> Any:
        """PostgreSQL's INSERT."""
        return insert(table)

    def prepare(self, connection: Connection) -> None:
        """The functions."""
        for name, (signature, body) in _FUNCTIONS.items():
            connection.execute(text(f"CREATE OR REPLACE FUNCTION {name}{signature} AS $body${body}$body$"))

    def append_only(self, connection: Connection, table: str) -> None:
        """Three triggers."""
        for ending, (verb, _) in _TRIGGERS.items():
            name, each = f"{table}_{ending}", "STATEMENT" if verb == "TRUNCATE" else "ROW"
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
            connection.execute(
                text(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()")
            )
            connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"))

    def foreign_rules(self, engine: Engine, migrate: Migrate) -> list[str]:  # noqa: ARG002
        """Triggers, functions and rewriting rules that differ from ours, from the server's own catalogues."""
        wanted = {
            (f"{table}_{ending}", table, kind, _ALWAYS, "refuse_change")
            for table in APPEND_ONLY
            for ending, (_, kind) in _TRIGGERS.items()
        }
        given = {"schema": self.schema}
        with engine.connect() as connection:
            triggers = {tuple(row) for row in connection.execute(_TRIGGERS_FOUND, given)}
            functions = {tuple(row) for row in connection.execute(_FUNCTIONS_FOUND, given)}
            rules = [str(row[0]) for row in connection.execute(_RULES_FOUND, given)]
        ours = {(name, body) for name, (_, body) in _FUNCTIONS.items()}
        return sorted({str(row[0]) for row in (triggers ^ wanted) | (functions ^ ours)} | set(rules))

    def damage(self, engine: Engine) -> str | None:
        """What reading every row finds, which checks the pages' sums where the server keeps any; and broken indexes."""
        given = {"schema": self.schema}
        try:
            with engine.connect() as connection:
                if broken := connection.scalar(_BROKEN_INDEX, given):
                    return f"the index {broken} is not valid; REINDEX it"
                for (table,) in connection.execute(_TABLES, given).all():
                    connection.execute(text(f'SELECT sum(length(t::text)) FROM "{table}" t'))
        except StoreError as error:
            # XX: the server's class of errors for what is corrupt. Anything else is trouble, but no damage.
            state = getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) or ""
            if state.startswith("XX"):
                return str(getattr(error.__cause__, "orig", ""))
            raise
        return None

    def identity(self, engine: Engine) -> Hashable:
        """The numbers that the server gave the database and the schema."""
        with engine.connect() as connection:
            found = connection.execute(_IDENTITY, {"schema": self.schema}).one_or_none()
        return tuple(found) if found else None

    def remove(self) -> None:
        """Drop the schema; where only an administrator may do that, what this program made in it."""
        engine = self.engine()
        with engine.connect() as connection:
            if not connection.scalar(_SCHEMA, {"schema": self.schema}):
                return
            owns = bool(connection.scalar(_OWNS, {"schema": self.schema}))
        with engine.begin() as connection:
            self.lock(connection)
            if owns:
                connection.execute(text(f"DROP SCHEMA {self._quoted} CASCADE"))
                return
            for (table,) in connection.execute(_TABLES, {"schema": self.schema}).all():
                connection.execute(text(f'DROP TABLE "{table}" CASCADE'))
            for name in _FUNCTIONS:
                connection.execute(text(f"DROP FUNCTION IF EXISTS {name} CASCADE"))

    def is_there(self) -> bool:
        """Whether the schema has anything in it."""
        engine = self.engine()
        with engine.connect() as connection:
            return connection.execute(_TABLES, {"schema": self.schema}).first() is not None

    def staging(self) -> Backend:
        """A schema beside it."""
        name = f"{self.schema[:55]}_moving"
        staged = Postgresql(self.database.model_copy(update={"namespace": name, "signed": ""}))
        staged.remove()
        engine = staged.engine()
        with engine.begin() as connection:
            staged.lock(connection)
            staged._make_schema(connection)
        return staged

    def publish(self, staged: Backend) -> None:
        """Rename the schema. Indexes and triggers follow, because they refer to functions by number."""
        assert isinstance(staged, Postgresql)
        if self.is_there():
            raise UsageError(f"{self.name} is there already.", next_step="Choose another schema: --schema NAME")
        engine = self.engine()
        with engine.begin() as connection:
            self.lock(connection)
            if connection.scalar(_SCHEMA, {"schema": self.schema}):
                connection.execute(text(f"DROP SCHEMA {self._quoted}"))  # refused by the server unless it is empty
            connection.execute(text(f"ALTER SCHEMA {staged._quoted} RENAME TO {self._quoted}"))

    def explained(self, error: BaseException) -> StoreError:
        """By the server's code or, where there was no connection, by libpq's words."""
        what, step = cause_of(error, secret=str(self._url.password or ""))
        return StoreError(f"{self.name}: {what}.", next_step=step)


def _address(database: Database) -> URL:
    """The address with the password, where an environment variable holds it."""
    url = make_url(database.url).set(drivername="postgresql+psycopg")
    if not database.password_env:
        return url
    if not (password := os.environ.get(database.password_env)):
        raise UsageError(
            f"the environment variable {database.password_env}, which [store] password_env names, is not set.",
            next_step="Set it to the password of the database.",
        )
    return url.set(password=password)


def _is_near(url: URL) -> bool:
    """Whether the server is reached without a network."""
    host = str(url.query.get("host") or url.host or os.environ.get("PGHOST") or "")
    return not host or host.startswith(("/", "@", "127.")) or host in ("localhost", "::1")


_LOCK = text("SELECT set_config('idle_in_transaction_session_timeout', :patience, true), pg_advisory_xact_lock(:key)")
_TABLES = text("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = :schema ORDER BY tablename")
_SCHEMA = text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :schema")
_OWNS = text("SELECT pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = :schema")
_IDENTITY = text(
    "SELECT d.oid, n.oid FROM pg_catalog.pg_namespace n, pg_catalog.pg_database d "
    "WHERE n.nspname = :schema AND d.datname = current_database()"
)
_BROKEN_INDEX = text(
    "SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :schema AND NOT i.indisvalid LIMIT 1"
)
_TRIGGERS_FOUND = text(
    "SELECT t.tgname, c.relname, t.tgtype::int, t.tgenabled::text, p.proname FROM pg_catalog.pg_trigger t "
    "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :schema AND NOT t.tgisinternal"
)
_FUNCTIONS_FOUND = text(
    "SELECT p.proname, p.prosrc FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = :schema"
)
_RULES_FOUND = text("SELECT rulename FROM pg_catalog.pg_rules WHERE schemaname = :schema")
