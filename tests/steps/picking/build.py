"""Orders on the floor, for tests: released, planned, walked, brought to the bench, through use cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewBox
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.types import NotReleased, PickLine, Released, TaskInfo
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted

TODAY = dt.date(2026, 3, 2)
PICKER: Actor = actor("picker")


def release(shop: Shop, *fos: FulfillmentOrderInfo) -> list[Released | NotReleased]:
    return services.release_orders(
        key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, fulfillment_order_ids=[fo.fulfillment_order_id for fo in fos], today=TODAY
    )


def plan(shop: Shop, *, orders_per_cart: int = 4) -> list[int]:
    return services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, orders_per_cart=orders_per_cart, iterations=200)


def start(shop: Shop, batch_id: int, *, totes: list[int] | None = None, by: Actor = PICKER) -> int:
    return services.start_batch(key=uuid4(), actor=by, batch_id=batch_id, cart_id=shop.place("CART-01"), tote_ids=totes or shop.totes)


def tasks(batch_id: int) -> list[TaskInfo]:
    return [t for t in selectors.tasks(EVERYTHING, batch_id) if t.state in ("ready", "claimed")]


def confirm(batch_id: int, *some: TaskInfo, by: Actor = PICKER) -> None:
    picks = [PickLine(t.task_id, t.tote_id or 0) for t in some]
    services.confirm_stop(key=uuid4(), actor=by, batch_id=batch_id, location_id=some[0].location_id, picks=picks)


def short(task: TaskInfo, *, taken: int = 0, reason: str = "missing") -> object:
    return services.report_short(key=uuid4(), actor=PICKER, task_id=task.task_id, taken=taken, reason=reason, today=TODAY)


def walk(batch_id: int) -> None:
    """Pick all that is open."""
    for task in tasks(batch_id):
        confirm(batch_id, task)


def finish(shop: Shop, batch_id: int) -> list[int]:
    return services.finish_batch(key=uuid4(), actor=PICKER, batch_id=batch_id, station_id=shop.bench)


def shop_with(quantities: Mapping[str, int], *, totes: int = 4) -> Shop:
    """A shop with this stock, each item in a bin of its own, and a box."""
    shop = make_shop(items=max(1, len(quantities)), totes=totes)
    stock(shop, quantities)
    return shop


def begun(shop: Shop, *wanted: Mapping[str, int], **given: Any) -> tuple[int, list[FulfillmentOrderInfo]]:
    """Orders of these goods, accepted, released, planned as one walk, and started: the batch and the fulfillment orders."""
    fos = [accepted(shop, w, **given) for w in wanted]
    assert all(isinstance(a, Released) for a in release(shop, *fos))
    (batch_id,) = plan(shop, orders_per_cart=max(1, len(fos)))
    start(shop, batch_id)
    return batch_id, fos


def at_bench(shop: Shop, *wanted: Mapping[str, int], **given: Any) -> tuple[int, list[FulfillmentOrderInfo]]:
    """The same, walked and brought to the bench."""
    batch_id, fos = begun(shop, *wanted, **given)
    walk(batch_id)
    finish(shop, batch_id)
    return batch_id, fos


def make_box(code: str = "", *, inner: tuple[int, int, int] = (300, 200, 150)) -> str:
    """A box of the catalogue; its code."""
    code = code or f"BOX-{uuid4().hex[:6]}"
    outer = (inner[0] + 10, inner[1] + 10, inner[2] + 10)
    catalog.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[NewBox(code, code, *inner, *outer, tare_g=120, max_load_g=20_000, cost_minor=60, currency="CAD")])
    return code


def books_agree() -> None:
    """All events handled, and no projection that disagrees."""
    dispatch.drain()
    assert reconciler.drift() == []
