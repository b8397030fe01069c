"""Reading and checking what a browser sent. Nothing is trusted: quotes are looked up in the reading again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qsl

from starlette.requests import Request

from scr_llm.errors import RefusedError
from scr_llm.records import AnsweredCaution, Evidence, EvidenceFlag, ThemeValue
from scr_llm.review.session import ReviewSession
from scr_llm.web.shown import Typed

LONGEST = 4000
"""Most characters of a reason or a quote."""
_LABELS = {
    "reason": "Comment",
    "quote": "Quote",
    "text": "What it is, in the review's words",
    "alone": "Why you sign alone",
}
_BEGINNINGS = {"note-": "How it was dealt with, or why", "mine-": "Your reason"}
"""Beginnings of the names of fields that a form has once for each thing, to their labels."""
_UNPRINTABLE = {**dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF)), 13: "\n"}
"""Control characters, which Word files and workbooks cannot contain."""


class FormError(ValueError):
    """The form could not have come from this page unchanged."""


@dataclass(frozen=True)
class Given:
    """A decision, as given in the form."""

    value: ThemeValue
    evidence: tuple[Evidence, ...]
    """The quotes that were kept and the one that was added; none for "not found"."""
    sub_themes: tuple[str, ...]
    """Aspects of the theme."""
    text: str | None
    """Of a case fact, in the review's words; None if nothing was typed."""
    reason: str
    """The comment; empty if nothing was typed."""
    act: str
    """decided or adjudicated."""
    seen: int
    """Number of the last decision that the person saw on the cell."""
    meaning: str
    """Hash of the definition that the person saw; empty if the form does not say."""
    stay: bool
    """Whether the page of the same cell comes next."""


def number(text: str) -> int:
    """A whole number; 0 if the text is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def fields(request: Request) -> list[tuple[str, str]]:
    """All fields of a posted form, in order, without control characters; empty if nothing was posted."""
    body: bytes = request.state.body
    given = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=400)
    return [(name, text.replace("\r\n", "\n").translate(_UNPRINTABLE)) for name, text in given]


def one(request: Request, name: str) -> str:
    """The first field with a name; empty if there is none."""
    return next((text for given, text in fields(request) if given == name), "")


def written(request: Request) -> tuple[Typed, ...]:
    """What the person typed, with its labels, so that a page can give it back if it was not saved."""
    given = [(label, one(request, name)) for name, label in _LABELS.items()]
    given += [
        (label, text)
        for name, text in fields(request)
        for beginning, label in _BEGINNINGS.items()
        if name.startswith(beginning)
    ]
    return tuple(Typed(label, text.strip()) for label, text in given if text.strip())


def name_of(text: str) -> str:
    """The id of a caution in a form."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def answers(request: Request, cautions: Iterable[str]) -> dict[str, AnsweredCaution]:
    """What the signatory answered to each caution. Cautions without an answer are left out.

    Raises:
        RefusedError: a caution was dealt with, but the form does not say how.
    """
    found: dict[str, AnsweredCaution] = {}
    for text in cautions:
        answer, note = one(request, f"answer-{name_of(text)}"), one(request, f"note-{name_of(text)}").strip()[:LONGEST]
        if answer == "resolved" and not note:
            raise RefusedError(f"please say how this was dealt with: {text}", next_step="Go back and say how.")
        if answer in ("acknowledged", "resolved"):
            found[text] = AnsweredCaution(text=text, answer=answer, note=note)
    return found


def too_long(request: Request) -> str:
    """That a field is too long, and which; empty if none is."""
    long = next((name for name, text in fields(request) if len(text) > LONGEST), None)
    return f"{_LABELS.get(long, 'A field')} is longer than {LONGEST} characters. Shorten it." if long else ""


def read(request: Request, session: ReviewSession, document: str, key: str) -> Given:
    """The decision in a posted form.

    Raises:
        FormError: a field is missing, too long, or not one of its values.
        RefusedError: a marked quote is not in the document.
    """
    given = fields(request)
    if long := too_long(request):
        raise FormError(long)

    def first(name: str) -> str:
        return one(request, name)

    def every(name: str) -> list[str]:
        return [text for given_name, text in given if given_name == name]

    value = first("value")
    if value not in get_args(ThemeValue):
        raise FormError("Choose a value.")
    if (document, key) not in session.proposals:
        raise FormError("This project has no such cell.")
    evidence = (
        []
        if value == "not_mentioned"
        else [_kept(session, document, place) for places in every("keep") for place in places.split()]
    )
    marked = first("quote").strip()
    if marked and value != "not_mentioned":
        evidence += session.quote(document, key, marked, number(first("quote_page")) or None)
    unique = {(e.page, e.start, e.end): e for e in evidence}
    code = session.codes.get(key)
    allowed = {sub.id for sub in code.sub_codes} if code else set()
    return Given(
        value=value,  # type: ignore[arg-type]
        evidence=tuple(unique[k] for k in sorted(unique)),
        sub_themes=tuple(s for s in every("sub") if s in allowed),
        text=first("text").strip() or None,
        reason=first("reason"),
        act=first("act"),
        seen=number(first("seen")),
        meaning=first("meaning"),
        stay=first("stay") == "1",
    )


def place_of(quote: Evidence) -> str:
    """The place of a quote, as the form gives it."""
    return f"{quote.page}:{quote.start}:{quote.end}:{quote.status}:{','.join(quote.flags)}"


def _kept(session: ReviewSession, document: str, given: str) -> Evidence:
    """A quote that was shown, given by its place, `page:start:end:status:flags`. Its words come from the reading."""
    parts = given.split(":")
    if len(parts) != 5 or not all(part.isascii() and part.isdigit() for part in parts[:3]):
        raise FormError("The place of a quote cannot be read.")
    page, start, end = (number(part) for part in parts[:3])
    reading = session.reading(document)
    if not (1 <= page <= len(reading.pages) and start < end <= len(reading.pages[page - 1].text)):
        raise FormError("The place of a quote is not in the document.")
    flags = tuple(flag for flag in parts[4].split(",") if flag in get_args(EvidenceFlag))
    section = next((s.title for s in reversed(reading.sections) if (s.page, s.start) <= (page, start)), "")
    return Evidence(
        quote=reading.pages[page - 1].text[start:end],
        page=page,
        start=start,
        end=end,
        section=section,
        flags=flags,
        status="normalised" if parts[3] == "normalised" else "exact",
    )
