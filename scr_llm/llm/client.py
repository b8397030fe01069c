"""One question to a model, one checked record back, or an error that names why not."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import math
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from scr_llm.errors import CoderError, UsageError
from scr_llm.llm.schema import strict_schema

if TYPE_CHECKING:
    import openai
    from openai import OpenAI
    from openai.types.chat import ChatCompletion

T = TypeVar("T", bound=BaseModel)
State = Literal[
    "refusal", "content_filter", "length", "empty", "invalid",
    "timeout", "connection", "rate_limited", "server_error", "rejected",
]  # fmt: skip
"""Why there is no usable reply. The first five are the model's doing, the others the way to it."""

_NEXT: dict[State, str] = {
    "refusal": "Run again, or code this document by rules or by hand.",
    "content_filter": "Use an endpoint without this filter, or code this document by rules or by hand.",
    "length": "Raise [llm] max_tokens in project.toml.",
    "empty": "Run again, or use another model.",
    "invalid": "Run again, or use another model.",
    "timeout": "Run again, or raise [llm] timeout_s in project.toml.",
    "connection": "See that the model server runs, and run again.",
    "rate_limited": "Run again later.",
    "server_error": "See the model server's log, and run again.",
    "rejected": "Check [llm] base_url, model and api key in project.toml.",
}


Form = Literal["schema", "json", "text"]
"""How a reply's form is asked for: a strict JSON schema, any JSON object, or by words alone."""
_FORMS: tuple[Form, ...] = ("schema", "json", "text")
_NO_SUCH_FORM = re.compile(r"response_format|json_schema|json_object|json mode|structured|grammar|schema|extra inputs", re.I)


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and how it is asked."""

    base_url: str
    """Up to and with `/v1`."""
    model: str
    """Name as the endpoint knows it."""
    api_key: str = field(default="", repr=False)
    """Empty for a server that asks for none. Never printed."""
    timeout_s: float = 120.0
    """Seconds before one request is given up."""
    temperature: float = 0.0
    """0 for the most repeatable replies."""
    max_tokens: int = 1024
    """Longest reply, in tokens."""


@dataclass(frozen=True)
class Retries:
    """How often and how long to wait after a transport error; waits in seconds."""

    attempts: int = 5
    """Requests in all, at most."""
    first_s: float = 1.0
    """First wait; it doubles each time, with a jitter of up to as much on top."""
    longest_s: float = 30.0
    """Longest wait of our own choosing."""
    longest_retry_after_s: float = 120.0
    """A Retry-After above this is not waited for: the question fails at once."""


@dataclass(frozen=True)
class Reply(Generic[T]):
    """A usable reply."""

    parsed: T
    """The record asked for."""
    raw: str
    """The model's text, character for character."""
    prompt_tokens: int | None
    """Tokens sent, a re-ask counted in; None where the endpoint does not say."""
    completion_tokens: int | None
    """Tokens received, a re-ask counted in; None where the endpoint does not say."""
    finish_reason: str | None
    """As the endpoint gives it."""
    model: str
    """Model as the endpoint names it."""


def is_loopback(base_url: str) -> bool:
    """Whether the address certainly means this machine. Whatever is doubtful (userinfo, odd notation) is not."""
    if any(c in base_url for c in "@\\") or any(c.isspace() for c in base_url):
        return False  # URL parsers disagree about these
    try:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def without_credentials(base_url: str) -> str:
    """The address as it may be printed and recorded: without user, password, query and fragment."""
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Memory(Protocol):
    """Keeps usable replies by key; the project's store does."""

    def recall(self, key: str) -> Reply[Any] | None:
        """A kept reply, its `parsed` not yet set."""
        ...

    def keep(self, key: str, reply: Reply[Any], about: str | None) -> None:
        """Keep one before anything else is done with it."""
        ...


class Client:
    """Asks one endpoint. Nothing is sent before `ask`.

    `on_send` is given the body of every request just before it is sent and the document it is about, each try anew, so that all that leaves
    can be noted. `memory` keeps usable replies: the same question to the same model with the same settings is answered from it.
    Raises UsageError where the endpoint is not on this machine and `remote_allowed` was not given.
    """

    def __init__(
        self, endpoint: Endpoint, *, remote_allowed: bool = False, retries: Retries | None = None,
        on_send: Callable[[bytes, str | None], None] | None = None, memory: Memory | None = None,
    ) -> None:  # fmt: skip
        self._local = is_loopback(endpoint.base_url)
        if not (self._local or remote_allowed):
            raise UsageError(
                f"The model at {without_credentials(endpoint.base_url)} is not on this machine, and reviews would be sent there.",
                next_step="project.toml must name [llm] approved_by and region before that is allowed.",
            )
        self.endpoint, self._retries = endpoint, retries or Retries()
        self._openai: OpenAI | None = None
        self._on_send, self._memory = on_send, memory
        self._about: str | None = None
        self.form: Form = "schema"

    def _sending(self, request: Any) -> None:
        if self._on_send is not None:
            self._on_send(request.content, self._about)

    def key(self, system: str, user: str, reply: type[BaseModel]) -> str:
        """What a question is kept by: SHA-256 of model, settings, schema and both prompts."""
        asked = {
            "model": self.endpoint.model, "temperature": self.endpoint.temperature, "max_tokens": self.endpoint.max_tokens,
            "schema": strict_schema(reply), "system": system, "user": user,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()

    def ask(self, system: str, user: str, reply: type[T], about: str | None = None) -> Reply[T]:
        """Ask and return the checked record; `about` is the id of the document, for the log of calls.

        Transport errors are tried again. An empty or invalid reply is asked for once more, with the error shown.
        Raises CoderError whose message names the state, see `State`.
        """
        self._about = about
        key = self.key(system, user, reply) if self._memory else ""
        if self._memory and (kept := self._memory.recall(key)):
            try:
                return replace(kept, parsed=reply.model_validate_json(_object_in(kept.raw)))
            except ValidationError:
                pass  # kept under another version of the record: asked again
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        used: list[ChatCompletion] = []
        while True:
            completion = self._complete(messages, reply)
            used.append(completion)
            raw, finish = self._text(completion)
            state, problem = "empty", "The reply was empty."
            if raw.strip():
                try:
                    parsed = reply.model_validate_json(raw if self.form == "schema" else _object_in(raw))
                except ValidationError as error:
                    state, problem = "invalid", _explain(error)
                else:
                    usages = [c.usage for c in used]
                    answer = Reply(
                        parsed=parsed, raw=raw, finish_reason=finish, model=completion.model or self.endpoint.model,
                        prompt_tokens=_total(u.prompt_tokens if u else None for u in usages),
                        completion_tokens=_total(u.completion_tokens if u else None for u in usages),
                    )  # fmt: skip
                    if self._memory:
                        self._memory.keep(key, answer, about)
                    return answer
            if len(used) == 2:
                raise self._error(cast(State, state), f"twice; the second time: {problem}")
            if raw.strip():  # some chat templates do not take an empty turn
                messages = [*messages, {"role": "assistant", "content": raw[:4000]}]
            messages = [*messages, {"role": "user", "content": _AGAIN.format(problem=problem)}]

    def models(self) -> list[str]:
        """Names of the models that the endpoint serves. No text is sent.

        Raises:
            CoderError: it does not answer.
        """
        import openai

        try:
            with openai.OpenAI(
                base_url=self.endpoint.base_url, api_key=self.endpoint.api_key or "none", timeout=min(5.0, self.endpoint.timeout_s), max_retries=0,
                http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._local),
            ) as client:  # fmt: skip
                return [model.id for model in client.models.list().data or []]
        except openai.OpenAIError as error:
            raise self._error("connection", str(error)[:200]) from error

    def close(self) -> None:
        """Close the connections; a later `ask` opens new ones."""
        if self._openai is not None:
            self._openai.close()
            self._openai = None

    def _complete(self, messages: list[dict[str, str]], reply: type[BaseModel]) -> ChatCompletion:
        import openai

        if self._openai is None:
            self._openai = openai.OpenAI(
                base_url=self.endpoint.base_url, api_key=self.endpoint.api_key or "none",
                timeout=self.endpoint.timeout_s, max_retries=0,
                # A redirect or, for a local model, a proxy from the environment would carry the review off this machine.
                http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._local, event_hooks={"request": [self._sending]}),
            )  # fmt: skip
        retrying = Retrying(
            stop=stop_after_attempt(self._retries.attempts), wait=self._wait, retry=retry_if_exception(self._passing),
            reraise=True,
        )  # fmt: skip
        try:
            completion = retrying(
                self._openai.chat.completions.create, model=self.endpoint.model, temperature=self.endpoint.temperature,
                max_tokens=self.endpoint.max_tokens, **cast(Any, self._formed(messages, reply)),
            )  # fmt: skip
        except openai.APITimeoutError as error:
            raise self._error("timeout", f"no reply within {self.endpoint.timeout_s:g} s") from error
        except openai.APIConnectionError as error:
            raise self._error("connection", str(error.__cause__ or error)[:300]) from error
        except openai.APIStatusError as error:
            if self._falls_back(error):
                return self._complete(messages, reply)
            state: State = "rejected"
            if error.status_code == 429:
                state = "rate_limited"
            elif error.status_code >= 500:
                state = "server_error"
            raise self._error(state, f"HTTP {error.status_code}: {error.message[:300]}") from error
        except (openai.OpenAIError, ValueError) as error:  # ValueError: a body that is not JSON
            raise self._error("invalid", f"the endpoint's answer is not a chat completion ({type(error).__name__})") from error
        if not getattr(completion, "choices", None):  # the package passes on any JSON, and text as it is
            raise self._error("invalid", "the endpoint's answer is not a chat completion")
        return completion

    def _formed(self, messages: list[dict[str, str]], reply: type[BaseModel]) -> dict[str, Any]:
        """Messages and reply format of a request, in the form that this endpoint takes."""
        schema = strict_schema(reply)
        if self.form == "schema":
            return {"messages": messages, "response_format": {"type": "json_schema", "json_schema": {"name": reply.__name__, "strict": True, "schema": schema}}}
        told = {"role": "user", "content": f"{messages[-1]['content']}\n\n{_BY_WORDS}{json.dumps(schema, ensure_ascii=False)}"}
        formed: dict[str, Any] = {"messages": [*messages[:-1], told]}
        return formed | ({"response_format": {"type": "json_object"}} if self.form == "json" else {})

    def _falls_back(self, error: openai.APIStatusError) -> bool:
        """Whether the endpoint does not know the form that was asked for; from then on the next simpler one is used."""
        if self.form == "text" or error.status_code not in (400, 404, 415, 422, 500, 501) or not _NO_SUCH_FORM.search(str(error.message)):
            return False
        self.form = _FORMS[_FORMS.index(self.form) + 1]
        return True

    def _text(self, completion: ChatCompletion) -> tuple[str, str | None]:
        choice = completion.choices[0]
        finish: str | None = choice.finish_reason
        if choice.message is None:
            return "", finish
        if choice.message.refusal:
            raise self._error("refusal", choice.message.refusal[:300])
        if finish == "content_filter":
            raise self._error("content_filter", "the endpoint's filter stopped it")
        if finish == "length":
            raise self._error("length", f"cut off after {self.endpoint.max_tokens} tokens")
        return choice.message.content or "", finish

    def _error(self, state: State, what: str) -> CoderError:
        where = f"{self.endpoint.model} at {without_credentials(self.endpoint.base_url)}"
        return CoderError(f"No usable reply from {where} ({state}): {what}.", stage="code", next_step=_NEXT[state])

    def _passing(self, error: BaseException) -> bool:
        import openai

        if not isinstance(error, openai.APIConnectionError | openai.RateLimitError | openai.InternalServerError):
            return False
        return (_retry_after(error) or 0.0) <= self._retries.longest_retry_after_s

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = _retry_after(error)
        if asked is not None:
            return asked + random.uniform(0, self._retries.first_s)
        doubled = self._retries.first_s * 2.0 ** (state.attempt_number - 1)
        return min(doubled + random.uniform(0, self._retries.first_s), self._retries.longest_s)


_BY_WORDS = "Reply with one JSON object of this schema and nothing else: "
_AGAIN = "Your reply could not be used: {problem}\nReply to the question again, with JSON that fits the schema and nothing else."


def _object_in(raw: str) -> str:
    """The JSON object in a reply that wraps it in words or in a fence; the reply as it is where there is none."""
    start = raw.find("{")
    try:
        _, end = json.JSONDecoder().raw_decode(raw, start) if start >= 0 else (None, len(raw))
    except ValueError:
        return raw
    return raw[max(0, start) : end]


def _explain(error: ValidationError) -> str:
    """What is wrong, field by field, without echoing the reply."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'reply'}: {e['msg']}" for e in found[:8])


def _total(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if any(n is None for n in known) else sum(n for n in known if n is not None)


def _retry_after(error: BaseException | None) -> float | None:
    """Seconds that the server asked to wait (RFC 9110, 10.2.3: seconds or a date); None where it did not, or not readably."""
    response = getattr(error, "response", None)
    text: str | None = response.headers.get("retry-after") if response is not None else None
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
        return max(0.0, seconds)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
