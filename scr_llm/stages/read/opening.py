"""Open a file, find where in it the PDF begins, and say what is wrong with a file that cannot be read.

For a file that is not a PDF, say what it is instead.
"""

import hashlib
import re
import zipfile
from pathlib import Path

import pypdfium2 as pdfium

from scr_llm.errors import FileError, UnreadableError

_OPENING = 65_536
"""Bytes from the start within which a PDF must begin; anything before it, such as a mail gateway's header, is skipped.
"""
_HEADER = re.compile(rb"%PDF-\d")
_HOLDER = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|7z\xbc\xaf|Rar!|\xd0\xcf\x11\xe0|.{257}ustar", re.S)
"""The beginnings of files that can hold a PDF uncompressed: a part of an archive is not the file that was sent."""
_AGAIN = "Ask for the file again, or copy it again."
_PRINT = "Save or print it as a PDF, and add that instead."
_UNPACK = "Unpack it, and add the PDFs inside."

_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Microsoft Office document (such as .doc)"),
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
    (rb"\x00+\Z", "nothing but zeros: it was not copied completely"),
)
"""The beginnings of other kinds of file."""
_PACKED = (
    ("word/", "a Word document (.docx)"),
    ("xl/", "an Excel workbook (.xlsx)"),
    ("ppt/", "a PowerPoint presentation (.pptx)"),
    ("content.xml", "an OpenDocument file (such as .odt)"),
    ("META-INF/container.xml", "an e-book (EPUB)"),
)


def contents(path: Path, megabytes: int | None = None, sha256: str = "") -> bytes:
    """The bytes of a file from where its PDF begins.

    Args:
        path: the file.
        megabytes: the largest file to read; a larger one is refused unread.
        sha256: the expected checksum of the file, where it is known.

    Raises:
        FileError: the file does not have the expected checksum.
        UnreadableError: the file is empty, too large or not a PDF; then the message says what it is.
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
                f"the file has {size / 1e6:,.0f} MB, more than the limit of {megabytes} MB.",
                next_step="Print it to PDF again, or raise the limits under [read] in project.toml "
                "if you trust the file.",
            )
        rest = file.read()
    if sha256:
        found = hashlib.sha256(opening)
        found.update(rest)
        if found.hexdigest() != sha256:  # otherwise quotes would be looked up in a file they did not come from
            raise FileError("the file was replaced or changed after it was added.")
    return opening[start:] + rest


def open_document(path: Path) -> pdfium.PdfDocument:
    """Open a file that has been read before, to look at its pages.

    Raises:
        pdfium.PdfiumError: pdfium cannot open it.
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
    return "plain text" if _is_text(opening) else "a file of an unknown kind"


def _is_text(opening: bytes) -> bool:
    if opening[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    strange = sum(byte < 9 or 13 < byte < 32 for byte in opening)
    return strange * 100 < len(opening)


_LYING = re.compile(rb"/(?:ObjStm|ToUnicode|FontFile|Type3|Type0|Differences|CMap)")
"""Signs that a font in a file could name letters other than those it draws, or that an object stream could hide one."""
_ESCAPED = re.compile(rb"/[\w#]*#[\w#]*")


def may_lie(content: bytes) -> bool:
    """Whether a font in a file could name letters other than those it draws.

    Only a file that uses nothing but the standard fonts by name cannot.
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
        pages: the number of pages that it claims to have; None where it could not be opened.
    """
    handler = re.search(rb"/Filter\s*/([\w.]+)[^<>]*/(?:V|R)\s+\d", content)
    if b"/Encrypt" in content and b"/Standard" not in content:
        name = handler.group(1).decode("latin-1") if handler else "unknown"
        return UnreadableError(
            f"the file is encrypted by a method that neither reader supports ({name}).",
            next_step="Ask the sender for a copy without encryption.",
        )
    if b"/BrotliDecode" in content:
        return UnreadableError(
            "its pages are compressed with Brotli, which neither reader supports.",
            next_step="Open it in a program that can show it, and print it to PDF from there.",
        )
    if pages:
        which = "its page is" if pages == 1 else f"all of its {pages} pages are"
        return UnreadableError(
            f"the file is broken: {which} damaged, and neither reader can extract any text.", next_step=_AGAIN
        )
    if not re.search(rb"\d+\s+\d+\s+obj\b", content):
        return UnreadableError("the file is broken: only its first line is that of a PDF.", next_step=_AGAIN)
    if not re.search(rb"startxref|/XRef\b|trailer", content[-_OPENING:]):
        return UnreadableError("the file is broken: its end is missing.", next_step=_AGAIN)
    if not re.search(rb"/Pages\b|/ObjStm\b", content):
        return UnreadableError("the file is broken: it has no list of pages.", next_step=_AGAIN)
    return UnreadableError(
        "the file is broken: its list of pages is damaged, and neither reader can find a page.", next_step=_AGAIN
    )
