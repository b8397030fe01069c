"""The codebook as QDC, there and back; and the reviews as RIS."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from pyrefiqda.models.codebook import CodeBook
from served import coded_project, decide_all
from xsdata_pydantic.bindings import XmlParser

from scr_llm import Workspace
from scr_llm.cli import cli
from scr_llm.project import init_project
from scr_llm.store import Store


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)


def imported(root: Path, file: Path, *more: str) -> Result:
    return run("codebook", "import", file, "--project", root, "--name", "Ada Lead", "--yes", *more)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return init_project(tmp_path / "p").root


def written(tmp_path: Path, codes: str, head: str = "") -> Path:
    path = tmp_path / "a.qdc"
    path.write_text(f'{head}<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes></CodeBook>', "utf-8")
    return path


def test_the_codebook_is_read_by_another_program(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "codes.qdc"
    assert run("export", "--project", root, "--format", "qdc", "--out", out).exit_code == 0
    book = XmlParser().from_bytes(out.read_bytes(), CodeBook)
    ours = Workspace.open(root).codebook()
    assert [code.name for code in book.codes.code] == [code.label for code in ours.codes]
    for theirs, code in zip(book.codes.code, ours.codes, strict=True):
        assert theirs.description and theirs.description.startswith(code.definition)
        assert all(f"- {case}" in theirs.description for case in (*code.include, *code.exclude))
        assert [sub.name for sub in theirs.code] == [f"{code.label}: {sub.label}" for sub in code.sub_codes]
    assert "wordings" in (tmp_path / "codes.qdc.txt").read_text("utf-8")


def test_codes_come_back_with_all_that_the_file_holds(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "codes.qdc"
    run("export", "--project", root, "--format", "qdc", "--out", out)
    ours = Workspace.open(root).codebook()
    again = imported(root, out)
    assert f"Added: 0. Already in the codebook: {len(ours.codes)}." in again.output
    assert Workspace.open(root).codebook() == ours
    path = Workspace.open(root).project.codebook_path
    path.write_text(
        "version: '1'\ntitle: T\ncodes:\n  - id: other\n    label: Other\n    definition: D.\n    core: true\n"
        "    polarity: feature\n",
        "utf-8",
    )
    assert imported(root, out).exit_code == 0
    back = Workspace.open(root).codebook().codes[1:]
    for code, was in zip(back, ours.codes, strict=True):
        for name in ("label", "definition", "polarity", "include", "exclude"):
            assert getattr(code, name) == getattr(was, name), name
        assert [(s.label, s.definition) for s in code.sub_codes] == [(s.label, s.definition) for s in was.sub_codes]


GUID = "00000000-0000-4000-8000-{:012d}".format


def test_what_another_program_does_not_say_is_marked(root: Path, tmp_path: Path) -> None:
    codes = (
        f'<Code guid="{GUID(1)}" name="Families" isCodable="false">'
        f'<Code guid="{GUID(2)}" name="Çok zor" isCodable="true" color="#FF0000">'
        "<Description>The review reports hardship.</Description>"
        f'<Code guid="{GUID(3)}" name="Debt" isCodable="true">'
        f'<Code guid="{GUID(4)}" name="Rent" isCodable="true"/></Code>'
        f'</Code><Code guid="{GUID(5)}" name="Domestic  abuse" isCodable="true"/></Code>'
    )
    before = Workspace.open(root).codebook()
    result = imported(root, written(tmp_path, codes))
    assert result.return_value == 1  # an aspect of an aspect
    assert "not taken: “Rent” under “Çok zor”: aspects have no aspects" in result.output
    assert "Added: 1. Already in the codebook: 1." in result.output
    assert "cok_zor: the polarity (shortcoming is assumed); wordings, without which" in result.output
    book = Workspace.open(root).codebook()
    assert book.codes[:-1] == before.codes
    new = book.codes[-1]
    assert (new.id, new.label, new.definition) == ("cok_zor", "Çok zor", "The review reports hardship.")
    assert (new.polarity, new.core) == ("shortcoming", False)
    assert [(s.id, s.label, s.definition) for s in new.sub_codes] == [("cok_zor.debt", "Debt", "Debt")]
    assert "To be completed: the polarity" in new.note
    with Store(Workspace.open(root).project.database) as store:
        assert [(c.who, c.act, c.reason) for c in store.codebook_changes()] == [
            ("Ada Lead", "added", "Imported from a.qdc.")
        ]


def test_the_polarity_can_be_given(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, f'<Code guid="{GUID(1)}" name="Poverty" isCodable="true"/>')
    result = imported(root, file, "--polarity", "feature")
    assert "poverty: the definition; wordings" in result.output
    assert Workspace.open(root).codebook().codes[-1].polarity == "feature"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><CodeBook>&x;</CodeBook>', "declares a document type"),
        ("<CodeBook", "its XML cannot be read"),
        ("<Project/>", "is not a QDC file"),
        ("<CodeBook><Codes>" + '<Code name="a"/>' * 2001 + "</Codes></CodeBook>", "more than 2000 codes"),
    ],
)
def test_a_hostile_file_is_refused(content: str, why: str, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.qdc"
    path.write_text(content, "utf-8")
    before = Workspace.open(root).project.codebook_path.read_bytes()
    assert why in str(imported(root, path).exception)
    assert Workspace.open(root).project.codebook_path.read_bytes() == before


def test_it_is_asked_first(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, f'<Code guid="{GUID(1)}" name="Poverty" isCodable="true"/>')
    words = ["codebook", "import", str(file), "--project", str(root), "--name", "Ada Lead"]
    before = Workspace.open(root).codebook()
    assert "new: Poverty (poverty)" in CliRunner().invoke(cli, words, input="n\n").output
    assert Workspace.open(root).codebook() == before


def test_the_xml_names_the_standard(root: Path) -> None:
    tree = etree.fromstring(Workspace.open(root).exported("qdc"))
    assert tree.tag == "{urn:QDA-XML:codebook:1.0}CodeBook"


def test_references(tmp_path: Path) -> None:
    """One a review; keywords only where a person decided."""
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    assert "KW" not in Workspace.open(root).exported("ris").decode()
    decide_all(root)
    text = Workspace.open(root).exported("ris").decode()
    entries = [entry.split("\r\n") for entry in text.strip().split("\r\n\r\n")]
    export = Workspace.open(root).export()
    labels = {code.id: code.label for code in Workspace.open(root).codebook().codes}
    assert len(entries) == len(export.documents) == 1
    for entry, document in zip(entries, export.documents, strict=True):
        assert entry[0] == "TY  - RPRT" and entry[-1].startswith("ER  -")
        assert f"TI  - {document.label}" in entry and f"L1  - {document.file}" in entry
        keywords = {line.removeprefix("KW  - ") for line in entry if line.startswith("KW")}
        assert keywords == {labels[t] for t, c in document.themes.items() if c.value == "present"}
