"""What a run has done, in words."""

from dataclasses import dataclass

from scr_llm.web.runner import RunState


@dataclass(frozen=True)
class Live:
    """What a run has done, as the page shows it and follows it; empty where there is nothing to say."""

    doing: str
    """What is being done."""
    documents: str
    pages: str
    questions: str
    tokens: str
    money: str
    """What it has cost."""
    found: str
    """What a trial has found so far, a line for each way of asking."""
    left: str
    """How long it will still take."""
    done: str
    """How much is done, in hundredths."""


def progress_in_words(state: RunState, currency: str) -> Live:
    """What a run has done."""
    p = state.progress
    asked = f"{p.asked:,}" + (f" of at most {p.questions:,}" if p.questions else "")
    if p.kept:
        asked += f", {p.kept:,} from memory"
    by_model = p.questions is not None or p.asked or p.kept
    return Live(
        doing="Stopping" if state.stopping else p.doing,
        documents="" if state.trial else f"{p.coded} coded" + (f", {p.document} of {p.of} read" if p.of else ""),
        pages="" if state.trial else f"{p.pages:,}",
        questions=asked if by_model else "",
        tokens=f"{p.sent:,} sent, {p.received:,} received" if by_model and not state.trial else "",
        money=f"{p.money:.2f} {currency}" if p.money is not None else "",
        found="\n".join(p.found),
        left=_left(p.seconds_left),
        done=str(_share(state)),
    )


def _share(state: RunState) -> int:
    """How much is done, in hundredths."""
    p = state.progress
    if p.questions:
        return min(99, round(100 * (p.asked + 1) / (p.questions + 1)))
    return min(99, round(100 * max(0, p.document - 1) / p.of)) if p.of else 0


def _left(seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 120 else f"about {round(minutes / 60)} hours"
