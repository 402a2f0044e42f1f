"""Locks on the rows of this step that are not the ledger's, and the wall that a reader's scope makes in a statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.inventory.models import CountTask, Lot, PurchaseOrder, PurchaseOrderLine, PutAwayTask, TransferLine, TransferOrder


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
