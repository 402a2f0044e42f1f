"""The reconcilers, always on: what was touched is looked at within seconds, and a sweep in small slices covers the rest. Both rest far longer than they work.

One look compares in one snapshot, so that running work is never half seen. What disagrees becomes a Finding (`services.record_look`), which closes by itself when its figures agree again.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from uuid import uuid4

import structlog
from django.db import DatabaseError, InterfaceError, connection

from packhorse.core import books, clock, sql
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.books import Part
from packhorse.roof.desk import services
from packhorse.roof.desk.models import Finding, Sweep
from packhorse.roof.desk.types import Disagreement
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.types import Drift
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import OrderDrift

log = structlog.get_logger(__name__)

#: How often touched rows are asked for, and how many at once.
EVERY_S: Final = 2.0
TOUCHED_AT_ONCE: Final = 200
#: After a look the reconciler rests so many times as long as it took: at most a twentieth of a core under load, half a hundredth for the sweep.
REST, SWEEP_REST = 20, 200
#: A slice aims at this long; a round of the sweep begins at most so often.
SLICE_MS: Final = 100
ROUND: Final = dt.timedelta(hours=1)
#: The last id of each family of the sweep.
_LAST: Final = {
    "item": "SELECT coalesce(max(id), 0) FROM catalog_item",
    "demand": "SELECT coalesce(max(id), 0) FROM inventory_demand",
    "fulfillment_order": "SELECT coalesce(max(id), 0) FROM orders_fulfillmentorder",
    "order": "SELECT coalesce(max(id), 0) FROM orders_order",
}


def _of_stock(d: Drift) -> Disagreement:
    of_demand = d.kind == "demand_allocated"
    subject = ":".join(str(x) for x in (d.item_id, d.warehouse_id, d.location_id, d.lot_id, d.condition, d.demand_id))
    family, pk = ("demand", d.demand_id or 0) if of_demand else ("item", d.item_id)
    return Disagreement("inventory", d.kind, family, pk, subject, asdict(d), str(d.stated), str(d.actual))


def _of_order(d: OrderDrift) -> Disagreement:
    family, pk = ("order", d.order_id) if d.fulfillment_order_id is None else ("fulfillment_order", d.fulfillment_order_id)
    return Disagreement("orders", d.kind, family, pk, str(d.row_id), asdict(d), d.stated, d.actual)


def compare(parts: Mapping[str, Part] | None) -> list[Disagreement]:
    """What disagrees in both ledgers, in one snapshot."""
    with books.snapshot():
        return _compare(parts)


def _compare(parts: Mapping[str, Part] | None) -> list[Disagreement]:
    return [_of_stock(d) for d in inventory.drift(EVERYTHING, parts)] + [_of_order(d) for d in orders.drift(EVERYTHING, parts)]


def _tell(parts: Mapping[str, Part], found: list[Disagreement]) -> None:
    """Keep what was found, and close what is no longer so; without a command where nothing changes."""
    standing = [(f.room, f.kind, f.subject) for f in Finding.objects.filter(closed_at=None) if f.family in parts and parts[f.family].has(f.family_id)]
    if {(d.room, d.kind, d.subject) for d in found} == set(standing):
        return
    services.record_look(key=uuid4(), actor=system("desk"), parts=dict(parts), found=found)
    if found:
        log.error("books_disagree", figures=len(found), kinds=sorted({d.kind for d in found}))


def look(*, limit: int = TOUCHED_AT_ONCE) -> int:
    """Look at what was touched since the last time; how many rows told of it."""
    with books.snapshot():
        rows, parts = books.touched(limit=limit)
        # A finding is looked at again as often as its neighbours; what a touched demand leads to is named, so that it can close.
        if rows and "demand" in parts:
            parts["fulfillment_order"] = Part(
                tuple(sorted({*(parts["fulfillment_order"].ids or () if "fulfillment_order" in parts else ()), *_orders_of(parts["demand"])}))
            )
        found = _compare(parts) if rows else []
    if rows:
        _tell(parts, found)
        books.forget(rows)
    return len(rows)


def _orders_of(demands: Part) -> set[int]:
    return {r[0] for r in sql.rows(f"SELECT fulfillment_order_id FROM orders_fulfillmentline WHERE {demands.where('demand_id')}")}


def _next() -> Sweep | None:
    """The family whose turn it is: one that is under way, or whose last round is long past."""
    now = clock.now()
    for family in books.FAMILIES:
        Sweep.objects.get_or_create(family=family, defaults={"began_at": now})
    under_way = Sweep.objects.filter(ended_at=None).order_by("id").first()
    if under_way is None and (due := Sweep.objects.filter(began_at__lt=now - ROUND).order_by("began_at", "id").first()) is not None:
        due.position, due.began_at, due.ended_at, due.took_ms = 0, now, None, 0
        return due
    return under_way


def sweep() -> float:
    """Look at the next slice; how long it took in seconds, 0 if the books have been swept lately."""
    began = time.perf_counter()
    at = _next()
    if at is None:
        return 0.0
    high = at.position + at.size
    parts = {at.family: Part(low=at.position + 1, high=high)}
    with books.snapshot():
        last = sql.rows(_LAST[at.family])[0][0]
        found = _compare(parts)
    _tell(parts, found)
    took = time.perf_counter() - began
    at.position = high
    at.took_ms += round(1000 * took)
    at.size = max(50, min(20_000, round(at.size * min(2.0, max(0.5, SLICE_MS / (1000 * took))))))
    if high >= last:
        at.ended_at = at.last_ended_at = clock.now()
        at.last_took_ms = at.took_ms
    at.save()
    return took


def check_all() -> None:
    """The whole books, without rests: a new round of the sweep to its end, and what was touched."""
    Sweep.objects.update(position=0, began_at=clock.now(), ended_at=None, took_ms=0)
    while sweep():
        pass
    while look():
        pass


def run(stopping: threading.Event) -> None:
    """Until told to stop: look, rest, now and then a slice. Outlives a database that goes away."""
    sweep_again = 0.0
    while not stopping.is_set():
        rest = EVERY_S
        try:
            began = time.perf_counter()
            if look():
                rest = max(EVERY_S, REST * (time.perf_counter() - began))
            if time.monotonic() >= sweep_again:
                took = sweep()
                sweep_again = time.monotonic() + (SWEEP_REST * took if took else 60.0)
        except (DatabaseError, InterfaceError) as error:
            log.warning("books_not_looked_at", reason=str(error).strip().split("\n")[0])
            connection.close()
        except Exception:
            log.exception("books_not_looked_at")
        stopping.wait(rest)
    connection.close()
