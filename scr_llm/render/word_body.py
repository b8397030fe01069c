"""The end of a Word file that is being written: where paragraphs are added, and finished ones leave memory."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shape import InlineShape
from docx.shared import Length
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree

from scr_llm.render.bookmarks import Marks

_ENOUGH = 500
"""Paragraphs that are kept as elements, which take much more memory than the text of the file."""
_PLACE = "finished parts"
"""A comment in the file, while it is being made, where its finished parts belong."""


class Body:
    """Adds paragraphs to a document. python-docx looks up the style and the place of each anew."""

    def __init__(self, document: WordDocument, marks: Marks, *, in_parts: bool) -> None:
        """Begin at the end of a document.

        Args:
            document: with its styles.
            marks: bookmarks for the pieces of the paper, set when the file is saved or a part leaves memory.
            in_parts: whether finished parts leave memory. Nothing then looks back at them.
        """
        self.document = document
        self._marks, self._in_parts = marks, in_parts
        self._styles: dict[str, str | None] = {}
        self._end = document.element.body.get_or_add_sectPr()
        self._finished: list[bytes] = []
        self._added = self._pictures = 0

    def paragraph(self, text: str = "", style: str = "") -> WordParagraph:
        """Add a paragraph."""
        element = OxmlElement("w:p")
        self._end.addprevious(element)
        self._added += 1
        added = WordParagraph(element, self.document._body)
        if text:
            added.add_run(text)
        if style:
            if style not in self._styles:
                part: Any = self.document.part
                self._styles[style] = part.get_style_id(style, WD_STYLE_TYPE.PARAGRAPH)
            element.get_or_add_pPr().style = self._styles[style]
        return added

    def picture(self, png: bytes, width: Length) -> InlineShape:
        """Add a picture in a paragraph of its own."""
        added: InlineShape = self.document.add_picture(io.BytesIO(png), width=width)
        self._pictures += 1
        # python-docx numbers it by those in memory, which are not all.
        added._inline.docPr.set("id", str(self._pictures))
        added._inline.docPr.set("name", f"Picture {self._pictures}")
        return added

    @property
    def last(self) -> WordParagraph:
        """The last paragraph that stands in no table."""
        return WordParagraph(next(self._end.itersiblings(qn("w:p"), preceding=True)), self.document._body)

    def finish(self) -> None:
        """What was added so far will not be looked at again."""
        if not self._in_parts or self._added < _ENOUGH:
            return
        body = self.document.element.body
        self._marks.set(self._paragraphs())
        body.insert(0, etree.Comment(_PLACE))
        self._end.addprevious(etree.Comment(_PLACE))
        self._finished.append(zlib.compress(serialize_part_xml(self.document.element).split(_comment())[1], 1))
        for element in list(body):
            if element is not self._end:
                element.clear()  # to take out a table with its rows takes four times as long for twice as many
                body.remove(element)
        self._added = 0

    def saved(self) -> bytes:
        """The whole file, with every piece of the paper marked."""
        self._marks.set(self._paragraphs())
        self._marks.check()
        if self._finished:
            self.document.element.body.insert(0, etree.Comment(_PLACE))
        return same_bytes(self.document, self._finished)

    def _paragraphs(self) -> Iterator[Any]:
        return iter(self.document.element.body.iter(qn("w:p")))


def _comment() -> bytes:
    return f"<!--{_PLACE}-->".encode()


def same_bytes(document: WordDocument, finished: Sequence[bytes] = ()) -> bytes:
    """The file with fixed timestamps, so that the same paper gives the same file. `finished` is a `Body`'s, packed."""
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    body = document.part.partname.lstrip("/")
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content, rest = source.read(name), b""
            if finished and name == body:
                content, _, rest = content.partition(_comment())
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with target.open(info, "w") as written:
                written.write(content)
                for part in finished if rest else ():
                    written.write(zlib.decompress(part))
                written.write(rest)
    return out.getvalue()
