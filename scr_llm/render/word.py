"""The Word file, with real styles and headings, repeated header rows, and the status on every page."""

import io
import itertools
import zipfile
from datetime import UTC, datetime

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from scr_llm.errors import UsageError
from scr_llm.records import Figure, Paper, Paragraph, Part, Table
from scr_llm.render import Printing, chart, one_page
from scr_llm.render.blocks import blocks
from scr_llm.render.blocks import clean as _clean
from scr_llm.render.bookmarks import mark
from scr_llm.render.widths import column_widths

_DARK = RGBColor(0x1F, 0x2A, 0x44)
_SHADE = "1F2A44"
_CORE = RELATIONSHIP_TYPE.CORE_PROPERTIES
BODY, TABLE = 11, 10
"""Sizes of the text and of tables, in points."""
TOGETHER = 8
"""Rows of a table that is kept on one page, each of a line or little more."""
DENSE = 20
"""Rows from which a table has no space below its lines."""
SHORT_REST, FEW_LINES = 120, 40
"""Words that follow a landscape page on that page, rather than on a page of their own; words of a part whose lines stay
on one page."""


def render(paper: Paper, printing: Printing) -> bytes:
    """The whole file. A template gives the styles, the page, the header and the footer.

    `printing.kept` names the pieces of a draft that holds a person's words; without it each piece has its own name.

    Raises:
        UsageError: the template cannot be read as a Word file.
    """
    template = printing.template
    document = _based_on(template)
    set_properties(document, paper)
    section = document.sections[0]
    if template is None:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, Cm(2))
    _furniture(document, paper)
    document.add_paragraph(_clean(paper.title), style="Title")
    document.add_paragraph(
        _clean(f"{paper.organisation}. Version {paper.version}. {paper.status_line}."), style="Subtitle"
    )
    landscape = False
    for part, after in zip(paper.parts, _parts_after(paper), strict=True):
        wide = any(table.landscape for table in part.tables) or (landscape and _is_short(part, *after))
        if wide != landscape:
            _turn(document, wide)
            landscape = wide
        _part(document, part, last=not after)
        if after and after[0].level > part.level and not part.tables and part.paragraphs and not wide:
            # The sentence that leads to its aspects stands on their page.
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    if paper.one_page and template is None:
        one_page.tighten(document)
    mark(document, blocks(paper), printing.kept)
    return same_bytes(document)


def _parts_after(paper: Paper) -> list[tuple[Part, ...]]:
    """For each part, those that follow it."""
    return [paper.parts[at:] for at in range(1, len(paper.parts) + 1)]


def _is_short(*rest: Part, most: int = SHORT_REST) -> bool:
    """Whether parts are a few lines, which need no page of their own after a landscape one."""
    texts = [s.text for part in rest for p in part.paragraphs for s in p.sentences]
    return not any(part.tables or part.figure for part in rest) and sum(len(t.split()) for t in texts) <= most


def _part(document: WordDocument, part: Part, *, last: bool = False) -> None:
    if part.title:  # without one, what stands before it goes on
        heading = document.add_paragraph(_clean(part.title), style=f"Heading {part.level}")
        heading.paragraph_format.keep_with_next = True
    wide = any(table.landscape for table in part.tables)
    few_lines = _is_short(part, most=FEW_LINES)
    for paragraph, following in itertools.pairwise((*part.paragraphs, None)):
        if not paragraph:
            continue
        added = _paragraph(document, paragraph)
        # What one must know to read a table that takes a landscape page stands on that page.
        leads = few_lines or following.quote if following else wide
        added.paragraph_format.keep_with_next = bool(leads and not paragraph.quote)
    if part.figure:
        _figure(document, part.figure)
    for nth, table in enumerate(part.tables, 1):
        _table(document, table)
        # Word needs a paragraph after a table at the end of the file; elsewhere a heading or caption follows.
        if last and nth == len(part.tables):
            _thin(document.add_paragraph())


def _thin(paragraph: WordParagraph) -> None:
    """An empty paragraph that takes no room, and so never a page of its own."""
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(1)
    paragraph.paragraph_format.keep_with_next = False


def _paragraph(document: WordDocument, paragraph: Paragraph) -> WordParagraph:
    if paragraph.quote:
        added = document.add_paragraph(style="Quote")
        added.paragraph_format.keep_together = True
        added.add_run(_clean(f"{paragraph.quote.case_label}, page {paragraph.quote.evidence.page}: ")).bold = True
        added.add_run(_clean(f"“{paragraph.quote.text}”"))
        return added
    text = _clean(" ".join(sentence.text for sentence in paragraph.sentences))
    return document.add_paragraph(
        text, style={"bullet": "List Bullet", "note": "Note", "quote": "Quote"}.get(paragraph.style, "Normal")
    )


def _figure(document: WordDocument, figure: Figure) -> None:
    """A picture 15 cm wide, or as high as leaves room for a heading above it."""
    document.add_paragraph(_clean(figure.title), style="Caption").paragraph_format.keep_with_next = True
    across, down = chart.size(figure)
    width = Cm(min(15, 20 * across / down))
    shape = document.add_picture(io.BytesIO(chart.png(figure)), width=width)
    shape._inline.docPr.set("descr", _clean(figure.alt))
    shape._inline.docPr.set("title", _clean(figure.title))


def _table(document: WordDocument, table: Table) -> None:
    caption = document.add_paragraph(_clean(table.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    word = document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    word.autofit = False
    look = word._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstColumn"), "1")
        look.set(qn("w:firstRow"), "1")
    indent = OxmlElement("w:tblInd")  # so that the frame, and not the text within it, stands at the margin
    indent.set(qn("w:w"), "108")
    indent.set(qn("w:type"), "dxa")
    word._tbl.tblPr.insert_element_before(indent, "w:tblBorders", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    section = document.sections[-1]
    room = _room(section)
    points = document.styles["TableText"].font.size
    widths = column_widths(table, room, points.pt if points else BODY)
    for column, width in zip(word.columns, widths, strict=True):
        column.width = Cm(width)
    body = word._tbl
    # A short table stays on one page. A longer one breaks between any rows: LibreOffice cuts off a table that must
    # break but holds a row that is kept with the next.
    together = len(table.rows) <= TOGETHER and sum(len(cell) for row in table.rows for cell in row) <= TOGETHER * 80
    dense = len(table.rows) > DENSE
    body.append(_row(table.columns, widths, header=True, keep=together))
    shaded = table.shades or ((),) * len(table.rows)
    for nth, (row, shades) in enumerate(zip(table.rows, shaded, strict=True), 1):
        keep = together and nth < len(table.rows)
        body.append(_row(row, widths, header=False, keep=keep, shades=(0, *shades), dense=dense))


def _room(section: Section) -> float:
    """The width between the margins, in centimetres."""
    width, left, right = section.page_width, section.left_margin, section.right_margin
    return (width - left - right) / Cm(1) if width and left and right else 17.0


def _row(
    cells: tuple[str, ...],
    widths: list[float],
    *,
    header: bool,
    keep: bool,
    shades: tuple[int, ...] = (),
    dense: bool = False,
) -> object:
    """A row; `keep` holds it on the page of the next one. `shades` are those of its cells, where it has any."""
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for index, (text, width) in enumerate(zip(cells, widths, strict=True)):
        cell = OxmlElement("w:tc")
        tcpr = OxmlElement("w:tcPr")
        size = OxmlElement("w:tcW")
        size.set(qn("w:w"), str(round(width * 567)))
        size.set(qn("w:type"), "dxa")
        tcpr.append(size)
        ground, ink = (_SHADE, "") if header else _shade(shades[index] if len(shades) == len(cells) else 0)
        if ground:
            tcpr.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>'))
        cell.append(tcpr)
        paragraph = OxmlElement("w:p")
        ppr = OxmlElement("w:pPr")
        style = OxmlElement("w:pStyle")
        style.set(qn("w:val"), "TableHead" if header else "TableText")
        ppr.append(style)
        if keep:
            ppr.append(OxmlElement("w:keepNext"))
        if dense and not header:
            ppr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:after="0"/>'))
        paragraph.append(ppr)
        run = OxmlElement("w:r")
        if index == 0 and not header:
            rpr = OxmlElement("w:rPr")
            rpr.append(OxmlElement("w:b"))
            run.append(rpr)
        elif ink:
            run.append(parse_xml(f'<w:rPr {nsdecls("w")}><w:color w:val="{ink}"/></w:rPr>'))
        content = OxmlElement("w:t")
        content.text = _clean(text) or "None"
        content.set(qn("xml:space"), "preserve")
        run.append(content)
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row


def _shade(shade: int) -> tuple[str, str]:
    """Ground and ink of a cell as Word writes them; nothing for a plain one."""
    ground, ink = chart.SHADES[shade]
    return (ground.removeprefix("#"), ink.removeprefix("#")) if shade else ("", "")


def _styles(document: WordDocument) -> None:
    from docx.enum.style import WD_STYLE_TYPE

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


def set_properties(document: WordDocument, paper: Paper) -> None:
    """The properties of the file, none of which names a person."""
    # LibreOffice relates them in a way that python-docx does not know; a second such part would spoil the file.
    relations = document.part.package.rels
    for key in [k for k, r in relations.items() if r.reltype.endswith("core-properties") and r.reltype != _CORE]:
        del relations[key]
    core = document.core_properties
    core.title, core.author, core.subject = (
        _clean(text)[:255] for text in (paper.title, paper.organisation, paper.status_line)
    )
    core.language, core.comments, core.keywords = "en-GB", "", "serious case reviews"
    core.created = core.modified = datetime(2000, 1, 1, tzinfo=UTC)
    core.last_modified_by, core.revision = "", 1


def _based_on(template: bytes | None) -> WordDocument:
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
    from docx.enum.style import WD_STYLE_TYPE

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


def _furniture(document: WordDocument, paper: Paper) -> None:
    section = document.sections[0]
    own = section.header.paragraphs
    head = section.header.add_paragraph() if any(p.text.strip() for p in own) or section.header.tables else own[0]
    head.add_run(_clean(paper.status_line)).bold = True
    below = section.footer.paragraphs
    foot = section.footer.add_paragraph() if any(p.text.strip() for p in below) or section.footer.tables else below[0]
    write_footer(foot, paper)
    for run in head.runs:
        run.font.size = Pt(10)


def write_footer(foot: WordParagraph, paper: Paper) -> None:
    """The marking, the version and the number of the page."""
    marking = f"{paper.marking}    " if paper.marking else ""
    foot.add_run(_clean(f"{marking}Version {paper.version}    Page "))
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(10)


def _field(paragraph: object, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    properties, size = OxmlElement("w:rPr"), OxmlElement("w:sz")
    size.set(qn("w:val"), "20")
    properties.append(size)
    run.append(properties)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # type: ignore[attr-defined]


def _turn(document: WordDocument, wide: bool) -> None:
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if wide else (Cm(21), Cm(29.7))
    section.top_margin = section.bottom_margin = Cm(1.8 if wide else 2)
    # The break itself is a paragraph: left at its usual height it could spill onto a page that holds nothing else.
    breaks = document.element.body.xpath("./w:p[w:pPr/w:sectPr]")
    _thin(WordParagraph(breaks[-1], document._body))


def same_bytes(document: WordDocument) -> bytes:
    """The file with fixed timestamps, so that the same paper gives the same file."""
    first = io.BytesIO()
    document.save(first)
    out = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
