"""Quantity that is not wanted any more, taken out of both ledgers, below the use cases that cancel and edit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING
from packhorse.core.refs import Ref
from packhorse.ground.warehouse import selectors as places
from packhorse.steps.inventory import ledger as stock, requests as inventory_requests, selectors as inventory
from packhorse.steps.inventory.types import Allocated, Take
from packhorse.steps.orders import ledger
from packhorse.steps.orders.types import LineInfo

#: Where picked goods lie, nearest to the shelf first: what is cancelled is taken from there in this order, after what still lies in a bin.
_PICKED: Final = {"cart": 1, "tote": 1, "pallet": 2, "station": 3, "staging": 4}


def withdraw(lines: Sequence[tuple[LineInfo, int, int]], *, reason: str) -> dict[int, int]:
    """Cancel (line, units, change) of orders that the caller has locked: what is backordered first, then what is promised, then what lies in bins, last what is picked; that goes back to a bin.

    Gives how many units must be put back, by change.
    """
    wanted = {line.demand_id: (line, q) for line, q, _ in lines if q > 0}
    causes = {line.demand_id: Ref("orders.change", change) for line, _, change in lines}
    if not wanted:
        return {}
    cause = next(iter(causes.values()))
    open_allocations: dict[int, list[Allocated]] = {}
    for a in inventory.open_allocations(EVERYTHING, demand_ids=list(wanted)):
        open_allocations.setdefault(a.demand_id, []).append(a)
    kinds = {pk: p.kind for pk, p in places.locations_by_id(EVERYTHING, {a.location_id for found in open_allocations.values() for a in found}).items()}
    freed: list[tuple[Allocated, int]] = []
    for demand_id, (line, q) in wanted.items():
        mine = sorted(open_allocations.get(demand_id, ()), key=lambda a: (_PICKED.get(kinds[a.location_id], 0), a.allocation_id))
        freed += _take(mine, q - (line.live - line.shipped - sum(a.quantity for a in mine)))
    released = _split(freed, cause)
    picked = [a for a in released if kinds[a.location_id] in _PICKED]
    falls = stock.withdraw({d: q for d, (_, q) in wanted.items()}, cause=cause, freeing=[a.allocation_id for a in released])
    picked_falls: dict[int, int] = {}
    for a in picked:
        picked_falls[a.demand_id] = picked_falls.get(a.demand_id, 0) + a.quantity
    ledger.cancelled({d: q for d, (_, q) in wanted.items()}, falls, picked_falls, reason=reason)
    back: dict[int, int] = {}
    for a in picked:
        inventory_requests.put_back(location_id=a.location_id, item_id=a.item_id, lot_id=a.lot_id, quantity=a.quantity, cause=causes[a.demand_id])
        back[causes[a.demand_id].id] = back.get(causes[a.demand_id].id, 0) + a.quantity
    return back


def _take(allocations: Sequence[Allocated], units: int) -> list[tuple[Allocated, int]]:
    """The first `units` of allocations, in order: (allocation, how much of it)."""
    found = []
    for a in allocations:
        if units <= 0:
            break
        found.append((a, min(units, a.quantity)))
        units -= a.quantity
    return found


def _split(freed: Sequence[tuple[Allocated, int]], cause: Ref) -> list[Allocated]:
    """The allocations to be released: one that goes only in part is split where it lies."""
    part = [Take(a.allocation_id, q, a.location_id) for a, q in freed if q < a.quantity]
    split = stock.move(part, cause_kind=cause.kind, cause_ids=[cause.id] * len(part)) if part else []
    return [a for a, q in freed if q == a.quantity] + split


def note_change(order_id: int, kind: str, reason: str, detail: Mapping[str, Any]) -> int:
    """Write down what is changed, by whom and why; gives the change's id."""
    here = work.current()
    made = sql.rows(
        "INSERT INTO orders_change (order_id, kind, reason, detail, principal, at) VALUES (%s, %s, %s, %s::jsonb, %s, %s) RETURNING id",
        [order_id, kind, reason, json.dumps(dict(detail)), here.actor.principal, here.at],
    )
    return int(made[0][0])
