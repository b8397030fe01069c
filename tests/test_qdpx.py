"""The project as QDPX: valid, the same bytes each time, and every quote where it is on the page and in the text."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pypdfium2 as pdfium
import pytest
from click.testing import CliRunner
from lxml import etree
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.generic import RectangleObject
from pyrefiqda.models import Project as RefiProject
from served import ROOT, again, coded_project
from xsdata_pydantic.bindings import XmlParser

from scr_llm import Workspace
from scr_llm.cli import cli
from scr_llm.files import sha256_of
from scr_llm.project import load_project
from scr_llm.records import Code, Codebook, Evidence, FileFacts, Page
from scr_llm.render import Everything, render_export
from scr_llm.render.sources import Coded, Placed, Source, Sources
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.text.flow import readable

SCHEMA = ROOT.parent / "shared/data/refi-qda/Project.xsd"
NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}


def turned(path: Path, target: Path) -> None:
    """The same review on awkward pages: moved media box, offset crop box, and rotated."""
    writer = PdfWriter(clone_from=PdfReader(path))
    for number, page in enumerate(writer.pages):
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        if number % 3 == 0:  # the page's own space begins at (120, -70)
            page.add_transformation(Transformation().translate(120, -70))
            page.mediabox = page.cropbox = RectangleObject((120, -70, 120 + width, height - 70))
        elif number % 3 == 1:
            page.cropbox = RectangleObject((20, 30, width - 10, height - 5))
        else:
            page.rotate(90)
    writer.write(target)


def decide_some(root: Path) -> None:
    """Decide a few themes: some as proposed, one with fewer quotes, one rejected with a reason, one ruled out."""
    session, who = ReviewSession(load_project(root)), Reviewer("Alex Reader", "Analyst")
    done = 0
    for key in sorted(session.open_cells(who)):
        cell = session.cell(*key, who)
        if cell.kind == "finding" and done > 20:
            session.decide(who, *key, "not_mentioned", reason="A heading.")
            break
        if cell.kind != "theme" or done > 20:
            continue
        value, evidence, reason = cell.value, cell.evidence, ""
        if value == "unclear":
            value = "not_mentioned"
        if done % 4 == 1:
            value, evidence, reason = "not_mentioned", (), "This is about another family."
        elif done % 4 == 2 and len(evidence) > 2:
            evidence, reason = evidence[:1], "Only the first shows it."
        elif done % 4 == 3 and evidence:
            value, reason = "explicitly_absent", "The review says that it was not so."
        subs = cell.sub_themes if value == "present" else ()
        session.decide(
            who, *key, value, evidence=() if value == "not_mentioned" else evidence, reason=reason, sub_themes=subs
        )
        done += 1
    session.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("qdpx") / "p")
    turned(ROOT / "fixtures/batch-1/saltreath-child-m.pdf", root / "inbox" / "turned.pdf")
    again(load_project(root))
    decide_some(root)
    return root


@pytest.fixture(scope="module")
def packed(root: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(Workspace.open(root).exported("qdpx")))


@pytest.fixture(scope="module")
def tree(packed: zipfile.ZipFile) -> etree._Element:
    return etree.fromstring(packed.read("project.qde"))


def refi(packed: zipfile.ZipFile) -> RefiProject:
    return XmlParser().from_bytes(packed.read("project.qde"), RefiProject)


@pytest.mark.skipif(not SCHEMA.exists(), reason="the schema of the standard is not here")
def test_it_is_valid(tree: etree._Element) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.validate(tree)
    assert not list(schema.error_log)


def test_the_same_project_gives_the_same_bytes(root: Path) -> None:
    assert Workspace.open(root).exported("qdpx") == Workspace.open(root).exported("qdpx")


def test_each_guid_names_one_thing(tree: etree._Element) -> None:
    """But the anchor of a quote in the text has the GUID of its first rectangle."""
    found = [e.get("guid") for e in tree.iter() if e.get("guid") and not e.tag.endswith("PDFSelection")]
    assert len(found) == len(set(found))
    rectangles = [e.get("guid") for e in tree.iter("{*}PDFSelection")]
    assert len(rectangles) == len(set(rectangles))
    anchors = {e.get("guid") for e in tree.iter("{*}PlainTextSelection")}
    assert set(rectangles) & anchors
    used = {e.get("targetGUID") for e in tree.iter() if e.get("targetGUID")}
    assert used <= set(found)


def test_the_documents_are_the_files(root: Path, packed: zipfile.ZipFile) -> None:
    documents = {d.file: d for d in Workspace.open(root).documents()}
    for source in refi(packed).sources.pdfsource:
        content = packed.read("sources/" + source.path.removeprefix("internal://"))
        assert content == (root / "inbox" / source.name).read_bytes()
        assert documents.pop(source.name).status == "coded"
    assert not documents


def test_each_anchor_holds_its_quote(root: Path, packed: zipfile.ZipFile) -> None:
    """Every quote that counts is anchored once, and nothing else is."""
    workspace = Workspace.open(root)
    export = {d.file: d for d in workspace.export().documents}
    checked = 0
    for source in refi(packed).sources.pdfsource:
        text = packed.read("sources/" + source.representation.plain_text_path.removeprefix("internal://")).decode()
        anchored = [text[s.start_position : s.end_position] for s in source.representation.plain_text_selection]
        assert "\r" not in text  # QualCoder would count each line's end as one character
        out = export[source.name]
        cells = [c for c in out.themes.values() if c.decision or c.value in ("present", "explicitly_absent")]
        quotes = [e.quote for c in cells for e in c.evidence]
        quotes += [e.quote for i in (*out.findings, *out.recommendations) for e in i.evidence]
        assert all(any(quote in anchor for anchor in anchored) for quote in quotes)
        assert all(any(quote in anchor for quote in quotes) for anchor in anchored)
        checked += len(anchored)
    assert checked > 50


def bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


def test_each_rectangle_holds_its_words(packed: zipfile.ZipFile) -> None:
    """On moved, cropped and rotated pages too: the rectangle counts from the corner of the media box."""
    seen: dict[str, int] = {}
    for source in refi(packed).sources.pdfsource:
        content = packed.read("sources/" + source.path.removeprefix("internal://"))
        document = pdfium.PdfDocument(content)
        text = packed.read("sources/" + source.representation.plain_text_path.removeprefix("internal://")).decode()
        anchors = {
            s.guid: bare(text[s.start_position : s.end_position]) for s in source.representation.plain_text_selection
        }
        for selection in source.pdfselection:
            page = document[selection.page]
            left, bottom, *_ = page.get_mediabox()
            box = (selection.first_x, selection.first_y, selection.second_x, selection.second_y)
            found = page.get_textpage().get_text_bounded(left + box[0], bottom + box[1], left + box[2], bottom + box[3])
            assert box[0] < box[2] and box[1] < box[3]
            wanted = anchors.get(selection.guid, "")
            if wanted and wanted in bare(found):
                seen[source.name] = seen.get(source.name, 0) + 1
            else:  # over a page, or the name of the second half of one
                assert bare(selection.name.rstrip("…"))[:12] in bare(found)
    assert seen["turned.pdf"] > 10 and len(seen) == 3


def test_a_quote_over_a_page_is_two_rectangles_and_one_anchor() -> None:
    """Between its halves stands a footer, which is no part of the quote but lies within the anchor."""
    pages = (
        Page.model_validate(
            {
                "number": 1,
                "text": "𝐁𝐨𝐥𝐝 words. Nobody had asked\n7",
                "marks": [{"kind": "page_number", "start": 29, "end": 30}],
            }
        ),
        Page.model_validate(
            {"number": 2, "text": "Report\nwhere he slept.", "marks": [{"kind": "header", "start": 0, "end": 6}]}
        ),
    )
    one = evidence(pages[0], 12, 28)
    other = evidence(pages[1], 7, 22, "continued")
    quote = (Placed(one, ((10.2, 50.0, 90.0, 60.0),)), Placed(other, ((10.0, 700.0, 80.0, 712.4),)))
    tree = etree.fromstring(zipped(pages, quote).read("project.qde"))
    anchors = tree.findall(".//q:PlainTextSelection", NAMESPACE)
    rectangles = tree.findall(".//q:PDFSelection", NAMESPACE)
    whole = zipped(pages, quote).read(next(n for n in zipped(pages, quote).namelist() if n.endswith(".txt"))).decode()
    assert [whole[int(a.get("startPosition")) : int(a.get("endPosition"))] for a in anchors] == [
        "Nobody had asked\n7\n\nReport\nwhere he slept."
    ]
    assert [
        (r.get("page"), r.get("firstX"), r.get("firstY"), r.get("secondX"), r.get("secondY")) for r in rectangles
    ] == [
        ("0", "10", "50", "90", "60"),
        ("1", "5", "690", "75", "703"),
    ]
    assert whole.index("Nobody") == 12  # each bold letter is one code point, though two in UTF-16


def evidence(page: Page, start: int, end: int, *flags: str) -> Evidence:
    return Evidence(
        quote=page.text[start:end], page=page.number, start=start, end=end, status="exact", section="", flags=flags
    )


def zipped(
    pages: tuple[Page, ...], quote: tuple[Placed, ...], files: tuple[str, ...] = ("a.pdf",), *, pdf: bool = True
) -> zipfile.ZipFile:
    code = Code(id="neglect", label="Neglect \x01", definition="D.", core=True, polarity="feature")
    source = Source(
        id="d1",
        file=files[0],
        stem="a",
        label="A",
        sha256="",
        taken_in="2026-01-02",
        facts=FileFacts(),
        case=None,
        pages=pages,
        origins=((0.0, 0.0), (5.0, 10.0)),
        coder="scr-llm embedded coder",
        coded=(Coded(code="neglect", meaning="present", quotes=(quote,)),),
        pdf=(lambda: b"%PDF-1.7") if pdf else None,
        no_pdf="",
    )
    project = Sources(
        name="P",
        organisation="",
        codebook=Codebook(version="1", title="T", codes=(code,)),
        sources=tuple(replace(source, id=f"d{number}", file=file) for number, file in enumerate(files, 1)),
        not_coded=(),
        rejected=0,
        open_cells=0,
        blind=0,
    )
    everything = Everything(pytest.fail, pytest.fail, lambda: project.codebook, lambda: project)
    return zipfile.ZipFile(io.BytesIO(render_export(everything, "qdpx")))


def codings(packed: zipfile.ZipFile) -> Iterator[SimpleNamespace]:
    """Every coding in the text: document, code, user, and its note."""
    project = refi(packed)
    users = {u.guid: u.name for u in project.users.user}
    notes = {n.guid: n.plain_text_content for n in project.notes.note}
    names = {}
    for code in project.code_book.codes.code:
        names[code.guid] = code.name
        names.update((sub.guid, sub.name) for sub in code.code)
    for source in project.sources.pdfsource:
        for selection in [*source.representation.plain_text_selection, source]:
            for coding in selection.coding:
                yield SimpleNamespace(
                    file=source.name,
                    code=names[coding.code_ref.target_guid],
                    user=users[coding.creating_user],
                    notes=[notes[n.target_guid] for n in coding.note_ref],
                )


def test_who_proposed_and_who_decided_are_two_users(root: Path, packed: zipfile.ZipFile) -> None:
    found = list(codings(packed))
    assert {c.user for c in found} == {"Alex Reader", next(c.user for c in found if c.user.startswith("scr-llm "))}
    assert all(bool(c.notes) == (c.user == "Alex Reader") for c in found)
    labels = {c.id: c.label for c in Workspace.open(root).codebook().codes}
    for document in Workspace.open(root).export().documents:
        for theme, cell in document.themes.items():
            by = {c.user for c in found if c.file == document.file and c.code == labels[theme]}
            if cell.decision and cell.value != "present":
                assert not by, "a rejected proposal is not coded"
            if cell.decision:
                other = {"not_mentioned": "Not found: ", "explicitly_absent": "Ruled out: "}.get(cell.value, "")
                own = [c for c in found if c.file == document.file and c.code == other + labels[theme]]
                (note,) = {n for c in own for n in c.notes if c.user == "Alex Reader"}
                assert f"Decided by Alex Reader, Analyst, on {cell.decision.at[:10]}" in note
                assert not cell.decision.reason or f"Why: {cell.decision.reason}" in note


def test_each_user_has_selections_of_their_own(packed: zipfile.ZipFile) -> None:
    """QualCoder takes the user of a coding, and the memo, from the selection."""
    project = refi(packed)
    users = {u.guid: u.name for u in project.users.user}
    for source in project.sources.pdfsource:
        for selection in source.representation.plain_text_selection:
            assert {coding.creating_user for coding in selection.coding} == {selection.creating_user}
            decided = users[selection.creating_user] == "Alex Reader"
            assert (selection.description or "").startswith("Decided by Alex Reader") == decided


def test_what_is_decided_for_a_whole_review_is_its_memo(root: Path, packed: zipfile.ZipFile) -> None:
    """QualCoder passes over codings of a whole document, and reads the text's description as the memo of the file."""
    memos = {s.name: s.representation.description or "" for s in refi(packed).sources.pdfsource}
    codes = {c.id: c for c in Workspace.open(root).codebook().codes}
    not_found = aspects = 0
    for document in Workspace.open(root).export().documents:
        for theme, cell in document.themes.items():
            label, memo = codes[theme].label, memos[document.file]
            told = f"{label}: not found."
            assert (told in memo) == (cell.decision is not None and cell.value == "not_mentioned")
            not_found += told in memo
            if cell.decision and cell.value == "not_mentioned" and cell.decision.reason:
                assert f"{told}\nWhy: {cell.decision.reason}" in memo
            kept = (
                [s.label for s in codes[theme].sub_codes if s.id in cell.sub_themes] if cell.value == "present" else []
            )
            assert (f"Aspects of {label}: " in memo) == bool(kept)
            aspects += len(kept)
            assert all(f"Aspects of {label}: {'; '.join(kept)} (" in memo for _ in kept)
    assert not_found > 5 and aspects


def test_each_review_has_a_name_without_folders_of_its_own() -> None:
    """QualCoder writes each PDF under its name, and passes over what a case says of its source."""
    pages = (Page(number=1, text="Nobody had asked."),)
    quote = (Placed(evidence(pages[0], 0, 17), ()),)
    files = ("north/a.pdf", "north - A.pdf", "a.PDF", "why?.pdf")
    wanted = ["north - a.pdf", "north - A (2).pdf", "a.pdf", "why-.pdf"]
    project = refi(zipped(pages, quote, files))
    assert [s.name for s in project.sources.pdfsource] == wanted
    assert [s.representation.name for s in project.sources.pdfsource] == wanted
    assert [c.description for c in project.cases.case] == [f"The review {name}." for name in wanted]
    texts = refi(zipped(pages, quote, files[:1], pdf=False)).sources.text_source
    assert [s.name for s in texts] == ["north - a.txt"]


def test_the_facts_are_variables_of_the_case(root: Path, packed: zipfile.ZipFile) -> None:
    project = refi(packed)
    names = {v.guid: v.name for v in project.variables.variable}
    cases = {c.name: {names[v.variable_ref.target_guid]: v for v in c.variable_value} for c in project.cases.case}
    for document in Workspace.open(root).export().documents:
        assert document.case
        assert cases[document.label]["Authority"].text_value == document.case.authority
        if document.case.children:
            assert cases[document.label]["Number of children"].integer_value == len(document.case.children)


def test_names_are_left_out(root: Path) -> None:
    """A review in which such a name stands goes out as text, masked letter by letter, so that offsets hold."""
    workspace = Workspace.open(root)
    name = next(d.case.pseudonym for d in workspace.export().documents if d.case and d.file.startswith("corriford"))
    settings = root / "project.toml"
    written = settings.read_text("utf-8")
    settings.write_text(written.replace("[briefing]", f'[briefing]\nleave_out = ["{name}", "Alex Reader"]'), "utf-8")
    try:
        content, rest = Workspace.open(root).exported_with_rest("qdpx")
    finally:
        settings.write_text(written, "utf-8")
    packed = zipfile.ZipFile(io.BytesIO(content))
    project = refi(packed)
    assert [s.name for s in project.sources.text_source] == ["corriford-child-1.txt"]
    for entry in packed.namelist():
        if not entry.endswith(".pdf"):
            assert (
                name not in readable(packed.read(entry).decode()) and "Alex Reader" not in packed.read(entry).decode()
            )
    assert "corriford-child-1.pdf: a name that the project leaves out stands in it." in rest
    source = project.sources.text_source[0]
    text = packed.read("sources/" + source.plain_text_path.removeprefix("internal://")).decode()
    with zipfile.ZipFile(io.BytesIO(workspace.exported("qdpx"))) as whole:
        before = next(s for s in refi(whole).sources.pdfsource if s.name == "corriford-child-1.pdf").representation
        unmasked = whole.read("sources/" + before.plain_text_path.removeprefix("internal://")).decode()
    assert len(text) == len(unmasked)
    places = [(s.start_position, s.end_position) for s in source.plain_text_selection]
    assert places == [(s.start_position, s.end_position) for s in before.plain_text_selection]


def test_the_command_writes_what_is_left_out_beside_it(root: Path, tmp_path: Path) -> None:
    before = {p: sha256_of(p) for p in (root / "inbox").iterdir()}
    out = tmp_path / "study.qdpx"
    result = CliRunner().invoke(cli, ["export", "--project", str(root), "--format", "qdpx", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == Workspace.open(root).exported("qdpx")
    rest = (tmp_path / "study.qdpx.txt").read_text("utf-8")
    assert "proposals that a person rejected or changed" in rest
    assert before == {p: sha256_of(p) for p in (root / "inbox").iterdir()}
