"""One question to a model, one checked record back, or an error that names why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import ValidationError

from scr_llm.errors import StopError, UsageError
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials
from scr_llm.llm.pace import Pace, Retries, retry_after
from scr_llm.llm.question import Manner, Message, Question
from scr_llm.llm.reply import Reply, State, explain, failure, foreign, parse, words_of
from scr_llm.llm.spend import Spend, at_most_tokens, was_cut

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion

_AGAIN = "Your reply could not be used: {problem}\nReply to the question again, with JSON that fits the schema and nothing else."
_TOO_LONG = re.compile(r"context (?:size|length|window)|maximum context|too (?:long|many tokens)|exceed\w* .{0,40}(?:context|tokens)", re.I)
_ABOUT: ContextVar[str | None] = ContextVar("document", default=None)


class Memory(Protocol):
    """Keeps usable replies by key; the project's store does, and so does a file of recorded ones."""

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply, its `parsed` not yet set."""
        ...

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep one before anything else is done with it."""
        ...


class Client:
    """Asks one endpoint, from as many threads as there are. Nothing is sent before `ask`.

    `on_send` is given the body of every request just before it is sent and the document it is about, each try anew, so that all that leaves
    can be noted. `memory` keeps usable replies: the same question to the same model with the same settings is answered from it. `at_once` is
    how many requests may be under way; a server that says "too fast" gets fewer. `spend` counts, and stops at its budget.
    Raises UsageError where the endpoint is not on this machine and `remote_allowed` was not given.
    """

    def __init__(
        self, endpoint: Endpoint, *, remote_allowed: bool = False, retries: Retries | None = None, at_once: int = 4,
        on_send: Callable[[bytes, str | None], None] | None = None, memory: Memory | None = None, spend: Spend | None = None,
    ) -> None:  # fmt: skip
        self._local = is_loopback(endpoint.base_url)
        if not (self._local or remote_allowed):
            raise UsageError(
                f"The model at {without_credentials(endpoint.base_url)} is not on this machine, and reviews would be sent there.",
                next_step="project.toml must name [llm] approved_by and region before that is allowed.",
            )
        self.endpoint, self.spend = endpoint, spend or Spend()
        self.manner = Manner()
        self._pace = Pace(at_once, retries or Retries())
        self._openai: OpenAI | None = None
        self._on_send, self._memory = on_send, memory
        self._where = f"{endpoint.model} at {without_credentials(endpoint.base_url)}"

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """Ask and return the checked record; `about` is the id of the document, for the log of calls.

        Transport errors are tried again. An empty or invalid reply is asked for once more, with the error shown.

        Raises:
            NoReplyError: there is no usable reply; its `state` says why.
            StopError: the budget is used up, or `stop` was called.
        """
        _ABOUT.set(about)
        if self._memory and (kept := self._memory.recall(question, self.endpoint)):
            try:
                reply = replace(kept, parsed=parse(kept.raw, question.reply, strict=False))
            except ValidationError:
                pass  # kept under another version of the record: asked again
            else:
                self.spend.remembered()
                return reply
        messages = question.messages
        sent = received = 0
        for last in (False, True):
            completion = self._complete(question, messages)
            usage = completion.usage
            prompt, written = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
            chars = sum(len(m["content"]) for m in messages)
            if was_cut(chars, prompt):
                raise failure("truncated", self._where, f"the server read {prompt} tokens of a prompt of {chars:,} characters")
            raw = words_of(completion, self._where, self.endpoint.max_tokens, weighed=question.weighed)
            sent, received = sent + (prompt or 0), received + (written or 0)
            state: State = "empty"
            problem = "The reply was empty."
            if raw.strip():
                try:
                    parsed = parse(raw, question.reply, strict=self.manner.form == "schema")
                except ValidationError as error:
                    state, problem = "invalid", explain(error)
                else:
                    if not foreign(parsed):
                        reply = Reply(parsed, raw, sent if usage else None, received if usage else None, completion.choices[0].finish_reason, completion.model or self.endpoint.model)
                        if self._memory:
                            self._memory.keep(question, self.endpoint, reply, about)
                        return reply
                    state, problem = "language", "It is not in English."
            if not last:
                if raw.strip():  # some chat templates do not take an empty turn
                    messages = [*messages, {"role": "assistant", "content": raw[:4000]}]
                messages = [*messages, {"role": "user", "content": _AGAIN.format(problem=problem)}]
        raise failure(state, self._where, f"twice; the second time: {problem}")

    def models(self) -> list[str]:
        """Names of the models that the endpoint serves. No text is sent.

        Raises:
            NoReplyError: it does not answer.
        """
        import openai

        try:
            with self._connection(timeout_s=min(5.0, self.endpoint.timeout_s)) as client:
                return [model.id for model in client.models.list().data or []]
        except openai.OpenAIError as error:
            raise failure("connection", self._where, str(error)[:200]) from error

    def stop(self) -> None:
        """Send nothing more; requests under way come home and are kept."""
        self._pace.stop()

    def close(self) -> None:
        """Close the connections; a later `ask` opens new ones."""
        if self._openai is not None:
            self._openai.close()
            self._openai = None

    def _connection(self, timeout_s: float) -> OpenAI:
        import openai

        return openai.OpenAI(
            base_url=self.endpoint.base_url, api_key=self.endpoint.api_key or "none", timeout=timeout_s, max_retries=0,
            # A redirect or, for a local model, a proxy from the environment would carry the review off this machine.
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._local, event_hooks={"request": [self._sending]}),
        )  # fmt: skip

    def _sending(self, request: Any) -> None:
        if self._on_send is not None and request.method == "POST":
            self._on_send(request.content, _ABOUT.get())

    def _complete(self, question: Question, messages: list[Message]) -> ChatCompletion:
        """One request, tried again after transport errors, counted, and put more simply where the endpoint wants that."""
        import openai

        most = self.endpoint.max_tokens if not question.weighed else 1
        held = self.spend.hold(at_most_tokens(sum(len(m["content"]) for m in messages)), most)
        try:
            completion = self._pace.retrying()(self._once, question, messages)
        except openai.APITimeoutError as error:
            raise failure("timeout", self._where, f"no reply within {self.endpoint.timeout_s:g} s") from error
        except openai.APIConnectionError as error:
            raise failure("connection", self._where, str(error.__cause__ or error)[:300]) from error
        except openai.APIStatusError as error:
            raise failure(_state_of(error), self._where, f"HTTP {error.status_code}: {error.message[:300]}") from error
        except (openai.OpenAIError, ValueError) as error:  # ValueError: a body that is not JSON
            raise failure("invalid", self._where, f"the endpoint's answer is not a chat completion ({type(error).__name__})") from error
        finally:
            self.spend.release(held)
        if not getattr(completion, "choices", None):  # the package passes on any JSON, and text as it is
            raise failure("invalid", self._where, "the endpoint's answer is not a chat completion")
        usage = completion.usage
        self.spend.count(usage.prompt_tokens if usage else held[1] - most, usage.completion_tokens if usage else 0)
        return completion

    def _once(self, question: Question, messages: list[Message]) -> ChatCompletion:
        import openai

        while True:
            manner = self.manner
            with self._pace.turn():
                if self._pace.stopped.is_set():
                    raise StopError("Asking was stopped.", next_step="Run again to go on.")
                if self._openai is None:
                    self._openai = self._connection(self.endpoint.timeout_s)
                try:
                    completion = self._openai.chat.completions.create(**cast(Any, manner.body(question, messages, self.endpoint)))
                except openai.RateLimitError as error:
                    self._pace.too_fast(retry_after(error))
                    raise
                except openai.APIStatusError as error:
                    simpler = manner.simpler(error.status_code, str(error.message), question)
                    if simpler is None:
                        raise
                    self.manner = simpler
                    continue
            self._pace.went_well()
            return cast("ChatCompletion", completion)


def _state_of(error: Any) -> State:
    if error.status_code == 429:
        return "rate_limited"
    if _TOO_LONG.search(str(error.message)):
        return "too_long"
    return "server_error" if error.status_code >= 500 else "rejected"
