"""Agreement, from literals: every figure by hand."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scr_llm.project import load_project
from scr_llm.records import Decision, Evidence, ExportCase, ExportChild, ExportDocument, ExportTheme, GoldDocument, Item
from scr_llm.stages.agree import agree, raters, statistics
from scr_llm.store import Store


def evidence(quote: str) -> Evidence:
    return Evidence(quote=quote, page=1, start=0, end=len(quote), status="exact", section="")


def document(
    file: str, present: tuple[str, ...], findings: tuple[str, ...] = (), age: str | None = None
) -> ExportDocument:
    return ExportDocument(
        id=file,
        file=file,
        sha256="0",
        label=file,
        pages=1,
        status="coded",
        reason=None,
        recommendations=(),
        case=ExportCase(
            authority="Northmere",
            pseudonym=None,
            children=(ExportChild(gender="not stated", age=age, age_band="not stated"),),
            context="other",
        ),
        findings=tuple(Item(id=t, number=None, text=t, page=1, addressee=None, evidence=()) for t in findings),
        themes={
            t: ExportTheme(value="present", sub_themes=(), evidence=(evidence(f"Words on {t}."),), decision=None)
            for t in present
        },
    )


def gold(file: str, present: tuple[str, ...], findings: tuple[str, ...] | None = None) -> GoldDocument:
    return GoldDocument.model_validate(
        {
            "file": file,
            "case": {"authority": "Northmere", "children": [{"gender": "F", "age": None}]},
            "unknown": 1,
            "findings": None if findings is None else [{"text": t, "page": 2} for t in findings],
            "themes": {t: {"value": "present", "evidence": [{"quote": f"words on {t}", "page": 1}]} for t in present},
        }
    )


def test_every_figure() -> None:
    found = agree(
        [gold("1", ("a", "b"), ("One.", "Two.")), gold("2", ("a",)), gold("3", ("a",))],
        [document("1", ("a", "c"), ("One", "Three")), document("2", ("a",), age="2 years")],
        ["a", "b", "c"],
    )
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


def test_statistics_agree_with_a_package_and_with_published_cases() -> None:
    import random

    import krippendorff

    dice = random.Random(1)
    for share in (0.1, 0.5, 0.9):
        cells = [(a, a if dice.random() < 0.8 else not a) for a in (dice.random() < share for _ in range(60))]
        theirs = krippendorff.alpha(
            [[int(a) for a, _ in cells], [int(b) for _, b in cells]], level_of_measurement="nominal"
        )
        assert statistics.alpha(cells) == pytest.approx(theirs)
    # Cohen's kappa and Gwet's AC1 on Gwet's (2008) table of 125 subjects: 118 both yes, 5 and 2 apart, none both no.
    gwet = [(True, True)] * 118 + [(True, False)] * 5 + [(False, True)] * 2
    assert statistics.kappa(gwet) == pytest.approx(-0.0234, abs=1e-4) and statistics.ac1(gwet) == pytest.approx(
        0.9408, abs=1e-3
    )
    # Both say 7 of 8 and miss a different one.
    eight = [(True, True)] * 6 + [(True, False), (False, True)]
    assert (
        statistics.raw(eight) == 0.75
        and statistics.kappa(eight) == pytest.approx(-1 / 7)
        and statistics.ac1(eight) == pytest.approx(0.68, abs=0.005)
    )
    assert statistics.kappa([(True, True)] * 4) is None and statistics.alpha([(True, True)] * 4) is None


def test_intervals_hold_the_figure_are_the_same_again_and_need_more_than_one_document() -> None:
    groups = [[(True, n % 3 > 0), (False, False)] for n in range(20)]
    low, high = statistics.interval(groups, statistics.recall) or (0, 0)
    assert low < (statistics.recall([c for g in groups for c in g]) or 0) < high and statistics.interval(
        groups, statistics.recall
    ) == (low, high)
    assert statistics.interval(groups[:1], statistics.recall) is None


def test_kappa_of_a_code_is_refused_when_there_are_few_cells() -> None:
    few = raters([[(True, True)]] * 7 + [[(True, False)]], [f"Child {c}" for c in "ABCDEFGH"], least=30)
    assert few.kappa is None and few.ac1 is None and few.note == "agreed on 7 of 8; disagreed on: Child H"
    assert raters([[(True, True), (False, False)]] * 20).kappa == 1.0


@pytest.mark.slow
def test_raters_of_a_project_and_a_person_who_saw_the_suggestion(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent

    def scr(*arguments: str, expect: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scr_llm", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == expect, done.stderr
        return done.stdout + done.stderr

    scr("init", "p")
    shutil.copy(root / "fixtures/batch-1/corriford-child-1.pdf", tmp_path / "p/inbox")
    scr("run", "--project", "p", "--coder", "rules")
    assert "agreed on 24 of 24 cells (1.00); kappa 1.00" in scr("compare", "coder", "rules", "--project", "p")
    with Store(load_project(tmp_path / "p").database) as store:
        (document,) = store.documents()
        for theme, assisted in (("domestic_abuse", True), ("alcohol_misuse", False), ("workforce", False)):
            store.append_decision(
                Decision(
                    document_id=document.id,
                    theme=theme,
                    value="present",
                    author="R. One",
                    role="reviewer",
                    at="2026-01-01T00:00:00+00:00",
                    assisted=assisted,
                    codebook_sha256="0",
                    reading_sha256="0",
                )
            )
    assert json.loads(scr("compare", "person:R. One", "coder", "--project", "p", "--json"))["all"]["cells"] == 2
    told = scr("compare", "person:R. One", "coder", "--project", "p", "--assisted")
    assert "ASSISTED" in told and "agreed on 2 of 3 cells" in told
    assert "no cell in common" in scr("compare", "person:Nobody", "coder", "--project", "p", expect=2)
    shutil.copytree(root / "fixtures/gold", tmp_path / "gold")
    assert "agreed on" in scr("compare", "coder", "gold", "--project", "p")
    scr("evaluate", "--project", "p", "--gold", "gold", "--html", "page.html", expect=1)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert (
        "<h1>How far the coding agrees with readers</h1>" in page and "Domestic abuse" in page and "<script" not in page
    )


def test_prevalence_and_bias_explain_kappa_and_say_how_many_cells_it_takes() -> None:
    from scr_llm.stages.agree import statistics

    # Byrt, Bishop and Carlin (1993), on tables of the form a, b, c, d
    def table(a: int, b: int, c: int, d: int) -> list[tuple[bool, bool]]:
        return [(True, True)] * a + [(True, False)] * b + [(False, True)] * c + [(False, False)] * d

    even, lopsided = table(40, 5, 5, 50), table(85, 5, 5, 5)
    assert statistics.raw(even) == statistics.raw(lopsided) == 0.9
    assert statistics.prevalence(even) == pytest.approx(0.1) and statistics.prevalence(lopsided) == pytest.approx(0.8)
    assert statistics.bias(even) == 0 and statistics.bias(table(40, 10, 2, 48)) == pytest.approx(0.08)
    needed = statistics.cells_needed(even)
    assert needed and statistics.cells_needed(lopsided) is None  # its kappa is .44
    found = statistics.kappa(even)
    assert found is not None
    lower = found - 1.96 * (0.9 * 0.1 / needed) ** 0.5 / (0.1 / (1 - found))
    assert lower == pytest.approx(0.6, abs=0.01)
