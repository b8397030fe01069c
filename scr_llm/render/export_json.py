"""The export as other programs read it (docs/export.schema.json)."""

from scr_llm.render import Everything


def export(everything: Everything) -> bytes:
    """The whole file, UTF-8."""
    return (everything.export().model_dump_json(indent=2) + "\n").encode()
