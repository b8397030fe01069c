"""Whether a document is new, or repeats one that is known: the same words, a corrected re-issue, or a part of it."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scr_llm.records import Document, Fingerprint, Reading
from scr_llm.text.flow import Flow, sentences
from scr_llm.text.normalise import normalise

RelationKind = Literal["same", "reissue", "within", "contains"]
"""How a new document relates to an older one.

same: the same words. reissue: most of the words of both are the same. within: it is part of the older one.
contains: the older one is part of it."""

MOST = 0.8
"""Share of a document's letters, in sentences that both have, at which it counts as the same text."""
_LEAST_LETTERS = 25
"""Letters that a sentence needs to distinguish documents; shorter sentences occur everywhere."""
_SHOWN = 6
"""Number of differing passages that are listed in a reason."""


@dataclass(frozen=True)
class TextFingerprint:
    """A document's sentences, for comparison."""

    document: Document
    passages: tuple[tuple[str, str, int], ...]
    """Each sentence: its letters and digits only, its readable text, and its page."""

    @classmethod
    def of(cls, document: Document, reading: Reading) -> "TextFingerprint":
        """The fingerprint of a reading."""
        found = [(_bare(s.text), s.text, s.page) for s in sentences(Flow.of(reading))]
        return cls(document, tuple(p for p in found if p[0]))

    @cached_property
    def whole(self) -> str:
        """All its letters and digits."""
        return "".join(bare for bare, _, _ in self.passages)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The sentences that are long enough to distinguish documents."""
        return frozenset(bare for bare, _, _ in self.passages if len(bare) >= _LEAST_LETTERS)

    def stored(self, made_of: str) -> Fingerprint:
        """The same as hashes, by which documents to compare are found. `made_of` is as in `Fingerprint`."""
        return Fingerprint(
            document_id=self.document.id,
            made_of=made_of,
            whole=hashlib.sha256(self.whole.encode()).hexdigest() if self.whole else "",
            letters=sum(map(len, self.telling)),
            sentences={_hash(bare): len(bare) for bare in self.telling},
        )


@dataclass(frozen=True)
class Relation:
    """How a new document relates to an older one."""

    kind: RelationKind
    older: Document
    detail: str
    """In words: pages, or the passages that differ."""


def compare(new: TextFingerprint, older: Iterable[TextFingerprint]) -> Relation | None:
    """How a new document relates to the first older one that it repeats in whole or in part; None if it is new."""
    for old in older:
        if new.whole and new.whole == old.whole:
            return Relation("same", old.document, "the same words")
        shared = sum(map(len, new.telling & old.telling))
        of_new, of_old = (shared / (sum(map(len, each.telling)) or 1) for each in (new, old))
        if of_new >= MOST and of_old >= MOST:
            return Relation("reissue", old.document, _differences(old, new))
        if of_new >= MOST:
            return Relation("within", old.document, _pages(old, new.telling))
        if of_old >= MOST:
            return Relation("contains", old.document, _pages(new, old.telling))
    return None


def _bare(text: str) -> str:
    """Letters and digits only, so that spacing, punctuation and hyphenation make no difference."""
    return "".join(c for c in normalise(text).text.lower() if c.isalnum())


def _hash(bare: str) -> int:
    """A sentence as a number of 64 bits with a sign, as databases hold them."""
    return int.from_bytes(hashlib.blake2b(bare.encode(), digest_size=8).digest(), signed=True)


def _pages(host: TextFingerprint, guest: frozenset[str]) -> str:
    """The pages of one document on which sentences of another are found."""
    pages = sorted({page for bare, _, page in host.passages if bare in guest})
    return f"pages {pages[0]}–{pages[-1]}" if pages[0] != pages[-1] else f"page {pages[0]}"


def _differences(old: TextFingerprint, new: TextFingerprint) -> str:
    """The passages that differ, as each document has them."""
    matcher = difflib.SequenceMatcher(None, [p[0] for p in old.passages], [p[0] for p in new.passages], autojunk=False)
    changes = [c for c in matcher.get_opcodes() if c[0] != "equal"]
    shown = []
    for _, old_start, old_end, new_start, new_end in changes[:_SHOWN]:
        before, after = old.passages[old_start:old_end], new.passages[new_start:new_end]
        page = (after or before)[0][2]
        shown.append(f"page {page}: {_change(' '.join(p[1] for p in before), ' '.join(p[1] for p in after))}")
    passages = "passage differs" if len(changes) == 1 else "passages differ"
    more = f"; and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
    return f"{len(changes)} {passages}: {'; '.join(shown)}{more}"


def _change(before: str, after: str) -> str:
    if not after:
        return f"gone: “{_short(before)}”"
    if not before:
        return f"new: “{_short(after)}”"
    return f"“{_short(before)}” is now “{_short(after)}”"


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"
