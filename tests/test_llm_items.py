"""Findings and recommendations that a model names, against those that the structure of the page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from coded_by_model import (
    asked_for,
    code_with,
    long_reading,
    number,
    run,
    shown,
)

from scr_llm.llm.fake import (
    Answer,
    answers,
    says,
)
from scr_llm.records import Mark, NumberedItem, Page, Reading, Section, Span
from scr_llm.stages.code.llm import PromptingOptions
from scr_llm.stages.ground import ground


def items_document() -> Reading:
    """Three recommendations in seven sentences; the structure has split the second one, and shows no finding."""
    told = (
        "1. The board should review risk assessment. It should report by June.",
        "2. The trust should audit its files.",
        "A summary should go to the board.",
        "3. The school should write to parents.",
        "The family moved twice. Nobody asked why.",
    )
    text = "Recommendations\n\n" + "\n\n".join(told) + "\n"

    def item(number: str | None, words: str, addressee: str | None) -> NumberedItem:
        at = text.index(words)
        spans = (Span(page=1, start=at, end=at + len(words)),)
        return NumberedItem(
            kind="recommendation",
            number=number,
            text=words,
            page=1,
            section="Recommendations",
            addressee=addressee,
            spans=spans,
        )

    return Reading(
        document_id="d5",
        sha256="0" * 64,
        pages=(Page(number=1, text=text, marks=(Mark(kind="heading", start=0, end=15),)),),
        sections=(Section(kind="recommendations", title="Recommendations", page=1, start=0),),
        items=(
            item("1", "The board should review risk assessment. It should report by June.", "The board"),
            item("2", "The trust should audit its files.", "The trust"),
            item(None, "A summary should go to the board.", None),
            item("3", "The school should write to parents.", "The school"),
        ),
    )


def items_said(
    recommendations: Callable[[Callable[[str], int]], list[dict[str, object]]], findings: Any = lambda _at: []
) -> Callable[[dict[str, Any]], Answer]:
    """A model that names these items, and is silent besides."""

    def behave(request: dict[str, Any]) -> Answer:
        if "Items" not in asked_for(request):
            return answers(request)

        def at(words: str) -> int:
            return number(request, words) or 0

        return says({"findings": findings(at), "recommendations": recommendations(at)})(request)

    return behave


def test_an_item_that_model_and_structure_hold_alike_is_certain_and_a_difference_goes_to_the_reviewer() -> None:
    def named(at: Callable[[str], int]) -> list[dict[str, object]]:
        return [
            run(at("board should review"), at("report by June"), "1", addressee="the board"),
            run(at("audit its files"), at("A summary"), "2", addressee="The hospital"),
            run(at("Nobody asked"), addressee=None),
        ]

    coding, _ = code_with(items_said(named), None, items_document())
    first, second, summary, school, asked = coding.recommendations
    assert first.doubts == () and (first.number, first.addressee) == ("1", "The board")
    assert (
        len(second.doubts) == 1
        and "for the model it runs from" in second.doubts[0]
        and "hospital" not in second.doubts[0]
    )  # whose words stand nowhere in it
    assert "for the model it runs from" in summary.doubts[0]
    assert school.doubts == ("coders differ: the page's structure shows it as a recommendation, the model does not",)
    assert asked.text == "Nobody asked why." and "the page's structure does not" in asked.doubts[0]
    assert all(d.startswith("coders differ") for item in (second, summary, school, asked) for d in item.doubts)
    grounded = ground(coding, items_document())
    assert [i.doubts for i in grounded.recommendations] == [
        i.doubts for i in coding.recommendations
    ] and not grounded.refused


def test_a_run_of_sentences_is_one_quote_with_its_printed_number() -> None:
    document = items_document().model_copy(update={"items": ()})
    coding, _ = code_with(
        items_said(
            lambda at: [
                run(at("board should review"), at("report by June"), "1", addressee="The board"),
                run(at("audit its files"), None, "7", addressee=None),
            ],
            lambda at: [run(at("The family moved"), at("Nobody asked"))],
        ),
        None,
        document,
    )
    grounded = ground(coding, document)
    board, trust = grounded.recommendations
    assert (board.number, board.addressee, board.evidence[0].status) == ("1", "The board", "exact")
    assert (
        board.text.endswith("The board should review risk assessment. It should report by June.")
        and len(board.evidence) == 1
    )
    assert trust.number is None  # 7 is printed nowhere near
    assert [f.text for f in grounded.findings] == ["The family moved twice. Nobody asked why."]


@pytest.mark.parametrize("wrong", ["backwards", "twice"])
def test_runs_that_cannot_be_are_asked_for_again_and_then_unanswered(wrong: str) -> None:
    def named(at: Callable[[str], int]) -> list[dict[str, object]]:
        one = (
            run(at("report by June"), at("board should review"), addressee=None)
            if wrong == "backwards"
            else run(at("audit its files"), addressee=None)
        )
        return [one] if wrong == "backwards" else [one, one]

    coding, server = code_with(items_said(named), None, items_document())
    assert sum("Items" in asked_for(r) for r in server.requests) == 2
    assert [(u.question, u.state) for u in coding.unanswered] == [("items", "invalid")]
    assert len(coding.recommendations) == 4 and not any(
        i.doubts for i in coding.recommendations
    )  # the structure's stand, and nothing is said of them


def test_items_that_two_windows_share_are_one() -> None:
    document = long_reading(400, {})
    bare, _ = code_with(answers, PromptingOptions(context_tokens=4096), document)
    last = bare.windows[0].last_sentence

    def shared(request: dict[str, Any]) -> Answer:
        seen = sorted(shown(request).values())
        found = (
            [run(n, n + 1, addressee=None) for n in (last - 2,) if n in seen] if "Items" in asked_for(request) else []
        )
        return (
            says({"findings": [], "recommendations": found})(request)
            if "Items" in asked_for(request)
            else answers(request)
        )

    planted = {n: f"On day {n} the board was told that it should act." for n in range(last - 6, last + 6)}
    coding, _ = code_with(shared, PromptingOptions(context_tokens=4096), long_reading(400, planted))
    assert len(coding.recommendations) == 1


def test_the_make_believe_model_names_items_and_looks_again() -> None:
    document = items_document()
    coding, server = code_with(answers, PromptingOptions(critic=True), document)
    assert [i.text[:9] for i in coding.recommendations] == ["The board", "The trust", "A summary", "The schoo"]
    assert "splits it into 2" in coding.recommendations[0].doubts[0] and not any(
        i.doubts for i in coding.recommendations[1:]
    )
    looks = [r for r in server.requests if asked_for(r) == "SecondLook"]
    assert looks and coding.themes[0].value == "present"
