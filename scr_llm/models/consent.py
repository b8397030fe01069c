"""Consent: no text leaves this computer unless that is approved and a person agrees each time."""

from collections.abc import Callable
from dataclasses import dataclass

from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.settings import LlmSettings


def _nobody(_question: str) -> bool:
    return False


@dataclass(frozen=True)
class Consent:
    """How a person is asked and informed. The library itself prints nothing and asks nothing."""

    agree: Callable[[str], bool] = _nobody
    """Asks the person before text goes to an approved remote model. By default nobody agrees and nothing is sent."""
    tell: Callable[[str], None] = lambda _: None
    """Told what is about to take some time."""


AGREED = Consent(agree=lambda _: True)
"""For a caller that has already asked."""


def stays_here(llm: LlmSettings) -> bool:
    """Whether asking the model certainly sends nothing to another machine."""
    from scr_llm.llm import is_loopback

    return bool(llm.file) or is_loopback(llm.base_url)


def allowed_to_send(project: Project, consent: Consent) -> None:
    """Let text go to a model on this machine, or to a remote one that is approved, if the person agrees.

    Raises:
        UsageError: it is remote, and project.toml does not say its region and who approved it, or nobody agreed.
    """
    from scr_llm.llm import without_credentials

    llm = project.settings.llm
    if stays_here(llm):
        return
    where = without_credentials(llm.base_url)
    if not (llm.approved_by and llm.region):
        raise UsageError(
            f"the model at {where} is not on this machine, and reviews would be sent there.",
            next_step="To allow that, set [llm] approved_by and region in project.toml, beside this base_url.",
        )
    if not consent.agree(
        f"The text of the reviews will be sent to {where} ({llm.region}), approved by {llm.approved_by}."
    ):
        raise UsageError(
            f"nobody agreed to sending text to {where}.", next_step="Agree when asked, or use the embedded coder."
        )
