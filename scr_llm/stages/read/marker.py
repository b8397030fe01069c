"""Recognise the numbers and letters that mark the items of a list, and whether each follows from the last."""

import re
from typing import Literal, NamedTuple

Form = Literal["whole", "dotted", "letter", "roman", "capital", "named"]

_MARK = re.compile(
    r"(?P<open>\(?)(?P<number>[A-Z]{1,3} ?\d{1,3}|\d{1,2}(?:\.\d{1,2})*|[ivx]{2,5}|[a-z]|[A-Z])"
    r"(?P<close>[.):]{0,2})(?P<space>\s*)"
)
_NAMED = re.compile(r"(?P<name>[A-Z][a-z’']+(?: [a-z]+){0,3}) (?P<number>\d{1,2})[.:)]?\s+(?=[A-Z])")
"""`Police 1 The constabulary to ...`."""
_INNER = re.compile(
    r"(?:^|(?<=\s))(?:\((?:\d{1,2}|[ivx]{2,5}|[a-z])\)\s+(?=\S)"
    r"|(?:^|(?<=[.:;–—-]\s)|(?<=\band\s)|(?<=\n))\d{1,2}[.)]\s+(?=[A-Z]|[a-z][.)]\s))"
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
    """One way to read the beginning of a line as a list mark."""

    form: Form
    series: str
    """What the numbers of one list have in common: `4` for 4.1 and 4.2."""
    value: int
    label: str
    """As printed, without its punctuation."""
    printed: str
    """As printed, with its punctuation and the space after it."""
    bare: bool = False
    """Whether only a space separates it from the text."""


def marker(line: str) -> tuple[Marker, ...]:
    """The ways to read a line's beginning as a list mark, the likeliest first; empty where it is not a mark."""
    if named := _NAMED.match(line):
        label = named.group().strip(" .:)\n")
        value = int(named["number"])
        return (Marker(form="named", series=named["name"], value=value, label=label, printed=named.group()),)
    match = _MARK.match(line)
    if not match:
        return ()
    number, rest = match["number"], line[match.end() :]
    closed = bool(match["close"])
    if match["open"] and ")" not in match["close"]:
        return ()
    ends_in_digit = number[-1].isdigit()
    begins_text = bool(rest) and (rest[0].isupper() or rest[0] in "“‘\"'([£")
    clearly_closed = ")" in match["close"] or (closed and ends_in_digit)
    if rest and not begins_text and not clearly_closed:
        return ()
    if rest and not match["space"] and not (ends_in_digit and rest[0].isupper()):
        return ()
    if not rest and not closed and not number[0].isdigit():
        return ()

    def read(form: Form, series: str, value: int) -> Marker:
        return Marker(form=form, series=series, value=value, label=number, printed=match.group(), bare=not closed)

    if number[0].isupper() and ends_in_digit:
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
    """The lists of a group of sections, as far as they have been read so far."""

    def __init__(self) -> None:
        self._last: dict[tuple[Form, str], int] = {}

    def accept(self, readings: tuple[Marker, ...], *, free: bool, fresh: bool) -> Marker | None:
        """The reading of a mark that continues its list or begins one; None for a number that is not a list mark.

        Args:
            readings: the ways to read the mark.
            free: whether the text before it ends with a whole sentence.
            fresh: whether a paragraph begins here.
        """
        # a reading that continues a list is preferred to one that begins a list or skips numbers
        for fits in (self._follows, self._begins_or_skips):
            for each in readings:
                if fits(each, free, fresh):
                    self._last[each.form, each.series] = each.value
                    return each
        return None

    def _follows(self, each: Marker, _free: bool, _fresh: bool) -> bool:
        last = self._last.get((each.form, each.series))
        return last is not None and each.value == last + 1

    def _begins_or_skips(self, each: Marker, free: bool, fresh: bool) -> bool:
        last = self._last.get((each.form, each.series))
        if each.value == 1 and (free or fresh):
            return True
        if last is None:
            return free and each.form in ("whole", "dotted")
        return free and last < each.value <= last + 3


def inner(text: str) -> set[int]:
    """Where list members inside the paragraphs of a section begin.

    There must be at least two in sequence, or one that is introduced.
    """
    found: set[int] = set()
    last: dict[tuple[Form, str], tuple[int, int]] = {}  # the last number of each list, and where it is
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
