"""What the two files of the REFI-QDA standard have in common: GUIDs, XML, and the codebook."""

import io
import re
import uuid
from collections.abc import Iterable
from typing import Any, cast
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scr_llm.errors import UsageError
from scr_llm.records import Code, Codebook, SubCode
from scr_llm.render.sources import Meaning, colour

_OF_OURS = uuid.UUID("8a0c9f6e-5b1d-5c57-9d0e-3f6d1f0c7a11")
"""The namespace of every GUID; each is derived from what it names, so that the same thing always has the same one."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""
AGAIN = "Export it again from the program that it comes from, in the format of REFI-QDA."
"""What to do about a file that cannot be imported."""
GROUPS: dict[Meaning, str] = {
    "explicitly_absent": "Ruled out",
    "not_mentioned": "Not found",
    "unclear": "Unclear",
    "good_practice": "Good practice",
}
"""What may be said of a theme beside that it is present. Each has codes of its own, apart from the themes.

Under the theme they would be counted as the theme by the programs that add up sub-codes.
"""
ITEMS: dict[Meaning, str] = {"finding": "Finding", "recommendation": "Recommendation"}
"""Codes of the findings and recommendations."""


def guid(*parts: object) -> str:
    """The GUID of what these words name."""
    return str(uuid.uuid5(_OF_OURS, "\x1f".join(map(str, parts))))


def element(parent: Element | None, tag: str, text: str | None = None, **attributes: str) -> Element:
    """An element with a text and attributes. What XML cannot hold is replaced by U+FFFD."""
    kept = {name: clean(value) for name, value in attributes.items()}
    made = Element(tag, kept) if parent is None else SubElement(parent, tag, kept)
    if text is not None:
        made.text = clean(text)
    return made


def clean(text: str) -> str:
    """A text with what XML cannot hold replaced."""
    return _NO_XML.sub("\ufffd", text)


def parsed_xml(content: bytes, name: str) -> Any:
    """The root of an XML document from elsewhere, which may be hostile.

    Args:
        content: the document.
        name: the file's name, for errors.

    Raises:
        UsageError: it is not XML, or declares a document type, by which entities could expand without end.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        tree = etree.parse(io.BytesIO(content), parser)
    except etree.XMLSyntaxError as error:
        raise UsageError(
            f"{name} cannot be imported: its XML cannot be read ({error.msg}).", next_step=AGAIN
        ) from error
    if tree.docinfo.doctype:
        raise UsageError(
            f"{name} cannot be imported: its XML declares a document type, which no such file does.", next_step=AGAIN
        )
    return tree.getroot()


def as_xml(root: Element) -> bytes:
    """A document as UTF-8, indented."""
    indent(root, " ")
    return cast(bytes, tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def code_guid(code: str, meaning: Meaning) -> str:
    """The GUID of the code under which something is coded."""
    return guid("code", code) if meaning == "present" else guid("code", meaning, code)


def add_codes(parent: Element, book: Codebook, used: Iterable[tuple[str, Meaning]] = ()) -> None:
    """The codes of a codebook, with their aspects; and of the other codes those that are used.

    Args:
        parent: the element `Codes`.
        book: the codebook.
        used: id of the theme and meaning of each coding.
    """
    also = set(used)
    for number, code in enumerate(book.codes):
        made = _code(parent, guid("code", code.id), code.label, _meaning(code), _hex(number))
        for sub in code.sub_codes:
            # The name of a code must be the only one of its name in some programs.
            _code(made, guid("code", sub.id), f"{code.label}: {sub.label}", sub.definition, _hex(number))
    for meaning, name in ITEMS.items():
        if ("", meaning) in also:
            _code(parent, code_guid("", meaning), name, f"The words of a {name.lower()}.", "#D9D9D9")
    for meaning, name in GROUPS.items():
        themes = [(n, code) for n, code in enumerate(book.codes) if (code.id, meaning) in also]
        if themes:
            group = _code(parent, guid("group", meaning), name, "", "#D9D9D9", codable=False)
            for number, code in themes:
                _code(group, code_guid(code.id, meaning), f"{name}: {code.label}", "", _hex(number))


def _code(parent: Element, id_: str, name: str, text: str, shade: str, *, codable: bool = True) -> Element:
    made = element(parent, "Code", guid=id_, name=name, isCodable=str(codable).lower(), color=shade)
    if text:
        element(made, "Description", text)
    return made


POLARITIES = {
    "feature": "Present where the review reports it.",
    "shortcoming": "Present only where the review finds it wanting.",
}
"""How the polarity of a theme is told to people who code elsewhere, as the last paragraph of its description."""


def _meaning(code: Code | SubCode) -> str:
    """All that a person decides by, as one text."""
    parts = [code.definition]
    for heading, field in (("Included", "include"), ("Not included", "exclude")):
        if lines := getattr(code, field, ()):
            parts.append("\n".join((f"{heading}:", *(f"- {line}" for line in lines))))
    if isinstance(code, Code):
        parts.append(POLARITIES[code.polarity])
    return "\n\n".join(parts)


def _hex(number: int) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour(number))
