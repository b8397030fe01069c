"""Batches: questions written to a file, answered by a hosted batch endpoint at its leisure (and lower price) or by vLLM's offline runner.

The format is OpenAI's: one JSON object a line with `custom_id`, `method`, `url`, `body`; results come back in any order, and not all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from scr_llm.errors import NoReplyError
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials
from scr_llm.llm.question import Manner, Question
from scr_llm.llm.reply import Reply, failure, foreign, parse, words_of

UNDER_WAY = ("validating", "in_progress", "finalizing", "cancelling")
"""States of a hosted batch in which there is nothing to collect yet."""


def lines(questions: Iterable[Question], endpoint: Endpoint, manner: Manner | None = None) -> Iterator[str]:
    """One line a question; its `custom_id` is the key that its reply is kept by."""
    for question in questions:
        body = (manner or Manner()).body(question, question.messages, endpoint)
        yield json.dumps({"custom_id": question.key(endpoint), "method": "POST", "url": "/v1/chat/completions", "body": body}, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class Result:
    """What came back for one question."""

    key: str
    """The question's key."""
    reply: Reply[Any] | None
    """A usable reply."""
    problem: str | None
    """Why there is none."""


def results(text: str, questions: dict[str, Question], endpoint: Endpoint) -> Iterator[Result]:
    """The results in a file, checked like any reply. A line that answers none of the questions, or is broken, is a problem of its own."""
    where = f"{endpoint.model} at {without_credentials(endpoint.base_url)}"
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            key, response = given["custom_id"], given.get("response") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Result(f"line {number}", None, "it is not a line of batch results")
            continue
        question = questions.get(key)
        if question is None:
            yield Result(str(key), None, "nothing of this project asked for it")
            continue
        try:
            yield Result(key, _reply(question, given, response, where, endpoint), None)
        except NoReplyError as error:
            yield Result(key, None, error.message)


def _reply(question: Question, given: dict[str, Any], response: dict[str, Any], where: str, endpoint: Endpoint) -> Reply[Any]:
    from openai.types.chat import ChatCompletion

    if given.get("error") or response.get("status_code") != 200:
        raise failure("server_error", where, str(given.get("error") or f"HTTP {response.get('status_code')}")[:300])
    try:
        completion = ChatCompletion.model_validate(response.get("body"))
        raw = words_of(completion, where, endpoint.max_tokens, weighed=question.weighed)
        parsed = parse(raw, question.reply, strict=False)
    except (ValidationError, IndexError) as error:
        raise failure("invalid", where, "it does not fit what was asked for") from error
    if foreign(parsed):
        raise failure("language", where, "it is not in English")
    usage = completion.usage
    return Reply(
        parsed, raw, usage.prompt_tokens if usage else None, usage.completion_tokens if usage else None, completion.choices[0].finish_reason, completion.model
    )


class Batches:
    """A hosted endpoint's batches. Raises NoReplyError where it does not take them or does not answer."""

    def __init__(self, endpoint: Endpoint, on_send: Callable[[bytes, str | None], None]) -> None:
        import openai

        self._where, self._on_send = f"{endpoint.model} at {without_credentials(endpoint.base_url)}", on_send
        self._openai = openai.OpenAI(
            base_url=endpoint.base_url, api_key=endpoint.api_key or "none", timeout=endpoint.timeout_s, max_retries=3,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not is_loopback(endpoint.base_url)),
        )  # fmt: skip

    def send(self, content: bytes) -> str:
        """Upload the questions and begin; returns the batch's id."""
        self._on_send(content, None)
        return str(self._do(lambda o: o.batches.create(
            input_file_id=o.files.create(file=("questions.jsonl", content), purpose="batch").id, endpoint="/v1/chat/completions", completion_window="24h",
        ).id))  # fmt: skip

    def state(self, batch_id: str) -> tuple[str, int, int]:
        """State of a batch, how many of its questions are done, and of how many."""
        batch = self._do(lambda o: o.batches.retrieve(batch_id))
        counts = batch.request_counts
        return batch.status, (counts.completed + counts.failed) if counts else 0, counts.total if counts else 0

    def fetch(self, batch_id: str) -> str:
        """Results so far, errors too: lines as `results` takes them."""
        batch = self._do(lambda o: o.batches.retrieve(batch_id))
        files = [f for f in (batch.output_file_id, batch.error_file_id) if f]
        return "\n".join(self._text(f) for f in files)

    def _text(self, file_id: str) -> str:
        return str(self._do(lambda o: o.files.content(file_id).text))

    def close(self) -> None:
        """Close the connections."""
        self._openai.close()

    def _do(self, what: Callable[[Any], Any]) -> Any:
        import openai

        try:
            return what(self._openai)
        except openai.APIStatusError as error:
            raise failure("rejected", self._where, f"HTTP {error.status_code}: {error.message[:300]}") from error
        except openai.OpenAIError as error:
            raise failure("connection", self._where, str(error)[:300]) from error
