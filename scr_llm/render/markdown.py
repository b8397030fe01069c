"""A paper as Markdown."""

import re

from scr_llm.records import Paper, Paragraph, Table
from scr_llm.render import Printing


def render(paper: Paper, _printing: Printing) -> bytes:
    """The whole file, UTF-8."""
    lines = [f"# {_plain(paper.title)}", "", f"**{_plain(paper.status_line)}**", ""]
    for part in paper.parts:
        if part.title:
            lines += ["#" * (part.level + 1) + f" {_plain(part.title)}", ""]
        for paragraph in part.paragraphs:
            lines += [_paragraph(paragraph), ""]
        if part.figure:
            lines += [_plain(part.figure.alt), ""]
        for table in part.tables:
            lines += _table(table)
    return ("\n".join(lines).rstrip() + "\n").encode()


def _plain(text: str) -> str:
    """Text in which nothing reads as markup."""
    text = re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(?:([-+=])|(\d+)\.)(?=\s)", lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\.", text)


def _paragraph(paragraph: Paragraph) -> str:
    if paragraph.quote:
        ref = paragraph.quote
        return f"> **{_plain(ref.case_label)}, page {ref.evidence.page}:** “{_plain(ref.text)}”"
    text = _plain(" ".join(sentence.text for sentence in paragraph.sentences))
    return {"bullet": f"- {text}", "note": f"**{text}**", "quote": f"> {text}"}.get(paragraph.style, text)


def _table(table: Table) -> list[str]:
    rows = [table.columns, ("---",) * len(table.columns), *table.rows]
    cells = ["| " + " | ".join(c if c == "---" else _plain(c) or "None" for c in row) + " |" for row in rows]
    return [f"**{_plain(table.caption)}**", "", *cells, ""]
