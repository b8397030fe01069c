"""Smaller type and spacing for a Word file that is to fit one page."""

from docx.document import Document
from docx.shared import Cm, Pt

MARGINS_CM = {"left_margin": 2.3, "right_margin": 2.3, "top_margin": 1.8, "bottom_margin": 1.6}
SIZES: dict[str, tuple[float, float, float]] = {
    "Title": (15, 0, 1),
    "Subtitle": (9, 0, 2),
    "Heading 1": (11, 5, 1),
    "Caption": (9, 1, 1),
    "Normal": (9.5, 0, 1),
    "List Bullet": (9.5, 0, 0),
    "TableHead": (9, 0, 0),
    "TableText": (9, 0, 0),
}
"""Style to size, and space before and after, in points."""
BEHIND_A_TABLE = 3
"""Height in points of the empty paragraph behind a table."""


def tighten(document: Document) -> None:
    """Set the margins and styles of a finished file. The widths of its tables stay as they are."""
    section = document.sections[0]
    for side, width in MARGINS_CM.items():
        setattr(section, side, Cm(width))
    section.header_distance = section.footer_distance = Cm(0.8)
    for name, (size, before, after) in SIZES.items():
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
    for paragraph in document.paragraphs:
        if not paragraph.text:
            paragraph.paragraph_format.line_spacing = Pt(BEHIND_A_TABLE)
            paragraph.paragraph_format.space_after = Pt(0)
