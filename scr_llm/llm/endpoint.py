"""Where a model is, and whether that is this machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True)
class Endpoint:
    """Where the model is and how it is asked."""

    base_url: str
    """Up to and with `/v1`."""
    model: str
    """Name as the endpoint knows it."""
    api_key: str = field(default="", repr=False)
    """Empty for a server that asks for none. Never printed."""
    timeout_s: float = 120.0
    """Seconds before one request is given up."""
    temperature: float = 0.0
    """0 for the most repeatable replies."""
    max_tokens: int = 1024
    """Longest reply, in tokens."""


def is_loopback(base_url: str) -> bool:
    """Whether the address certainly means this machine. Whatever is doubtful (userinfo, odd notation) is not."""
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
