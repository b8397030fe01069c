"""What a person is told once a draft is written, on the command line and on the page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from scr_llm.reports.current import Current
from scr_llm.reports.drafts import Written
from scr_llm.text.words import count

NOT_BY_ITSELF = "With so many reviews, a run does not write the draft by itself."
"""Said where the reviews are more than `[briefing] drafted_up_to`."""
MOST_LINES = 10
"""Most lines about changes, and about things to look at. The file holds all of them."""


def after_run_in_words(draft: Written | Current | None, project: Path) -> Iterator[str]:
    """What a run did about the draft, as `Workspace.draft_after` gave it, one line each. `project` is its folder."""
    if draft is None:
        yield f"{NOT_BY_ITSELF} Write it: scr-llm brief --project {project}"
    elif isinstance(draft, Current):
        if not draft.state.is_signed:
            yield "The draft is up to date."
        yield draft.state.closing(draft.decided, draft.cells)
    else:
        yield from written_in_words(draft)
        facts = draft.briefing.facts
        yield draft.state.closing(facts.cells_decided, facts.cells)


def written_in_words(draft: Written) -> Iterator[str]:
    """What `draft_in_words` says, and which files were written; the case sheets by their folder."""
    yield from draft_in_words(draft)
    for path in draft.paths:
        yield f"Written: {path}"
    if draft.sheets:
        sheets = count(len({path.stem for path in draft.sheets}), "case sheet")
        yield f"Written: {draft.sheets[0].parent} ({sheets})"


def draft_in_words(draft: Written) -> Iterator[str]:
    """Which sentences and files were left alone, whose words it keeps, and what changed; one line each.

    A line that belongs to the one before it begins with two spaces.
    """
    yield from draft.refused
    beside = f"The new draft is version {draft.briefing.version}, in the same folder."
    for path in draft.kept:
        yield f"Not overwritten, because somebody edited it: {path}. {beside}"
    for path in draft.blocked:
        yield f"Not overwritten, because another program has it open: {path}. {beside}"
    if draft.words_kept:
        yield f"The new draft keeps {count(draft.words_kept, 'edit')} from {draft.words_from}."
    yield from _some(draft.words_said, "in the new draft to look at, as a comment or in the file that was edited")
    yield from _changes(draft)


def _some(lines: Sequence[str], what: str) -> Iterator[str]:
    if lines:
        yield f"{count(len(lines), 'thing')} {what}:"
    for line in lines[:MOST_LINES]:
        yield f"  {line}"
    if len(lines) > MOST_LINES:
        yield f"  and {len(lines) - MOST_LINES} more"


def _changes(draft: Written) -> Iterator[str]:
    changes = draft.changes
    if not changes:
        return
    yield f"{count(len(changes), 'thing')} changed (full list: {draft.change_file}):"
    # "and 1 more" would take as much room as the change itself, so the cut leaves at least two out.
    shown = changes if len(changes) < MOST_LINES else changes[: MOST_LINES - 2]
    yield from (f"  {line}" for line in shown)
    if len(shown) < len(changes):
        yield f"  and {len(changes) - len(shown)} more"
