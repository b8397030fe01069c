"""The whole job through the command line, on real files, in another folder."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from scr_llm.records import Agreement, Explanation, Export
from scr_llm.records.schema import SCHEMAS, schema

ROOT = Path(__file__).parent.parent
FIXTURES = sorted((ROOT / "fixtures").glob("batch-*/*.pdf"))


GOLD = [p for p in (ROOT / "fixtures/gold").glob("*.json") if not p.name.endswith(".marks.json")]


def scr(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scr_llm", *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=120
    )


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    assert scr("init", "p", cwd=folder).returncode == 0
    for path in FIXTURES[:3]:
        shutil.copy(path, folder / "p" / "inbox")
    (folder / "p" / "inbox" / "empty.pdf").write_bytes(b"")
    (folder / "p" / "inbox" / "notes.docx").write_bytes(b"PK\x03\x04 not a PDF")
    (folder / "p" / "inbox" / "broken.pdf").write_bytes(FIXTURES[0].read_bytes()[:3000])
    shutil.copy(FIXTURES[0], folder / "p" / "inbox" / "zz copy.pdf")
    ran = scr("run", "--project", "p", cwd=folder)
    assert ran.returncode == 1, ran.stderr
    for name in ("empty.pdf", "notes.docx", "broken.pdf", "zz copy.pdf"):
        assert name in ran.stderr
    for path in FIXTURES[:3]:
        assert re.search(rf"{path.name}: (\d+) of \1 pages read", ran.stderr), ran.stderr
    return folder / "p"


def exported(project: Path) -> Export:
    given = scr("export", "--format", "json", cwd=project)
    assert given.returncode == 0, given.stderr
    return Export.model_validate_json(given.stdout)


def test_statuses_carry_reasons(project: Path) -> None:
    documents = {d.file: d for d in exported(project).documents}
    assert {d.status for d in documents.values() if d.file in {p.name for p in FIXTURES[:3]}} == {"coded"}
    assert (
        documents["empty.pdf"].status
        == documents["notes.docx"].status
        == documents["broken.pdf"].status
        == "unreadable"
    )
    assert documents["zz copy.pdf"].status == "duplicate"
    assert all(d.reason for d in documents.values() if d.status != "coded")


def test_every_quote_is_on_its_page_by_another_reader(project: Path) -> None:
    quotes = 0
    for document in exported(project).documents:
        if document.status != "coded":
            continue
        pages = [bare(page.extract_text()) for page in pypdf.PdfReader(project / "inbox" / document.file).pages]
        evidence = [e for cell in document.themes.values() for e in cell.evidence]
        evidence += [e for item in (*document.findings, *document.recommendations) for e in item.evidence]
        for each in evidence:
            quotes += 1
            assert bare(each.quote) in pages[each.page - 1]
    assert quotes > 100


def test_the_demo_says_what_its_gold_says(tmp_path: Path) -> None:
    assert scr("demo", "--out", "d", cwd=tmp_path).returncode == 0
    found = exported(tmp_path / "d")
    gold = [
        json.loads((ROOT / "fixtures/gold" / f"{Path(d.file).stem}.json").read_text("utf-8")) for d in found.documents
    ]
    assert len(gold) == 8
    text = (tmp_path / "d/outputs/briefing.md").read_text("utf-8")
    for theme, count, words in (
        ("risk_assessment", 7, "risk assessment was found in 7 of the 8 reviews"),
        ("workforce", 6, "failings were found in 6 of the 8 reviews"),
        ("over_optimism", 5, "parents was found in 5 of the 8 reviews"),
    ):
        assert (
            count
            == sum(g["themes"][theme]["value"] == "present" for g in gold)
            == sum(d.themes[theme].value == "present" for d in found.documents)
        )
        assert words in text
    assert sum(len(g["findings"]) for g in gold) == sum(len(d.findings) for d in found.documents)
    assert sum(len(g["recommendations"]) for g in gold) == sum(len(d.recommendations) for d in found.documents)


def test_present_needs_evidence(project: Path) -> None:
    for document in exported(project).documents:
        for theme, cell in document.themes.items():
            assert cell.value != "present" or cell.evidence, (document.file, theme)


def test_the_formats_agree(project: Path) -> None:
    text = "\n".join(p.text for p in docx.Document(str(project / "outputs/briefing.docx")).paragraphs)
    html = (project / "outputs/briefing.html").read_text("utf-8")
    markdown = (project / "outputs/briefing.md").read_text("utf-8")
    counts = re.findall(r"\d+ of the \d+ reviews", text)
    assert counts and counts == re.findall(r"\d+ of the \d+ reviews", html) == re.findall(
        r"\d+ of the \d+ reviews", markdown
    )
    book = openpyxl.load_workbook(project / "outputs/briefing.xlsx")
    themes = {row[0]: (row[1], row[2]) for row in book["Themes"].iter_rows(min_row=2, values_only=True)}
    assert all(
        any(f"{label}{between}{found} of {of}" in markdown.replace("\\", "") for between in (" | ", ": "))
        for label, (found, of) in themes.items()
        if found
    )
    findings = re.search(r"(\d+) findings", text)
    recommendations = re.search(r"(\d+) recommendations", text)
    assert findings and int(findings[1]) == book["Findings"].max_row - 1
    assert recommendations and int(recommendations[1]) == book["Recommendations"].max_row - 1
    matrix = list(book["Matrix"].iter_rows(min_row=2, values_only=True))
    heads = [cell.value for cell in book["Matrix"][1]]
    for label, (found, _) in themes.items():
        assert sum(str(row[heads.index(label)]).startswith("Yes") for row in matrix) == found


def test_word_is_accessible(project: Path) -> None:
    word = docx.Document(str(project / "outputs/briefing.docx"))
    assert word.core_properties.title and word.core_properties.language == "en-GB"
    assert "DRAFT" in word.sections[0].header.paragraphs[0].text
    footer = word.sections[0].footer.paragraphs[0]._p.xml
    assert "NUMPAGES" in footer and "PAGE" in footer
    for table in word.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:gridSpan" not in table._tbl.xml and "w:vMerge" not in table._tbl.xml
        assert all(cell.text.strip() for row in table.rows for cell in row.cells)
        assert len(table.columns) <= 10


def test_a_second_run_changes_nothing(project: Path) -> None:
    before = exported(project)
    word = (project / "outputs/briefing.docx").read_bytes()
    again = scr("run", cwd=project)
    assert "Coded 0 documents, 3 kept" in again.stderr
    assert exported(project) == before
    assert (project / "outputs/briefing.docx").read_bytes() == word


@pytest.mark.slow
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    for name, kill in (("killed", True), ("whole", False)):
        scr("init", name, cwd=tmp_path)
        for path in FIXTURES[:3]:
            shutil.copy(path, tmp_path / name / "inbox")
        if kill:
            for wait in (0.7, 1.1):
                process = subprocess.Popen(
                    [sys.executable, "-m", "scr_llm", "run"], cwd=tmp_path / name, stderr=subprocess.DEVNULL
                )
                time.sleep(wait)
                process.send_signal(signal.SIGKILL)
                process.wait()
        assert scr("run", cwd=tmp_path / name).returncode == 0
    one, other = exported(tmp_path / "killed"), exported(tmp_path / "whole")
    assert one.documents == other.documents


@pytest.mark.slow
def test_nothing_and_wrong_use(tmp_path: Path) -> None:
    assert scr("run", cwd=tmp_path).returncode == 2
    scr("init", "p", cwd=tmp_path)
    empty = scr("run", "--project", "p", cwd=tmp_path)
    assert empty.returncode == 3 and "Put PDF files into it" in empty.stderr
    assert scr("init", "p", cwd=tmp_path).returncode == 2
    assert scr("status", "--project", "p", "--json", cwd=tmp_path).stdout.startswith("{")


def test_ground_needs_no_project(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes(b"One line.\r\nThe Police did not act.")
    (tmp_path / "q.json").write_text(json.dumps(["The Police did not act.", "The Police did act."]))
    found = json.loads(scr("ground", "--text", "t.txt", "--quotes", "q.json", cwd=tmp_path).stdout)
    assert [f["status"] for f in found] == ["exact", "near"]
    assert found[0]["start"] == 11 and set(found[0]) == {"quote", "status", "start", "end", "matched", "diff"}


def test_help_everywhere() -> None:
    import click

    from scr_llm.cli import cli

    for name, command in cli.commands.items():
        assert command.help, name
        assert all(p.help for p in command.params if isinstance(p, click.Option) and p.name != "help"), name


@pytest.mark.parametrize("file", SCHEMAS)
def test_no_schema_has_drifted(file: str) -> None:
    assert (ROOT / "docs" / file).read_text("utf-8") == schema(file)


def test_explain_tells_where_a_number_comes_from(project: Path) -> None:
    told = Explanation.model_validate_json(scr("explain", "risk_assessment", "--json", cwd=project).stdout)
    themes = {
        row[0]: row
        for row in openpyxl.load_workbook(project / "outputs/briefing.xlsx")["Themes"].iter_rows(
            min_row=2, values_only=True
        )
    }
    assert (told.present, told.of) == themes[told.label][1:3]
    assert sum(cell.counted for cell in told.cells) == told.present and len(told.cells) == told.of
    assert all(cell.evidence and cell.why for cell in told.cells if cell.counted)
    assert len(told.not_coded) == 4 and any("empty.pdf" in line for line in told.not_coded)
    for said in (told.label, "risk assess"):
        assert Explanation.model_validate_json(scr("explain", said, "--json", cwd=project).stdout) == told
    words = scr("explain", "risk_assessment", cwd=project).stdout
    assert "Not yet decided by a person" in words and "page " in words
    assert scr("explain", "nonsense", cwd=project).returncode == 2


@pytest.mark.slow
def test_evaluate_compares_with_gold(project: Path, tmp_path: Path) -> None:
    given = scr("evaluate", "--gold", ROOT / "fixtures/gold", "--json", cwd=project)
    found = Agreement.model_validate_json(given.stdout)
    assert given.returncode == 1 and found.documents == len(GOLD) and len(found.not_coded) == len(GOLD) - 3
    for path in FIXTURES[:3]:
        shutil.copy(ROOT / "fixtures/gold" / f"{path.stem}.json", tmp_path)
    for extra in ((), ("--coder", "rules")):
        given = scr("evaluate", "--gold", tmp_path, "--json", *extra, cwd=project)
        found = Agreement.model_validate_json(given.stdout)
        assert given.returncode == 0 and found.findings.f1 == found.recommendations.f1 == 1.0
    assert scr("evaluate", "--gold", project / "outputs", cwd=project).returncode == 2
