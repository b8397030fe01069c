"""One running page: the project, who decides in it, and how it answers."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from scr_llm.errors import ConflictError, RefusedError, ScrError
from scr_llm.project import Project
from scr_llm.review.cells import Reviewer
from scr_llm.review.queue import ORDERS, Order
from scr_llm.review.session import ReviewSession
from scr_llm.review.shown_pages import ShownPages
from scr_llm.stages.decisions import Key
from scr_llm.web import form, frame, shown, trouble, view
from scr_llm.web.drawing import Drawing
from scr_llm.web.runner import Runner
from scr_llm.web.seats import SEAT, Seat, Seats
from scr_llm.web.turn import Turn
from scr_llm.web.unsigned import UnsignedPaper
from scr_llm.web.workbench import NOBODY, Kept, Workbench
from scr_llm.workspace import Workspace

PATIENCE_SECONDS = 8.0
"""How long a person waits for the paper, before a page says that it is being made."""
ORDER_COOKIE = "scr_llm_order"
"""Holds the order of work that a person chose."""


class Page:
    """One running review page: the session, who decides in it, and the templates."""

    def __init__(
        self, project: Project, drawing: Drawing, seats: Seats | None = None, origin: str = "", kept: Kept | None = None
    ) -> None:
        """Make the page of a project.

        Args:
            project: the project.
            drawing: draws its pages.
            seats: who may use it at one person's computer; None on a server, whose proxy names everybody.
            origin: scheme, host and port.
            kept: what outlives this process; None where nothing need.
        """
        kept = kept or Kept(Runner(project.database), ShownPages())
        self.project, self.workspace = project, Workspace(project)
        self.session, self.drawing = ReviewSession(project, kept.shown_pages), drawing
        self.bench = Workbench(kept.runner)
        self.signing, self.unsigned = Turn(project.outputs), UnsignedPaper()
        self.seats, self.origin = seats, origin
        self._database = self.session.store.identity()
        self._codes = self.session.codes
        self._templates = frame.environment(self._codes)

    @property
    def base(self) -> str:
        """The path above all pages, of the person who asks."""
        return SEAT.get().base

    @property
    def csrf(self) -> str:
        """The token in their forms."""
        return SEAT.get().csrf

    def who(self, request: Request) -> Reviewer:
        """Who is asking: the person at this computer, one who was invited, or the one that the reverse proxy names."""
        seat: Seat = request.state.seat
        return seat.reviewer or NOBODY

    @property
    def is_shared(self) -> bool:
        """Whether this is a shared server, whose proxy names people; otherwise it is whoever sits at this computer."""
        return self.seats is None

    @property
    def may_be_named(self) -> bool:
        """Whether the person who asks is the one at this computer, who may say who that is."""
        return self.seats is not None and SEAT.get() is self.seats.first

    def refuse_blind(self, request: Request, why: str = "a blind reviewer sees nobody's answers.") -> None:
        """Keep a blind reviewer from what others did.

        Raises:
            RefusedError: the person reviews blind.
        """
        if self.who(request).blind:
            raise RefusedError(why, next_step="Decide the remaining cells.")

    def is_used_by(self, reviewer: Reviewer) -> None:
        """Note who sits at this computer."""
        if self.seats:
            self.seats.first.reviewer = reviewer

    def has_settings(self, project: Project) -> None:
        """Use other settings from now on."""
        self.project, self.workspace = project, Workspace(project)

    def show(self, request: Request, page: shown.Shown, status: int = 200) -> Response:
        """A page made from its template."""
        if self._codes is not self.session.codes:  # the codebook was changed, in the page or by hand
            self._codes = self.session.codes
            self._templates = frame.environment(self._codes)
        who = self.who(request)
        progress = view.progress(self.session, who)
        around = shown.Frame(
            name=self.project.settings.name,
            who=who,
            base=self.base,
            csrf=self.csrf,
            links=frame.links(who, progress, page),
            progress=progress,
            news=str(self.session.mark),
            fault=self.session.codebook_fault,
            may=SEAT.get().may,
            is_shared=self.is_shared,
        )
        return HTMLResponse(frame.filled(self._templates, page, around), status)

    def cautions(self) -> tuple[str, ...] | None:
        """What might tell a reader of the paper who a child is; None while the paper is still being made."""
        return self.unsigned.cautions(self.session, PATIENCE_SECONDS)

    def go(self, path: str) -> Response:
        """Send the browser to another page."""
        return RedirectResponse(self.base + path, 303)

    def order(self, request: Request) -> Order:
        """The order of work that the person chose in this browser."""
        return next((name for name in ORDERS if name == request.cookies.get(ORDER_COOKIE)), "doubt")

    def go_after(self, request: Request, key: Key) -> Response:
        """Send the browser to what is open after a cell or a list or, for those who look again, what is decided."""
        who, order = self.who(request), self.order(request)
        if "1" in (request.query_params.get("again"), form.one(request, "again")):
            found = self.session.decided_after(who, key, order)
            return self.go(f"{frame.cell_path(found)}?again=1" if found else "/matrix")
        found = self.session.after(who, key, order)
        return self.go(frame.cell_path(found) if found else "/done" if who.blind else "/matrix?done=1")

    def refused(self, request: Request, error: ScrError, back: str = "/") -> Response:
        """A page that says why something was not saved, with what the person typed."""
        status = 409 if isinstance(error, ConflictError) else 400
        page = shown.RefusedPage(message=str(error), back=back, wrote=form.written(request))
        return self.show(request, page, status)

    def troubled(self, request: Request, error: Exception) -> Response:
        """A page that says what went wrong on this computer, and lets the person send the same again."""
        query = request.url.query
        again = request.scope["raw_path"].decode("ascii") + (f"?{query}" if query else "")
        expected = isinstance(error, (ScrError, SQLAlchemyError, OSError))
        page = shown.TroublePage(
            message=trouble.in_words(error),
            again=again,
            post=request.method == "POST",
            fields=tuple((name, text) for name, text in form.fields(request) if name != "csrf"),
            wrote=form.written(request),
        )
        return self.show(request, page, 503 if expected else 500)

    def check_database(self) -> None:
        """Check that decisions are written to the project's database.

        Raises:
            ScrError: the database was moved, deleted or replaced; anything written to it now would be lost.
        """
        if self.session.store.identity() != self._database:
            raise ScrError(
                "the project's database was moved, deleted or replaced while this page was open, "
                "so nothing can be saved.",
                next_step="Stop the page with Ctrl-C, put the project folder, or its database, back where it was, "
                "and start the page again.",
            )
