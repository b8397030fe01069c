"""Who may use a running page: each person has a path, a cookie and a form token of their own.

Cookies are kept by path, so that two people can work in two windows of one browser, and neither logs the other out.
"""

import hmac
import secrets
from collections.abc import Mapping
from contextvars import ContextVar

from scr_llm.errors import RefusedError
from scr_llm.review.cells import Reviewer
from scr_llm.web.rights import EVERYTHING, Right

MOST_GUESTS = 20
"""People who can be invited into one running page."""
OPEN_TO_BLIND = (
    "/matrix",
    "/next",
    "/cell/",
    "/undo",
    "/document/",
    "/page/",
    "/disagreements",
    "/codebook",
    "/explain/",
    "/sign-off",
    "/help",
    "/done",
    "/news",
    "/static/",
)
"""Where a blind reviewer may go, besides the first page. Each of these keeps what others decided from them."""


class Seat:
    """Where one person sits: the address of their pages, their form token, and what they may do."""

    def __init__(
        self, base: str, csrf: str, reviewer: Reviewer | None = None, may: frozenset[Right] = EVERYTHING
    ) -> None:
        self.base = base
        """The path above all pages, such as `/x7Kq`; empty for the root."""
        self.csrf = csrf
        """The token that every form sends back."""
        self.reviewer = reviewer
        """Who sits there; None for whoever started the page and has not said who they are."""
        self.may = may
        """What the person may do."""


class BrowserSeat(Seat):
    """One person's access, by one browser."""

    def __init__(self, base: str, token: str, reviewer: Reviewer | None = None) -> None:
        super().__init__(base, secrets.token_urlsafe(32), reviewer)
        self.cookie, self.secret = f"scr_llm_{secrets.token_hex(8)}", secrets.token_urlsafe(32)
        self.token: str | None = token
        """Admits the first browser that gives it; None once it has."""

    def is_held_by(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser is the one that was admitted."""
        return same(cookies.get(self.cookie, ""), self.secret)

    def admits(self, token: str) -> bool:
        """Whether a browser may come in with a token. Each token admits one browser."""
        if self.token is None or not same(token, self.token):
            return False
        self.token = None
        return True


SEAT: ContextVar[Seat] = ContextVar("SEAT")
"""The seat that the present request comes from."""


class Seats:
    """The seats of one running page, by path."""

    def __init__(self, first: BrowserSeat) -> None:
        self.first = first
        self._by_base = {first.base: first}

    def at(self, path: str) -> BrowserSeat | None:
        """The seat that a path belongs to."""
        base = "/" + path.removeprefix("/").partition("/")[0]
        return self._by_base.get(base) if path.startswith(f"{base}/") else None

    def invite(self, reviewer: Reviewer) -> BrowserSeat:
        """Make a seat for another person. An earlier link for the same name that nobody has used no longer works.

        Raises:
            RefusedError: too many people were invited.
        """
        unused = [s.base for s in self.guests() if s.token and s.reviewer and s.reviewer.name == reviewer.name]
        seats = {base: seat for base, seat in self._by_base.items() if base not in unused}
        if len(seats) > MOST_GUESTS:
            raise RefusedError(
                f"{MOST_GUESTS} people were invited already.", next_step="Stop the page with Ctrl-C and start it again."
            )
        seat = BrowserSeat(f"/{secrets.token_urlsafe(16)}", secrets.token_urlsafe(24), reviewer)
        self._by_base = seats | {seat.base: seat}
        return seat

    def guests(self) -> list[BrowserSeat]:
        """The seats of people who were invited."""
        return [seat for seat in self._by_base.values() if seat is not self.first]


def same(given: str, secret: str) -> bool:
    """Whether a secret is right, in constant time. Any characters may be given."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def may_visit(path: str) -> bool:
    """Whether a blind reviewer may go to a path below their base. What is not named here is closed to them."""
    return path == "/" or any(path == open_to or path.startswith(open_to) for open_to in OPEN_TO_BLIND)
