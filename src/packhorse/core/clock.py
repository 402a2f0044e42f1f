"""The one clock. Everything that records a time asks here, so that a simulation can run a day in a minute."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Clock(Protocol):
    def now(self) -> dt.datetime: ...


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(time.time(), dt.UTC)


class ShiftedClock:
    """The machine's clock, moved: a demonstration goes on living where its days ended."""

    def __init__(self, by: dt.timedelta) -> None:
        self._by = by

    def now(self) -> dt.datetime:
        return SystemClock().now() + self._by


class VirtualClock:
    """Stands still until it is moved; never moves back."""

    def __init__(self, start: dt.datetime) -> None:
        assert start.tzinfo is not None, "time is UTC"
        self._now = start

    def now(self) -> dt.datetime:
        return self._now

    def advance_to(self, moment: dt.datetime) -> None:
        self._now = max(self._now, moment)

    def advance(self, seconds: float) -> None:
        self._now += dt.timedelta(seconds=seconds)


_clock: Clock = SystemClock()


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return _clock.now()


def use(clock: Clock) -> None:
    """Run this process on another clock from now on."""
    global _clock
    _clock = clock


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Run a block on another clock."""
    global _clock
    before, _clock = _clock, clock
    try:
        yield clock
    finally:
        _clock = before
