"""What comes back from a model: checked, or an error that says what is wrong with it."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from scr_llm.errors import NoReplyError
from scr_llm.llm.schema import Bounds
from scr_llm.records import Record

T = TypeVar("T", bound=BaseModel)
State = Literal[
    "refusal",
    "content_filter",
    "length",
    "empty",
    "invalid",
    "language",
    "truncated",
    "too_large",
    "timeout",
    "connection",
    "rate_limited",
    "server_error",
    "too_long",
    "rejected",
]
"""Why there is no usable reply. The first eight are the model's fault, the others the connection's or the settings'."""

LONGEST_TEXT = 100_000
"""Longest text of a reply, in characters: several times the longest that any question needs."""
MOST_TOKENS = 1_000_000_000
"""A count of tokens above this is a mistake, and is ignored."""
OF_MODEL: frozenset[str] = frozenset(
    {"refusal", "content_filter", "length", "empty", "invalid", "language", "truncated", "too_large"}
)
_NEXT: dict[State, str] = {
    "refusal": "Run again, or code this document by rules or by hand.",
    "content_filter": "Use an endpoint without this filter, or code this document by rules or by hand.",
    "length": "Use another model, or raise [llm] max_tokens in project.toml.",
    "empty": "Run again, or use another model.",
    "invalid": "Run again, or use another model.",
    "language": "Use another model, or code this document by rules or by hand.",
    "truncated": "In project.toml, set [llm] context_tokens to what the server really reads (for Ollama: num_ctx).",
    "too_large": "Use another model or server: no question needs so long a reply.",
    "timeout": "Run again, or raise [llm] timeout_s in project.toml.",
    "connection": "Check that the model server is running, and run again.",
    "rate_limited": "Run again later.",
    "server_error": "Look at the model server's log, and run again.",
    "too_long": "Lower [llm] context_tokens in project.toml, or give the server more.",
    "rejected": "Check [llm] base_url, model and api key in project.toml.",
}


class YesNoProbability(Record):
    """Yes or no, weighed."""

    yes: float
    """Probability of yes against no, 0 to 1, by the first word's probabilities; 1 or 0 if none are given."""
    said: str
    """The word itself."""


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A usable reply."""

    parsed: T
    """The record asked for."""
    raw: str
    """The model's text, character for character; for a weighed question its `YesNoProbability` as JSON."""
    prompt_tokens: int | None
    """Tokens sent, a second request included; None if the endpoint does not say."""
    completion_tokens: int | None
    """Tokens received, a second request included; None if the endpoint does not say."""
    finish_reason: str | None
    """As given by the endpoint."""
    model: str
    """The model, as named by the endpoint."""


@dataclass(frozen=True)
class Completion:
    """The parts of a chat completion that are used, each checked for its type. The rest is ignored."""

    text: str
    """The model's text; empty if it wrote none."""
    refusal: str | None
    """The model's own words; None if it did not refuse."""
    finish: str | None
    """Why it ended."""
    first: tuple[tuple[str, float], ...]
    """The words that the text could have begun with, each with its log probability; empty if not given."""
    prompt_tokens: int | None
    """Tokens sent; None if the endpoint gives no plausible count."""
    completion_tokens: int | None
    """Tokens received; None if the endpoint gives no plausible count."""
    model: str | None
    """The model, as named by the endpoint."""


def failure(state: State, where: str, what: str, wait_s: float | None = None) -> NoReplyError:
    """The error for a state, with the next thing to do."""
    return NoReplyError(
        f"No usable reply from {where} ({state}): {what}.",
        state,
        model_at_fault=state in OF_MODEL,
        next_step=_NEXT[state],
        wait_s=wait_s,
    )


def shown(text: str, most: int = 300) -> str:
    """A server's words made safe to show and keep: one line, no terminal control codes, and not too long."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * most])
    return " ".join(line.split())[:most]


def json_in(text: str, where: str) -> Any:
    """The JSON in an answer.

    Raises:
        NoReplyError: `invalid`; it is not JSON, or nested too deep.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else "not JSON"
        raise failure("invalid", where, f"the endpoint's answer is {what}: {shown(text, 80) or 'nothing'}") from error


def completion_in(given: Any, where: str) -> Completion:
    """The completion in an answer's JSON.

    Raises:
        NoReplyError: `invalid`, and what is wrong; `too_large`.
    """

    def invalid(what: str) -> NoReplyError:
        return failure("invalid", where, f"the endpoint's answer is not a chat completion: {what}")

    if not isinstance(given, dict):
        raise invalid("it is not a JSON object")
    choices = given.get("choices")
    if not isinstance(choices, list) or not choices:
        raise invalid("it has no choices")
    choice = choices[0]
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise invalid("its first choice holds no message")
    content, refusal = message.get("content"), message.get("refusal")
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):  # legal at some gateways
        parts: list[dict[str, Any]] = content
        content, refusal = _joined(parts, "text"), refusal or _joined(parts, "refusal")
    if not isinstance(content, str | None):
        raise invalid("the content of its message is neither text nor a list of text parts")
    if len(content or "") > LONGEST_TEXT:
        raise failure("too_large", where, f"a text of {len(content or ''):,} characters")
    finish, model, usage = choice.get("finish_reason"), given.get("model"), given.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        text=content or "",
        refusal=refusal if isinstance(refusal, str) else None,
        finish=shown(finish, 40) if isinstance(finish, str) else None,
        first=tuple(_first_words(choice.get("logprobs"))),
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
        model=shown(model, 100) if isinstance(model, str) else None,
    )


def _joined(parts: list[dict[str, Any]], kind: str) -> str:
    """The text of the parts of one kind; other kinds (a model's reasoning, a picture) are skipped."""
    return "".join(text for part in parts if part.get("type") == kind and isinstance(text := part.get(kind), str))


def _count(given: Any) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= MOST_TOKENS else None


def _first_words(logprobs: Any) -> Iterator[tuple[str, float]]:
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = tokens[0] if isinstance(tokens, list) and tokens else None
    words = first.get("top_logprobs") if isinstance(first, dict) else None
    for word in words if isinstance(words, list) else ():
        token, chance = (word.get("token"), word.get("logprob")) if isinstance(word, dict) else (None, None)
        if not isinstance(token, str) or not isinstance(chance, int | float) or isinstance(chance, bool):
            continue
        if math.isfinite(chance):
            yield token, min(0.0, float(chance))


def words_of(completion: Completion, where: str, max_tokens: int, *, weighed: bool) -> str:
    """The text of a completion; for a weighed question the `YesNoProbability` as JSON.

    Raises:
        NoReplyError: it refused, a filter stopped it, or it was cut off.
    """
    if completion.refusal:
        raise failure("refusal", where, shown(completion.refusal))
    if completion.finish == "content_filter":
        raise failure("content_filter", where, "the endpoint's filter stopped it")
    if weighed:
        return _weighed(completion)
    if completion.finish == "length":
        raise failure("length", where, f"cut off after {max_tokens} tokens")
    return completion.text


def _weighed(completion: Completion) -> str:
    said = completion.text.strip()
    chances = {"yes": 0.0, "no": 0.0}
    for token, chance in completion.first:
        word = token.strip().casefold()
        if word in chances:
            chances[word] += math.exp(chance)
    total = sum(chances.values())
    if total <= 0:
        word = re.sub(r"\W", "", said).casefold()
        if word not in ("yes", "no"):
            return said  # neither yes nor no: parsing will reject it
        chances, total = {"yes": float(word == "yes"), "no": float(word == "no")}, 1.0
    return json.dumps({"yes": round(chances["yes"] / total, 6), "said": said})


def parse(raw: str, reply: type[T], *, strict: bool, bounds: Bounds | None = None) -> T:
    """The record in a reply's text. Unless `strict`, words or a fence around the JSON object are ignored.

    Args:
        raw: the text.
        reply: the type of the record.
        strict: whether the text is the JSON object and nothing else.
        bounds: the lowest and the highest sentence number that it may name.

    Raises:
        ValueError: there is none, or it holds characters that cannot be printed; see `explain`.
    """
    if any("\ud800" <= c <= "\udfff" for c in raw):
        raise ValueError("it holds half a character (a lone surrogate)")
    parsed = reply.model_validate_json(raw if strict else _object_in(raw), context=bounds)
    if any(
        c in "\ufffe\uffff" or (unicodedata.category(c) == "Cc" and c not in "\t\n\r")
        for text in _texts(parsed.model_dump())
        for c in text
    ):
        raise ValueError("its words hold control characters")
    return parsed


def _object_in(raw: str) -> str:
    """The JSON object in a reply, without words or a fence around it; the whole reply if there is none."""
    start = raw.find("{")
    try:
        _, end = json.JSONDecoder().raw_decode(raw, start) if start >= 0 else (None, len(raw))
    except (ValueError, RecursionError):
        return raw
    return raw[max(0, start) : end]


def explain(error: ValueError) -> str:
    """What is wrong, field by field, without repeating the reply."""
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg']}" for e in found[:8])


_ENGLISH = frozenset(
    (
        *("the", "a", "an", "of", "to", "in", "on", "at", "by", "for", "and", "or", "not"),
        *("no", "is", "are", "was", "were", "be", "been", "has", "had", "have", "that", "this", "it"),
        *("its", "with", "from", "as", "they", "there", "which", "who", "but", "her", "his"),
    )
)
"""Small words, of which any English sentence has some."""


def foreign(parsed: BaseModel) -> bool:
    """Whether the sentences that a model wrote are not English.

    They are in another script, or have eight words or more and none of the small English words.
    """
    text = " ".join(_texts(parsed.model_dump(), only="reason"))
    letters = [c for c in text if c.isalpha()]
    if sum(c > "\u024f" for c in letters) * 3 > len(letters):
        return True
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return len(words) >= 8 and not _ENGLISH.intersection(words)


def _texts(value: Any, only: str | None = None, name: str | None = None) -> Iterator[str]:
    """All texts in a record, at any depth; with `only`, those of the fields of that name."""
    if isinstance(value, str) and only in (None, name):
        yield value
    elif isinstance(value, dict):
        for key, within in value.items():
            yield from _texts(within, only, key)
    elif isinstance(value, list | tuple):
        for within in value:
            yield from _texts(within, only)
