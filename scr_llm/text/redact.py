"""Replace personal details before text is sent to a model, and put them back in its reply.

Replaced: e-mail and web addresses; telephone numbers (phonenumbers, region GB); postcodes; NHS numbers with a valid
check digit and National Insurance numbers of a valid form (python-stdnum); dates of birth that are labelled as such;
names after a title or rank (Mrs, Dr, PC, Judge); names after "written by", "chaired by", "author" and the like; every
name on the project's own list, as whole words in upper or lower case.

Missed: a name without a title that is not on the list; nicknames and initials; addresses without a postcode; names of
schools, hospitals and places; and anybody who can be recognised from the story itself. Redaction reduces what is sent;
it does not make a review anonymous.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from scr_llm.text.names import names_pattern

_NAME = r"[A-Z][A-Za-z’'-]+(?:[ -][A-Z][A-Za-z’'-]+){0,2}"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("WEB", re.compile(r"\b(?:https?://|www\.)\S+[\w/]", re.I)),
    (
        "BIRTH DATE",
        re.compile(
            r"\b(?:born on|d\.?o\.?b\.?|date of birth)(?: the| is| was)?[:\s]+"
            r"(?P<it>\d{1,2}(?:st|nd|rd|th)?[ /.-]\w+[ /.-]\d{2,4})",
            re.I,
        ),
    ),
    ("POSTCODE", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
    (
        "PERSON",
        re.compile(
            r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Judge|Rev|Sister|PC|DC|DS|DI|DCI|Sgt"
            rf"|Sergeant|Inspector|Constable)\.? {_NAME}"
        ),
    ),
    ("PERSON", re.compile(rf"\b(?:[Ww]ritten|[Cc]haired|[Cc]ompiled|[Pp]repared|[Aa]uthored) by (?P<it>{_NAME})")),
    ("PERSON", re.compile(rf"\b(?:[Aa]uthor|[Cc]hair)[:,] (?P<it>{_NAME})")),
)


class Redaction:
    """The redaction of one document: the same words get the same placeholder throughout.

    `names` are those on the project's own list.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._listed = names_pattern(names)
        self.replaced: dict[str, str] = {}
        """Placeholder to the words that it replaces."""

    def redact(self, text: str) -> str:
        """The text with placeholders such as {PERSON 1}."""
        if self._listed:
            text = self._listed.sub(lambda m: self._placeholder("PERSON", m[0]), text)
        for kind, find in _FINDERS:
            for start, end in sorted(find(text), reverse=True):
                text = text[:start] + self._placeholder(kind, text[start:end]) + text[end:]
        return text

    def restore(self, text: str) -> str:
        """The text with each placeholder replaced by its words."""
        return re.sub(r"\{[A-Z ]+ \d+\}", lambda m: self.replaced.get(m[0], m[0]), text)

    def _placeholder(self, kind: str, words: str) -> str:
        known = next(
            (name for name, was in self.replaced.items() if was == words and name.startswith("{" + kind)), None
        )
        if known is None:
            known = f"{{{kind} {1 + sum(name.startswith('{' + kind + ' ') for name in self.replaced)}}}"
            self.replaced[known] = words
        return known


def _by(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    group = "it" if "it" in pattern.groupindex else 0
    return lambda text: (m.span(group) for m in pattern.finditer(text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    import phonenumbers

    return ((m.start, m.end) for m in phonenumbers.PhoneNumberMatcher(text, "GB"))


def _identifiers(text: str) -> Iterator[tuple[int, int]]:
    from stdnum.gb import nhs

    for m in re.finditer(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", text):
        if nhs.is_valid(m[0]):
            yield m.span()
    for m in re.finditer(
        r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", text
    ):
        yield m.span()


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    *((kind, _by(pattern)) for kind, pattern in _PATTERNS[:2]),
    ("NUMBER", _identifiers),
    ("PHONE", _phones),
    *((kind, _by(pattern)) for kind, pattern in _PATTERNS[2:]),
)
