"""The morning after: what the web app is shown on. New orders are in, some are on the floor, some packed, some labelled; goods stand at the dock; somebody wants to send something back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final
from uuid import uuid4

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import using
from packhorse.roof.simulation.days import Days
from packhorse.roof.simulation.floor import plan_walks
from packhorse.roof.simulation.story import Story, as_new_order
from packhorse.roof.simulation.world import HOUSE, key
from packhorse.steps.inventory import services as inventory_services
from packhorse.steps.inventory.types import CountTarget
from packhorse.steps.orders import selectors as orders, services as order_services
from packhorse.steps.orders.importing.types import ParsedOrder
from packhorse.steps.returns import services as return_services
from packhorse.steps.returns.types import AskedLine, NewReturn, Piece
from packhorse.steps.shipping import jobs as shipping_jobs, services as shipping_services

#: So many customers order again.
AGAIN: Final = 36


def open_morning(days: Days) -> None:
    """Play into the morning after the last day and stop in the middle of the work, at about half past ten."""
    with using(days.clock):
        day = days.run.day + 1
        while (days.story.first + dt.timedelta(days=day)).isoweekday() > 5:
            day += 1
        date = days.story.first + dt.timedelta(days=day)
        opening = days.at(day, 7)
        days.clock.advance_to(opening)
        days.buyer.reorder(date, date)
        _send(days, day, 0, 3, opening)
        days.floor.begin()
        plan_walks(days.world, days.world.worker("manager", 1), date, days.seed, limit=100)
        days.floor.work_until(days.at(day, 9))
        _label_some(days)
        _send(days, day, 1, 3, days.clock.now())
        plan_walks(days.world, days.world.worker("manager", 1), date, days.seed, limit=100)
        days.floor.work_until(days.at(day, 10))
        _send(days, day, 2, 3, days.clock.now())
        _come_back(days)
        _ask_counts(days)
        days.settle()
        days.clock.advance_to(days.at(day, 10.5))
        days.run.clock = days.clock.now()
        days.run.save(update_fields=["clock"])


def _send(days: Days, day: int, part: int, parts: int, moment: dt.datetime) -> None:
    """A third of the customers who order again, as they ordered before."""
    chosen = _again(days.story, days.seed)[part::parts]
    if not chosen:
        return
    again = [replace(o, external_id=f"{o.external_id}-{day}", placed_at=moment - dt.timedelta(minutes=3 * n)) for n, o in enumerate(chosen)]
    order_services.accept_orders(
        key=uuid4(),
        actor=days.world.worker("integrator", 1),
        client_id=days.world.client_id,
        warehouse_id=days.world.warehouse_id,
        orders=[as_new_order(o, days.dice) for o in again],
    )
    days.settle()


def _again(story: Story, seed: int) -> list[ParsedOrder]:
    """Orders of a size that a morning can show, the same for a seed."""
    usual = [o for o in story.orders if len(o.lines) <= 30]
    step = max(1, len(usual) // AGAIN)
    return usual[seed % step :: step][:AGAIN]


def _label_some(days: Days) -> None:
    shipping_services.choose_services(key=uuid4(), actor=days.world.worker("packer", 9), warehouse_id=days.world.warehouse_id, limit=6)
    shipping_jobs.buy_labels(key=uuid4())


def _come_back(days: Days) -> None:
    """Two returns are asked for, a parcel that nobody announced is opened, a customer asks a question."""
    delivered = sql.rows(
        """SELECT o.id FROM orders_order o JOIN orders_fulfillmentorder f ON f.order_id = o.id WHERE f.stage = 'delivered'
           AND NOT EXISTS (SELECT FROM returns_rma r WHERE r.order_id = o.id) ORDER BY o.id DESC LIMIT 2"""
    )
    asked = []
    for fo in orders.fulfillment_orders_of(EVERYTHING, [r[0] for r in delivered]):
        line = next((x for x in fo.lines if x.shipped > x.returned), None)
        if line is not None:
            asked.append(NewReturn(fo.order_id, (AskedLine(line.demand_id, 1, "unwanted"),)))
    service = days.world.worker("service", 2)
    if asked:
        return_services.request_returns(key=uuid4(), actor=service, returns=asked)
    item = next(i for i in days.world.items.values() if i.tracking == "none")
    return_services.receive_blind(
        key=key("unannounced", days.seed),
        actor=days.world.worker("receiver", 3),
        client_id=days.world.client_id,
        warehouse_id=days.world.warehouse_id,
        lines=[Piece(item.id, 1)],
        note="no paper in the box",
    )
    if delivered:
        return_services.open_ticket(
            key=key("question", days.seed),
            actor=service,
            client_id=days.world.client_id,
            subject="Can I have an invoice?",
            body="Thank you for the quick delivery. Our books need an invoice with our VAT number.",
            order_id=delivered[0][0],
        )


def _ask_counts(days: Days) -> None:
    bins = sql.rows(
        "SELECT DISTINCT location_id FROM inventory_level l JOIN warehouse_location w ON w.id = l.location_id WHERE w.kind = 'bin' AND l.on_hand > 0 ORDER BY 1 LIMIT 3"
    )
    inventory_services.request_counts(
        key=uuid4(), actor=HOUSE, warehouse_id=days.world.warehouse_id, targets=[CountTarget(r[0]) for r in bins], reason="every month"
    )
