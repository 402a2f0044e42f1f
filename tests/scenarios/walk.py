"""The walk through the house, turn by turn, each by whoever does it there: through the use cases and jobs of the steps and nothing else.

Time goes on between the turns, so that a timeline has an order; `conftest.day` sets the clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core import mail

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.timeline import TimelineEntry, timeline
from packhorse.ground.messages import jobs as message_jobs
from packhorse.ground.messages.models import Message
from packhorse.steps.delivery import selectors as delivery, services as delivery_services
from packhorse.steps.inventory import selectors as inventory, services as inventory_services
from packhorse.steps.inventory.types import OrderedLine, Putting, ReceivedLine
from packhorse.steps.orders import jobs as order_jobs, selectors as orders, services as order_services
from packhorse.steps.orders.types import Accepted, FulfillmentOrderInfo, MoneyInfo
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.packing.types import Content, NewParcel
from packhorse.steps.picking import selectors as picking, services as picking_services
from packhorse.steps.picking.types import PickLine, Released, TaskInfo
from packhorse.steps.shipping import jobs as shipping_jobs, selectors as shipping, services as shipping_services
from packhorse.steps.shipping.types import HandedOver
from tests.build import Shop, actor, make_shop
from tests.build_orders import fo_of, new_order
from tests.steps.picking.build import make_box

MANAGER = actor("manager", user="mary")
RECEIVER = actor("receiver", user="rita")
CHANNEL = actor("integrator", user="channel")
PICKER = actor("picker", user="pit")
PACKER = actor("packer", user="paula")
SERVICE = actor("service", user="sam")

Lines = Mapping[str, int] | list[tuple[str, int, str]]


@dataclass
class Time:
    """The day's clock; `passes` moves it on."""

    clock: clock.VirtualClock

    def passes(self, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        self.clock.advance(60 * minutes + 3600 * hours + 86400 * days)


def shop_with_boxes() -> Shop:
    """An empty warehouse, three items of a client, and a box."""
    make_box()
    return make_shop()


def settle() -> None:
    """Whatever follows of itself: handlers, payments, mails."""
    for _ in range(3):
        dispatch.drain()
        order_jobs.ask_payments(key=uuid4())
    dispatch.drain()
    message_jobs.send_queued(key=uuid4())


def to_the_shelf(shop: Shop, quantities: Mapping[str, int]) -> dict[str, str]:
    """Bought, received at the dock and put away where the rule says; each SKU's bin."""
    supplier = inventory_services.create_supplier(
        key=uuid4(), actor=MANAGER, client_id=shop.client_id, code=f"S{uuid4().hex[:6]}", name="Acme", lead_time_days=2
    )
    lines = [OrderedLine(shop.item(sku), q, Decimal("2.50")) for sku, q in quantities.items()]
    bought = inventory_services.create_purchase_order(key=uuid4(), actor=MANAGER, supplier_id=supplier.id, warehouse_id=shop.warehouse_id, lines=lines)
    inventory_services.send_purchase_order(key=uuid4(), actor=MANAGER, purchase_order_id=bought.id)
    inventory_services.receive_purchase_order(
        key=uuid4(),
        actor=RECEIVER,
        purchase_order_id=bought.id,
        location_id=shop.dock,
        lines=[ReceivedLine(shop.item(sku), q) for sku, q in quantities.items()],
    )
    dispatch.drain()
    put_everything_away(shop)
    return {sku: next(v.location for v in inventory.levels(EVERYTHING, item_id=shop.item(sku)) if v.location_kind == "bin") for sku in quantities}


def put_everything_away(shop: Shop) -> int:
    """Every open put-away task goes to the bin that the rule chose; how many units."""
    tasks = inventory.put_aways(EVERYTHING, warehouse_id=shop.warehouse_id)
    putting = [Putting(t.id, t.target_id) for t in tasks if t.target_id is not None]
    return inventory_services.put_away(key=uuid4(), actor=RECEIVER, putting=putting) if putting else 0


def to_accepted(shop: Shop, lines: Lines, **given: Any) -> FulfillmentOrderInfo:
    """The channel sends an order, and its card is asked."""
    order = new_order(lines, placed_at=clock.now(), **given)
    answer = order_services.accept_orders(key=uuid4(), actor=CHANNEL, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=[order])[0]
    assert isinstance(answer, Accepted), answer
    settle()
    return fo_of(answer.order_id)


def to_the_floor(shop: Shop, *fos: FulfillmentOrderInfo) -> int:
    """Released and planned as one walk, which the picker begins; the batch."""
    ids = [fo.fulfillment_order_id for fo in fos]
    answers = picking_services.release_orders(key=uuid4(), actor=MANAGER, warehouse_id=shop.warehouse_id, fulfillment_order_ids=ids, today=clock.now().date())
    assert all(isinstance(a, Released) for a in answers), answers
    (batch_id,) = picking_services.plan_batches(key=uuid4(), actor=MANAGER, warehouse_id=shop.warehouse_id, orders_per_cart=max(1, len(fos)), iterations=100)
    picking_services.start_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, cart_id=shop.place("CART-01"), tote_ids=shop.totes[: max(1, len(fos))])
    return batch_id


def open_tasks(batch_id: int) -> list[TaskInfo]:
    return [t for t in picking.tasks(EVERYTHING, batch_id) if t.state == "claimed"]


def pick(batch_id: int, task: TaskInfo) -> None:
    """One stop: everything asked for goes into the tote."""
    picking_services.confirm_stop(key=uuid4(), actor=PICKER, batch_id=batch_id, location_id=task.location_id, picks=[PickLine(task.task_id, task.tote_id or 0)])


def finish_walk(shop: Shop, batch_id: int) -> None:
    """The rest of the walk, and the cart is left at the bench."""
    for task in open_tasks(batch_id):
        pick(batch_id, task)
    picking_services.finish_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, station_id=shop.bench)
    settle()


def to_picked(shop: Shop, *fos: FulfillmentOrderInfo) -> int:
    """Released, walked and brought to the bench; the batch."""
    batch_id = to_the_floor(shop, *fos)
    finish_walk(shop, batch_id)
    return batch_id


def to_packed(shop: Shop, fo: FulfillmentOrderInfo, *, parcels: int = 1) -> list[int]:
    """Packed as proposed, or a line each in several cartons; the parcels."""
    order = packing.bench_order(EVERYTHING, fo.fulfillment_order_id)
    if parcels == 1:
        wanted = [packing_services.new_parcel(p) for p in packing_services.propose(order)]
        assert len(wanted) == 1, wanted
    else:
        parts = [order.lines[n::parcels] for n in range(parcels)]
        wanted = [
            NewParcel(None, (300, 200, 150), tuple(Content(x.allocation_id, x.quantity) for x in own), sum(x.weight_g * x.quantity for x in own), None, {})
            for own in parts
        ]
    sealed = packing_services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=fo.fulfillment_order_id, parcels=wanted, station_id=shop.bench)
    assert [s.complete for s in sealed] == [False] * (parcels - 1) + [True]
    settle()
    return [s.parcel_id for s in sealed]


def to_labelled(shop: Shop, fo: FulfillmentOrderInfo) -> list[str]:
    """A service chosen, labels bought by the job; their tracking numbers."""
    shipping_services.choose_services(key=uuid4(), actor=PACKER, warehouse_id=shop.warehouse_id)
    shipping_jobs.buy_labels(key=uuid4())
    settle()
    return [i.tracking_number or "" for i in shipping.labels_of_orders(EVERYTHING, [fo.order_id]) if i.parcel_id is not None]


def to_handed_over(shop: Shop) -> HandedOver:
    """The truck takes what is ready."""
    done = shipping_services.close_manifest(key=uuid4(), actor=PACKER, warehouse_id=shop.warehouse_id, carrier="tariff")
    settle()
    return done


def to_delivered(time: Time, fo: FulfillmentOrderInfo) -> None:
    """The carrier is asked every morning until everything of the order has arrived (a day's round lies between two mornings)."""
    for _ in range(20):
        if {d.status for d in delivery.deliveries_of_orders(EVERYTHING, [fo.order_id]) if not d.is_return} == {"delivered"}:
            return
        time.passes(days=1)
        delivery_services.poll_tracking(actor=system("delivery"))
        settle()
    raise AssertionError(f"{fo.number} did not arrive in twenty days")


def on_its_way(shop: Shop, fo: FulfillmentOrderInfo, *, parcels: int = 1) -> list[str]:
    """From the shelf to the truck; the tracking numbers."""
    to_picked(shop, fo)
    to_packed(shop, fo, parcels=parcels)
    numbers = to_labelled(shop, fo)
    to_handed_over(shop)
    return numbers


def story(fo: FulfillmentOrderInfo) -> list[TimelineEntry]:
    """The order's timeline, oldest first."""
    return timeline(order_id=fo.order_id)[::-1]


def told(fo: FulfillmentOrderInfo) -> list[str]:
    """The mails about the order, in the order in which they were written; each was sent."""
    rows = list(Message.objects.filter(order_id=fo.order_id).order_by("id").values_list("template", "state"))
    assert {state for _, state in rows} <= {"sent"}, rows
    assert len(mail.outbox) >= len(rows)
    return [template for template, _ in rows]


def money(fo: FulfillmentOrderInfo) -> MoneyInfo:
    return orders.order(EVERYTHING, fo.order_id).money


def sums(fo: FulfillmentOrderInfo) -> tuple[int, int, int]:
    """Authorised, captured and refunded, in cents."""
    m = money(fo)
    return m.authorised.amount_minor, m.captured.amount_minor, m.refunded.amount_minor


def lying(shop: Shop, sku: str) -> dict[str, int]:
    """What lies of an item in the warehouse, sellable, by place."""
    return {v.location: v.on_hand for v in inventory.levels(EVERYTHING, item_id=shop.item(sku)) if v.on_hand and v.condition == "sellable"}


def available(shop: Shop, sku: str) -> int:
    return inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item(sku)])[0].available


def free_totes(shop: Shop) -> int:
    return len(picking.free_units(EVERYTHING, shop.warehouse_id, "tote", limit=100))


def books_agree() -> None:
    """Nothing waits, no projection drifts, and the money adds up."""
    settle()
    assert dispatch.drain() == 0
    assert inventory.drift(EVERYTHING) == []
    assert [m for m in orders.money_proof(EVERYTHING) if not m.reconciled] == []


MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
