"""The rooms of routes, and the right that each route needs: a new room, and each new route, is one line here."""

from scr_llm.web.rights import Right
from scr_llm.web.routes import adding, beside, codebook, deciding, home, lists, looking, model, running, signing

ROOMS = (home, running, model, codebook, lists, deciding, looking, signing, beside)
"""Those whose handlers run in a thread."""
LIVE_ROOMS = (adding, running, signing)
"""Those that take or give piece by piece, in the server's loop."""
NAMELESS = frozenset(path for room in (home, running, model) for path, *_ in room.ROUTES) | {"/help", "/news"}
"""Pages for which nobody needs to have said who they are."""
STATIC = "/static/{name}"
RIGHTS: dict[Right, tuple[str, ...]] = {
    Right.LOOK: (
        "GET /",
        "GET /cell/{document}/{key}",
        "GET /codebook",
        "GET /codebook/candidates",
        "GET /codebook/code/{code}",
        "GET /codebook/history",
        "GET /disagreements",
        "GET /document/{document}",
        "GET /document/{document}/sheet",
        "GET /done",
        "GET /explain",
        "GET /explain/{theme}",
        "GET /files",
        "GET /help",
        "GET /list/{document}",
        "GET /log",
        "GET /matrix",
        "GET /model",
        "GET /news",
        "GET /next",
        "GET /page/{document}/{number}.png",
        "GET /paper/{paper:path}",
        "GET /papers",
        "GET /preview",
        "GET /run/events",
        "GET /second",
        "GET /sign-off",
        "GET /sign-off/paper/{paper}",
        f"GET {STATIC}",
        "GET /who",
    ),
    Right.ADD: ("POST /add", "POST /file/{document}/{act}"),
    Right.RUN: ("POST /model/try", "POST /run", "POST /run/answer", "POST /run/stop"),
    Right.CODEBOOK: ("GET /codebook/new", "POST /codebook/preview", "POST /codebook/take"),
    Right.DECIDE: ("POST /cell/{document}/{key}", "POST /list/{document}", "POST /undo"),
    Right.DRAFT: (
        "GET /sign-off/edited/{name}",
        "GET /sign-off/edited/{name}/{paper}",
        "POST /sign-off/again/{number}",
        "POST /sign-off/draft",
        "POST /sign-off/edited",
        "POST /sign-off/edited/{name}/take-back",
    ),
    Right.SIGN: ("POST /sign-off", "POST /sign-off/edited/{name}"),
    Right.OWN: ("POST /model", "POST /second", "POST /who"),
}
"""The right that each route needs. The page does not start while one has none."""
_RIGHT_OF = {route: right for right, routes in RIGHTS.items() for route in routes}


def right_of(method: str, path: str) -> Right:
    """The right that a route needs.

    Raises:
        LookupError: nobody has said which.
    """
    if right := _RIGHT_OF.get(f"{method} {path}"):
        return right
    raise LookupError(f"{method} {path} is under no right in web/routes/registry.py")
