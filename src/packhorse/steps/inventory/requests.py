"""What a later step may ask of stock: one row in the caller's transaction; this step acts on it."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core import sql, work
from packhorse.core.books import Part
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger
from packhorse.steps.inventory.events import CountRequested, DriftMended, PutBackRequested
from packhorse.steps.inventory.placement import Goods, choose


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


def mend(*, item_ids: Sequence[int], demand_ids: Sequence[int]) -> int:
    """Make what is stated of items and demands what their rows say (the reconciler names the truth of each kind), and tell each change. How many figures were wrong.

    Locks: all of stock, against writing, for as long as it takes to look at these.
    """
    mended = ledger.mend(
        cause=Ref("core.command", work.current().command_id), parts={"item": Part(tuple(sorted(item_ids))), "demand": Part(tuple(sorted(demand_ids)))}
    )
    emit(*(DriftMended(client_id=d.client_id, warehouse_id=d.warehouse_id, item_id=d.item_id, kind=d.kind, stated=d.stated, actual=d.actual) for d in mended))
    return len(mended)
