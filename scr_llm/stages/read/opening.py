"""Open a file: what it is where it is no PDF, where in it the PDF begins, and what is wrong with one that no reader
opens.
"""

import hashlib
import re
import zipfile
from pathlib import Path

import pypdfium2 as pdfium

from scr_llm.errors import FileError, UnreadableError

_OPENING = 65_536
"""Bytes from the start within which a PDF begins; what stands before it, a letterhead of some gateway say, is left out.
"""
_HEADER = re.compile(rb"%PDF-\d")
_HOLDER = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|7z\xbc\xaf|Rar!|\xd0\xcf\x11\xe0|.{257}ustar", re.S)
"""What a file begins with that can hold a PDF as it is: a part of an archive is not the file that was sent."""
_AGAIN = "Ask for it again, or copy it again."
_PRINT = "Save or print it as a PDF, and drop that in."
_UNPACK = "Unpack it, and drop in the PDFs that it holds."

_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an older Microsoft Office, .doc say"),
    (rb"\{\\rtf", "a rich text document (RTF)"),
    (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", "a web page (HTML)"),
    (rb"\s*<\?xml", "an XML file"),
    (
        rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|BM.{4}\x00\x00|RIFF.{4}WEBP|.{4}ftyp(?:heic|heif|mif1|avif)",
        "an image",
    ),
    (rb"%!PS", "a PostScript file"),
    (rb"(?:from|received|return-path|delivered-to|mime-version|message-id|x-[\w-]+):\s", "an e-mail message"),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|.{257}ustar", "an archive"),
    (rb"MZ|\x7fELF", "a program"),
    (rb"\x00+\Z", "nothing but zeros: it was not copied to its end"),
)
"""What a file of other kinds begins with."""
_PACKED = (
    ("word/", "a Word document (.docx)"),
    ("xl/", "an Excel workbook (.xlsx)"),
    ("ppt/", "a PowerPoint presentation (.pptx)"),
    ("content.xml", "an OpenDocument file, .odt say"),
    ("META-INF/container.xml", "an e-book (EPUB)"),
)


def contents(path: Path, megabytes: int | None = None, sha256: str = "") -> bytes:
    """The bytes of a file from where its PDF begins.

    Args:
        path: the file.
        megabytes: its largest size; a larger one is not read at all.
        sha256: of the bytes that are meant, where they are known.

    Raises:
        FileError: the file holds other bytes than are meant.
        UnreadableError: empty, too large, or no PDF: it says what it is instead.
    """
    size = path.stat().st_size
    if not size:
        raise UnreadableError("the file is empty (0 bytes).", next_step=_AGAIN)
    with path.open("rb") as file:
        opening = file.read(_OPENING)
        start = _beginning(opening)
        if start is None:
            kind = _kind(opening, path)
            step = _AGAIN if "zeros" in kind else _UNPACK if "archive" in kind else _PRINT
            raise UnreadableError(f"this is not a PDF but {kind}.", next_step=step)
        if megabytes is not None and size > megabytes * 1_000_000:
            raise UnreadableError(
                f"the file has {size / 1e6:,.0f} MB, more than the {megabytes} MB that reading one may take.",
                next_step="Print it to PDF again, or raise [read] in project.toml if you trust the file.",
            )
        rest = file.read()
    if sha256:
        found = hashlib.sha256(opening)
        found.update(rest)
        if found.hexdigest() != sha256:  # a quote would be looked for in a file that it was not read from
            raise FileError("the file was replaced or changed after it was taken in.")
    return opening[start:] + rest


def open_document(path: Path) -> pdfium.PdfDocument:
    """A file that was read before, opened to look at its pages.

    Raises:
        pdfium.PdfiumError: where pdfium cannot open it.
    """
    with path.open("rb") as file:
        start = _beginning(file.read(_OPENING))
    return pdfium.PdfDocument(path if not start else path.read_bytes()[start:])


def _beginning(opening: bytes) -> int | None:
    if _HOLDER.match(opening):
        return None
    found = _HEADER.search(opening)
    at = found.start() if found else opening[:1024].find(b"%PDF")
    return at if at >= 0 else None


def _kind(opening: bytes, path: Path) -> str:
    if opening.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as packed:
                names = packed.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            names = []
        return next((kind for part, kind in _PACKED if any(name.startswith(part) for name in names)), "a ZIP archive")
    for pattern, kind in _KINDS:
        if re.match(pattern, opening, re.I | re.S):
            return kind
    return "plain text" if _is_text(opening) else "a file of a kind that is not known here"


def _is_text(opening: bytes) -> bool:
    if opening[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    strange = sum(byte < 9 or 13 < byte < 32 for byte in opening)
    return strange * 100 < len(opening)


_LYING = re.compile(rb"/(?:ObjStm|ToUnicode|FontFile|Type3|Type0|Differences|CMap)")
"""What a file needs to say other letters than it draws, or to say so out of sight, in an object stream."""
_ESCAPED = re.compile(rb"/[\w#]*#[\w#]*")


def may_lie(content: bytes) -> bool:
    """Whether a font of a file could say other letters than it draws: all but those that name the standard fonts and
    nothing else.
    """
    plain = (
        re.sub(rb"#([0-9a-fA-F]{2})", lambda code: bytes([int(code.group(1), 16)]), name)
        for name in _ESCAPED.findall(content)
    )
    return _LYING.search(content) is not None or any(map(_LYING.match, plain))


def why_broken(content: bytes, *, pages: int | None = None) -> UnreadableError:
    """What is wrong with a PDF that neither reader can read.

    Args:
        content: its bytes.
        pages: how many pages it says that it has; None where it could not be opened.
    """
    handler = re.search(rb"/Filter\s*/([\w.]+)[^<>]*/(?:V|R)\s+\d", content)
    if b"/Encrypt" in content and b"/Standard" not in content:
        name = handler.group(1).decode("latin-1") if handler else "unknown"
        return UnreadableError(
            f"the file is encrypted in a way that neither reader here knows ({name}).",
            next_step="Ask the sender for a copy without encryption.",
        )
    if b"/BrotliDecode" in content:
        return UnreadableError(
            "its pages are compressed by Brotli, which neither reader here knows.",
            next_step="Print it to PDF again from a program that shows it.",
        )
    if pages:
        which = "its page is" if pages == 1 else f"all of its {pages} pages are"
        return UnreadableError(
            f"the file is broken: {which} damaged, and neither reader gets text from it.", next_step=_AGAIN
        )
    if not re.search(rb"\d+\s+\d+\s+obj\b", content):
        return UnreadableError("the file is broken: nothing but its first line is a PDF.", next_step=_AGAIN)
    if not re.search(rb"startxref|/XRef\b|trailer", content[-_OPENING:]):
        return UnreadableError("the file is broken: it ends in the middle.", next_step=_AGAIN)
    if not re.search(rb"/Pages\b|/ObjStm\b", content):
        return UnreadableError("the file is broken: it has no list of pages.", next_step=_AGAIN)
    return UnreadableError(
        "the file is broken: its list of pages is damaged, and neither reader finds a page in it.", next_step=_AGAIN
    )
