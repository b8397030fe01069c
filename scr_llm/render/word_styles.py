"""The styles of a Word file: our own, or those of the board's template with any that it lacks."""

import io

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from scr_llm.errors import UsageError

_DARK = RGBColor(0x1F, 0x2A, 0x44)
BODY, TABLE = 11, 10
"""Sizes of the text and of tables, in points."""


def based_on(template: bytes | None) -> WordDocument:
    """An empty document with every style the paper uses: our own, or the template's plus any it lacks."""
    if template is None:
        document = new_document()
        _styles(document)
        return document
    try:
        document = new_document(io.BytesIO(template))
    except Exception as error:  # a broken file can make the reader raise anything
        raise UsageError(
            "template.docx cannot be read as a Word file.",
            next_step="Save it in Word as .docx (not .dotx), or remove it.",
        ) from error
    for element in list(document.element.body):
        if element.tag != qn("w:sectPr"):
            document.element.body.remove(element)
    have = {style.name for style in document.styles}
    for name, base in (
        ("Title", "Normal"),
        ("Subtitle", "Normal"),
        ("Quote", "Normal"),
        ("Caption", "Normal"),
        ("List Bullet", "Normal"),
        ("Note", "Normal"),
        ("TableHead", "Normal"),
        ("TableText", "Normal"),
        *((f"Heading {n}", "Normal") for n in (1, 2, 3)),
    ):
        if name not in have:
            added = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            added.base_style = document.styles[base]
            added.font.bold = name in ("Title", "Caption", "Note", "TableHead") or name.startswith("Heading")
            if name == "TableHead":
                added.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
    if "Table Grid" not in have:
        document.styles.add_style("Table Grid", WD_STYLE_TYPE.TABLE)
    return document


def _styles(document: WordDocument) -> None:
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(BODY)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.1
    fonts = normal.element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    fonts.append(language)
    for defaults in styles.element.iter(qn("w:lang")):
        defaults.set(qn("w:val"), "en-GB")
    for name, size, before in (("Title", 20, 0), ("Heading 1", 14, 12), ("Heading 2", 12, 6), ("Heading 3", 11, 6)):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.color.rgb = "Arial", Pt(size), True, _DARK
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        rfonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            rfonts.attrib.pop(qn(f"w:{attribute}"), None)
    for name in ("Title", "Subtitle"):  # python-docx's own template spaces their letters
        for spacing in styles[name].element.get_or_add_rPr().findall(qn("w:spacing")):
            styles[name].element.rPr.remove(spacing)
    border = styles["Title"].element.get_or_add_pPr().find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    for name in ("Subtitle", "Quote", "Caption"):
        style = styles[name]
        style.font.name, style.font.italic, style.font.color.rgb = "Arial", False, RGBColor(0x22, 0x22, 0x22)
        rfonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            rfonts.attrib.pop(qn(f"w:{attribute}"), None)
    styles["Subtitle"].font.size, styles["Subtitle"].font.bold = Pt(BODY), False
    styles["Quote"].font.size = Pt(BODY)
    styles["Quote"].paragraph_format.left_indent = Cm(0.9)
    styles["Quote"].paragraph_format.alignment = 0
    styles["Caption"].font.size, styles["Caption"].font.bold = Pt(BODY), True
    styles["Caption"].paragraph_format.space_before, styles["Caption"].paragraph_format.space_after = Pt(8), Pt(4)
    styles["Caption"].paragraph_format.keep_with_next = True
    note = styles.add_style("Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style, note.font.bold = normal, True
    for name, bold, colour in (
        ("TableHead", True, RGBColor(0xFF, 0xFF, 0xFF)),
        ("TableText", False, RGBColor(0, 0, 0)),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size, style.font.bold, style.font.color.rgb = normal, Pt(TABLE), bold, colour
        style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(2), 1.0
