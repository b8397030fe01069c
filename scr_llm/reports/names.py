"""Names that are left out of every file that is written."""

import re
from collections.abc import Sequence
from typing import Any, Literal, TypeVar, get_args, get_origin

from scr_llm.records import Record
from scr_llm.text.names import names_pattern

REMOVED = "[name removed]"
"""Printed for a name."""
_R = TypeVar("_R", bound=Record)


def without(record: _R, names: Sequence[str]) -> _R:
    """A record with names replaced by a mark. The store keeps what the record was computed and verified from."""
    pattern = names_pattern(names)
    masked: _R = _masked(record, pattern) if pattern else record
    return masked


_IDENTIFIERS = frozenset(
    ["id", "document_id", "theme", "themes", "sub_themes", "documents", "ref", "refs", "headline", "repeats", "sha256"]
)
"""Fields that hold one id, several ids, or records by their ids."""
_OURS = frozenset(["status", "status_line", "version", "marking", "columns"])
"""Printed fields that hold this program's words and those of the settings, and no words of a review."""


def _masked(value: Any, names: re.Pattern[str]) -> Any:
    """A value with the names in its texts replaced. Ids, and words from a fixed list, stay as they are."""
    if isinstance(value, Record):
        free = (n for n, field in type(value).model_fields.items() if not _of_fixed_words(field.annotation))
        fields = {n: getattr(value, n) for n in free}
        texts = {n: v for n, v in fields.items() if n not in _OURS and (n not in _IDENTIFIERS or not _are_ids(v))}
        return value.model_copy(update={n: _masked(v, names) for n, v in texts.items()})
    if isinstance(value, str):
        return names.sub(REMOVED, value)
    if isinstance(value, tuple):
        return tuple(_masked(v, names) for v in value)
    if isinstance(value, dict):
        return {k: _masked(v, names) for k, v in value.items()}
    return value


def _are_ids(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(v, str) for v in value))


def _of_fixed_words(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_of_fixed_words, get_args(annotation)))
