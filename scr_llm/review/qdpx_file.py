"""Reading a QDPX file, which may come from anywhere and may be hostile. Nothing of it is written to the disk.

No path in it is followed but those of its own `sources`; its XML may declare no entities; every size has a limit.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from scr_llm.errors import UsageError
from scr_llm.files import named_errors
from scr_llm.render.refi import AGAIN, guid, parsed_xml

LARGEST, UNPACKED, ENTRIES = 2_000_000_000, 4_000_000_000, 20_000
"""Most bytes of a file, most bytes when unpacked, and most files in it."""
LARGEST_XML, LARGEST_TEXT = 100_000_000, 20_000_000
"""Most bytes of its XML, and of the text of one document."""
TAGS = 4_000_000
"""Most tags of its XML: each takes memory."""
CODINGS = 200_000
"""Most codings."""
_PIECE = 1 << 20


@dataclass(frozen=True)
class GivenCode:
    """A code of the file."""

    guid: str
    name: str
    parent: str
    """Name of the code that it belongs to; empty where it is at the top."""


@dataclass(frozen=True)
class GivenCoding:
    """What somebody coded."""

    code: str
    """GUID of the code."""
    user: str
    """Name of who coded."""
    start: int | None
    """Offset of the first character in the document's text; None where the document as a whole is coded."""
    end: int | None
    page: int | None
    """Page from 1, where a rectangle says so."""
    notes: tuple[str, ...]
    """What is noted on it."""


@dataclass(frozen=True)
class GivenDocument:
    """A document of the file."""

    name: str
    sha256: str
    """Of its PDF, hexadecimal; empty where the file does not hold it."""
    text: str | None
    """Its plain text, as it is in the file; None where there is none."""
    codings: tuple[GivenCoding, ...]
    only_rectangles: int
    """Passages that are marked by a rectangle alone."""


@dataclass(frozen=True)
class GivenProject:
    """What a QDPX file holds."""

    codes: tuple[GivenCode, ...]
    documents: tuple[GivenDocument, ...]


def read_qdpx(path: Path) -> GivenProject:
    """Read a file.

    Raises:
        UsageError: it is not a QDPX file, or not a safe one; says why.
        FileError: it cannot be read.
    """
    with named_errors(path):
        if path.stat().st_size > LARGEST:
            raise _refused(path, f"it is larger than {LARGEST // 1_000_000_000} GB")
        try:
            with zipfile.ZipFile(path) as packed:
                return _Archive(packed, path).project()
        except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise _refused(path, f"it is not a QDPX file, or is damaged ({error})") from error


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"{path.name} cannot be imported: {why}.", next_step=AGAIN)


class _Archive:
    """A QDPX file that is being read."""

    def __init__(self, packed: zipfile.ZipFile, path: Path) -> None:
        self._packed, self._path = packed, path
        entries = packed.infolist()
        if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
            raise _refused(path, f"it unpacks to more than {ENTRIES} files or {UNPACKED // 1_000_000_000} GB")
        names = [entry.filename for entry in entries]
        if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
            raise _refused(path, "a file in it has a name that leads outside the archive")
        if len(set(names)) < len(names):
            raise _refused(path, "two files in it have the same name")
        # ATLAS.ti, MAXQDA and QualCoder write `sources`, NVivo writes `Sources`.
        self._entries = {entry.filename.casefold(): entry for entry in entries}
        self._unpacked = 0
        self._from = ""

    def project(self) -> GivenProject:
        qde = [e for name, e in self._entries.items() if name.endswith(".qde") and "/" not in name]
        if len(qde) != 1:
            raise _refused(self._path, "it holds no project.qde, or several")
        content = self._content(qde[0], LARGEST_XML)
        if content.count(b"<") > TAGS:
            raise _refused(self._path, f"its XML has more than {TAGS:,} tags")
        root = parsed_xml(content, self._path.name)
        self._from = root.get("origin") or ""
        users = {_guid(u): u.get("name") or "unnamed" for u in root.iterfind("{*}Users/{*}User")}
        notes = {_guid(n): self._note(n) for n in root.iterfind("{*}Notes/{*}Note")}
        found: list[GivenDocument] = []
        number = 0
        for element in root.iterfind("{*}Sources/*"):
            if not isinstance(element.tag, str) or _tag(element) not in ("PDFSource", "TextSource"):
                continue
            found.append(self._document(element, users, notes))
            number += len(found[-1].codings)
            if number > CODINGS:
                raise _refused(self._path, f"it holds more than {CODINGS} codings")
        return GivenProject(tuple(_codes(root)), tuple(found))

    def _document(self, element: Any, users: dict[str, str], notes: dict[str, str]) -> GivenDocument:
        holds = element
        if _tag(element) == "PDFSource":
            holds = element.find("{*}Representation")
        rectangles = {_guid(s): s for s in element.iterfind("{*}PDFSelection")}
        anchors = [] if holds is None else list(holds.iterfind("{*}PlainTextSelection"))
        codings = [
            coding
            for anchor in anchors
            for coding in self._codings(anchor, users, notes, anchor, rectangles.get(_guid(anchor)))
        ]
        for whole in dict.fromkeys((element, holds)):
            if whole is not None:
                codings += self._codings(whole, users, notes)
        # Of a quote that goes on over a page, our own export marks the second page by a GUID made from the first.
        known = {_guid(a) for a in anchors}
        pages = {int(r.get("page", "-1")) + 1 for r in rectangles.values() if _whole(r.get("page"))}
        known |= {guid(anchor, page) for anchor in tuple(known) for page in pages}
        alone = [r for g, r in rectangles.items() if g not in known and r.find("{*}Coding") is not None]
        return GivenDocument(
            name=element.get("name") or "",
            sha256=self._sha256(element.get("path")),
            text=None if holds is None else self._counted(self._text(holds)),
            codings=tuple(codings),
            only_rectangles=len(alone),
        )

    def _codings(
        self,
        parent: Any,
        users: dict[str, str],
        notes: dict[str, str],
        anchor: Any = None,
        rectangle: Any = None,
    ) -> Iterator[GivenCoding]:
        """What is coded on an element: an anchor in the text, or a document as a whole."""
        start = end = page = None
        if anchor is not None:
            start, end = _whole(anchor.get("startPosition")), _whole(anchor.get("endPosition"))
            if start is None or end is None:
                return
        if rectangle is not None and (number := _whole(rectangle.get("page"))) is not None:
            page = number + 1
        for coding in parent.iterfind("{*}Coding"):
            reference = coding.find("{*}CodeRef")
            if reference is None:
                continue
            by = coding.get("creatingUser") or parent.get("creatingUser") or ""
            on = (*coding.iterfind("{*}NoteRef"), *(parent.iterfind("{*}NoteRef") if anchor is not None else ()))
            noted = [text for n in on if (text := notes.get(_plain(n.get("targetGUID"))))]
            if anchor is not None and not noted:  # QualCoder keeps its memos there
                noted = [anchor.findtext("{*}Description") or ""]
            yield GivenCoding(
                code=_plain(reference.get("targetGUID")),
                user=users.get(_plain(by), "unnamed"),
                start=start,
                end=end,
                page=page,
                notes=tuple(filter(None, noted)),
            )

    def _counted(self, text: str | None) -> str | None:
        """A text as the positions in the file count it: for ATLAS.ti, a line's end is one character, whatever it is."""
        return text.replace("\r\n", "\n") if text and "ATLAS" in self._from.upper() else text

    def _note(self, note: Any) -> str:
        return note.findtext("{*}PlainTextContent") or self._text(note) or ""

    def _text(self, element: Any) -> str | None:
        """The plain text of a document, as it is in the file."""
        if (text := element.findtext("{*}PlainTextContent")) is not None:
            return str(text)
        entry = self._entry(element.get("plainTextPath"))
        if entry is None:
            return None
        try:
            return self._content(entry, LARGEST_TEXT).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _refused(self._path, f"the text {entry.filename} is not UTF-8") from error

    def _entry(self, path: str | None) -> zipfile.ZipInfo | None:
        """The file of the archive that a path names. A path to anywhere else is not followed."""
        if not path or not path.startswith("internal://"):
            return None
        return self._entries.get(f"sources/{path.removeprefix('internal://')}".casefold())

    def _sha256(self, path: str | None) -> str:
        entry = self._entry(path)
        if entry is None:
            return ""
        whole = hashlib.sha256()
        for piece in self._pieces(entry):
            whole.update(piece)
        return whole.hexdigest()

    def _content(self, entry: zipfile.ZipInfo, most: int) -> bytes:
        content = bytearray()
        for piece in self._pieces(entry):
            content += piece
            if len(content) > most:
                raise _refused(self._path, f"{entry.filename} has more than {most // 1_000_000} MB")
        return bytes(content)

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of an entry. What an archive says of its own sizes is not relied on."""
        with self._packed.open(entry) as file:
            while piece := file.read(_PIECE):
                self._unpacked += len(piece)
                if self._unpacked > UNPACKED:
                    raise _refused(self._path, f"it unpacks to more than {UNPACKED // 1_000_000_000} GB")
                yield piece


def _codes(root: Any) -> Iterator[GivenCode]:
    waiting = [(code, "") for code in root.iterfind("{*}CodeBook/{*}Codes/{*}Code")]
    while waiting:
        code, parent = waiting.pop(0)
        name = code.get("name") or ""
        yield GivenCode(_guid(code), name, parent)
        waiting += [(sub, name) for sub in code.iterfind("{*}Code")]


def _tag(element: Any) -> str:
    return str(etree.QName(element).localname)


def _guid(element: Any) -> str:
    return _plain(element.get("guid"))


def _plain(guid_: str | None) -> str:
    """A GUID as we write it: some programs write it in capitals or in braces."""
    return (guid_ or "").strip("{} ").lower()


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
