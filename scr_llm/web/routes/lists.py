"""Going through the findings, recommendations and facts of a review: confirming them as a list, putting one right."""

from typing import TYPE_CHECKING
from urllib.parse import quote as in_url

from starlette.requests import Request
from starlette.responses import Response

from scr_llm.errors import ConflictError, RefusedError
from scr_llm.review import correct
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import Shown, confirm
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import LIST, ItemKind
from scr_llm.web import form
from scr_llm.web.list_view import list_page

if TYPE_CHECKING:
    from scr_llm.web.page import Page

_ADDS: dict[str, ItemKind] = {"add finding": "finding", "add recommendation": "recommendation"}


def _list(page: "Page", request: Request) -> Response:
    given = request.query_params
    return _shown(page, request, form.number(given.get("page", "0")), given.get("item", ""))


def _shown(page: "Page", request: Request, number: int, item: str, refusal: RefusedError | None = None) -> Response:
    """The list, with the reason why something was not saved, and what the person had typed."""
    status = 200 if refusal is None else 409 if isinstance(refusal, ConflictError) else 400
    typed = (str(refusal), form.one(request, "quote"), form.one(request, "reason")) if refusal else ("", "", "")
    at = (request.path_params["document"], number, item)
    undone = "undone" in request.query_params
    shown = list_page(page.session, page.drawing, page.who(request), at, typed, undone=undone)
    return page.show(request, shown, status)


def _act(page: "Page", request: Request) -> Response:
    """Confirm the list and go on, or put one item right and stay."""
    who, document = page.who(request), request.path_params["document"]
    number, item = form.number(form.one(request, "page")), form.one(request, "item")
    try:
        if long := form.too_long(request):
            raise RefusedError(long)
        given = Shown(document, form.number(form.one(request, "seen")), form.one(request, "fingerprint"))
        if form.one(request, "do") == "confirm":
            confirm(page.session, who, given)
            return page.go_after(request, (document, LIST))
        _put_right(page.session, who, given, request, item)
    except RefusedError as error:
        return _shown(page, request, number, item, error)
    return page.go(f"/list/{in_url(document, safe='')}?page={number}&item={in_url(item, safe='')}")


def _put_right(session: ReviewSession, who: Reviewer, given: Shown, request: Request, item: str) -> None:
    do, words, page = form.one(request, "do"), form.one(request, "quote").strip(), _page_of(request)
    if do in ("correct", "split", *_ADDS) and not words:
        raise RefusedError(
            "no words are given.", next_step="Select them on the page, or type them as they stand there."
        )
    if do not in _ADDS and not item:
        raise RefusedError("no item is chosen.", next_step="Choose one of the list.")
    if do in _ADDS:
        correct.add(session, who, given, _ADDS[do], words, page)
    elif do == "correct":
        correct.correct(session, who, given, item, words, page)
    elif do == "split":
        correct.split(session, who, given, item, words)
    elif do == "join":
        correct.join(session, who, given, item)
    elif do == "remove":
        correct.remove(session, who, given, item, form.one(request, "reason"))
    elif do == "put back":
        correct.put_back(session, who, given, item, form.one(request, "reason"))
    else:
        raise RefusedError("the page cannot do that.", next_step="Choose one of its buttons.")


def _page_of(request: Request) -> int | None:
    return form.number(form.one(request, "quote_page")) or None


ROUTES = (("/list/{document}", _list, "GET"), ("/list/{document}", _act, "POST"))
