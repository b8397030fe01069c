"""The codebook as QDC, in which programs for qualitative research exchange codebooks (REFI-QDA 1.0)."""

from scr_llm.render import Everything
from scr_llm.render.refi import add_codes, as_xml, element
from scr_llm.version import __version__

_REST = """What the QDC file does not hold

- The wordings, near misses and other names of themes, and the question that the paper prints.
- Which themes are core columns of the matrix.
"""


def export(everything: Everything) -> bytes:
    """The whole file: themes with their aspects as sub-codes, and what each means."""
    root = element(None, "CodeBook", xmlns="urn:QDA-XML:codebook:1.0", origin=f"scr-llm {__version__}")
    add_codes(element(root, "Codes"), everything.codebook())
    return as_xml(root)


def not_carried(_everything: Everything) -> str:
    """What the file cannot carry."""
    return _REST
