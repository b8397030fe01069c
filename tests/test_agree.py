"""Agreement, from literals: every figure by hand."""

from scr_llm.records import Evidence, ExportCase, ExportChild, ExportDocument, ExportTheme, GoldDocument, Item
from scr_llm.stages.agree import agree


def evidence(quote: str) -> Evidence:
    return Evidence(quote=quote, page=1, start=0, end=len(quote), status="exact", section="")


def document(file: str, present: tuple[str, ...], findings: tuple[str, ...] = (), age: str | None = None) -> ExportDocument:
    return ExportDocument(
        id=file, file=file, sha256="0", label=file, pages=1, status="coded", reason=None, recommendations=(),
        case=ExportCase(authority="Northmere", pseudonym=None, children=(ExportChild(gender="not stated", age=age, age_band="not stated"),), context="other"),
        findings=tuple(Item(id=t, number=None, text=t, page=1, addressee=None, evidence=()) for t in findings),
        themes={t: ExportTheme(value="present", sub_themes=(), evidence=(evidence(f"Words on {t}."),), decision=None) for t in present},
    )  # fmt: skip


def gold(file: str, present: tuple[str, ...], findings: tuple[str, ...] | None = None) -> GoldDocument:
    return GoldDocument.model_validate({
        "file": file, "case": {"authority": "Northmere", "children": [{"gender": "F", "age": None}]}, "unknown": 1,
        "findings": None if findings is None else [{"text": t, "page": 2} for t in findings],
        "themes": {t: {"value": "present", "evidence": [{"quote": f"words on {t}", "page": 1}]} for t in present},
    })  # fmt: skip


def test_every_figure() -> None:
    found = agree(
        [gold("1", ("a", "b"), ("One.", "Two.")), gold("2", ("a",)), gold("3", ("a",))],
        [document("1", ("a", "c"), ("One", "Three")), document("2", ("a",), age="2 years")], ["a", "b", "c"],
    )  # fmt: skip
    assert found.not_coded == ("3",)
    a, b, c = (found.themes[t] for t in "abc")
    assert (a.gold, a.found, a.both, a.recall, a.precision, a.f1) == (3, 2, 2, 2 / 3, 1.0, 0.8)
    assert (b.recall, b.precision, c.recall, c.precision) == (0.0, None, None, 0.0)
    assert (found.all_themes.gold, found.all_themes.found, found.all_themes.both) == (4, 3, 2)
    assert (found.findings.gold, found.findings.found, found.findings.both) == (2, 2, 1)
    assert (found.right_page.gold, found.right_page.both) == (1, 0)
    assert (found.quotes_on_gold.gold, found.quotes_on_gold.both) == (2, 2)
    assert (found.facts["authority"].gold, found.facts["authority"].both) == (3, 2)
    assert (found.facts["gender"].gold, found.facts["gender"].found) == (3, 0)
    assert (found.facts["age"].gold, found.facts["age"].found, found.facts["age"].both) == (0, 1, 0)
    assert "1: c is not present and was found" in found.wrong and "1: finding missed: Two." in found.wrong
