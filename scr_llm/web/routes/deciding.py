"""Deciding: the matrix, the next cell, one cell beside its page of the PDF, and undoing."""

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from scr_llm.errors import ConflictError, RefusedError, ScrError
from scr_llm.review.queue import ORDERS
from scr_llm.stages.decisions.items import LIST
from scr_llm.web import form, frame, shown, view
from scr_llm.web.page import ORDER_COOKIE

if TYPE_CHECKING:
    from scr_llm.web.page import Page

ROWS = 60
"""Reviews on one page of the matrix."""


def _matrix(page: "Page", request: Request) -> Response:
    who = page.who(request)
    first = max(0, form.number(request.query_params.get("from", "0")))
    everything = request.query_params.get("themes") == "all" and not who.blind
    chosen = next((name for name in ORDERS if name == request.query_params.get("order")), None)
    shown_page = view.matrix(page.session, who, first, ROWS, everything, chosen or page.order(request))
    answer = page.show(request, shown_page)
    if chosen:
        answer.set_cookie(ORDER_COOKIE, chosen, path=f"{page.base}/", httponly=True, samesite="strict")
    return answer


def _next(page: "Page", request: Request) -> Response:
    return page.go_after(request, (request.query_params.get("document", ""), request.query_params.get("key", "")))


def _cell(page: "Page", request: Request) -> Response:
    number, undone = form.number(request.query_params.get("page", "0")), "undone" in request.query_params
    return _opened(page, request, view.Asked(number, undone=undone, again="again" in request.query_params))


def _opened(page: "Page", request: Request, asked: view.Asked, status: int = 200) -> Response:
    """The page of the cell that a request names."""
    who, document, key = page.who(request), request.path_params["document"], request.path_params["key"]
    cell = page.session.cell(document, key, who)
    return page.show(request, view.opened(page.session, page.drawing, cell, who, asked), status)


def _not_saved(page: "Page", request: Request, error: ScrError) -> Response:
    """The cell again, with the reason and all that the person had filled in."""
    if isinstance(error, ConflictError):  # another's answer must be looked at before this one is given again
        return page.refused(
            request, error, back=frame.cell_path((request.path_params["document"], request.path_params["key"]))
        )
    filled = shown.Filled(
        trouble=str(error),
        reason=form.one(request, "reason"),
        quote=form.one(request, "quote"),
        text=form.one(request, "text") or None,
        kept=tuple(text for name, text in form.fields(request) if name == "keep"),
    )
    return _opened(page, request, view.Asked(form.number(form.one(request, "quote_page")), filled), 400)


def _decide(page: "Page", request: Request) -> Response:
    who, document, key = page.who(request), request.path_params["document"], request.path_params["key"]
    try:
        given = form.read(request, page.session, document, key)
        if given.act == "adjudicated" and who.blind:
            raise RefusedError("a blind reviewer cannot adjudicate.", next_step="Ask a third person.")
        if given.meaning and given.meaning != page.session.hashes.get(key, ""):
            raise RefusedError(
                "the definition of this theme has changed since you opened it.",
                next_step="Go back, read it, and decide again.",
            )
        page.session.decide(
            who,
            document,
            key,
            given.value,
            evidence=given.evidence,
            sub_themes=given.sub_themes,
            text=given.text,
            reason=given.reason,
            act="adjudicated" if given.act == "adjudicated" else None,
            seen=given.seen,
        )
    except (RefusedError, form.FormError) as error:
        if (document, key) not in page.session.proposals:
            return page.refused(request, RefusedError(str(error)))
        return _not_saved(page, request, error if isinstance(error, ScrError) else RefusedError(str(error)))
    if given.stay:
        return page.go(frame.cell_path((document, key)))
    if given.act == "adjudicated":
        return page.go("/disagreements")
    return page.go_after(request, (document, key))


def _undo(page: "Page", request: Request) -> Response:
    key = page.session.withdraw(page.who(request))
    if key and key not in page.session.proposals:
        key = (key[0], LIST)  # an item that was added is gone with the act that added it
    return page.go(f"{frame.cell_path(key)}?undone" if key else "/matrix")


def _document(page: "Page", request: Request) -> Response:
    return page.go(frame.cell_path((request.path_params["document"], LIST)))


def _picture(page: "Page", request: Request) -> Response:
    document = page.session.documents.get(request.path_params["document"])
    number = form.number(request.path_params["number"])
    if document is None or not 1 <= number <= document.pages:
        raise HTTPException(404)
    try:
        return Response(page.drawing.png(page.project.inbox / document.file, number), media_type="image/png")
    except OSError as error:
        return PlainTextResponse(f"This page cannot be drawn: {error.strerror or error}.", 404)


ROUTES = (
    ("/matrix", _matrix),
    ("/next", _next),
    ("/cell/{document}/{key}", _cell),
    ("/cell/{document}/{key}", _decide, "POST"),
    ("/undo", _undo, "POST"),
    ("/document/{document}", _document),
    ("/page/{document}/{number}.png", _picture),
)
"""Path, handler, method."""
