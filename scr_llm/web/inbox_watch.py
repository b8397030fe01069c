"""The files of the inbox as the page shows them, so that one dropped into the folder appears by itself."""

import threading
import time

from scr_llm.files import named_errors
from scr_llm.intake.inbox import intake, sizes
from scr_llm.project import Project
from scr_llm.store import Store

SETTLED_SECONDS = 1.5
"""A file that was written to more recently may still be being copied, and is taken in at a later look."""
LOOK_SECONDS = 1.0
"""A look is good for so long: with a thousand files it takes 40 ms."""


class InboxWatch:
    """Takes in what is new in the inbox. Looking costs little as long as nothing has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, tuple[int, int]] | None = None
        self._seen: dict[str, tuple[int, int]] = {}
        self._seen_at = 0.0
        self._looked_at, self._moved = -LOOK_SECONDS, 0

    def look(self, project: Project, store: Store, *, whole: bool = False) -> int:
        """Take in what has changed since the last look. Returns how many files may still be being copied.

        With `whole`, what is there is known to be complete.

        Raises:
            FileError: the inbox cannot be read.
        """
        with self._lock:
            if whole or time.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._moved = self._look(project, store, whole=whole)
                self._looked_at = time.monotonic()
            return self._moved

    def _look(self, project: Project, store: Store, *, whole: bool) -> int:
        with named_errors(project.inbox):
            now = sizes(project.inbox)
        if now == self._taken:
            return 0
        if moving := 0 if whole else self._moving(now):
            return moving
        intake(project, store)
        self._taken = now
        return 0

    def _moving(self, now: dict[str, tuple[int, int]]) -> int:
        """How many new files were written to a moment ago, or have changed since the last look."""
        if now != self._seen:
            self._seen, self._seen_at = now, time.monotonic()
        if time.monotonic() - self._seen_at > SETTLED_SECONDS:
            return 0
        fresh = time.time_ns() - int(SETTLED_SECONDS * 1e9)
        known = self._taken or {}
        return sum(at > fresh and known.get(name) != (size, at) for name, (size, at) in now.items())
