"""Hostile files of other programs are refused, and nothing of them is followed or unpacked."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scr_llm import ScrError
from scr_llm.review import qdpx_file
from scr_llm.review.qdpx_file import read_qdpx

TEXT = "99999999-2222-4333-8444-555555555555"


def hostile(make: Callable[[zipfile.ZipFile], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        make(packed)
    return out.getvalue()


EMPTY = '<Project xmlns="urn:QDA-XML:project:1.0" name="P"/>'
XXE = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project name="P">&x;</Project>'
LAUGHS = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Project name="P">&b;</Project>'
ATTACKS: dict[str, tuple[bytes, str]] = {
    "no archive": (b"%PDF-1.7", "not a QDPX file"),
    "a path upwards": (hostile(lambda z: z.writestr("../project.qde", EMPTY)), "leads outside the archive"),
    "a path upwards in Windows": (hostile(lambda z: z.writestr("sources\\..\\..\\a", "")), "leads outside the archive"),
    "an absolute path": (hostile(lambda z: z.writestr("/etc/a", "")), "leads outside the archive"),
    "no project": (hostile(lambda z: z.writestr("a.txt", "")), "no project.qde"),
    "an outside entity": (hostile(lambda z: z.writestr("project.qde", XXE)), "document type"),
    "entities that expand": (hostile(lambda z: z.writestr("project.qde", LAUGHS)), "document type"),
    "no XML": (hostile(lambda z: z.writestr("project.qde", "<Project")), "XML cannot be read"),
    "elements without end": (hostile(lambda z: z.writestr("project.qde", "<a>" * 100_000)), "XML cannot be read"),
    "a large XML": (hostile(lambda z: z.writestr("project.qde", b" " * 100_000_001)), "more than 100 MB"),
    "many tags": (hostile(lambda z: z.writestr("project.qde", b"<a/>" * 4_000_001)), "more than 4,000,000 tags"),
    "many files": (hostile(lambda z: [z.writestr(str(n), "") for n in range(20_001)]), "more than 20000 files"),  # type: ignore[arg-type, func-returns-value]
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path) -> None:
    content, why = ATTACKS[name]
    path = tmp_path / "a.qdpx"
    path.write_bytes(content)
    with pytest.raises(ScrError, match=why):
        read_qdpx(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the archive says of its own sizes is not relied on."""
    monkeypatch.setattr(qdpx_file, "UNPACKED", 50_000_000)
    source = '<Sources><PDFSource guid="x" path="internal://a.pdf"/></Sources>'
    xml = EMPTY.replace("/>", f">{source}</Project>")
    content = hostile(lambda z: (z.writestr("project.qde", xml), z.writestr("sources/a.pdf", b"\0" * 60_000_000))[0])
    path = tmp_path / "a.qdpx"
    path.write_bytes(content)
    with pytest.raises(ScrError, match="unpacks to more than"):
        read_qdpx(path)
    real = (60_000_000).to_bytes(4, "little")
    path.write_bytes(content.replace(real, (600).to_bytes(4, "little")))
    with pytest.raises(ScrError):
        read_qdpx(path)


def test_a_path_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    paths = ("absolute:///etc/passwd", "relative://secret.txt", "internal://../secret.txt", "https://127.0.0.1/a.txt")
    sources = "".join(f'<TextSource guid="{TEXT}" name="n" plainTextPath="{path}"/>' for path in paths)
    path = tmp_path / "a.qdpx"
    path.write_bytes(
        hostile(lambda z: z.writestr("project.qde", EMPTY.replace("/>", f"><Sources>{sources}</Sources></Project>")))
    )
    assert [d.text for d in read_qdpx(path).documents] == [None] * len(paths)
