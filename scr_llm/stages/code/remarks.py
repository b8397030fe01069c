"""What a person should know of how a document was coded."""

from scr_llm.records import Coding


def remarks_on(coding: Coding | None) -> list[str]:
    """What a person should know of how a document was coded: questions without a usable reply, and notes."""
    if coding is None:
        return []
    left = coding.unanswered
    told = f"{len(left)} question{'s' if len(left) > 1 else ''} without a usable reply: {', '.join(f'{u.question} ({u.state})' for u in left)}"
    return [*([told] if left else []), *coding.notes]
