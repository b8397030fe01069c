"""The reviews' own PDFs with their quotes highlighted: seen by two drawing programs, and the originals untouched."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from served import again, coded_project
from test_qdpx import decide_some, turned

from scr_llm import Workspace
from scr_llm.cli import cli
from scr_llm.files import sha256_of
from scr_llm.project import load_project
from scr_llm.render.sources import colour
from scr_llm.reports.highlighted import Highlighted

PLAIN = Path(__file__).parent.parent / "fixtures/batch-1/saltreath-child-m.pdf"


def encrypted(target: Path, rights: UserAccessPermissions) -> None:
    writer = PdfWriter(clone_from=PdfReader(PLAIN.with_stem("ombershaw-child-d")))
    writer.encrypt("", "owner", permissions_flag=rights, algorithm="AES-256")
    writer.write(target)


def signed(target: Path, level: int | None) -> None:
    """A file that says it is signed, and with a level, that it is certified. The signature itself is made up."""
    writer = PdfWriter(clone_from=PdfReader(PLAIN.with_stem("vellingham-child-s" if level else "vellingham-child-v")))
    form = DictionaryObject({NameObject("/SigFlags"): NumberObject(3), NameObject("/Fields"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(form)
    if level:
        parameters = DictionaryObject({NameObject("/P"): NumberObject(level)})
        reference = ArrayObject([DictionaryObject({NameObject("/TransformParams"): parameters})])
        signature = writer._add_object(DictionaryObject({NameObject("/Reference"): reference}))
        writer.root_object[NameObject("/Perms")] = DictionaryObject({NameObject("/DocMDP"): signature})
    writer.write(target)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("highlights") / "p", ("corriford-child-1",))
    inbox = root / "inbox"
    turned(PLAIN, inbox / "turned.pdf")
    encrypted(inbox / "locked.pdf", UserAccessPermissions.PRINT)
    signed(inbox / "signed.pdf", None)
    signed(inbox / "certified.pdf", 1)
    again(load_project(root))
    decide_some(root)
    return root


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Highlighted]:
    before = {path: sha256_of(path) for path in (root / "inbox").iterdir()}
    found = {copy.name.removesuffix("-highlighted.pdf"): copy for copy in Workspace.open(root).highlighted()}
    assert before == {path: sha256_of(path) for path in (root / "inbox").iterdir()}
    return found


def test_what_may_not_be_copied_is_named(made: dict[str, Highlighted]) -> None:
    assert {name for name, copy in made.items() if copy.content} == {"corriford-child-1", "turned", "signed"}
    assert made["locked"].remark.startswith("locked.pdf: the file is encrypted, and its owner does not allow a copy")
    assert made["certified"].remark.startswith("certified.pdf: the file is certified")


def test_what_a_signature_covers_stays(root: Path, made: dict[str, Highlighted]) -> None:
    content = made["signed"].content
    assert content and content.startswith((root / "inbox" / "signed.pdf").read_bytes())
    assert sum(len(page.get("/Annots", [])) for page in PdfReader(io.BytesIO(content)).pages) > 10


def test_each_quote_has_its_note(root: Path, made: dict[str, Highlighted]) -> None:
    workspace = Workspace.open(root)
    labels = {code.id: code.label for code in workspace.codebook().codes}
    documents = {d.file.removesuffix(".pdf"): d for d in workspace.export().documents}
    for name, copy in made.items():
        if copy.content is None:
            continue
        notes = [
            (number, note.get_object()["/Contents"])
            for number, page in enumerate(PdfReader(io.BytesIO(copy.content)).pages, 1)
            for note in page.get("/Annots", [])
            if note.get_object()["/Subtype"] == "/Highlight"
        ]
        wanted = set()
        for theme, cell in documents[name].themes.items():
            if not (cell.decision or cell.value in ("present", "explicitly_absent")):
                continue
            for quote in cell.evidence:
                wanted.add((quote.page, quote.start))
                own = [text for page, text in notes if page == quote.page and labels[theme] in text]
                assert own
                if cell.decision:
                    assert any("Decided by Alex Reader, Analyst, on " in text for text in own)
                    assert any(cell.decision.reason in text for text in own)
        assert len(notes) == len(wanted) > 5


def drawn(content: bytes, tmp_path: Path, page: int) -> Image.Image:
    """A page as poppler draws it, which is another program than the one that placed the highlights."""
    (tmp_path / "a.pdf").write_bytes(content)
    number = str(page)
    command = ["pdftoppm", "-r", "72", "-png", "-singlefile", "-f", number, "-l", number, "a.pdf", "a"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return Image.open(tmp_path / "a.png").convert("RGB")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
@pytest.mark.parametrize("name", ["corriford-child-1", "turned"])
def test_another_program_draws_the_highlights_on_the_words(
    name: str, root: Path, made: dict[str, Highlighted], tmp_path: Path
) -> None:
    """Moved, cropped and rotated pages too: the ground of the highlight is coloured, and its letters stay black."""
    copy = made[name].content
    assert copy
    original = (root / "inbox" / f"{name}.pdf").read_bytes()
    pages = PdfReader(io.BytesIO(copy)).pages
    for number, page in enumerate(pages[:3], 1):
        if "/Annots" not in page:
            continue
        before, after = drawn(original, tmp_path, number), drawn(copy, tmp_path, number)
        changed = [(old, new) for old, new in zip(pixels(before), pixels(after), strict=True) if old != new]
        assert len(changed) > 500
        assert all(sum(new) <= sum(old) + 6 for old, new in changed), "no letter is painted over"
        assert any(sum(new) < 200 for _, new in changed), "the highlights lie on letters"


def pixels(image: Image.Image) -> list[tuple[int, int, int]]:
    raw = image.tobytes()
    return list(zip(raw[::3], raw[1::3], raw[2::3], strict=True))


def test_colours_let_black_text_be_read() -> None:
    shades = [colour(number) for number in range(60)]
    assert len(set(shades)) == 60
    for red, green, blue in shades:
        light = 0.2126 * (red / 255) ** 2.2 + 0.7152 * (green / 255) ** 2.2 + 0.0722 * (blue / 255) ** 2.2
        assert (light + 0.05) / 0.05 > 11.5


@pytest.mark.slow
def test_the_command(root: Path, made: dict[str, Highlighted], tmp_path: Path) -> None:
    ask = ["export", "--project", str(root), "--format", "pdf", "--out"]
    out = tmp_path / "new" / "folder"
    result = CliRunner().invoke(cli, [*ask, str(out)], standalone_mode=False)
    assert result.return_value == 1  # two may not be copied
    assert "locked.pdf: the file is encrypted" in result.output
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        copy.name: copy.content for copy in made.values() if copy.content
    }
    assert "Name the folder" in str(CliRunner().invoke(cli, [*ask, "-"], standalone_mode=False).exception)
