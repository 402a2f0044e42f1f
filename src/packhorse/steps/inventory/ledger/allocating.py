"""Allocations: the promise made physical at release, carried with the goods until they leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from packhorse.core import sql, work
from packhorse.core.refs import Ref
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory.errors import AllocationClosed, LotBlocked
from packhorse.steps.inventory.ledger.posting import Line, write
from packhorse.steps.inventory.records import PICKABLE
from packhorse.steps.inventory.types import Allocated, Posting, Take

_LOCK_LEVELS: Final = f"""
SELECT l.id FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id JOIN catalog_client c ON c.id = l.client_id
WHERE {PICKABLE} AND (p.warehouse_id, l.item_id) IN (SELECT warehouse_id, item_id FROM inventory_demand WHERE id = ANY(%(demands)s))
ORDER BY l.id FOR UPDATE OF l
"""

_ALLOCATE: Final = f"""
WITH need AS (
  SELECT d.id, d.client_id, d.warehouse_id, d.item_id, d.promised - d.allocated AS q,
         sum(d.promised - d.allocated) OVER (PARTITION BY d.warehouse_id, d.item_id ORDER BY o.n) AS upto
  FROM unnest(%(demands)s::bigint[]) WITH ORDINALITY AS o(id, n) JOIN inventory_demand d ON d.id = o.id WHERE d.promised > d.allocated
), supply AS (
  SELECT p.warehouse_id, l.item_id, l.id AS level_id, l.location_id, l.lot_id, l.on_hand - l.allocated AS q,
         sum(l.on_hand - l.allocated) OVER (PARTITION BY p.warehouse_id, l.item_id ORDER BY t.expires_on NULLS LAST, t.received_on NULLS FIRST,
                                            l.on_hand - l.allocated DESC, l.id) AS upto
  FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id JOIN catalog_client c ON c.id = l.client_id
  WHERE {PICKABLE} AND (p.warehouse_id, l.item_id) IN (SELECT warehouse_id, item_id FROM need)
), matched AS (
  SELECT n.id AS demand_id, n.client_id, n.item_id, s.level_id, s.location_id, s.lot_id,
         (least(n.upto, s.upto) - greatest(n.upto - n.q, s.upto - s.q))::bigint AS q
  FROM need n JOIN supply s USING (warehouse_id, item_id)
  WHERE least(n.upto, s.upto) > greatest(n.upto - n.q, s.upto - s.q)
), made AS (
  INSERT INTO inventory_allocation (client_id, demand_id, item_id, location_id, lot_id, quantity, at)
  SELECT client_id, demand_id, item_id, location_id, lot_id, q, %(at)s FROM matched ORDER BY demand_id, level_id
  RETURNING id, demand_id, item_id, location_id, lot_id, quantity
), levels AS (
  UPDATE inventory_level l SET allocated = l.allocated + m.q FROM (SELECT level_id, sum(q)::bigint AS q FROM matched GROUP BY 1) m WHERE l.id = m.level_id
), demands AS (
  UPDATE inventory_demand d SET allocated = d.allocated + m.q FROM (SELECT demand_id, sum(q)::bigint AS q FROM matched GROUP BY 1) m WHERE d.id = m.demand_id
)
SELECT id, demand_id, item_id, location_id, lot_id, quantity FROM made ORDER BY id
"""


def allocate(demand_ids: Sequence[int], *, today: dt.date) -> list[Allocated]:
    """Allocate what is promised and not yet allocated of these demands, earlier ones first: first expired first out, then first in, split over lots and bins where one cannot cover.

    `today` is the warehouse's date; a lot needs its client's minimum shelf life left. What no pickable bin can give stays unallocated: compare the sums.
    """
    params = {"demands": list(demand_ids), "today": today, "at": work.current().at}
    sql.rows("SELECT id FROM inventory_allocation WHERE demand_id = ANY(%(demands)s) AND closed_at IS NULL ORDER BY id FOR UPDATE", params)
    sql.rows("SELECT id FROM inventory_demand WHERE id = ANY(%(demands)s) ORDER BY id FOR UPDATE", params)
    sql.rows(_LOCK_LEVELS, params)
    return [Allocated(*r) for r in sql.rows(_ALLOCATE, params)]


def pickable(warehouse_id: int, item_ids: Sequence[int], *, today: dt.date) -> dict[int, int]:
    """How much of each item `allocate` would find in the pickable bins of a warehouse now; items of which there is nothing are left out."""
    found = sql.rows(
        f"""SELECT l.item_id, sum(l.on_hand - l.allocated)::bigint
            FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id JOIN catalog_client c ON c.id = l.client_id
            WHERE {PICKABLE} AND p.warehouse_id = %(warehouse)s AND l.item_id = ANY(%(items)s) GROUP BY 1""",
        {"warehouse": warehouse_id, "items": list(item_ids), "today": today},
    )
    return dict(found)


def lock(allocation_ids: Sequence[int]) -> dict[int, Allocated]:
    """Lock allocations; gives those that are open."""
    # By id alone, so that no plan, however early it was made, walks all that are open.
    found = sql.rows(
        """SELECT id, demand_id, item_id, location_id, lot_id, quantity, closed_at IS NULL FROM inventory_allocation
           WHERE id = ANY(%s) ORDER BY id FOR UPDATE""",
        [sorted(allocation_ids)],
        often=len(allocation_ids) <= sql.FEW,
    )
    return {r[0]: Allocated(*r[:6]) for r in found if r[6]}


def closed(allocation_id: int, asked: int) -> AllocationClosed:
    """The refusal of one that is not open any more."""
    item = sql.rows("SELECT item_id FROM inventory_allocation WHERE id = %s", [allocation_id])
    return AllocationClosed(allocation_id=allocation_id, asked=asked, item_id=item[0][0] if item else None)


def _lock_demands(allocations: Iterable[Allocated]) -> None:
    sql.rows("SELECT id FROM inventory_demand WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted({a.demand_id for a in allocations})])


def release(allocation_ids: Sequence[int]) -> list[Allocated]:
    """Close open allocations where the goods lie (those already closed are passed over): the goods stay there, free; the promise stands. Returns what was closed."""
    held = lock(allocation_ids)
    ids = list(held)
    _lock_demands(held.values())
    sql.run(
        """UPDATE inventory_demand d SET allocated = d.allocated - a.q
           FROM (SELECT demand_id, sum(quantity)::bigint AS q FROM inventory_allocation WHERE id = ANY(%s) GROUP BY 1) a WHERE d.id = a.demand_id""",
        [ids],
    )
    level = "l.item_id = a.item_id AND l.location_id = a.location_id AND l.lot_id IS NOT DISTINCT FROM a.lot_id AND l.condition = 'sellable'"
    sql.rows(f"SELECT l.id FROM inventory_level l JOIN inventory_allocation a ON {level} WHERE a.id = ANY(%s) ORDER BY l.id FOR UPDATE OF l", [ids])
    sql.run(
        f"""UPDATE inventory_level l SET allocated = l.allocated - a.q
            FROM (SELECT item_id, location_id, lot_id, sum(quantity)::bigint AS q FROM inventory_allocation WHERE id = ANY(%s) GROUP BY 1, 2, 3) a WHERE {level}""",
        [ids],
    )
    sql.run("UPDATE inventory_allocation SET closed_at = %s WHERE id = ANY(%s)", [work.current().at, ids])
    return list(held.values())


def move(takes: Sequence[Take], *, cause_kind: str, cause_ids: Sequence[int]) -> list[Allocated]:
    """Move allocated goods inside the warehouse (pick into a tote, pack into a parcel). An allocation may be taken in part: the taken part becomes a new allocation at the target.

    One cause id per take. Returns the allocations at their targets, in order.

    Raises: AllocationClosed, OutOfStock.
    """
    assert len({t.allocation_id for t in takes}) == len(takes), "one take per allocation"
    held = lock([t.allocation_id for t in takes])
    for t in takes:
        if t.allocation_id not in held or held[t.allocation_id].quantity < t.quantity:
            raise closed(t.allocation_id, t.quantity)
    now = work.current().at
    whole = [t for t in takes if held[t.allocation_id].quantity == t.quantity]
    part = [t for t in takes if held[t.allocation_id].quantity > t.quantity]
    inside = _carry(whole)
    taken = {t.allocation_id: t.allocation_id for t in whole}
    if part:
        fresh = sql.next_ids("inventory_allocation_id_seq", len(part))
        taken |= dict(zip((t.allocation_id for t in part), fresh, strict=True))
        columns = [[t.allocation_id for t in part], [t.quantity for t in part]]
        sql.run("UPDATE inventory_allocation a SET quantity = a.quantity - t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q) WHERE a.id = t.id", columns)
        sql.run(
            """INSERT INTO inventory_allocation (id, client_id, demand_id, item_id, location_id, lot_id, quantity, at)
               SELECT t.fresh, a.client_id, a.demand_id, a.item_id, t.place, a.lot_id, t.q, %s
               FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, q, fresh, place) JOIN inventory_allocation a ON a.id = t.id""",
            [now, *columns, fresh, [t.target_id for t in part]],
        )
    moved = []
    for t in takes:
        a = held[t.allocation_id]
        moved.append(Allocated(taken[a.allocation_id], a.demand_id, a.item_id, t.target_id, a.lot_id, t.quantity))
    lines = [
        Line(
            Posting(item_id=m.item_id, quantity=m.quantity, lot_id=m.lot_id, source_id=held[t.allocation_id].location_id, target_id=t.target_id),
            c,
            True,
            m.demand_id,
        )
        for t, m, c in zip(takes, moved, cause_ids, strict=True)
        if held[t.allocation_id].location_id != t.target_id
    ]
    write(lines, cause_kind=cause_kind, inside=inside and not part)
    return moved


def _carry(whole: Sequence[Take]) -> bool:
    """Whole allocations go to their targets. Whether each stays within its warehouse, between places whose goods count as sellable."""
    if not whole:
        return False
    ends = sql.rows(
        """UPDATE inventory_allocation a SET location_id = t.place
           FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, place), warehouse_location s, warehouse_location p WHERE a.id = t.id AND s.id = a.location_id AND p.id = t.place
           RETURNING s.warehouse_id IS NOT DISTINCT FROM p.warehouse_id AND s.kind NOT IN ('quarantine', 'transit') AND p.kind NOT IN ('quarantine', 'transit')""",
        [[t.allocation_id for t in whole], [t.target_id for t in whole]],
        often=len(whole) <= sql.FEW,
    )
    return all(r[0] for r in ends)


def ship(allocation_ids: Sequence[int], *, cause: Ref) -> list[Allocated]:
    """The goods leave to the customer: allocations close, and with them the promise and the demand.

    Raises: AllocationClosed, LotBlocked.
    """
    held = lock(allocation_ids)
    for i in allocation_ids:
        if i not in held:
            raise closed(i, 0)
    ids = list(held)
    blocked = sql.rows(
        "SELECT l.code, l.blocked_reason, l.id FROM inventory_lot l WHERE l.id = ANY(%s) AND l.blocked_at IS NOT NULL ORDER BY l.id",
        [sorted({a.lot_id for a in held.values() if a.lot_id is not None})],
    )
    if blocked:
        raise LotBlocked(lot=blocked[0][0], reason=blocked[0][1], lot_id=blocked[0][2])
    _lock_demands(held.values())
    sql.run(
        """UPDATE inventory_demand d SET wanted = d.wanted - a.q, promised = d.promised - a.q, allocated = d.allocated - a.q
           FROM (SELECT demand_id, sum(quantity)::bigint AS q FROM inventory_allocation WHERE id = ANY(%s) GROUP BY 1) a WHERE d.id = a.demand_id""",
        [ids],
    )
    sql.run("UPDATE inventory_allocation SET closed_at = %s WHERE id = ANY(%s)", [work.current().at, ids])
    customer = virtual("customer")
    lines = [
        Line(Posting(item_id=a.item_id, quantity=a.quantity, lot_id=a.lot_id, source_id=a.location_id, target_id=customer), cause.id, True, a.demand_id)
        for a in held.values()
    ]
    write(lines, cause_kind=cause.kind, promised_goes=True)
    return list(held.values())
