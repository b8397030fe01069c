"""Numbers and letters that mark the items of a list, and whether one follows from the last."""

import re
from typing import Literal, NamedTuple

Form = Literal["whole", "dotted", "letter", "roman", "capital", "named"]

_MARK = re.compile(
    r"(?P<open>\(?)(?P<number>[A-Z]{1,3} ?\d{1,3}|\d{1,2}(?:\.\d{1,2})*|[ivx]{2,5}|[a-z]|[A-Z])(?P<close>[.):]{0,2})(?P<space>\s*)"
)
_NAMED = re.compile(r"(?P<name>[A-Z][a-z’']+(?: [a-z]+){0,3}) (?P<number>\d{1,2})[.:)]?\s+(?=[A-Z])")
"""`Police 1 The constabulary to ...`."""
_INNER = re.compile(
    r"(?:^|(?<=\s))(?:\((?:\d{1,2}|[ivx]{2,5}|[a-z])\)\s+(?=\S)|(?:^|(?<=[.:;–—-]\s)|(?<=\band\s)|(?<=\n))\d{1,2}[.)]\s+(?=[A-Z]|[a-z][.)]\s))"
)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
    "xiii": 13,
}


class Marker(NamedTuple):
    """One way to read what stands at the beginning of a line."""

    form: Form
    series: str
    """What the numbers of one list have in common: `dotted 4.` for 4.1 and 4.2."""
    value: int
    label: str
    """As printed, without its punctuation."""
    printed: str
    """With it, and the space behind it."""
    bare: bool = False
    """Whether nothing but a space parts it from the text."""


def marker(line: str) -> tuple[Marker, ...]:
    """The ways to read a line's beginning as a mark, the likeliest first; none where it is no mark."""
    if named := _NAMED.match(line):
        return (Marker("named", named["name"], int(named["number"]), named.group().strip(" .:)\n"), named.group()),)
    match = _MARK.match(line)
    if not match:
        return ()
    number, rest = match["number"], line[match.end() :]
    closed = bool(match["close"])
    if match["open"] and ")" not in match["close"]:
        return ()
    if rest and not (
        rest[0].isupper() or rest[0] in "“‘\"'([£" or (")" in match["close"] or (closed and number[-1].isdigit()))
    ):
        return ()
    if rest and not match["space"] and not (number[-1].isdigit() and rest[0].isupper()):
        return ()
    if not rest and not closed and not number[0].isdigit():
        return ()

    def read(form: Form, series: str, value: int) -> Marker:
        return Marker(form, series, value, number, match.group(), not closed)

    if number[0].isupper() and number[-1].isdigit():
        letters = number.rstrip("0123456789")  # R1, F2, LP 3
        return (read("whole" if letters.strip() == "R" else "named", letters.strip(), int(number[len(letters) :])),)
    if number[0].isdigit():
        head, _, last = number.rpartition(".")
        return (read("dotted", head, int(last)),) if head else (read("whole", match["open"], int(number)),)
    if number.isupper():
        return (read("capital", "", ord(number) - 64),)
    if not closed:
        return ()
    readings = []
    if number in _ROMAN:
        readings.append(read("roman", "", _ROMAN[number]))
    if len(number) == 1:
        readings.append(read("letter", "", ord(number) - 96))
    return tuple(sorted(readings, key=lambda m: m.value))


class Sequences:
    """The lists of a group of sections, as far as they have been read."""

    def __init__(self) -> None:
        self._last: dict[tuple[Form, str], int] = {}

    def accept(self, readings: tuple[Marker, ...], *, free: bool, fresh: bool) -> Marker | None:
        """The reading of a mark that goes on with its list or begins one; None for a number that belongs to something else.

        Args:
            readings: the ways to read it.
            free: whether no sentence is left unfinished before.
            fresh: whether a paragraph begins here.
        """
        for goes_on in (True, False):
            for each in readings:
                last = self._last.get((each.form, each.series))
                follows = last is not None and each.value == last + 1
                begins = (each.value == 1 and (free or fresh)) or (
                    free and last is None and each.form in ("whole", "dotted")
                )
                missed = free and last is not None and last < each.value <= last + 3
                if follows if goes_on else begins or missed:
                    self._last[each.form, each.series] = each.value
                    return each
        return None


def inner(text: str) -> set[int]:
    """Where the members of lists within the paragraphs of a section begin: two at least that count on, or one announced."""
    found: set[int] = set()
    last: dict[tuple[Form, str], tuple[int, int]] = {}  # of each list its last number, and where that stands
    for match in _INNER.finditer(text):
        for each in marker(match.group() + "X"):
            value, at = last.get((each.form, each.series), (0, -1))
            if each.value == value + 1 or each.value == 1:
                if each.value > 1:
                    found |= {at, match.start()}
                elif re.search(r"[:–—-]\s*$", text[: match.start()]):
                    found.add(match.start())
                last[each.form, each.series] = (each.value, match.start())
                break
    return found
