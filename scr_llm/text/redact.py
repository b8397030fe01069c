"""Replace names, contact details, dates of birth and identifiers before text is sent to a model, and put them back in what it says.

Caught: e-mail and web addresses; telephone numbers (phonenumbers, region GB); postcodes; NHS numbers and National Insurance numbers with a right
check digit or form (python-stdnum); dates of birth that are called so; names behind a title or rank (Mrs, Dr, PC, Judge); names behind "written
by", "chaired by", "author" and the like; every name on the project's own list, whole words, upper or lower case alike.
Missed: a name without a title that is on no list; nicknames and initials; addresses without a postcode; names of schools, hospitals and places;
and whoever can be known from the story itself. It lessens what leaves; it does not make a review anonymous.
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
            r"\b(?:born on|d\.?o\.?b\.?|date of birth)(?: the| is| was)?[:\s]+(?P<it>\d{1,2}(?:st|nd|rd|th)?[ /.-]\w+[ /.-]\d{2,4})",
            re.I,
        ),
    ),
    ("POSTCODE", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
    (
        "PERSON",
        re.compile(
            rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Judge|Rev|Sister|PC|DC|DS|DI|DCI|Sgt|Sergeant|Inspector|Constable)\.? {_NAME}"
        ),
    ),
    ("PERSON", re.compile(rf"\b(?:[Ww]ritten|[Cc]haired|[Cc]ompiled|[Pp]repared|[Aa]uthored) by (?P<it>{_NAME})")),
    ("PERSON", re.compile(rf"\b(?:[Aa]uthor|[Cc]hair)[:,] (?P<it>{_NAME})")),
)


class Redaction:
    """Of one document: the same words get the same stand-in throughout. `names` are the project's own."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._listed = names_pattern(names)
        self.replaced: dict[str, str] = {}
        """Stand-in to the words it stands for."""

    def redact(self, text: str) -> str:
        """The text with stand-ins such as {PERSON 1}."""
        if self._listed:
            text = self._listed.sub(lambda m: self._stand_in("PERSON", m[0]), text)
        for kind, find in _FINDERS:
            for start, end in sorted(find(text), reverse=True):
                text = text[:start] + self._stand_in(kind, text[start:end]) + text[end:]
        return text

    def restore(self, text: str) -> str:
        """The text with the words back in the place of their stand-ins."""
        return re.sub(r"\{[A-Z ]+ \d+\}", lambda m: self.replaced.get(m[0], m[0]), text)

    def _stand_in(self, kind: str, words: str) -> str:
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
