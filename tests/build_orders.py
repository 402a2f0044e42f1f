"""Orders for tests: taken in, paid and walked to the truck through use cases and ledgers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.core.refs import Ref
from packhorse.ground.places.types import AddressData
from packhorse.steps.inventory import ledger as stock_ledger, selectors as inventory
from packhorse.steps.inventory.types import Allocated, Take
from packhorse.steps.orders import jobs, ledger, selectors, services
from packhorse.steps.orders.types import Accepted, FulfillmentOrderInfo, NewLine, NewOrder, NewPayment, Refused
from tests.build import HOUSE, Shop, doing

OTTAWA = AddressData(name="Ann Other", line1="24 Sussex Drive", city="Ottawa", region="ON", postal_code="K1M 1M4", country="CA", email="ann@example.org")
PLACED = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


def new_order(lines: Mapping[str, int] | list[tuple[str, int, str]], **given: Any) -> NewOrder:
    """An order of SKUs (at 10.00 each) or of (SKU, quantity, price) lines, paid by the test provider."""
    bought = [(sku, q, "10.00") for sku, q in lines.items()] if isinstance(lines, Mapping) else lines
    values: dict[str, Any] = {
        "external_id": f"E-{uuid4().hex[:8]}",
        "placed_at": PLACED,
        "currency": "CAD",
        "channel": "shop",
        "customer_ref": "C-1",
        "ship_to": OTTAWA,
        "payment": NewPayment("test", "tok"),
    }
    return NewOrder(**{**values, **given}, lines=tuple(NewLine(sku, q, Decimal(price)) for sku, q, price in bought))


def take_in(shop: Shop, *orders: NewOrder) -> list[Accepted | Refused]:
    return services.accept_orders(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=list(orders))


def accepted(shop: Shop, lines: Mapping[str, int] | list[tuple[str, int, str]], *, pay: bool = True, **given: Any) -> FulfillmentOrderInfo:
    """One order, taken in and (with `pay`) authorised."""
    answer = take_in(shop, new_order(lines, **given))[0]
    assert isinstance(answer, Accepted), answer
    if pay:
        ask()
    return fo_of(answer.order_id)


def fo_of(order_id: int) -> FulfillmentOrderInfo:
    return selectors.fulfillment_orders_of(EVERYTHING, [order_id])[0]


def ask() -> None:
    """Let the payment providers answer."""
    jobs.ask_payments(key=uuid4())


def settle() -> None:
    """Let everything follow that follows: events, then money."""
    dispatch.drain()
    ask()
    dispatch.drain()


def pick(shop: Shop, fo: FulfillmentOrderInfo, *, today: dt.date = dt.date(2026, 3, 2)) -> None:
    """Release, allocate, and pick everything into the first tote."""
    demands = [line.demand_id for line in fo.lines]

    def release() -> list[Allocated]:
        ledger.lock_orders([fo.fulfillment_order_id])
        ledger.released([fo.fulfillment_order_id])
        return stock_ledger.allocate(demands, today=today)

    taken = doing(release)

    def act() -> None:
        picked: dict[int, int] = {}
        for a in taken:
            picked[a.demand_id] = picked.get(a.demand_id, 0) + a.quantity
        ledger.picked(picked)
        stock_ledger.move([Take(a.allocation_id, a.quantity, shop.totes[0]) for a in taken], cause_kind="test.pick", cause_ids=[1] * len(taken))

    doing(act)


def pack(shop: Shop, fo: FulfillmentOrderInfo) -> None:
    """What is in the tote goes into a parcel on the staging place."""
    held = inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines])

    def act() -> None:
        packed: dict[int, int] = {}
        for a in held:
            packed[a.demand_id] = packed.get(a.demand_id, 0) + a.quantity
        ledger.packed(packed)
        stock_ledger.move([Take(a.allocation_id, a.quantity, shop.staging) for a in held], cause_kind="test.pack", cause_ids=[1] * len(held))

    doing(act)


def ship(fo: FulfillmentOrderInfo, *, only: Mapping[int, int] | None = None, shipment_id: int = 1) -> None:
    """The packed goods leave; `only` so many of some demands (whole allocations)."""
    held = inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines if only is None or line.demand_id in only])

    def act() -> None:
        gone: dict[int, int] = {}
        for a in held:
            gone[a.demand_id] = gone.get(a.demand_id, 0) + a.quantity
        ledger.shipped(gone, shipments=dict.fromkeys(gone, shipment_id))
        stock_ledger.ship([a.allocation_id for a in held], cause=Ref("test.shipment", shipment_id))

    doing(act)


def walk(shop: Shop, fo: FulfillmentOrderInfo) -> None:
    """From the shelf to the truck."""
    pick(shop, fo)
    pack(shop, fo)
    ship(fo)
