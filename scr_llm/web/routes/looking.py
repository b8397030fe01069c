"""Looking things up: a case sheet, disagreements, where a number comes from, and the keys."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from scr_llm.errors import RefusedError
from scr_llm.review.explanation import ROWS as EXPLAINED
from scr_llm.review.explanation import explained_in_part
from scr_llm.web import form, shown, view

if TYPE_CHECKING:
    from scr_llm.web.page import Page


def _case_sheet(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    document = request.path_params["document"]
    return page.show(request, shown.CaseSheetPage(document=document, sheet=page.workspace.case_sheet(document)))


def _disagreements(page: "Page", request: Request) -> Response:
    who = page.who(request)
    if who.blind and not page.session.blind_done(who.name):
        raise RefusedError(
            "disagreements are shown once the second reviewer has finished.", next_step="Decide the remaining cells."
        )
    return page.show(request, view.disagreements(page.session))


def _explain(page: "Page", request: Request) -> Response:
    page.refuse_blind(request, "a blind reviewer sees no counts.")
    first = form.number(request.query_params.get("from", "0"))
    part = explained_in_part(page.session, request.path_params["theme"], first)
    return page.show(
        request, shown.ExplainPage(explanation=part.explanation, first=part.first, most=EXPLAINED, of=part.of)
    )


def _help(page: "Page", request: Request) -> Response:
    return page.show(request, view.keys())


ROUTES = (
    ("/document/{document}/sheet", _case_sheet),
    ("/disagreements", _disagreements),
    ("/explain/{theme}", _explain),
    ("/help", _help),
)
"""Path, handler."""
