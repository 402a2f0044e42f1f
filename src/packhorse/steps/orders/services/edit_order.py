"""Edit an order after it was accepted, as a change record: quantities, address, service."""

from __future__ import annotations

from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.money import extend
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.places import selectors as places
from packhorse.ground.places.services import create_address
from packhorse.ground.places.types import DELIVERABLE, UNDELIVERABLE, AddressData, NewAddress, Verdict
from packhorse.ground.places.verify import verify
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import NewDemand
from packhorse.steps.orders import ledger, records, selectors
from packhorse.steps.orders.checking import MOST_UNITS
from packhorse.steps.orders.errors import NothingToChange, PackedAlready, TooLate, WorkBegun
from packhorse.steps.orders.events import OrderEdited
from packhorse.steps.orders.policy import IntakePolicy
from packhorse.steps.orders.records import LockedOrder
from packhorse.steps.orders.services import money
from packhorse.steps.orders.services.asking_to_cancel import asks, close_where_nothing_is_left, in_hands
from packhorse.steps.orders.services.cancel_orders import settle_money
from packhorse.steps.orders.services.cancelling import note_change, withdraw
from packhorse.steps.orders.services.desk import desk_of
from packhorse.steps.orders.services.holding import open_holds, release_holds
from packhorse.steps.orders.services.promising import promise_anew
from packhorse.steps.orders.types import SERVICES, Edited, FulfillmentOrderInfo, LineInfo


def authorized_order(actor: Actor, order_id: int) -> tuple[LockedOrder, list[FulfillmentOrderInfo]]:
    """The order, locked, for somebody who may edit it."""
    order = records.lock_order(order_id)
    for warehouse_id in order.warehouse_ids:
        authorize(actor, "edit_orders", client_id=order.client_id, warehouse_id=warehouse_id)
    return order, selectors.fulfillment_orders_of(EVERYTHING, [order_id])


def not_packed(order: LockedOrder, parts: list[FulfillmentOrderInfo]) -> list[FulfillmentOrderInfo]:
    """The parts that are not packed or sent.

    Raises: TooLate, PackedAlready.
    """
    lines = [line for fo in parts for line in fo.lines]
    if all(line.shipped >= line.live for line in lines):
        raise TooLate(what=", ".join(f"{line.shipped} × {line.sku}" for line in lines if line.shipped), order_id=order.id)
    if any(line.packed > line.shipped for line in lines):
        raise PackedAlready(number=order.number, order_id=order.id)
    return [fo for fo in parts if not fo.gone]


@use_case
def change_address(*, key: UUID, actor: Actor, order_id: int, address: AddressData, reason: str) -> Edited:
    """Send an order elsewhere: the address is verified, its hold falls or opens, the day of arrival is promised anew.

    Locks: the order, fulfillment orders, lines.   Raises: NotAllowed, NotFound, TooLate, PackedAlready.
    """
    order, parts = authorized_order(actor, order_id)
    parts = not_packed(order, parts)
    verdict = verify(address)
    policy = desk_of(order.client_id, parts[0].warehouse_id).policy
    until = policy.addresses_until(work.current().at)
    address_id = create_address(NewAddress(data=address, client_id=order.client_id, retain_until=until, verdict=verdict))
    sql.run("UPDATE orders_order SET ship_to_id = %s WHERE id = %s", [address_id, order_id])
    note_change(order_id, "edit", reason, {"address": [parts[0].ship_to_id, address_id]})
    _judge_address(order_id, [fo.fulfillment_order_id for fo in parts], verdict, policy)
    for fo in parts:
        promise_anew(fo, address, service=order.service, warehouse_id=fo.warehouse_id, keep_ship_by=True)
    emit(OrderEdited(order_id=order_id, client_id=order.client_id, fields="address", reason=reason))
    return Edited(order_id, ("address",))


def _judge_address(order_id: int, parts: list[int], verdict: Verdict, policy: IntakePolicy) -> None:
    if verdict.level == UNDELIVERABLE or (verdict.level != DELIVERABLE and policy.hold_suspect_addresses):
        open_holds([order_id], "address", ["; ".join(p.code for p in verdict.problems)])
    else:
        release_holds(parts, ["address"])


@use_case
def change_service(*, key: UUID, actor: Actor, order_id: int, service: str, reason: str) -> Edited:
    """Send an order faster or slower: both days are promised anew from now.

    Locks: the order, fulfillment orders, lines.   Raises: NotAllowed, NotFound, Invalid, TooLate, PackedAlready, NothingToChange.
    """
    order, parts = authorized_order(actor, order_id)
    parts = not_packed(order, parts)
    if service not in SERVICES:
        raise Invalid(field="service", reason=service)
    if service == order.service:
        raise NothingToChange(order_id=order_id)
    sql.run("UPDATE orders_order SET service = %s WHERE id = %s", [service, order_id])
    note_change(order_id, "edit", reason, {"service": [order.service, service]})
    kept = places.addresses([parts[0].ship_to_id], EVERYTHING) if parts[0].ship_to_id else {}
    for fo in parts:
        promise_anew(fo, next((a.data for a in kept.values()), None), service=service, warehouse_id=fo.warehouse_id)
    emit(OrderEdited(order_id=order_id, client_id=order.client_id, fields="service", reason=reason))
    return Edited(order_id, ("service",))


@use_case
def change_quantities(*, key: UUID, actor: Actor, order_id: int, quantities: dict[int, int], reason: str) -> Edited:
    """Want less or more of lines, named by their demand; the numbers are what is wanted then. Less is cancelled; more becomes a line of its own at the same price, promised and paid by itself.

    Locks: the order, fulfillment orders, lines, payment requests, allocations, demands, stock.   Raises: NotAllowed, NotFound, Invalid, TooLate, PackedAlready, WorkBegun,
    NothingToChange.
    """
    order, parts = authorized_order(actor, order_id)
    by_demand = {line.demand_id: (fo, line) for fo in parts for line in fo.lines}
    fewer: list[tuple[LineInfo, int]] = []
    more: list[tuple[FulfillmentOrderInfo, LineInfo, int]] = []
    for demand_id, wanted in sorted(quantities.items()):
        if demand_id not in by_demand:
            raise NotFound(kind="order line", ref=str(demand_id))
        fo, line = by_demand[demand_id]
        if not 0 <= wanted <= MOST_UNITS:
            raise Invalid(field="quantity", reason=f"0 – {MOST_UNITS}")
        if wanted < line.shipped:
            raise TooLate(what=f"{line.shipped} × {line.sku}", order_id=order_id)
        if wanted < line.live:
            fewer.append((line, line.live - wanted))
        elif wanted > line.live:
            more.append((fo, line, wanted - line.live))
    if not fewer and not more:
        raise NothingToChange(order_id=order_id)
    if more:
        not_packed(order, parts)
        if any(fo.released_at is not None for fo, _, _ in more):
            raise TooLate(what=", ".join(sorted({fo.number for fo, _, _ in more})), order_id=order_id)
    if fewer and asks(actor) and in_hands(parts):
        raise WorkBegun(number=order.number, order_id=order_id)
    records.lock_open([order_id], order.fulfillment_order_ids)
    detail = {str(d): [by_demand[d][1].live, q] for d, q in sorted(quantities.items())}
    change_id = note_change(order_id, "edit", reason, {"quantities": detail})
    if fewer:
        withdraw([(line, q, change_id) for line, q in fewer], reason=reason)
    if more:
        _add(order, more)
        if money.authorise_rest([order_id], by_hand=True):
            open_holds([order_id], "payment", [""])
    settle_money([order_id])
    close_where_nothing_is_left([order_id], state="accepted", basis="person")
    emit(OrderEdited(order_id=order_id, client_id=order.client_id, fields="quantities", reason=reason))
    return Edited(order_id, ("quantities",))


def _add(order: LockedOrder, more: list[tuple[FulfillmentOrderInfo, LineInfo, int]]) -> None:
    """New lines for what is wanted on top: the earlier line and its amount stay as they were bought."""
    n = len(more)
    ids = sql.next_ids("orders_orderline_id_seq", n)
    fl_ids = sql.next_ids("orders_fulfillmentline_id_seq", n)
    last = sql.rows("SELECT max(line_no) FROM orders_orderline WHERE order_id = %s", [order.id])[0][0]
    amounts = [extend(q, line.unit_price, order.currency).amount_minor for _, line, q in more]
    sql.run(
        """INSERT INTO orders_orderline (id, order_id, line_no, item_id, quantity, unit_price, amount_minor)
           SELECT t.id, %s, t.n, t.item, t.q, t.price, t.amount FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[])
             AS t(id, n, item, q, price, amount)""",
        [
            order.id,
            ids,
            list(range(last + 1, last + 1 + n)),
            [x.item_id for _, x, _ in more],
            [q for _, _, q in more],
            [x.unit_price for _, x, _ in more],
            amounts,
        ],
    )
    sql.run("UPDATE orders_order SET goods_minor = goods_minor + %s WHERE id = %s", [sum(amounts), order.id])
    promised = stock.demand(
        [
            NewDemand(order.client_id, fo.warehouse_id, line.item_id, q, Ref("orders.fulfillment_line", fl))
            for fl, (fo, line, q) in zip(fl_ids, more, strict=True)
        ]
    )
    ledger.added(
        [
            (fo.fulfillment_order_id, ledger.NewFulfillmentLine(fl, line_id, p.demand_id, line.item_id, p.quantity, p.promised))
            for fl, line_id, (fo, line, _), p in zip(fl_ids, ids, more, promised, strict=True)
        ]
    )
