"""Orders that reached their customers, and returns on their way back, for tests: through use cases and ledgers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.ground.carriers.types import TrackingUpdate
from packhorse.steps.delivery import services as delivery
from packhorse.steps.inventory import ledger as stock_ledger, selectors as inventory
from packhorse.steps.inventory.types import Take
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.packing import services as packing
from packhorse.steps.packing.types import Content
from packhorse.steps.returns import services
from packhorse.steps.returns.types import AskedLine, Judged, Piece, PolicyTerms, RmaInfo
from packhorse.steps.shipping import selectors as shipping, services as shipping_services
from tests.build import HOUSE, Shop, doing, make_shop, stock
from tests.build_orders import accepted, fo_of, pick, settle, walk

Lines = Mapping[str, int] | list[tuple[str, int, str]]


def shop_with_stock() -> Shop:
    shop = make_shop(aisles=1, totes=1)
    stock(shop, {"SKU-1": 100, "SKU-2": 100, "SKU-3": 100})
    return shop


def shipped(shop: Shop, lines: Lines, **given: Any) -> FulfillmentOrderInfo:
    """An order that left, its money captured; no parcel, no delivery."""
    fo = accepted(shop, lines, **given)
    walk(shop, fo)
    settle()
    return fo_of(fo.order_id)


def delivered(shop: Shop, lines: Mapping[str, int], *, at: dt.datetime | None = None) -> FulfillmentOrderInfo:
    """An order whose parcel the carrier delivered (now, or at a moment)."""
    fo = accepted(shop, lines)
    pick(shop, fo)
    held = inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines])
    at_bench = doing(
        lambda: stock_ledger.move([Take(a.allocation_id, a.quantity, shop.bench) for a in held], cause_kind="test.bench", cause_ids=[1] * len(held))
    )
    packing.seal_parcel(
        key=uuid4(),
        actor=HOUSE,
        fulfillment_order_id=fo.fulfillment_order_id,
        release_id=None,
        box_id=None,
        size_mm=(300, 200, 150),
        contents=[Content(a.allocation_id, a.quantity) for a in at_bench],
        weight_g=1100,
        reasons={},
        weight_why="counted",
    )
    labels = shipping_services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    shipping_services.buy_labels(actor=HOUSE, label_ids=labels)
    shipping_services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff")
    settle()
    numbers = [i.tracking_number for i in shipping.labels_of_orders(EVERYTHING, [fo.order_id]) if i.tracking_number]
    scan("delivered", *numbers, at=at)
    settle()
    return fo_of(fo.order_id)


def scan(code: str, *numbers: str, at: dt.datetime | None = None, n: int = 9) -> None:
    """The carrier scans parcels."""
    updates = [TrackingUpdate(tracking_number=number, number=n, code=code, detail="", place="", occurred_at=at or clock.now()) for number in numbers]
    delivery.record_tracking(key=uuid4(), actor=HOUSE, carrier="tariff", updates=updates)
    dispatch.drain()


def ask(fo: FulfillmentOrderInfo, quantities: list[int], *, reason: str = "unwanted", **given: Any) -> RmaInfo:
    """A return of so many of the order's lines, in their order (0: none of it)."""
    lines = [AskedLine(line.demand_id, q, reason) for line, q in zip(fo.lines, quantities, strict=False) if q]
    return services.request_return(key=uuid4(), actor=HOUSE, order_id=fo.order_id, lines=lines, **given)


def receive(rma: RmaInfo, pieces: list[Piece] | None = None) -> RmaInfo:
    """The parcel is opened: these pieces, or all that was asked."""
    found = [Piece(line.item_id, line.quantity) for line in rma.lines] if pieces is None else pieces
    return services.receive_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, received=found)


def inspect(rma: RmaInfo, *, grade: str = "A", disposition: str = "restock", accepted: bool = True) -> RmaInfo:
    """Everything that waits is judged the same."""
    judged = [Judged(r.received_id, r.open, grade, disposition, accepted) for r in rma.received if r.open]
    return services.inspect_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, inspections=judged)


def buy_label(rma: RmaInfo) -> str:
    """The label of an approved return is bought; its tracking number."""
    label = shipping.labels_for(EVERYTHING, "returns.rma", [rma.rma_id])[0]
    assert shipping_services.buy_labels(actor=HOUSE, label_ids=[label.label_id]) == 1
    dispatch.drain()
    return shipping.labels_by_id(EVERYTHING, [label.label_id])[0].tracking_number or ""


def terms(shop: Shop, **given: Any) -> None:
    services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, terms=PolicyTerms(**given))


def lying(item_id: int, place: int) -> dict[str, int]:
    """What lies of an item at a place, by condition."""
    return {level.condition: level.on_hand for level in inventory.levels(EVERYTHING, item_id=item_id, location_id=place) if level.on_hand}
