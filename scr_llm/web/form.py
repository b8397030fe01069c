"""What a browser sent, checked. Nothing in it is believed: quotes are looked up in the reading again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qsl

from starlette.requests import Request

from scr_llm.desk import Desk
from scr_llm.errors import RefusedError
from scr_llm.records import AnsweredCaution, Evidence, EvidenceFlag, ThemeValue

LONGEST = 4000
"""Characters of a reason or a quote."""
_BY_HAND = {"reason": "Comment", "quote": "Quote", "text": "What it is, in the review's words"}
_UNPRINTABLE = {**dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF)), 13: "\n"}
"""Control characters, which Word files and workbooks cannot hold."""


class FormError(ValueError):
    """The form is not one of this page."""


@dataclass(frozen=True)
class Given:
    """A decision as the form has it."""

    value: ThemeValue
    evidence: tuple[Evidence, ...]
    sub_themes: tuple[str, ...]
    text: str | None
    reason: str
    act: str
    seen: int
    stay: bool


def number(text: str) -> int:
    """A whole number; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def fields(request: Request) -> list[tuple[str, str]]:
    """All fields of a posted form, in order; nothing where nothing was posted. Control characters are left out."""
    body: bytes = request.state.body
    given = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=400)
    return [(name, text.replace("\r\n", "\n").translate(_UNPRINTABLE)) for name, text in given]


def one(request: Request, name: str) -> str:
    """The first field of a name; empty where there is none."""
    return next((text for given, text in fields(request) if given == name), "")


def written(request: Request) -> list[tuple[str, str]]:
    """What the person wrote by hand, with its label, so that a page can give it back where it was not taken in."""
    return [(label, text) for name, label in _BY_HAND.items() if (text := one(request, name).strip())]


def name_of(text: str) -> str:
    """What a form calls a caution by."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def answers(request: Request, cautions: Iterable[str]) -> dict[str, AnsweredCaution]:
    """What the person who signs answered to each caution; those without an answer are left out.

    Raises:
        RefusedError: something was dealt with, and it is not said how.
    """
    found: dict[str, AnsweredCaution] = {}
    for text in cautions:
        answer, note = one(request, f"answer-{name_of(text)}"), one(request, f"note-{name_of(text)}").strip()[:LONGEST]
        if answer == "resolved" and not note:
            raise RefusedError(f"it is not said how this was dealt with: {text}", next_step="Go back and say how.")
        if answer in ("acknowledged", "resolved"):
            found[text] = AnsweredCaution(
                text=text, answer="resolved" if answer == "resolved" else "acknowledged", note=note
            )
    return found


def read(request: Request, desk: Desk, document: str, key: str) -> Given:
    """The decision in a posted form.

    Raises:
        FormError: a field is missing, too long, or not one of its values.
        RefusedError: a marked quote does not stand in the document.
    """
    given = fields(request)
    if long := next((name for name, text in given if len(text) > LONGEST), None):
        raise FormError(f"{_BY_HAND.get(long, 'A field')} is longer than {LONGEST} characters.")

    def first(name: str) -> str:
        return one(request, name)

    def every(name: str) -> list[str]:
        return [text for given_name, text in given if given_name == name]

    value = first("value")
    if value not in get_args(ThemeValue):
        raise FormError("Choose a value.")
    if (document, key) not in desk.proposals:
        raise FormError("There is no such cell in this project.")
    evidence = [] if value == "not_mentioned" else [_kept(desk, document, place) for place in every("keep")]
    marked = first("quote").strip()
    if marked and value != "not_mentioned":
        evidence += desk.quote(document, key, marked, number(first("quote_page")) or None)
    unique = {(e.page, e.start, e.end): e for e in evidence}
    code = desk.codes.get(key)
    allowed = {sub.id for sub in code.sub_codes} if code else set()
    return Given(
        value=value,  # type: ignore[arg-type]
        evidence=tuple(unique[k] for k in sorted(unique)),
        sub_themes=tuple(s for s in every("sub") if s in allowed),
        text=first("text").strip() or None,
        reason=first("reason"),
        act=first("act"),
        seen=number(first("seen")),
        stay=first("stay") == "1",
    )


def _kept(desk: Desk, document: str, given: str) -> Evidence:
    """A quote that was shown, named by its place, `page:start:end:status:flags`; its words are taken from the reading."""
    parts = given.split(":")
    if len(parts) != 5 or not all(part.isascii() and part.isdigit() for part in parts[:3]):
        raise FormError("A quote's place is not readable.")
    page, start, end = (number(part) for part in parts[:3])
    reading = desk.reading(document)
    if not (1 <= page <= len(reading.pages) and start < end <= len(reading.pages[page - 1].text)):
        raise FormError("A quote's place is not in the document.")
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
