"""One at a time, whichever thread or process of this computer it is."""

import os
import threading
from pathlib import Path
from types import TracebackType


class Turn:
    """A lock for a `with`. A process that ends, however it does, gives it back."""

    def __init__(self, path: Path) -> None:
        """`path` is a folder that processes lock; where the system cannot, only threads wait for each other."""
        self._path, self._threads, self._file = path, threading.Lock(), -1

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            import fcntl
        except ImportError:  # Windows, where one process serves the page
            return
        try:
            self._file = os.open(self._path, os.O_RDONLY)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError:  # a file system without locks: the store itself refuses the second signature
            self._release()
        except BaseException:
            self._release()
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()
        self._threads.release()

    def _release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
