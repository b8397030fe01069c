"""What the pages of the codebook show: one record for each page, which its template calls `p`."""

from dataclasses import dataclass
from typing import ClassVar

from scr_llm.records import Code, CodebookChange
from scr_llm.themes.candidates import Candidate, Passage, Suggestions
from scr_llm.themes.preview import Preview, WordingFound
from scr_llm.web.shown import Shown


@dataclass(frozen=True)
class Field:
    """A field of a code, as a form shows it."""

    name: str
    label: str
    text: str
    """A list has one entry a line."""
    hint: str = ""
    rows: int = 1
    """Lines of the box; 1 for a text of one line."""


@dataclass(frozen=True)
class Entry:
    """A code in the list."""

    code: Code
    present: int
    """In how many reviews it is present now."""
    decided: int
    """How many of its cells are decided and hold."""
    stale: int
    """How many must be decided again."""


@dataclass(frozen=True, kw_only=True)
class CodebookPage(Shown):
    """All codes."""

    template = "codebook.html.j2"
    tab = "/codebook"
    title: str
    version: str
    note: str
    entries: tuple[Entry, ...]
    reviews: int
    faults: tuple[str, ...]
    """What is odd in the codebook; empty for a blind reviewer."""
    taken: str
    """What was just changed, in words; empty if nothing was."""
    outside: bool
    """Whether the file was changed by hand since the last change on record."""


@dataclass(frozen=True, kw_only=True)
class CodePage(Shown):
    """One code, to read and to change."""

    template = "code.html.j2"
    tab = "/codebook"
    code: Code
    seen: str
    """Hash of the file that is shown."""
    fields: tuple[Field, ...]
    """Empty for a blind reviewer."""
    wordings: tuple[WordingFound, ...]
    """Those that are found."""
    idle: tuple[WordingFound, ...]
    """Those that are found in no sentence."""
    looked_at: int
    """Reviews in which the wordings were looked for."""
    reviews: int
    """Reviews in all."""
    others: tuple[Code, ...]
    """Codes that it can be merged with."""
    error: str = ""
    """Why what the person wrote cannot be used; empty if nothing is wrong."""


@dataclass(frozen=True, kw_only=True)
class NewCodePage(Shown):
    """A new code, made of findings that match none."""

    template = "new_code.html.j2"
    tab = "/codebook"
    candidate: Candidate
    key: str
    """Names the candidate in the form."""
    seen: str
    fields: tuple[Field, ...]
    error: str = ""
    """Why what the person wrote cannot be used; empty if nothing is wrong."""


@dataclass(frozen=True, kw_only=True)
class PreviewPage(Shown):
    """What a change would do, before it is taken."""

    template = "codebook_preview.html.j2"
    tab = "/codebook"
    what: str
    """The change in words."""
    preview: Preview
    most: int
    """Reviews that are looked at in one go."""
    effects: tuple[str, ...]
    """What each review shows now and would show after a merge or split, in words."""
    fields: tuple[tuple[str, str], ...]
    """Name and text of each field of the change, sent again when it is taken."""
    back: str

    @property
    def next(self) -> int:
        """How many reviews are looked at when the next ones are asked for; 0 where all were."""
        seen = self.preview.first + self.preview.looked_at
        return min(self.most, self.preview.reviews - seen)


@dataclass(frozen=True)
class Side:
    """A field that two versions say differently; of a list, the lines that only one of them has."""

    label: str
    theirs: str
    """As the file has it now."""
    yours: str
    """As the person wrote it."""


@dataclass(frozen=True, kw_only=True)
class ConflictPage(Shown):
    """The file was changed after the page was opened: both versions."""

    template = "codebook_conflict.html.j2"
    tab = "/codebook"
    label: str
    """Of the code."""
    sides: tuple[Side, ...]
    fields: tuple[tuple[str, str], ...]
    """The person's change, sent again to preview it over the file as it is now."""
    back: str


@dataclass(frozen=True, kw_only=True)
class CandidatesPage(Shown):
    """What becomes of the findings that match no theme."""

    template = "candidates.html.j2"
    tab = "/codebook"
    found: Suggestions
    unmatched: int
    """How many findings match no theme."""
    keys: dict[int, str]
    """Number of a new candidate, from 0, to its name in the address."""


@dataclass(frozen=True)
class ChangeShown:
    """A change of the codebook, in words."""

    change: CodebookChange
    codes: str
    """Labels of the codes before and after."""
    sides: tuple[Side, ...]
    """What differs, where one code was changed."""


@dataclass(frozen=True, kw_only=True)
class CodebookHistoryPage(Shown):
    """Who changed the codebook, when and why."""

    template = "codebook_history.html.j2"
    tab = "/codebook"
    changes: tuple[ChangeShown, ...]
    outside: bool


@dataclass(frozen=True, kw_only=True)
class WhichPage(Shown):
    """The themes that a person could mean."""

    template = "which.html.j2"
    tab: ClassVar[str] = "/codebook"
    wanted: str
    codes: tuple[Code, ...]


def key_of(passage: Passage) -> str:
    """A candidate's name in an address: the cell of its first finding."""
    return f"{passage.document_id}:{passage.key}"
