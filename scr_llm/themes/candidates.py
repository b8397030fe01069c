"""Findings that match no theme, grouped and offered as candidate themes; and faults in a codebook.

A person decides whether to adopt a candidate.
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from scr_llm.codebook import edit_codebook, load_codebook
from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.records import Code, Codebook, Coding, Evidence, Item
from scr_llm.stages.decisions import current, decided_by_document
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.text.flow import readable

FEWEST_SHARED = 2
"""Rare words that two findings must share to be grouped."""
ALIKE = 90
"""Similarity of two labels or definitions, from 0 to 100, at which they are reported as near-duplicates."""
FEWEST_WORDS = 5
"""Words that a definition needs for a reader to be able to apply it."""
_COMMON = """
finding findings review child children agency agencies service services should would could there their
which where when were have been with that this from they what about than then into after before more most
some only other each every between during while because being also such well made make over under very same
both
"""
"""Words that say nothing about the subject of a finding."""
_COMMON_WORDS = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Passage:
    """A finding that matches no theme."""

    label: str
    """Of the review: authority and pseudonym, or the file name."""
    file: str
    page: int
    text: str


@dataclass(frozen=True)
class Candidate:
    """Findings that share words which few of the others use."""

    words: tuple[str, ...]
    """The words that they share, the most common first."""
    passages: tuple[Passage, ...]

    @property
    def reviews(self) -> int:
        """The number of reviews in which they are found."""
        return len({p.file for p in self.passages})


def candidates(project: Project) -> tuple[list[Candidate], int]:
    """Groups of findings that match no theme, and the number of all findings.

    The groups found in the most reviews come first, and findings that share nothing with others come last.
    """
    passages, total = _unmatched(project)
    stems = [_stems(p.text) for p in passages]
    spread = Counter(stem for own in stems for stem in own)
    rare = [[stem for stem in own if spread[stem] <= max(3, len(passages) // 4)] for own in stems]
    found = []
    for members in _grouped([set(own) for own in rare]):
        words = Counter(stem for at in members for stem in rare[at])
        shared = tuple(word for word, n in words.most_common(4) if n > 1 or len(members) == 1)
        found.append(Candidate(shared, tuple(passages[at] for at in members)))
    return sorted(found, key=lambda c: (-c.reviews, -len(c.passages))), total


def _grouped(rare: list[set[str]]) -> list[list[int]]:
    """Positions grouped so that each shares enough rare words with some other of its group."""
    group = list(range(len(rare)))
    for a, b in itertools.combinations(range(len(rare)), 2):
        if len(rare[a] & rare[b]) >= FEWEST_SHARED:
            one, other = group[a], group[b]
            group = [one if g == other else g for g in group]
    return [[at for at, own in enumerate(group) if own == g] for g in dict.fromkeys(group)]


def _unmatched(project: Project) -> tuple[list[Passage], int]:
    found, total = [], 0
    with Store(project.store_path) as store:
        decided = decided_by_document(store.decisions())
        for document in store.documents():
            if document.status != "coded" or not (proposed := store.coding(document.id)):
                continue
            coding = current(proposed, decided.get(document.id, {}))
            label = case_label(coding.case, document)
            total += len(coding.findings)
            found += [
                Passage(label, document.file, item.page, readable(item.text))
                for item in coding.findings
                if not _matches_a_theme(item, coding)
            ]
    return found, total


def _matches_a_theme(item: Item, coding: Coding) -> bool:
    """Whether the evidence of any theme overlaps the words of a finding."""
    quotes = [e for theme in coding.themes if theme.value != "not_mentioned" for e in theme.evidence]
    return any(_overlap(e, own) for e in quotes for own in item.evidence)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.page == other.page and one.start < other.end and other.start < one.end


def _stems(text: str) -> tuple[str, ...]:
    """The words of a text without common endings, so that "record" and "recording" count as one.

    Each is given once and in the order of the text, so that the same findings always share the same words.
    """
    words = (word for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in _COMMON_WORDS)
    return tuple(dict.fromkeys(re.sub(r"(?:ing|ed|es|s|ly)$", "", word) for word in words))


def faults(book: Codebook) -> list[str]:
    """What is wrong with a codebook: labels that join two things, near-duplicates, definitions that are too short."""
    joined = [
        f"{c.id}: its label joins two things with “and”; could it be two codes?"
        for c in book.codes
        if re.search(r"\band\b", c.label)
    ]
    alike = [
        f"{a.id} and {b.id} have similar wording; do they mean different things?"
        for a, b in itertools.combinations(book.codes, 2)
        if _similarity(a, b) >= ALIKE
    ]
    short = [
        f"{c.id}: its definition is too short for a reader to apply."
        for c in book.codes
        if len(c.definition.split()) < FEWEST_WORDS
    ]
    return joined + alike + short


def _similarity(one: Code, other: Code) -> float:
    """From 0 to 100, by labels or by definitions, whichever are more alike."""
    labels = fuzz.token_set_ratio(one.label.lower(), other.label.lower())
    return max(labels, fuzz.token_sort_ratio(one.definition.lower(), other.definition.lower()))


def adopt(project: Project, candidate: Candidate, code: str, label: str, definition: str, who: str) -> None:
    """Add a candidate to the project's codebook, with its origin. The next run codes it in every review.

    Raises:
        UsageError: the id is taken or not allowed, or an argument is missing.
    """
    if not (label.strip() and definition.strip() and who.strip()):
        raise UsageError(
            "a new code needs a label, a definition and the name of the person who adopts it.",
            next_step="Give --label, --definition and --name.",
        )
    if code in {c.id for c in load_codebook(project.codebook_path).codes} or not re.fullmatch(
        r"[a-z][a-z0-9_]{2,40}", code
    ):
        raise UsageError(
            f"the id {code!r} is taken or not allowed.",
            next_step="Use lower-case letters, digits and underscores.",
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
