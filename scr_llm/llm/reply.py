"""What comes back from a model: checked, or named for what it is."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from scr_llm.errors import NoReplyError
from scr_llm.records import Record

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

T = TypeVar("T", bound=BaseModel)
State = Literal[
    "refusal", "content_filter", "length", "empty", "invalid", "language", "truncated",
    "timeout", "connection", "rate_limited", "server_error", "too_long", "rejected",
]  # fmt: skip
"""Why there is no usable reply. The first seven are the model's doing, the others the way to it."""

OF_MODEL: frozenset[str] = frozenset({"refusal", "content_filter", "length", "empty", "invalid", "language", "truncated"})
_NEXT: dict[State, str] = {
    "refusal": "Run again, or code this document by rules or by hand.",
    "content_filter": "Use an endpoint without this filter, or code this document by rules or by hand.",
    "length": "Raise [llm] max_tokens in project.toml.",
    "empty": "Run again, or use another model.",
    "invalid": "Run again, or use another model.",
    "language": "Use another model, or code this document by rules or by hand.",
    "truncated": "Set [llm] context_tokens in project.toml to what the server really reads (for Ollama: its num_ctx).",
    "timeout": "Run again, or raise [llm] timeout_s in project.toml.",
    "connection": "See that the model server runs, and run again.",
    "rate_limited": "Run again later.",
    "server_error": "See the model server's log, and run again.",
    "too_long": "Lower [llm] context_tokens in project.toml, or give the server more.",
    "rejected": "Check [llm] base_url, model and api key in project.toml.",
}


class Weighed(Record):
    """Yes or no, weighed."""

    yes: float
    """Probability of yes against no, 0 to 1, from the first word's probabilities; 1 or 0 where the endpoint gives none."""
    said: str
    """The word itself."""


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A usable reply."""

    parsed: T
    """The record asked for."""
    raw: str
    """The model's text, character for character; for a weighed question its `Weighed` as JSON."""
    prompt_tokens: int | None
    """Tokens sent, a re-ask counted in; None where the endpoint does not say."""
    completion_tokens: int | None
    """Tokens received, a re-ask counted in; None where the endpoint does not say."""
    finish_reason: str | None
    """As the endpoint gives it."""
    model: str
    """Model as the endpoint names it."""


def failure(state: State, where: str, what: str) -> NoReplyError:
    """The error for a state, with the next thing to do."""
    return NoReplyError(f"No usable reply from {where} ({state}): {what}.", state, of_model=state in OF_MODEL, next_step=_NEXT[state])


def words_of(completion: ChatCompletion, where: str, max_tokens: int, *, weighed: bool) -> str:
    """The text of a completion; for a weighed question the `Weighed` as JSON.

    Raises:
        NoReplyError: it refused, a filter stopped it, or it was cut off.
    """
    choice = completion.choices[0]
    if choice.message is None:
        return ""
    if choice.message.refusal:
        raise failure("refusal", where, choice.message.refusal[:300])
    if choice.finish_reason == "content_filter":
        raise failure("content_filter", where, "the endpoint's filter stopped it")
    if weighed:
        return _weighed(choice)
    if choice.finish_reason == "length":
        raise failure("length", where, f"cut off after {max_tokens} tokens")
    return choice.message.content or ""


def _weighed(choice: Any) -> str:
    said = (choice.message.content or "").strip()
    first = choice.logprobs.content[0] if choice.logprobs and choice.logprobs.content else None
    chances = {"yes": 0.0, "no": 0.0}
    for token in (first.top_logprobs or []) if first else []:
        word = token.token.strip().casefold()
        if word in chances:
            chances[word] += math.exp(token.logprob)
    total = sum(chances.values())
    if total <= 0:
        word = re.sub(r"\W", "", said).casefold()
        if word not in ("yes", "no"):
            return said  # no answer to the question: not valid
        chances, total = {"yes": float(word == "yes"), "no": float(word == "no")}, 1.0
    return json.dumps({"yes": round(chances["yes"] / total, 6), "said": said})


def parse(raw: str, reply: type[T], *, strict: bool) -> T:
    """The record in a reply's text. Unless `strict`, words or a fence around the JSON object are passed over.

    Raises:
        ValidationError: it is none.
    """
    return reply.model_validate_json(raw if strict else _object_in(raw))


def _object_in(raw: str) -> str:
    """The JSON object in a reply that wraps it in words or in a fence; the reply as it is where there is none."""
    start = raw.find("{")
    try:
        _, end = json.JSONDecoder().raw_decode(raw, start) if start >= 0 else (None, len(raw))
    except ValueError:
        return raw
    return raw[max(0, start) : end]


def explain(error: ValidationError) -> str:
    """What is wrong, field by field, without echoing the reply."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg']}" for e in found[:8])


_ENGLISH = frozenset(
    ["the", "a", "an", "of", "to", "in", "on", "at", "by", "for", "and", "or", "not", "no", "is", "are", "was", "were", "be", "been", "has", "had", "have", "that", "this", "it", "its", "with", "from", "as", "they", "there", "which", "who", "but", "her", "his"]
)


def foreign(parsed: BaseModel) -> bool:
    """Whether the sentences that a model wrote are in no English: another script, or eight words and more without one small English word."""
    text = " ".join(_sentences(parsed.model_dump()))
    letters = [c for c in text if c.isalpha()]
    if sum(c > "\u024f" for c in letters) * 3 > len(letters):
        return True
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return len(words) >= 8 and not _ENGLISH.intersection(words)


def _sentences(value: Any) -> list[str]:
    """What the fields called `reason` say, however deep."""
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in ([v] if k == "reason" and isinstance(v, str) else _sentences(v))]
    if isinstance(value, list | tuple):
        return [s for v in value for s in _sentences(v)]
    return []
