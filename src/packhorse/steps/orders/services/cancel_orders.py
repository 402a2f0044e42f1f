"""Cancel: orders whole, or quantities of lines, at any stage before the goods leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed, NotFound, PackhorseError
from packhorse.core.use_case import use_case
from packhorse.steps.orders import policy, records, selectors
from packhorse.steps.orders.errors import NothingToChange, TooLate
from packhorse.steps.orders.models import Hold
from packhorse.steps.orders.records import LockedOrder
from packhorse.steps.orders.services import money
from packhorse.steps.orders.services.asking_to_cancel import Asked, answer_at_once, ask, asks, close_where_nothing_is_left, in_hands
from packhorse.steps.orders.services.cancelling import note_change, withdraw
from packhorse.steps.orders.services.holding import release_holds
from packhorse.steps.orders.types import CancellationAsked, Cancelled, FulfillmentOrderInfo, LineInfo, NotCancelled


@use_case
def cancel_orders(*, key: UUID, actor: Actor, order_ids: list[int], reason: str) -> list[Cancelled | CancellationAsked | NotCancelled]:
    """Cancel what has not left of orders. Picked goods go back to their bins by put-away tasks; money that nothing is left for is let go. One answer per order, in order.

    A client asks for it where the floor has begun: the house answers (`answer_cancellation`), or a rule of the client, called `orders.cancel_begun`.

    Locks: orders, fulfillment orders, lines, payment requests, cancellations, allocations, demands, stock.   Raises: NotAllowed.
    """
    if not actor.may("cancel_orders"):
        raise NotAllowed(permission="cancel_orders")
    found = {r[0] for r in sql.rows("SELECT id FROM orders_order WHERE id = ANY(%s)", [order_ids])}
    locked = records.lock_orders(found)
    answers: dict[int, Cancelled | CancellationAsked | NotCancelled] = {}
    able: list[Wanted] = []
    parts: dict[int, list[FulfillmentOrderInfo]] = {}
    for fo in selectors.fulfillment_orders_of(EVERYTHING, locked):
        parts.setdefault(fo.order_id, []).append(fo)
    for order_id in dict.fromkeys(order_ids):
        order = locked.get(order_id)
        try:
            if order is None or not actor.scope.sees_client(order.client_id):
                raise NotFound(kind="order", ref=str(order_id))
            for warehouse_id in order.warehouse_ids:
                authorize(actor, "cancel_orders", client_id=order.client_id, warehouse_id=warehouse_id)
            lines = [line for fo in parts[order_id] for line in fo.lines]
            able.append((order, lines, [(line, line.live - line.shipped) for line in _still_here(order_id, lines)]))
        except PackhorseError as refusal:
            answers[order_id] = NotCancelled(order_id, refusal.code, refusal.message, refusal.link)
    if asks(actor):
        asked = _ask([(order, {}) for order, _, _ in able], parts, reason)
        answers |= asked
        able = [one for one in able if one[0].id not in asked]
    answers |= cancel(able, reason)
    return [answers[i] for i in order_ids]


def _still_here(order_id: int, lines: list[LineInfo]) -> list[LineInfo]:
    """Lines of which something can be cancelled.

    Raises: TooLate, NothingToChange.
    """
    mine = [line for line in lines if line.live > line.shipped]
    if not mine:
        if any(line.shipped for line in lines):
            raise TooLate(what=", ".join(f"{line.shipped} × {line.sku}" for line in lines if line.shipped), order_id=order_id)
        raise NothingToChange(order_id=order_id)
    return mine


@use_case
def cancel_lines(*, key: UUID, actor: Actor, order_id: int, quantities: dict[int, int], reason: str) -> Cancelled | CancellationAsked:
    """Cancel so many units of lines, named by their demand. A client asks for it where the floor has begun, as with `cancel_orders`.

    Locks: as `cancel_orders`.   Raises: NotAllowed, NotFound, Invalid, TooLate.
    """
    order = records.lock_order(order_id)
    for warehouse_id in order.warehouse_ids:
        authorize(actor, "cancel_orders", client_id=order.client_id, warehouse_id=warehouse_id)
    parts = selectors.fulfillment_orders_of(EVERYTHING, [order_id])
    lines = [line for fo in parts for line in fo.lines]
    by_demand = {line.demand_id: line for line in lines}
    wanted: list[tuple[LineInfo, int]] = []
    for demand_id, q in sorted(quantities.items()):
        line = by_demand.get(demand_id)
        if line is None:
            raise NotFound(kind="order line", ref=str(demand_id))
        if q <= 0 or q > line.live:
            raise Invalid(field="quantity", reason=f"1 – {line.live}")
        if q > line.live - line.shipped:
            raise TooLate(what=f"{line.shipped} × {line.sku}", order_id=order_id)
        wanted.append((line, q))
    if not wanted:
        raise NothingToChange(order_id=order_id)
    if asks(actor) and (asked := _ask([(order, quantities)], {order_id: parts}, reason)):
        return asked[order_id]
    return cancel([(order, lines, wanted)], reason)[order_id]


Wanted = tuple[LockedOrder, list[LineInfo], list[tuple[LineInfo, int]]]


def _ask(
    wanted: Sequence[tuple[LockedOrder, Mapping[int, int]]], parts: Mapping[int, Sequence[FulfillmentOrderInfo]], reason: str
) -> dict[int, CancellationAsked]:
    """What a client wants cancelled of its orders, asked for where the floor has begun. Gives the answers of those that are not to be cancelled now."""
    clients = {order.id: order.client_id for order, _ in wanted}
    touched = {order.id for order, _ in wanted if in_hands(parts[order.id])}
    rules = policy.cancelling(clients[o] for o in touched)
    rule = {o: rules[clients[o]] for o in touched}
    by_rule: dict[str, list[Asked]] = {"ask": [], "accept": [], "reject": []}
    for order, quantities in wanted:
        by_rule[rule.get(order.id, "accept")].append((order.id, quantities))
    bases = {o: "rule" if o in touched else "untouched" for o in clients}
    answer_at_once(by_rule["accept"], clients, reason, state="accepted", bases=bases)
    return {
        **(ask(by_rule["ask"], clients, reason) if by_rule["ask"] else {}),
        **answer_at_once(by_rule["reject"], clients, reason, state="rejected", bases=bases),
    }


def cancel(wanted: list[Wanted], reason: str) -> dict[int, Cancelled]:
    """Cancel (order, its lines, what of them) in sets."""
    orders = [order.id for order, _, _ in wanted]
    parts = [fo for order, _, _ in wanted for fo in order.fulfillment_order_ids]
    records.lock_open(orders, parts)
    changes = {order.id: note_change(order.id, "cancel", reason, {"quantities": {str(line.demand_id): q for line, q in some}}) for order, _, some in wanted}
    back = withdraw([(line, q, changes[order.id]) for order, _, some in wanted for line, q in some], reason=reason)
    gone = [r[0] for r in sql.rows("SELECT id FROM orders_fulfillmentorder WHERE id = ANY(%s) AND stage = 'cancelled' ORDER BY id", [parts])]
    if gone:
        release_holds(gone, Hold.Kind.values, quiet=True)
    settle_money(orders)
    close_where_nothing_is_left(orders, state="accepted", basis="person")
    return {
        order.id: Cancelled(
            order_id=order.id,
            units=sum(q for _, q in some),
            put_back_units=back.get(changes[order.id], 0),
            left=tuple((line.sku, line.shipped) for line in lines if line.shipped),
        )
        for order, lines, some in wanted
    }


def settle_money(order_ids: list[int]) -> None:
    """After less is wanted: drop authorisations that were not asked for yet, and let go of those that nothing is left for."""
    done = [o for o, s in records.standings(order_ids).items() if s.open_units == 0 and s.due <= s.captures]
    if done:
        sql.run("DELETE FROM orders_paymentrequest WHERE order_id = ANY(%s) AND kind = 'authorise' AND answered_at IS NULL AND attempts = 0", [done])
        money.let_go(done)
