"""What is brought forward from reserve, and from where: the rule of pick faces, and of orders that wait. Reserve is what lies in bins that are not picked from, and on pallets in the racks.

A pick face is filled up to its maximum when its minimum or less is free there or on its way. What orders need beyond that is brought too, even above the maximum: room is made by picking it.
Taken from reserve first expired first out, then first in, the smallest rest first; what is already to be brought, or lies where a count is asked for, is not counted on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory import records
from packhorse.steps.inventory.events import RelocationRaised
from packhorse.steps.inventory.placement import Goods, choose
from packhorse.steps.inventory.records import AT_FACE, COMING_TO_FACE, IN_RESERVE
from packhorse.steps.inventory.types import Want

#: A level that may be brought forward.
_RESERVE: Final = f"""
  l.condition = 'sellable' AND l.on_hand > l.allocated AND t.blocked_at IS NULL AND (t.expires_on IS NULL OR t.expires_on >= %(today)s::date + c.minimum_shelf_days)
  AND {IN_RESERVE}
"""
_LEVELS: Final = """
inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN warehouse_location u ON u.id = p.parent_id
LEFT JOIN inventory_lot t ON t.id = l.lot_id JOIN catalog_client c ON c.id = l.client_id
"""

_FACES: Final = f"""
SELECT f.item_id, f.location_id, f.minimum, f.maximum, coalesce(l.on_hand, 0)::bigint, coalesce(l.free, 0)::bigint, coalesce(m.coming, 0)::bigint
FROM inventory_pickface f JOIN warehouse_location p ON p.id = f.location_id AND p.pickable AND p.archived_at IS NULL
{AT_FACE} {COMING_TO_FACE}
WHERE f.warehouse_id = %(warehouse)s AND f.item_id = ANY(%(items)s) ORDER BY f.item_id, f.location_id
"""

#: Items of which a pick face may have to be filled, and something lies in reserve.
_CANDIDATES: Final = f"""
SELECT DISTINCT f.item_id FROM inventory_pickface f {AT_FACE}
WHERE f.warehouse_id = %(warehouse)s AND (%(clients)s::bigint[] IS NULL OR f.client_id = ANY(%(clients)s)) AND coalesce(l.free, 0) <= f.minimum
  AND EXISTS (SELECT FROM {_LEVELS} WHERE l.item_id = f.item_id AND p.warehouse_id = f.warehouse_id AND {_RESERVE})
ORDER BY 1
"""

_COMING: Final = """
SELECT r.item_id, sum(r.quantity - r.moved)::bigint FROM inventory_relocation r JOIN warehouse_location p ON p.id = r.target_id
WHERE r.warehouse_id = %(warehouse)s AND r.done_at IS NULL AND r.item_id = ANY(%(items)s) AND p.pickable AND r.reason <> 'slotting' GROUP BY 1
"""

_RAISE: Final = f"""
WITH need AS (
  SELECT n.*, sum(n.q) OVER (PARTITION BY n.item ORDER BY n.n) AS upto
  FROM unnest(%(item)s::bigint[], %(target)s::bigint[], %(quantity)s::bigint[], %(reason)s::text[], %(deadline)s::timestamptz[]) WITH ORDINALITY AS n(item, target, q, reason, deadline, n)
), coming AS (
  SELECT source_id, item_id, lot_id, sum(quantity - moved) AS q FROM inventory_relocation
  WHERE warehouse_id = %(warehouse)s AND done_at IS NULL AND item_id = ANY(%(item)s) GROUP BY 1, 2, 3
), reserve AS (
  SELECT l.id, l.item_id, l.client_id, l.location_id, l.lot_id, t.expires_on, t.received_on, (l.on_hand - l.allocated - coalesce(k.q, 0))::bigint AS q
  FROM {_LEVELS} LEFT JOIN coming k ON k.source_id = l.location_id AND k.item_id = l.item_id AND k.lot_id IS NOT DISTINCT FROM l.lot_id
  WHERE l.item_id = ANY(%(item)s) AND p.warehouse_id = %(warehouse)s AND {_RESERVE}
    AND NOT EXISTS (SELECT FROM inventory_counttask n WHERE n.location_id = l.location_id AND (n.item_id IS NULL OR n.item_id = l.item_id) AND n.posted_at IS NULL)
), supply AS (
  SELECT r.*, sum(r.q) OVER (PARTITION BY r.item_id ORDER BY r.expires_on NULLS LAST, r.received_on NULLS FIRST, r.q, r.id) AS upto FROM reserve r WHERE r.q > 0
)
INSERT INTO inventory_relocation (client_id, warehouse_id, item_id, lot_id, quantity, moved, source_id, target_id, reason, deadline, state, worker, cause_kind, cause_id, created_at)
SELECT s.client_id, %(warehouse)s, s.item_id, s.lot_id, (least(n.upto, s.upto) - greatest(n.upto - n.q, s.upto - s.q))::bigint, 0, s.location_id, n.target, n.reason, n.deadline,
       'ready', '', %(cause_kind)s, %(cause_id)s, %(at)s
FROM need n JOIN supply s ON s.item_id = n.item WHERE least(n.upto, s.upto) > greatest(n.upto - n.q, s.upto - s.q) ORDER BY n.n, s.upto
RETURNING id
"""

_TELL: Final = """
SELECT r.id, r.client_id, r.warehouse_id, r.item_id, r.quantity, s.code, t.code, r.reason
FROM inventory_relocation r JOIN warehouse_location s ON s.id = r.source_id JOIN warehouse_location t ON t.id = r.target_id WHERE r.id = ANY(%s) ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Face:
    """A pick face as it stands: what lies there, what of it is free, what is on its way to it."""

    item_id: int
    location_id: int
    minimum: int
    maximum: int
    on_hand: int
    free: int
    coming: int

    @property
    def room(self) -> int:
        return max(0, self.maximum - self.on_hand - self.coming)

    @property
    def reached(self) -> bool:
        return self.free + self.coming <= self.minimum


@dataclass(frozen=True, slots=True)
class Need:
    """So much of an item is to be brought to a place. Without a deadline the minimum was reached; with one, orders wait."""

    item_id: int
    target_id: int
    quantity: int
    deadline: dt.datetime | None = None


def needs(faces: Sequence[Face], missing: int, deadline: dt.datetime | None) -> list[Need]:
    """What is to be brought to the pick faces of one item of which orders miss so much: each that reached its minimum is filled, then the one with the most room takes what orders still miss. Pure."""
    roomiest = max(faces, key=lambda f: (f.room, -f.location_id))
    bring = {f.location_id: f.room for f in faces if f.room and f.reached}
    if missing and roomiest.room:
        bring.setdefault(roomiest.location_id, roomiest.room)
    if (rest := missing - sum(bring.values())) > 0:
        bring[roomiest.location_id] = bring.get(roomiest.location_id, 0) + rest
    return [Need(faces[0].item_id, place, q, deadline if missing else None) for place, q in bring.items()]


def candidates(warehouse_id: int, *, clients: Sequence[int] | None, today: dt.date) -> list[int]:
    """Items with a pick face whose minimum is reached and with something in reserve."""
    return [r[0] for r in sql.rows(_CANDIDATES, {"warehouse": warehouse_id, "clients": clients, "today": today})]


def bring_forward(warehouse_id: int, wants: Mapping[int, Want], item_ids: Sequence[int], *, today: dt.date, cause: Ref) -> list[int]:
    """Raise what the rule says for these items and for what orders want. Two at once for one item come one after the other: each sees what the other raised. Returns the relocations' ids.

    Locks: open relocations of what is wanted, then stock rows.
    """
    records.press(warehouse_id, wants)
    items = sorted({*item_ids, *wants})
    records.lock_stock_of(warehouse_id, items)
    params = {"warehouse": warehouse_id, "items": items}
    coming = dict(sql.rows(_COMING, params))
    faces: dict[int, list[Face]] = {}
    for row in sql.rows(_FACES, params):
        faces.setdefault(row[0], []).append(Face(*row))
    found: list[Need] = []
    homeless: list[Want] = []
    for item in items:
        want = wants.get(item)
        missing = max(0, want.quantity - coming.get(item, 0)) if want else 0
        if item in faces:
            found += needs(faces[item], missing, want.deadline if want else None)
        elif want and missing:
            homeless.append(Want(item, missing, want.deadline))
    places = choose(warehouse_id, [Goods(w.item_id, None, "sellable", w.quantity) for w in homeless])
    found += [Need(w.item_id, p.location_id, w.quantity, w.deadline) for w, p in zip(homeless, places, strict=True) if p.location_id is not None]
    return _raise(warehouse_id, found, today=today, cause=cause) if found else []


def _raise(warehouse_id: int, found: Sequence[Need], *, today: dt.date, cause: Ref) -> list[int]:
    params: dict[str, Any] = {
        "item": [n.item_id for n in found],
        "target": [n.target_id for n in found],
        "quantity": [n.quantity for n in found],
        "reason": ["orders" if n.deadline else "minimum" for n in found],
        "deadline": [n.deadline for n in found],
        "warehouse": warehouse_id,
        "today": today,
        "cause_kind": cause.kind,
        "cause_id": cause.id,
        "at": work.current().at,
    }
    made = sorted(r[0] for r in sql.rows(_RAISE, params))
    tell(made)
    return made


def tell(relocation_ids: Sequence[int]) -> None:
    """Tell that these relocations were raised."""
    emit(
        *(
            RelocationRaised(relocation_id=i, client_id=c, warehouse_id=w, item_id=item, quantity=q, source=source, target=target, reason=reason)
            for i, c, w, item, q, source, target, reason in sql.rows(_TELL, [list(relocation_ids)])
        )
    )
