"""Pages as one HTML file each, without scripts and with nothing to load."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from scr_llm.records import Agreement, Briefing, Paper
from scr_llm.render import Printing, chart

if TYPE_CHECKING:
    from jinja2 import Template

_COUNT = re.compile(r"\b(?:(?:\d+|[Nn]one) of (?:the )?\d+(?: \w+)?|[Aa]ll \d+ \w+|[Bb]oth \w+)|\bEvidence \d+")
"""What leads to the evidence: a count with its denominator or, where a sentence has none, its reference."""


def render(paper: Paper, printing: Printing) -> bytes:
    """The paper, UTF-8.

    Numbers link to their evidence, in the paper or in the file beside it, and quotes to their page of the PDF in the
    inbox.
    """
    sources: dict[str, str] = {}
    targets = {part.id: f"#{part.id}" for part in paper.parts}
    if isinstance(paper, Briefing):
        # A signed paper lies one folder deeper: outputs/signed-1.
        inbox = "../../inbox" if paper.status == "signed_off" else "../inbox"
        if not printing.stylesheet:  # the page that shows a paper has no inbox beside it
            sources = {row.document_id: f"{inbox}/{quote(row.file)}" for row in paper.cases}
        evidence = quote(f"{printing.evidence}.html")
        targets = {part.id: f"{evidence}#{part.id}" for part in paper.annex} | targets
    return _page(
        "briefing.html.j2",
        b=paper,
        stylesheet=printing.stylesheet,
        sources=sources,
        linked=lambda s: _linked(s.text, targets.get(s.ref)),
        row_link=lambda table, nth: targets.get(table.refs[nth]) if nth < len(table.refs) else None,
        cell=_linked,
        chart=lambda f: Markup(chart.svg(f)),
    )


def styles() -> str:
    """The stylesheet of a paper, for a page whose policy allows none within the file."""
    source = files("scr_llm.render").joinpath("briefing.html.j2").read_text("utf-8")
    return source.partition("<style>")[2].partition("</style>")[0].strip() + "\n"


def _linked(text: str, target: str | None) -> Markup:
    """Text with its number linked to the evidence."""
    number = _COUNT.search(text) if target else None
    if not number:
        return escape(text)
    start, end = number.span()
    return Markup('{}<a href="{}">{}</a>{}').format(text[:start], target, number.group(), text[end:])


def agreement_page(agreement: Agreement, labels: Mapping[str, str], name: str) -> bytes:
    """How far a coder agrees with readers, for people who do not read tables of kappas.

    `labels` are the labels of the themes, by id.
    """
    return _page("agreement.html.j2", a=agreement, labels=labels, name=name, figure=_figure)


def _figure(value: float, interval: tuple[float, float] | None = None) -> str:
    return f"{value:.2f}, between {interval[0]:.2f} and {interval[1]:.2f}" if interval else f"{value:.2f}"


def _page(template: str, **values: Any) -> bytes:
    return f"{_compiled(template).render(**values)}\n".encode()


@cache
def _compiled(template: str) -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(files("scr_llm.render").joinpath(template).read_text("utf-8"))
