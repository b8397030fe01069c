"""What is wrong with a Word file, for a reader who cannot see it."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from paper_checks.shared import COUNT, DC, WP, W, heading_order, link_text


def word_faults(path: Path) -> list[str]:
    """What stands in the way of a reader of the Word file who does not see it."""
    with zipfile.ZipFile(path) as file:
        parts = {name: etree.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}
    printed = [
        root
        for name, root in parts.items()
        if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml", name)
    ]
    told = [
        *_properties(parts["docProps/core.xml"]),
        *_language(parts["word/styles.xml"], printed),
        *_bookmarks(parts["word/document.xml"]),
        *_pictures_told(parts["word/document.xml"], parts["word/styles.xml"]),
        *heading_order([n for n, _ in _word_headings(parts["word/document.xml"], parts["word/styles.xml"])], first=1),
    ]
    for root in printed:
        told += [*_word_tables(root), *_pictures(root), *_word_links(root), *_floating(root)]
    return [f"Word: {each}" for each in told]


def _properties(core: Any) -> Iterator[str]:
    if not (core.findtext(f"{DC}title") or "").strip():
        yield "no title in the properties"
    if (core.findtext(f"{DC}language") or "") != "en-GB":
        yield "the language in the properties is not en-GB"


def _language(styles: Any, printed: Iterable[Any]) -> Iterator[str]:
    normal = [
        s
        for s in styles.iter(f"{W}style")
        if s.get(f"{W}default") in ("1", "true") and s.get(f"{W}type") == "paragraph"
    ]
    given = [lang for base in (*styles.iter(f"{W}docDefaults"), *normal) for lang in base.iter(f"{W}lang")]
    if not given:
        yield "no language in the styles"
    every = (lang.get(f"{W}val") for root in (styles, *printed) for lang in root.iter(f"{W}lang"))
    if other := sorted({value for value in every if value not in (None, "en-GB")}):
        yield f"language {', '.join(other)} in the styles or the text, not en-GB"


def style_names(styles: Any) -> dict[str, str]:
    return {s.get(f"{W}styleId"): s.find(f"{W}name").get(f"{W}val") for s in styles.iter(f"{W}style")}


def style_of(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return style.get(f"{W}val") if style is not None else ""


def _word_headings(document: Any, styles: Any) -> Iterator[tuple[int, str]]:
    names = style_names(styles)
    for paragraph in document.iter(f"{W}p"):
        if found := re.fullmatch(r"heading (\d)", names.get(style_of(paragraph), ""), re.I):
            yield int(found[1]), text_below(paragraph)


def _on(element: Any) -> bool:
    return element is not None and element.get(f"{W}val", "1") not in ("0", "false", "off")


def _word_tables(root: Any) -> Iterator[str]:
    for nth, table in enumerate(root.iter(f"{W}tbl"), 1):
        rows = table.findall(f"{W}tr")
        if not rows or not _on(rows[0].find(f"{W}trPr/{W}tblHeader")):
            yield f"table {nth} has no marked header row"
        merged = [each for name in ("gridSpan", "vMerge", "hMerge") for each in table.iter(W + name)]
        if any(each.get(f"{W}val") != "1" for each in merged):
            yield f"table {nth} has merged cells"
        if len({len(row.findall(f"{W}tc")) for row in rows}) > 1:
            yield f"table {nth} has rows of different length"
        if any(
            not text_below(cell).strip() and next(cell.iter(f"{W}drawing"), None) is None
            for cell in table.iter(f"{W}tc")
        ):
            yield f"table {nth} has an empty cell"


def _pictures(root: Any) -> Iterator[str]:
    for drawing in root.iter(f"{W}drawing"):
        if (
            any(not (p.get("descr") or "").strip() for p in drawing.iter(f"{WP}docPr"))
            or next(drawing.iter(f"{WP}docPr"), None) is None
        ):
            yield "a picture or chart has no alt text"
    for picture in root.iter(f"{W}pict"):
        if not any((shape.get("alt") or "").strip() for shape in picture.iter()):
            yield "an old-style picture has no alt text"


def _pictures_told(document: Any, styles: Any) -> Iterator[str]:
    """A picture whose text has no numbers is followed by a table of them before the next heading."""
    names = style_names(styles)
    waiting = ""
    for element in (*document.find(f"{W}body"), None):
        heading = element is not None and names.get(style_of(element), "").lower().startswith("heading")
        if waiting and (element is None or heading):
            yield f"a picture has its numbers neither in its text nor in a table: {waiting[:80]}"
        if element is None or heading or element.tag == f"{W}tbl":
            waiting = ""
            continue
        for picture in element.iter(f"{WP}docPr"):
            said = picture.get("descr") or ""
            waiting = "" if COUNT.search(said) else said


def _word_links(root: Any) -> Iterator[str]:
    marks = {m.get(f"{W}name") for m in root.iter(f"{W}bookmarkStart")}
    for link in root.iter(f"{W}hyperlink"):
        yield from link_text(text_below(link))
        anchor = link.get(f"{W}anchor")
        if anchor and anchor not in (*marks, "_top"):
            yield f"a link leads to the bookmark {anchor}, which is not there"


def _bookmarks(root: Any) -> Iterator[str]:
    """Word drops a bookmark whose name is too long, and the second of two with one name or number."""
    marks = list(root.iter(f"{W}bookmarkStart"))
    for key in ("name", "id"):
        values = [mark.get(f"{W}{key}") for mark in marks]
        if len(set(values)) < len(values):
            yield f"two bookmarks have the same {key}"
    if any(len(mark.get(f"{W}name")) > 40 for mark in marks):
        yield "the name of a bookmark has more than 40 characters"


def _floating(root: Any) -> Iterator[str]:
    names = {etree.QName(e).localname for e in root.iter(etree.Element)} & {"txbxContent", "textbox", "txbx", "framePr"}
    if names or next(root.iter(f"{WP}anchor"), None) is not None:
        yield "a text box, frame or picture floats beside the text"


def text_below(element: Any) -> str:
    """The printed text below an element."""
    return "".join(
        (e.text or "") if e.tag == f"{W}t" else " " for e in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}p")
    )
