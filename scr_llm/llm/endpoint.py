"""Where a model is, and whether that is this machine."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

KEY_REMOVED = "[key removed]"
"""Replaces the key in a server's text."""
SHORTEST_KEY = 8
"""A key of fewer characters (`none`, `x`) is a placeholder, not a secret."""


THIS_COMPUTER = "this computer"
"""How the place of a model file begins."""


@dataclass(frozen=True)
class Endpoint:
    """Where a model is and how it is asked."""

    base_url: str
    """Up to and including `/v1`."""
    model: str
    """The model's name at the endpoint."""
    api_key: str = field(default="", repr=False)
    """Empty for a server that needs none. Never printed."""
    timeout_s: float = 120.0
    """Seconds allowed for one request, from connecting to the last byte of its answer."""
    temperature: float = 0.0
    """0 gives the most repeatable replies."""
    max_tokens: int = 1024
    """Longest reply, in tokens."""
    file: str = ""
    """Name of the model file, if this program itself serves the model."""
    file_sha256: str = ""
    """SHA-256 of that file, hexadecimal."""

    @property
    def place(self) -> str:
        """Where the model is, as it may be printed; without the port of a served model file, which changes."""
        return f"{THIS_COMPUTER}, file {self.file}" if self.file else without_credentials(self.base_url)

    @property
    def recorded(self) -> str:
        """Where the model is, as recorded: a model file with its hash, which identifies the model."""
        return f"{self.place}, SHA-256 {self.file_sha256}" if self.file else self.place


def is_loopback(base_url: str) -> bool:
    """Whether the address certainly means this machine. A doubtful one (userinfo, odd notation) does not."""
    if any(c in base_url for c in "@\\") or any(c.isspace() for c in base_url):
        return False  # URL parsers disagree about these
    try:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def without_credentials(base_url: str) -> str:
    """The address as it may be printed and recorded: without user, password, query and fragment."""
    parts = urlsplit(base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def without_key(text: str, endpoint: Endpoint) -> str:
    """Text from a server with the endpoint's key, and the password in its address, replaced by `KEY_REMOVED`.

    They are found in either case, percent-encoded, as HTML character references, with JSON and C escapes at any
    depth, in full width, with invisible characters between, in hexadecimal and in base64. All text from a server
    passes through here before anything else is done with it. A key that is split, reversed or encrypted is not found.
    """
    address = urlsplit(endpoint.base_url)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    pair = base64.b64encode(f"{user}:{password}".encode()).decode() if password else ""
    pattern = _pattern(tuple(secret for secret in (endpoint.api_key, password, pair) if len(secret) >= SHORTEST_KEY))
    return pattern.sub(KEY_REMOVED, text) if pattern else text


@lru_cache(maxsize=8)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    longest_first = sorted(secrets, key=len, reverse=True)
    written = [_BETWEEN.join(map(_any_notation, secret)) for secret in longest_first]
    encoded = [re.escape(form) for secret in longest_first for form in _base64_forms(secret.encode())]
    digits = [rf"(?i:{secret.encode().hex()})" for secret in longest_first]
    return re.compile("|".join([*written, *digits, *encoded])) if secrets else None


_BETWEEN = "[\u00ad\u200b-\u200d\u2060\ufeff]*"
"""Invisible characters that may stand between two visible ones."""


def _base64_forms(secret: bytes) -> Iterator[str]:
    """The letters that certainly encode a secret in base64, wherever in the encoded text it begins.

    RFC 4648: three bytes become four letters.
    """
    for before, skipped in enumerate((0, 2, 3)):
        for altchars in (b"+/", b"-_"):
            form = base64.b64encode(b"\0" * before + secret, altchars).decode().rstrip("=")
            yield form[skipped : len(form) - bool((len(secret) + before) % 3)]


def _any_notation(character: str) -> str:
    """A pattern for one character, however it is written."""
    code = ord(character)
    plain = f"(?i:{character})" if character.isalnum() else r"\\*" + re.escape(character)
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode())
    escapes = rf"\\+(?:u(?i:{code:04x})|x(?i:{code:02x})|u\{{0*(?i:{code:x})\}}|0*{code:o})"
    wide = chr(code + 0xFEE0) if 0x21 <= code <= 0x7E else re.escape(character)
    return rf"(?:{plain}|{percent}|{escapes}|{wide}|&#(?:0*{code}|[xX]0*(?i:{code:x}))(?:;|(?![0-9a-fA-F])))"
