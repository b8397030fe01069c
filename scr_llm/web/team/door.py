"""The door of a shared server: which requests come from the proxy, whom it names, and where that person sits.

The proxy proves itself with a secret in a header, compared in constant time. A socket file would do as well on one
computer, but not between two containers, and whoever may open it could send any name; the secret can be changed, is
checked with every request, and can be tried by a test.
"""

import hashlib
import hmac
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from scr_llm.web.rights import Right
from scr_llm.web.seats import Seat, same
from scr_llm.web.team.people import People, login
from scr_llm.web.team.settings import SECRET_HEADER

PROJECTS = "/p/"
"""Every project's pages are under this and its name."""


class Proxied:
    """The door of a shared server."""

    def __init__(self, people: Mapping[str, People], user_header: str, secret: str) -> None:
        self._people, self._user_header, self._secret = people, user_header, secret

    def __call__(self, request: Request) -> Seat | Response:
        """Where the person sits whom the proxy names; what others get instead."""
        path: str = request.scope["path"]
        if not is_proxy(request.headers, self._secret):
            return PlainTextResponse("This server answers its reverse proxy only.", 403)
        who = login(request.headers.getlist(self._user_header))
        if not who:
            return PlainTextResponse(f"The reverse proxy did not name one person in {self._user_header}.", 403)
        if not path.startswith(PROJECTS):
            request.state.login = who
            return Seat("", self._csrf("", who), may=frozenset({Right.LOOK}))
        name, slash, _ = path.removeprefix(PROJECTS).partition("/")
        base, people = PROJECTS + name, self._people.get(name)
        seat = people.seat(who, base, self._csrf(name, who)) if people else None
        if seat is None:  # whoever may not see a project does not learn that it is there
            return PlainTextResponse("There is no such project, or you are not in it.", 404)
        return seat if slash else RedirectResponse(f"{base}/", 308)

    def _csrf(self, project: str, who: str) -> str:
        """A person's form token in a project. It is made from the secret, so that every worker knows it."""
        return hmac.new(self._secret.encode(), f"form\0{project}\0{who}".encode(), hashlib.sha256).hexdigest()


def is_proxy(headers: Headers, secret: str) -> bool:
    """Whether a request has the proxy's secret, once."""
    given = headers.getlist(SECRET_HEADER)
    return len(given) == 1 and same(given[0], secret)
