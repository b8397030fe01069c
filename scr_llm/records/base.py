"""What every record has in common."""

from pydantic import BaseModel, ConfigDict

_NOT_ASKED: set[str] = set()
"""Which fields of a record were given. Nothing asks, and a set for each record would take half of its memory."""


class Record(BaseModel):
    """A pure value that passes between stages: frozen, with no extra fields and no behaviour.

    The string under a field is its description in the JSON Schema.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def model_post_init(self, _context: object, /) -> None:
        """Share one empty set of given fields among all records."""
        object.__setattr__(self, "__pydantic_fields_set__", _NOT_ASKED)
