"""Hash chains for append-only tables, so that a changed, removed or moved row is found.

Each row holds the hash of the previous row and its own hash: SHA-256 of the previous hash, a newline and the row's
record. The number of rows and the last hash (the chain's head) are kept in another table, so that a missing last row
is found too. Rewriting a chain from some row on, and its head as well, still contradicts every head that was written
down earlier: sign-offs hold it, and so do the papers.
"""

import hashlib
import json
from collections.abc import Mapping

FIRST_HASH = "0" * 64
"""What the first row has as the hash of the previous row."""


def chained(before: str, record: str) -> str:
    """The hash of a row, hexadecimal."""
    return hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()


def record_sha256(*parts: str) -> str:
    """SHA-256 of a stored record's parts, hexadecimal."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


_CALL = ("at", "endpoint", "model", "bytes_out", "sha256", "document_id")


def call_record(call: Mapping[str, object]) -> str:
    """A call to a model as the text that is chained."""
    return json.dumps({name: call[name] for name in _CALL}, ensure_ascii=False, sort_keys=True)
