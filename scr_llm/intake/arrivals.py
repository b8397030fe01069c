"""Whether new files have arrived in the inbox, and are whole."""

from scr_llm.intake.inbox import sizes
from scr_llm.project import Project


class Arrivals:
    """Checks the inbox again and again. A file that is still being copied changes between two checks."""

    def __init__(self, project: Project) -> None:
        self._inbox = project.inbox
        self._seen: dict[str, tuple[int, int]] = {}
        self._done: dict[str, tuple[int, int]] = {}

    def check(self) -> bool:
        """Whether there is something to take in, and every file is as it was at the last check."""
        now, before = sizes(self._inbox), self._seen
        self._seen = now
        return bool(now) and now != self._done and all(before.get(name) == state for name, state in now.items())

    def done(self) -> None:
        """What the last check saw has been taken in."""
        self._done = self._seen
