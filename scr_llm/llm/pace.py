"""How fast an endpoint is asked: how many requests at once, and how long to wait after an error."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
)

from scr_llm.errors import NoReplyError

GRACE_S = 1.0
"""Seconds that requests under way have to finish after `stop`; then they are cut off."""
_PASSING = frozenset({"timeout", "connection", "rate_limited", "server_error"})
"""States that may have passed a little later."""


@dataclass(frozen=True)
class Retries:
    """How often and how long to wait after a transport error; waits in seconds."""

    attempts: int = 6
    """Requests in all, at most."""
    first_s: float = 1.0
    """First wait; it doubles each time, plus a jitter of up to this much."""
    longest_s: float = 30.0
    """Longest wait of our own choosing."""
    longest_retry_after_s: float = 120.0
    """Longest Retry-After that is waited for; above it the question fails at once."""


class Pace:
    """Limits the requests under way.

    A 429 halves the limit and holds all requests back for as long as the server asks; success raises it again, by one
    per round. The rule is that of TCP (additive increase, multiplicative decrease: Chiu and Jain 1989).
    """

    def __init__(self, max_concurrency: int, retries: Retries) -> None:
        self._most, self._retries = max(1, max_concurrency), retries
        self.limit = float(self._most)
        """Requests at once, at present."""
        self._under_way, self._not_before = 0, 0.0
        self._free = threading.Condition()
        self.stopped = threading.Event()
        """Set: nothing more is sent."""
        self._grace_until = math.inf

    def stop(self) -> None:
        """Send nothing more, end all waiting, and give requests under way a moment to finish."""
        self._grace_until = time.monotonic() + GRACE_S
        self.stopped.set()
        with self._free:
            self._free.notify_all()

    def cut(self) -> bool:
        """Whether requests still under way are to be given up."""
        return time.monotonic() > self._grace_until

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it while a request is under way."""
        with self._free:
            while not self.stopped.is_set():
                hold = self._not_before - time.monotonic()
                if hold <= 0 and self._under_way < max(1, int(self.limit)):
                    break
                self._free.wait(timeout=max(0.01, hold) if hold > 0 else None)
            self._under_way += 1
        try:
            yield
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify()

    def went_well(self) -> None:
        """A request was answered."""
        with self._free:
            self.limit = min(float(self._most), self.limit + 1.0 / self.limit)
            self._free.notify()

    def too_fast(self, wait_s: float | None) -> None:
        """The server said so, and perhaps how long to wait. A wait too long for one question holds no other back."""
        hold = wait_s if wait_s is not None and wait_s <= self._retries.longest_retry_after_s else 0.0
        with self._free:
            self.limit = max(1.0, self.limit / 2)
            self._not_before = max(self._not_before, time.monotonic() + hold)

    def retrying(self) -> Retrying:
        """The retry loop for one question: transport errors only, with jitter, ended at once by `stop`."""
        return Retrying(
            stop=stop_after_attempt(self._retries.attempts) | stop_when_event_set(self.stopped),
            wait=self._wait,
            retry=retry_if_exception(self._passing),
            sleep=sleep_using_event(self.stopped),
            reraise=True,
        )

    def _passing(self, error: BaseException) -> bool:
        return (
            isinstance(error, NoReplyError)
            and error.state in _PASSING
            and (error.wait_s or 0.0) <= self._retries.longest_retry_after_s
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, NoReplyError) and error.wait_s is not None:
            return error.wait_s + random.uniform(0, self._retries.first_s)
        doubled = self._retries.first_s * 2.0 ** (state.attempt_number - 1)
        return min(doubled + random.uniform(0, self._retries.first_s), self._retries.longest_s)


def retry_after(text: str | None) -> float | None:
    """Seconds to wait by a Retry-After (RFC 9110, 10.2.3: seconds or a date); None if absent or unreadable."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
            return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
