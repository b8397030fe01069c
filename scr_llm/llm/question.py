"""A question to a model: what is sent, and the key that its reply is kept under."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel

from scr_llm.llm import prompts
from scr_llm.llm.endpoint import Endpoint
from scr_llm.llm.reply import YesNoProbability, parse
from scr_llm.llm.schema import Bounds, bounded, strict_schema

Form = Literal["schema", "json", "text"]
"""How a reply's form is requested: a strict JSON schema, any JSON object, or in words only."""
Message = dict[str, str]

_FORMS: tuple[Form, ...] = ("schema", "json", "text")
_NO_SUCH_FORM = re.compile(
    r"response_format|json_schema|json_object|json mode|structured|grammar|schema|extra inputs", re.I
)


@dataclass(frozen=True)
class Made:
    """A record that is made at run time, described so that a question can be sent to another process."""

    by: Callable[..., type[BaseModel]]
    """A function of a module that makes it, and makes it once for the same arguments."""
    of: tuple[Hashable, ...] = ()
    """The arguments."""


@dataclass(frozen=True)
class Question:
    """One question.

    For a `YesNoProbability` the model says yes or no, and its certainty is read from the word's probabilities.
    """

    name: str
    """Unique within a document: `theme:neglect`, `theme:neglect/2` in the second window."""
    system: str
    """The system message; the same for all questions of a kind."""
    user: str
    """The question itself."""
    reply: type[BaseModel] | Made
    """The record wanted."""
    max_tokens: int | None = None
    """Longest reply, in tokens; None for the endpoint's own."""
    bounds: Bounds | None = None
    """The lowest and the highest number of a sentence that the reply may name, where it names any."""

    @property
    def record(self) -> type[BaseModel]:
        """The type of the record wanted."""
        return self.reply.by(*self.reply.of) if isinstance(self.reply, Made) else self.reply

    @property
    def weighed(self) -> bool:
        """Whether the answer is yes or no."""
        return self.reply is YesNoProbability

    @property
    def messages(self) -> list[Message]:
        """As sent the first time."""
        return [{"role": "system", "content": self.system}, {"role": "user", "content": self.user}]

    @cached_property
    def schema(self) -> dict[str, Any]:
        """What a reply must fit."""
        schema = strict_schema(self.record)
        return bounded(schema, self.bounds) if self.bounds else schema

    def read(self, raw: str, *, strict: bool = False) -> Any:
        """The record in a reply's text. Raises ValueError as `parse` does."""
        return parse(raw, self.record, strict=strict, bounds=self.bounds)

    def key(self, endpoint: Endpoint) -> str:
        """The key of its reply: SHA-256 of model (and its file), settings, schema and both prompts, hexadecimal."""
        asked = {
            "model": endpoint.model,
            "temperature": endpoint.temperature,
            "max_tokens": self.max_tokens or endpoint.max_tokens,
            "schema": "yes or no" if self.weighed else self.schema,
            "system": self.system,
            "user": self.user,
        } | ({"file_sha256": endpoint.file_sha256} if endpoint.file_sha256 else {})
        return hashlib.sha256(
            json.dumps(asked, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
        ).hexdigest()


@dataclass(frozen=True)
class EndpointCapabilities:
    """What an endpoint accepts. Found out by asking, and kept for later questions."""

    form: Form = "schema"
    """The strictest form of reply that it accepts."""
    weighs: bool = True
    """Whether it accepts a request for probabilities."""
    temperature: bool = True
    """Whether it accepts a temperature."""
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """Its name for the longest reply."""

    def body(self, question: Question, messages: list[Message], endpoint: Endpoint) -> dict[str, Any]:
        """The body of the request, ready for JSON."""
        body: dict[str, Any] = {
            "model": endpoint.model,
            "messages": messages,
            self.limit: question.max_tokens or endpoint.max_tokens,
        }
        if self.temperature:
            body["temperature"] = endpoint.temperature
        if question.weighed:
            body[self.limit] = 1
            return body | ({"logprobs": True, "top_logprobs": 10} if self.weighs else {})
        if self.form == "schema":
            named = {"name": question.record.__name__, "strict": True, "schema": question.schema}
            return body | {"response_format": {"type": "json_schema", "json_schema": named}}
        schema = json.dumps(question.schema, ensure_ascii=False)
        last = {
            "role": "user",
            "content": f"{messages[-1]['content']}\n\n{prompts.fill(prompts.shipped('as_json'), schema=schema)}",
        }
        body["messages"] = [*messages[:-1], last]
        return body | ({"response_format": {"type": "json_object"}} if self.form == "json" else {})

    def simpler(self, status: int, message: str, question: Question) -> EndpointCapabilities | None:
        """What to try after this refusal; None if the refusal is about something else."""
        if status not in (400, 404, 415, 422, 500, 501):
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in message:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and re.search(r"\btemperature\b", message):
            return replace(self, temperature=False)
        if question.weighed:
            return replace(self, weighs=False) if self.weighs and re.search(r"log_?probs", message) else None
        if self.form != "text" and _NO_SUCH_FORM.search(message):
            return replace(self, form=_FORMS[_FORMS.index(self.form) + 1])
        return None
