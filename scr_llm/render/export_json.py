"""The export as other programs read it (docs/export.schema.json)."""

from pydantic_core import to_json

from scr_llm.render import Everything


def export(everything: Everything) -> bytes:
    """The whole file, UTF-8."""
    return to_json(everything.export(), indent=2) + b"\n"
