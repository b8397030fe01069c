"""The Word file, with real styles and headings, repeated header rows, and the status on every page."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from scr_llm.records import Figure, Paper, Paragraph, Part, Table
from scr_llm.render import Printing, chart, one_page
from scr_llm.render.blocks import all_blocks
from scr_llm.render.blocks import clean as _clean
from scr_llm.render.bookmarks import Marks
from scr_llm.render.widths import column_widths
from scr_llm.render.word_body import Body
from scr_llm.render.word_styles import BODY, based_on

_SHADE = "1F2A44"
_CORE = RELATIONSHIP_TYPE.CORE_PROPERTIES
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
    document = based_on(template)
    marks = Marks(document, all_blocks(paper), printing.kept)
    body = Body(document, marks, in_parts=not paper.one_page)  # what is fitted to one page is looked at as a whole
    set_properties(document, paper)
    section = document.sections[0]
    if template is None:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, Cm(2))
    _furniture(document, paper)
    body.paragraph(_clean(paper.title), "Title")
    body.paragraph(_clean(f"{paper.organisation}. Version {paper.version}. {paper.status_line}."), "Subtitle")
    landscape = False
    short = _short_from(paper.parts)
    for part, after, rest_is_short in zip(paper.parts, (*paper.parts[1:], None), short, strict=True):
        wide = any(table.landscape for table in part.tables) or (landscape and rest_is_short)
        if wide != landscape:
            _turn(document, wide)
            landscape = wide
        _part(body, part, last=after is None)
        if after and after.level > part.level and not part.tables and part.paragraphs and not wide:
            # The sentence that leads to its aspects stands on their page.
            body.last.paragraph_format.keep_with_next = True
        body.finish()
    if paper.one_page and template is None:
        one_page.tighten(document)
    return body.saved()


def _short_from(parts: Sequence[Part]) -> list[bool]:
    """For each part, whether it and those behind it are a few lines, which need no page of their own."""
    short, words, plain = [], 0, True
    for part in reversed(parts):
        words, plain = words + _words(part), plain and _is_plain(part)
        short.append(plain and words <= SHORT_REST)
    return short[::-1]


def _words(part: Part) -> int:
    """Words of its paragraphs, without quotes."""
    return sum(len(s.text.split()) for p in part.paragraphs for s in p.sentences)


def _is_plain(part: Part) -> bool:
    return not (part.tables or part.figure)


def _part(body: Body, part: Part, *, last: bool = False) -> None:
    if part.title:  # without one, what stands before it goes on
        heading = body.paragraph(_clean(part.title), f"Heading {part.level}")
        heading.paragraph_format.keep_with_next = True
    wide = any(table.landscape for table in part.tables)
    few_lines = _is_plain(part) and _words(part) <= FEW_LINES
    for paragraph, following in itertools.pairwise((*part.paragraphs, None)):
        if not paragraph:
            continue
        body.finish()
        added = _paragraph(body, paragraph)
        # What one must know to read a table that takes a landscape page stands on that page.
        leads = few_lines or following.quote if following else wide
        added.paragraph_format.keep_with_next = bool(leads and not paragraph.quote)
    if part.figure:
        _figure(body, part.figure)
    for nth, table in enumerate(part.tables, 1):
        _table(body, table)
        # Word needs a paragraph after a table at the end of the file; elsewhere a heading or caption follows.
        if last and nth == len(part.tables):
            _thin(body.paragraph())


def _thin(paragraph: WordParagraph) -> None:
    """An empty paragraph that takes no room, and so never a page of its own."""
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(1)
    paragraph.paragraph_format.keep_with_next = False


def _paragraph(body: Body, paragraph: Paragraph) -> WordParagraph:
    if paragraph.quote:
        added = body.paragraph(style="Quote")
        added.paragraph_format.keep_together = True
        added.add_run(_clean(f"{paragraph.quote.case_label}, page {paragraph.quote.evidence.page}: ")).bold = True
        added.add_run(_clean(f"“{paragraph.quote.text}”"))
        return added
    text = _clean(" ".join(sentence.text for sentence in paragraph.sentences))
    return body.paragraph(
        text, {"bullet": "List Bullet", "note": "Note", "quote": "Quote"}.get(paragraph.style, "Normal")
    )


def _figure(body: Body, figure: Figure) -> None:
    """A picture 15 cm wide, or as high as leaves room for a heading above it."""
    body.paragraph(_clean(figure.title), "Caption").paragraph_format.keep_with_next = True
    across, down = chart.size(figure)
    width = Cm(min(15, 20 * across / down))
    shape = body.picture(chart.png(figure), width)
    shape._inline.docPr.set("descr", _clean(figure.alt))
    shape._inline.docPr.set("title", _clean(figure.title))


def _table(body: Body, table: Table) -> None:
    document = body.document
    caption = body.paragraph(_clean(table.caption), "Caption")
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
    rows = word._tbl
    # A short table stays on one page. A longer one breaks between any rows: LibreOffice cuts off a table that must
    # break but holds a row that is kept with the next.
    together = len(table.rows) <= TOGETHER and sum(len(cell) for row in table.rows for cell in row) <= TOGETHER * 80
    dense = len(table.rows) > DENSE
    rows.append(_row(table.columns, widths, header=True, keep=together))
    shaded = table.shades or ((),) * len(table.rows)
    for nth, (row, shades) in enumerate(zip(table.rows, shaded, strict=True), 1):
        keep = together and nth < len(table.rows)
        rows.append(_row(row, widths, header=False, keep=keep, shades=(0, *shades), dense=dense))


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
