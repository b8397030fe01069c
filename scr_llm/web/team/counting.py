"""What a worker counts of the requests, and how all of it is written for Prometheus. There is no name in it."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds that bound the groups in which answers are counted."""
Asked = tuple[str, str, int]
"""Pattern of the route, method, status."""


@dataclass(frozen=True)
class Counts:
    """What was counted up to now."""

    requests: dict[Asked, int] = field(default_factory=dict)
    """Answers by route, method and status."""
    within: tuple[int, ...] = (0,) * len(BOUNDS)
    """Answers that began within each of `BOUNDS`."""
    seconds: float = 0.0
    """Until they began, in all."""
    connections: int = 0
    """Open now."""


class Counting:
    """Counts the answers of one worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = Counter[Asked]()
        self._within, self._seconds = [0] * len(BOUNDS), 0.0

    def add(self, asked: Asked, seconds: float) -> None:
        """Count an answer that began after so many seconds."""
        with self._lock:
            self._requests[asked] += 1
            self._seconds += seconds
            for place, bound in enumerate(BOUNDS):
                self._within[place] += seconds <= bound

    def so_far(self, connections: int) -> Counts:
        """What was counted up to now."""
        with self._lock:
            return Counts(dict(self._requests), tuple(self._within), self._seconds, connections)


def as_prometheus(each: Iterable[Counts], decisions: int) -> str:
    """Everything that the workers counted, in the text format that Prometheus reads (version 0.0.4)."""
    all_of_them = list(each)
    requests = Counter[Asked]()
    for counts in all_of_them:
        requests.update(counts.requests)
    number = sum(requests.values())
    lines = ["# HELP scr_llm_requests_total Requests answered.", "# TYPE scr_llm_requests_total counter"]
    for (route, method, status), times in sorted(requests.items()):
        lines.append(f'scr_llm_requests_total{{route="{route}",method="{method}",status="{status}"}} {times}')
    lines += [
        "# HELP scr_llm_request_seconds Time until an answer began.",
        "# TYPE scr_llm_request_seconds histogram",
    ]
    for place, bound in enumerate(BOUNDS):
        lines.append(f'scr_llm_request_seconds_bucket{{le="{bound}"}} {sum(c.within[place] for c in all_of_them)}')
    lines += [
        f'scr_llm_request_seconds_bucket{{le="+Inf"}} {number}',
        f"scr_llm_request_seconds_sum {sum(c.seconds for c in all_of_them):.6f}",
        f"scr_llm_request_seconds_count {number}",
        "# HELP scr_llm_open_connections Connections that are open now.",
        "# TYPE scr_llm_open_connections gauge",
        f"scr_llm_open_connections {sum(c.connections for c in all_of_them)}",
        "# HELP scr_llm_decisions_stored Decisions in the records of all projects.",
        "# TYPE scr_llm_decisions_stored gauge",
        f"scr_llm_decisions_stored {decisions}",
    ]
    return "\n".join(lines) + "\n"
