"""What a first draft would do: an ORM's loop, an object at a time, one transaction an order. The same rows, for comparison only."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction

from packhorse.core import clock, sql
from packhorse.core.models import Command
from packhorse.ground.catalog.models import Item
from packhorse.ground.places.models import Address
from packhorse.ground.places.verify import verify
from packhorse.server.bench.goods import Shop
from packhorse.server.bench.measured import database_cpu, result
from packhorse.steps.inventory.models import Demand, Stock
from packhorse.steps.orders.models import FulfillmentLine, FulfillmentOrder, Hold, Order, OrderLine, PaymentRequest
from packhorse.steps.orders.types import NewOrder


def _one(shop: Shop, new: NewOrder) -> None:
    now = clock.now()
    assert new.ship_to is not None, "the bench's orders go somewhere"
    with transaction.atomic():
        Command.objects.create(principal="system:orm", key=uuid4(), use_case="orm", arguments_sha256=b"", actor={}, answer=[], at=now)
        to = new.ship_to
        texts = {name: getattr(to, name) for name in ("name", "line1", "city", "region", "postal_code", "country", "phone", "email")}
        address = Address.objects.create(client_id=shop.client_id, level=verify(to).level, created_at=now, **texts)
        number = sql.next_ids("orders_number", 1)[0]
        order = Order.objects.create(
            client_id=shop.client_id, channel=new.channel, external_id=new.external_id, number=f"PH-{number}", placed_at=new.placed_at, accepted_at=now,
            currency=new.currency, customer_ref=new.customer_ref, ship_to=address, service=new.service, charges_minor=new.charges_minor,
        )  # fmt: skip
        part = FulfillmentOrder.objects.create(
            order=order, client_id=shop.client_id, warehouse_id=shop.warehouse_id, number=f"PH-{number}-1", service=new.service, stage="open", held=True,
            ship_by=now + dt.timedelta(days=1), deliver_by=now + dt.timedelta(days=7),
        )  # fmt: skip
        for n, line in enumerate(sorted(new.lines, key=lambda x: x.sku), 1):
            item = Item.objects.get(client_id=shop.client_id, sku=line.sku)
            stock = Stock.objects.select_for_update().get(warehouse_id=shop.warehouse_id, item=item)
            given = min(line.quantity, max(0, stock.sellable - stock.promised))
            stock.promised += given
            stock.save()
            bought = OrderLine.objects.create(
                order=order, line_no=n, item=item, quantity=line.quantity, unit_price=line.unit_price, amount_minor=int(line.unit_price * 100 * line.quantity)
            )
            demand = Demand.objects.create(
                client_id=shop.client_id, warehouse_id=shop.warehouse_id, item=item, wanted=line.quantity, promised=given, for_kind="orders.fulfillment_line", for_id=bought.pk,
                at=now,
            )  # fmt: skip
            FulfillmentLine.objects.create(fulfillment_order=part, order_line=bought, demand=demand, item=item, quantity=line.quantity, promised=given)
            order.goods_minor += bought.amount_minor
        order.save()
        Hold.objects.create(fulfillment_order=part, kind="payment", opened_at=now, opened_by="system:orm")
        PaymentRequest.objects.create(
            order=order, kind="authorise", amount_minor=order.goods_minor + order.charges_minor, key=uuid4(), provider="test", asked_at=now, next_attempt_at=now
        )
        sql.run(
            """INSERT INTO core_journal (id, at, event, principal, command_id, client_id, order_id, data)
               SELECT nextval('core_journal_id_seq'), %s, 'orders.order_accepted', 'system:orm', 0, %s, %s, jsonb_build_object('number', %s::text)""",
            [now, shop.client_id, order.pk, order.number],
        )


def loop(shop: Shop, orders: Sequence[NewOrder]) -> dict[str, Any]:
    """One order after the other."""
    latencies = []
    before, used, began = database_cpu(), time.process_time(), time.perf_counter()
    for order in orders:
        at = time.perf_counter()
        _one(shop, order)
        latencies.append(time.perf_counter() - at)
    elapsed, used, after = time.perf_counter() - began, time.process_time() - used, database_cpu()
    return result(len(orders), elapsed, latencies, client=used, database=None if before is None or after is None else after - before)
