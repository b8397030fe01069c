"""The paper that people edit in Word or LibreOffice: found again, kept by the next draft, and signed as it is."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import served
from databases import copy_project
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from lxml import etree
from papers import different_words, html_faults, word_faults

from scr_llm.audit import audit
from scr_llm.errors import RefusedError, UsageError
from scr_llm.project import Project, load_project
from scr_llm.records import OwnWords
from scr_llm.render import render
from scr_llm.render.blocks import blocks
from scr_llm.reports.briefing import brief
from scr_llm.reports.drafts import Written, write
from scr_llm.reports.edited import compared, draft_behind, listed, read_edited
from scr_llm.review.paper_checks import PaperChecks
from scr_llm.review.sign_off import sign_off, write_again
from scr_llm.store import Store

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(not OFFICE, reason="LibreOffice (soffice) is not installed")
FORMATS = ("docx", "html", "md")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = served.coded_project(tmp_path_factory.mktemp("edited") / "p")
    served.decide_all(root)
    write(load_project(root), FORMATS)
    return root


@pytest.fixture
def project(decided: Path, tmp_path: Path) -> Project:
    copy_project(decided, tmp_path / "p")
    return load_project(tmp_path / "p")


def through_libreoffice(path: Path) -> None:
    """Open and save a file, as somebody does who edits it."""
    out = path.parent / "saved"
    home = f"-env:UserInstallation=file://{path.parent}/office"
    command = ["soffice", home, "--headless", "--convert-to", "docx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.move(out / path.name, path)
    shutil.rmtree(out)
    shutil.rmtree(path.parent / "office", ignore_errors=True)


def edit(path: Path, change: Callable[[Callable[[str], Paragraph]], object]) -> Path:
    """Change a file; `change` is given a way to find the paragraph that begins with some words."""
    document = Document(str(path))
    change(lambda start: next(p for p in document.paragraphs if p.text.startswith(start)))
    document.save(str(path))
    return path


def draft(project: Project) -> Path:
    return project.outputs / "briefing.docx"


def differences(project: Project, path: Path) -> list[str]:
    with Store(project.database) as store:
        file = read_edited(path.read_bytes())
        behind = draft_behind(file, store.drafts("briefing"))
        assert behind
        return listed(compared(behind.printed, file))


def marks(path: Path) -> dict[str, str]:
    """Every bookmark of ours with the words of its paragraph."""
    with zipfile.ZipFile(path) as file:
        root = etree.fromstring(file.read("word/document.xml"))
    return {
        mark.get(qn("w:name")): "".join(t.text or "" for t in next(mark.iterancestors(qn("w:p"))).iter(qn("w:t")))
        for mark in root.iter(qn("w:bookmarkStart"))
        if mark.get(qn("w:name")).startswith("_scr_")
    }


def test_every_piece_of_a_paper_has_a_bookmark_that_says_nothing_of_its_neighbours(project: Project) -> None:
    briefing, _ = brief(project)
    found = marks(draft(project))
    assert [(b.id, b.text) for b in blocks(briefing)] == [
        (name, " ".join(text.split())) for name, text in found.items()
    ]
    assert len(found) > 100 and max(map(len, found)) < 40
    parts = tuple(part for part in briefing.parts if part.id != "cases")
    ids = {b.id for b in blocks(briefing.model_copy(update={"parts": parts}))}
    assert ids == {b.id for b in blocks(briefing) if b.part != "cases"}
    assert not word_faults(draft(project))


@needs_office
@pytest.mark.slow
def test_bookmarks_outlive_libreoffice(project: Project) -> None:
    before = marks(draft(project))
    through_libreoffice(draft(project))
    assert marks(draft(project)) == before and not differences(project, draft(project))
    edit(draft(project), lambda find: setattr(find("In the light of these").runs[0], "text", "They were held so:"))
    through_libreoffice(draft(project))
    assert differences(project, draft(project)) == [
        "changed: “In the light of these reviews, partners are asked to answer:” to “They were held so:”"
    ]
    assert marks(draft(project)).keys() == before.keys()


def test_what_was_changed_added_and_removed(project: Project) -> None:
    new = "In the light of all this, partners are asked to answer:"

    def change(find: Callable[[str], Paragraph]) -> None:
        find("In the light of these").text = new  # the bookmark goes with the words
        find("Workforce failings were found").insert_paragraph_before("Our own line.")
        removed = find("What assurance does")._p
        removed.getparent().remove(removed)

    edit(draft(project), change)
    assert sorted(differences(project, draft(project))) == [
        "added: “Our own line.”",
        f"changed: “In the light of these reviews, partners are asked to answer:” to “{new}”",
        "removed: “What assurance does your agency have on workforce issues: capacity, supervision and management "
        "oversight, and skills, knowledge and experience? This arose in both reviews (Evidence 5).”",
    ]


def test_a_file_without_any_bookmark_is_known_by_its_words(project: Project) -> None:
    document = Document(str(draft(project)))
    for mark in list(document.element.body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
        mark.getparent().remove(mark)
    document.save(str(draft(project)))
    file = read_edited(draft(project).read_bytes())
    assert not listed(compared(blocks(brief(project)[0]), file))


def test_tracked_changes_and_comments_are_listed_and_not_signed(project: Project) -> None:
    document = Document(str(draft(project)))
    paragraph = next(p for p in document.paragraphs if p.text.startswith("In the light of these"))
    document.add_comment(paragraph.runs, text="Is that so?", author="Alex")
    text = "<w:r><w:{0} xml:space='preserve'>{1}</w:{0}></w:r>"
    added = f'<w:ins {nsdecls("w")} w:id="7001" w:author="Alex">{text.format("t", " Indeed.")}</w:ins>'
    gone = f'<w:del {nsdecls("w")} w:id="7002" w:author="Alex">{text.format("delText", "An old word.")}</w:del>'
    paragraph._p.extend([parse_xml(added), parse_xml(gone)])
    document.save(str(draft(project)))
    file = read_edited(draft(project).read_bytes())
    assert file.tracked == ("Alex: added “Indeed.”", "Alex: deleted “An old word.”") and file.comments == (
        "Alex: Is that so?",
    )
    assert "In the light of these reviews, partners are asked to answer: Indeed." in [p.text for p in file.pieces]
    with pytest.raises(RefusedError, match="tracked changes or comments"):
        sign_off(project, "Dee Director", "Director", edited=draft(project))
    done = write(project, FORMATS)
    assert len([line for line in done.words_said if "Alex" in line]) == 3


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Workforce failings was found in 2 of the 2 reviews.", []),
        ("Workforce failings was found in two of the two reviews.", []),
        ("Workforce failings was found in 1 of the 2 reviews.", ["1 of the 2"]),
        ("Workforce failings was found in two out of three reviews.", ["two out of three"]),
        ("This was found in 1 of the 2 reviews.", ["1 of the 2"]),
        ("Workforce failings were found in both reviews (Evidence 5).", []),
        ("Domestic abuse was found in both reviews.", ["both reviews"]),
        ("Domestic abuse was found in all of the 2 reviews.", ["all of the 2 reviews"]),
        ("Domestic abuse was found in none of the reviews.", ["none of the reviews"]),
        ("All 3 reviews say so.", ["All 3 reviews"]),
        ("All reviews were read by the board.", []),
        ("The 2 reviews concern 2 children.", []),
        ("The 3 reviews concern 2 children.", ["3 reviews"]),
        ("Some 75% of them.", ["75%"]),
        ("It met on 3 May 2026 and in June 2025.", ["3 May 2026", "June 2025"]),
        ("Appendix 1 shows more, and so does table 2.", []),
        ("Two professionals agreed.", []),
        ("Corriford Child 1, page 1: “The midwife was therefore unaware”", []),
        ("Corriford Child 1, page 2: “The midwife was therefore unaware”", ["The midwife was therefore unaware"]),
        ("Dunvarrow Young Person R: “The midwife was therefore unaware”", ["The midwife was therefore unaware"]),
        ("One review says “the midwife was told of everything”.", ["the midwife was told of everything"]),
        ('They said "the midwife was told of everything".', ["the midwife was told of everything"]),
        ("It never ends: “the midwife was told", ["the midwife was told"]),
        ("In Corriford Child 1 and Young Person R it was seen.", []),
        ("In Corriford Child 2 it was seen.", ["Child 2"]),
    ],
)
def test_what_the_record_bears_out(decided: Path, text: str, doubted: list[str]) -> None:
    project = load_project(decided)
    briefing, _ = brief(project)
    with Store(project.database) as store:
        readings = {row.document_id: store.reading(row.document_id) for row in briefing.cases}
    checks = PaperChecks(briefing, {i: reading for i, reading in readings.items() if reading})
    assert [doubt.words for doubt in checks.doubts(text)] == doubted


def test_a_cell_of_the_matrix_is_no_matter_of_words(project: Project) -> None:
    document = Document(str(draft(project)))
    cell = next(c for t in document.tables for row in t.rows for c in row.cells if c.text == "Yes")
    cell.paragraphs[0].runs[0].text = "Not found"
    document.save(str(draft(project)))
    with pytest.raises(RefusedError, match="the matrix has “Yes” here"):
        sign_off(project, "Dee Director", "Director", edited=draft(project))


def test_words_that_are_answered_for(project: Project) -> None:
    def change(find: Callable[[str], Paragraph]) -> None:
        find(
            "In the light of these"
        ).text = "The board met on 12 March 2026. In the light of these reviews, partners are asked to answer:"

    edit(draft(project), change)
    with pytest.raises(RefusedError, match="“12 March 2026”: the record does not have this date"):
        sign_off(project, "Dee Director", "Director", edited=draft(project))
    other = OwnWords(text="13 March 2026", reason="the day of the board")
    with pytest.raises(UsageError, match="does not stand in the paper"):
        sign_off(project, "Dee Director", "Director", edited=draft(project), own_words=[other])
    own = OwnWords(text="12 March 2026", reason="the day of the board")
    signed, _ = sign_off(project, "Dee Director", "Director", edited=draft(project), own_words=[own])
    folder = project.outputs / "signed-1"
    for form in FORMATS:
        text = (folder / f"briefing.{form}").read_bytes().decode("utf-8", "ignore") if form != "docx" else ""
        text = text or " ".join(p.text for p in Document(str(folder / "briefing.docx")).paragraphs)
        assert "“12 March 2026” is in the words of the person who signed" in text, form
        assert "The reason given: the day of the board." in text and "This is a draft" not in text
    assert signed.own_words == (own,) and signed.edited_sha256 and len(signed.differences) == 1
    assert not list(different_words(folder / "briefing.docx", folder / "briefing.html"))
    assert not word_faults(folder / "briefing.docx") and not html_faults(folder / "briefing.html")
    before = (folder / "briefing.docx").read_bytes()
    assert not audit(project)
    (folder / "briefing.docx").write_bytes(before + b" ")
    assert [fault for fault in audit(project) if "briefing.docx is not the file that was signed" in fault]
    write_again(project)
    assert (folder / "briefing.docx").read_bytes() == before and not audit(project)


def test_a_draft_that_the_record_has_left_behind_is_not_signed(project: Project) -> None:
    edit(draft(project), lambda find: setattr(find("In the light of these").runs[0], "text", "Ours:"))
    served.add(project, "vellingham-child-s")
    served.again(project)
    served.decide_all(project.root)
    with pytest.raises(RefusedError, match=r"the record has moved since(.|\n)*which keeps your words"):
        sign_off(project, "Dee Director", "Director", edited=draft(project))


def test_another_file_is_not_taken_for_the_paper(project: Project, tmp_path: Path) -> None:
    (tmp_path / "broken.docx").write_bytes(b"PK no")
    with pytest.raises(UsageError, match="cannot be read as a Word file"):
        sign_off(project, "Dee Director", "Director", edited=tmp_path / "broken.docx")
    other = Document()
    other.add_paragraph("A letter.")
    other.save(str(tmp_path / "letter.docx"))
    with pytest.raises(UsageError, match="not an edited draft of this project"):
        sign_off(project, "Dee Director", "Director", edited=tmp_path / "letter.docx")


def test_names_that_are_left_out_are_in_no_paper(project: Project) -> None:
    settings = project.root / "project.toml"
    text = settings.read_text("utf-8").replace("[briefing]", '[briefing]\nleave_out = ["Ann Example"]', 1)
    settings.write_text(text, "utf-8")
    project = load_project(project.root)
    write(project, FORMATS)
    edit(draft(project), lambda find: setattr(find("In the light of these").runs[0], "text", "Ann Example wrote:"))
    done = write(project, FORMATS)
    assert "[name removed] wrote:" in done.paths[-1].with_name("briefing.html").read_text("utf-8")
    with pytest.raises(RefusedError, match="a name that this project leaves out"):
        sign_off(project, "Dee Director", "Director", edited=draft(project))


def newest(done: Written) -> Path:
    return next(path for path in done.paths if path.suffix == ".docx" and path.stem.startswith("briefing"))


def test_the_next_draft_is_the_same_bytes_each_time(project: Project) -> None:
    edit(draft(project), lambda find: setattr(find("In the light of these").runs[0], "text", "Ours:"))
    one = newest(write(project, FORMATS)).read_bytes()
    assert newest(write(project, FORMATS)).read_bytes() == one


def say(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "scr_llm", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@needs_office
@pytest.mark.slow
def test_edit_batch_sign_edit_batch_sign(project: Project) -> None:
    """A year of one paper, with LibreOffice between the hands."""
    root, who = ("--project", str(project.root)), ("--name", "Dee Director", "--role", "Director")

    def first(find: Callable[[str], Paragraph]) -> None:
        find("In the light of these").runs[0].text = "These were the reasons:"
        find("Workforce failings were found").runs[
            0
        ].text = "Workforce failings were found in both reviews (Evidence 5), we think."
        find("Can your agency show how risk").insert_paragraph_before("Our own line.")

    through_libreoffice(edit(draft(project), first))
    edited = draft(project).read_bytes()
    served.add(project, "vellingham-child-s")
    served.again(project)
    served.decide_all(project.root)
    told = say("brief", *root)
    assert "The new draft keeps" in told and "Both versions stand" in told and draft(project).read_bytes() == edited
    second = project.outputs / "briefing-v0.2.docx"
    document = Document(str(second))
    words = [p.text for p in document.paragraphs]
    assert "These were the reasons:" in words and "Our own line." in words
    at = words.index("Workforce failings were found in both reviews (Evidence 5), we think.")
    assert words[at + 1] == "Workforce failings were found in all 3 reviews (Evidence 5)."
    (comment,) = document.comments
    then, now = "found in both reviews (Evidence 5).”", "found in all 3 reviews"
    assert f"Then: “Workforce failings were {then} Now: “Workforce failings were {now}" in comment.text
    assert not list(different_words(second, project.outputs / "briefing.html")) and not word_faults(second)

    # the author keeps the new version and takes the comment away
    own = document.paragraphs[at]._p
    own.getparent().remove(own)
    comment._comment_elm.getparent().remove(comment._comment_elm)
    document.save(str(second))
    through_libreoffice(second)
    assert "Signed as version 1.0" in say("sign-off", *root, *who, "--paper", str(second))
    signed = project.outputs / "signed-1"
    words = [p.text for p in Document(str(signed / "briefing.docx")).paragraphs]
    assert (
        "These were the reasons:" in words and "Our own line." in words and not any("DRAFT" in text for text in words)
    )
    assert not list(different_words(signed / "briefing.docx", signed / "briefing.html"))
    assert not word_faults(signed / "briefing.docx") and not audit(project)

    # the next batch: what the signed paper says stands, although nobody touched a draft since
    served.add(project, "northmere-amber")
    served.again(project)
    served.decide_all(project.root)
    assert "from the signed version 1.0" in say("brief", *root)
    third = project.outputs / "briefing-v1.1.docx"
    words = [p.text for p in Document(str(third)).paragraphs]
    assert "These were the reasons:" in words and "Our own line." in words
    through_libreoffice(edit(third, lambda find: setattr(find("Our own line").runs[0], "text", "Our own line, again.")))
    document = Document(str(third))
    assert not list(document.comments)
    assert "Signed as version 2.0" in say("sign-off", *root, *who, "--paper", str(third))
    assert "Our own line, again." in (project.outputs / "signed-2/briefing.md").read_text("utf-8")
    assert not audit(project)
    again = {path.name: path.read_bytes() for path in (project.outputs / "signed-1").iterdir()}
    write_again(project, 1)
    assert again == {path.name: path.read_bytes() for path in (project.outputs / "signed-1").iterdir()}


def test_a_paper_of_a_year_ago_has_no_bookmarks_and_is_said_to_have_none(project: Project) -> None:
    document = Document()
    document.add_paragraph("Something else.")
    document.save(str(draft(project)))
    done = write(project, FORMATS)
    assert done.words_said == ["briefing.docx has none of the marks of a draft, so its words are not taken over."]
    assert newest(done).read_bytes() == render(*_as_drafted(project))


def _as_drafted(project: Project) -> tuple[object, str]:
    return brief(project)[0], "docx"


def test_an_empty_paragraph_does_not_take_the_bookmark(project: Project) -> None:
    document = Document(str(draft(project)))
    paragraph = next(p for p in document.paragraphs if p.text.startswith("In the light of these"))
    above = OxmlElement("w:p")
    above.extend(list(paragraph._p.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))))
    paragraph._p.addprevious(above)
    document.save(str(draft(project)))
    assert not differences(project, draft(project))
