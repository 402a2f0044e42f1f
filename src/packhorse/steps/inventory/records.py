"""Locks on the rows of this step that are not the ledger's, and the wall that a reader's scope makes in a statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.inventory.models import CountTask, Lot, PurchaseOrder, PurchaseOrderLine, PutAwayTask, Relocation, TransferLine, TransferOrder
from packhorse.steps.inventory.types import Want

#: A level that may be allocated from: pickable, sellable, not blocked, with shelf life left. Of level `l`, its place `p`, lot `t` and client `c`; `today` is a parameter.
PICKABLE: Final = """
  l.condition = 'sellable' AND l.on_hand > l.allocated AND p.pickable AND p.archived_at IS NULL AND t.blocked_at IS NULL
  AND (t.expires_on IS NULL OR t.expires_on >= %(today)s::date + c.minimum_shelf_days)
"""

#: Reserve: a place `p` (its parent `u`) that holds goods but is not picked from, a bin, or a pallet in the racks.
IN_RESERVE: Final = "NOT p.pickable AND p.kind IN ('bin', 'pallet') AND p.archived_at IS NULL AND (u.id IS NULL OR u.kind = 'bin')"

#: What lies at pick faces `f`, and what of it could be picked: `l.on_hand`, `l.free`.
AT_FACE: Final = """
LEFT JOIN LATERAL (
  SELECT sum(l.on_hand) AS on_hand, sum(l.on_hand - l.allocated) FILTER (WHERE l.condition = 'sellable' AND t.blocked_at IS NULL) AS free
  FROM inventory_level l LEFT JOIN inventory_lot t ON t.id = l.lot_id WHERE l.item_id = f.item_id AND l.location_id = f.location_id
) l ON true
"""

#: What is on its way to pick faces `f`: `m.coming`.
COMING_TO_FACE: Final = """
LEFT JOIN LATERAL (SELECT sum(r.quantity - r.moved) AS coming FROM inventory_relocation r WHERE r.item_id = f.item_id AND r.target_id = f.location_id AND r.done_at IS NULL) m ON true
"""


def wall(client: str = "", warehouse: str = "") -> str:
    """SQL that is true for the rows a scope sees, given the columns of client and warehouse; its parameters come from `seen`."""
    parts = []
    if client:
        parts.append(f"(%(clients)s::bigint[] IS NULL OR {client} = ANY(%(clients)s))")
    if warehouse:
        parts.append(f"(%(warehouses)s::bigint[] IS NULL OR {warehouse} = ANY(%(warehouses)s))")
    return " AND ".join(parts)


def seen(scope: Scope, **params: Any) -> dict[str, Any]:
    """The parameters of `wall`, and others."""
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **params,
    }


def lock_purchase_order(purchase_order_id: int) -> PurchaseOrder:
    """Raises: NotFound."""
    found = PurchaseOrder.objects.select_for_update().filter(pk=purchase_order_id).first()
    if found is None:
        raise NotFound(kind="purchase order", ref=str(purchase_order_id))
    return found


def lock_purchase_lines(purchase_order_id: int) -> dict[int, PurchaseOrderLine]:
    """The order's lines by item."""
    return {line.item_id: line for line in PurchaseOrderLine.objects.select_for_update().filter(purchase_order_id=purchase_order_id).order_by("pk")}


def lock_put_aways(task_ids: Sequence[int]) -> dict[int, PutAwayTask]:
    """Put-away tasks by id.

    Raises: NotFound.
    """
    found = {t.pk: t for t in PutAwayTask.objects.select_for_update().filter(pk__in=list(task_ids)).order_by("pk")}
    if missing := sorted(set(task_ids) - set(found)):
        raise NotFound(kind="put-away task", ref=str(missing[0]))
    return found


def lock_count(count_id: int) -> CountTask:
    """Raises: NotFound."""
    found = CountTask.objects.select_for_update().filter(pk=count_id).first()
    if found is None:
        raise NotFound(kind="count", ref=str(count_id))
    return found


def lock_counts_at(location_id: int) -> list[CountTask]:
    """Counts of a place that wait to be counted or are being counted, oldest first."""
    return list(CountTask.objects.select_for_update().filter(location_id=location_id, state__in=("requested", "counting", "recount")).order_by("pk"))


def lots_of(lot_ids: Sequence[int]) -> list[Lot]:
    """Lots by id, ascending.

    Raises: NotFound.
    """
    found = list(Lot.objects.filter(pk__in=list(lot_ids)).order_by("pk"))
    if missing := sorted(set(lot_ids) - {t.pk for t in found}):
        raise NotFound(kind="lot", ref=str(missing[0]))
    return found


def lock_transfer(transfer_id: int) -> TransferOrder:
    """Raises: NotFound."""
    found = TransferOrder.objects.select_for_update().filter(pk=transfer_id).first()
    if found is None:
        raise NotFound(kind="transfer", ref=str(transfer_id))
    return found


def lock_transfer_lines(transfer_id: int) -> dict[int, TransferLine]:
    """The transfer's lines by id."""
    return {n.pk: n for n in TransferLine.objects.select_for_update().filter(transfer_id=transfer_id).order_by("pk")}


def lock_relocation(relocation_id: int) -> Relocation:
    """Raises: NotFound."""
    found = Relocation.objects.select_for_update().filter(pk=relocation_id).first()
    if found is None:
        raise NotFound(kind="relocation", ref=str(relocation_id))
    return found


def press(warehouse_id: int, wants: Mapping[int, Want]) -> None:
    """Open relocations of what orders want are as urgent as these orders."""
    which = "warehouse_id = %s AND done_at IS NULL AND reason <> 'slotting' AND item_id = ANY(%s)"
    held = sql.rows(f"SELECT id FROM inventory_relocation WHERE {which} ORDER BY id FOR UPDATE", [warehouse_id, sorted(wants)])
    sql.run(
        """UPDATE inventory_relocation r SET deadline = least(r.deadline, w.deadline)
           FROM unnest(%s::bigint[], %s::timestamptz[]) AS w(item, deadline) WHERE r.item_id = w.item AND r.id = ANY(%s)""",
        [list(wants), [w.deadline for w in wants.values()], [i for (i,) in held]],
    )


def lock_stock_of(warehouse_id: int, item_ids: Sequence[int]) -> None:
    """Whoever looks at the same items here waits."""
    sql.rows("SELECT id FROM inventory_stock WHERE warehouse_id = %s AND item_id = ANY(%s) ORDER BY id FOR UPDATE", [warehouse_id, sorted(item_ids)])


def resettle_faces(columns: Sequence[Sequence[int]]) -> None:
    """Items (first) leave these bins (second) for others (third), which become their own bins; their pick faces move along. (A pick face that is there already stays as it is.)"""
    gone = "f.item_id = m.item AND f.location_id = m.source"
    moves = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m(item, source, target)"
    held = sql.rows(f"SELECT f.id FROM inventory_pickface f JOIN {moves} ON {gone} ORDER BY f.id FOR UPDATE OF f", list(columns))
    sql.run(
        f"""UPDATE inventory_pickface f SET location_id = m.target FROM {moves} WHERE {gone} AND f.id = ANY(%s)
            AND NOT EXISTS (SELECT FROM inventory_pickface o WHERE o.item_id = m.item AND o.location_id = m.target)""",
        [*columns, [i for (i,) in held]],
    )
    sql.run(
        f"""INSERT INTO inventory_fixedbin (client_id, warehouse_id, item_id, location_id)
            SELECT i.client_id, p.warehouse_id, i.id, p.id FROM {moves} JOIN catalog_item i ON i.id = m.item JOIN warehouse_location p ON p.id = m.target ORDER BY i.id
            ON CONFLICT (warehouse_id, item_id) DO UPDATE SET location_id = excluded.location_id""",
        list(columns),
    )
