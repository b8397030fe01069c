"""Pages as one HTML file each: no scripts, nothing loaded from anywhere."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from scr_llm.records import Agreement, Paper


def render(paper: Paper) -> bytes:
    """The paper, UTF-8."""
    return _page("briefing.html.j2", b=paper)


def agreement_page(agreement: Agreement, labels: Mapping[str, str], name: str) -> bytes:
    """How far a coder agrees with readers, for people who do not read tables of kappas; `labels` are those of the themes."""
    return _page("agreement.html.j2", a=agreement, labels=labels, name=name, figure=_figure)


def _figure(value: float, interval: tuple[float, float] | None = None) -> str:
    return f"{value:.2f}" + (f", between {interval[0]:.2f} and {interval[1]:.2f}" if interval else "")


def _page(template: str, **values: Any) -> bytes:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return (environment.from_string(files("scr_llm.render").joinpath(template).read_text("utf-8")).render(**values) + "\n").encode()
