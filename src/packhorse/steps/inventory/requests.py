"""What a later step may ask of stock: one row in the caller's transaction; this step acts on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from packhorse.core import sql, work
from packhorse.core.books import Part
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, records, replenishment
from packhorse.steps.inventory.events import CountRequested, DriftMended, PutBackRequested
from packhorse.steps.inventory.placement import Goods, choose
from packhorse.steps.inventory.types import Resettling, Want


def count_bin(*, location_id: int, item_id: int | None, reason: str, cause: Ref) -> int:
    """Ask that a bin be counted, for one item or (None) whole. One open request per bin and item: asked again, it is the same. Returns the count's id.

    Raises: Invalid when the place is not in a warehouse.
    """
    found = sql.rows(
        "SELECT id FROM inventory_counttask WHERE location_id = %s AND item_id IS NOT DISTINCT FROM %s AND state = 'requested' ORDER BY id LIMIT 1",
        [location_id, item_id],
    )
    if found:
        return int(found[0][0])
    made = sql.rows(
        """INSERT INTO inventory_counttask (warehouse_id, location_id, client_id, item_id, state, reason, tolerance, cause_kind, cause_id, round, counter, first_counter, requested_at)
           SELECT p.warehouse_id, p.id, i.client_id, i.id, 'requested', %s, 0, %s, %s, 1, '', '', %s
           FROM warehouse_location p LEFT JOIN catalog_item i ON i.id = %s WHERE p.id = %s AND p.warehouse_id IS NOT NULL
           RETURNING id, warehouse_id, client_id""",
        [reason, cause.kind, cause.id, work.current().at, item_id, location_id],
    )
    if not made:
        raise Invalid(field="location_id", reason="only a place in a warehouse can be counted")
    task_id, warehouse_id, client_id = made[0]
    emit(CountRequested(count_id=task_id, warehouse_id=warehouse_id, client_id=client_id, location_id=location_id, item_id=item_id, reason=reason))
    return int(task_id)


def put_back(*, location_id: int, item_id: int, lot_id: int | None, quantity: int, cause: Ref) -> int:
    """Ask that goods in a tote, at a bench or on a dock go back to a bin: a put-away task, its bin chosen by the usual rule. Returns the task's id.

    The goods must lie there free (release their allocation first); if they do not, the put-away is refused when it is scanned.

    Raises: Invalid.
    """
    found = sql.rows("SELECT warehouse_id FROM warehouse_location WHERE id = %s AND warehouse_id IS NOT NULL", [location_id])
    if not found or quantity <= 0:
        raise Invalid(field="location_id" if not found else "quantity", reason="only units at a place in a warehouse can be put back")
    warehouse_id = found[0][0]
    place = choose(warehouse_id, [Goods(item_id, lot_id, "sellable", quantity)])[0]
    task_id, client_id = sql.rows(
        """INSERT INTO inventory_putawaytask (client_id, warehouse_id, item_id, lot_id, condition, quantity, put, source_id, target_id, rule, state, cause_kind, cause_id, created_at)
           SELECT i.client_id, %s, i.id, %s, 'sellable', %s, 0, %s, %s, %s, 'ready', %s, %s, %s FROM catalog_item i WHERE i.id = %s
           RETURNING id, client_id""",
        [warehouse_id, lot_id, quantity, location_id, place.location_id, place.rule, cause.kind, cause.id, work.current().at, item_id],
    )[0]
    emit(PutBackRequested(task_id=task_id, client_id=client_id, warehouse_id=warehouse_id, item_id=item_id, quantity=quantity))
    return int(task_id)


def bring_forward(*, warehouse_id: int, wants: Sequence[Want], today: dt.date, cause: Ref) -> list[int]:
    """Ask that goods come forward from reserve for orders that wait: to the item's pick face (filled up on the way), where it has none to the bin that put-away would choose.

    Asked again, only what is not on its way yet is raised, and what is becomes as urgent as its orders. Returns the new relocations' ids.

    Locks: open relocations, stock.
    """
    return replenishment.bring_forward(warehouse_id, {w.item_id: w for w in wants}, (), today=today, cause=cause)


def resettle(*, warehouse_id: int, moves: Sequence[Resettling], cause: Ref) -> list[int]:
    """Items get new homes: what lies free of them in the old bin is to go to the new one, which is their own bin and their pick face from now on. Returns the relocations' ids.

    Locks: pick faces, stock.
    """
    columns = [[m.item_id for m in moves], [m.source_id for m in moves], [m.target_id for m in moves]]
    records.resettle_faces(columns)
    records.lock_stock_of(warehouse_id, columns[0])
    made = sql.rows(
        """INSERT INTO inventory_relocation (client_id, warehouse_id, item_id, lot_id, quantity, moved, source_id, target_id, reason, state, worker, cause_kind, cause_id, created_at)
           SELECT l.client_id, %s, l.item_id, l.lot_id, l.on_hand - l.allocated, 0, m.source, m.target, 'slotting', 'ready', '', %s, %s, %s
           FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m(item, source, target)
           JOIN inventory_level l ON l.item_id = m.item AND l.location_id = m.source AND l.condition = 'sellable' AND l.on_hand > l.allocated
           WHERE NOT EXISTS (SELECT FROM inventory_relocation r WHERE r.item_id = l.item_id AND r.source_id = l.location_id AND r.lot_id IS NOT DISTINCT FROM l.lot_id AND r.done_at IS NULL)
           ORDER BY l.id RETURNING id""",
        [warehouse_id, cause.kind, cause.id, work.current().at, *columns],
    )
    ids = sorted(r[0] for r in made)
    replenishment.tell(ids)
    return ids


def mend(*, item_ids: Sequence[int], demand_ids: Sequence[int]) -> int:
    """Make what is stated of items and demands what their rows say (the reconciler names the truth of each kind), and tell each change. How many figures were wrong.

    Locks: all of stock, against writing, for as long as it takes to look at these.
    """
    mended = ledger.mend(
        cause=Ref("core.command", work.current().command_id), parts={"item": Part(tuple(sorted(item_ids))), "demand": Part(tuple(sorted(demand_ids)))}
    )
    emit(*(DriftMended(client_id=d.client_id, warehouse_id=d.warehouse_id, item_id=d.item_id, kind=d.kind, stated=d.stated, actual=d.actual) for d in mended))
    return len(mended)
