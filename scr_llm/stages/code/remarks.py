"""What a person should know about how a document was coded."""

from scr_llm.records import Coding
from scr_llm.text.words import in_words


def remarks_on(coding: Coding | None) -> list[str]:
    """Questions without a usable reply, and the coder's notes."""
    if coding is None:
        return []
    if not (unanswered := coding.unanswered):
        return list(coding.notes)
    questions = "1 question" if len(unanswered) == 1 else f"{len(unanswered)} questions"
    named = ", ".join(f"{in_words(u.question.replace(':', ' '))} ({in_words(u.state)})" for u in unanswered)
    return [f"{questions} without a usable reply: {named}", *coding.notes]
