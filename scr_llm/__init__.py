"""scr_llm: learn across Serious Case Reviews, with every quote exact and every number computed.

PDFs go into a project's inbox. They are read page by page and coded, by the embedded coder or by a language model.
Every quote is located in its source or refused; people decide; a draft briefing is written. `pipeline.py` shows the
steps in order, docs/python.md how to call them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from scr_llm.version import __version__

if TYPE_CHECKING:
    from scr_llm.errors import ScrError
    from scr_llm.models.consent import Consent
    from scr_llm.workspace import Workspace

__all__ = ["Consent", "ScrError", "Workspace", "__version__"]

_HOMES = {"Consent": "scr_llm.models.consent", "ScrError": "scr_llm.errors", "Workspace": "scr_llm.workspace"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `scr-llm --help` does not wait for all of them."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
