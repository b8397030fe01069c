"""The order in which a person looks at cells: those that most need a look come first."""

from scr_llm.records import Case, CoderIdentity, Coding, Decision, ThemeCoding
from scr_llm.review.cells import Proposal
from scr_llm.review.queue import Queue
from scr_llm.stages.decisions import queue
from scr_llm.stages.decisions.items import LIST

WHO = CoderIdentity(kind="rules", version="0", codebook_version="1", codebook_sha256="0")


def coding(document: str, *themes: ThemeCoding) -> Coding:
    return Coding(document_id=document, reading_sha256="0", coder=WHO, case=Case(), themes=themes)


def test_where_coders_differ_comes_first_and_silence_last() -> None:
    codings = {
        "a": coding(
            "a",
            ThemeCoding(theme="t1", value="not_mentioned"),
            ThemeCoding(theme="t2", value="present"),
            ThemeCoding(theme="t3", value="explicitly_absent"),
        ),
        "b": coding(
            "b",
            ThemeCoding(theme="t1", value="present", doubts=("a single passage",)),
            ThemeCoding(theme="t2", value="unclear"),
            ThemeCoding(
                theme="t3",
                value="not_mentioned",
                doubts=("coders differ: the model says not found, the rules present",),
            ),
        ),
    }
    decided = Decision(
        document_id="a",
        theme="t1",
        value="present",
        author="x",
        role="y",
        at="2026-01-01T00:00:00+00:00",
        codebook_sha256="0",
        reading_sha256="0",
    )
    assert [(i, t.theme) for i, t in queue(codings, [])] == [
        ("b", "t3"),
        ("b", "t2"),
        ("b", "t1"),
        ("a", "t2"),
        ("a", "t3"),
        ("a", "t1"),
    ]
    assert ("a", "t1") not in [(i, t.theme) for i, t in queue(codings, [decided])]


def test_work_goes_by_doubt_by_review_or_by_theme() -> None:
    proposals = {
        (document, theme): Proposal(value=value, kind="theme", title=theme)
        for document, values in {"b": ("present", "unclear"), "a": ("unclear", "not_mentioned")}.items()
        for theme, value in zip(("x", "y"), values, strict=True)
    }
    proposals |= {(d, "f1"): Proposal(value="present", kind="finding", title="Finding 1") for d in ("b", "a")}
    queue = Queue(proposals, ["x"])
    assert list(queue.order("doubt")) == [("a", "x"), ("b", "y"), ("b", "x"), ("a", "y"), ("a", LIST), ("b", LIST)]
    assert list(queue.order("review")) == [("b", "y"), ("b", "x"), ("b", LIST), ("a", "x"), ("a", "y"), ("a", LIST)]
    assert list(queue.order("theme")) == [("b", "x"), ("a", "x"), ("b", "y"), ("a", "y"), ("b", LIST), ("a", LIST)]
    assert list(queue.order("blind")) == [("b", "x"), ("a", "x")]
    assert queue.after(("b", "x"), lambda _: True, "review") == ("b", LIST)
