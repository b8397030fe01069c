"""The second look at each theme that was found: it may withdraw, and never adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from coded_by_model import (
    CODEBOOK,
    PROMPTS,
    asked_for,
    code_with,
    number,
    reading,
    shown,
)

from scr_llm.llm import prompts
from scr_llm.llm.fake import (
    Answer,
    answers,
    empty,
    says,
)
from scr_llm.records import CoderIdentity, Page, Reading
from scr_llm.stages.code.llm import LlmCoder, PromptingOptions
from scr_llm.stages.ground import ground
from scr_llm.text.redact import Redaction


def looks_again(verdicts: dict[str, object]) -> Callable[[dict[str, Any]], Answer]:
    """A model that holds both themes present, and looks again with these verdicts."""

    def behave(request: dict[str, Any]) -> Answer:
        question = request["messages"][1]["content"]
        if asked_for(request) == "SecondLook":
            given = verdicts[next(label for label in verdicts if f"Theme: {label}" in question)]
            return given(request) if callable(given) else says(given)(request)
        if asked_for(request) == "Theme":
            found = [n for w in ("never updated", "kind to her") if (n := number(request, w))][
                :: 1 if "Risk" in question else -1
            ][:1]
            return says({"evidence": found, "value": "present", "reason": "It is so."})(request)
        return answers(request)

    return behave


def test_a_second_look_withdraws_to_the_reviewer_and_never_adds() -> None:
    no = {"evidence": [], "verdict": "withdraw", "reason": "It is about kindness."}
    coding, server = code_with(
        looks_again({"Alcohol": no, "Risk": {"evidence": [], "verdict": "keep", "reason": "It stands."}}),
        PromptingOptions(critic=True),
    )
    risk, alcohol = coding.themes
    assert risk.value == "present" and coding.coder.strategy == "themes with a second look"
    assert alcohol.value == "unclear" and alcohol.why == "withdrawn at the second look: It is about kindness."
    assert (
        len(alcohol.quotes) == 1 and "coders differ: present at first, withdrawn at the second look" in alcohol.doubts
    )
    assert ground(coding, reading()).themes[1].evidence  # the reviewer sees what it rested on
    looks = [r for r in server.requests if asked_for(r) == "SecondLook"]
    assert len(looks) == 2 and not any(asked_for(r) == "SecondLook" for r in code_with(looks_again({}))[1].requests)
    question = looks[1]["messages"][1]["content"]
    assert (
        "A parent drank." in question and question.count(prompts.CLOSE) == 1
    )  # the definition, and a fence that a document cannot close
    # It may name the cell's own sentences only, and is shown their neighbours.
    schema = looks[1]["response_format"]["json_schema"]["schema"]["properties"]["evidence"]["items"]
    own = number(looks[1], "kind to her")
    assert schema.get("enum", [schema.get("const")]) == [own] and len(shown(looks[1])) == 3


def test_a_second_look_in_two_minds_or_without_a_reply_withdraws_nothing() -> None:
    def torn(request: dict[str, Any]) -> Answer:
        return says({"evidence": [number(request, "never updated")], "verdict": "withdraw", "reason": "Hm."})(request)

    coding, _ = code_with(looks_again({"Risk": torn, "Alcohol": empty()}), PromptingOptions(critic=True))
    risk, alcohol = coding.themes
    assert risk.value == alcohol.value == "present"
    assert (
        "the second look contradicts itself: Hm." in risk.doubts
        and "the second look got no usable reply" in alcohol.doubts
    )
    assert [(u.question, u.state) for u in coding.unanswered] == [("critic:alcohol", "empty")]


def test_a_second_look_is_part_of_the_estimate_and_shows_a_sentence_as_it_was_shown() -> None:
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    text = "The mother, Mrs Jane Roe, drank alcohol.\n"
    document = Reading(document_id="d3", sha256="0" * 64, pages=(Page(number=1, text=text),))
    for strategy in ("whole", "themes", "judge"):
        prompting = PromptingOptions(strategy=strategy, critic=True, redaction=lambda: Redaction([]))  # type: ignore[arg-type]
        later = LlmCoder(None, prompts.load(PROMPTS), identity, prompting).planned(document, CODEBOOK).at_most_later()  # type: ignore[arg-type]
        assert [q.name for q in later] == ["critic:risk", "critic:alcohol"] and all(
            "{PERSON 1}" in q.user and "Roe" not in q.user for q in later
        )
    assert LlmCoder(None, prompts.load(PROMPTS), identity).planned(document, CODEBOOK).at_most_later() == ()  # type: ignore[arg-type]
