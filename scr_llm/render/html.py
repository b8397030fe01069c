"""The briefing as one HTML file: no scripts, nothing loaded from anywhere."""

from importlib.resources import files

from scr_llm.records import Briefing


def render(briefing: Briefing) -> bytes:
    """The whole file, UTF-8."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("scr_llm.render").joinpath("briefing.html.j2").read_text("utf-8"))
    return (template.render(b=briefing) + "\n").encode()
