"""What SQLite and PostgreSQL write differently within tables and queries; each dialect says how it writes it."""

from typing import Any

from sqlalchemy import ColumnElement, Dialect, LargeBinary, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class ThemeOf(ColumnElement[str]):
    """The theme that a stored decision names; null where the column `record` does not hold JSON."""

    inherit_cache = True
    type = String()


class AnyText(TypeDecorator[str]):
    """Text that may hold any character. PostgreSQL's own text cannot hold U+0000, so there it is kept as bytes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the column."""
        return dialect.type_descriptor(LargeBinary() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """The value as it is stored."""
        return value.encode() if value is not None and dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The value as it was."""
        return value.decode() if isinstance(value, bytes) else value
