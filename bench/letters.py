"""How often a letter drawn as another is noticed, and how often an honest one is taken for another, in many typefaces.

    apt-get download fonts-liberation fonts-lato ...; dpkg-deb -x each into a folder
    python bench/letters.py [folder of .ttf files]

Without a folder, only the standard fonts. Every letter and digit is drawn alone at 11 and 8 points, and claimed to be
itself and each of the others.
"""

import io
import sys
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from scr_llm.stages.read import shapes
from scr_llm.stages.read.drawing import Drawing
from scr_llm.stages.read.letters import Letters

STANDARD = (
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Courier",
    "Courier-Bold",
)
ALL = sorted(shapes.LETTERS)


def main() -> None:
    faces = [*STANDARD, *_registered(Path(sys.argv[1]) if len(sys.argv) > 1 else None)]
    honest = wrong = lies = found = 0
    missed: Counter[tuple[str, str]] = Counter()
    odd: Counter[str] = Counter()
    for face in faces:
        for size in (11.0, 8.0):
            for drawn, claims in _verdicts(face, size):
                honest += 1
                if drawn in claims:
                    wrong += 1
                    odd[f"{face} {size:g} pt"] += 1
                for claimed in ALL:
                    if claimed.lower() != drawn.lower():
                        lies += 1
                        found += claimed in claims
                        missed[drawn.lower(), claimed.lower()] += claimed not in claims
    print(f"{len(faces)} typefaces, {honest} letters: {wrong} honest ones taken for others ({wrong / honest:.2%})")
    print(f"{found} of {lies} false claims found ({found / lies:.1%})")
    print("honest ones taken for others in:", dict(odd.most_common(12)))
    print("claims missed most, drawn as claimed:", ", ".join(f"{d} as {c}" for (d, c), _ in missed.most_common(60)))


def _registered(folder: Path | None) -> list[str]:
    names = []
    for path in sorted(folder.rglob("*.ttf")) if folder else ():
        try:
            font = TTFont(path.stem, str(path))
        except TTFError:
            continue
        if all(ord(letter) in font.face.charToGlyph for letter in ALL):
            pdfmetrics.registerFont(font)
            names.append(path.stem)
    return names


def _verdicts(face: str, size: float) -> list[tuple[str, set[str]]]:
    """For each letter drawn, the claims that its ink contradicts."""
    held = io.BytesIO()
    sheet = Canvas(held, pagesize=(595, 842))
    sheet.setFont(face, size)
    for number, letter in enumerate(ALL):
        sheet.drawString(30 + 30 * (number % 16), 700 - 30 * (number // 16), letter)
    sheet.showPage()
    sheet.save()
    page = pdfium.PdfDocument(held.getvalue())[0]
    textpage = page.get_textpage()
    drawing, letters = Drawing(page), Letters(textpage)
    found = []
    for index, letter in enumerate(textpage.get_text_range()):
        if letter in shapes.LETTERS:
            box = letters.box(index)
            glance = drawing.glance(box)
            if glance is not None:
                claims = {
                    each for each in ALL if shapes.contradicted(drawing, [shapes.Letter(each, box)], box, glance, 0)
                }
                found.append((letter, claims))
    return found


if __name__ == "__main__":
    main()
