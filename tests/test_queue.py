"""The order in which a person looks at cells: where a look is worth most comes first."""

from scr_llm.records import Case, CoderIdentity, Coding, Decision, ThemeCoding
from scr_llm.stages.decisions import queue

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
