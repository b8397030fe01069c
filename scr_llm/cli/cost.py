"""What asking a model costs, in words: before a run and after it."""

from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import say
from scr_llm.text.words import count

if TYPE_CHECKING:
    from scr_llm.llm import Spend
    from scr_llm.models.preview import Estimate


def spent(spend: "Spend", currency: str, seconds: float) -> str:
    """What was asked so far, within a number of seconds."""
    money = f", {spend.money:.4f} {currency}" if spend.money is not None else ""
    rate = f" ({spend.asked / seconds:.1f} a second)" if seconds > 1 and spend.asked else ""
    kept = f", {spend.kept} answered from memory" if spend.kept else ""
    return (
        f"{spend.asked} requests{rate}{kept}, {spend.prompt_tokens:,} tokens sent, "
        f"{spend.completion_tokens:,} received{money}"
    )


def at_most(estimate: "Estimate", currency: str) -> str:
    """What would be asked, at most."""
    money = f", {estimate.money:.2f} {currency}" if estimate.money is not None else " (no price is set)"
    kept = f" ({estimate.kept} more are answered from memory)" if estimate.kept else ""
    return (
        f"At most: {count(estimate.documents, 'document')}, {count(estimate.calls, 'question')}{kept}, "
        f"{estimate.prompt_tokens:,} tokens sent, {estimate.completion_tokens:,} received{money}."
    )


def agree_to_cost(cost: "Estimate", currency: str, *, yes: bool) -> None:
    """Say what a run will cost at most, and ask, unless `yes`."""
    say(at_most(cost, currency))
    if cost.calls and not yes:
        click.confirm("Continue?", abort=True, err=True)
