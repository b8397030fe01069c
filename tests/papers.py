"""Faults in the written papers of a project: a checker that knows the files, not the program that wrote them.

It reads back `briefing.docx`, `.html`, `.md`, `.xlsx` and the export (`export.json`, from `scr-llm export --format
json`). From the project folder it reads `codebook.yaml` (labels of themes) and `project.toml` (the counting rule).
It imports nothing from scr_llm.

    python tests/papers.py PROJECT/outputs
"""

import sys
from pathlib import Path

from paper_checks.agreement import agreement_faults, recommended_only, sheets, words
from paper_checks.html import html_faults
from paper_checks.shared import QUOTED
from paper_checks.text import unmarked, word_text
from paper_checks.word import word_faults

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
VML = "{urn:schemas-microsoft-com:vml}"
DC = "{http://purl.org/dc/elements/1.1/}"
COUNT = re.compile(r"\b(\d+) of (?:the )?(\d+)\b")
QUOTED = re.compile(r"(?P<label>.+), page (?P<page>\d+): “(?P<text>.*)”")
BARE = re.compile(r"(?:https?://|www\.|mailto:|file:|#)\S*|\S+\.(?:pdf|html?|com|org|uk)", re.I)
MOST = 20
"""Faults of one kind that are listed one by one."""


def faults(outputs: Path) -> list[str]:
    """Every fault in the papers of a folder; an empty list if there is none."""
    return [
        *word_faults(outputs / "briefing.docx"),
        *html_faults(outputs / "briefing.html"),
        *agreement_faults(outputs),
    ]


# ---------------------------------------------------------------- Word


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
        *_heading_order([n for n, _ in _word_headings(parts["word/document.xml"], parts["word/styles.xml"])], first=1),
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


def _style_names(styles: Any) -> dict[str, str]:
    return {s.get(f"{W}styleId"): s.find(f"{W}name").get(f"{W}val") for s in styles.iter(f"{W}style")}


def _style(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return style.get(f"{W}val") if style is not None else ""


def _word_headings(document: Any, styles: Any) -> Iterator[tuple[int, str]]:
    names = _style_names(styles)
    for paragraph in document.iter(f"{W}p"):
        if found := re.fullmatch(r"heading (\d)", names.get(_style(paragraph), ""), re.I):
            yield int(found[1]), _word_text(paragraph)


def _heading_order(levels: Iterable[int], first: int) -> Iterator[str]:
    before = first - 1
    for nth, level in enumerate(levels, 1):
        if level > before + 1:
            yield f"heading {nth} is of level {level} after level {before}: a level is skipped"
        before = level


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
            not _word_text(cell).strip() and next(cell.iter(f"{W}drawing"), None) is None
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


def _word_links(root: Any) -> Iterator[str]:
    marks = {m.get(f"{W}name") for m in root.iter(f"{W}bookmarkStart")}
    for link in root.iter(f"{W}hyperlink"):
        yield from _link_text(_word_text(link))
        anchor = link.get(f"{W}anchor")
        if anchor and anchor not in (*marks, "_top"):
            yield f"a link leads to the bookmark {anchor}, which is not there"


def _link_text(text: str) -> Iterator[str]:
    text = _fold(text)
    if not re.search(r"\w", text):
        yield "a link has no text"
    elif BARE.fullmatch(text):
        yield f"a link has an address for its text: {text}"


def _floating(root: Any) -> Iterator[str]:
    names = {etree.QName(e).localname for e in root.iter(etree.Element)} & {"txbxContent", "textbox", "txbx", "framePr"}
    if names or next(root.iter(f"{WP}anchor"), None) is not None:
        yield "a text box, frame or picture floats beside the text"


def _word_text(element: Any) -> str:
    """The printed text below an element."""
    return "".join(
        (e.text or "") if e.tag == f"{W}t" else " " for e in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}p")
    )


# ---------------------------------------------------------------- HTML


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
        *_heading_order(levels, first=1),
        *_html_tables(page),
        *_images(page),
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
        if not _named(page, svg):
            yield "a drawing has no title or label"


def _named(page: Any, svg: Any) -> str:
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
        yield from _link_text(link.get("aria-label") or f"{link.text_content()} {images}")
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


# ---------------------------------------------------------------- the same in every format


@dataclass
class Text:
    """What one format prints, as folded lines: paragraphs, headings, captions, and rows with ` | ` between cells."""

    name: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Heading above it, and the line."""
    quotes: list[str] = field(default_factory=list)
    tables: list[list[tuple[str, ...]]] = field(default_factory=list)
    heading: str = ""

    def add(self, text: str, *, heading: bool = False, quote: bool = False) -> None:
        text = _fold(text)
        if heading:
            self.heading = text
        if quote:
            self.quotes.append(text)
        if text:
            self.lines.append((self.heading, text))

    def row(self, cells: Iterable[str]) -> None:
        row = tuple(_fold(cell) for cell in cells)
        self.tables[-1].append(row)
        self.lines.append((self.heading, " | ".join(row)))

    @property
    def whole(self) -> str:
        return "\n".join(line for _, line in self.lines)

    def counts(self, status: str) -> Counter[str]:
        """The lines with a count, but for the status."""
        return Counter(line for _, line in self.lines if COUNT.search(line) and not (status and status in line))


def _fold(text: str) -> str:
    return " ".join(text.split())


def word_text(path: Path) -> Text:
    """The body of the Word file."""
    return _word_text_of(path.read_bytes())


@lru_cache(4)
def _word_text_of(content: bytes) -> Text:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        document, styles = (
            etree.fromstring(file.read("word/document.xml")),
            etree.fromstring(file.read("word/styles.xml")),
        )
    names, text = _style_names(styles), Text("Word")
    for element in _word_blocks(document.find(f"{W}body")):
        if element.tag == f"{W}tbl":
            text.tables.append([])
            for row in element.iter(f"{W}tr"):
                text.row(_word_text(cell) for cell in row.iter(f"{W}tc"))
            continue
        style = names.get(_style(element), "").lower()
        text.add(_word_text(element), heading=style.startswith(("heading", "title")), quote="quote" in style)
        for picture in element.iter(f"{WP}docPr"):
            text.add(picture.get("descr") or "")
    return text


def _word_blocks(body: Any) -> Iterator[Any]:
    for element in body:
        if element.tag == f"{W}sdt":
            yield from _word_blocks(element.find(f"{W}sdtContent"))
        elif element.tag in (f"{W}p", f"{W}tbl"):
            yield element


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (*HEADINGS, "p", "li", "caption", "figcaption", "dt", "dd", "summary", "div", "blockquote")


def html_text(path: Path) -> Text:
    """The page."""
    return _html_text_of(path.read_bytes())


@lru_cache(4)
def _html_text_of(content: bytes) -> Text:
    page, text = html.document_fromstring(content), Text("HTML")
    drawn = {svg: _named(page, svg) for svg in page.iter("svg")}
    for element in page.find("body").iter(*BLOCKS, "table", "tr", "svg", "img"):
        if element.tag == "table":
            text.tables.append([])
        elif element.tag == "tr":
            text.row(cell.text_content() for cell in element.iter("th", "td"))
        elif element.tag == "svg":
            text.add(drawn[element])
        elif element.tag == "img":
            text.add(element.get("alt") or "")
        elif (
            next(element.iterdescendants(*BLOCKS, "table", "svg"), None) is None
            and next(element.iterancestors("tr"), None) is None
        ):
            quote = element.tag == "blockquote" or next(element.iterancestors("blockquote"), None) is not None
            text.add(element.text_content(), heading=element.tag in HEADINGS, quote=quote)
    return text


def markdown_text(path: Path) -> Text:
    """The Markdown file, as it reads once set."""
    return _markdown_text_of(path.read_text("utf-8"))


@lru_cache(4)
def _markdown_text_of(content: str) -> Text:
    text, inside = Text("Markdown"), False
    for line in content.splitlines():
        if line.startswith("|"):
            cells = [_unmarked(cell) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            if not inside:
                text.tables.append([])
            inside = True
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                text.row(cells)
            continue
        inside = False
        lead = re.match(r"\s*(#{1,6} |> ?|[-*+] |\d+[.)] )?", line)
        mark = lead[1] or "" if lead else ""
        if mark[:1].isdigit():
            mark, lead = "", None
        text.add(_unmarked(line[lead.end() if lead else 0 :]), heading=mark.startswith("#"), quote=mark.startswith(">"))
    return text


def _unmarked(text: str) -> str:
    text = re.sub(r"(?<!\\)<[^>]*(?<!\\)>", "", text)
    text = re.sub(r"!?(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\\)(\*\*|__|`)", "", text)).strip()


def agreement_faults(outputs: Path) -> list[str]:
    """Where the formats differ from each other, from the workbook or from the export."""
    export = json.loads((outputs / "export.json").read_text("utf-8"))
    coded = [document for document in export["documents"] if document["status"] == "coded"]
    themes, evidence = sheets((outputs / "briefing.xlsx").read_bytes())
    word, *others = texts = (
        word_text(outputs / "briefing.docx"),
        html_text(outputs / "briefing.html"),
        markdown_text(outputs / "briefing.md"),
    )
    told: list[list[str]] = [
        list(_drawn_counts(outputs / "briefing.html")),
        list(_theme_numbers(themes, coded, outputs.parent)),
        *(list(_themes_printed(themes, text)) for text in texts),
        *(list(_same_lines(word, other, _status(outputs / "briefing.docx"))) for other in others),
        *(list(_same_quotes(word, other)) for other in others),
        list(_quotes_stand(word.quotes, evidence, coded)),
    ]
    return [
        line
        for kind in told
        for line in (*kind[:MOST], *([f"... and {len(kind) - MOST} more"] if len(kind) > MOST else []))
    ]


def _drawn_counts(path: Path) -> Iterator[str]:
    """What a drawing shows is what it says to those who do not see it."""
    page = html.document_fromstring(path.read_bytes())
    for svg in page.iter("svg"):
        shown = [count for text in svg.iter("text") for count in COUNT.findall(text.text_content())]
        if shown and shown != COUNT.findall(_named(page, svg)):
            yield "HTML: a drawing shows other counts than its label has"


@lru_cache(4)
def sheets(content: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sheets Themes and Evidence of a workbook, each row by its columns' names."""
    book, read = openpyxl.load_workbook(io.BytesIO(content), read_only=True), []
    for name in ("Themes", "Evidence"):
        head, *rows = book[name].iter_rows(values_only=True)
        read.append([dict(zip(head, row, strict=True)) for row in rows])
    return read[0], read[1]


def _status(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return _fold(etree.fromstring(file.read("docProps/core.xml")).findtext(f"{DC}subject") or "")


def _theme_numbers(rows: list[dict[str, Any]], coded: list[dict[str, Any]], project: Path) -> Iterator[str]:
    """The numbers of the sheet, counted again."""
    codes = _codes((project / "codebook.yaml").read_text("utf-8"))
    settings = tomllib.loads((project / "project.toml").read_text("utf-8")).get("briefing", {})
    if [row["Theme"] for row in rows] != [label for _, label in codes]:
        yield "Workbook: the sheet Themes has not the themes of the codebook, in its order"
        return
    for row, (code, _) in zip(rows, codes, strict=True):
        cells = [document["themes"][code] for document in coded if code in document["themes"]]
        having = [cell for cell in cells if cell["value"] == "present"]
        only = [cell for cell in having if _recommended_only(cell["evidence"])]
        if not settings.get("count_recommendation_only", True):
            having, only = [cell for cell in having if cell not in only], []
        counted = {
            "Found in": len(having),
            "Of": len(coded),
            "Recommendations only": len(only),
            "Decided by a person": sum(cell["decision"] is not None for cell in cells),
        }
        for column, number in counted.items():
            if row[column] != number:
                yield f"Workbook: {row['Theme']}: {column} {row[column]}; the export has {number}"


@cache
def _codes(codebook: str) -> list[tuple[str, str]]:
    """Id and label of every theme."""
    return [(code["id"], code["label"]) for code in YAML(typ="safe").load(codebook)["codes"]]


def _recommended_only(evidence: list[dict[str, Any]]) -> bool:
    telling = [e for e in evidence if "good_practice" not in e["flags"]]
    return bool(telling) and all("recommendation" in e["flags"] for e in telling)


def _themes_printed(rows: list[dict[str, Any]], text: Text) -> Iterator[str]:
    """Each count of the sheet stands with its theme, and no other count where a theme's count is given."""
    lines = [(heading.lower(), line.lower()) for heading, line in text.lines if COUNT.search(line)]
    for row in rows:
        label, count = row["Theme"].lower(), (row["Found in"], row["Of"])
        if not row["Found in"]:
            continue
        if not any(count in _counts(line) and (label in line or label in heading) for heading, line in lines):
            yield f"{text.name}: {row['Theme']}: {count[0]} of {count[1]} is not printed with it"
        longer = [
            other["Theme"].lower()
            for other in rows
            if other["Theme"].lower().endswith(label) and other["Theme"].lower() != label
        ]
        given = re.compile(rf"(?<![\w/-]){re.escape(label)}(?:: | \(| was found in )(\d+) of (?:the )?(\d+)\b")
        for found in (found for _, line in lines for found in given.finditer(line)):
            part = any(found.string[: found.start() + len(label)].endswith(other) for other in longer)
            if not part and int(found[2]) == count[1] and int(found[1]) != count[0]:
                printed = f"printed as {found[1]} of {found[2]}"
                yield f"{text.name}: {row['Theme']}: {printed}, in the workbook {count[0]} of {count[1]}"
    labels = {row["Theme"]: f"{row['Found in']} of {row['Of']}" for row in rows}
    for head, *body in (table for table in text.tables if table):
        if "Found in" in head:
            at = head.index("Found in")
            for cells in body:
                if cells[0] in labels and len(cells) == len(head) and cells[at] != labels[cells[0]]:
                    yield f"{text.name}: {cells[0]}: {cells[at]} in a table, in the workbook {labels[cells[0]]}"


def _counts(line: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in COUNT.findall(line)]


def _same_lines(word: Text, other: Text, status: str) -> Iterator[str]:
    """Every line with a count, in both."""
    mine, yours = word.counts(status), other.counts(status)
    for line in mine - yours:
        yield f"{other.name}: not as in Word: {line[:120]}"
    for line in yours - mine:
        yield f"Word: not as in {other.name}: {line[:120]}"
    if status and status not in other.whole:
        yield f"{other.name}: the status line of Word is not printed"


def _same_quotes(word: Text, other: Text) -> Iterator[str]:
    mine, yours = Counter(word.quotes), Counter(other.quotes)
    for quote in mine - yours:
        yield f"{other.name}: quote not as in Word: {quote[:120]}"
    for quote in yours - mine:
        yield f"Word: quote not as in {other.name}: {quote[:120]}"


def _quotes_stand(printed: list[str], evidence: list[dict[str, Any]], coded: list[dict[str, Any]]) -> Iterator[str]:
    """The words of each quote stand on the page that it cites, by the export."""
    pages: dict[tuple[str, int], set[str]] = {}
    for document in coded:
        for group in _evidence(document):
            for nth, each in enumerate(group):
                rest = _rest(group, nth)
                for label in (document["label"], f"{document['label']} ({document['file']})"):
                    pages.setdefault((_fold(label), each["page"]), set()).update(rest)
    for line in dict.fromkeys(printed):
        found = QUOTED.fullmatch(line)
        if not found:
            yield f"Word: a quote without its source: {line[:120]}"
        elif not _stands(found["text"], pages.get((found["label"], int(found["page"])), set())):
            yield f"Word: not on the page that it cites: {line[:120]}"
    for row in evidence:
        if not _stands(row["Quote"], pages.get((_fold(row["Case"]), row["Page"]), set())):
            yield f"Workbook: not on the page that it cites: {row['Case']}, page {row['Page']}: {row['Quote'][:80]}"


def _stands(quote: str, texts: set[str]) -> bool:
    quote = _fold(quote)
    return bool(quote) and (quote in texts or any(quote in text for text in texts))


def _evidence(document: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    yield from (theme["evidence"] for theme in document["themes"].values())
    yield from (item["evidence"] for kind in ("findings", "recommendations") for item in document[kind])
    yield from (document["case"] or {"evidence": {}})["evidence"].values()


def _rest(group: list[dict[str, Any]], nth: int) -> list[str]:
    """A piece of evidence alone, and with all that goes on from it."""
    texts = [_words(group[nth]["quote"])]
    for each in group[nth + 1 :]:
        if "continued" not in each["flags"]:
            break
        texts.append(f"{texts[-1]} {_words(each['quote'])}")
    return texts


def _words(quote: str) -> str:
    """White space folded; a dividing hyphen at a line's end is gone, one of the word itself is a hyphen."""
    return _fold(re.sub("\u2010\\s*", "-", re.sub("\u00ad\\s*", "", quote)))


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    print("\n".join(wrong) or "Nothing is wrong.")
    sys.exit(bool(wrong))
