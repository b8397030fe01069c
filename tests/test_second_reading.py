"""The second reader: which pages it reads, and that it reads every page that is quoted."""

import json
import re
from pathlib import Path

import pikepdf
import pytest

from scr_llm import Workspace
from scr_llm.errors import FileError, UnreadableError, UsageError
from scr_llm.intake.second_reading import check_decided, check_quoted
from scr_llm.project import init_project, load_project
from scr_llm.records import Document, Evidence, Page, Reading
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.read import cross_checked, read
from scr_llm.stages.read.apart import Limits, ToCheck, check_apart
from scr_llm.stages.read.cues import cue
from scr_llm.stages.read.fonts import NO_FONTS
from scr_llm.stages.read.inspect import IMPOSSIBLE
from scr_llm.stages.read.layout import RawPage
from scr_llm.stages.synthesise import evidence_file
from scr_llm.store import Store
from scr_llm.web.drawing import NOT_READ_AGAIN, Drawing

LONG = Path(__file__).parent.parent / "fixtures/batch-1/northmere-amber.pdf"
"""A made-up review of 15 pages. Nothing is quoted from its pages 1 and 3."""
TWICE = 5
"""The page on which `spoilt` has words that only one of the readers finds."""
DIFFERS = "the two readers differ: “"


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review with a sentence in letters of no size on one page, which pdfium passes over. Nothing looks odd."""
    path = tmp_path_factory.mktemp("spoilt") / LONG.name
    with pikepdf.open(LONG) as document:
        page = document.pages[TWICE - 1]
        font = next(iter(page.Resources.Font.keys())).encode()
        page.contents_add(b"BT %s 0 Tf 1 0 0 1 72 400 Tm (Quince jam vexed my brown fox) Tj ET" % font)
        document.save(path)
    return path


@pytest.fixture
def workspace(tmp_path: Path, spoilt: Path) -> Workspace:
    found = Workspace.create(tmp_path / "p")
    found.add([spoilt])
    return set_to(found, '"cues"')


def why(reading: Reading | None) -> list[str | None]:
    assert reading is not None
    return [page.cross_checked for page in reading.pages]


def stored(workspace: Workspace) -> tuple[Document, Reading]:
    with Store(workspace.project.database) as store:
        (document,) = store.documents()
        reading = store.reading(document.id)
    assert reading is not None
    return document, reading


def set_to(workspace: Workspace, mode: str) -> Workspace:
    path = workspace.project.root / "project.toml"
    path.write_text(
        re.sub(r"^cross_check = \S+", f"cross_check = {mode}", path.read_text("utf-8"), flags=re.M), "utf-8"
    )
    return Workspace.open(workspace.project.root)


@pytest.mark.parametrize(
    ("written", "meant"),
    [('"full"', "full"), ('"cues"', "cues"), ('"off"', "off"), ("true", "full"), ("false", "off"), (None, "full")],
)
def test_what_the_setting_means(tmp_path: Path, written: str | None, meant: str) -> None:
    root = init_project(tmp_path / "p").root
    path = root / "project.toml"
    line = f"cross_check = {written}" if written else ""
    path.write_text(re.sub(r"^cross_check = \S+", line, path.read_text("utf-8"), flags=re.M), "utf-8")
    assert load_project(root).settings.read.cross_check == meant
    path.write_text('name = "p"\n[read]\nwitness = false\n', "utf-8")  # its name in the first projects
    assert load_project(root).settings.read.cross_check == "off"


def test_another_word_is_refused_with_its_line(tmp_path: Path) -> None:
    root = init_project(tmp_path / "p").root
    (root / "project.toml").write_text('name = "p"\n[read]\ncross_check = "some"\n', "utf-8")
    with pytest.raises(UsageError, match=r"project\.toml, line 3: read\.cross_check: .*'full', 'cues' or 'off'"):
        load_project(root)


def test_which_pages_are_read_twice(spoilt: Path) -> None:
    full, cues, off = (read(spoilt, "d", cross_check=mode) for mode in ("full", "cues", "off"))  # type: ignore[arg-type]
    assert why(full) == ["all"] * 15 and why(off) == ["no"] * 15
    assert why(cues) == ["sample", *["no"] * 9, "sample", *["no"] * 4]
    assert [p.number for p in full.pages if p.warnings] == [TWICE] and not any(p.warnings for p in cues.pages)
    bare = [{**json.loads(p.model_dump_json()), "cross_checked": 0, "agreement": 0, "warnings": 0} for p in full.pages]
    for other in (cues, off):
        same = [
            {**json.loads(p.model_dump_json()), "cross_checked": 0, "agreement": 0, "warnings": 0} for p in other.pages
        ]
        assert same == bare and other.items == full.items and other.sha256 == full.sha256


def test_if_a_page_of_the_sample_differs_every_page_is_read(tmp_path: Path, spoilt: Path) -> None:
    path = tmp_path / "moved.pdf"
    with pikepdf.open(spoilt) as document:
        document.pages.insert(0, document.pages[TWICE - 1])
        document.save(path)
    found = read(path, "d", cross_check="cues")
    assert why(found) == ["sample", *["cue"] * 9, "sample", *["cue"] * 5]
    assert [page.number for page in found.pages if page.warnings] == [1, TWICE + 1]


WORDS = "The health visitor had seen that the boy was thin and wrote it down for the doctor. " * 4


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (RawPage(WORDS, (), 0, "pdfium"), ""),
        (RawPage("\uf0b7\uf0b7 " + WORDS, (), 0, "pdfium"), "some of its characters are unknown"),
        (RawPage("\uf0b7 " + WORDS, (), 0, "pdfium"), ""),  # a bullet
        (
            RawPage(WORDS.replace("not", "\ufffd\ufffd\ufffd") + "vi\ufffditor", (), 0, "pdfium"),
            "some of its characters are unknown",
        ),
        (RawPage("Annex", (), 0, "pdfium"), "it has little text"),
        (RawPage(WORDS, (), 0, "pdfium", pictured=0.4), "images cover much of it"),
        (RawPage(WORDS, (), 0, "pdfium", scanned=True), "its text was recognised from a scan"),
        (RawPage(WORDS, (), 0, "pdfium", hidden=((0, 3, "off the page"),)), "some of its text cannot be seen"),
        (
            RawPage(WORDS.translate(str.maketrans("abcdefghijklmnop", "ponmlkjihgfedcba")), (), 0, "pdfium"),
            "its words are not English",
        ),
    ],
)
def test_what_is_odd(page: RawPage, reason: str) -> None:
    assert cue(page, NO_FONTS) == reason


def test_every_quoted_page_is_read_twice(workspace: Workspace) -> None:
    workspace.run()
    document, reading = stored(workspace)
    assert set(why(reading)) == {"sample", "quoted", "no"} and document.read_once == (3,) and not document.quoted_once
    (note,) = document.notes
    assert note.page == TWICE and note.reasons[0].startswith(DIFFERS), "a disagreement is flagged like any other"
    briefing, _ = workspace.briefing()
    evidence = evidence_file(briefing).model_dump_json()
    assert (
        "A second program read 14 of the 15 pages to check their text, among them every page that is quoted."
        in evidence
    )
    with Store(workspace.project.database) as store:
        before = store.head("history")
        workspace.run()
        assert store.head("history") == before, "a second run has nothing to check"


@pytest.mark.slow
def test_a_page_that_a_person_quotes_is_read_twice_before_a_signature(workspace: Workspace) -> None:
    workspace.run()
    document, reading = stored(workspace)
    session = ReviewSession(workspace.project)
    key = next(iter(session.codes))
    words = Evidence(quote=reading.pages[2].text[:40], page=3, start=0, end=40, status="exact", section="")
    who = Reviewer("Ann Example", "Reviewer")
    session.append(session.made(who, document.id, key, act="decided", value="present", evidence=(words,)), None)
    session.close()
    with Store(workspace.project.database) as store:
        check_decided(workspace.project, store)
        head = store.head("history")
        check_decided(workspace.project, store)
        assert store.head("history") == head
    now, read_now = stored(workspace)
    assert now.read_once == () and read_now.pages[2].cross_checked == "quoted" and not read_now.pages[2].warnings


@pytest.mark.slow
def test_what_was_left_is_checked_later(workspace: Workspace) -> None:
    off = set_to(workspace, "false")
    off.run()
    document, reading = stored(off)
    assert why(reading) == ["no"] * 15 and document.quoted_once == tuple(n for n in range(1, 16) if n not in (1, 3))
    briefing, _ = off.briefing()
    evidence = evidence_file(briefing).model_dump_json()
    assert "No page was read by a second program to check its text." in evidence
    set_to(off, '"cues"').run()
    document, reading = stored(off)
    assert document.read_once == (1, 3) and [n.page for n in document.notes] == [TWICE] and not document.quoted_once


def test_a_quoted_page_without_a_second_text_is_looked_at_once(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p")
    page = Page(number=1, text=WORDS, scanned=True, engine="ocr", cross_checked="impossible")
    scan = Document(id="d", file="a.pdf", sha256="0", bytes=1, status="coded", read_once=(1,), quoted_once=(1,))
    with Store(project.database) as store:
        store.save_document(scan)
        store.save_reading(Reading(document_id="d", sha256="0", pages=(page,)))
        check_quoted(project, store, store.documents())
        assert store.documents() == [scan.model_copy(update={"quoted_once": ()})]
        found = store.reading("d")
    assert found is not None and found.pages == (page,)


def test_opening_a_page_checks_it_and_stores_nothing(workspace: Workspace) -> None:
    path, text = (
        workspace.project.inbox / LONG.name,
        read(workspace.project.inbox / LONG.name, "d").pages[TWICE - 1].text,
    )
    drawing = Drawing()
    try:
        assert drawing.cross_check(path, "", TWICE, text)[0].startswith(DIFFERS)
        assert drawing.cross_check(path, "", 3, read(path, "d").pages[2].text) == ()
        assert drawing.cross_check(path, "0" * 64, 3, text) == NOT_READ_AGAIN, "the file is another one"
    finally:
        drawing.close()


@pytest.mark.slow
def test_a_page_that_cannot_be_read_again_says_so(spoilt: Path, tmp_path: Path) -> None:
    reading = read(spoilt, "d", cross_check="cues")
    slow, other, gone = check_apart(
        [
            ToCheck(spoilt, "", {TWICE: ""}),
            ToCheck(spoilt, "0" * 64, {1: ""}),
            ToCheck(tmp_path / "no.pdf", "", {1: ""}),
        ],
        3,
        Limits(seconds=20),
    )
    assert isinstance(slow, dict) and isinstance(other, FileError) and isinstance(gone, OSError)
    (late,) = check_apart([ToCheck(spoilt, "", dict.fromkeys(range(1, 16), ""))], 1, Limits(seconds=0.01))
    assert isinstance(late, UnreadableError)
    page = cross_checked(reading, {2: IMPOSSIBLE}).pages[1]
    assert page.cross_checked == "impossible" and page.warnings == ("the second reader could not read this page",)


def test_a_page_from_before_this_was_recorded() -> None:
    old = Page.model_validate({"number": 1, "text": WORDS, "agreement": 1.0})
    assert old.cross_checked is None
    assert Document(id="d", file="a.pdf", sha256="0", bytes=1).read_once is None
