"""What is wrong with an HTML file, for a reader who cannot see it."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import html

from paper_checks.shared import heading_order, link_text


def html_faults(path: Path) -> list[str]:
    """What stands in the way of a reader of the page who does not see it, or not well."""
    page = html.document_fromstring(path.read_bytes())
    told: list[str] = []
    if page.get("lang") != "en-GB":
        told.append("the language is not en-GB")
    if not (page.findtext(".//head/title") or "").strip():
        told.append("no title")
    levels = [int(e.tag[1]) for e in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        told.append(f"{levels.count(1)} headings of level 1, not one")
    told += [
        *heading_order(levels, first=1),
        *_html_tables(page),
        *_images(page),
        *_drawn_words(page),
        *_html_links(page, path),
        *_contrast(page),
    ]
    return [f"HTML: {each}" for each in told]


def _html_tables(page: Any) -> Iterator[str]:
    for nth, table in enumerate(page.iter("table"), 1):
        heads = list(table.iter("th"))
        if not heads or any(th.get("scope") not in ("col", "row", "colgroup", "rowgroup") for th in heads):
            yield f"table {nth} has a header cell without scope, or no header cell"
        caption = table.find("caption")
        if caption is None or not caption.text_content().strip():
            yield f"table {nth} has no caption"
        if any(not cell.text_content().strip() for cell in table.iter("th", "td")):
            yield f"table {nth} has an empty cell"
        if any(cell.get(span, "1") != "1" for cell in table.iter("th", "td") for span in ("colspan", "rowspan")):
            yield f"table {nth} has merged cells"


def _images(page: Any) -> Iterator[str]:
    for image in page.iter("img"):
        if not (image.get("alt") or "").strip() and image.get("role") not in ("presentation", "none"):
            yield "an image has no alt text"
    for svg in page.iter("svg"):
        if svg.get("aria-hidden") == "true":
            continue
        if svg.get("role") != "img":
            yield "a drawing has no role=img"
        if not named(page, svg):
            yield "a drawing has no title or label"


def _drawn_words(page: Any) -> Iterator[str]:
    """What stands in a drawing stands in its label, or in a table before the next heading."""
    for nth, svg in enumerate(page.iter("svg"), 1):
        told = named(page, svg)
        for after in svg.xpath("following::*[self::table or self::h1 or self::h2 or self::h3 or self::h4]"):
            if after.tag != "table":
                break
            told += after.text_content()
        squeezed = "".join(told.split())
        drawn = [text.text_content() for text in svg.iter("text")]
        if lost := [text for text in drawn if "".join(text.split()) not in squeezed]:
            yield f"drawing {nth} shows {lost[0]!r}, which neither its label nor a table after it has"


def named(page: Any, svg: Any) -> str:
    """What a drawing is called for those who do not see it."""
    by = " ".join(
        e.text_content() for i in (svg.get("aria-labelledby") or "").split() for e in page.xpath("//*[@id=$i]", i=i)
    )
    return str(svg.get("aria-label") or by or svg.findtext("title") or "").strip()


def _html_links(page: Any, path: Path) -> Iterator[str]:
    ids = Counter(e.get("id") for e in page.iter() if isinstance(e.tag, str) and e.get("id") is not None)
    for name, times in ids.items():
        if times > 1 or not name or re.search(r"\s", name):
            yield f"the id {name!r} stands {times} times, or is no id"
    for link in page.iter("a"):
        target = link.get("href")
        if target is None:
            continue
        images = " ".join(i.get("alt") or "" for i in link.iter("img"))
        yield from link_text(link.get("aria-label") or f"{link.text_content()} {images}")
        if target.startswith("#"):
            if unquote(target[1:]) not in ids:
                yield f"a link leads to {target}, which is not there"
        elif not re.match(r"[a-z]+:", target, re.I):
            address, _, place = target.partition("#")
            if not (path.parent / unquote(address)).exists():
                yield f"a link leads to the file {address}, which is not there"
            cited = re.search(r"\bpage (\d+)", link.text_content())
            if cited and place.startswith("page=") and place != f"page={cited[1]}":
                yield f"a link says page {cited[1]} and leads to {place}"
    for name in ("aria-labelledby", "aria-describedby", "for"):
        for element in page.xpath(f"//*[@{name}]"):
            if missing := [i for i in element.get(name).split() if i not in ids]:
                yield f"{name} names {', '.join(missing)}, which is not there"


COLOURS = {"white": "#ffffff", "black": "#000000"}


def _contrast(page: Any) -> Iterator[str]:
    """Colours that one rule declares together; the colour of a plain element against the page's ground."""
    style = re.sub(r"/\*.*?\*/", "", " ".join(e.text or "" for e in page.iter("style")), flags=re.S)
    rules = [(selector.strip(), _declared(body)) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style)]
    rules += [(e.tag, _declared(e.get("style"))) for e in page.xpath("//*[@style]")]
    ground = next((d["ground"] for s, d in rules if s == "body" and "ground" in d), (255, 255, 255))
    for selector, declared in rules:
        plain = all(re.fullmatch(r"[a-z]+[1-6]?", s.strip()) for s in selector.split(","))
        behind = declared.get("ground", ground if plain else None)
        if "ink" in declared and behind and (ratio := _ratio(declared["ink"], behind)) < 4.5:
            yield f"{selector}: contrast {ratio:.1f}, below 4.5"


def _declared(body: str) -> dict[str, tuple[int, int, int]]:
    found = {}
    for line in body.split(";"):
        name, _, value = (part.strip().lower() for part in line.partition(":"))
        what = {"color": "ink", "background": "ground", "background-color": "ground"}.get(name)
        if what and (colour := _colour(value)):
            found[what] = colour
    return found


def _colour(value: str) -> tuple[int, int, int] | None:
    for word, code in COLOURS.items():
        value = re.sub(rf"\b{word}\b", code, value)
    if found := re.search(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", value):
        digits = found[1] if len(found[1]) == 6 else "".join(c * 2 for c in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := re.search(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)", value):
        return int(found[1]), int(found[2]), int(found[3])
    return None


def _ratio(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast after WCAG 2."""

    def light(colour: tuple[int, int, int]) -> float:
        red, green, blue = (
            c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)
