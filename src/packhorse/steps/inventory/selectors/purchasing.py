"""Suppliers, purchase orders, put-away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.steps.inventory.models import PurchaseOrder, PurchaseOrderLine, PutAwayTask, Supplier
from packhorse.steps.inventory.types import (
    DiscrepancyInfo,
    PurchaseLineInfo,
    PurchaseOrderInfo,
    PurchaseOrderRow,
    PutAwayInfo,
    ReceiptInfo,
    SupplierInfo,
)


def suppliers(scope: Scope, query: ListQuery) -> Page[SupplierInfo]:
    """Suppliers by code."""
    rows = Supplier.objects.filter(archived_at=None, **scope.filters()).select_related("client")
    if query.search:
        rows = rows.filter(Q(code__istartswith=query.search) | Q(name__icontains=query.search))
    return paginate(
        rows,
        query,
        make=lambda s: SupplierInfo(s.pk, s.client_id, s.client.code, s.code, s.name, s.email, s.lead_time_days),
        sorts={"code": "code", "name": "name"},
        default="code",
    )


def _orders(found: list[PurchaseOrder]) -> list[PurchaseOrderRow]:
    sums = {
        r[0]: r[1:]
        for r in sql.rows(
            "SELECT purchase_order_id, count(*), sum(quantity)::bigint, sum(received)::bigint FROM inventory_purchaseorderline WHERE purchase_order_id = ANY(%s) GROUP BY 1",
            [[o.pk for o in found]],
        )
    }
    return [
        PurchaseOrderRow(
            o.pk, o.number, o.reference, o.client_id, o.client.code, o.supplier.name, o.warehouse_id, o.warehouse.code, o.state, o.expected_on, o.created_at,
            *sums.get(o.pk, (0, 0, 0)),
        )
        for o in found
    ]  # fmt: skip


def _seen_orders(scope: Scope) -> QuerySet[PurchaseOrder]:
    return PurchaseOrder.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("client", "supplier", "warehouse")


def purchase_orders(scope: Scope, query: ListQuery) -> Page[PurchaseOrderRow]:
    """Purchase orders, newest first. Filters: `state` (one of the states, or `open`), `warehouse`."""
    rows = _seen_orders(scope)
    if query.search:
        rows = rows.filter(Q(number__istartswith=query.search) | Q(reference__istartswith=query.search) | Q(supplier__name__icontains=query.search))
    if wanted := query.many("state"):
        rows = rows.filter(closed_at=None) if "open" in wanted else rows.filter(state__in=wanted)
    if (warehouse := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse)
    return paginate(rows, query, make=lambda o: _orders([o])[0], many=_orders, sorts={"number": "number", "created_at": "created_at"}, default="-id")


def purchase_order(scope: Scope, purchase_order_id: int) -> PurchaseOrderInfo:
    """One purchase order with its lines, receipts and what came otherwise.

    Raises: NotFound.
    """
    o = _seen_orders(scope).filter(pk=purchase_order_id).first()
    if o is None:
        raise NotFound(kind="purchase order", ref=str(purchase_order_id))
    lines = PurchaseOrderLine.objects.filter(purchase_order=o).select_related("item").order_by("position")
    arrived = sql.rows(
        """SELECT r.id, r.at, p.code, r.principal, coalesce((SELECT sum(m.quantity) FROM inventory_move m WHERE m.cause_kind = 'inventory.receipt' AND m.cause_id = r.id), 0)::bigint
           FROM inventory_receipt r JOIN warehouse_location p ON p.id = r.location_id WHERE r.purchase_order_id = %s ORDER BY r.id""",
        [o.pk],
    )
    otherwise = sql.rows(
        """SELECT d.id, d.item_id, i.sku, d.kind, d.quantity, d.reason, d.at, d.receipt_id
           FROM inventory_discrepancy d JOIN catalog_item i ON i.id = d.item_id WHERE d.purchase_order_id = %s ORDER BY d.id""",
        [o.pk],
    )
    units = o.expected_units.filter(receipt=None).order_by("sscc").values_list("sscc", flat=True).distinct()
    return PurchaseOrderInfo(
        row=_orders([o])[0],
        currency=o.currency,
        note=o.note,
        supplier_id=o.supplier_id,
        sent_at=o.sent_at,
        closed_at=o.closed_at,
        lines=tuple(
            PurchaseLineInfo(n.pk, n.position, n.item_id, n.item.sku, n.item.name, n.item.tracking, n.quantity, n.received, n.damaged, n.unit_cost)
            for n in lines
        ),
        receipts=tuple(ReceiptInfo(*r) for r in arrived),
        discrepancies=tuple(DiscrepancyInfo(*r) for r in otherwise),
        expected_units=tuple(units),
    )


def _put_away(t: Any) -> PutAwayInfo:
    return PutAwayInfo(
        t.pk, t.client_id, t.warehouse_id, t.item_id, t.item.sku, t.item.name, t.lot_id, t.lot.code if t.lot else "", t.condition, t.quantity, t.put,
        t.source_id, t.source.code, t.target_id, t.target.code if t.target else "", t.rule, t.state, Ref(t.cause_kind, t.cause_id), t.created_at, t.done_at,
    )  # fmt: skip


def _tasks(scope: Scope) -> QuerySet[PutAwayTask]:
    return PutAwayTask.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("item", "lot", "source", "target")


def put_away_tasks(scope: Scope, query: ListQuery) -> Page[PutAwayInfo]:
    """Put-away tasks, oldest first. Filters: `state` (one of the states, or `open`), `warehouse`, `source`, `item`, `id`."""
    rows = _tasks(scope)
    if query.search:
        rows = rows.filter(Q(item__sku__istartswith=query.search) | Q(source__code__istartswith=query.search) | Q(target__code__istartswith=query.search))
    if wanted := query.many("state"):
        rows = rows.filter(done_at=None) if "open" in wanted else rows.filter(state__in=wanted)
    for name in ("warehouse", "source", "item", "id"):
        if (value := query.number(name)) is not None:
            rows = rows.filter(**{name: value})
    return paginate(rows, query, make=_put_away, default="id")


def put_aways(
    scope: Scope,
    *,
    warehouse_id: int | None = None,
    source_id: int | None = None,
    item_id: int | None = None,
    task_ids: Sequence[int] | None = None,
    limit: int = 10_000,
) -> list[PutAwayInfo]:
    """Open put-away tasks of a warehouse, at a place, of an item, or by id; oldest first."""
    rows = _tasks(scope).filter(done_at=None)
    for name, value in (("warehouse_id", warehouse_id), ("source_id", source_id), ("item_id", item_id)):
        if value is not None:
            rows = rows.filter(**{name: value})
    if task_ids is not None:
        rows = rows.filter(pk__in=list(task_ids))
    return [_put_away(t) for t in rows.order_by("pk")[:limit]]
