"""Words of which too little shows on the page, whatever hides the rest."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from test_pages_unseen import page, spoken, warned

from scr_llm.stages.read import read

UNSEEN = "The house was dirty when it was visited."


def noise() -> ImageReader:
    """An image of dots that lie by chance."""
    dots = random.Random(7).randbytes(240 * 24)
    return ImageReader(Image.frombytes("L", (240, 24), bytes(255 * (dot > 127) for dot in dots)))


def blank(grey: int) -> ImageReader:
    """An image of one grey."""
    return ImageReader(Image.new("L", (240, 24), grey))


def words(sheet: Any, mode: int = 0) -> None:
    sheet.drawString(60, 430, UNSEEN, mode=mode)


def under_an_image(sheet: Canvas) -> None:
    words(sheet)
    sheet.drawImage(noise(), 55, 425, 240, 18)


def under_an_image_in_a_form(sheet: Canvas) -> None:
    sheet.beginForm("both")
    sheet.setFont("Helvetica", 11)
    words(sheet)
    sheet.drawImage(noise(), 55, 425, 240, 18)
    sheet.endForm()
    sheet.doForm("both")


def under_stripes(sheet: Canvas) -> None:
    words(sheet)
    sheet.setFillGray(1)
    for number in range(12):
        sheet.rect(55, 425 + 1.5 * number, 240, 1.2, fill=1, stroke=0)


def under_stripes_that_meet(sheet: Canvas) -> None:
    words(sheet)
    sheet.setFillGray(1)
    for number in range(24):
        sheet.rect(55 + 10.3 * number, 425, 10.3, 18, fill=1, stroke=0)


def under_a_box_but_for_a_rim(sheet: Canvas) -> None:
    words(sheet)
    sheet.setFillGray(1)
    sheet.rect(55, 431.5, 240, 20, fill=1, stroke=0)


def under_grey_bars(sheet: Canvas) -> None:
    words(sheet)
    for number in range(60):
        sheet.setFillGray(number % 2 / 2)
        sheet.rect(55 + 4 * number, 425, 4, 18, fill=1, stroke=0)


def through(sheet: Canvas, *openings: tuple[float, float, float, float]) -> None:
    """Let what is drawn from now on show through openings only."""
    path = sheet.beginPath()
    for opening in openings:
        path.rect(*opening)
    sheet.clipPath(path, stroke=0, fill=0)


def in_a_slit(sheet: Canvas) -> None:
    sheet.saveState()
    through(sheet, (50, 431, 400, 2))
    words(sheet)
    sheet.restoreState()


def in_slits_of_many(sheet: Canvas) -> None:
    sheet.saveState()
    through(sheet, *((60 + 4 * number, 420, 1.2, 30) for number in range(60)))
    words(sheet)
    sheet.restoreState()


def by_a_giant_stroke(sheet: Canvas, mode: int = 2) -> None:
    sheet.saveState()
    sheet.setLineWidth(30)
    sheet.setFillGray(1)
    words(sheet, mode)
    sheet.restoreState()


def by_fragments_of_a_giant_stroke(sheet: Canvas) -> None:
    sheet.saveState()
    through(sheet, *((58 + 4 * number, 425, 2, 14) for number in range(60)))
    by_a_giant_stroke(sheet, 1)
    sheet.restoreState()


def under_the_stroke_of_another(sheet: Canvas) -> None:
    words(sheet)
    sheet.setLineWidth(30)
    sheet.drawString(60, 434, 30 * "- ", mode=1)


def under_rows_of_signs(sheet: Canvas) -> None:
    words(sheet)
    sheet.setFillGray(1)
    sheet.setFont("Courier-Bold", 11)
    for number in range(12):
        sheet.drawString(60, 424 + 1.2 * number, 40 * "_-"[number % 2])


def over_the_edge_of_the_page(sheet: Canvas) -> None:
    sheet.drawString(60, -6, UNSEEN)


HIDDEN = (
    under_an_image,
    under_an_image_in_a_form,
    under_stripes,
    under_stripes_that_meet,
    under_a_box_but_for_a_rim,
    under_grey_bars,
    in_a_slit,
    in_slits_of_many,
    by_a_giant_stroke,
    by_fragments_of_a_giant_stroke,
    under_the_stroke_of_another,
    over_the_edge_of_the_page,
    under_rows_of_signs,
)


@pytest.mark.parametrize("draw", HIDDEN)
def test_what_does_not_show_is_no_evidence(tmp_path: Path, draw: Callable[[Canvas], None]) -> None:
    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert not {"house", "dirty", "visited"} & set(spoken(reading).replace(".", "").split()), warned(reading)
    assert "careful notes" in spoken(reading) and "cannot be seen" in warned(reading)


def test_a_word_of_which_only_the_first_letter_is_drawn(tmp_path: Path) -> None:
    def draw(sheet: Canvas) -> None:
        sheet.drawString(60, 430, "It was n")
        sheet.drawString(60 + sheet.stringWidth("It was n", "Helvetica", 11), 430, "owhere known.", mode=3)

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert "nowhere" not in spoken(reading) and "“nowhere known.”" in warned(reading)


def test_half_a_word_that_is_covered(tmp_path: Path) -> None:
    def draw(sheet: Canvas) -> None:
        sheet.drawString(60, 430, "The nurse could cannot", charSpace=0)
        x = 60 + sheet.stringWidth("The nurse could can", "Helvetica", 11)
        sheet.setFillGray(1)
        sheet.rect(x, 426, 20, 14, fill=1, stroke=0)

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert "cannot" not in spoken(reading) and "“cannot”" in warned(reading)


def test_an_annotation_that_covers_words(tmp_path: Path) -> None:
    path = page(tmp_path / "a.pdf", words)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        bars = b"".join(b"%.1f g %d 0 2 20 re f\n" % (number % 2, 2 * number) for number in range(130))
        look = pdf.make_stream(bars, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 260, 20])
        stamp = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[55, 424, 315, 444], F=4, AP={"/N": look}
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(stamp)]))
        pdf.save(path)
    reading = read(path, "d")
    assert "dirty" not in spoken(reading) and "careful notes" in spoken(reading)


@pytest.mark.parametrize(("image", "seen"), [(blank(255), False), (blank(90), False), (noise(), True)])
def test_an_invisible_layer_is_a_scans_only_where_the_image_shows_something(
    tmp_path: Path, image: ImageReader, seen: bool
) -> None:
    def draw(sheet: Canvas) -> None:
        sheet.drawImage(image, 55, 420, 300, 30)
        words(sheet, mode=3)

    assert ("dirty" in spoken(read(page(tmp_path / "a.pdf", draw), "d"))) is seen


def underlined(sheet: Canvas) -> None:
    words(sheet)
    sheet.rect(60, 427.5, 200, 1, fill=1, stroke=0)


def struck_out(sheet: Canvas) -> None:
    words(sheet)
    sheet.rect(60, 433, 200, 0.8, fill=1, stroke=0)


def highlighted(sheet: Canvas) -> None:
    words(sheet)
    sheet.setFillColorRGB(1, 1, 0, alpha=0.5)
    sheet.rect(55, 425, 240, 18, fill=1, stroke=0)


def framed(sheet: Canvas) -> None:
    words(sheet)
    sheet.rect(55, 425, 240, 18, fill=0, stroke=1)


def emboldened(sheet: Canvas) -> None:
    sheet.setLineWidth(0.4)
    words(sheet, mode=2)


def in_outline(sheet: Canvas) -> None:
    sheet.setFont("Helvetica-Bold", 20)
    sheet.setLineWidth(0.6)
    words(sheet, mode=1)


def in_a_thick_outline(sheet: Canvas) -> None:
    sheet.setFont("Helvetica-Bold", 24)
    sheet.setLineWidth(1.6)
    words(sheet, mode=1)


def in_a_wide_clip(sheet: Canvas) -> None:
    path = sheet.beginPath()
    path.moveTo(10, 200)
    path.curveTo(10, 900, 590, 900, 590, 200)
    sheet.clipPath(path, stroke=0, fill=0)
    words(sheet)


def translucent(sheet: Canvas) -> None:
    sheet.setFillColorRGB(0, 0, 0.4, alpha=0.4)
    words(sheet)


def white_on_a_dark_image_with_a_line(sheet: Canvas) -> None:
    sheet.drawImage(blank(0), 55, 425, 240, 18)
    sheet.setFillGray(1)
    words(sheet)
    sheet.line(55, 429, 240, 429)


HONEST = (
    underlined,
    struck_out,
    highlighted,
    framed,
    emboldened,
    in_outline,
    in_a_thick_outline,
    in_a_wide_clip,
    translucent,
    white_on_a_dark_image_with_a_line,
)


@pytest.mark.parametrize("draw", HONEST)
def test_what_shows_well_enough_is_left_alone(tmp_path: Path, draw: Callable[[Canvas], None]) -> None:
    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert UNSEEN in spoken(reading) and not warned(reading)


def annotated(path: Path, said: str, **entries: Any) -> str:
    """A page with one annotation, and the warnings that it gives. `said` is what its appearance prints."""
    page(path, lambda _sheet: None)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        fonts = pdf.pages[0].Resources
        look = pdf.make_stream(
            b"BT /F1 11 Tf 5 5 Td (%s) Tj ET" % said.encode() if said else b"0 0 200 20 re S",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 300, 20],
            Resources=fonts,
        )
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[60, 400, 360, 420], AP={"/N": look}, **entries)
        note = pdf.make_indirect(note)
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))
        if entries["Subtype"] == "/Widget":
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[note])
        pdf.save(path)
    return warned(read(path, "d"))


@pytest.mark.parametrize(
    ("said", "entries"),
    [
        ("", {"Subtype": pikepdf.Name.FreeText, "Contents": "The risk was known."}),
        ("The risk was known.", {"Subtype": pikepdf.Name.Stamp}),
        ("", {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Tx, "V": "The risk was known."}),
        ("", {"Subtype": pikepdf.Name.Widget, "Parent": {"/FT": pikepdf.Name.Tx, "/V": "The risk was known."}}),
    ],
)
def test_text_that_a_note_or_a_form_field_shows_is_named(tmp_path: Path, said: str, entries: dict[str, Any]) -> None:
    entries = {name: pikepdf.Dictionary(each) if isinstance(each, dict) else each for name, each in entries.items()}
    found = annotated(tmp_path / "a.pdf", said, **entries)
    assert "an annotation (a note or form field) has text that was not read" in found
    assert ("…" if said else "The risk was known.") in found


@pytest.mark.parametrize(
    ("said", "entries"),
    [
        ("", {"Subtype": pikepdf.Name.Link, "Contents": "A page of ours"}),
        ("", {"Subtype": pikepdf.Name.Text, "Contents": "A comment behind a symbol."}),
        ("", {"Subtype": pikepdf.Name.Highlight, "Contents": "A comment behind a mark."}),
        ("4", {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Btn, "V": pikepdf.Name.Yes}),
        ("", {"Subtype": pikepdf.Name.Widget, "FT": pikepdf.Name.Tx}),
        ("Hidden", {"Subtype": pikepdf.Name.FreeText, "Contents": "Hidden", "F": 2}),
    ],
)
def test_annotations_that_show_no_text_are_no_alarm(tmp_path: Path, said: str, entries: dict[str, Any]) -> None:
    assert not annotated(tmp_path / "a.pdf", said, **entries)
