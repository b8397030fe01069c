"""The rooms of routes: a new one is one line here."""

from scr_llm.web.routes import adding, beside, codebook, deciding, home, lists, looking, model, running, signing

ROOMS = (home, running, model, codebook, lists, deciding, looking, signing, beside)
"""Those whose handlers run in a thread."""
LIVE_ROOMS = (adding, running, signing)
"""Those that take or give piece by piece, in the server's loop."""
NAMELESS = frozenset(path for room in (home, running, model) for path, *_ in room.ROUTES) | {"/help", "/news"}
"""Pages for which nobody needs to have said who they are."""
