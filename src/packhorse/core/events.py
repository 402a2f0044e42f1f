"""Events: facts in the past tense. `emit` keeps them for the journal and for each subscriber's outbox; both are written when the use case ends."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from pydantic import TypeAdapter

from packhorse.core import sql, work
from packhorse.core.refs import Ref

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EVENTS: dict[str, type[Event]] = {}

CHANNEL = "packhorse_outbox"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. Carries ids and plain values, never personal data. `sentence` is its line in a timeline, filled from the fields.

    Field names `order_id`, `client_id` and `warehouse_id`, where an event has them, are what timelines are found by, as is `subject`.
    """

    name: ClassVar[str]
    sentence: ClassVar[str | Promise] = ""
    about: ClassVar[tuple[str, str] | None] = None
    names: ClassVar[Mapping[str, Mapping[str, str | Promise]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        parts = cls.__module__.split(".")
        room = parts[parts.index("events") - 1] if "events" in parts else parts[-2]  # a room's events may be a package
        cls.name = f"{room}.{_CAMEL.sub('_', cls.__name__).lower()}"
        assert cls.name not in _EVENTS or _EVENTS[cls.name].__qualname__ == cls.__qualname__, f"two events called {cls.name}"
        _EVENTS[cls.name] = cls

    @property
    def subject(self) -> Ref | None:
        """What the event is about, besides its order: `about` names the kind, and the field with the id."""
        return Ref(self.about[0], getattr(self, self.about[1])) if self.about else None


@cache
def _adapter(name: str) -> TypeAdapter[Event]:
    return TypeAdapter(_EVENTS[name])


def encode(event: Event) -> str:
    return _adapter(event.name).dump_json(event).decode()


def decode(name: str, data: dict[str, Any]) -> Event:
    """The event of that name from its stored data.

    Raises: KeyError for a name that no room declares (any more).
    """
    return _adapter(name).validate_python(data)


def declared() -> dict[str, type[Event]]:
    return dict(_EVENTS)


@dataclass(frozen=True)
class Told:
    """An event as a handler receives it."""

    event: Any
    at: dt.datetime
    journal_id: int


Handle = Callable[[list[Told], UUID], None]


@dataclass(frozen=True)
class Handler:
    """A subscriber: called with a list of events and one key to pass to the one use case that it calls."""

    name: str
    events: tuple[str, ...]
    handle: Handle
    batch: int


_HANDLERS: dict[str, Handler] = {}


def on(*events: type[Event], batch: int = 200) -> Callable[[Handle], Handle]:
    """Subscribe a function of `handlers.py` to events.

    It is called with up to `batch` events, in order, and a key. It calls one use case with that key; the outbox rows are ticked off in that use case's own transaction,
    so the effect happens exactly once. A handler that calls no use case is ticked off when it returns.
    """

    def register(handle: Handle) -> Handle:
        name = f"{handle.__module__.split('.')[-2]}.{handle.__name__}"
        _HANDLERS[name] = Handler(name=name, events=tuple(e.name for e in events), handle=handle, batch=batch)
        handlers_of.cache_clear()
        return handle

    return register


def handlers() -> dict[str, Handler]:
    return dict(_HANDLERS)


@cache
def handlers_of(event: str) -> tuple[str, ...]:
    return tuple(sorted(h.name for h in _HANDLERS.values() if event in h.events))


def emit(*events: Event) -> None:
    """Tell what happened. Only inside a use case; written when it ends."""
    work.current().events.extend(events)


_JOURNAL = """
WITH told AS (
  INSERT INTO core_journal (id, at, event, principal, command_id, client_id, warehouse_id, order_id, subject_kind, subject_id, data)
  SELECT nextval('core_journal_id_seq'), %(at)s, e.event, %(principal)s, e.command, e.client, e.warehouse, e.order_id, e.kind, e.subject, e.data::jsonb
  FROM unnest(%(event)s::text[], %(command)s::bigint[], %(client)s::bigint[], %(warehouse)s::bigint[], %(order)s::bigint[], %(kind)s::text[], %(subject)s::bigint[], %(data)s::text[])
    WITH ORDINALITY AS e(event, command, client, warehouse, order_id, kind, subject, data, n)
  ORDER BY n
  RETURNING id, event, data
), waiting AS (
  INSERT INTO core_outbox (id, at, handler, event, journal_id, data, attempts, error)
  SELECT nextval('core_outbox_id_seq'), %(at)s, h.handler, told.event, told.id, told.data, 0, ''
  FROM told JOIN unnest(%(subscribed)s::text[], %(handler)s::text[]) AS h(event, handler) ON h.event = told.event
  ORDER BY told.id, h.handler
  RETURNING id
)
SELECT pg_notify(%(channel)s, '') WHERE EXISTS (SELECT FROM waiting)
"""


def write(told: work.Work, *, commands: Sequence[int] = ()) -> None:
    """Write the work's events to the journal and, one row per subscriber, to the outbox; wake the dispatcher.

    `commands`: the command of each event, where several were carried out together.
    """
    if not told.events:
        return
    events = told.events
    subjects = [e.subject for e in events]
    subscriptions = [(name, handler) for name in sorted({e.name for e in events}) for handler in handlers_of(name)]
    sql.run(
        _JOURNAL,
        {
            "at": told.at,
            "channel": CHANNEL,
            "principal": told.actor.principal,
            "command": list(commands) or [told.command_id] * len(events),
            "event": [e.name for e in events],
            "client": [getattr(e, "client_id", None) for e in events],
            "warehouse": [getattr(e, "warehouse_id", None) for e in events],
            "order": [getattr(e, "order_id", None) for e in events],
            "kind": [s.kind if s else None for s in subjects],
            "subject": [s.id if s else None for s in subjects],
            "data": [encode(e) for e in events],
            "subscribed": [name for name, _ in subscriptions],
            "handler": [handler for _, handler in subscriptions],
        },
        often=len(events) <= sql.FEW,
    )


def decode_many(rows: Iterable[tuple[str, Any, dt.datetime, int]]) -> list[Told]:
    """Rows of (event, data, at, journal id), as psycopg gives them, made into events."""
    return [Told(decode(name, json.loads(data) if isinstance(data, str) else data), at, journal_id) for name, data, at, journal_id in rows]
