"""An attack on the review page: one request, as it differs from a good one."""

from dataclasses import dataclass, field

Header = str | bytes | None


@dataclass(frozen=True)
class Attack:
    """A request, as it differs from a good one.

    `{p}` is the secret path, `{host}` the address, `{cell}` a cell, `{csrf}` the form's token.
    """

    name: str
    wanted: int | tuple[int, ...]
    target: str = "{p}/matrix"
    method: str = "GET"
    headers: dict[str, Header] = field(default_factory=dict)
    body: bytes | str | None = None
    more: tuple[bytes, ...] = ()
    """Header lines as they are."""
    raw: bytes | None = None
    """The whole request instead."""


def get(name: str, wanted: int | tuple[int, ...], target: str = "{p}/matrix", **headers: Header) -> Attack:
    return Attack(name, wanted, target, headers=headers)


def post(
    name: str,
    wanted: int | tuple[int, ...],
    body: bytes | str = "csrf={csrf}&seen=0&value=not_mentioned",
    target: str = "{p}{cell}",
    **headers: Header,
) -> Attack:
    return Attack(name, wanted, target, "POST", headers, body)


def upload(
    name: str,
    wanted: int | tuple[int, ...],
    target: str = "{p}/add?name=a.pdf",
    body: bytes | str = b"%PDF-1.7",
    **headers: Header,
) -> Attack:
    token: dict[str, Header] = {"x-form-token": "{csrf}", "content-type": "application/octet-stream"}
    return Attack(name, wanted, target, "POST", token | headers, body)
