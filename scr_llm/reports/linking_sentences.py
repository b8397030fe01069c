"""Linking sentences that a model drafts from verified facts.

Each is checked against the facts, and one that fails is not printed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from scr_llm.records import Briefing, Paragraph, Part, Sentence, ThemeCount
from scr_llm.text.numbers import spelt_out


class Drafted(BaseModel):
    """What a model is asked for."""

    sentence: str
    """One sentence."""


MARK = "[Drafted by a model from the figures above; edit or delete.]"
"""Follows each drafted sentence until a person removes it."""
SHORTEST, LONGEST = 5, 30
"""Words in a drafted sentence."""
NEVER_SAID = re.compile(
    r"\b(?:most|majority|minority|half|third|quarter|twice|double|dozens?|hundreds?|percent|per cent|all|none|every|"
    r"always|never|cause[ds]?|because|led to|resulted in|therefore|proves?|significant\w*|increas\w+|decreas\w+)\b|%",
    re.I,
)
"""Words that count, compare or explain: only computed figures may."""


@dataclass(frozen=True)
class Facts:
    """What a sentence about a theme may say."""

    theme: str
    label: str
    present: int
    of: int
    quotes: tuple[str, ...]
    others: tuple[str, ...]
    """Labels of all other themes, which it must not name."""

    @property
    def prompt(self) -> str:
        """The facts, as the model is given them."""
        return f"Theme: {self.label}\nFound in: {self.present} of {self.of} reviews\n" + "\n".join(
            f"Quote: “{q}”" for q in self.quotes
        )


def facts_of(briefing: Briefing, count: ThemeCount) -> Facts:
    """The verified facts about a theme: its number, and the quotes that the paper prints."""
    quotes = [
        p.quote.text
        for part in briefing.parts
        if part.id.startswith(f"theme.{count.theme}")
        for p in part.paragraphs
        if p.quote
    ]
    others = tuple(t.label for t in briefing.facts.themes if t.theme != count.theme)
    return Facts(
        theme=count.theme,
        label=count.label,
        present=count.present,
        of=count.of,
        quotes=tuple(quotes),
        others=others,
    )


def wrong_with(sentence: str, facts: Facts) -> str | None:
    """Why a drafted sentence cannot be printed; None if it can."""
    bare = re.sub(r"[“\"].*?[”\"]", " ", sentence)
    if not is_one_sentence(sentence.rstrip()):
        return "it is not one sentence of 5 to 30 words"
    if quoted := [q for q in re.findall(r"[“\"](.*?)[”\"]", sentence) if not any(q in own for own in facts.quotes)]:
        return f"it quotes words that no printed quote has: “{quoted[0]}”"
    figures = {int(n) for n in re.findall(r"\d+", sentence)} | spelt_out(bare)
    if invented := figures - {facts.present, facts.of}:
        return f"it has a number that was not computed: {min(invented)}"
    if figures and not re.search(rf"\b{facts.present} of (?:the )?{facts.of}\b", sentence):
        return "it has a number without its denominator"
    if found := NEVER_SAID.search(bare):
        return f"it compares or explains: “{found.group()}”"
    if named := [other for other in facts.others if other.lower() in sentence.lower()]:
        return f"it names another theme: {named[0]}"
    known = " ".join((facts.label, *facts.quotes)).lower()
    if strange := [w for w in re.findall(r"(?<=[a-z,;] )[A-Z][\w’']+", bare) if w.lower() not in known]:
        return f"it names something that is not in the facts: {strange[0]}"
    return None


def is_one_sentence(text: str, longest: int = LONGEST) -> bool:
    """Whether a text is one sentence of a fair length."""
    right_length = SHORTEST <= len(text.split()) <= longest
    return right_length and text.endswith(".") and not re.search(r"[.!?]\s+[A-Z]", text[:-1])


def with_prose(briefing: Briefing, ask: Callable[[str], str]) -> tuple[Briefing, list[str]]:
    """The briefing with a drafted sentence in each headline theme that has a sound one, and why the others have none.

    Args:
        briefing: written from templates alone.
        ask: takes the facts as text and returns a model's sentence; may raise whatever a request raises.
    """
    counts = {t.theme: t for t in briefing.facts.themes}
    drafted: dict[str, Sentence] = {}
    refused = []
    for theme in briefing.facts.headline:
        facts = facts_of(briefing, counts[theme])
        sentence = " ".join(ask(facts.prompt).split())
        if why := wrong_with(sentence, facts):
            refused.append(f"{facts.label}: the drafted sentence was not printed, because {why}.")
        else:
            drafted[theme] = Sentence(
                text=f"{sentence} {MARK}", documents=counts[theme].documents, ref=f"evidence.{theme}"
            )
    parts = tuple(_with(part, drafted) for part in briefing.parts)
    return briefing.model_copy(update={"parts": parts}), refused


def _with(part: Part, drafted: dict[str, Sentence]) -> Part:
    sentence = drafted.get(part.id.removeprefix("theme."))
    if sentence is None or not part.id.startswith("theme.") or not part.paragraphs:
        return part
    lead: Sequence[Paragraph] = (part.paragraphs[0], Paragraph(sentences=(sentence,)))
    return part.model_copy(update={"paragraphs": (*lead, *part.paragraphs[1:])})
