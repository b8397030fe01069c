"""What a browser sent, checked. Nothing in it is believed: quotes are looked up in the reading again."""

from dataclasses import dataclass
from typing import get_args
from urllib.parse import parse_qs

from starlette.requests import Request

from scr_llm.desk import Desk
from scr_llm.records import Evidence, EvidenceFlag, ThemeValue

LONGEST = 4000
"""Characters of a reason or a quote."""


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


def read(request: Request, desk: Desk, document: str, key: str) -> Given:
    """The decision in a posted form.

    Raises:
        FormError: a field is missing, too long, or not one of its values.
        RefusedError: a marked quote does not stand in the document.
    """
    body: bytes = request.state.body
    fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=400)

    def one(name: str) -> str:
        text = fields.get(name, [""])[0].replace("\r\n", "\n")
        if len(text) > LONGEST:
            raise FormError(f"{name} is longer than {LONGEST} characters.")
        return text

    value = one("value")
    if value not in get_args(ThemeValue):
        raise FormError("Choose a value.")
    if (document, key) not in desk.proposals:
        raise FormError("There is no such cell in this project.")
    evidence = [] if value == "not_mentioned" else [_kept(desk, document, given) for given in fields.get("keep", [])]
    marked = one("quote").strip()
    if marked and value != "not_mentioned":
        evidence += desk.quote(document, key, marked, number(one("quote_page")) or None)
    unique = {(e.page, e.start, e.end): e for e in evidence}
    code = desk.codes.get(key)
    allowed = {sub.id for sub in code.sub_codes} if code else set()
    return Given(
        value=value, evidence=tuple(unique[k] for k in sorted(unique)), sub_themes=tuple(s for s in fields.get("sub", []) if s in allowed),  # type: ignore[arg-type]
        text=one("text").strip() or None, reason=one("reason"), act=one("act"), seen=number(one("seen")), stay=one("stay") == "1",
    )  # fmt: skip


def _kept(desk: Desk, document: str, given: str) -> Evidence:
    """A quote that was shown, named by its place, `page:start:end:status:flags`; its words are taken from the reading."""
    parts = given.split(":")
    if len(parts) != 5:
        raise FormError("A quote's place is not readable.")
    page, start, end = (number(part) for part in parts[:3])
    reading = desk.reading(document)
    if not (1 <= page <= len(reading.pages) and start < end <= len(reading.pages[page - 1].text)):
        raise FormError("A quote's place is not in the document.")
    flags = tuple(flag for flag in parts[4].split(",") if flag in get_args(EvidenceFlag))
    section = next((s.title for s in reversed(reading.sections) if (s.page, s.start) <= (page, start)), "")
    return Evidence(
        quote=reading.pages[page - 1].text[start:end], page=page, start=start, end=end, section=section, flags=flags,
        status="normalised" if parts[3] == "normalised" else "exact",
    )  # fmt: skip
