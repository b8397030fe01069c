"""Replace personal details before text is sent to a model, and put them back in its reply.

Replaced: the details of `details.DETAILS` (contact data, dates, numbers, addresses, schools and hospitals);
the names of people that a title, rank, calling or label tells to be such, and wherever they come back (`person_names`);
every name on the project's own list, as whole words in upper or lower case.

Missed: a first name alone that is a word as well (Grace); nicknames; a name that nothing beside it tells to be one; and
anybody who can be recognised from the story itself. Redaction reduces what is sent; it does not make a review
anonymous. How much it finds is measured: bench/redaction.py.
"""

import re
from collections.abc import Iterator, Sequence

from scr_llm.text.details import DETAILS
from scr_llm.text.names import names_pattern
from scr_llm.text.person_names import People

Span = tuple[int, int, str]
"""Start, end and the kind of a detail."""


class Redaction:
    """The redaction of one document: the same words get the same placeholder throughout.

    `names` are those on the project's own list.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._listed = names_pattern(names)
        self._people = People()
        self.replaced: dict[str, str] = {}
        """Placeholder to the words that it replaces."""
        self._placeholders: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, int] = {}

    def learn(self, lines: Sequence[str]) -> None:
        """Learn the names in a document, so that they are found before they are introduced as well."""
        self._people.learn("\n".join(lines))

    def redact(self, text: str) -> str:
        """The text with placeholders such as {PERSON 1}."""
        self.learn([text])
        return self.redact_lines([text])[0]

    def redact_lines(self, lines: Sequence[str]) -> list[str]:
        """Lines that follow one another, each with placeholders: a date of birth may stand in the line below its label.

        No placeholder goes over the end of a line. `learn` comes first, if a name may stand before it is introduced.
        """
        text = "\n".join(lines)
        spans = iter(sorted(self._spans(text)))
        span = next(spans, None)
        redacted, start = [], 0
        for line in lines:
            end, at, parts = start + len(line), start, []
            while span and span[0] < end:
                parts += [text[at : span[0]], self._placeholder(span[2], text[span[0] : min(end, span[1])])]
                at = min(end, span[1])
                if span[1] > end + 1:
                    span = (end + 1, span[1], span[2])
                    break
                span = next(spans, None)
            redacted.append("".join((*parts, text[at:end])))
            start = end + 1
        return redacted

    def restore(self, text: str) -> str:
        """The text with each placeholder replaced by its words."""
        return re.sub(r"\{[A-Z ]+ \d+\}", lambda m: self.replaced.get(m[0], m[0]), text)

    def _spans(self, text: str) -> list[Span]:
        """What is to be replaced; no two overlap, and neighbours that make one name are one."""
        taken = bytearray(len(text))
        found: list[Span] = []
        for start, end, kind in self._candidates(text):
            for part_start, part_end in _free(taken, start, end):
                if any(c.isalnum() for c in text[part_start:part_end]):
                    found.append((part_start, part_end, kind))
                    taken[part_start:part_end] = b"\1" * (part_end - part_start)
        return _joined(text, sorted(found))

    def _candidates(self, text: str) -> Iterator[Span]:
        """What may be replaced, the surest first."""
        if self._listed:
            yield from ((*m.span(), "PERSON") for m in self._listed.finditer(text))
        for detail in DETAILS:
            yield from ((start, end, detail.kind) for start, end in detail.find(text))
        people = sorted(set(self._people.find(text)), key=lambda span: span[0] - span[1])
        yield from ((start, end, "PERSON") for start, end in people)

    def _placeholder(self, kind: str, words: str) -> str:
        if (kind, words) not in self._placeholders:
            self._numbers[kind] = number = self._numbers.get(kind, 0) + 1
            self._placeholders[kind, words] = name = f"{{{kind} {number}}}"
            self.replaced[name] = words
        return self._placeholders[kind, words]


def _free(taken: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a span that nothing has taken yet."""
    while start < end:
        if (first := taken.find(0, start, end)) < 0:
            return
        behind = taken.find(1, first, end)
        yield first, behind if behind >= 0 else end
        start = behind if behind >= 0 else end


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Names with only a space between them, as one."""
    joined: list[Span] = []
    for start, end, kind in spans:
        if joined and kind == joined[-1][2] == "PERSON" and text[joined[-1][1] : start] == " ":
            joined[-1] = (joined[-1][0], end, kind)
        else:
            joined.append((start, end, kind))
    return joined
