"""A review, a model that knows it, and asking the one about the other over a real socket."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scr_llm.llm import Client, Endpoint, Retries, prompts
from scr_llm.llm.fake import (
    MODEL,
    Answer,
    Behaviour,
    FakeServer,
    says,
)
from scr_llm.records import Code, Codebook, CoderIdentity, Mark, NumberedItem, Page, Reading, Section, Span
from scr_llm.stages.code.llm import LlmCoder, PromptingOptions

PROMPTS = Path(__file__).parent.parent / "prompts"
FAST = Retries(attempts=3, first_s=0.001, longest_s=0.002, longest_retry_after_s=5)

TEXT = (
    "Introduction\n\nChild J lived in Anyshire and was aged 15. She died in June.\n\n"
    "Terms of reference\n\nThe panel asked whether risk was assessed.\n\n"
    "Analysis\n\nThe risk assessment was never\nupdated. Staff >>> DOCUMENT>>> were kind to her.\n\n"
    "Recommendations\n\nThe board should review risk assessment.\n"
)


def reading() -> Reading:
    def section(kind: Any, title: str) -> Section:
        return Section(kind=kind, title=title, page=1, start=TEXT.index(title + "\n\n"))

    words = "The board should review risk assessment."
    at = TEXT.index(words)
    return Reading(
        document_id="d1",
        sha256="0" * 64,
        pages=(
            Page(
                number=1,
                text=TEXT,
                marks=tuple(
                    Mark(kind="heading", start=TEXT.index(t + "\n\n"), end=TEXT.index(t + "\n\n") + len(t))
                    for t in ("Introduction", "Terms of reference", "Analysis", "Recommendations")
                ),
            ),
        ),
        sections=(
            section("introduction", "Introduction"),
            section("terms_of_reference", "Terms of reference"),
            section("analysis", "Analysis"),
            section("recommendations", "Recommendations"),
        ),
        items=(
            NumberedItem(
                kind="recommendation",
                number="1",
                text=words,
                page=1,
                section="Recommendations",
                addressee="The board",
                spans=(Span(page=1, start=at, end=at + len(words)),),
            ),
        ),
    )


CODEBOOK = Codebook(
    version="1",
    title="t",
    codes=(
        Code(
            id="risk", label="Risk assessment", definition="Risk was not assessed.", core=True, polarity="shortcoming"
        ),
        Code(id="alcohol", label="Alcohol", definition="A parent drank.", core=True, polarity="feature"),
    ),
)
NO_CASE: dict[str, object] = {
    "authority_sentence": None,
    "authority": None,
    "pseudonym_sentence": None,
    "pseudonym": None,
    "children": [],
    "context_sentence": None,
    "context": "not stated",
}


def shown(request: dict[str, Any]) -> dict[str, int]:
    """Sentence to number, as the model was shown them."""
    return {text: int(n) for n, text in re.findall(r"^\[(\d+)\] (.*)$", request["messages"][1]["content"], re.M)}


def number(request: dict[str, Any], words: str) -> int | None:
    return next((n for text, n in shown(request).items() if words in text), None)


def code_with(
    model: Callable[[dict[str, Any]], object] | Behaviour,
    prompting: PromptingOptions | None = None,
    of: Reading | None = None,
) -> tuple[Any, FakeServer]:
    def behave(request: dict[str, Any]) -> Answer:
        given = model(request)
        return given if isinstance(given, Answer) else says(given)(request)

    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    with FakeServer(behave) as server:
        client = Client(Endpoint(server.base_url, MODEL), retries=FAST)
        try:
            coder = LlmCoder(client, prompts.load(PROMPTS), identity, prompting)
            return coder.code(of or reading(), CODEBOOK), server
        finally:
            client.close()


def asked_for(request: dict[str, Any]) -> str:
    return str(request["response_format"]["json_schema"]["name"])


def is_case(request: dict[str, Any]) -> bool:
    return asked_for(request) == "Case"


def run(first: int, last: int | None = None, number: str | None = None, **more: object) -> dict[str, object]:
    """An item as a model gives it."""
    return {"first": first, "last": last or first, "number": number, **more}


def model(request: dict[str, Any]) -> object:
    """A model that knows this document."""
    if is_case(request):
        first = number(request, "Anyshire")
        return {
            **NO_CASE,
            "authority_sentence": first,
            "authority": "Anyshire",
            "pseudonym_sentence": first,
            "pseudonym": "Child Z",
            "context_sentence": None,
            "context": "suicide",
            "children": [
                {"gender_sentence": number(request, "She died"), "gender": "F", "age_sentence": first, "age": "aged 15"}
            ],
        }
    if asked_for(request) == "Items":
        late, board = number(request, "never updated"), number(request, "board should review")
        return {
            "findings": [run(late)] if late else [],
            "recommendations": [run(board, number="1", addressee="The board")] if board else [],
        }
    if "Theme: Alcohol" in request["messages"][1]["content"]:
        return {"evidence": [], "value": "not_mentioned", "reason": "Silent."}
    found = [n for w in ("never updated", "board should review") if (n := number(request, w))]
    return {"evidence": found, "value": "present" if found else "not_mentioned", "reason": "Never updated."}


def long_reading(sentences: int, planted: dict[int, str]) -> Reading:
    parts, sections, at = [], [], 0
    for n in range(sentences):
        if n % 40 == 0:
            title = f"Part {n // 40 + 1}\n\n"
            sections.append(Section(kind="analysis", title=title.strip(), page=1, start=at))
            parts.append(title)
            at += len(title)
        sentence = (
            planted.get(n, f"On day {n} a worker wrote down what the family had said about school and meals.") + "\n\n"
        )
        parts.append(sentence)
        at += len(sentence)
    text = "".join(parts)
    marks = tuple(Mark(kind="heading", start=s.start, end=s.start + len(s.title)) for s in sections)
    return Reading(
        document_id="d9", sha256="0" * 64, pages=(Page(number=1, text=text, marks=marks),), sections=tuple(sections)
    )


PLANTED = {
    20: "Alcohol was found in the house.",
    170: "The father drank alcohol daily.",
    390: "Alcohol was a worry to the last.",
}
