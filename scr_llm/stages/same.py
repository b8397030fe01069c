"""Is a document one that we have: the same words, a corrected re-issue, a summary of which the report is here too, or new?"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scr_llm.records import Document, Reading
from scr_llm.text.flow import Flow, sentences
from scr_llm.text.normalise import normalise

Kind = Literal["same", "reissue", "within", "contains"]
"""Of a new document against an older one: the same words; most of both the same; inside the older; with the older inside."""

_MOST = 0.8
"""Share of a document's letters, in sentences that both have, from which it counts as the same text."""
_LEAST_LETTERS = 25
"""Letters of a sentence from which it tells documents apart; shorter ones stand everywhere."""
_SHOWN = 6
"""Differing passages that a reason prints."""


@dataclass(frozen=True)
class Print:
    """A document's sentences, for comparing."""

    document: Document
    passages: tuple[tuple[str, str, int], ...]
    """Letters and digits only, as a person reads it, page."""

    @classmethod
    def of(cls, document: Document, reading: Reading) -> "Print":
        """Of a reading."""
        found = [(_bare(s.text), s.text, s.page) for s in sentences(Flow.of(reading))]
        return cls(document, tuple(p for p in found if p[0]))

    @cached_property
    def whole(self) -> str:
        """All its letters."""
        return "".join(bare for bare, _, _ in self.passages)

    @cached_property
    def telling(self) -> frozenset[str]:
        """Sentences that are long enough to tell documents apart."""
        return frozenset(bare for bare, _, _ in self.passages if len(bare) >= _LEAST_LETTERS)


@dataclass(frozen=True)
class Relation:
    """How a new document stands to an older one."""

    kind: Kind
    older: Document
    detail: str
    """In words for a person: pages, or the passages that differ."""


def compare(new: Print, older: Iterable[Print]) -> Relation | None:
    """The first older document that the new one is, wholly or in part; None where it is new."""
    for old in older:
        if new.whole and new.whole == old.whole:
            return Relation("same", old.document, "the same words")
        shared = sum(map(len, new.telling & old.telling))
        of_new, of_old = (shared / (sum(map(len, each.telling)) or 1) for each in (new, old))
        if of_new >= _MOST and of_old >= _MOST:
            return Relation("reissue", old.document, _differences(old, new))
        if of_new >= _MOST:
            return Relation("within", old.document, _pages(old, new.telling))
        if of_old >= _MOST:
            return Relation("contains", old.document, _pages(new, old.telling))
    return None


def _bare(text: str) -> str:
    return "".join(c for c in normalise(text).text.lower() if c.isalnum())


def _pages(host: Print, guest: frozenset[str]) -> str:
    pages = sorted({page for bare, _, page in host.passages if bare in guest})
    return f"pages {pages[0]}–{pages[-1]}" if pages[0] != pages[-1] else f"page {pages[0]}"


def _differences(old: Print, new: Print) -> str:
    """The passages that differ, as they stand in each."""
    matcher = difflib.SequenceMatcher(None, [p[0] for p in old.passages], [p[0] for p in new.passages], autojunk=False)
    changes = [c for c in matcher.get_opcodes() if c[0] != "equal"]
    shown = []
    for _, a, b, c, d in changes[:_SHOWN]:
        was = " ".join(p[1] for p in old.passages[a:b])
        now = " ".join(p[1] for p in new.passages[c:d])
        page = (new.passages[c:d] or old.passages[a:b])[0][2]
        shown.append(
            f"page {page}: "
            + (
                f"“{_short(was)}” is now “{_short(now)}”"
                if was and now
                else f"new: “{_short(now)}”"
                if now
                else f"gone: “{_short(was)}”"
            )
        )
    more = len(changes) - _SHOWN
    return (
        f"{len(changes)} {'passage differs' if len(changes) == 1 else 'passages differ'}: "
        + "; ".join(shown)
        + (f"; and {more} more" if more > 0 else "")
    )


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"
