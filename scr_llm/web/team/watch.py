"""Watching over the server: one line a request, what was counted, and whether it is well.

A line has the pattern of the route and not its path, and neither query nor name. It is for the people who run the
server, who need not see a word of a case.
"""

import ipaddress
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scr_llm.web import trouble
from scr_llm.web.team.app import Team
from scr_llm.web.team.counting import Counting, Counts, as_prometheus
from scr_llm.web.team.door import PROJECTS, is_proxy

HEALTH, METRICS = "/healthz", "/metrics"
_METHODS = frozenset({"GET", "HEAD", "POST"})
REFUSED = "-"
"""Stands for the route of a request that none answers."""


class Watch:
    """Counts and logs every request, and answers what a machine asks."""

    def __init__(
        self,
        app: ASGIApp,
        team: Team,
        *,
        worker: int,
        secret: str,
        user_header: str,
        connections: Callable[[], int],
        share: Callable[[Counts], list[Counts]],
    ) -> None:
        """Watch over an app.

        Args:
            app: what answers people.
            team: whose databases are looked at.
            worker: number of this worker, for the log.
            secret: of the proxy.
            user_header: the header in which the proxy names a person.
            connections: how many are open.
            share: gives what was counted to the keeper, for what all workers have.
        """
        self._app, self._team, self._worker = app, team, worker
        self._secret, self._user_header = secret, user_header
        self._connections, self._share = connections, share
        self._counting = Counting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and note that it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started, began = 499, time.perf_counter(), None  # 499: whoever asked was gone before the answer began

        async def noting(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                status, began = message["status"], time.perf_counter()
            await send(message)

        state = scope.setdefault("state", {})
        try:
            if answer := await self._own(scope):
                state["route"] = scope["path"]
                await answer(scope, receive, noting)
            else:
                await self._app(scope, receive, noting)
        finally:
            self._note(scope, status, (began or time.perf_counter()) - started)

    def counted(self) -> list[Counts]:
        """Give the keeper what was counted here. Returns what every worker has."""
        return self._share(self._counting.so_far(self._connections()))

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # the route is set by the app, and so is never something that a client made up; nor must the method be
        route = scope["state"].get("route", REFUSED)
        if (seat := scope["state"].get("seat")) and seat.base and route != REFUSED:
            route = f"{PROJECTS}{{project}}{route}"
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self._counting.add((route, method, status), seconds)
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "route": route,
            "method": method,
            "status": status,
            "ms": round(1000 * seconds, 1),
            "worker": self._worker,
        }
        log(line)

    async def _own(self, scope: Scope) -> Response | None:
        """The answer to what a machine asks; None for everything else."""
        if scope["path"] not in (HEALTH, METRICS) or scope["method"] not in ("GET", "HEAD"):
            return None
        if scope["path"] == METRICS and not self._may_measure(scope):
            return PlainTextResponse("Ask from this computer, or with the proxy's secret and for nobody.", 403)
        try:
            decisions = await run_in_threadpool(self._team.check)
            if scope["path"] == HEALTH:
                return PlainTextResponse("ok\n")
            text = as_prometheus(await run_in_threadpool(self.counted), decisions)
            return PlainTextResponse(text, media_type="text/plain; version=0.0.4")
        except Exception as error:
            trouble.log("GET", scope["path"], error)
            return PlainTextResponse("A project's database cannot be used; the server's terminal says more.\n", 503)

    def _may_measure(self, scope: Scope) -> bool:
        """Whether a machine asks: with the proxy's secret, or from this computer; never for a person."""
        headers = Headers(scope=scope)
        if self._user_header in headers or "x-forwarded-for" in headers or "forwarded" in headers:
            return False
        client = scope.get("client") or ("0.0.0.0", 0)
        return ipaddress.ip_address(client[0]).is_loopback or is_proxy(headers, self._secret)


def log(line: dict[str, object]) -> None:
    """Write one line of the log, at once and whole. If nobody reads it any more, the page must still work."""
    with suppress(OSError):
        os.write(1, json.dumps(line).encode() + b"\n")
