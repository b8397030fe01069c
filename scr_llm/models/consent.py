"""Consent: no text leaves this computer unless that is approved and a person agrees each time."""

from collections.abc import Callable
from dataclasses import dataclass

from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.settings import LlmSettings
from scr_llm.text.redaction_figures import redaction_in_words


def _nobody(_question: str) -> bool:
    return False


@dataclass(frozen=True)
class Consent:
    """How a person is asked and informed. The library itself prints nothing and asks nothing."""

    agree: Callable[[str], bool] = _nobody
    """Asks the person before text goes to an approved remote model. By default nobody agrees and nothing is sent."""
    tell: Callable[[str], None] = lambda _: None
    """Told what is about to take some time."""
    how_to_see: str = ""
    """How a person can see exactly what would be sent; added to the question."""


AGREED = Consent(agree=lambda _: True)
"""For a caller that has already asked."""


@dataclass(frozen=True)
class ModelPlace:
    """Which model a project asks, where that is, and whether text may go there."""

    model: str
    """Name of the model; empty if none is set."""
    where: str
    """Address without credentials, or the model file; empty if no model is set."""
    is_file: bool
    """Whether it is a model file, served on this computer while it is needed."""
    is_local: bool
    """Whether asking it certainly sends nothing to another computer."""
    region: str
    """Where project.toml says that a remote model is."""
    approved_by: str
    """Who approved a remote model."""

    @property
    def is_allowed(self) -> bool:
        """Whether text may go there, once a person agrees."""
        return self.is_local or bool(self.approved_by and self.region)


def place_of(project: Project) -> ModelPlace:
    """Which model the project asks, and where."""
    from scr_llm.llm import without_credentials

    llm = project.settings.llm
    where = llm.file or (without_credentials(llm.base_url) if llm.base_url else "")
    is_local = bool(where) and stays_here(llm)
    return ModelPlace(llm.model, where, bool(llm.file), is_local, llm.region, llm.approved_by)


def stays_here(llm: LlmSettings) -> bool:
    """Whether asking the model certainly sends nothing to another machine."""
    from scr_llm.llm import is_loopback

    return bool(llm.file) or is_loopback(llm.base_url)


def allowed_to_send(project: Project, consent: Consent) -> None:
    """Let text go to a model on this machine, or to a remote one that is approved, if the person agrees.

    Raises:
        UsageError: it is remote, and project.toml does not say its region and who approved it, or nobody agreed.
    """
    place = place_of(project)
    if place.is_local:
        return
    if not place.is_allowed:
        raise UsageError(
            f"the model at {place.where} is not on this machine, and reviews would be sent there.",
            next_step="To allow that, set [llm] approved_by and region in project.toml, beside this base_url.",
        )
    question = (
        f"The text of the reviews will be sent to {place.where} ({place.region}), approved by {place.approved_by}."
    )
    redaction = redaction_in_words() if project.settings.llm.redact else "Names and contact details are not replaced."
    if not consent.agree(f"{question} {redaction} {consent.how_to_see}".strip()):
        raise UsageError(
            f"nobody agreed to sending text to {place.where}.", next_step="Agree when asked, or use the embedded coder."
        )


def allowed_to_answer(project: Project, *, quotes: bool) -> None:
    """Let an assistant read, as far as project.toml allows: counts, or quotes as well.

    Raises:
        UsageError: that is not allowed, or nobody approved it.
    """
    mcp = project.settings.mcp
    if mcp.allow == "off" or not mcp.approved_by.strip():
        raise UsageError(
            "this project lets no assistant read it: what an assistant reads goes to its maker.",
            next_step='To allow it, a person sets [mcp] allow = "counts" and approved_by in project.toml.',
        )
    if quotes and mcp.allow != "quotes":
        raise UsageError(
            "this project lets an assistant read its counts, but no quotes.",
            next_step='To allow quotes too, a person sets [mcp] allow = "quotes" in project.toml.',
        )


def allowed_on_cluster(project: Project, consent: Consent) -> None:
    """Let reviews be read by a Ray cluster that this run does not start itself, if it is approved and a person agrees.

    Raises:
        UsageError: project.toml does not say where it is and who approved it, or nobody agreed.
    """
    engine = project.settings.engine
    if not engine.address:
        return
    if not (engine.region and engine.approved_by):
        raise UsageError(
            f"the Ray cluster at {engine.address} may have other computers, and reviews would be read there.",
            next_step="To allow that, set [engine] approved_by and region in project.toml, beside this address.",
        )
    question = (
        f"The reviews will be read by the computers of the Ray cluster at {engine.address} ({engine.region}), "
        f"approved by {engine.approved_by}."
    )
    if not consent.agree(question):
        raise UsageError(
            f"nobody agreed to reading the reviews at {engine.address}.",
            next_step="Agree when asked, or run with --engine local.",
        )
