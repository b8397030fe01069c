"""Findings that no code covers, grouped and offered as candidate codes; and what is wrong with a set of codes. A person adopts, or does not."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from scr_llm.codebook import edit_codebook, load_codebook
from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.records import Codebook, Coding, Item
from scr_llm.stages.decisions import current
from scr_llm.store import Store
from scr_llm.text.flow import readable

SHARED = 2
"""Rare words that two findings must share to be grouped."""
ALIKE = 90
"""How alike two labels or definitions are, of 100, to be named as near-duplicates."""
_PLAIN = frozenset(
    [
        "finding",
        "findings",
        "review",
        "child",
        "children",
        "agency",
        "agencies",
        "service",
        "services",
        "should",
        "would",
        "could",
        "there",
        "their",
        "which",
        "where",
        "when",
        "were",
        "have",
        "been",
        "with",
        "that",
        "this",
        "from",
        "they",
        "what",
        "about",
        "than",
        "then",
        "into",
        "after",
        "before",
        "more",
        "most",
        "some",
        "only",
        "other",
        "each",
        "every",
        "between",
        "during",
        "while",
        "because",
        "being",
        "also",
        "such",
        "well",
        "made",
        "make",
        "over",
        "under",
        "very",
        "same",
        "both",
    ]
)


@dataclass(frozen=True)
class Passage:
    """A finding that no code covers."""

    label: str
    """The review's authority and pseudonym."""
    file: str
    page: int
    text: str


@dataclass(frozen=True)
class Candidate:
    """Findings that share words which the others do not use."""

    words: tuple[str, ...]
    """What they share, the commonest first."""
    passages: tuple[Passage, ...]

    @property
    def reviews(self) -> int:
        """In how many reviews they stand."""
        return len({p.file for p in self.passages})


def candidates(project: Project) -> tuple[list[Candidate], int]:
    """Groups of uncovered findings, the widest first, single ones last; and how many findings there are in all."""
    passages, total = _uncovered(project)
    stems = [_stems(p.text) for p in passages]
    spread = Counter(s for own in stems for s in own)
    rare = [{s for s in own if spread[s] <= max(3, len(passages) // 4)} for own in stems]
    group = list(range(len(passages)))
    for a, b in itertools.combinations(range(len(passages)), 2):
        if len(rare[a] & rare[b]) >= SHARED:
            one, other = group[a], group[b]
            group = [one if g == other else g for g in group]
    found = []
    for g in dict.fromkeys(group):
        members = [at for at, own in enumerate(group) if own == g]
        words = Counter(s for at in members for s in rare[at])
        found.append(
            Candidate(
                tuple(w for w, n in words.most_common(4) if n > 1 or len(members) == 1),
                tuple(passages[at] for at in members),
            )
        )
    return sorted(found, key=lambda c: (-c.reviews, -len(c.passages))), total


def _uncovered(project: Project) -> tuple[list[Passage], int]:
    found, total = [], 0
    with Store(project.store_path) as store:
        decisions = store.decisions()
        for document in store.documents():
            if document.status != "coded" or not (draft := store.coding(document.id)):
                continue
            coding = current(draft, decisions)
            label = " ".join(x for x in (coding.case.authority, coding.case.pseudonym) if x) or document.file
            total += len(coding.findings)
            found += [
                Passage(label, document.file, item.page, readable(item.text))
                for item in coding.findings
                if not _covered(item, coding)
            ]
    return found, total


def _covered(item: Item, coding: Coding) -> bool:
    return any(
        e.page == i.page and e.start < i.end and i.start < e.end
        for theme in coding.themes
        if theme.value != "not_mentioned"
        for e in theme.evidence
        for i in item.evidence
    )


def _stems(text: str) -> frozenset[str]:
    words = (w for w in re.findall(r"[a-z]{4,}", text.lower()) if w not in _PLAIN)
    return frozenset(re.sub(r"(?:ing|ed|es|s|ly)$", "", w) for w in words)


def faults(book: Codebook) -> list[str]:
    """What a reader of a codebook would object to: labels that join two things, near-duplicates, codes that nothing tells."""
    told = [
        f"{c.id}: its label joins two things with “and”; can it be two codes?"
        for c in book.codes
        if re.search(r"\band\b", c.label)
    ]
    for a, b in itertools.combinations(book.codes, 2):
        if (
            max(
                fuzz.token_set_ratio(a.label.lower(), b.label.lower()),
                fuzz.token_sort_ratio(a.definition.lower(), b.definition.lower()),
            )
            >= ALIKE
        ):
            told.append(f"{a.id} and {b.id} are worded alike; do they mean two things?")
    return told + [
        f"{c.id}: has no definition that a reader could apply." for c in book.codes if len(c.definition.split()) < 5
    ]


def adopt(project: Project, candidate: Candidate, code: str, label: str, definition: str, who: str) -> None:
    """Enter a candidate into the project's codebook, with where it came from. The next run codes it in every review.

    Raises:
        UsageError: the id is taken or cannot be used, or a word is missing.
    """
    if not (label.strip() and definition.strip() and who.strip()):
        raise UsageError(
            "a code needs a label, a definition and who adopts it.", next_step="Give --label, --definition and --name."
        )
    if code in {c.id for c in load_codebook(project.codebook_path).codes} or not re.fullmatch(
        r"[a-z][a-z0-9_]{2,40}", code
    ):
        raise UsageError(
            f"the id {code!r} is taken or cannot be used.",
            next_step="Write lower-case letters, digits and underscores.",
        )
    origin = "; ".join(f"{p.label}, page {p.page}" for p in candidate.passages)
    new = {
        "id": code,
        "label": label.strip(),
        "definition": definition.strip(),
        "core": False,
        "polarity": "shortcoming",
        "aliases": [],
        "include": [f"Adopted by {who} on {date.today().isoformat()} from: {origin}"],
        "exclude": [],
        "question": "",
        "wordings": [f"{w}*" for w in candidate.words] or [label.strip()],
        "subjects": [],
        "near_misses": [],
    }
    edit_codebook(project.codebook_path, lambda codes: codes.append(new))
