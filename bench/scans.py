"""Text recognition on scans of the fixtures: character error rate and seconds a page for each installed engine.

    pip install -e ".[ocr]" && python bench/scans.py

Pages are drawn at 150 and 200 dots an inch, greyed, turned by half a degree and speckled (seeded). The error rate is
the edit distance over the letters of the true text, with white space collapsed, so words wrongly joined or split
count. The order of lines is each engine's own.
"""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ("corriford-child-1", 0),
    ("vellingham-child-s", 3),
    ("northmere-amber", 5),
    ("ombershaw-child-d", 1),
    ("saltreath-child-q", 2),
    ("dunvarrow-young-person-r", 1),
]


def scan(page: Any, dots: int, seed: int) -> Image.Image:
    rng = random.Random(seed)
    image = (
        page.render(scale=dots / 72, grayscale=True)
        .to_pil()
        .rotate(0.5, fillcolor=255, resample=Image.Resampling.BICUBIC)
    )
    pixels = image.load()
    for _ in range(image.width * image.height // 400):
        pixels[rng.randrange(image.width), rng.randrange(image.height)] = rng.randrange(120, 256)
    return image.filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")


def rapid3() -> Callable[[Image.Image], str]:
    import numpy
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def recognise(image: Image.Image) -> str:
        found = engine(numpy.asarray(image))
        return _in_order(list(zip(found.boxes, found.txts, strict=True))) if found.txts else ""

    return recognise


def rapid1() -> Callable[[Image.Image], str]:
    import numpy
    from rapidocr_onnxruntime import RapidOCR

    engine = RapidOCR()

    def recognise(image: Image.Image) -> str:
        found, _ = engine(numpy.asarray(image))
        return _in_order([(box, text) for box, text, _ in found or []])

    return recognise


def _in_order(found: list[tuple[Any, str]]) -> str:
    rows: list[list[tuple[float, float, str]]] = []
    for box, text in sorted(found, key=lambda f: sum(p[1] for p in f[0])):
        middle, height = sum(p[1] for p in box) / 4, abs(box[2][1] - box[0][1])
        if rows and middle - rows[-1][0][1] < 0.5 * height:
            rows[-1].append((box[0][0], middle, text))
        else:
            rows.append([(box[0][0], middle, text)])
    return "\n".join(" ".join(text for _, _, text in sorted(row)) for row in rows)


def tesseract() -> Callable[[Image.Image], str]:
    program = shutil.which("tesseract")
    if not program:
        raise ImportError("tesseract", name="tesseract")

    def recognise(image: Image.Image) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.png"
            image.save(path, dpi=(200, 200))
            return subprocess.run(
                [program, str(path), "-", "--psm", "3"], capture_output=True, text=True, check=True
            ).stdout

    return recognise


def main() -> None:
    print("| engine | dots an inch | character error rate | worst page | seconds a page |\n|---|---|---|---|---|")
    for name, make in (
        ("rapidocr 3", rapid3),
        ("rapidocr_onnxruntime 1.4", rapid1),
        ("tesseract (no pip install)", tesseract),
    ):
        try:
            recognise = make()
        except ImportError as error:
            print(f"| {name} | not installed ({error.name}) | | | |")
            continue
        for dots in (150, 200):
            wrong, letters, worst, spent = 0, 0, 0.0, 0.0
            for number, (stem, index) in enumerate(PAGES):
                page = pypdfium2.PdfDocument(next((ROOT / "fixtures").glob(f"batch-*/{stem}.pdf")))[index]
                true = " ".join(page.get_textpage().get_text_range().replace("\ufffe", "-").split())
                image = scan(page, dots, number)
                started = time.perf_counter()
                got = " ".join(recognise(image).split())
                spent += time.perf_counter() - started
                distance = Levenshtein.distance(true, got)
                wrong, letters, worst = wrong + distance, letters + len(true), max(worst, distance / len(true))
                if "-v" in sys.argv:
                    print(stem, distance / len(true), got[:200])
            print(f"| {name} | {dots} | {wrong / letters:.4f} | {worst:.4f} | {spent / len(PAGES):.1f} |", flush=True)


if __name__ == "__main__":
    main()
