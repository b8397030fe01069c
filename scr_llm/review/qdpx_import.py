"""Codings that a person made in another program, as that person's decisions. Every quote is grounded again.

What does not ground, what belongs to no theme and what is in no document of this project is listed, and nothing else
of it is taken.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scr_llm.errors import RefusedError, UsageError
from scr_llm.records import Codebook, Decision, Document, Evidence, ThemeValue
from scr_llm.render.qdpx import name_of, whole_text
from scr_llm.render.refi import GROUPS, ITEMS, code_guid, guid
from scr_llm.render.sources import OURS, Meaning
from scr_llm.review.cells import Reviewer
from scr_llm.review.qdpx_file import GivenCode, GivenCoding, GivenDocument, GivenProject, read_qdpx
from scr_llm.review.qdpx_places import Placing
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key
from scr_llm.text.flow import readable
from scr_llm.text.typed import LONGEST_REASON, plain
from scr_llm.text.words import VALUES, count

_SHOWN = 70
"""Characters of a quote in a message."""


@dataclass(frozen=True)
class Aim:
    """What a code of the file means here."""

    theme: str
    meaning: Meaning
    sub_theme: str = ""


@dataclass
class Found:
    """What a file would decide. Nothing is decided yet."""

    decisions: list[tuple[Decision, int]] = field(default_factory=list)
    """Each with the number of the last decision on its cell."""
    same: int = 0
    """Cells that the rater had decided just so before."""
    not_taken: list[str] = field(default_factory=list)
    """What is not taken, and why, one line each."""
    user: str = ""
    """Whose codings they are, by the name in the file."""


@dataclass
class _Cell:
    """What is coded in one cell."""

    values: set[ThemeValue] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)
    praise: list[Evidence] = field(default_factory=list)
    sub_themes: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    broken: bool = False
    """Whether a quote of it was refused."""


def read_codings(
    session: ReviewSession,
    path: Path,
    *,
    name: str,
    role: str,
    user: str = "",
    assisted: bool = False,
    complete: bool = False,
) -> Found:
    """What a QDPX file would decide for a rater.

    Args:
        session: the project's cells.
        path: the file.
        name: name of the rater.
        role: role of the rater.
        user: whose codings to take, where several people have coded in the file.
        assisted: take them although the rater may have seen the coder's or other people's codings. They are then
            ordinary decisions, not those of a blind second reviewer.
        complete: whether the rater looked for every theme of the file in every document: a theme that they did not
            code there, they did not find.

    Raises:
        UsageError: it is not a QDPX file, several people have coded in it, or others' codings were in view.
    """
    given = read_qdpx(path)
    chosen = _chosen(given, user)
    seen = {c.user for d in given.documents for c in d.codings} - {chosen}
    if seen and not assisted:
        raise UsageError(
            f"{path.name} also holds codings by {', '.join(sorted(seen))}, which {chosen} may have seen.",
            next_step="Take them as ordinary decisions with --assisted. A second reviewer needs a file without them.",
        )
    return _Import(session, Reviewer(name, role, blind=not assisted), given, chosen).found(complete=complete)


def take_codings(session: ReviewSession, found: Found) -> list[str]:
    """Make the decisions, all in one transaction. Returns what could not be decided after all, one line each."""
    conflicts = session.decide_together(found.decisions)
    return [
        f"{_where(session, (d.document_id, d.theme))}: {error}"
        for (d, _), error in zip(found.decisions, conflicts, strict=True)
        if error
    ]


def summary(session: ReviewSession, found: Found) -> list[str]:
    """Each decision in one line."""
    return [
        f"{_where(session, (d.document_id, d.theme))}: {VALUES[d.value].lower()}"
        + (f", {count(len(d.evidence), 'quote')}" if d.evidence else "")
        for d, _ in found.decisions
    ]


def _where(session: ReviewSession, key: Key) -> str:
    return f"{session.documents[key[0]].file}, {session.codes[key[1]].label}"


def _chosen(given: GivenProject, user: str) -> str:
    """Whose codings are taken: the one person's in the file, or the one that was named."""
    people = sorted({c.user for d in given.documents for c in d.codings if not c.user.startswith(OURS)})
    if user and user not in people:
        raise UsageError(f"nobody called {user} has coded in this file.", next_step=f"There are: {', '.join(people)}.")
    if not people:
        raise UsageError("no person has coded anything in this file.", next_step="Choose another file.")
    if not user and len(people) > 1:
        raise UsageError(
            f"{len(people)} people have coded in this file: {', '.join(people)}.",
            next_step="Choose one of them with --user.",
        )
    return user or people[0]


class _Import:
    """One person's codings on their way in."""

    def __init__(self, session: ReviewSession, who: Reviewer, given: GivenProject, user: str) -> None:
        self._session, self._who, self._given = session, who, given
        self._aims = aims(session.codebook, given.codes)
        self._names = {code.guid: code.name for code in given.codes}
        self._found = Found(user=user)
        self._cells: dict[Key, _Cell] = defaultdict(_Cell)

    def found(self, *, complete: bool) -> Found:
        for given in self._given.documents:
            own = [c for c in given.codings if c.user == self._found.user]
            if not own:
                continue
            document = self._document(given)
            if document is None:
                continue
            self._take(document, given, own)
            if complete:
                self._not_found(document)
            if given.only_rectangles:
                self._leave(
                    f"{document.file}: {given.only_rectangles} passages marked by a rectangle only, without text"
                )
        for key, cell in self._cells.items():
            self._decide(key, cell)
        return self._found

    def _leave(self, line: str) -> None:
        if line not in self._found.not_taken:
            self._found.not_taken.append(line)

    def _document(self, given: GivenDocument) -> Document | None:
        """The document of this project that one of the file is: the same PDF, or the same name and text."""
        for document in self._session.documents.values():
            if given.sha256 and given.sha256 == document.sha256:
                return document
        stem = _stem(given.name)
        named = [d for d in self._session.documents.values() if stem in (_stem(d.file), _stem(name_of(d.file)))]
        for document in named:
            text = "".join(page.text for page in self._session.reading(document.id).pages)
            if given.text is not None and _letters(given.text) == _letters(text):
                return document
        why = "its text differs from that of the review with this name" if named else "it is not in this project"
        self._leave(f"{given.name or 'a document without a name'}: {why}")
        return None

    def _take(self, document: Document, given: GivenDocument, own: Sequence[GivenCoding]) -> None:
        reading = self._session.reading(document.id)
        placing = Placing(reading, given.text, whole_text(page.text for page in reading.pages))
        for coding in own:
            aim = self._aims.get(coding.code)
            if aim is None:
                self._leave(self._unknown(coding.code))
                continue
            cell = self._cells[document.id, aim.theme]
            cell.notes += [note for note in coding.notes if note not in cell.notes]
            if aim.sub_theme:
                cell.sub_themes.add(aim.sub_theme)
            if coding.start is None:
                if not aim.sub_theme:
                    cell.values.add(_value(aim.meaning))
                continue
            evidence, why = placing.evidence(coding, aim.theme)
            if why:
                cell.broken = True
                words = readable(placing.words(coding))[:_SHOWN]
                self._leave(f"{document.file}, “{words}” ({self._session.codes[aim.theme].label}): {why}")
            elif aim.meaning == "good_practice":
                flagged = (e.model_copy(update={"flags": (*e.flags, "good_practice")}) for e in evidence)
                cell.praise += [e for e in flagged if e not in cell.praise]
            else:
                cell.values.add(_value(aim.meaning))
                cell.evidence += [e for e in evidence if e not in cell.evidence]

    def _unknown(self, code: str) -> str:
        name = self._names.get(code, code)
        if code in {code_guid("", meaning) for meaning in ITEMS}:
            return f"what is coded as “{name}”: findings and recommendations are decided here"
        return f"the code “{name}” is no theme of this codebook"

    def _not_found(self, document: Document) -> None:
        """What was not coded in a document that was looked through for every theme."""
        for theme in {aim.theme for aim in self._aims.values()}:
            cell = self._cells[document.id, theme]
            if not cell.values and not cell.broken:
                cell.values.add("not_mentioned")

    def _decide(self, key: Key, cell: _Cell) -> None:
        where = _where(self._session, key)
        if len(cell.values) != 1:
            both = " and ".join(sorted(VALUES[v].lower() for v in cell.values))
            if both:
                self._leave(f"{where}: it is coded as {both} at once")
            elif not cell.broken:
                self._leave(f"{where}: nothing says whether the theme is present")
            return
        (value,) = cell.values
        standing = self._session.standing(key)
        lane = standing.blind if self._who.blind else standing.first
        if not self._who.blind and (other := standing.counts) and other.author != self._who.name.strip():
            self._leave(f"{where}: {other.author} has decided it here already")
            return
        try:
            decision = self._session.checked(
                self._who,
                *key,
                value,
                evidence=sorted((*cell.evidence, *cell.praise), key=lambda e: (e.page, e.start)),
                sub_themes=[s.id for s in self._session.codes[key[1]].sub_codes if s.id in cell.sub_themes],
                reason=_reason(cell.notes, self._session.codes[key[1]].label),
            )
        except RefusedError as error:
            self._leave(f"{where}: {error}")
            return
        before = next((d for d in reversed(lane) if d.author == decision.author), None)
        if before and _answer(before) == _answer(decision):
            self._found.same += 1
        else:
            self._found.decisions.append((decision, self._session.store.last_on(*key)))


def aims(book: Codebook, codes: Sequence[GivenCode]) -> dict[str, Aim]:
    """What each code of a file means here: by the GUID that we gave it, or by its name. Others are left out."""
    by_guid: dict[str, Aim] = {}
    by_name: dict[str, Aim] = {}
    for code in book.codes:
        by_guid[guid("code", code.id)] = Aim(code.id, "present")
        for name in (code.id, code.label, *code.aliases):
            by_name.setdefault(_spaced(name), Aim(code.id, "present"))
        for sub in code.sub_codes:
            by_guid[guid("code", sub.id)] = by_name[_spaced(f"{code.label}: {sub.label}")] = Aim(
                code.id, "present", sub.id
            )
        for meaning, group in GROUPS.items():
            aim = Aim(code.id, meaning)
            by_guid[code_guid(code.id, meaning)] = by_name[_spaced(f"{group}: {code.label}")] = aim
    found: dict[str, Aim] = {}
    for given in codes:
        aim_of = by_guid.get(given.guid) or by_name.get(_spaced(given.name))
        # A sub-code that was named in the other program, under the theme that it belongs to.
        aim_of = aim_of or by_name.get(_spaced(f"{given.parent}: {given.name}"))
        if aim_of:
            found[given.guid] = aim_of
    return found


def _value(meaning: Meaning) -> ThemeValue:
    return next((v for v in ("explicitly_absent", "not_mentioned", "unclear") if v == meaning), "present")


def _reason(notes: Sequence[str], label: str) -> str:
    """What a person noted on a theme, as the reason of a decision. Of our own notes it is what follows `Why:`."""
    parts = (part for note in notes for part in _OURS_BEGINS.split(note))
    reasons = dict.fromkeys(filter(None, (_noted(part, label) for part in parts)))
    return plain("\n".join(reasons))[:LONGEST_REASON].strip()


_OURS_BEGINS = re.compile(r"\n\n(?=Decided by )")
"""Where our own notes on several themes are joined into one text."""


def _noted(note: str, label: str) -> str:
    if not note.startswith("Decided by "):
        return note
    told, _, why = note.partition("\nWhy: ")
    return why if f": {label}: " in told else ""


def _answer(decision: Decision) -> tuple[object, ...]:
    places = tuple((e.page, e.start, e.end) for e in decision.evidence)
    return decision.value, places, decision.sub_themes, decision.reason


def _stem(name: str) -> str:
    low = _spaced(name)
    return next((low.removesuffix(end) for end in (".pdf", ".txt", ".docx") if low.endswith(end)), low)


def _spaced(name: str) -> str:
    return " ".join(name.split()).casefold()


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).casefold()
