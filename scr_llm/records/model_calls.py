"""What passes between a project and a language model, as the store keeps it."""

from scr_llm.records.base import Record


class ModelCall(Record):
    """One request to a model. Its text is never kept."""

    at: str
    """When: ISO 8601 with time zone."""
    endpoint: str
    """Base URL without credentials."""
    model: str
    """Model name as sent."""
    bytes_out: int
    """Size of the request."""
    sha256: str
    """SHA-256 of the request, hexadecimal."""
    document_id: str | None = None
    """The document that the request was about; None where it was about several or none."""


class KeptReply(Record):
    """A model's usable reply, kept so that the same question is never paid for twice."""

    at: str
    """When: ISO 8601 with time zone."""
    model: str
    """Model name as the endpoint returned it."""
    document_id: str | None = None
    """The document that the question was about; None where it was about several or none."""
    raw: str
    """The reply, character for character."""
    prompt_tokens: int | None = None
    """Tokens sent; None where the endpoint did not count them."""
    completion_tokens: int | None = None
    """Tokens received; None where the endpoint did not count them."""


class Batch(Record):
    """Questions sent together, to be answered later."""

    id: str
    """The endpoint's id; while nobody has noted whether the batch was sent, an id of our own."""
    at: str
    """When it was, or was to be, sent: ISO 8601 with time zone."""
    endpoint: str
    """Base URL without credentials."""
    keys: tuple[str, ...]
    """Keys of its questions."""
    collected: bool
    """Whether its replies are in, or none will come."""
