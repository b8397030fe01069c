"""What a model is shown of a document: numbered sentences, in windows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scr_llm.records import DraftQuote, EvidenceFlag, Reading, SectionKind
from scr_llm.text.flow import NEVER_EVIDENCE, Flow, Sentence, sentences
from scr_llm.text.machine import looks_like_prompt_injection
from scr_llm.text.redact import Redaction

NOT_SHOWN: frozenset[SectionKind] = NEVER_EVIDENCE | {"process"}
"""Sections not shown: they say what the review asks or how it was made, not what it found."""

OVERLAP = 4
"""Sentences at the end of a window that the next window repeats, so that a point is not cut in two."""

_FLAGS: dict[SectionKind, tuple[EvidenceFlag, ...]] = {
    "recommendations": ("recommendation",),
    "action_plan": ("recommendation",),
    "good_practice": ("good_practice",),
}


@dataclass(frozen=True)
class Line:
    """A sentence as a model sees it."""

    number: int
    """Counted from 1 over the whole document."""
    text: str
    """As in the document, white space collapsed."""
    sent: str
    """As sent: the text after redaction."""
    start: int
    """Offset in the flow's text."""
    page: int
    """Page on which it begins."""
    section: str
    """Title of its section, as sent."""
    kind: SectionKind
    """Kind of its section."""

    @property
    def shown(self) -> str:
        """With its number."""
        return f"[{self.number}] {self.sent}"

    @property
    def quote(self) -> DraftQuote:
        """Its words as evidence."""
        return DraftQuote(text=self.text, page=self.page, flags=_FLAGS.get(self.kind, ()))


def lines_of(reading: Reading, redaction: Redaction | None = None) -> tuple[list[Line], list[str]]:
    """The sentences that may be evidence, numbered, and a note for each one withheld as addressed to a machine."""
    shown: list[Sentence] = []
    others: list[str] = []
    notes: list[str] = []
    for sentence in sentences(Flow.of(reading)):
        if sentence.section_kind in NOT_SHOWN or not sentence.text.strip():
            others.append(_plain(sentence.text))
            continue
        if looks_like_prompt_injection(sentence.text):
            notes.append(
                f"Page {sentence.page} has a sentence that speaks to a machine. "
                f"It was not shown to the model: “{sentence.text[:120]}”"
            )
        else:
            shown.append(sentence)
    texts = [_plain(s.text) for s in shown]
    sections = [_plain(s.section) for s in shown]
    if redaction is None:
        sent, titles = texts, dict(zip(sections, sections, strict=True))
    else:
        redaction.learn([*others, *texts])  # a name is often introduced where nothing is shown
        sent = redaction.redact_lines(texts)
        titles = {title: redaction.redact(title) for title in dict.fromkeys(sections)}
    lines = [
        Line(number, texts[at], sent[at], s.start, s.page, titles[sections[at]], s.section_kind)
        for at, (number, s) in enumerate(enumerate(shown, start=1))
    ]
    return lines, notes


def _plain(text: str) -> str:
    return " ".join(text.split())


def windows_of(lines: Sequence[Line], chars: int) -> Iterator[list[Line]]:
    """Runs of sentences within so many characters; a longer sentence gets a window to itself.

    A window ends where a section ends, if one does in its last third. The next window repeats its last sentences.
    """
    start = 0
    while start < len(lines):
        end, size = start, 0
        while end < len(lines):
            size += len(lines[end].shown) + 1
            if end == start or lines[end].section != lines[end - 1].section:
                size += len(lines[end].section) + 3  # its heading
            if size > chars and end > start:
                break
            end += 1
        if end < len(lines):
            least = start + max(1, (end - start) * 2 // 3)
            end = next((k for k in range(end, least - 1, -1) if lines[k].section != lines[k - 1].section), end)
        yield list(lines[start:end])
        if end >= len(lines):
            return
        start = max(end - OVERLAP, start + 1)


def bare(text: str) -> str:
    """Letters and digits only, for comparing two ways of writing one sentence."""
    return "".join(c for c in text.casefold() if c.isalnum())


def show(window: Sequence[Line]) -> str:
    """One line per sentence, with a heading wherever the section changes."""
    shown: list[str] = []
    section: str | None = None
    for line in window:
        if line.section != section and line.section:
            shown.append(f"# {line.section}")
        section = line.section
        shown.append(line.shown)
    return "\n".join(shown)
