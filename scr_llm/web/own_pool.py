"""Processes beside the page, started when first asked for and anew where they are gone."""

import threading
from contextlib import suppress

from pebble import ProcessPool

from scr_llm.stages.read.apart import pool_within


class OwnPool:
    """A pool of processes, for all threads of the page."""

    def __init__(self, workers: int, megabytes: int) -> None:
        """How many processes, and the most memory that each may take."""
        self._workers, self._megabytes = workers, megabytes
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def running(self) -> ProcessPool:
        """The pool, with its processes; others take the place of those that were killed while idle."""
        with self._lock:
            if self._pool and not self._pool.active:
                with suppress(Exception):  # what is broken already may fail to end
                    self._end(self._pool)
                self._pool = None
            if self._pool is None:
                self._pool = pool_within(self._workers, self._megabytes)
            return self._pool

    def end(self) -> None:
        """End the processes."""
        with self._lock:
            if self._pool:
                self._end(self._pool)
                self._pool = None

    @staticmethod
    def _end(pool: ProcessPool) -> None:
        pool.stop()
        pool.join()
