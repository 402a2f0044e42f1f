"""The timeline: what the journal tells about an order or a thing, as sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from packhorse.core import events
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.core.words import fillings


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One fact: when, who (a principal, `user:7`), what (a sentence in the reader's language) and the event's name and data (ids and plain values)."""

    at: dt.datetime
    principal: str
    sentence: str
    event: str
    data: dict[str, Any]

    @property
    def room(self) -> str:
        return self.event.split(".", 1)[0]


def sentence_of(name: str, data: dict[str, Any]) -> str:
    """The event's sentence filled from its data; its name in words where it declares none."""
    declared = events.declared().get(name)
    sentence = str(declared.sentence) if declared else ""
    if sentence:
        try:
            return sentence.format(**fillings(data, declared.names if declared else None))
        except (KeyError, IndexError, ValueError, AttributeError):
            return sentence
    return name.split(".", 1)[-1].replace("_", " ").capitalize()


def timeline(*, order_id: int | None = None, subject: Ref | None = None, scope: Scope = EVERYTHING, limit: int = 200) -> list[TimelineEntry]:
    """What happened to an order (and to everything that names it), or to one thing; newest first.

    Rows of clients outside the scope are left out, as are, for a scope with clients, rows that name no client.
    """
    assert (order_id is None) != (subject is None), "an order or a subject"
    rows = JournalEntry.objects.all()
    rows = rows.filter(order_id=order_id) if subject is None else rows.filter(subject_kind=subject.kind, subject_id=subject.id)
    if scope.client_ids is not None:
        rows = rows.filter(client_id__in=sorted(scope.client_ids))
    if scope.warehouse_ids is not None:
        rows = rows.filter(Q(warehouse_id__in=sorted(scope.warehouse_ids)) | Q(warehouse_id=None))
    found = rows.order_by("-at", "-id").values_list("at", "principal", "event", "data")[:limit]
    return [TimelineEntry(at=at, principal=principal, sentence=sentence_of(event, data), event=event, data=data) for at, principal, event, data in found]
