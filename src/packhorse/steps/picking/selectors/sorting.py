"""Questions about put walls: which slots are free, what lies in them and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking.selectors.shelf import ready_releases
from packhorse.steps.picking.selectors.walls import SEEN, WAITS, ZONE, seen
from packhorse.steps.picking.types import Awaited, SlotRow, ToteLine

#: Open slots less the orders that are sorted at the wall and have not left theirs (or have none yet), less open slots in which something else lies.
_FREE: Final = """
SELECT s.wall_id, count(*) - count(*) FILTER (WHERE r.id IS NULL AND EXISTS (SELECT FROM inventory_level v WHERE v.location_id = s.slot_id AND v.on_hand > 0))
       - (SELECT count(*) FROM picking_release o WHERE o.wall_id = s.wall_id AND o.undone_at IS NULL AND o.emptied_at IS NULL
          AND (o.tote_id IS NULL OR EXISTS (SELECT FROM warehouse_wallslot i WHERE i.slot_id = o.tote_id AND i.closed_at IS NULL)))
FROM warehouse_wallslot s JOIN warehouse_location w ON w.id = s.wall_id
LEFT JOIN picking_release r ON r.tote_id = s.slot_id AND r.undone_at IS NULL AND r.emptied_at IS NULL
WHERE s.closed_at IS NULL AND w.archived_at IS NULL AND (%(warehouse)s::bigint IS NULL OR w.warehouse_id = %(warehouse)s) AND (%(walls)s::bigint[] IS NULL OR w.id = ANY(%(walls)s))
  AND (%(warehouses)s::bigint[] IS NULL OR w.warehouse_id = ANY(%(warehouses)s))
GROUP BY s.wall_id
"""


def free_slots(scope: Scope, warehouse_id: int | None, walls: Iterable[int] | None = None) -> dict[int, int]:
    """How many more orders may be planned for each put wall (of a warehouse, or those given)."""
    found = sql.rows(_FREE, seen(scope, warehouse=warehouse_id, walls=None if walls is None else sorted(walls)))
    return {wall_id: int(free) for wall_id, free in found}


def waiting_for_slots(scope: Scope, warehouse_id: int) -> int:
    """How many released orders that are to be sorted at a put wall have none, and get none from the next plan: the walls have no more free slots."""
    which = (
        f"r.warehouse_id = %(warehouse)s AND r.method = 'wall' AND r.wall_id IS NULL AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {WAITS} AND {SEEN}"
    )
    waiting = int(sql.rows(f"SELECT count(*) FROM picking_release r WHERE {which}", seen(scope, warehouse=warehouse_id))[0][0])
    return max(0, waiting - sum(max(0, n) for n in free_slots(scope, warehouse_id).values())) if waiting else 0


#: Open allocations in a tote, of live releases at a wall that the reader sees.
_IN_TOTE: Final = f"""
FROM inventory_allocation a JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id
JOIN picking_release r ON r.fulfillment_order_id = l.fulfillment_order_id AND r.undone_at IS NULL AND r.emptied_at IS NULL AND r.wall_id IS NOT NULL
WHERE a.location_id = %(tote)s AND a.closed_at IS NULL AND r.tote_id IS DISTINCT FROM a.location_id AND {SEEN}
"""


def pieces_in_tote(scope: Scope, tote_id: int) -> int:
    """How many pieces lie in a tote to be sorted."""
    return int(sql.rows(f"SELECT coalesce(sum(a.quantity), 0)::bigint {_IN_TOTE}", seen(scope, tote=tote_id))[0][0])


def releases_in_tote(scope: Scope, wall_id: int, tote_id: int) -> list[int]:
    """The releases whose goods lie in a tote for this put wall, by id."""
    return [r[0] for r in sql.rows(f"SELECT DISTINCT r.id {_IN_TOTE} AND r.wall_id = %(wall)s ORDER BY 1", seen(scope, tote=tote_id, wall=wall_id))]


def tote_lines(scope: Scope, wall_id: int, tote_id: int) -> list[ToteLine]:
    """What lies in a tote for a put wall, by item and lot."""
    rows = sql.rows(
        f"""SELECT x.item_id, i.sku, i.name, x.lot_id, t.code, x.units
            FROM (SELECT a.item_id, a.lot_id, sum(a.quantity)::bigint AS units {_IN_TOTE} AND r.wall_id = %(wall)s GROUP BY 1, 2) x
            JOIN catalog_item i ON i.id = x.item_id LEFT JOIN inventory_lot t ON t.id = x.lot_id ORDER BY i.sku, t.code""",
        seen(scope, tote=tote_id, wall=wall_id),
    )
    return [ToteLine(*row) for row in rows]


_AT_WALL: Final = f"""
SELECT r.tote_id, r.id, f.id, f.number, f.order_id, f.ship_by, r.slotted_at, f.held
FROM picking_release r JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
WHERE r.wall_id = %(wall)s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN} ORDER BY f.priority DESC, f.ship_by, r.id
"""
_LYING: Final = """
SELECT r.id, u.id, u.code, sum(a.quantity)::bigint FROM picking_release r JOIN orders_fulfillmentline l ON l.fulfillment_order_id = r.fulfillment_order_id
JOIN inventory_allocation a ON a.demand_id = l.demand_id AND a.closed_at IS NULL JOIN warehouse_location u ON u.id = a.location_id AND u.kind = 'tote'
WHERE r.id = ANY(%s) GROUP BY 1, 2, 3 ORDER BY 1, 3
"""
_TO_PICK: Final = f"""
SELECT t.release_id, sum(t.quantity)::bigint, coalesce(z.code, ''), t.batch_id, coalesce(b.state, '')
FROM picking_picktask t JOIN warehouse_location l ON l.id = t.location_id {ZONE} LEFT JOIN picking_pickbatch b ON b.id = t.batch_id
WHERE t.release_id = ANY(%s) AND t.state IN ('ready', 'claimed') GROUP BY 1, 3, 4, 5, z.position ORDER BY 1, z.position, 3, 4
"""
#: Pieces in slots that serve no live order, by slot.
_STRANGE: Final = """
SELECT s.slot_id, sum(v.on_hand)::bigint FROM warehouse_wallslot s JOIN inventory_level v ON v.location_id = s.slot_id AND v.on_hand > 0 JOIN catalog_item r ON r.id = v.item_id
WHERE s.wall_id = %(wall)s AND (%(clients)s::bigint[] IS NULL OR r.client_id = ANY(%(clients)s))
  AND NOT EXISTS (SELECT FROM picking_release o WHERE o.tote_id = s.slot_id AND o.undone_at IS NULL AND o.emptied_at IS NULL) GROUP BY 1
"""


def slots(scope: Scope, wall_id: int) -> list[SlotRow]:
    """A put wall: its slots by number with their orders and what these wait for, then the orders that have none yet. A slot with an order that the reader does not see looks empty.

    Raises: NotFound.
    """
    wall = warehouses.wall(scope, wall_id)
    rows = sql.rows(_AT_WALL, seen(scope, wall=wall_id))
    ids = [row[1] for row in rows]
    own = {row[1]: row[0] for row in rows}
    units: dict[int, int] = {}
    awaits: dict[int, list[Awaited]] = {i: [] for i in ids}
    for release_id, place_id, code, n in sql.rows(_LYING, [ids]):
        if place_id == own[release_id]:
            units[release_id] = n
        else:
            awaits[release_id].append(Awaited(n, tote=code))
    for release_id, n, zone, batch_id, state in sql.rows(_TO_PICK, [ids]):
        awaits[release_id].append(Awaited(n, zone=zone, batch_id=batch_id, state=state))
    complete = ready_releases(scope, ids)
    here = dict(wall.slots)
    by_slot = {
        slot_id: SlotRow(slot_id, here.get(slot_id, ""), i, fo, number, order_id, ship_by, since, units.get(i, 0), held, i in complete, tuple(awaits[i]))
        for slot_id, i, fo, number, order_id, ship_by, since, held in rows
        if slot_id in here
    }
    none = [
        SlotRow(None, "", i, fo, number, order_id, ship_by, None, 0, held, False, tuple(awaits[i]))
        for slot_id, i, fo, number, order_id, ship_by, _s, held in rows
        if slot_id is None
    ]
    strange = dict(sql.rows(_STRANGE, seen(scope, wall=wall_id)))
    numbered = [
        by_slot.get(pk) or SlotRow(pk, code, None, None, "", None, None, None, 0, False, False, strange=strange.get(pk, 0), closed=pk in wall.closed)
        for pk, code in wall.slots
    ]
    return [*numbered, *none]
