"""The unit of work that a use case runs in: its command, its actor, its moment, and the events it will tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packhorse.core.actors import Actor

if TYPE_CHECKING:
    from packhorse.core.events import Event


@dataclass
class Work:
    """What is going on in this transaction."""

    command_id: int
    actor: Actor
    at: dt.datetime
    events: list[Event] = field(default_factory=list)


_work: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def doing(what: Work) -> Iterator[Work]:
    """Do this work; for who opened its transaction."""
    token = _work.set(what)
    try:
        yield what
    finally:
        _work.reset(token)


def current() -> Work:
    """The running use case's work; asserting that there is one is how ledgers make sure that they are inside a transaction."""
    work = _work.get()
    assert work is not None, "only inside a use case"
    return work


def running() -> bool:
    return _work.get() is not None
