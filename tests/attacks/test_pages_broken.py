"""Files that are broken, huge, or not PDFs: each is read, or the message says what is wrong with it.

No exception raised by a library escapes.
"""

import io
import os
import random
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from test_pages_unseen import page

from scr_llm.errors import UnreadableError
from scr_llm.records import Reading, Span
from scr_llm.stages.read import read
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
from scr_llm.stages.read.opening import open_document
from scr_llm.stages.read.rectangles import stretches

WORDS = b"BT /F1 12 Tf 72 700 Td (The health visitor did not ask who else lived in the house.) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
SHEET = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
)


def content(data: bytes = WORDS, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def pdf(
    objects: list[bytes], *, trailer: bytes = b"", xref: bool = True, endobj: bytes = b"endobj", end: bytes = b"%%EOF\n"
) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\n%s\n" % (number, body, endobj)
    start = len(out) if xref else 7
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % p for p in places
    )
    return (
        out
        + (table if xref else b"")
        + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n" % (len(objects) + 1, trailer, start)
        + end
    )


def whole(
    *, catalog: bytes = CATALOG, pages: bytes = PAGES, sheet: bytes = SHEET, words: bytes | None = None, **rest: object
) -> bytes:
    return pdf([catalog, pages, sheet, content() if words is None else words, FONT], **rest)  # type: ignore[arg-type]


def packed(objects: list[tuple[int, bytes]], garbled: bool) -> bytes:
    """A file whose objects lie in an object stream."""
    head, body = b"", b""
    for number, each in objects:
        head += b"%d %d " % (number, len(body))
        body += each + b" "
    data = zlib.compress(head + body)
    data = data[: len(data) // 2] if garbled else data
    out = b"%PDF-1.5\n"
    at4 = len(out)
    out += b"4 0 obj\n" + content() + b"\nendobj\n"
    at6 = len(out)
    out += (
        b"6 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (len(objects), len(head), len(data), data)
    )
    at7 = len(out)
    rows = b"".join(
        bytes([kind]) + second.to_bytes(4, "big") + bytes([third])
        for kind, second, third in [
            (0, 0, 0),
            (2, 6, 0),
            (2, 6, 1),
            (2, 6, 2),
            (1, at4, 0),
            (2, 6, 3),
            (1, at6, 0),
            (1, at7, 0),
        ]
    )
    return (
        out + b"7 0 obj\n<< /Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R /Length %d >>\n"
        b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(rows), rows, at7)
    )


OBJECTS = [(1, CATALOG), (2, PAGES), (3, SHEET), (5, FONT)]
BOX = b"/MediaBox [0 0 595 842]"
READ = {
    "as it should be": whole(),
    "a broken xref": whole(xref=False),
    "an endless /Prev": whole(trailer=b"/Prev 9"),
    "a /Prev beyond the end": whole(trailer=b"/Prev 999999999"),
    "no endobj": whole(endobj=b""),
    "no %%EOF": whole(end=b""),
    "a wrong /Count": whole(pages=b"<< /Type /Pages /Kids [3 0 R] /Count 7 >>"),
    "a negative /Count": whole(pages=b"<< /Type /Pages /Kids [3 0 R] /Count -1 >>"),
    "a null among /Kids": whole(pages=b"<< /Type /Pages /Kids [null 3 0 R 99 0 R] /Count 3 >>"),
    "no /MediaBox": whole(sheet=SHEET.replace(BOX, b"")),
    "an inverted /MediaBox": whole(sheet=SHEET.replace(BOX, b"/MediaBox [595 842 0 0]")),
    "a /MediaBox of names": whole(sheet=SHEET.replace(BOX, b"/MediaBox [/NaN /Inf (x) null]")),
    "a /MediaBox of nothing": whole(sheet=SHEET.replace(BOX, b"/MediaBox [0 0 0 0]")),
    "a short /MediaBox": whole(sheet=SHEET.replace(BOX, b"/MediaBox [0 0]")),
    "a huge /MediaBox": whole(sheet=SHEET.replace(BOX, b"/MediaBox [-9000000 -9000000 9000000 9000000]")),
    "a wrong /Length": whole(words=content().replace(b"/Length 9", b"/Length 1")),
    "objects in a stream": packed(OBJECTS, garbled=False),
    "no /Root": whole().replace(b"/Root 1 0 R", b""),
    "junk of 1,200 bytes before it": b"X-Gateway: scanned\r\n" * 60 + whole(),
}


@pytest.mark.parametrize("name", READ)
def test_a_fault_that_can_be_read_around(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(READ[name])
    reading = read(path, "d")
    assert "did not ask who else lived" in reading.pages[0].text
    assert not any("cannot be seen" in w for w in reading.pages[0].warnings)


BROKEN = {
    "Brotli": (whole(words=content(b"\x8b\x03\x80abc", b"/Filter /BrotliDecode")), "Brotli"),
    "no page list": (pdf([b"<< /Type /Catalog >>", FONT]), "no list of pages"),
    "a null page list": (whole(pages=b"null"), "list of pages is damaged|no list of pages|damaged"),
    "null /Kids": (whole(pages=b"<< /Type /Pages /Kids null /Count 1 >>"), "damaged"),
    "/Kids of numbers": (whole(pages=b"<< /Type /Pages /Kids [1 2 3] /Count 3 >>"), "damaged"),
    "a page that calls itself something else": (
        whole(sheet=SHEET.replace(b"/Type /Page ", b"/Type /Leaf ")),
        "its page is damaged",
    ),
    "a damaged object stream": (packed(OBJECTS, garbled=True), "damaged"),
    "cut in the middle": (whole()[:300], "its end is missing"),
    "nothing behind the header": (b"%PDF-1.7\n" + b"\xff\x00junk" * 200, "only its first line"),
    "an odd handler": (whole(trailer=b"/Encrypt << /Filter /Made.Up /V 4 /R 4 >> /ID [<00> <00>]"), "encrypted"),
    "a broken handler": (
        whole(trailer=b"/Encrypt << /Filter /Standard /V 99 /R 99 /O (x) /U (y) /P -1 >> /ID [<00> <00>]"),
        "encrypted",
    ),
    "no text": (whole(words=content(b"")), "no page has any text"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.pdf"
    data, reason = BROKEN[name]
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match=reason) as raised:
        read(path, "d")
    assert raised.value.next_step


def saved(kind: str, path: Path) -> None:
    if kind == "Word":
        document = docx.Document()
        document.add_paragraph("Serious Case Review")
        document.save(str(path))
    elif kind == "Excel":
        openpyxl.Workbook().save(path)
    elif kind == "image":
        Image.new("L", (40, 40)).save(path, "PNG")
    else:
        path.write_bytes(
            {
                "RTF": rb"{\rtf1\ansi A review.}",
                "web page": b"\n<!DOCTYPE html><html><body>%PDF</body></html>"[:20] + b"<html>",
                "text": "A review of a child’s death.\n".encode(),
                "older Microsoft": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
                "zeros": bytes(4000),
                "e-mail": b"Received: from a\r\nSubject: the review\r\n\r\nAttached.",
                "ZIP": b"PK\x03\x04broken",
                "unknown kind": bytes(range(256)) * 9,
                "PostScript": b"%!PS-Adobe-3.0\n",
            }[kind]
        )


@pytest.mark.parametrize(
    "kind",
    [
        "Word",
        "Excel",
        "image",
        "RTF",
        "web page",
        "text",
        "older Microsoft",
        "zeros",
        "e-mail",
        "ZIP",
        "unknown kind",
        "PostScript",
    ],
)
def test_what_is_no_pdf_is_called_what_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.pdf"
    saved(kind, path)
    with pytest.raises(UnreadableError, match=f"not a PDF but .*{kind}"):
        read(path, "d")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_pdf_within_an_archive_is_not_taken_for_the_file(tmp_path: Path, kind: str) -> None:
    inner, path = tmp_path / "review.pdf", tmp_path / "a.pdf"
    inner.write_bytes(whole())
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            archive.write(inner, "review.pdf")
    else:
        with tarfile.open(path, "w") as bundle:
            bundle.add(inner, "review.pdf")
    with pytest.raises(UnreadableError, match=r"not a PDF but a.* archive") as raised:
        read(path, "d")
    assert "Unpack it" in str(raised.value.next_step)


def test_a_passage_of_a_file_with_junk_before_it_is_found_on_its_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(READ["junk of 1,200 bytes before it"])
    text = read(path, "d").pages[0].text
    (boxes,) = stretches(open_document(path)[0], text, [Span(page=1, start=0, end=len(text))])
    assert len(boxes) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows makes no sparse files this way")
@pytest.mark.parametrize("head", [b"%PDF-1.7\n", b""])
def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.pdf"
    with path.open("wb") as file:
        file.write(head)
        file.truncate(3_000_000_000)
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="3,000 MB, more than the limit of 1500 MB" if head else "zeros"):
        read(path, "d", megabytes=1500)
    assert time.monotonic() - started < 1


@pytest.mark.slow
def test_all_of_them_in_processes_of_their_own(tmp_path: Path) -> None:
    files = []
    for number, data in enumerate([*READ.values(), *(data for data, _ in BROKEN.values())]):
        files.append(Wanted(tmp_path / f"{number}.pdf", f"d{number}"))
        files[-1][0].write_bytes(data)
    for result in read_apart(files, Limits(seconds=20)):
        assert isinstance(result, Reading | UnreadableError)


@pytest.mark.slow
def test_a_thousand_files_with_bytes_changed_by_chance(tmp_path: Path) -> None:
    chance = random.Random(12)
    held = io.BytesIO()
    sheet = Canvas(held, invariant=1)
    sheet.drawString(72, 700, "The health visitor did not ask who else lived in the house.")
    sheet.save()
    seeds = [held.getvalue(), whole(), packed(OBJECTS, garbled=False)]
    files = []
    for number in range(1000):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        files.append(Wanted(tmp_path / f"{number}.pdf", f"d{number}"))
        files[-1][0].write_bytes(data if chance.random() < 0.9 else data[: chance.randrange(len(data))])
    for result in read_apart(files, Limits(seconds=20)):
        assert isinstance(result, Reading | UnreadableError) and "neither reader can interpret" not in str(result), (
            result
        )


def test_words_scattered_over_a_page_too_large_to_draw(tmp_path: Path) -> None:
    def draw(sheet: Canvas) -> None:
        for number in range(90):
            sheet.drawString(3000 * number, 5000 + 3000 * number, f"Word{number} far away.")

    path = page(tmp_path / "a.pdf", draw)
    with pikepdf.open(path, allow_overwriting_input=True) as opened:
        opened.pages[0].MediaBox = [0, 0, 300_000, 300_000]
        opened.save(path)
    started = time.monotonic()
    reading = read(path, "d")
    assert time.monotonic() - started < 10
    assert any("too far from the rest" in w for w in reading.pages[0].warnings)
