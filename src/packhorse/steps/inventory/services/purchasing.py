"""Suppliers, and purchase orders until the goods arrive, and when nothing more is expected."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.inventory import events, records, states
from packhorse.steps.inventory.errors import ReferenceTaken, SupplierTaken
from packhorse.steps.inventory.models import PurchaseOrder, Supplier
from packhorse.steps.inventory.services.otherwise import Otherwise, record
from packhorse.steps.inventory.types import AnnouncedLine, OrderedLine, PurchaseOrderRow, SupplierInfo


def _supplier(supplier_id: int) -> Supplier:
    found = Supplier.objects.select_related("client").filter(pk=supplier_id, archived_at=None).first()
    if found is None:
        raise NotFound(kind="supplier", ref=str(supplier_id))
    return found


@use_case
def create_supplier(*, key: UUID, actor: Actor, client_id: int, code: str, name: str, email: str = "", lead_time_days: int = 7) -> SupplierInfo:
    """A supplier of one client.   Raises: NotAllowed, SupplierTaken, Invalid."""
    authorize(actor, "purchase", client_id=client_id)
    code, name = code.strip(), name.strip()
    if not code or not name:
        raise Invalid(field="code" if not code else "name", reason="missing")
    if not 0 <= lead_time_days <= 3650:
        raise Invalid(field="lead_time_days", reason="0 to 3650")
    made = sql.rows(
        """INSERT INTO inventory_supplier (client_id, code, name, email, lead_time_days) SELECT id, %s, %s, %s, %s FROM catalog_client WHERE id = %s
           ON CONFLICT (client_id, code) DO NOTHING RETURNING id""",
        [code, name, email.strip(), lead_time_days, client_id],
    )
    if not made:
        if not sql.rows("SELECT FROM catalog_client WHERE id = %s", [client_id]):
            raise NotFound(kind="client", ref=str(client_id))
        raise SupplierTaken(code=code)
    supplier = _supplier(made[0][0])
    emit(events.SupplierSaved(supplier_id=supplier.pk, client_id=client_id, code=code))
    return SupplierInfo(supplier.pk, client_id, supplier.client.code, code, name, supplier.email, lead_time_days)


def _sum_up(lines: list[OrderedLine], client_id: int) -> list[OrderedLine]:
    """The lines with each item once; lines of one item and different cost keep the last cost."""
    items: dict[int, OrderedLine] = {}
    for line in lines:
        if line.quantity <= 0 or line.unit_cost < 0:
            raise Invalid(field="quantity" if line.quantity <= 0 else "unit_cost", reason="must be positive")
        before = items.get(line.item_id)
        items[line.item_id] = OrderedLine(line.item_id, line.quantity + (before.quantity if before else 0), line.unit_cost)
    if not items:
        raise Invalid(field="lines", reason="missing")
    known = {r[0] for r in sql.rows("SELECT id FROM catalog_item WHERE id = ANY(%s) AND client_id = %s AND archived_at IS NULL", [list(items), client_id])}
    if unknown := sorted(set(items) - known):
        raise NotFound(kind="item", ref=str(unknown[0]))
    return list(items.values())


@use_case
def create_purchase_order(
    *,
    key: UUID,
    actor: Actor,
    supplier_id: int,
    warehouse_id: int,
    lines: list[OrderedLine],
    expected_on: dt.date | None = None,
    reference: str = "",
    note: str = "",
) -> PurchaseOrderRow:
    """A draft of what to buy. Without `expected_on` it is today plus the supplier's lead time. Lines of one item are summed.

    Raises: NotAllowed, NotFound, Invalid, ReferenceTaken.
    """
    supplier = _supplier(supplier_id)
    authorize(actor, "purchase", client_id=supplier.client_id, warehouse_id=warehouse_id)
    warehouse = Warehouse.objects.filter(pk=warehouse_id, archived_at=None).first()
    if warehouse is None:
        raise NotFound(kind="warehouse", ref=str(warehouse_id))
    wanted = _sum_up(lines, supplier.client_id)
    at = work.current().at
    expected_on = expected_on or (at + dt.timedelta(days=supplier.lead_time_days)).date()
    pk = sql.next_ids("inventory_purchaseorder_id_seq", 1)[0]
    number = f"PO-{pk}"
    made = sql.run(
        """INSERT INTO inventory_purchaseorder (id, client_id, warehouse_id, supplier_id, number, reference, state, currency, expected_on, note, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, 'draft', %s, %s, %s, %s) ON CONFLICT (client_id, reference) WHERE reference <> '' DO NOTHING""",
        [pk, supplier.client_id, warehouse_id, supplier_id, number, reference.strip(), supplier.client.currency, expected_on, note.strip(), at],
    )
    if not made:
        taken = sql.rows("SELECT number, id FROM inventory_purchaseorder WHERE client_id = %s AND reference = %s", [supplier.client_id, reference.strip()])
        raise ReferenceTaken(reference=reference.strip(), number=taken[0][0], purchase_order_id=taken[0][1])
    sql.run(
        """INSERT INTO inventory_purchaseorderline (client_id, purchase_order_id, position, item_id, quantity, received, damaged, unit_cost)
           SELECT %s, %s, t.n, t.item, t.quantity, 0, 0, t.cost FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) WITH ORDINALITY AS t(item, quantity, cost, n)""",
        [supplier.client_id, pk, [n.item_id for n in wanted], [n.quantity for n in wanted], [n.unit_cost for n in wanted]],
    )
    units = sum(n.quantity for n in wanted)
    emit(events.PurchaseOrderCreated(purchase_order_id=pk, client_id=supplier.client_id, warehouse_id=warehouse_id, number=number, units=units))
    return PurchaseOrderRow(
        pk,
        number,
        reference.strip(),
        supplier.client_id,
        supplier.client.code,
        supplier.name,
        warehouse_id,
        warehouse.code,
        "draft",
        expected_on,
        at,
        len(wanted),
        units,
        0,
    )


def _become(order: PurchaseOrder, state: str) -> dict[str, int]:
    check_transition(states.PURCHASE_ORDER, "purchase order", order.state, state, page="inventory:purchase-order", pk=order.pk)
    order.state = state
    order.save(update_fields=["state"])
    return {"purchase_order_id": order.pk, "client_id": order.client_id, "warehouse_id": order.warehouse_id}


@use_case
def send_purchase_order(*, key: UUID, actor: Actor, purchase_order_id: int) -> str:
    """The supplier gets the order. Answers its state.   Raises: NotFound, NotAllowed, WrongState."""
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "purchase", order)
    named = _become(order, "sent")
    PurchaseOrder.objects.filter(pk=order.pk).update(sent_at=work.current().at)
    emit(events.PurchaseOrderSent(**named))
    return order.state


@use_case
def confirm_purchase_order(*, key: UUID, actor: Actor, purchase_order_id: int, expected_on: dt.date | None = None) -> str:
    """The supplier accepted, perhaps for another day. Answers its state.   Raises: NotFound, NotAllowed, WrongState."""
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "purchase", order)
    named = _become(order, "confirmed")
    if expected_on is not None:
        PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=expected_on)
    emit(events.PurchaseOrderConfirmed(**named))
    return order.state


@use_case
def announce_goods(*, key: UUID, actor: Actor, purchase_order_id: int, lines: list[AnnouncedLine]) -> str:
    """An advance shipping notice: which loads (SSCC) are on their way and what is in each. The order is in transit.

    Raises: NotFound, NotAllowed, WrongState, Invalid.
    """
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "purchase", order)
    ordered = records.lock_purchase_lines(order.pk)
    for line in lines:
        if not (line.sscc.isascii() and line.sscc.isdigit() and len(line.sscc) == 18):
            raise Invalid(field="sscc", reason="18 digits")
        if line.quantity <= 0:
            raise Invalid(field="quantity", reason="must be positive")
        if line.item_id not in ordered:
            raise NotFound(kind="purchase order line", ref=str(line.item_id))
    if order.state != "in_transit":
        _become(order, "in_transit")
    sql.run(
        """INSERT INTO inventory_expectedunit (client_id, purchase_order_id, sscc, item_id, quantity, lot, expires_on)
           SELECT %s, %s, * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::date[])""",
        [
            order.client_id,
            order.pk,
            [n.sscc for n in lines],
            [n.item_id for n in lines],
            [n.quantity for n in lines],
            [n.lot for n in lines],
            [n.expires_on for n in lines],
        ],
    )
    emit(
        events.GoodsAnnounced(
            purchase_order_id=order.pk,
            client_id=order.client_id,
            warehouse_id=order.warehouse_id,
            loads=len({n.sscc for n in lines}),
            units=sum(n.quantity for n in lines),
        )
    )
    return order.state


@use_case
def record_arrival(*, key: UUID, actor: Actor, purchase_order_id: int) -> str:
    """The truck is at the dock; receiving can begin. Answers its state.   Raises: NotFound, NotAllowed, WrongState."""
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "receive", order)
    emit(events.GoodsArrived(**_become(order, "arrived")))
    return order.state


@use_case
def close_purchase_order(*, key: UUID, actor: Actor, purchase_order_id: int, reason: str = "") -> str:
    """Nothing more is expected: closed, or closed short with a discrepancy for each line that came short. An order of which nothing came is closed. Answers its state.

    Raises: NotFound, NotAllowed, WrongState.
    """
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "receive" if order.state == "receiving" else "purchase", order)
    lines = records.lock_purchase_lines(order.pk)
    short = {line.item_id: line.quantity - line.received for line in lines.values() if line.received < line.quantity}
    named = _become(order, "closed_short" if short and order.state == "receiving" else "closed")
    if order.sent_at is not None or any(line.received for line in lines.values()):
        record(order, None, [Otherwise(item, "short", q, reason or "not delivered") for item, q in short.items()])
    PurchaseOrder.objects.filter(pk=order.pk).update(closed_at=work.current().at)
    emit(events.PurchaseOrderClosed(**named, state=order.state))
    return order.state
