"""A question to ask a mock server, and the client that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from scr_llm.llm import Client, Endpoint, Question, Retries
from scr_llm.llm.fake import MODEL, Behaviour, FakeServer, says
from scr_llm.records import Record

FAST = Retries(attempts=5, first_s=0.001, longest_s=0.002, longest_retry_after_s=5)


class Verdict(Record):
    evidence: tuple[int, ...]
    value: str


QUESTION = Question("q", "system words", "user words", Verdict)
GOOD = says({"evidence": [1], "value": "present"})
Start = Callable[..., tuple[Client, FakeServer]]


@contextmanager
def started() -> Iterator[Start]:
    """Clients, each with a mock server that answers from a script."""
    with ExitStack() as stack:

        def start(*script: Behaviour, timeout_s: float = 5, retries: Retries = FAST) -> tuple[Client, FakeServer]:
            server = stack.enter_context(FakeServer(script))
            client = Client(Endpoint(server.base_url, MODEL, timeout_s=timeout_s), retries=retries)
            stack.callback(client.close)
            return client, server

        yield start


def ask(client: Client) -> Any:
    return client.ask(QUESTION)
