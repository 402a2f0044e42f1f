"""Orders come in, are edited, held, paid and cancelled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from packhorse.core import clock
from packhorse.ground.places.types import AddressData
from packhorse.server.bench.chaos.commands import Command, Floor, act, house, some
from packhorse.steps.orders import jobs, services
from packhorse.steps.orders.types import NewLine, NewOrder, NewPayment, StockCameIn

_ROOM: Final = "/api/v1/orders"
_TOWNS: Final = (("Toronto", "ON", "M5V 1A1", "CA"), ("Chicago", "IL", "60601", "US"), ("Lyon", "", "69001", "FR"))
_TOKENS: Final = ("card", "card", "card", "card", "card", "unknown", "decline", "expire")
_OPEN: Final = "SELECT o.id FROM orders_order o JOIN orders_fulfillmentorder f ON f.order_id = o.id WHERE f.stage IN {stages}"
_EARLY: Final = "('backordered', 'open', 'picking', 'picked', 'packed')"


def _order(floor: Floor, reservation: str = "", lines: list[tuple[str, int]] | None = None) -> NewOrder:
    if lines is None:
        skus = floor.dice.sample(list(floor.world.items), floor.dice.randint(1, 3))
        lines = [(s, floor.dice.randint(1, 3)) for s in sorted(skus)]
    city, region, code, country = floor.dice.choice(_TOWNS)
    return NewOrder(
        external_id=floor.name(),
        placed_at=clock.now().replace(microsecond=0),
        currency="CAD",
        lines=tuple(NewLine(s, q, Decimal("9.99")) for s, q in lines),
        channel="chaos",
        customer_ref=f"C{floor.dice.randrange(1000)}",
        ship_to=AddressData(name="Sam Hill", line1=f"{floor.dice.randint(1, 99)} King Street", city=city, region=region, postal_code=code, country=country,
                            phone="+1 416 555 0100", email="sam@example.com"),
        service=floor.dice.choice(("standard", "standard", "express")),
        payment=NewPayment("test", floor.dice.choice(_TOKENS)) if floor.dice.random() < 0.7 else None,
        charges_minor=499,
        reservation=reservation,
    )  # fmt: skip


def _body(order: NewOrder) -> dict[str, Any]:
    to, pay = order.ship_to, order.payment
    assert to is not None, "made above"
    return {
        "external_id": order.external_id, "placed_at": order.placed_at.isoformat(), "currency": order.currency, "channel": order.channel,
        "lines": [{"sku": n.sku, "quantity": n.quantity, "unit_price": str(n.unit_price)} for n in order.lines], "customer_ref": order.customer_ref,
        "ship_to": {k: getattr(to, k) for k in ("name", "line1", "city", "region", "postal_code", "country", "phone", "email")}, "service": order.service,
        "payment": {"provider": pay.provider, "token": pay.token} if pay else None, "charges_minor": order.charges_minor, "reservation": order.reservation,
    }  # fmt: skip


def _take(floor: Floor, orders: list[NewOrder]) -> Command:
    body = {"client_id": floor.world.client_id, "warehouse_id": house(floor), "orders": [_body(o) for o in orders]}
    return Command(f"{_ROOM}/", body, changed=lambda _: True)


@act(30)
def accept(floor: Floor) -> Command:
    return _take(floor, [_order(floor)])


@act(5)
def accept_many(floor: Floor) -> Command:
    return _take(floor, [_order(floor) for _ in range(floor.dice.randint(2, 8))])


@act(10)
def accept_directly(floor: Floor) -> Command:
    orders = [_order(floor) for _ in range(floor.dice.randint(1, 3))]
    arguments = {"client_id": floor.world.client_id, "warehouse_id": house(floor), "orders": orders}
    return Command(direct=services.accept_orders, arguments=arguments)


@act(6)
def accept_reserved(floor: Floor) -> Command | None:
    """An order hands its reservation in."""
    found = some(floor, "SELECT id, reference, warehouse_id FROM inventory_reservation WHERE ended_at IS NULL AND channel = 'chaos'")
    if not found:
        return None
    kept = floor.rows("SELECT item_id, wanted FROM inventory_demand WHERE for_kind = 'inventory.reservation' AND for_id = %s", [found[0][0]])
    skus = {i: s for s, i in floor.world.items.items()}
    order = _order(floor, found[0][1], sorted((skus[i], q) for i, q in kept if q))
    if not order.lines:
        return None
    return Command(f"{_ROOM}/", {"client_id": floor.world.client_id, "warehouse_id": found[0][2], "orders": [_body(order)]}, changed=lambda _: True)


@act(3)
def accept_again(floor: Floor) -> Command | None:
    """A shop that lost its key sends an order again under a new one: it must hear the number that the order has."""
    found = some(floor, "SELECT o.external_id, f.warehouse_id FROM orders_order o JOIN orders_fulfillmentorder f ON f.order_id = o.id")
    if not found:
        return None
    order = _body(_order(floor)) | {"external_id": found[0][0]}
    return Command(f"{_ROOM}/", {"client_id": floor.world.client_id, "warehouse_id": found[0][1], "orders": [order]}, changed=lambda _: True)


@act(5)
def cancel(floor: Floor) -> Command | None:
    found = [r[0] for r in some(floor, _OPEN.format(stages=_EARLY), most=3)]
    if not found:
        return None
    if floor.dice.random() < 0.4:
        return Command(direct=services.cancel_orders, arguments={"order_ids": sorted(set(found)), "reason": "changed my mind"})
    return Command(f"{_ROOM}/cancel", {"order_ids": sorted(set(found)), "reason": "changed my mind"})


def _lines(floor: Floor) -> tuple[int, list[tuple[int, int]]] | None:
    found = some(floor, _OPEN.format(stages=_EARLY))
    if not found:
        return None
    order = found[0][0]
    return order, floor.rows(
        """SELECT l.demand_id, l.quantity - l.cancelled FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
           WHERE f.order_id = %s AND l.quantity > l.cancelled ORDER BY 1""",
        [order],
    )


@act(4)
def cancel_units(floor: Floor) -> Command | None:
    found = _lines(floor)
    if found is None or not found[1]:
        return None
    demand, _ = floor.dice.choice(found[1])
    return Command(f"{_ROOM}/{found[0]}/cancel-lines", {"quantities": {demand: 1}, "reason": "one less"})


@act(5)
def change_quantities(floor: Floor) -> Command | None:
    found = _lines(floor)
    if found is None or not found[1]:
        return None
    demand, wanted = floor.dice.choice(found[1])
    return Command(f"{_ROOM}/{found[0]}/quantities", {"quantities": {demand: max(1, wanted + floor.dice.choice((-1, 1, 2)))}, "reason": "rang up"})


@act(2)
def change_address(floor: Floor) -> Command | None:
    found = some(floor, _OPEN.format(stages=_EARLY))
    if not found:
        return None
    to = {
        "name": "Sam Hill",
        "line1": f"{floor.dice.randint(100, 999)} Queen Street",
        "city": "Toronto",
        "region": "ON",
        "postal_code": "M5V 1A1",
        "country": "CA",
    }
    return Command(f"{_ROOM}/{found[0][0]}/address", {"address": to, "reason": "moved"})


@act(2)
def change_service(floor: Floor) -> Command | None:
    found = some(floor, _OPEN.format(stages=_EARLY))
    return Command(f"{_ROOM}/{found[0][0]}/service", {"service": floor.dice.choice(("standard", "express")), "reason": "in a hurry"}) if found else None


@act(3)
def hold(floor: Floor) -> Command | None:
    found = some(floor, f"SELECT id FROM orders_fulfillmentorder WHERE stage IN {_EARLY}", most=3)
    return Command(f"{_ROOM}/holds", {"fulfillment_order_ids": sorted(r[0] for r in found), "note": "look at it"}) if found else None


@act(8)
def release_hold(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM orders_hold WHERE released_at IS NULL")
    return Command(f"{_ROOM}/holds/{found[0][0]}/release", {}) if found else None


@act(2)
def retry_payment(floor: Floor) -> Command | None:
    found = some(
        floor,
        "SELECT f.order_id FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id WHERE h.released_at IS NULL AND h.kind = 'payment'",
    )
    return Command(f"{_ROOM}/{found[0][0]}/payment", {"provider": "test", "token": "card"}) if found else None


@act(4)
def pay(floor: Floor) -> Command:  # noqa: ARG001 - an act
    """The banks are asked, by more than one at a time."""
    return Command(direct=lambda: jobs.ask_payments(key=uuid4(), limit=50), errand=True)


@act(2)
def promise_backorders(floor: Floor) -> Command:
    """What goods that came in set off, by hand as well."""
    came_in = [StockCameIn(house(floor), (floor.world.items[floor.dice.choice(floor.world.skus)],))]
    return Command(direct=services.promise_backorders, arguments={"came_in": came_in}, changed=lambda _: True)
