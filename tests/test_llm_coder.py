"""The coder that asks a model, over a real socket: what it shows, what it believes, and how it handles bad replies."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from coded_by_model import (
    CODEBOOK,
    FAST,
    NO_CASE,
    PROMPTS,
    asked_for,
    code_with,
    is_case,
    model,
    number,
    reading,
    shown,
)

from scr_llm.errors import CoderError, UsageError
from scr_llm.llm import Client, Endpoint, prompts
from scr_llm.llm.fake import (
    MODEL,
    Answer,
    Behaviour,
    FakeServer,
    answers,
    empty,
    fails,
    filtered,
    invalid_json,
    refuses,
    says,
    too_long,
)
from scr_llm.records import CoderIdentity, Page, Reading, SubCode
from scr_llm.stages.code.llm import LlmCoder, PromptingOptions, Thresholds
from scr_llm.stages.code.llm.case import CaseFacts
from scr_llm.stages.code.llm.shown import Line
from scr_llm.stages.code.llm.themes import ThemeReply
from scr_llm.stages.ground import locate


def test_coder() -> None:
    coding, server = code_with(model)
    risk, alcohol = coding.themes
    assert (risk.theme, risk.value, risk.why) == ("risk", "present", "Never updated.")
    assert [(q.text, q.page, q.flags) for q in risk.quotes] == [
        ("The risk assessment was never updated.", 1, ()),
        ("The board should review risk assessment.", 1, ("recommendation",)),
    ]
    assert (alcohol.theme, alcohol.value, alcohol.quotes) == ("alcohol", "not_mentioned", ())
    # The document has a numbered recommendation, which the model names too, and no finding that its structure shows.
    assert [(f.text, f.doubts) for f in coding.findings] == [
        ("The risk assessment was never updated.", ("the page's structure shows no findings; only the model names it",))
    ]
    assert [(i.quotes[0].text, i.addressee, i.doubts) for i in coding.recommendations] == [
        ("The board should review risk assessment.", "The board", ())
    ]
    case = coding.case
    # "Child Z" is not in the sentence given for it, and the context has no sentence.
    assert (case.authority, case.pseudonym, case.context) == ("Anyshire", None, "not stated")
    (child,) = case.children
    assert (child.age, child.age_band) == ("15", "11-15")
    assert set(case.quotes) >= {"authority", "age"} and "pseudonym" not in case.quotes
    assert child.gender == "F" and case.quotes["gender"].text == "She died in June."
    assert len(server.requests) == 4
    for request in server.requests:
        content = request["messages"][1]["content"]
        assert content.startswith(prompts.OPEN) and content.count(prompts.CLOSE) == 1
        assert not any("panel asked" in text for text in shown(request))


def test_the_document_is_a_shared_prefix() -> None:
    _, server = code_with(model)
    heads = {r["messages"][1]["content"].partition(prompts.CLOSE)[0] for r in server.requests}
    assert len(heads) == 1 and len({r["messages"][0]["content"] for r in server.requests}) == 1


def test_an_unknown_sentence_number_is_asked_for_again() -> None:
    asked: list[str] = []

    def wrong_once(request: dict[str, Any]) -> object:
        if is_case(request) or len(request["messages"]) > 2:
            asked.append(request["messages"][-1]["content"])
            return model(request)
        return {"evidence": [99], "value": "present", "reason": "x"}

    coding, _ = code_with(wrong_once)
    assert coding.themes[0].value == "present" and "less than or equal to 5" in asked[-1]


BAD: dict[str, Behaviour] = {
    "refusal": refuses(),
    "content_filter": filtered(),
    "length": too_long(),
    "empty": empty(),
    "invalid": invalid_json(),
    "language": says({"evidence": [], "value": "not_mentioned", "reason": "这份报告里没有提到"}),
}


@pytest.mark.parametrize("state", BAD)
def test_a_question_without_a_usable_reply_is_unclear_and_says_why(state: str) -> None:
    coding, _ = code_with(lambda r: BAD[state](r) if "Theme: Alcohol" in r["messages"][1]["content"] else model(r))
    risk, alcohol = coding.themes
    assert risk.value == "present"
    assert alcohol.value == "unclear" and "no usable reply" in alcohol.why and alcohol.quotes == ()
    (left,) = coding.unanswered
    assert (left.question, left.state) == ("theme:alcohol", state) and f"({state})" in left.reason


@pytest.mark.parametrize("state", BAD)
def test_a_document_without_any_usable_reply_fails(state: str) -> None:
    with pytest.raises(CoderError, match=rf"d1: .*\({state}\)"):
        code_with(BAD[state])


def test_a_server_that_is_down_fails_the_document_at_once() -> None:
    with pytest.raises(CoderError, match=r"d1: .*\(server_error\)"):
        code_with(lambda r: model(r) if is_case(r) else fails(500)(r))


def test_a_verdict_without_a_sentence_is_unclear() -> None:
    coding, _ = code_with(
        lambda r: model(r) if is_case(r) else {"evidence": [], "value": "present", "reason": "I feel it."}
    )
    assert coding.themes[0].value == "unclear" and "named no sentence: I feel it." in coding.themes[0].why


def test_a_gender_needs_a_gendered_word() -> None:
    def guesses(request: dict[str, Any]) -> object:
        if not is_case(request):
            return model(request)
        child = {"gender_sentence": number(request, "never updated"), "gender": "F", "age_sentence": None, "age": "15"}
        return {**NO_CASE, "children": [child]}

    coding, _ = code_with(guesses)
    (child,) = coding.case.children
    assert (child.gender, child.age, coding.case.quotes) == ("not stated", None, {})


def test_missing_prompts_are_named() -> None:
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    with pytest.raises(UsageError, match=r"lack case.md, items.md, theme.md"):
        LlmCoder(Client(Endpoint("http://127.0.0.1:9/v1", MODEL)), {"system": ""}, identity)


def test_an_empty_document_cannot_be_coded() -> None:
    bare = Reading(document_id="d2", sha256="0" * 64, pages=(Page(number=1, text=""),))
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    client = Client(Endpoint("http://127.0.0.1:9/v1", MODEL))
    with pytest.raises(CoderError, match="d2: There is no text"):
        LlmCoder(client, prompts.load(PROMPTS), identity).code(bare, CODEBOOK)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (None, "not stated"),
        ("14 weeks", "<1"),
        ("11 months", "<1"),
        ("18 months", "1-5"),
        ("five years old", "1-5"),
        ("six-year-old", "6-10"),
        ("aged 15", "11-15"),
        ("sixteen", "16-17"),
        ("2 years and 3 months", "1-5"),
        ("eighteen", "not stated"),
        ("a teenager", "not stated"),
    ],
)
def test_age_bands(age: str | None, band: str) -> None:
    line = Line(1, f"Child Z, {age}, lived in Anyshire.", "", 0, 1, "Introduction", "introduction")
    facts = CaseFacts({"case": "$document", "system": ""}, [line])
    child = {"gender": "not stated", "gender_sentence": None, "age": age, "age_sentence": age and 1}
    answer = facts.questions[0].read(json.dumps({**NO_CASE, "children": [child]}))
    assert facts.case({"case": answer}).children[0].age_band == band


@pytest.mark.parametrize("printed", ["22 months", "22 months old", "aged 22 months", "Aged 22 months"])
def test_an_age_is_kept_as_a_table_prints_it(printed: str) -> None:
    line = Line(1, f"Child Z, {printed}, lived in Anyshire.", "", 0, 1, "Introduction", "introduction")
    child = {"gender": "not stated", "gender_sentence": None, "age": printed, "age_sentence": 1}
    facts = CaseFacts({"case": "$document", "system": ""}, [line])
    answer = facts.questions[0].read(json.dumps({**NO_CASE, "children": [child]}))
    assert facts.case({"case": answer}).children[0].age == "22 months"


def test_the_judge_weighs_single_sentences() -> None:
    def judge(request: dict[str, Any]) -> Answer:
        question = request["messages"][1]["content"]
        assert request["max_tokens"] == 1 and prompts.OPEN not in question
        return says("Yes", yes=0.85 if "never updated" in question else 0.4)(request)

    coding, _ = code_with(judge, PromptingOptions(strategy="judge", thresholds=Thresholds(0.5, 0.8)))
    assert (coding.themes[0].value, [q.text for q in coding.themes[0].quotes]) == (
        "present",
        ["The risk assessment was never updated."],
    )
    assert coding.themes[1].value == "not_mentioned" and coding.coder.strategy == "judge (keep 0.5, add 0.8)"
    assert "with a probability of 0.85" in coding.themes[0].why and coding.windows == () and coding.recommendations
    coding, _ = code_with(judge, PromptingOptions(strategy="judge", thresholds=Thresholds(0.9, 0.9)))
    assert coding.themes[0].value == "not_mentioned"
    coding, _ = code_with(
        lambda r: empty()(r) if "never updated" in r["messages"][1]["content"] else judge(r),
        PromptingOptions(strategy="judge"),
    )
    assert coding.themes[0].value == "unclear" and coding.unanswered


def test_aspects_are_asked_for_where_a_theme_has_any() -> None:
    sub = SubCode(id="risk.late", label="Late", definition="It came late.")
    book = CODEBOOK.model_copy(update={"codes": (CODEBOOK.codes[0].model_copy(update={"sub_codes": (sub,)}),)})
    order: list[str] = []

    def aware(request: dict[str, Any]) -> Answer:
        if asked_for(request) == "Theme":
            order.extend(request["response_format"]["json_schema"]["schema"]["properties"])
            return says(
                {
                    "evidence": [number(request, "never updated")],
                    "aspects": ["risk.late"],
                    "value": "present",
                    "reason": "It is so.",
                }
            )(request)
        return answers(request)

    with FakeServer(aware) as server:
        identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
        client = Client(Endpoint(server.base_url, MODEL), retries=FAST)
        coding = LlmCoder(client, prompts.load(PROMPTS), identity).code(reading(), book)
        client.close()
    assert coding.themes[0].sub_themes == ("risk.late",) and order == ["evidence", "aspects", "value", "reason"]


def test_the_example_in_the_prompts_passes_the_quote_check_and_fits_the_schema() -> None:
    system = prompts.load(PROMPTS)["system"]
    example = system[system.index("<<<EXAMPLE") : system.index("EXAMPLE>>>")]
    lines = dict(re.findall(r"^\[(\d+)\] (.*)$", example, re.M))
    replies = re.findall(r"^\{.*\}$", system, re.M)
    assert len(replies) >= 2
    for reply in replies:
        parsed = ThemeReply.model_validate_json(reply)
        assert [q["status"] for q in locate(example, [lines[str(n)] for n in parsed.evidence])] == ["exact"] * len(
            parsed.evidence
        )


def test_one_themes_definition_changes_only_its_own_questions() -> None:
    changed = CODEBOOK.model_copy(
        update={"codes": (CODEBOOK.codes[0], CODEBOOK.codes[1].model_copy(update={"definition": "Another."}))}
    )
    endpoint = Endpoint("http://127.0.0.1:9/v1", MODEL)
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    for strategy in ("themes", "judge"):
        coder = LlmCoder(None, prompts.load(PROMPTS), identity, PromptingOptions(strategy=strategy))  # type: ignore[arg-type]
        before, behind = (
            {q.name: q.key(endpoint) for q in coder.questions(reading(), book)} for book in (CODEBOOK, changed)
        )
        moved = {name.split(":")[1] for name in before.keys() | behind.keys() if before.get(name) != behind.get(name)}
        assert moved <= {"alcohol"} and before


def test_where_model_and_rules_differ_is_a_doubt() -> None:
    book = CODEBOOK.model_copy(
        update={"codes": (CODEBOOK.codes[0].model_copy(update={"wordings": ("never updated",)}), CODEBOOK.codes[1])}
    )
    with FakeServer(
        lambda r: (
            says({"evidence": [], "value": "not_mentioned", "reason": "It is silent."})(r)
            if asked_for(r) == "Theme"
            else answers(r)
        )
    ) as server:
        identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
        client = Client(Endpoint(server.base_url, MODEL), retries=FAST)
        risk, alcohol = LlmCoder(client, prompts.load(PROMPTS), identity).code(reading(), book).themes
        client.close()
    assert (
        risk.doubts == ("coders differ: the model says not found, the embedded coder present",) and alcohol.doubts == ()
    )


def test_records_made_at_run_time_are_made_in_threads_without_searching_source() -> None:
    """Python 3.11 cannot parse in two threads at once.

    A garbage collection in between made it fail with a SystemError, in one run in two hundred.
    """
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    for strategy in ("whole", "themes"):
        coder = LlmCoder(None, prompts.load(PROMPTS), identity, PromptingOptions(strategy=strategy))  # type: ignore[arg-type]
        asked = coder.questions(reading().model_copy(update={"items": ()}), CODEBOOK)
        assert {q.record.__name__ for q in asked} > {"Case", "Items"} and not any(
            q.record.model_config["use_attribute_docstrings"] for q in asked
        )


def test_near_misses_and_aspects_reach_the_prompts_as_a_model_can_read_them() -> None:
    sub = SubCode(id="risk.late", label="Late", definition="It came late.", near_misses=("late (shift|train)*",))
    risk = CODEBOOK.codes[0].model_copy(
        update={"near_misses": ("risk ... (register|management)",), "sub_codes": (sub,)}
    )
    book = CODEBOOK.model_copy(update={"codes": (risk,)})
    identity = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")
    for strategy in ("whole", "themes"):
        coder = LlmCoder(None, prompts.load(PROMPTS), identity, PromptingOptions(strategy=strategy))  # type: ignore[arg-type]
        asked = next(q.user for q in coder.questions(reading(), book) if q.name.startswith("theme"))
        assert "risk … register/management; late shift/train" in asked and "risk.late (Late: It came late.)" in asked
