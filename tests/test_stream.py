"""The second reader's quick way: the letters of a page straight from its content stream, or nothing."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from scr_llm.stages.read.compare import compare
from scr_llm.stages.read.stream import NotPlainError, StreamReader

FIXTURES = Path(__file__).parent.parent / "fixtures"
INNER = b"BT /F1 9 Tf (in a form) Tj ET"


def page(stream: bytes) -> Any:
    """A page with this content, a font F1, another of the same letters called F+2, and a form X."""
    document = pikepdf.new()
    document.add_blank_page()
    own = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    font.Encoding = pikepdf.Name.WinAnsiEncoding
    fonts = pikepdf.Dictionary({"/F1": document.make_indirect(font), "/F+2": font})
    form = document.make_stream(INNER, Subtype=pikepdf.Name.Form, Type=pikepdf.Name.XObject, BBox=[0, 0, 9, 9])
    form.Resources = pikepdf.Dictionary(Font=fonts)
    bare = document.make_stream(INNER, Subtype=pikepdf.Name.Form, Type=pikepdf.Name.XObject, BBox=[0, 0, 9, 9])
    loop = document.make_stream(b"/L Do", Subtype=pikepdf.Name.Form, Type=pikepdf.Name.XObject, BBox=[0, 0, 9, 9])
    loop.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(L=loop))
    image = document.make_stream(b"\x00", Subtype=pikepdf.Name.Image, Type=pikepdf.Name.XObject, Width=1, Height=1)
    own.Resources = pikepdf.Dictionary(Font=fonts, XObject=pikepdf.Dictionary(X=form, B=bare, L=loop, I=image))
    own.Contents = document.make_stream(stream)
    out = io.BytesIO()
    document.save(out)
    return pypdf.PdfReader(out).pages[0]


@pytest.mark.parametrize(
    ("stream", "shown"),
    [
        (b"BT /F1 9 Tf (plain) Tj ET", "plain"),
        (b"BT /F1 9 Tf [(ker) -120 (ned)] TJ (next) ' 1 2 (last) \" ET", "kernednextlast"),
        (rb"BT /F1 9 Tf (a\(b\)c\\ \101\12\t\x) Tj ET", "a(b)c\\ A\n\tx"),
        (b"BT /F1 9 Tf (one \\\nline) Tj ET", "one line"),
        (b"BT /F1 9 Tf <48 65 6C6c 6F> Tj <4> Tj ET", "Hello@"),
        (b"BT /F#2B2 9 Tf (\x93quoted\x94) Tj ET", "“quoted”"),
        (b"/Span << /ActualText (other words) /MCID 3 >> BDC BT /F1 9 Tf (drawn) Tj ET EMC", "drawn"),
        (b"/F1 9 Tf q /F+2 9 Tf (a) Tj Q (b) Tj % (a comment) Tj\n(c) Tj", "abc"),
        (b"BT /F1 9 Tf (a) Tj ET /I Do /X Do", "ain a form"),
        (b"0 0 m 9 9 l S", ""),
        (b"", ""),
    ],
)
def test_what_a_stream_shows(stream: bytes, shown: str) -> None:
    assert StreamReader().text_of(page(stream)) == shown


@pytest.mark.parametrize(
    "stream",
    [
        b"BT /F1 9 Tf (brackets (within)) Tj ET",
        b"BT /F1 9 Tf (without an end Tj ET",
        b"BT (no font) Tj ET",
        b"BT /F9 9 Tf (unknown) Tj ET",
        b"/Y Do",
        b"/B Do",  # a form that borrows the fonts of its page
        b"/L Do",  # a form that contains itself
        b"/X Do " * 201,
        b"BT /F1 9 Tf (a) Tj ET BI /W 1 /H 1 ID (b) Tj EI",
    ],
)
def test_what_is_not_plain_is_left_to_pypdf(stream: bytes) -> None:
    with pytest.raises(NotPlainError):
        StreamReader().text_of(page(stream))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("batch-1/*.pdf")), ids=lambda path: path.stem)
def test_it_reads_what_pypdf_reads(path: Path) -> None:
    reader, stream = pypdf.PdfReader(path), StreamReader()
    for own in list(reader.pages)[:3]:
        assert compare(stream.text_of(own), own.extract_text()) == (1.0, ())
