"""How the fake server answers: replies that fit, and every way of misbehaving that the tests need."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MODEL = "fake-model"


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut: bool = False
    """Promise the whole body, send half and hang up."""
    slow_s: float = 0.0
    """Seconds over which the body trickles out."""
    wire: tuple[bytes | float, ...] = ()
    """Instead of all this: raw bytes, status line included, and seconds to wait between them; then hang up."""
    reset: bool = False
    """Hang up with a reset."""


Behaviour = Callable[[dict[str, Any]], Answer]
"""From the request's JSON to the answer."""


def says(
    content: object,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    usage: bool | tuple[int, int] = True,
    model: str = MODEL,
    yes: float | None = None,
) -> Behaviour:
    """A completion; anything but a string or None is sent as JSON. `yes` adds the probabilities of the first word."""
    text = content if content is None or isinstance(content, str) else json.dumps(content)

    def behave(request: dict[str, Any]) -> Answer:
        completion: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "logprobs": _chances(yes) if yes is not None else None,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                }
            ],
        }
        if usage:
            completion["usage"] = _usage(*(usage if isinstance(usage, tuple) else _counted(request, text)))
        return Answer(body=json.dumps(completion).encode())

    return behave


def _counted(request: dict[str, Any], text: str | None) -> tuple[int, int]:
    """Tokens sent and received, at four characters a token."""
    return sum(len(m["content"]) for m in request["messages"]) // 4, len(text or "") // 4 + 1


def _usage(sent: int, received: int) -> dict[str, int]:
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


def _chances(yes: float) -> dict[str, Any]:
    both = [
        {"token": word, "logprob": math.log(max(p, 1e-9)), "bytes": None} for word, p in (("Yes", yes), ("No", 1 - yes))
    ]
    return {"content": [{**both[0], "top_logprobs": both}], "refusal": None}


def answers(request: dict[str, Any]) -> Answer:
    """A reply that fits whatever is asked for.

    Sentences that share a word with the theme's name are its evidence, those with "should" are recommendations, and
    everything else is silence. A second look keeps the sentences that share a word. A summary repeats sentences.
    """
    question = request["messages"][-1]["content"]
    if "response_format" not in request:
        named = re.search(r'^Does this sentence show the theme "(.*)"', question, re.M)
        sentence = question.partition("of a review:\n")[2].partition("\n\n")[0]
        yes = 0.9 if named and _words(named[1]) & _words(sentence) else 0.1
        return says("Yes" if yes > 0.5 else "No", yes=yes)(request)
    lines = {int(n): _words(text) for n, text in re.findall(r"^\[(\d+)\] (.*)$", question, re.M)}
    theme = re.search(r"^Theme: (.*)$", question, re.M)
    schema = request["response_format"].get("json_schema", {}).get("schema", {})
    if "sentences" in schema.get("properties", {}):
        return says({"sentences": _summary(question)})(request)
    return says(_fitting(schema, _words(theme[1]) if theme else set(), lines))(request)


def _summary(question: str) -> list[dict[str, Any]]:
    """A summary: the first five of the numbered sentences that are short, word for word."""
    given = re.findall(r"^\[(\d+)\] (?:\(theme: .*?\) (?=[A-Z]))?([A-Z].*\.)$", question, re.M)
    short = [(int(n), text) for n, text in given if 5 <= len(text.split()) <= 25 and ". " not in text]
    return [{"rests_on": [n], "text": text} for n, text in short[:5]]


def _words(text: str) -> set[str]:
    return {w[:6] for w in re.findall(r"[a-z]{5,}", text.casefold().replace("_", " "))}


def _fitting(schema: dict[str, Any], words: set[str], lines: dict[int, set[str]]) -> Any:
    """The smallest value that fits a schema."""
    if (fields := schema.get("properties")) is not None:
        return _object(fields, words, lines)
    if "enum" in schema:
        return next((v for v in ("not_mentioned", "not stated") if v in schema["enum"]), schema["enum"][0])
    if "anyOf" in schema:
        return None
    smallest = {"array": [], "string": "", "integer": schema.get("minimum", 0), "null": None, "boolean": False}
    return smallest.get(schema.get("type", "null"))


def _object(fields: dict[str, Any], words: set[str], lines: dict[int, set[str]]) -> dict[str, Any]:
    """A theme, a second look or the items by their words; of anything else each field's smallest value."""
    if {"evidence", "value"} <= fields.keys():
        found = [n for n, has in lines.items() if words & has][:3]
        return {
            **{name: _fitting(field, words, lines) for name, field in fields.items()},
            "evidence": found,
            "value": "present" if found else "not_mentioned",
            "reason": "No model: sentences were matched on the words of the theme's name.",
        }
    if {"evidence", "verdict"} <= fields.keys():
        own = fields["evidence"]["items"]
        found = [n for n in own.get("enum", [own.get("const")]) if words & lines.get(n, set())]
        return {
            "evidence": found,
            "verdict": "keep" if found else "withdraw",
            "reason": "No model: sentences were matched again on the words of the theme's name.",
        }
    if {"findings", "recommendations"} <= fields.keys():
        asks = [n for n, has in lines.items() if "should" in has][: fields["recommendations"].get("maxItems")]
        recommendations = [{"first": n, "last": n, "number": None, "addressee": None} for n in asks]
        return {"findings": [], "recommendations": recommendations}
    return {name: _fitting(field, words or _words(name), lines) for name, field in fields.items()}


def invalid_json() -> Behaviour:
    """JSON that breaks off in the middle."""
    return says('{"evidence": [1], "value": ')


def refuses() -> Behaviour:
    """The model refuses."""
    return says(None, refusal="I cannot help with that.")


def too_long() -> Behaviour:
    """Cut off at the longest reply."""
    return says('{"evidence": [1', finish="length")


def filtered() -> Behaviour:
    """Stopped by the endpoint's filter."""
    return says(None, finish="content_filter")


def empty() -> Behaviour:
    """An empty reply."""
    return says("")


def fails(status: int, *, headers: dict[str, str] | None = None, message: str | None = None) -> Behaviour:
    """An HTTP error."""
    body = json.dumps({"error": {"message": message or f"scripted {status}", "type": "scripted"}}).encode()
    return lambda _: Answer(status=status, body=body, headers=headers or {})


def hangs(seconds: float) -> Behaviour:
    """A reply that comes late."""
    return lambda request: Answer(body=says("late")(request).body, delay_s=seconds)


def after(seconds: float, then: Behaviour) -> Behaviour:
    """Another behaviour, after a delay."""

    def behave(request: dict[str, Any]) -> Answer:
        time.sleep(seconds)
        return then(request)

    return behave


def slowly(content: object, seconds: float) -> Behaviour:
    """A body that trickles."""
    return lambda request: Answer(body=says(content)(request).body, slow_s=seconds)


def cut_off(content: object) -> Behaviour:
    """A connection that breaks in the middle of the body."""
    return lambda request: Answer(body=says(content)(request).body, cut=True)


def on_wire(*steps: bytes | float, reset: bool = False) -> Behaviour:
    """Raw bytes, and seconds to wait between them; then the connection ends."""
    return lambda _: Answer(wire=steps or (b"",), reset=reset)


def raw(body: bytes, content_type: str = "application/json") -> Behaviour:
    """Any bytes."""
    return lambda _: Answer(body=body, headers={"Content-Type": content_type})


BEHAVIOURS: dict[str, Behaviour] = {
    "answers": answers,
    "invalid": invalid_json(),
    "refuses": refuses(),
    "length": too_long(),
    "filtered": filtered(),
    "empty": empty(),
    "429": fails(429),
    "429-after-1": fails(429, headers={"Retry-After": "1"}),
    "500": fails(500),
    "hangs": hangs(3600),
    "cut": cut_off("x"),
    "no-usage": says("{}", usage=False),
    "no-schema": fails(400, message="response_format json_schema is not supported"),
}
"""By name, for `scr-llm fake-model --script`."""
