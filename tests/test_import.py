"""Codings from other programs become a rater's decisions: every quote is grounded again, hostile files are refused."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import quoteattr

import pytest
from click.testing import CliRunner, Result
from databases import copy_project
from lxml import etree
from served import ROOT, again, coded_project, decide_all
from test_qdpx import decide_some

from scr_llm import Workspace
from scr_llm.cli import cli
from scr_llm.project import load_project
from scr_llm.records import Decision, Reading
from scr_llm.records.decision import ITEM_OR_FACT
from scr_llm.stages.decisions import latest, standings
from scr_llm.store import Store

ANNA = "11111111-2222-4333-8444-55555555AAAA"
TEXT = "99999999-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reviews coded and nothing decided."""
    return coded_project(tmp_path_factory.mktemp("import") / "p")


@pytest.fixture
def root(fresh: Path, tmp_path: Path) -> Path:
    return copy_project(fresh, tmp_path / "p")


def decisions(root: Path) -> list[Decision]:
    with Store(Workspace.open(root).project.database) as store:
        return store.decisions()


def readings(root: Path) -> dict[str, Reading]:
    with Store(Workspace.open(root).project.database) as store:
        return {d.file: r for d in store.documents() if (r := store.reading(d.id))}


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)


def taken(root: Path, file: Path, *more: str) -> Result:
    return run("import", file, "--project", root, "--name", "Anna Coder", "--role", "Researcher", "--yes", *more)


def answers(found: list[Decision]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        key: (
            d.value,
            sorted((e.quote, e.page, e.start, e.end, "good_practice" in e.flags) for e in d.evidence),
            d.sub_themes,
            d.reason,
        )
        for key, d in latest(found).items()
        if not re.match(ITEM_OR_FACT, key[1])
    }


def test_what_was_exported_comes_back_as_the_same_decisions(root: Path, tmp_path: Path) -> None:
    other = copy_project(root, tmp_path / "other")
    decide_some(root)
    file = tmp_path / "study.qdpx"
    file.write_bytes(Workspace.open(root).exported("qdpx"))
    refused = taken(other, file)
    assert "also holds codings by scr-llm" in str(refused.exception) and not decisions(other)
    result = taken(other, file, "--assisted")
    assert result.exception is None, result.exception
    wanted = answers(decisions(root))
    assert len(wanted) > 15
    assert answers(decisions(other)) == wanted
    assert {d.act for d in decisions(other)} == {"decided"} and all(d.assisted for d in decisions(other))
    again = taken(other, file, "--assisted")
    assert f"As before: {len(wanted)}" in again.output and len(decisions(other)) == len(wanted)


def handed_back(content: bytes) -> bytes:
    """An export as QualCoder hands it back: other GUIDs, memos for notes, users of selections, quotes only."""
    packed = zipfile.ZipFile(io.BytesIO(content))
    tree = etree.fromstring(packed.read("project.qde"))
    for each in [*tree.iter("{*}Notes", "{*}NoteRef", "{*}PDFSelection", "{*}Variables", "{*}Cases")]:
        each.getparent().remove(each)
    for coding in [*tree.iter("{*}Coding")]:
        if coding.getparent().tag.endswith("PDFSource"):
            coding.getparent().remove(coding)
        coding.attrib.pop("creatingUser", None)
    new: dict[str, str] = {}

    def renamed(text: str) -> str:
        return re.sub(r"[0-9a-f-]{36}", lambda g: new.setdefault(g[0], str(uuid4()).upper()), text)

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as back:
        for name in packed.namelist():
            whole = renamed(etree.tostring(tree).decode()).encode() if name == "project.qde" else packed.read(name)
            back.writestr(renamed(name), whole)
    return out.getvalue()


def test_what_went_through_qualcoder_comes_back(root: Path, tmp_path: Path) -> None:
    other = copy_project(root, tmp_path / "other")
    decide_some(root)
    file = tmp_path / "study.qdpx"
    file.write_bytes(handed_back(Workspace.open(root).exported("qdpx")))
    result = taken(other, file, "--assisted")
    assert result.exception is None, result.exception
    found, wanted = answers(decisions(other)), answers(decisions(root))
    quoted = {key for key, (value, *_) in wanted.items() if value in ("present", "explicitly_absent")}
    assert len(quoted) > 8 and found.keys() == quoted
    for key in quoted:  # an aspect is coded on the whole review, which QualCoder does not keep
        assert (*found[key][:2], found[key][3]) == (*wanted[key][:2], wanted[key][3])


def test_a_second_import_is_left_alone_where_somebody_else_has_decided(root: Path, tmp_path: Path) -> None:
    decide_some(root)
    file = tmp_path / "study.qdpx"
    file.write_bytes(Workspace.open(root).exported("qdpx"))
    before = decisions(root)
    result = taken(root, file, "--assisted")
    assert "Alex Reader has decided it here already" in result.output
    assert decisions(root) == before


class Written:
    """A QDPX file as another program writes it."""

    def __init__(self, name: str, text: str, pdf: bytes | None = None, *, windows: bool = False) -> None:
        self.name, self.pdf, self.windows = name, pdf, windows
        self.text = text.replace("\n", "\r\n") if windows else text
        self.codes: dict[str, str] = {}
        self.anchors: list[str] = []
        self.users = {ANNA: "Anna"}
        self.origin = "MAXQDA"

    def code(self, label: str, words: str, *, user: str = ANNA, nth: int = 0, note: str = "") -> "Written":
        guid = self.codes.setdefault(label, f"{len(self.codes):08d}-2222-4333-8444-555555555555")
        at = -1
        for _ in range(nth + 1):
            at = self.text.index(words, at + 1)
        described = f"<Description>{note}</Description>" if note else ""
        number = f"{len(self.anchors):08d}"
        self.anchors.append(
            f'<PlainTextSelection guid="{{{number}-AAAA-4333-8444-555555555555}}" startPosition="{at}" '
            f'endPosition="{at + len(words)}">{described}'
            f'<Coding guid="{number}-BBBB-4333-8444-555555555555" creatingUser="{user}">'
            f'<CodeRef targetGUID="{guid}"/></Coding></PlainTextSelection>'
        )
        return self

    def xml(self) -> str:
        users = "".join(f'<User guid="{g.lower()}" name={quoteattr(n)}/>' for g, n in self.users.items())
        codes = "".join(f'<Code guid="{g}" name={quoteattr(n)} isCodable="true"/>' for n, g in self.codes.items())
        held = f'guid="{TEXT}" plainTextPath="internal://{TEXT}.txt"'
        body = "".join(self.anchors)
        source = f"<TextSource name={quoteattr(self.name)} {held}>{body}</TextSource>"
        if self.pdf:
            inner = f"<Representation {held}>{body}</Representation>"
            path = f'path="internal://{TEXT}.pdf"'
            source = f'<PDFSource guid="{ANNA}" name={quoteattr(self.name)} {path}>{inner}</PDFSource>'
        return (
            '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="P" '
            f'origin="{self.origin}">'
            f"<Users>{users}</Users><CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{source}</Sources></Project>"
        )

    def save(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("project.qde", self.xml())
            folder = "Sources" if self.windows else "sources"
            packed.writestr(f"{folder}/{TEXT}.txt", b"\xef\xbb\xbf" + self.text.encode())
            if self.pdf:
                packed.writestr(f"{folder}/{TEXT}.pdf", self.pdf)
        return path


FILE = "dunvarrow-young-person-r.pdf"


def passage(root: Path, theme: str) -> str:
    """Words that the coder found for a theme, as one line of the text."""
    document = next(d for d in Workspace.open(root).export().documents if d.file == FILE)
    return max(document.themes[theme].evidence[0].quote.split("\n"), key=len)


def found_theme(root: Path) -> tuple[str, str]:
    """A theme that the coder found, and its label."""
    document = next(d for d in Workspace.open(root).export().documents if d.file == FILE)
    theme = next(t for t, c in document.themes.items() if c.value == "present")
    return theme, next(c.label for c in Workspace.open(root).codebook().codes if c.id == theme)


@pytest.mark.parametrize("windows", [False, True])
def test_another_programs_codings_are_a_blind_second_opinion(root: Path, tmp_path: Path, windows: bool) -> None:
    theme, label = found_theme(root)
    text = "\n\n".join(page.text for page in readings(root)[FILE].pages)
    pdf = (root / "inbox" / FILE).read_bytes()
    words = passage(root, theme)
    file = Written("Some other name", text, pdf, windows=windows).code(label.upper(), words, note="It says so.")
    result = taken(root, file.save(tmp_path / "a.qdpx"))
    assert result.return_value == 0, result.output
    (made,) = decisions(root)
    assert (made.act, made.value, made.author, made.role, made.reason) == (
        "blind",
        "present",
        "Anna Coder",
        "Researcher",
        "It says so.",
    )
    assert [e.quote for e in made.evidence] == [words] and not made.assisted
    (standing,) = standings(decisions(root)).values()
    assert standing.counts is None
    assert 'scr-llm compare "person:Anna Coder" coder' in result.output


def test_a_second_reviewer_codes_in_a_file_without_codings(root: Path, tmp_path: Path) -> None:
    """From our export, through a coder who marks one passage, to a blind decision at the same place."""
    decide_some(root)
    out, theme = tmp_path / "bare.qdpx", found_theme(root)[0]
    assert run("export", "--project", root, "--format", "qdpx", "--no-codings", "--out", out).exception is None
    assert "for a second reviewer" in (tmp_path / "bare.qdpx.txt").read_text("utf-8")
    packed = zipfile.ZipFile(out)
    tree = etree.fromstring(packed.read("project.qde"))
    assert not [*tree.iter("{*}Coding", "{*}Note", "{*}PlainTextSelection", "{*}VariableValue")]
    space = "{urn:QDA-XML:project:1.0}"
    etree.SubElement(tree.find("{*}Users"), f"{space}User", guid=ANNA, name="Anna")
    holds = next(s for s in tree.iter("{*}Representation") if s.get("name") == FILE)
    text = packed.read("sources/" + holds.get("plainTextPath").removeprefix("internal://")).decode()
    words = passage(root, theme)
    at = text.index(words)
    label = next(c.label for c in Workspace.open(root).codebook().codes if c.id == theme)
    code = next(c.get("guid") for c in tree.iter("{*}Code") if c.get("name") == label)
    place = {"startPosition": str(at), "endPosition": str(at + len(words))}
    anchor = etree.SubElement(holds, f"{space}PlainTextSelection", guid=TEXT, **place)
    coding = etree.SubElement(anchor, f"{space}Coding", guid=ANNA, creatingUser=ANNA)
    etree.SubElement(coding, f"{space}CodeRef", targetGUID=code)
    back = tmp_path / "back.qdpx"
    with zipfile.ZipFile(back, "w") as made:
        for name in packed.namelist():
            made.writestr(name, etree.tostring(tree) if name == "project.qde" else packed.read(name))
    assert taken(root, back).return_value == 0
    last = decisions(root)[-1]
    assert (last.act, last.theme, [e.quote for e in last.evidence]) == ("blind", theme, [words])


def test_a_review_in_a_folder_is_known_without_its_pdf(root: Path, tmp_path: Path) -> None:
    """By its text and by the name that an export gave it."""
    theme, label = found_theme(root)
    words = passage(root, theme)
    (root / "inbox" / "north").mkdir()
    (root / "inbox" / FILE).rename(root / "inbox" / "north" / FILE)
    again(load_project(root))
    text = "\n\n".join(page.text for page in readings(root)[f"north/{FILE}"].pages)
    names = [f"north - {FILE.removesuffix('.pdf')}.txt", f"south - {FILE}"]
    files = [Written(name, text).code(label, words).save(tmp_path / name) for name in names]
    assert "it is not in this project" in taken(root, files[1]).output and not decisions(root)
    assert taken(root, files[0]).return_value == 0
    assert [e.quote for d in decisions(root) for e in d.evidence] == [words]


def test_a_lines_end_is_one_character_to_atlas(root: Path, tmp_path: Path) -> None:
    """Although the text in its files has two."""
    theme, label = found_theme(root)
    text = "\n\n".join(page.text for page in readings(root)[FILE].pages)
    words = passage(root, theme)
    file = Written(FILE, text, (root / "inbox" / FILE).read_bytes()).code(label, words)
    file.text, file.origin = text.replace("\n", "\r\n"), "ATLAS.ti 24"
    assert taken(root, file.save(tmp_path / "a.qdpx")).return_value == 0
    assert [e.quote for e in decisions(root)[0].evidence] == [words]


def test_the_offsets_say_which_of_two_like_passages_is_meant(root: Path, tmp_path: Path) -> None:
    _, label = found_theme(root)
    pages = readings(root)[FILE].pages
    text = "\n\n".join(page.text for page in pages)
    words = next(
        w
        for w in pages[2].text.split()
        if len(w) > 6 and w.isalpha() and w.islower() and text.count(w) == len(re.findall(rf"\b{w}\b", text)) > 2
    )
    grounded = 0
    pdf = (root / "inbox" / FILE).read_bytes()
    for nth in range(3):
        file = Written(FILE, text, pdf).code(label, words, nth=nth).save(tmp_path / f"{nth}.qdpx")
        if taken(root, file).return_value != 0:
            continue  # a heading
        last = decisions(root)[-1].evidence[0]
        place = sum(len(p.text) + 2 for p in pages[: last.page - 1]) + last.start
        at = -1
        for _ in range(nth + 1):
            at = text.index(words, at + 1)
        assert place == at and "ambiguous" not in last.flags
        grounded += 1
    assert grounded > 1


def test_a_complete_rater_can_be_compared(root: Path, tmp_path: Path) -> None:
    theme, label = found_theme(root)
    text = "\n\n".join(page.text for page in readings(root)[FILE].pages)
    file = Written(FILE, text, (root / "inbox" / FILE).read_bytes()).code(label, passage(root, theme))
    for code in Workspace.open(root).codebook().codes:
        file.codes.setdefault(code.label, f"{len(file.codes):08d}-2222-4333-8444-555555555555")
    assert taken(root, file.save(tmp_path / "a.qdpx"), "--complete").return_value == 0
    made = {d.theme: d.value for d in decisions(root)}
    assert len(made) == len(Workspace.open(root).codebook().codes)
    assert [t for t, v in made.items() if v == "present"] == [theme]
    compared = run("compare", "person:Anna Coder", "coder", "--project", root)
    assert f"of {len(made)} cells" in compared.output


def test_what_cannot_be_grounded_is_listed_and_nothing_else_of_it_taken(root: Path, tmp_path: Path) -> None:
    """The text differs from ours, as another program reads the PDF; one passage is in no review."""
    theme, label = found_theme(root)
    words = passage(root, theme)
    text = f"Another reading.\n{words}\nThe moon is made of green cheese.\n"
    file = Written(FILE, text, (root / "inbox" / FILE).read_bytes())
    file.code(label, words).code(label, "The moon is made of green cheese.").code("Cheese", words)
    result = taken(root, file.save(tmp_path / "a.qdpx"))
    assert result.return_value == 1
    assert f"not taken: {FILE}, “The moon is made of green cheese.” ({label}): " in result.output
    assert "not taken: the code “Cheese” is no theme of this codebook" in result.output
    (made,) = decisions(root)
    assert [e.quote for e in made.evidence] == [words]


def test_without_the_pdf_a_document_is_known_by_name_and_text(root: Path, tmp_path: Path) -> None:
    theme, label = found_theme(root)
    words = passage(root, theme)
    text = "\n".join(page.text for page in readings(root)[FILE].pages)
    stem = FILE.removesuffix(".pdf")
    assert taken(root, Written(stem, text).code(label, words).save(tmp_path / "a.qdpx")).return_value == 0
    assert len(decisions(root)) == 1
    other = taken(root, Written(stem, words).code(label, words).save(tmp_path / "b.qdpx"))
    assert "its text differs from that of the review with this name" in other.output
    unknown = taken(root, Written("elsewhere.pdf", text).code(label, words).save(tmp_path / "c.qdpx"))
    assert "not taken: elsewhere.pdf: it is not in this project" in unknown.output
    assert len(decisions(root)) == 1


def test_of_several_people_one_is_chosen(root: Path, tmp_path: Path) -> None:
    theme, label = found_theme(root)
    words = passage(root, theme)
    text = "\n\n".join(page.text for page in readings(root)[FILE].pages)
    ben = ANNA.replace("1", "2")
    file = Written(FILE, text, (root / "inbox" / FILE).read_bytes())
    file.users[ben] = "Ben"
    path = file.code(label, words).code(label, words, user=ben).save(tmp_path / "a.qdpx")
    assert "2 people have coded in this file: Anna, Ben. Choose one" in str(taken(root, path).exception)
    assert "nobody called Eve" in str(taken(root, path, "--user", "Eve").exception)
    assert "also holds codings by Anna, which Ben may have seen" in str(taken(root, path, "--user", "Ben").exception)
    assert not decisions(root)


@pytest.mark.slow
def test_eight_decided_reviews_come_back_the_same(tmp_path: Path) -> None:
    """Quotes over a page, with words left out, and of good practice are among them."""
    root = coded_project(tmp_path / "p", tuple(path.stem for path in (ROOT / "fixtures/batch-1").glob("*.pdf")))
    other = copy_project(root, tmp_path / "other")
    decide_all(root)
    file = tmp_path / "study.qdpx"
    file.write_bytes(Workspace.open(root).exported("qdpx"))
    result = taken(other, file, "--assisted")
    assert result.output.count("not taken: what is coded as") == result.output.count("not taken") == 2, result.output
    wanted = answers(decisions(root))
    assert len(wanted) > 100 and answers(decisions(other)) == wanted
