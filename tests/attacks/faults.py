"""Everything that an endpoint can do wrong.

`FAULTS` is the table: each row is one fault, what it does, and what becomes of a document when every question meets it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scr_llm.llm.fake import (
    Answer,
    Behaviour,
    answers,
    cut_off,
    empty,
    fails,
    filtered,
    hangs,
    invalid_json,
    on_wire,
    raw,
    refuses,
    too_long,
)

KEY = "sk-attack/Key+0123456789"
DEEP = 200_000
"""Brackets within brackets."""
BOMB = gzip.compress(b" " * 200_000_000)
FEW = """
version: '1'
title: Few
codes:
  - {id: alcohol_misuse, label: Alcohol misuse, definition: A parent drank., core: true, polarity: feature,
     wordings: [alcohol], question: q}
"""


# ---------------------------------------------------------------- what a server sends


def good(request: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(answers(request).body))


def body_with(change: Callable[[dict[str, Any]], Any]) -> Behaviour:
    """A right answer, changed; what `change` returns is sent where it returns something."""

    def behave(request: dict[str, Any]) -> Answer:
        completion = good(request)
        changed = change(completion)
        return Answer(body=json.dumps(completion if changed is None else changed).encode())

    return behave


def with_field(name: str, value: Any) -> Behaviour:
    return body_with(lambda c: c.update({name: value}))


def with_choice(name: str, value: Any) -> Behaviour:
    return body_with(lambda c: c["choices"][0].update({name: value}))


def with_message(name: str, value: Any) -> Behaviour:
    return body_with(lambda c: c["choices"][0]["message"].update({name: value}))


def parts_of(completion: dict[str, Any]) -> None:
    """Its content as some gateways give it."""
    message = completion["choices"][0]["message"]
    half = len(message["content"]) // 2
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    message["content"] = [
        thought,
        *({"type": "text", "text": text} for text in (message["content"][:half], message["content"][half:])),
    ]


def with_reason(words: str) -> Behaviour:
    """A right answer whose every text is these words, escapes and all."""

    def behave(request: dict[str, Any]) -> Answer:
        completion = good(request)
        message = completion["choices"][0]["message"]
        reply = json.loads(message["content"])
        if "reason" not in reply:
            return answers(request)
        reply["reason"] = "WORDS"
        message["content"] = json.dumps(reply).replace("WORDS", words)
        return Answer(body=json.dumps(completion).encode())

    return behave


def bytes_of(change: Callable[[bytes], bytes], **headers: str) -> Behaviour:
    """A right answer, its bytes changed."""
    return lambda request: Answer(
        body=change(answers(request).body), headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def wired(
    head: bytes,
    change: Callable[[bytes], bytes | tuple[bytes | float, ...]] = lambda body: body,
    *,
    reset: bool = False,
) -> Behaviour:
    """A head of one's own, `%d` in it the length, and a right body, changed."""

    def behave(request: dict[str, Any]) -> Answer:
        body = answers(request).body
        rest = change(body)
        top = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            + (head % len(body) if b"%d" in head else head)
            + b"\r\n\r\n"
        )
        return Answer(wire=(top, *(rest if isinstance(rest, tuple) else (rest,))), reset=reset)

    return behave


def trickled(first: bytes, piece: bytes) -> Behaviour:
    return on_wire(first, *[piece, 0.2] * 300)


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


def percent(text: str) -> str:
    return "".join(f"%{ord(c):02X}" for c in text)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


# ---------------------------------------------------------------- the table


@dataclass(frozen=True)
class Fault:
    """One thing that an endpoint does wrong."""

    name: str
    does: Behaviour
    becomes: str
    """`coded`, where the reply is usable all the same; else the state that is given as the reason."""
    whole: bool = True
    """Whether every question of a document meets it, so that the document fails.

    Otherwise the document is coded, and the question without a reply is named.
    """


FAULTS = [
    # HTTP
    *(
        Fault(f"HTTP {status}", fails(status), "rejected")
        for status in (400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 418, 422, 451)
    ),
    *(Fault(f"HTTP {status}", fails(status), "server_error") for status in (500, 501, 502, 503, 504, 529, 599)),
    Fault("HTTP 429", fails(429), "rate_limited"),
    Fault("HTTP 429, again in a day", fails(429, headers={"Retry-After": "86400"}), "rate_limited"),
    Fault("HTTP 429, again in 10^400 seconds", fails(429, headers={"Retry-After": "9" * 400}), "rate_limited"),
    Fault(
        "HTTP 429, again on a day that is none",
        fails(429, headers={"Retry-After": "Fri, 99 Foo 99999 99:99:99 GMT"}),
        "rate_limited",
    ),
    Fault("HTTP 503, again in a year", fails(503, headers={"Retry-After": "31536000"}), "server_error"),
    Fault("HTTP 500 in HTML", lambda _: Answer(status=500, body=b"<html>\x1b[31mno</html>"), "server_error"),
    Fault("HTTP 500 without a body", lambda _: Answer(status=500, body=b""), "server_error"),
    Fault("HTTP 400, nested deep", lambda _: Answer(status=400, body=b"[" * DEEP), "rejected"),
    Fault("HTTP 400, its error a list", lambda _: Answer(status=400, body=b'{"error": [1, null]}'), "rejected"),
    Fault("HTTP 400: the context is too long", fails(400, message="maximum context length is 10 tokens"), "too_long"),
    Fault("HTTP 400, in Latin-1", lambda _: Answer(status=400, body="Schlüssel".encode("latin-1")), "rejected"),
    Fault("HTTP 204", on_wire(b"HTTP/1.1 204 No Content\r\n\r\n"), "invalid"),
    Fault("HTTP 201 with a right body", lambda r: Answer(status=201, body=answers(r).body), "coded"),
    Fault(
        "HTTP 301 to another host", fails(301, headers={"Location": "http://192.0.2.1/v1/chat/completions"}), "rejected"
    ),
    Fault("HTTP 307 to another host", fails(307, headers={"Location": "https://example.org/"}), "rejected"),
    Fault("HTTP 308 to itself", fails(308, headers={"Location": "/v1/chat/completions"}), "rejected"),
    Fault("HTTP 999", on_wire(b"HTTP/1.1 999 What\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), "server_error"),
    Fault("not HTTP", on_wire(b"SSH-2.0-OpenSSH_9.6\r\n"), "connection"),
    Fault("HTTP/0.9", on_wire(b'{"choices": []}'), "connection"),
    Fault("a header of 300 KB", on_wire(HEAD + b"X: " + b"x" * 300_000 + b"\r\n\r\n"), "connection"),
    Fault("60,000 headers", on_wire(HEAD + b"X: y\r\n" * 60_000 + b"\r\n"), "connection"),
    Fault("a header with a NUL", on_wire(HEAD + b"X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), "connection"),
    Fault("nothing but HTTP 100", trickled(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout"),
    # the connection
    Fault("hangs up without a word", on_wire(), "connection"),
    Fault("reset before a word", on_wire(reset=True), "connection"),
    Fault("reset within the headers", on_wire(HEAD[:30], reset=True), "connection"),
    Fault("reset within the body", wired(b"Content-Length: %d", lambda b: b[:50], reset=True), "connection"),
    Fault("half a body", cut_off("x"), "connection"),
    Fault("never answers", hangs(60), "timeout"),
    Fault("headers, a byte now and then", trickled(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "timeout"),
    Fault("a body, a byte now and then", trickled(HEAD + b"Content-Length: 9000\r\n\r\n", b" "), "timeout"),
    Fault(
        "chunks, a byte now and then", trickled(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), "timeout"
    ),
    Fault("a body without an end", on_wire(HEAD + b"\r\n", *[b" " * 1_000_000] * 40), "too_large"),
    Fault(
        "50 MB of content",
        lambda _: Answer(body=b'{"choices": [{"message": {"content": "' + b"x" * 50_000_000 + b'"}}]}'),
        "too_large",
    ),
    Fault(
        "7 MB of content",
        lambda _: Answer(body=b'{"choices": [{"message": {"content": "' + b"x" * 7_000_000 + b'"}}]}'),
        "too_large",
    ),
    Fault("chunks that end well", wired(b"Transfer-Encoding: chunked", lambda b: chunked(b) + b"0\r\n\r\n"), "coded"),
    Fault("chunks without an end", wired(b"Transfer-Encoding: chunked", chunked), "connection"),
    Fault(
        "a chunk whose size is a word", wired(b"Transfer-Encoding: chunked", lambda b: b"many\r\n" + b), "connection"
    ),
    Fault(
        "a chunk of 10^20 bytes",
        wired(b"Transfer-Encoding: chunked", lambda b: b"fffffffffffffffff\r\n" + b),
        "connection",
    ),
    Fault("a length that is too long", wired(b"Content-Length: 99999", lambda b: b), "connection"),
    Fault("a length that is too short", wired(b"Content-Length: 40", lambda b: b), "invalid"),
    Fault("a length below nothing", wired(b"Content-Length: -5", lambda b: b), "connection"),
    Fault("two lengths", wired(b"Content-Length: 5\r\nContent-Length: 7", lambda b: b), "connection"),
    Fault("no length, ended by hanging up", wired(b"Connection: close", lambda b: b), "coded"),
    # how the body is packed
    Fault("gzip, not asked for", bytes_of(gzip.compress, Content_Encoding="gzip"), "coded"),
    Fault("gzip that is none", bytes_of(lambda b: b, Content_Encoding="gzip"), "invalid"),
    Fault("gzip, cut off", bytes_of(lambda b: gzip.compress(b)[:-60], Content_Encoding="gzip"), "invalid"),
    Fault("a gzip bomb", raw(BOMB), "invalid"),
    Fault("a gzip bomb that says so", bytes_of(lambda _: BOMB, Content_Encoding="gzip"), "too_large"),
    Fault("brotli", bytes_of(lambda _: b"\x8b\x00\x80{}\x03", Content_Encoding="br"), "invalid"),
    Fault("the wrong content type", bytes_of(lambda b: b, Content_Type="image/png"), "coded"),
    Fault(
        "the wrong character set in the header",
        bytes_of(lambda b: b, Content_Type="application/json; charset=utf-7"),
        "coded",
    ),
    Fault("a byte order mark", bytes_of(lambda b: b"\xef\xbb\xbf" + b), "coded"),
    Fault("Latin-1", bytes_of(lambda b: b.replace(b'"object"', b'"\xfcbject"')), "invalid"),
    Fault("UTF-16", bytes_of(lambda b: b.decode().encode("utf-16")), "invalid"),
    Fault("UTF-16 without a mark", bytes_of(lambda b: b.decode().encode("utf-16-le")), "invalid"),
    # what the body is
    Fault("an empty body", raw(b""), "invalid"),
    Fault("HTML", raw(b"<!doctype html><title>Sign in</title>", "text/html"), "invalid"),
    Fault("XML", raw(b"<?xml version='1.0'?><choices/>"), "invalid"),
    Fault("a picture", raw(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "invalid"),
    Fault(
        "a stream of events that nobody asked for",
        bytes_of(lambda b: b"data: " + b + b"\n\ndata: [DONE]\n\n", Content_Type="text/event-stream"),
        "invalid",
    ),
    Fault("two answers in one", bytes_of(lambda b: b + b"\n" + b), "invalid"),
    Fault("words after the answer", bytes_of(lambda b: b + b" that was it"), "invalid"),
    Fault("half the JSON", bytes_of(lambda b: b[: len(b) // 2]), "invalid"),
    Fault("nested deep", raw(b"[" * DEEP + b"]" * DEEP), "invalid"),
    Fault(
        "nested deep within a field",
        bytes_of(lambda b: b.replace(b'"created": 1', b'"created": ' + b"[" * DEEP + b"]" * DEEP)),
        "invalid",
    ),
    Fault(
        "a number of 5,000 digits",
        bytes_of(lambda b: b.replace(b'"created": 1', b'"created": ' + b"9" * 5000)),
        "invalid",
    ),
    Fault("NaN within a field", bytes_of(lambda b: b.replace(b'"created": 1', b'"created": NaN')), "coded"),
    Fault("NaN", raw(b"NaN"), "invalid"),
    Fault("null", raw(b"null"), "invalid"),
    Fault("a list", raw(b"[]"), "invalid"),
    Fault("a text", raw(b'"I cannot"'), "invalid"),
    Fault("an empty object", raw(b"{}"), "invalid"),
    Fault("an error with HTTP 200", raw(b'{"error": {"message": "overloaded"}}'), "invalid"),
    Fault("every name twice", bytes_of(lambda b: b"{" + b[1:-1] + b", " + b[1:-1] + b"}"), "coded"),
    # its parts
    *(
        Fault(f"choices are {value!r}", with_field("choices", value), "invalid")
        for value in (None, [], [None], ["text"], "text", {}, 1, [[]], [{}])
    ),
    *(Fault(f"the message is {value!r}", with_choice("message", value), "invalid") for value in (None, "text", [], 1)),
    *(
        Fault(f"the content is {value!r}", with_message("content", value), "invalid")
        for value in (1, 1.5, True, {}, {"text": "x"}, ["text"], [None], [1])
    ),
    Fault("the content is a list of text parts", body_with(parts_of), "coded"),
    Fault("the content is an empty list", with_message("content", []), "empty"),
    Fault(
        "the content is a list of pictures", with_message("content", [{"type": "image_url", "image_url": {}}]), "empty"
    ),
    Fault("a text part whose text is a number", with_message("content", [{"type": "text", "text": 5}]), "empty"),
    Fault("the content is nothing", with_message("content", None), "empty"),
    Fault("the content is white space", with_message("content", " \n\t "), "empty"),
    Fault("no content", body_with(lambda c: c["choices"][0]["message"].pop("content") and None), "empty"),
    Fault(
        "a call of a tool in its place",
        body_with(
            lambda c: c["choices"][0].update({"finish_reason": "tool_calls", "message": {"tool_calls": [{"id": "x"}]}})
        ),
        "empty",
    ),
    Fault("nested deep within the content", with_message("content", '{"evidence": ' + "[" * 50_000), "invalid"),
    Fault(
        "nested deep and long within the content", with_message("content", '{"evidence": ' + "[" * DEEP), "too_large"
    ),
    Fault("half a character", with_message("content", "\ud800"), "invalid"),
    Fault("half a character within the reply", with_reason("\\ud800"), "invalid", whole=False),
    Fault("a NUL within the reply", with_reason("a\\u0000b"), "invalid", whole=False),
    Fault("orders to a terminal within the reply", with_reason("\\u001b[31mred"), "invalid", whole=False),
    Fault("a character that XML does not take", with_reason("\\uffff"), "invalid", whole=False),
    Fault("an empty answer", empty(), "empty"),
    Fault("half an answer", invalid_json(), "invalid"),
    Fault(
        "a sentence number of 300 digits",
        with_message("content", '{"evidence": [' + "9" * 300 + '], "value": "present", "reason": "x"}'),
        "invalid",
    ),
    Fault("refuses", refuses(), "refusal"),
    Fault("refuses in a part", with_message("content", [{"type": "refusal", "refusal": "No."}]), "refusal"),
    Fault("a refusal that is a number", with_message("refusal", 5), "coded"),
    Fault("cut off at the longest reply", too_long(), "length"),
    Fault("stopped by a filter", filtered(), "content_filter"),
    *(
        Fault(f"it ended because of {value!r}", with_choice("finish_reason", value), "coded")
        for value in (None, 5, [], "a reason of its own")
    ),
    *(
        Fault(f"usage is {value!r}", with_field("usage", value), "coded")
        for value in (
            None,
            {},
            "many",
            [],
            5,
            {"prompt_tokens": None},
            {"prompt_tokens": "12", "completion_tokens": []},
            {"prompt_tokens": -5, "completion_tokens": -5},
            {"prompt_tokens": 10**30, "completion_tokens": 10**30},
            {"prompt_tokens": 1e300},
            {"prompt_tokens": True, "completion_tokens": 1.5},
        )
    ),
    Fault("no usage", body_with(lambda c: c.pop("usage") and None), "coded"),
    Fault(
        "usage is not a number",
        bytes_of(lambda b: b.replace(b'"prompt_tokens": ', b'"prompt_tokens": NaN, "x": ')),
        "coded",
    ),
    *(
        Fault(f"the model's name is {value!r}"[:60], with_field("model", value), "coded")
        for value in (None, 5, [], "\ud800", "x" * 100_000, "\x1b[31m")
    ),
    *(
        Fault(f"the probabilities are {value!r}", with_choice("logprobs", value), "coded")
        for value in ("x", [], {"content": [None]}, {"content": "x"})
    ),
    # the key
    Fault("the key in the reply", with_reason(KEY), "coded"),
    Fault("the key in the reply, with Bearer", with_reason(f"Authorization: Bearer {KEY}"), "coded"),
    Fault("the key in the reply, escaped", with_reason(escaped(KEY)), "coded"),
    Fault("the key in the reply, half of it escaped", with_reason(KEY[:9] + escaped(KEY[9:])), "coded"),
    Fault("the key in the reply, percent-encoded", with_reason(percent(KEY)), "coded"),
    Fault("the key as the model's name", with_field("model", KEY), "coded"),
    Fault("the key in a refusal", with_message("refusal", f"Not with {KEY}"), "refusal"),
    Fault("the key in an error", fails(401, message=f"bad key {KEY}"), "rejected"),
    Fault(
        "the key in an error, twice escaped",
        lambda _: Answer(status=500, body=json.dumps({"error": {"message": json.dumps(escaped(KEY))}}).encode()),
        "server_error",
    ),
    Fault(
        "the key in HTML",
        lambda _: Answer(status=403, body=f"<p>{''.join(f'&#x{ord(c):x};' for c in KEY)}</p>".encode()),
        "rejected",
    ),
    Fault("the key in UTF-16", lambda _: Answer(status=403, body=KEY.encode("utf-16-le")), "rejected"),
    Fault(
        "the key in UTF-7, as the header says",
        lambda _: Answer(status=403, body=KEY.encode("utf-16"), headers={"Content-Type": "text/plain; charset=utf-16"}),
        "rejected",
    ),
    Fault("the key where a status line should be", on_wire(f"Bearer {KEY}\r\n\r\n".encode()), "connection"),
    Fault(
        "the key in headers", on_wire(HEAD + f"Set-Cookie: {KEY}\r\nContent-Length: 2\r\n\r\n[]".encode()), "invalid"
    ),
    Fault("the key in a body that is no JSON", raw(f"<html>Bearer {KEY}</html>".encode()), "invalid"),
]
