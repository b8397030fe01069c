"""A fact with the words it rests on, and the patterns that tell whose fact it is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from scr_llm.records import DraftQuote
from scr_llm.text.flow import Sentence

EACH = r"(?P<who>boy|girl|son|daughter|brother|sister)"
"""One of several children, as a sentence calls it."""
OTHERS = re.compile(
    r"\b(?:mother|father|parents?|sisters?|brothers?|siblings?|partner|aunt|uncle|grand\w+|cousin|friend|"
    r"M(?:r|s|rs|iss) [A-Z]\w*|Mother|Father|(?:elder|older|eldest|other) (?:child|boy|girl|son|daughter))\b"
)
"""Somebody other than the child."""
HAPPENED = re.compile(
    r"\b(?:died|dead|dies|death|killed|murdered|murder|manslaughter|lifeless|collapsed|convicted|coroner|inquest|"
    r"pathologist|post[- ]mortem|lost (?:his|her) life|own li(?:fe|ves)|own hand|"
    r"(?:was|were) (?:\w+ ){0,3}(?:found|injured|hurt|admitted|carried|taken|beaten|abused|assaulted)|"
    r"seriously (?:harmed|injured)|disclosed|told|suffered|swallow\w*|drank|asleep|drowned|abuse[ds]?|injur\w+)\b"
)
"""Words of a sentence that may tell what happened to the child."""

OPENING_SENTENCES = 60
"""Sentences at the start of a review in which its child is introduced."""
FIRST_SENTENCES = 12
"""Sentences at the very start, which are about the child even where they do not name it."""


class StatedFact(NamedTuple):
    """A fact with the words it rests on."""

    value: str
    words: str
    page: int


def keep(name: str, fact: StatedFact | None, quotes: dict[str, DraftQuote]) -> str | None:
    """The value of a fact, its words added to the quotes under the fact's name; None where nothing is stated."""
    if fact is None:
        return None
    quotes[name] = DraftQuote(text=fact.words, page=fact.page)
    return fact.value


def opening_of(body: list[Sentence]) -> list[Sentence]:
    """The sentences that introduce the child; one that asks "whether" states nothing."""
    return [s for s in body[:OPENING_SENTENCES] if not re.search(r"\bwhether\b", s.text)]


def about_the_child(body: list[Sentence], names: list[str]) -> Iterator[tuple[Sentence, bool]]:
    """Sentences of the opening, each with whether it names the child; those that do come first."""
    opening = opening_of(body)
    named = [s for s in opening if any(re.search(rf"\b{name}\b", s.text) for name in names)]
    yield from ((s, True) for s in named)
    yield from ((s, False) for s in opening[:FIRST_SENTENCES] if s not in named)
