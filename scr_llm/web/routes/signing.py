"""Signing: what stands in the way, the paper as it will look, the edited paper given back, the signature."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from scr_llm.errors import RefusedError, ScrError, UsageError
from scr_llm.records import OwnWords
from scr_llm.render.html import styles
from scr_llm.reports.draft_words import draft_in_words
from scr_llm.reports.given_back import keep, kept, taken_back
from scr_llm.reports.word_limits import LARGEST, read_word
from scr_llm.review.as_edited import Looked, as_edited, look
from scr_llm.review.edited_paper import basis_of, looked_at
from scr_llm.review.in_the_way import in_the_way
from scr_llm.text.typed import LONGEST_REASON, typed
from scr_llm.web import form, signing_view
from scr_llm.web.guard import GIVE_BACK
from scr_llm.web.multipart import BrokenFormError
from scr_llm.web.receiving import TooLargeError, answered, form_of, outcome, received
from scr_llm.web.shown import RefusedPage
from scr_llm.web.signing_view import Asked
from scr_llm.web.unsigned import PAPERS, STYLES, shown, unsigned

if TYPE_CHECKING:
    from scr_llm.web.page import Page


def _may_sign(page: "Page", request: Request) -> None:
    page.refuse_blind(request, "a second reviewer cannot sign off.")


def _sign_off(page: "Page", request: Request) -> Response:
    _may_sign(page, request)
    return _shown(page, request, Asked(first=form.number(request.query_params.get("from", "0"))))


def _shown(page: "Page", request: Request, asked: Asked, status: int = 200) -> Response:
    made = signing_view.sign_off(page.workspace, page.session, page.who(request), asked, page.cautions)
    return page.show(request, made, status)


def _sign(page: "Page", request: Request) -> Response:
    _may_sign(page, request)
    try:
        _signed(page, request)
    except (RefusedError, UsageError) as error:
        if in_the_way(page.session).number:  # the form is gone, so what was typed is given back to be copied
            return page.refused(request, error, "/sign-off")
        return _shown(page, request, _asked_again(request, error), 400)
    return page.go("/sign-off#signed")


def _signed(page: "Page", request: Request, edited: Path | None = None, own_words: tuple[OwnWords, ...] = ()) -> None:
    """Sign, unless the person's own click before this one did."""
    who = page.who(request)
    with page.signing:  # a second click waits for the first, and finds that the briefing is signed
        if form.one(request, "signing") != signing_view.to_sign(page.session):
            if page.session.paper_state().is_signed:
                return
            raise RefusedError(
                "something was decided or signed since this page was shown.", next_step="Look again, then sign."
            )
        answers = form.answers(request, page.unsigned.cautions(page.session) or ())
        alone = form.one(request, "alone")
        page.workspace.sign_off(who.name, who.role, answers, alone=alone, edited=edited, own_words=own_words)
        if edited:
            taken_back(page.project, edited.name)  # the record holds its bytes


def _asked_again(request: Request, error: ScrError) -> Asked:
    return Asked(trouble=str(error), typed=lambda name: form.one(request, name))


def _draft(page: "Page", request: Request) -> Response:
    """Write the draft, as `scr-llm brief` does, and say the same about it."""
    _may_sign(page, request)
    draft = page.workspace.brief()
    said = tuple(draft_in_words(draft))
    if draft.state.is_signed and not draft.paths:
        said = (*said, draft.state.closing(0, 0) + " Nothing was written.")
    elif draft.paths:
        said = (f"Draft {draft.briefing.version} is written.", *said)
    return _shown(page, request, Asked(said=said))


def _again(page: "Page", request: Request) -> Response:
    """Write the files of a signed version again, byte for byte."""
    _may_sign(page, request)
    page.workspace.write_signed(form.number(request.path_params["number"]))
    return page.go("/sign-off#signed")


def _preview(page: "Page", request: Request) -> Response:
    """The paper as it would be signed, or its stylesheet, which the page's own policy allows only as a file."""
    _may_sign(page, request)
    return _previewed(request.path_params["paper"], lambda name: page.unsigned.shown(page.session, name))


def _previewed(name: str, made: Callable[[str], str]) -> Response:
    if name == STYLES:
        return Response(styles(), media_type="text/css")
    if name not in PAPERS:
        raise HTTPException(404)
    return Response(made(name), media_type="text/html")


async def _give_back(page: "Page", request: Request) -> Response:
    """Take an edited paper from the page's script, which hears where it is looked at; or that of a form."""
    form = form_of(request)
    if form is None:
        return await answered(GIVE_BACK, "", lambda: _given_back(page, request))
    said, status = {"said": "No file was chosen. Choose one first."}, 400
    try:
        async for part in form:
            if part.name == "file" and part.file:
                said, status = await outcome(GIVE_BACK, "", partial(_given_back, page, request, part.pieces))
    except (BrokenFormError, ClientDisconnect) as error:
        said, status = {"said": str(error) or "It was cut off. Give it back again."}, 400
    if status == 200:
        return page.go(said["at"])
    refused = RefusedPage(message=said["said"], back="/sign-off", wrote=())
    return await run_in_threadpool(page.show, request, refused, status)


async def _given_back(page: "Page", request: Request, pieces: AsyncIterator[bytes] | None = None) -> dict[str, str]:
    page.check_database()
    _may_sign(page, request)
    if not page.who(request).name:
        raise RefusedError("nobody has said who they are.", next_step="Reload the page.")
    too_large = TooLargeError(
        f"it is larger than {LARGEST // 1_000_000} MB.", next_step="Make its pictures smaller, and save it again."
    )
    async with received(page, request, LARGEST, too_large, pieces) as part:
        path = await run_in_threadpool(_keep, page, part)
    return {"said": "It is kept.", "at": f"{GIVE_BACK}/{path.name}"}


def _keep(page: "Page", part: Path) -> Path:
    return keep(page.project, part, page.session.store.drafts("briefing"))


def _kept(page: "Page", request: Request) -> Path:
    """The paper that an address names: only one that is kept, whatever the address says.

    Raises:
        RefusedError: it is not kept, because it was signed or taken back.
    """
    _may_sign(page, request)
    signed = page.session.store.signatures()
    wanted = request.path_params["name"]
    if found := next((path for path in kept(page.project, signed) if path.name == wanted), None):
        return found
    raise RefusedError("this edited paper was signed or taken back.", next_step="Go to the sign-off page.")


def _edited(page: "Page", request: Request) -> Response:
    path = _kept(page, request)
    return _edited_shown(page, request, path, looked_at(page.project, page.session.store, path), Asked())


def _edited_shown(
    page: "Page", request: Request, path: Path, looked: Looked, asked: Asked, status: int = 200
) -> Response:
    made = signing_view.edited(page.project, page.session, page.who(request), path.name, looked, asked, page.cautions)
    return page.show(request, made, status)


def _edited_preview(page: "Page", request: Request) -> Response:
    """The edited paper as it would be signed, whatever reasons are still to be given."""
    path, store = _kept(page, request), page.session.store

    def made(name: str) -> str:
        content, basis = read_word(path), basis_of(page.project, store, unsigned(page.project)[0])
        words = dict.fromkeys(doubt.words for doubt in look(content, path.name, basis).doubts)
        own = [OwnWords(text=text, reason="(the reason that you give)") for text in words]
        return shown(as_edited(content, path.name, basis, own).briefing, name)

    return _previewed(request.path_params["paper"], made)


def _sign_edited(page: "Page", request: Request) -> Response:
    _may_sign(page, request)
    with page.signing:  # the second of two clicks finds that the first has signed
        if form.one(request, "signing") != signing_view.to_sign(page.session) and page.session.paper_state().is_signed:
            return page.go("/sign-off#signed")
    path = _kept(page, request)
    looked = looked_at(page.project, page.session.store, path)
    try:
        _signed(page, request, path, _own_words(request, looked))
    except (RefusedError, UsageError) as error:
        if in_the_way(page.session).number:
            return page.refused(request, error, f"{GIVE_BACK}/{path.name}")
        return _edited_shown(page, request, path, looked, _asked_again(request, error), 400)
    return page.go("/sign-off#signed")


def _own_words(request: Request, looked: Looked) -> tuple[OwnWords, ...]:
    """The reasons that a person gave, each with the words that they answer for.

    Raises:
        RefusedError: words that the record does not support have no reason.
    """
    found = signing_view.unsupported(looked, lambda name: form.one(request, name))
    if without := [each.words for each in found if not each.reason.strip()]:
        listed = ", ".join(f"“{words}”" for words in without)
        raise RefusedError(
            f"the record does not support {listed}, and there is no reason beside it.",
            next_step="Say why you answer for it, or mend it in Word and give the paper back again.",
        )
    return tuple(
        OwnWords(text=each.words, reason=typed(each.reason, "the reason", longest=LONGEST_REASON)) for each in found
    )


def _take_back(page: "Page", request: Request) -> Response:
    taken_back(page.project, _kept(page, request).name)
    return page.go("/sign-off")


ROUTES = (
    ("/sign-off", _sign_off, "GET"),
    ("/sign-off", _sign, "POST"),
    ("/sign-off/draft", _draft, "POST"),
    ("/sign-off/again/{number}", _again, "POST"),
    ("/sign-off/paper/{paper}", _preview, "GET"),
    ("/sign-off/edited/{name}", _edited, "GET"),
    ("/sign-off/edited/{name}", _sign_edited, "POST"),
    ("/sign-off/edited/{name}/take-back", _take_back, "POST"),
    ("/sign-off/edited/{name}/{paper}", _edited_preview, "GET"),
)
LIVE = ((GIVE_BACK, _give_back, "POST"),)
