"""The gate that no text passes unasked: who allowed it to leave this computer, and the person who is asked each time."""

from collections.abc import Callable
from dataclasses import dataclass

from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.settings import LlmSettings


def _nobody(question: str) -> bool:
    return False


@dataclass(frozen=True)
class Consent:
    """Who is asked before text is sent, and who is told what takes its time. The library itself prints and asks nothing."""

    agree: Callable[[str], bool] = _nobody
    """Asked, in words for a person, before text goes to a remote model that is approved. Without one, nothing is sent."""
    tell: Callable[[str], None] = lambda _: None
    """Told what is about to take time."""


AGREED = Consent(agree=lambda question: True)
"""Whoever calls has asked already."""


def stays_here(llm: LlmSettings) -> bool:
    """Whether asking the model certainly sends nothing to another machine."""
    from scr_llm.llm import is_loopback

    return bool(llm.file) or is_loopback(llm.base_url)


def allowed_to_send(project: Project, consent: Consent) -> None:
    """The gate: a model on this machine may be asked; a remote one where it is approved and the person who is asked agrees.

    Raises:
        UsageError: it is remote, and project.toml does not name its region and who approved it, or nobody agreed.
    """
    from scr_llm.llm import without_credentials

    llm = project.settings.llm
    if stays_here(llm):
        return
    where = without_credentials(llm.base_url)
    if not (llm.approved_by and llm.region):
        raise UsageError(
            f"the model at {where} is not on this machine, and reviews would be sent there.",
            next_step="project.toml must name [llm] approved_by and region, beside this base_url, before that is allowed.",
        )
    question = f"The text of the reviews will be sent to {where} ({llm.region}), approved by {llm.approved_by}. "
    if not consent.agree(question + "Exactly what would be sent: scr-llm preview. Continue?"):
        raise UsageError(
            f"nobody agreed that text is sent to {where}.", next_step="Agree when asked, or use the embedded coder."
        )
