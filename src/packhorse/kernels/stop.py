"""When a search ends.

A search that stops by iterations gives the same answer to the same problem and seed on every machine; one that stops by seconds does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from packhorse.kernels.errors import InvalidProblem


@dataclass(frozen=True, slots=True)
class Stop:
    """End after so many improving iterations or so many seconds, whichever comes first; at least one must be given.

    `Stop(iterations=0)` takes the first answer of the construction and improves nothing. spent: seconds that were over when the search began (a process starts up).
    """

    iterations: int | None = None
    seconds: float | None = None
    spent: float = 0.0

    def __post_init__(self) -> None:
        if self.iterations is None and self.seconds is None:
            raise InvalidProblem("a stop needs iterations or seconds")
        if (self.iterations is not None and self.iterations < 0) or (self.seconds is not None and self.seconds < 0):
            raise InvalidProblem("a stop cannot be negative")

    def start(self) -> Watch:
        """A watch that runs from now."""
        return Watch(self)


class Watch:
    """A running stop: ask `over()` once per iteration."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.iterations = 0
        self._limit = stop.iterations
        self._seconds = stop.seconds
        self._started = time.perf_counter() - stop.spent

    def over(self) -> bool:
        """Count one iteration; true when it should not be made any more."""
        if self._limit is not None and self.iterations >= self._limit:
            return True
        if self._seconds is not None and time.perf_counter() - self._started >= self._seconds:
            return True
        self.iterations += 1
        return False

    def progress(self) -> float:
        """0 at the start, 1 at the end."""
        done = 0.0
        if self._limit is not None:
            done = self.iterations / self._limit if self._limit else 1.0
        if self._seconds is not None:
            done = max(done, self.seconds / self._seconds if self._seconds else 1.0)
        return min(done, 1.0)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started
