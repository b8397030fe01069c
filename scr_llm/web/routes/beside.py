"""Working beside each other: what is new, a link for another person, and where the second reviewer ends."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from scr_llm.errors import RefusedError, UsageError
from scr_llm.review.cells import Reviewer
from scr_llm.review.news import in_words
from scr_llm.stages.decisions.deciding import same_person
from scr_llm.text.typed import typed
from scr_llm.web import form, shown_beside

if TYPE_CHECKING:
    from scr_llm.web.page import Page


def news(page: "Page", request: Request) -> Response:
    """What has changed since a page was opened, in a sentence; nothing where nothing has, or nobody gave a name yet."""
    who, since = page.who(request), page.session.news_since(request.query_params.get("since", ""))
    told = in_words(since, who.name, blind=who.blind) if who.name else ""
    return PlainTextResponse(told) if told else Response(status_code=204)


def second(page: "Page", request: Request) -> Response:
    """Who else reviews, and the form that makes a link for another person."""
    return _second(page, request, "", "")


def invite(page: "Page", request: Request) -> Response:
    """Make a link for another person. It is shown this once."""
    page.refuse_blind(request, "a second reviewer invites nobody.")
    if page.seats is None:
        raise RefusedError(
            "on a shared server people come in by its own address.",
            next_step="Who may come in, and who reviews blind, is in people.toml.",
        )
    who = page.who(request)
    try:
        name, role = typed(form.one(request, "name"), "the name"), typed(form.one(request, "role"), "the role")
    except UsageError as error:
        raise RefusedError(error.message, next_step="Give the name and role of the person you invite.") from error
    blind = form.one(request, "sees") != "everything"
    if blind and same_person(name, who.name):
        raise RefusedError(
            "nobody can be their own second reviewer.", next_step="Give the name of the person you invite."
        )
    seat = page.seats.invite(Reviewer(" ".join(name.split()), role, blind=blind))
    return _second(page, request, f"{page.origin}{seat.base}/?token={seat.token}", name)


def done(page: "Page", request: Request) -> Response:
    """Where a second reviewer ends: what happens now."""
    who = page.who(request)
    waiting, of = page.session.left(who)
    return page.show(request, shown_beside.DonePage(open=waiting, of=of))


def _second(page: "Page", request: Request, address: str, name: str) -> Response:
    page.refuse_blind(request, "a second reviewer invites nobody.")
    guests = []
    for seat in page.seats.guests() if page.seats else ():
        if person := seat.reviewer:
            waiting, of = page.session.left(person)
            guests.append(shown_beside.Guest(person, opened=seat.token is None, decided=of - waiting, of=of))
    return page.show(
        request, shown_beside.SecondPage(address=address, name=name, guests=tuple(guests), proxied=page.is_shared)
    )


ROUTES = (
    ("/news", news),
    ("/second", second),
    ("/second", invite, "POST"),
    ("/done", done),
)
"""Path, handler, method."""
