"""One question to a model: one checked record back, or an error that says why not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from scr_llm.errors import NoReplyError, StopError, UsageError
from scr_llm.llm import prompts
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials
from scr_llm.llm.pace import Pace, Retries, retry_after
from scr_llm.llm.question import EndpointCapabilities, Message, Question
from scr_llm.llm.reply import (
    Completion,
    Reply,
    State,
    completion_in,
    explain,
    failure,
    foreign,
    json_in,
    shown,
    words_of,
)
from scr_llm.llm.spend import Spend, at_most_tokens, was_cut
from scr_llm.llm.wire import Answer, Wire
from scr_llm.tracing import span

_TOO_LONG = re.compile(
    r"context (?:size|length|window)|maximum context|too (?:long|many tokens)|exceed\w* .{0,40}(?:context|tokens)", re.I
)
_MODELS_S = 5.0
"""Seconds allowed for a list of models."""


class Memory(Protocol):
    """Keeps usable replies by key."""

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply, its `parsed` not yet set."""
        ...

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep one before anything else is done with it."""
        ...


class Client:
    """Asks one endpoint, from any number of threads. Nothing is sent before `ask`.

    `on_send` is given the body of every request, retries included, just before it is sent, and the document it is
    about, so that all that leaves can be logged. `memory` keeps usable replies: the same question to the same model
    with the same settings is answered from it. `max_concurrency` limits the requests under way; a server that says
    "too fast" gets fewer. `spend` counts, and stops at its budget.

    Raises UsageError if the endpoint is not on this machine and `remote_allowed` is not set.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        remote_allowed: bool = False,
        retries: Retries | None = None,
        max_concurrency: int = 4,
        on_send: Callable[[bytes, str | None], None] | None = None,
        memory: Memory | None = None,
        spend: Spend | None = None,
    ) -> None:
        self._local = is_loopback(endpoint.base_url)
        if not (self._local or remote_allowed):
            raise UsageError(
                f"The model at {without_credentials(endpoint.base_url)} is not on this machine, "
                "and reviews would be sent there.",
                next_step="To allow that, set [llm] approved_by and region in project.toml, beside this base_url.",
            )
        self.endpoint, self.spend = endpoint, spend or Spend()
        self.manner = EndpointCapabilities()
        self._pace = Pace(max_concurrency, retries or Retries())
        self._wire = Wire(endpoint, self._pace.cut)
        self._on_send, self._memory = on_send, memory
        self._where = f"{endpoint.model} at {endpoint.place}"

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """Ask and return the checked record; `about` is the id of the document, for the log of calls.

        Transport errors are tried again. An empty or invalid reply is asked for once more, with the error shown.

        Raises:
            NoReplyError: there is no usable reply; its `state` says why.
            StopError: the budget is used up, or `stop` was called.
        """
        with span("ask", about) as note:
            if (reply := self._remembered(question)) is None:
                reply = self._asked(question, about)
            note(sent_tokens=reply.prompt_tokens or 0, received_tokens=reply.completion_tokens or 0)
            note(kept=int(reply.finish_reason == "kept"))
            return reply

    def _asked(self, question: Question, about: str | None) -> Reply[Any]:
        """As `ask`, of a question whose reply is not kept."""
        messages = question.messages
        sent = received = 0
        for _ in range(2):
            completion = self._complete(question, messages, about)
            prompt, written = completion.prompt_tokens, completion.completion_tokens
            sent, received = sent + (prompt or 0), received + (written or 0)
            raw = self._raw(question, messages, completion)
            found = self._read(question, raw)
            if not isinstance(found, _Unusable):
                reply = Reply(
                    parsed=found,
                    raw=raw,
                    prompt_tokens=sent if prompt is not None else None,
                    completion_tokens=received if written is not None else None,
                    finish_reason=completion.finish,
                    model=completion.model or self.endpoint.model,
                )
                if self._memory:
                    self._memory.keep(question, self.endpoint, reply, about)
                return reply
            messages = _asked_again(messages, raw, found.problem)
        last = found.problem.rstrip(".")
        raise failure(found.state, self._where, f"two replies could not be used. The second: {last}")

    def _remembered(self, question: Question) -> Reply[Any] | None:
        """A reply that was kept; None if there is none, or it was kept for an earlier version of the record."""
        kept = self._memory.recall(question, self.endpoint) if self._memory else None
        if kept is None:
            return None
        try:
            reply = replace(kept, parsed=question.read(kept.raw))
        except ValueError:
            return None
        self.spend.remembered()
        return reply

    def _raw(self, question: Question, messages: list[Message], completion: Completion) -> str:
        """The words of a completion.

        Raises:
            NoReplyError: the server did not read the whole prompt, or the completion has no words for us.
        """
        prompt, chars = completion.prompt_tokens, sum(len(m["content"]) for m in messages)
        if was_cut(chars, prompt):
            raise failure(
                "truncated", self._where, f"the server read {prompt} tokens of a prompt of {chars:,} characters"
            )
        most = question.max_tokens or self.endpoint.max_tokens
        return words_of(completion, self._where, most, weighed=question.weighed)

    def _read(self, question: Question, raw: str) -> Any:
        """The record in a reply, or an `_Unusable` that says what is wrong with it."""
        if not raw.strip():
            return _Unusable("empty", "The reply was empty.")
        try:
            parsed = question.read(raw, strict=self.manner.form == "schema")
        except ValueError as error:
            return _Unusable("invalid", explain(error))
        return _Unusable("language", "It is not in English.") if foreign(parsed) else parsed

    def models(self) -> list[str]:
        """Names of the models that the endpoint serves. No text is sent.

        Raises:
            NoReplyError: it does not answer.
        """
        answer = self._wire.ask(lambda o: o.models.list(), seconds=min(_MODELS_S, self.endpoint.timeout_s))
        if not 200 <= answer.status < 300:
            raise failure(state_of(answer), self._where, what_failed(answer))
        listed = json_in(answer.text, self._where)
        rows = listed.get("data") if isinstance(listed, dict) else None
        return [
            shown(row["id"], 100)
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, dict) and isinstance(row.get("id"), str)
        ]

    def stop(self) -> None:
        """Send nothing more. Requests under way have a moment to finish and be kept, then they are cut off."""
        self._pace.stop()

    def close(self) -> None:
        """Close the connections; a later `ask` opens new ones."""
        self._wire.close()

    def _complete(self, question: Question, messages: list[Message], about: str | None) -> Completion:
        """One request, retried after transport errors, counted, and simplified where the endpoint needs that."""
        most = self.endpoint.max_tokens if not question.weighed else 1
        held = self.spend.hold(at_most_tokens(sum(len(m["content"]) for m in messages)), most)
        try:
            answer = self._pace.retrying()(self._once, question, messages, about)
        finally:
            self.spend.release(held)
        try:
            completion = completion_in(json_in(answer.text, self._where), self._where)
        except NoReplyError:
            self.spend.count(held[1] - most, 0)  # it was answered, so it may be charged for
            raise
        prompt, written = completion.prompt_tokens, completion.completion_tokens
        self.spend.count(held[1] - most if prompt is None else prompt, 0 if written is None else written)
        return completion

    def _note(self, about: str | None, content: bytes) -> None:
        if self._on_send is not None:
            self._on_send(content, about)

    def _once(self, question: Question, messages: list[Message], about: str | None) -> Answer:
        """One request in a form that the endpoint accepts."""
        while True:
            manner = self.manner
            body = manner.body(question, messages, self.endpoint)
            with self._pace.turn():
                if self._pace.stopped.is_set():
                    raise StopError("Asking was stopped.", next_step="Run again to go on.")
                answer = self._wire.ask(partial(_completion, body), on_send=partial(self._note, about))
                if answer.status == 429:
                    self._pace.too_fast(retry_after(answer.retry_after))
            if 200 <= answer.status < 300:
                self._pace.went_well()
                return answer
            simpler = manner.simpler(answer.status, answer.text[:_LOOKED_AT], question)
            if simpler is None:
                raise failure(state_of(answer), self._where, what_failed(answer), retry_after(answer.retry_after))
            self.manner = simpler


@dataclass(frozen=True)
class _Unusable:
    """A reply that cannot be used."""

    state: State
    problem: str


def _asked_again(messages: list[Message], raw: str, problem: str) -> list[Message]:
    """The conversation with a reply that could not be used, and the request for a better one."""
    again: Message = {"role": "user", "content": prompts.fill(prompts.shipped("again"), problem=problem)}
    if not raw.strip():  # some chat templates reject an empty turn
        return [*messages, again]
    return [*messages, {"role": "assistant", "content": raw[:4000].encode("utf-8", "replace").decode()}, again]


def _completion(body: dict[str, Any], openai: Any) -> Any:
    return openai.chat.completions.create(**body)


_LOOKED_AT = 4_000
"""Characters of an error's body that are searched for its cause."""


def state_of(answer: Answer) -> State:
    """What an HTTP error means."""
    if answer.status == 429:
        return "rate_limited"
    if _TOO_LONG.search(answer.text[:_LOOKED_AT]):
        return "too_long"
    return "server_error" if answer.status >= 500 else "rejected"


def what_failed(answer: Answer) -> str:
    """An HTTP error in the server's own words."""
    said: object = answer.text
    try:
        body = json.loads(answer.text)
        within = body.get("error", body)
        said = within.get("message", answer.text) if isinstance(within, dict) else within
    except (ValueError, RecursionError, AttributeError):
        pass
    redirected = " (a redirect, which is not followed)" if 300 <= answer.status < 400 else ""
    return f"HTTP {answer.status}{redirected}: {shown(said if isinstance(said, str) else answer.text) or 'no message'}"
