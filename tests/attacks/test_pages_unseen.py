"""Pages whose text is not what is drawn: none of it may become evidence, and the page says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from scr_llm.records import Reading
from scr_llm.stages.read import read
from scr_llm.text.flow import Flow, sentences

PLAIN = (
    "The review found that the health visitor kept careful notes of every visit to the home.",
    "The school nurse wrote to the family in March and again in the summer of that year.",
    "Nobody had asked the older children how they were, and their views were never recorded.",
    "The panel met on seven occasions and heard from each of the agencies that were involved.",
) * 3
FONTS = ("Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Italic", "Courier")


def spoken(reading: Reading) -> str:
    return " ".join(s.text for s in sentences(Flow.of(reading)))


def warned(reading: Reading) -> str:
    return " ".join(w for page in reading.pages for w in page.warnings)


def page(path: Path, draw: Callable[[Any], None], *, plain: bool = True, font: str = "Helvetica") -> Path:
    sheet = Canvas(str(path), pagesize=(595, 842))
    sheet.setFont(font, 11)
    for number, line in enumerate(PLAIN if plain else ()):
        sheet.drawString(60, 780 - 26 * number, line)
    draw(sheet)
    sheet.showPage()
    sheet.save()
    return path


def span(sheet: Any, x: float, y: float, drawn: str, actual: str) -> None:
    encoded = ("\ufeff" + actual).encode("utf-16-be").hex()
    sheet._code.append(f"/Span << /ActualText <{encoded}> >> BDC")
    sheet.drawString(x, y, drawn)
    sheet._code.append("EMC")


def with_map(path: Path, font: str, changed: dict[str, str]) -> Path:
    """Give a font of a file a map that says other characters than it draws."""
    lines = [
        f"<{ord(drawn):02x}> <{claimed.encode('utf-16-be').hex() or '0020'}>" for drawn, claimed in changed.items()
    ]
    kept = [f"<{code:02x}> <{code:04x}>" for code in range(32, 127) if chr(code) not in changed]
    both = lines + kept
    blocks = "\n".join(
        f"{len(both[i : i + 90])} beginbfchar\n" + "\n".join(both[i : i + 90]) + "\nendbfchar"
        for i in range(0, len(both), 90)
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{blocks}\nendcmap end end"
    )
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for each in pdf.pages[0].Resources.Font.values():
            if each.BaseFont == f"/{font}":
                each.ToUnicode = pdf.make_stream(cmap.encode())
        pdf.save(path)
    return path


def test_replacement_text_that_differs_is_no_evidence(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        span(
            sheet,
            60,
            430,
            "The hospital shared what it knew with the social worker.",
            "The hospital did not share what it knew with anybody.",
        )

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert "hospital" not in spoken(reading) and "careful notes" in spoken(reading)
    assert "The hospital did not share" in warned(reading) and "replacement text" in warned(reading)


@pytest.mark.parametrize("actual", [" ", "\u00ad", "\u200b", "\u0001", ".", "now"])
def test_a_word_that_a_replacement_takes_away(tmp_path: Path, actual: str) -> None:
    def draw(sheet: Any) -> None:
        sheet.drawString(60, 430, "The risk to the baby was ")
        span(sheet, 180, 430, "not", actual)
        sheet.drawString(200, 430, "assessed at the time.")

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert "assessed at the time" not in spoken(reading) and "careful notes" in spoken(reading)
    assert "not" in warned(reading) and "replacement text" in warned(reading)


def test_honest_replacement_text_is_left_alone(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.drawString(60, 430, "Nothing was done about the safe")
        span(sheet, 60 + sheet.stringWidth("Nothing was done about the safe", "Helvetica", 11), 430, "-", "\u00ad")
        sheet.drawString(60, 416, "guarding of the children, and")
        span(sheet, 212, 416, " ", " ")
        span(sheet, 215, 416, "of", "of")
        sheet.drawString(228, 416, "cial records were lost.")
        span(sheet, 60, 390, "l", "•")
        sheet.drawString(75, 390, "A bullet drawn by a letter of a font of signs.")

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert not reading.pages[0].warnings
    assert "safeguarding of the children" in spoken(reading)


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize(
    ("drawn", "claimed"), [("now", "not"), ("has", "was"), ("good", "poor"), ("knew", "none"), ("never", "newer")]
)
def test_a_map_that_lies_about_one_word(tmp_path: Path, font: str, drawn: str, claimed: str) -> None:
    def draw(sheet: Any) -> None:
        sheet.drawString(60, 430, "The care of the child was ")
        sheet.setFont(font, 11)
        sheet.drawString(240, 430, drawn)
        sheet.setFont("Courier-Bold", 11)
        sheet.drawString(300, 430, "what the panel had expected.")

    path = page(tmp_path / "a.pdf", draw, font="Courier-Bold")
    reading = read(with_map(path, font, dict(zip(drawn, claimed, strict=True))), "d")
    assert "The care of the child" not in spoken(reading) and "careful notes" in spoken(reading)
    assert claimed in warned(reading) and "other letters are drawn" in warned(reading)


def test_a_map_that_lies_throughout_is_unreadable_or_all_hidden(tmp_path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    turned = dict(zip(letters, letters[7:] + letters[:7], strict=True))
    path = with_map(page(tmp_path / "a.pdf", lambda _sheet: None), "Helvetica", turned)
    with pytest.raises(Exception, match="other letters are drawn"):
        read(path, "d")


def test_a_map_that_calls_a_word_a_space(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.drawString(60, 430, "The risk to the baby was ")
        sheet.setFont("Times-Roman", 11)
        sheet.drawString(185, 430, "not")
        sheet.setFont("Helvetica", 11)
        sheet.drawString(203, 430, "assessed at the time.")

    path = with_map(page(tmp_path / "a.pdf", draw), "Times-Roman", {"n": " ", "o": " ", "t": " "})
    assert "treats 4 of its characters as spaces" in warned(read(path, "d"))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pages_are_read_as_they_are(tmp_path: Path, turn: int) -> None:
    path = page(tmp_path / "a.pdf", lambda _sheet: None)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Rotate = turn
        pdf.save(path)
    assert not read(path, "d").pages[0].warnings
    lying = with_map(path, "Helvetica", {"n": "w", "t": "m"})
    with pytest.raises(Exception, match="other letters are drawn"):
        read(lying, "d")


def test_sideways_text_is_read_as_it_is(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.translate(560, 60)
        sheet.rotate(90)
        sheet.drawString(0, 0, "A table that is printed sideways on the paper, as many are.")

    assert not read(page(tmp_path / "a.pdf", draw), "d").pages[0].warnings


@pytest.mark.parametrize(
    ("grey", "size", "seen"),
    [
        (0.93, 11, False),
        (0.9, 11, False),
        (0.8, 11, True),
        (0.65, 9, True),
        (0, 2.9, False),
        (0, 3.5, True),
        (0, 5, True),
    ],
)
def test_pale_and_small_text_as_the_docs_say(tmp_path: Path, grey: float, size: float, seen: bool) -> None:
    def draw(sheet: Any) -> None:
        sheet.setFillGray(grey)
        sheet.setFont("Helvetica", size)
        sheet.drawString(60, 430, "The house was dirty when it was visited.")

    assert ("The house was dirty" in spoken(read(page(tmp_path / "a.pdf", draw), "d"))) is seen


def test_tiny_text_by_a_matrix_and_by_a_form(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.saveState()
        sheet.scale(0.1, 0.1)
        sheet.setFont("Helvetica", 25)
        sheet.drawString(600, 4300, "The house was dirty when it was visited.")
        sheet.restoreState()

    assert "dirty" not in spoken(read(page(tmp_path / "a.pdf", draw), "d"))


def test_a_huge_page_is_seen_at_its_own_scale(tmp_path: Path) -> None:
    path = page(tmp_path / "a.pdf", lambda _sheet: None)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].MediaBox = [-500_000, -500_000, 500_000, 500_000]
        pdf.save(path)
    reading = read(path, "d")
    assert spoken(reading).count("careful notes") == 3 and not reading.pages[0].warnings


def test_a_document_that_nobody_sees_is_unreadable(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.setFillColor(white)
        for number, line in enumerate(PLAIN):
            sheet.drawString(60, 780 - 26 * number, line)

    with pytest.raises(Exception, match="cannot be seen"):
        read(page(tmp_path / "a.pdf", draw, plain=False), "d")


def test_one_glyph_for_two_letters_is_a_ligature_or_a_lie(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.setFont("Times-Roman", 11)
        sheet.drawString(60, 430, "The W was looked at, and the care that was given was recorded.")

    path = page(tmp_path / "a.pdf", draw)
    assert "other letters are drawn" in warned(read(with_map(path, "Times-Roman", {"W": "no"}), "d"))


def test_a_word_drawn_over_a_covered_one_is_not_what_the_file_says(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.drawString(60, 430, "The risk to the baby was not assessed.")
        x, width = (
            60 + sheet.stringWidth("The risk to the baby was ", "Helvetica", 11),
            sheet.stringWidth("not", "Helvetica", 11),
        )
        sheet.setFillGray(1)
        sheet.rect(x, 427, width, 12, fill=1, stroke=0)
        sheet.setFillGray(0)
        sheet.saveState()
        sheet.translate(x, 430)
        sheet.scale(0.85, 1)
        sheet.drawString(0, 0, "now")
        sheet.restoreState()

    reading = read(page(tmp_path / "a.pdf", draw), "d")
    assert "not assessed" not in spoken(reading)


def test_a_map_under_an_escaped_name_is_found(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.setFont("Times-Roman", 11)
        sheet.drawString(60, 430, "The care that was given was known.")

    path = with_map(page(tmp_path / "a.pdf", draw), "Times-Roman", {"w": "t", "k": "m"})
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    path.write_bytes(path.read_bytes().replace(b"/ToUnicode", b"/To#55nicode"))
    assert "other letters are drawn" in warned(read(path, "d"))
