"""Pages as one HTML file each: no scripts, nothing loaded from anywhere."""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from scr_llm.records import Agreement, Briefing, Paper, Sentence
from scr_llm.render import chart

_NUMBER = re.compile(r"\d+ of (?:the )?\d+(?: reviews?)?")


def render(paper: Paper) -> bytes:
    """The paper, UTF-8. Numbers lead to their evidence in it; quotes to the page of the PDF in the project's inbox."""
    inbox = "../../inbox" if getattr(paper, "status", "") == "signed_off" else "../inbox"
    sources = (
        {row.document_id: f"{inbox}/{quote(row.file)}" for row in paper.cases} if isinstance(paper, Briefing) else {}
    )
    known = {part.id for part in paper.parts}
    return _page(
        "briefing.html.j2",
        b=paper,
        sources=sources,
        linked=lambda s: _linked(s, known),
        chart=lambda f: Markup(chart.svg(f)),
    )


def _linked(sentence: Sentence, known: set[str]) -> Markup:
    """A sentence; its number leads to its evidence."""
    number = _NUMBER.search(sentence.text) if sentence.ref in known else None
    if not number:
        return escape(sentence.text)
    start, end = number.span()
    return Markup('{}<a href="#{}">{}</a>{}').format(
        sentence.text[:start], sentence.ref, number.group(), sentence.text[end:]
    )


def agreement_page(agreement: Agreement, labels: Mapping[str, str], name: str) -> bytes:
    """How far a coder agrees with readers, for people who do not read tables of kappas; `labels` are those of the themes."""
    return _page("agreement.html.j2", a=agreement, labels=labels, name=name, figure=_figure)


def _figure(value: float, interval: tuple[float, float] | None = None) -> str:
    return f"{value:.2f}" + (f", between {interval[0]:.2f} and {interval[1]:.2f}" if interval else "")


def _page(template: str, **values: Any) -> bytes:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return (
        environment.from_string(files("scr_llm.render").joinpath(template).read_text("utf-8")).render(**values) + "\n"
    ).encode()
