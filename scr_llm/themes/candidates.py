"""Findings that match no theme, grouped and offered as candidate themes; and faults in a codebook.

A person decides whether to adopt a candidate.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.records import Code, Codebook, CodebookChange, Coding, Item
from scr_llm.stages.code.embedded import NO_EVIDENCE, shipped
from scr_llm.stages.code.passage import Passage as Scored
from scr_llm.stages.decisions import current, decided_by_document
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.text.flow import readable
from scr_llm.text.places import overlap
from scr_llm.text.words import capital, count
from scr_llm.themes.changes import Edit, new_code, take
from scr_llm.themes.telling import telling, why_silent

FEWEST_SHARED = 2
"""Rare words that any two findings of a group share."""
ALIKE = 90
"""Similarity of two labels or definitions, from 0 to 100, at which they are reported as near-duplicates."""
FEWEST_WORDS = 5
"""Words that a definition needs for a reader to be able to apply it."""
CLOSE_TO_A_THEME = 1.0
"""Log odds from which a sentence is about an existing theme, by the embedded coder."""
LONGEST_NAME = 16
"""Words of a group's name, at most."""
_COMMON = """
finding findings review reviews child children agency agencies service services should would could there their
which where when were have been with that this from they what about than then into after before more most
some only other each every between during while because being also such well made make over under very same
both said says tell tells told asked asks whom whose who someone somebody nobody anyone anybody something know
known knew need needs needed take taken took given give gave look looked looking seen like learn learned learning
panel author mother father parent parents family families people person professional professionals practitioner
practitioners worker workers staff them those these does done once twice often first last next three four five
days weeks week years year month months time times night morning evening case cases part place thing things
"""
"""Words that say nothing about the subject of a finding."""
_BEGINS_A_CLAUSE = frozenset(["when", "where", "while", "if", "as", "although", "from", "what", "how"])
"""First words of a sentence whose first clause does not say what the sentence is about."""
_COMMON_WORDS = frozenset(_COMMON.split())


@dataclass(frozen=True)
class Passage:
    """A finding that matches no theme."""

    label: str
    """Of the review: authority and pseudonym, or the file name."""
    file: str
    page: int
    text: str
    document_id: str = ""
    """Of the review."""
    key: str = ""
    """Of the finding's cell."""


@dataclass(frozen=True)
class Candidate:
    """Findings on the same thing, which could make a theme."""

    words: tuple[str, ...]
    """Words that its findings share and few others use, the most common first; those of a single finding otherwise."""
    passages: tuple[Passage, ...]
    name: str = ""
    """In the review's own words, shortened; or the label of the theme that it is close to."""
    near: str = ""
    """Id of the existing theme that it is about, which the coder did not propose for these words; empty if none."""
    nearest: str = ""
    """Label of the existing theme that a group about none is nearest to; empty if nothing was learned of any."""

    @property
    def reviews(self) -> int:
        """The number of reviews in which they are found."""
        return len({p.file for p in self.passages})


@dataclass(frozen=True)
class Suggestions:
    """What becomes of the findings that match no theme."""

    new: tuple[Candidate, ...]
    """Groups that are about no existing theme; those found in the most reviews come first."""
    near: tuple[Candidate, ...]
    """Findings that are about an existing theme, a group for each."""
    silent: tuple[tuple[Passage, str], ...]
    """Findings that tell nothing a theme could be made of, each with the reason in words."""
    findings: int
    """All findings of the project."""

    @property
    def groups(self) -> tuple[Candidate, ...]:
        """All groups, in the order in which they are numbered: those close to no theme first."""
        return (*self.new, *self.near)

    @property
    def unmatched(self) -> int:
        """How many findings match no theme."""
        return sum(len(c.passages) for c in self.groups) + len(self.silent)


def suggestions(project: Project) -> Suggestions:
    """The findings that match no theme: candidates for new themes, those close to a theme, and those that tell nothing.

    A finding whose every sentence praises, denies, asks, states a rule, or says only whether the harm could have been
    foreseen is no candidate.
    """
    passages, total = _unmatched(project)
    codes = {code.id: code for code in load_codebook(project.codebook_path).codes}
    reasons = [(p, why_silent(p.text)) for p in passages]
    silent = [(p, why) for p, why in reasons if why]
    told = [p for p, why in reasons if not why]
    nearest = [_nearest(p.text, codes) for p in told]
    about = [theme if score >= CLOSE_TO_A_THEME else "" for score, theme in nearest]
    by_theme = defaultdict[str, list[Passage]](list)
    for passage, theme in zip(told, about, strict=True):
        by_theme[theme].append(passage)
    near = [Candidate((), tuple(by_theme[i]), codes[i].label, i) for i in codes if i in by_theme]
    return Suggestions(
        new=tuple(_new([(p, n[1]) for p, n, theme in zip(told, nearest, about, strict=True) if not theme], codes)),
        near=tuple(near),
        silent=tuple(silent),
        findings=total,
    )


def _nearest(text: str, codes: dict[str, Code]) -> tuple[float, str]:
    """The theme that the telling sentences of a finding are most about, with its log odds; empty if none is known."""
    weights = shipped()
    places = {o.removeprefix("about:"): at for at, o in enumerate(weights.outputs) if o.startswith("about:")}
    known = [(at, theme) for theme, at in places.items() if theme in codes]
    rows = [weights.scores(Scored(sentence, section="findings")) for sentence in telling(text)]
    return max(((float(row[at]), theme) for row in rows for at, theme in known), default=(NO_EVIDENCE, ""))


def _new(found: Sequence[tuple[Passage, str]], codes: dict[str, Code]) -> list[Candidate]:
    """Findings grouped by the rare words that they share. Each comes with the theme that it is nearest to."""
    passages = [passage for passage, _ in found]
    stems = [_stems(" ".join(telling(p.text))) for p in passages]
    spread = Counter(stem for own in stems for stem in own)
    rare = [[stem for stem in own if spread[stem] <= max(3, len(passages) // 4)] for own in stems]
    groups = []
    for members in _grouped([set(own) for own in rare]):
        words = Counter(stem for at in members for stem in rare[at])
        shared = tuple(word for word, n in words.most_common(4) if n > 1 or len(members) == 1)
        central = max(members, key=lambda at: sum(words[stem] > 1 for stem in rare[at]))
        name, theme = _name(passages[central].text), codes.get(found[central][1])
        own = tuple(passages[at] for at in members)
        groups.append(Candidate(shared, own, name, nearest=theme.label if theme else ""))
    return sorted(groups, key=lambda c: (-c.reviews, -len(c.passages)))


def _name(text: str) -> str:
    """The first telling sentence of a finding, cut short at a comma, or where it is too long for a name."""
    sentence = telling(text)[0].rstrip(". ")
    words = sentence.split()
    if len(words) <= LONGEST_NAME:
        return capital(sentence)
    ends = [at for at in range(6, LONGEST_NAME + 1) if words[at - 1][-1] in ",;:"]
    if words[0].lower() in _BEGINS_A_CLAUSE:
        ends = []
    kept = " ".join(words[: ends[-1] if ends else LONGEST_NAME]).rstrip(",;:")
    return f"{capital(kept)} …"


def _grouped(rare: list[set[str]]) -> list[list[int]]:
    """Positions grouped so that any two of a group share enough rare words.

    A chain of findings in which each shares words only with the next would be about nothing in common.
    """
    groups: list[list[int]] = []
    # Word to the groups whose first finding has it, one bit each: only these are looked at, not every group.
    begun = defaultdict[str, int](int)
    for at, own in enumerate(rare):
        fitting = (
            g
            for g in map(groups.__getitem__, _bits(_shared(begun[word] for word in own if word in begun)))
            if all(len(own & rare[other]) >= FEWEST_SHARED for other in g)
        )
        if (group := next(fitting, None)) is not None:
            group.append(at)
            continue
        for word in own:
            begun[word] |= 1 << len(groups)
        groups.append([at])
    return groups


def _shared(sets: Iterable[int]) -> int:
    """The bits that `FEWEST_SHARED` of the sets or more have."""
    at_least = [0] * FEWEST_SHARED
    for one in sets:
        for times in range(FEWEST_SHARED - 1, 0, -1):
            at_least[times] |= at_least[times - 1] & one
        at_least[0] |= one
    return at_least[-1]


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def _unmatched(project: Project) -> tuple[list[Passage], int]:
    found, total = [], 0
    with Store(project.database) as store:
        decided = decided_by_document(store.decisions())
        for document in store.documents():
            if document.status != "coded" or not (proposed := store.coding(document.id)):
                continue
            coding = current(proposed, decided.get(document.id, {}))
            label = case_label(coding.case, document)
            total += len(coding.findings)
            found += [
                Passage(label, document.file, item.page, readable(item.text), document.id, item.id)
                for item in coding.findings
                if not _matches_a_theme(item, coding)
            ]
    return found, total


def _matches_a_theme(item: Item, coding: Coding) -> bool:
    """Whether the evidence of any theme overlaps the words of a finding."""
    quotes = [e for theme in coding.themes if theme.value != "not_mentioned" for e in theme.evidence]
    return any(overlap(e, own) for e in quotes for own in item.evidence)


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


def adopt(
    project: Project,
    candidate: Candidate,
    code: str,
    label: str,
    definition: str,
    who: str,
    reason: str = "",
    role: str = "",
    wordings: Sequence[str] = (),
    seen: str | None = None,
) -> CodebookChange:
    """Add a candidate to the project's codebook, with its origin. The next run codes it in every review.

    Raises:
        ChangedFileError: the codebook is no longer the one whose hash is `seen`.
        UsageError: the id is taken or not allowed, or an argument is missing.
    """
    edit = adopt_edit(project, candidate, code, label, definition, who, wordings)
    reason = reason or f"Adopted from {count(len(candidate.passages), 'finding')} that match no theme"
    return take(project, edit, act="added", reason=reason, who=who, role=role, seen=seen)


def adopt_edit(
    project: Project,
    candidate: Candidate,
    code: str,
    label: str,
    definition: str,
    who: str,
    wordings: Sequence[str] = (),
) -> Edit:
    """The edit that adds a candidate.

    Raises:
        UsageError: the id is taken or not allowed, or an argument is missing.
    """
    if not (label.strip() and definition.strip() and who.strip()):
        raise UsageError(
            "a new code needs a label, a definition and the name of the person who adopts it.",
            next_step="Give them all (on the command line --label, --definition and --name).",
        )
    if code in {c.id for c in load_codebook(project.codebook_path).codes} or not re.fullmatch(
        r"[a-z][a-z0-9_]{2,40}", code
    ):
        raise UsageError(
            f"the id {code!r} is taken or not allowed.",
            next_step="Use lower-case letters, digits and underscores.",
        )
    origin = "; ".join(f"{p.label}, page {p.page}" for p in candidate.passages)
    return new_code(
        {
            "id": code,
            "label": label.strip(),
            "definition": definition.strip(),
            "include": [f"Adopted by {who} on {date.today().isoformat()} from: {origin}"],
            # One word alone would find far too much; a person gives the phrases.
            "wordings": list(wordings) or [label.strip()],
        }
    )
