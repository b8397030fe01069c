"""Batches: questions in a file, answered later (and cheaper) by a hosted batch endpoint, or by vLLM's offline runner.

The format is OpenAI's: one JSON object per line with `custom_id`, `method`, `url`, `body`. Results come back in any
order, and not always all of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from scr_llm.errors import NoReplyError
from scr_llm.llm.client import state_of, what_failed
from scr_llm.llm.endpoint import Endpoint, without_key
from scr_llm.llm.pace import Pace, Retries, retry_after
from scr_llm.llm.question import EndpointCapabilities, Question
from scr_llm.llm.reply import Reply, completion_in, explain, failure, foreign, json_in, shown, words_of
from scr_llm.llm.wire import ANSWER_BYTES, Answer, Wire

ENDED = ("completed", "failed", "expired", "cancelled")
"""States of a hosted batch that are final."""
UNDER_WAY = ("validating", "in_progress", "finalizing", "cancelling")
"""States of a hosted batch in which there is nothing to collect yet."""
RESULT_BYTES, MOST_RESULT_BYTES = 100_000, 256_000_000
"""Longest results of a batch: per question, and in all."""
_TRANSFER_S = 600.0
"""Seconds allowed for sending the questions or fetching the results, at least."""
_HASH = "content_sha256"
"""Key in a batch's metadata for the hash of its questions."""
_PAGES = 100
"""Pages of the list of batches that are searched, at most."""


def lines(
    questions: Iterable[Question], endpoint: Endpoint, manner: EndpointCapabilities | None = None
) -> Iterator[str]:
    """One line per question; its `custom_id` is the key that its reply is kept under."""
    for question in questions:
        body = (manner or EndpointCapabilities()).body(question, question.messages, endpoint)
        yield (
            json.dumps(
                {"custom_id": question.key(endpoint), "method": "POST", "url": "/v1/chat/completions", "body": body},
                ensure_ascii=False,
            )
            + "\n"
        )


def content_hash(content: bytes) -> str:
    """A batch's name until the endpoint gives it one: SHA-256 of its questions, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Result:
    """What came back for one question."""

    key: str
    """The question's key."""
    reply: Reply[Any] | None
    """A usable reply."""
    problem: str | None
    """Why there is none; also None if the reply was kept before."""


def results(
    text: str, questions: dict[str, Question], endpoint: Endpoint, kept: Callable[[str], bool] = lambda _: False
) -> Iterator[Result]:
    """The results in a file, checked like any reply.

    A line that is broken or answers none of the questions is a problem of its own. A line whose reply was `kept`
    before is neither a reply nor a problem.
    """
    where = f"{endpoint.model} at {endpoint.place}"
    for number, line in enumerate(without_key(text, endpoint).split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json_in(line, where)
        except NoReplyError:
            given = None
        key = given.get("custom_id") if isinstance(given, dict) else None
        if not isinstance(key, str):
            yield Result(f"line {number}", None, "it is not a line of batch results")
        elif key in questions:
            try:
                yield Result(key, _reply(questions[key], given, where, endpoint), None)
            except NoReplyError as error:
                yield Result(key, None, error.message)
        else:
            yield Result(shown(key, 64), None, None if kept(key) else "it answers no question of this project")


def _reply(question: Question, given: dict[str, Any], where: str, endpoint: Endpoint) -> Reply[Any]:
    response = given.get("response")
    status, body = (response.get("status_code"), response.get("body")) if isinstance(response, dict) else (None, None)
    if given.get("error") or status != 200:
        raise failure("server_error", where, shown(str(given.get("error") or f"HTTP {status}")))
    completion = completion_in(body, where)
    raw = words_of(completion, where, endpoint.max_tokens, weighed=question.weighed)
    try:
        parsed = question.read(raw)
    except ValueError as error:
        raise failure("invalid", where, f"it does not have the form asked for: {explain(error)}") from error
    if foreign(parsed):
        raise failure("language", where, "it is not in English")
    return Reply(
        parsed=parsed,
        raw=raw,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        finish_reason=completion.finish,
        model=completion.model or endpoint.model,
    )


class Batches:
    """A hosted endpoint's batches. Raises NoReplyError if it does not accept them or does not answer."""

    def __init__(
        self, endpoint: Endpoint, on_send: Callable[[bytes, str | None], None], retries: Retries | None = None
    ) -> None:
        self._where, self._on_send = f"{endpoint.model} at {endpoint.place}", on_send
        self._wire, self._pace = Wire(endpoint), Pace(1, retries or Retries(attempts=4))
        self._transfer_s = max(_TRANSFER_S, endpoint.timeout_s)

    def upload(self, content: bytes) -> str:
        """Send the questions without starting anything yet; returns the file's id."""
        self._on_send(content, None)
        sent = self._again(
            lambda o: o.files.create(file=("questions.jsonl", content), purpose="batch"), seconds=self._transfer_s
        )
        return self._word_in(self._json(sent), "id")

    def begin(self, file_id: str, content_sha256: str) -> str:
        """Start answering the questions of a file; returns the batch's id.

        Never retried: asking twice could mean paying twice.
        """
        answer = self._wire.ask(
            lambda o: o.batches.create(
                input_file_id=file_id,
                endpoint="/v1/chat/completions",
                completion_window="24h",
                metadata={_HASH: content_sha256},
            )
        )
        return self._word_in(self._json(self._good(answer)), "id")

    def find(self, content_sha256: str, since: float) -> str | None:
        """The id of the batch that holds these questions; None if the endpoint certainly has none.

        Args:
            content_sha256: hash of the questions.
            since: batches that began earlier are ignored; Unix time, seconds.

        Raises:
            NoReplyError: it cannot be known: there is no list, or a batch in it does not say which questions it holds.
        """
        after = ""
        keeps_metadata = silent = False
        for _ in range(_PAGES):
            page = self._json(self._again(partial(_listed, after)))
            rows = page.get("data")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise failure("invalid", self._where, "its list of batches is malformed")
            for row in rows:
                metadata, created = row.get("metadata"), row.get("created_at")
                named = metadata.get(_HASH) if isinstance(metadata, dict) else None
                if named == content_sha256:
                    return self._word_in(row, "id")
                keeps_metadata |= named is not None
                silent |= named is None and not (isinstance(created, int | float) and created < since)
            if not rows or page.get("has_more") is not True:
                break
            after = self._word_in(rows[-1], "id")
        else:
            raise failure("invalid", self._where, "its list of batches has no end")
        if silent and not keeps_metadata:
            raise failure("invalid", self._where, "its list has batches that do not say which questions they hold")
        return None

    def state(self, batch_id: str) -> tuple[str, int, int]:
        """State of a batch, how many of its questions are done, and how many there are."""
        batch = self._batch(batch_id)
        state, counts = self._word_in(batch, "status"), batch.get("request_counts")
        if state not in (*ENDED, *UNDER_WAY):
            raise failure("invalid", self._where, f"“{shown(state, 40)}” is not a known state of a batch")
        if not isinstance(counts, dict):
            return state, 0, 0
        done, failed, total = (
            n if isinstance(n := counts.get(name), int) else 0 for name in ("completed", "failed", "total")
        )
        return state, done + failed, total

    def fetch(self, batch_id: str, questions: int) -> str:
        """Results of a batch of so many questions, errors included: lines as `results` takes them."""
        batch = self._batch(batch_id)
        most = min(MOST_RESULT_BYTES, ANSWER_BYTES + RESULT_BYTES * questions)
        names = [
            name for field in ("output_file_id", "error_file_id") if isinstance(name := batch.get(field), str) and name
        ]
        return "\n".join(
            self._again(partial(_content, name), seconds=self._transfer_s, most=most).text for name in names
        )

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _batch(self, batch_id: str) -> dict[str, Any]:
        return self._json(self._again(lambda o: o.batches.retrieve(batch_id)))

    def _again(self, call: Callable[[Any], Any], *, seconds: float | None = None, most: int = ANSWER_BYTES) -> Answer:
        """A request that may be made more than once."""
        return self._pace.retrying()(lambda: self._good(self._wire.ask(call, seconds=seconds, most=most)))

    def _good(self, answer: Answer) -> Answer:
        if not 200 <= answer.status < 300:
            raise failure(state_of(answer), self._where, what_failed(answer), retry_after(answer.retry_after))
        return answer

    def _json(self, answer: Answer) -> dict[str, Any]:
        given = json_in(answer.text, self._where)
        if not isinstance(given, dict):
            raise failure("invalid", self._where, "the endpoint's answer is not a JSON object")
        return given

    def _word_in(self, given: dict[str, Any], name: str) -> str:
        word = given.get(name)
        if not isinstance(word, str) or not re.fullmatch(r"[!-~]{1,200}", word):
            raise failure("invalid", self._where, f"the endpoint's answer has no usable {name}")
        return word


def _listed(after: str, openai: Any) -> Any:
    return openai.batches.list(limit=100, **({"after": after} if after else {}))


def _content(name: str, openai: Any) -> Any:
    return openai.files.content(name)
