"""What the store asks of a database."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from sqlalchemy import Engine, Table, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from scr_llm.errors import StoreError

APPEND_ONLY = ("decisions", "sign_offs", "history", "calls", "codebook_changes", "log", "moves")
"""Tables in which no row may be changed or removed."""


class Backend(ABC):
    """One database: making it, locking it, what only it can check, and what its errors mean."""

    name: str
    """What the database is called in a message. It never holds a password."""
    driver_errors: tuple[type[Exception], ...]
    """What the driver raises, unless SQLAlchemy has wrapped it."""

    @abstractmethod
    def engine(self) -> Engine:
        """A new engine whose errors are all `StoreError`s, except a broken constraint."""

    def close(self, engine: Engine) -> None:
        """Close an engine that this backend made; a later call opens it again."""
        engine.dispose()

    @abstractmethod
    def make(self, engine: Engine, migrate: "Migrate") -> None:
        """Make the place for the tables where there is none, or check it.

        Args:
            engine: this backend's.
            migrate: makes the tables. A database that makes its file complete or not at all calls it itself.

        Raises:
            StoreError: it is gone although a paper was signed from it, or something else is in its place.
        """

    @abstractmethod
    def lock(self, connection: Connection, *, for_long: bool = False) -> None:
        """Begin a transaction that alone may write: what it reads stays true until it ends.

        Waits ten seconds at most for another one.

        Args:
            connection: outside a transaction.
            for_long: whether it may stand still for more than a minute.
        """

    @abstractmethod
    def hold_still(self, connection: Connection) -> None:
        """Begin a transaction that only reads, and sees one moment throughout."""

    @abstractmethod
    def insert(self, table: Table) -> Any:
        """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""

    @abstractmethod
    def prepare(self, connection: Connection) -> None:
        """Make what the tables of a new database need."""

    @abstractmethod
    def append_only(self, connection: Connection, table: str) -> None:
        """Have the database itself refuse to change or remove a row of a table, unless it does already."""

    @abstractmethod
    def foreign_rules(self, engine: Engine, migrate: "Migrate") -> list[str]:
        """Names of rules that this program did not make, or that were changed, switched off or removed."""

    @abstractmethod
    def damage(self, engine: Engine) -> str | None:
        """What the database's own check finds wrong; None where it is sound."""

    @abstractmethod
    def identity(self, engine: Engine) -> Hashable:
        """Changes when another database takes the place of this one; None where it is gone."""

    @abstractmethod
    def remove(self) -> None:
        """Remove the whole record. One that is gone already is fine."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether there is a record, or a place for one."""

    @abstractmethod
    def staging(self) -> "Backend":
        """Where a copy is made before it is given this name. What an earlier attempt left there is removed."""

    @abstractmethod
    def publish(self, staged: "Backend") -> None:
        """Give a finished copy this name, at once or not at all.

        Raises:
            UsageError: something has that name.
        """

    @abstractmethod
    def explained(self, error: BaseException) -> StoreError:
        """What a database's error means for a person."""

    @contextlib.contextmanager
    def named_errors(self) -> Iterator[None]:
        """Turn any error of the database into a `StoreError` that names it."""
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise self.explained(error) from error
        except self.driver_errors as error:
            raise self.explained(error) from error

    def name_errors_of(self, engine: Engine) -> None:
        """Have an engine raise `StoreError`s, except for a broken constraint."""

        @event.listens_for(engine, "handle_error")
        def _named(context: Any) -> None:
            error = context.sqlalchemy_exception
            # A connection that is tried before its use may be found broken: the pool then makes another.
            if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError) and not context.is_pre_ping:
                raise self.explained(error) from error


Migrate = Callable[[Engine, Backend], None]
"""Brings a database's tables up to date."""


def driver_message(error: BaseException) -> str:
    """The driver's own message, because SQLAlchemy's also prints the statement's values: text from the reviews."""
    own = getattr(error, "orig", None)
    if own is None and not isinstance(error, PoolTimeoutError | SQLAlchemyError):
        own = error
    return str(own if own is not None else type(error).__name__)
