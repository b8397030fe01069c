"""Whether new files have arrived in the inbox, and are whole."""

import contextlib

from scr_llm.project import Project
from scr_llm.stages.intake import entries

_States = dict[str, tuple[int, int]]
"""Name of each file to its size in bytes and its modification time in ns."""


class Arrivals:
    """Checks the inbox again and again. A file that is still being copied changes between two checks."""

    def __init__(self, project: Project) -> None:
        self._inbox = project.inbox
        self._seen: _States = {}
        self._done: _States = {}

    def check(self) -> bool:
        """Whether there is something to take in, and every file is as it was at the last check."""
        now, before = self._states(), self._seen
        self._seen = now
        return bool(now) and now != self._done and all(before.get(name) == state for name, state in now.items())

    def done(self) -> None:
        """What the last check saw has been taken in."""
        self._done = self._seen

    def _states(self) -> _States:
        """The files that could be taken in. One that disappears or cannot be examined is left to the next check."""
        found = {}
        for entry in entries(self._inbox):
            with contextlib.suppress(OSError):
                state = entry.path.stat(follow_symlinks=False)
                found[entry.name] = (state.st_size, state.st_mtime_ns)
        return found
