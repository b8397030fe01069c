"""A review's own PDF with its coded quotes highlighted: one colour a theme, and a note on each quote.

Each highlight has an appearance of its own, so that every viewer shows it the same. Meant for a process of its own:
the file may be hostile.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from scr_llm.errors import RefusedError
from scr_llm.records import Codebook
from scr_llm.render.refi import GROUPS, guid
from scr_llm.render.sources import Box, Coded, Placed, Source, colour, key
from scr_llm.text.words import VALUES, count

_RIGHTS = (
    UserAccessPermissions.MODIFY
    | UserAccessPermissions.ADD_OR_MODIFY
    | UserAccessPermissions.EXTRACT
    | UserAccessPermissions.PRINT
)
"""What the owner of an encrypted file must allow: the copy is not encrypted, so it lifts whatever is not allowed."""
_NOTES_ALLOWED = 3
"""The level of a certified file (DocMDP) at which notes may be added."""
_PRINTED = 4
"""The flag of an annotation that is printed with its page."""
_LINE, _TOP, _LEFT, _PER_PAGE = 20, 780, 60, 34
"""Of the page that explains the colours, in points: height of a line, first line, left edge; and lines on it."""


@dataclass
class _Mark:
    """Words that are highlighted on one page, and all that is coded on them."""

    part: Placed
    by: list[Coded] = field(default_factory=list)


def highlighted(source: Source, book: Codebook) -> bytes:
    """A copy of a review's PDF with highlights, and at its end a page that explains the colours.

    Raises:
        RefusedError: the file may not be copied so; says why.
    """
    if source.pdf is None:
        raise RefusedError(source.no_pdf, document=source.file)
    reader = PdfReader(io.BytesIO(source.pdf()))
    _refuse_forbidden(reader, source.file)
    # What a signature covers stays as it is, byte for byte, where the highlights are added behind it.
    writer = PdfWriter(reader if _is_signed(reader) else None, incremental=_is_signed(reader))
    if not _is_signed(reader):
        writer.clone_document_from_reader(reader)
    for mark in _marks(source):
        page = writer.pages[mark.part.words.page - 1]
        _add(writer, page, source, book, mark)
    _explain(writer, source, book)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _refuse_forbidden(reader: PdfReader, file: str) -> None:
    if reader.is_encrypted:
        rights = reader.user_access_permissions if reader.decrypt("") else None
        if rights is None or _RIGHTS & ~rights:
            raise RefusedError(
                "the file is encrypted, and its owner does not allow a copy with notes.",
                document=file,
                next_step="Ask whoever published it for a copy without a password.",
            )
    permissions: Any = reader.root_object.get("/Perms", DictionaryObject())
    certified = permissions.get_object().get("/DocMDP")
    if certified is not None:
        references = certified.get_object().get("/Reference", [])
        levels = [
            r.get_object().get("/TransformParams", DictionaryObject()).get_object().get("/P", 2) for r in references
        ]
        if min(levels, default=2) < _NOTES_ALLOWED:
            raise RefusedError(
                "the file is certified, and its certificate does not allow notes.",
                document=file,
                next_step="Print it to PDF, which takes the certificate off, and highlight that copy.",
            )


def _is_signed(reader: PdfReader) -> bool:
    form: Any = reader.root_object.get("/AcroForm", DictionaryObject())
    return bool(int(form.get_object().get("/SigFlags", 0)) & 1)


def _marks(source: Source) -> list[_Mark]:
    """Everything that is coded on words of a theme, once for each place on a page."""
    found: dict[tuple[int, int, int], _Mark] = {}
    for coded in source.coded:
        if coded.code:
            for quote in coded.quotes:
                for part in quote:
                    if part.boxes:
                        found.setdefault(key(part.words), _Mark(part)).by.append(coded)
    return [found[place] for place in sorted(found)]


def _add(writer: PdfWriter, page: Any, source: Source, book: Codebook, mark: _Mark) -> None:
    boxes, first = mark.part.boxes, mark.by[0]
    rect = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    shades = [(colour(_number(book, coded.code)), coded.meaning == "present") for coded in mark.by]
    made = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Highlight"),
            NameObject("/Rect"): _numbers(rect),
            NameObject("/QuadPoints"): _numbers([n for box in boxes for n in _corners(box)]),
            NameObject("/C"): _numbers([part / 255 for part in shades[0][0]]),
            NameObject("/F"): NumberObject(_PRINTED),
            NameObject("/T"): TextStringObject(first.decision.author if first.decision else source.coder),
            NameObject("/Contents"): TextStringObject("\n\n".join(_note(source, book, coded) for coded in mark.by)),
            NameObject("/NM"): TextStringObject(guid("highlight", source.id, *key(mark.part.words))),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(_look(rect, boxes, shades))}),
        }
    )
    if first.decision:
        at = datetime.fromisoformat(first.decision.at).astimezone(UTC)
        made[NameObject("/M")] = TextStringObject(at.strftime("D:%Y%m%d%H%M%SZ"))
    if "/Annots" not in page:
        page[NameObject("/Annots")] = ArrayObject()
    page["/Annots"].get_object().append(writer._add_object(made))


def _look(rect: Box, boxes: Sequence[Box], shades: Sequence[tuple[tuple[int, int, int], bool]]) -> StreamObject:
    """How the highlight looks: each line in the colours of its themes, one strip a theme, under the letters.

    A theme that is not present on these words, because they rule it out or praise, is outlined.
    """
    drawn = ["/Under gs"]
    for left, bottom, right, top in boxes:
        high = (top - bottom) / len(shades)
        for number, ((red, green, blue), filled) in enumerate(shades):
            tone = f"{red / 255:.3f} {green / 255:.3f} {blue / 255:.3f}"
            at, wide = bottom + number * high, right - left
            if filled:
                drawn.append(f"{tone} rg {left:.2f} {at:.2f} {wide:.2f} {high:.2f} re f")
            else:
                drawn.append(f"{tone} RG 2 w {left + 1:.2f} {at + 1:.2f} {wide - 2:.2f} {high - 2:.2f} re S")
    made = StreamObject()
    made.set_data("\n".join(drawn).encode())
    under = {NameObject("/Type"): NameObject("/ExtGState"), NameObject("/BM"): NameObject("/Multiply")}
    made.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): _numbers(rect),
            # Without a group of its own, some viewers blend with nothing and cover the letters.
            NameObject("/Group"): DictionaryObject(
                {NameObject("/S"): NameObject("/Transparency"), NameObject("/Type"): NameObject("/Group")}
            ),
            NameObject("/Resources"): DictionaryObject(
                {NameObject("/ExtGState"): DictionaryObject({NameObject("/Under"): DictionaryObject(under)})}
            ),
        }
    )
    return made


def _note(source: Source, book: Codebook, coded: Coded) -> str:
    """What is coded, by whom, and why."""
    said = GROUPS["good_practice"] if coded.meaning == "good_practice" else VALUES[coded.meaning]
    lines = [f"{_label(book, coded.code)}: {said.lower()}"]
    names = {sub.id: sub.label for code in book.codes for sub in code.sub_codes}
    if coded.sub_themes:
        lines.append(f"Aspects: {', '.join(names.get(sub, sub) for sub in coded.sub_themes)}")
    if decision := coded.decision:
        lines.append(f"Decided by {decision.author}, {decision.role}, on {decision.at[:10]}.")
        lines += [f"Why: {decision.reason}"] if decision.reason else []
    else:
        lines.append(f"Proposed by {source.coder}. Nobody has decided.")
    return "\n".join(lines)


def _explain(writer: PdfWriter, source: Source, book: Codebook) -> None:
    """Add pages that list the themes of the highlights, each beside its colour."""
    marks = _marks(source)
    passages = {code.id: sum(any(c.code == code.id for c in mark.by) for mark in marks) for code in book.codes}
    used = [(n, code) for n, code in enumerate(book.codes) if passages[code.id]]
    for start in range(0, max(len(used), 1), _PER_PAGE):
        drawn = [_text("Highlighted themes", _LEFT, _TOP + 2 * _LINE, 14)]
        drawn.append(
            _text(
                "Open a highlight to read who decided, and why. Outlined: the words rule the theme out, or praise.",
                _LEFT,
                _TOP + _LINE,
                10,
            )
        )
        for row, (number, code) in enumerate(used[start : start + _PER_PAGE], 1):
            red, green, blue = (part / 255 for part in colour(number))
            at = _TOP - row * _LINE
            drawn.append(f"{red:.3f} {green:.3f} {blue:.3f} rg {_LEFT} {at - 3} 26 13 re f 0 g")
            drawn.append(_text(f"{code.label}: {count(passages[code.id], 'passage')}", _LEFT + 36, at, 10))
        page = writer.add_blank_page(width=595, height=842)
        font = {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): DictionaryObject(font)})}
        )
        content = StreamObject()
        content.set_data("\n".join(drawn).encode("cp1252", "replace"))
        page[NameObject("/Contents")] = writer._add_object(content)


def _text(words: str, left: int, bottom: int, size: int) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {left} {bottom} Td ({escaped}) Tj ET"


def _label(book: Codebook, theme: str) -> str:
    return next((code.label for code in book.codes if code.id == theme), theme)


def _number(book: Codebook, theme: str) -> int:
    return next((n for n, code in enumerate(book.codes) if code.id == theme), 0)


def _corners(box: Box) -> tuple[float, ...]:
    """Upper left, upper right, lower left, lower right: the order that viewers take, whatever the standard says."""
    left, bottom, right, top = box
    return left, top, right, top, left, bottom, right, bottom


def _numbers(values: Sequence[float]) -> ArrayObject:
    return ArrayObject(FloatObject(round(value, 3)) for value in values)
