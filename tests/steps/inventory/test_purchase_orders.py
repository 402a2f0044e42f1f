"""A purchase order is drafted, sent, confirmed, announced, arrives, and ends closed or closed short."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.steps.inventory import services, states
from packhorse.steps.inventory.errors import ReferenceTaken, SupplierTaken
from packhorse.steps.inventory.types import AnnouncedLine, OrderedLine, ReceivedLine
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_client, make_items
from tests.steps.inventory.buying import Buying

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def test_a_supplier_is_made_once_per_code(shop: Shop) -> None:
    made = done_once(services.create_supplier, actor=HOUSE, client_id=shop.client_id, code="A", name="Acme", other={"code": "B"})
    assert (made.code, made.client_id, made.lead_time_days) == ("A", shop.client_id, 7)
    with pytest.raises(SupplierTaken):
        services.create_supplier(key=uuid4(), actor=HOUSE, client_id=shop.client_id, code="A", name="Another")
    with pytest.raises(NotFound):
        services.create_supplier(key=uuid4(), actor=HOUSE, client_id=10**9, code="A", name="Another")
    with pytest.raises(NotAllowed):
        services.create_supplier(key=uuid4(), actor=actor("manager", client_id=make_client()), client_id=shop.client_id, code="X", name="Acme")


def test_a_draft_sums_its_lines_and_is_expected_after_the_lead_time(shop: Shop, buying: Buying) -> None:
    lines = [OrderedLine(shop.item("SKU-1"), 5, Decimal("1.10")), OrderedLine(shop.item("SKU-2"), 2), OrderedLine(shop.item("SKU-1"), 3, Decimal("1.234567"))]
    with clock.using(VirtualClock(NOON)):
        made = done_once(
            services.create_purchase_order,
            actor=HOUSE,
            supplier_id=buying.supplier.id,
            warehouse_id=shop.warehouse_id,
            lines=lines,
            reference="R1",
            other={"reference": "R2"},
        )
    assert (made.state, made.lines, made.ordered, made.received, made.expected_on) == ("draft", 2, 10, 0, dt.date(2026, 3, 7))
    info = buying.info(made.id)
    assert [(n.position, n.sku, n.quantity, n.unit_cost) for n in info.lines] == [(1, "SKU-1", 8, Decimal("1.234567")), (2, "SKU-2", 2, Decimal(0))]
    assert info.row == made
    assert [e.sentence for e in timeline(subject=Ref("inventory.purchase_order", made.id))] == [f"Purchase order {made.number} made: 10 units"]


def test_a_purchase_order_is_refused(shop: Shop, buying: Buying) -> None:
    def make(**change: object) -> None:
        good = {"supplier_id": buying.supplier.id, "warehouse_id": shop.warehouse_id, "lines": [OrderedLine(shop.item("SKU-1"), 5)], "reference": "R1"}
        services.create_purchase_order(key=uuid4(), **{"actor": HOUSE, **good, **change})  # type: ignore[arg-type]

    make()
    with pytest.raises(ReferenceTaken):
        make()
    for lines in ([], [OrderedLine(shop.item("SKU-1"), 0)]):
        with pytest.raises(Invalid):
            make(reference="", lines=lines)
    foreign = make_items(make_client(), 1)["SKU-1"]
    for unknown in ({"lines": [OrderedLine(foreign, 1)]}, {"supplier_id": 10**9}, {"warehouse_id": 10**9}):
        with pytest.raises(NotFound):
            make(reference="", **unknown)
    for who in (actor("picker"), actor("manager", client_id=shop.client_id + 1), actor("manager", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            make(reference="", actor=who)


def test_it_walks_through_its_states(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 5}, send=False)
    assert done_once(services.send_purchase_order, actor=HOUSE, purchase_order_id=order, other={"purchase_order_id": order + 1}) == "sent"
    day = dt.date(2026, 12, 1)
    assert done_once(services.confirm_purchase_order, actor=HOUSE, purchase_order_id=order, expected_on=day, other={"expected_on": None}) == "confirmed"
    notice = [AnnouncedLine("340123450000000017", shop.item("SKU-1"), 5)]
    assert done_once(services.announce_goods, actor=HOUSE, purchase_order_id=order, lines=notice, other={"lines": []}) == "in_transit"
    assert done_once(services.record_arrival, actor=HOUSE, purchase_order_id=order, other={"purchase_order_id": order + 1}) == "arrived"
    assert buying.receive(order, ReceivedLine(shop.item("SKU-1"), 3)).state == "receiving"
    done = done_once(services.close_purchase_order, actor=HOUSE, purchase_order_id=order, reason="sold out there", other={"reason": ""})
    assert done == "closed_short"
    info = buying.info(order)
    assert [(d.sku, d.kind, d.quantity, d.reason) for d in info.discrepancies] == [("SKU-1", "short", 2, "sold out there")]
    assert (info.row.expected_on, info.expected_units, info.closed_at is not None) == (day, ("340123450000000017",), True)
    for again in (services.send_purchase_order, services.confirm_purchase_order, services.record_arrival, services.close_purchase_order):
        with pytest.raises(WrongState):
            again(key=uuid4(), actor=HOUSE, purchase_order_id=order)
        with pytest.raises(NotFound):
            again(key=uuid4(), actor=HOUSE, purchase_order_id=10**9)
        with pytest.raises(NotAllowed):
            again(key=uuid4(), actor=actor("packer"), purchase_order_id=order)


def test_a_draft_is_withdrawn_without_a_trace_of_shorts(buying: Buying) -> None:
    order = buying.order({"SKU-1": 5}, send=False)
    assert services.close_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=order) == "closed"
    assert buying.info(order).discrepancies == ()


def test_what_was_sent_and_never_came_is_closed_with_its_shorts(buying: Buying) -> None:
    order = buying.order({"SKU-1": 5})
    assert services.close_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=order) == "closed"
    assert [(d.kind, d.quantity, d.reason) for d in buying.info(order).discrepancies] == [("short", 5, "not delivered")]


def test_an_announcement_is_refused(shop: Shop, buying: Buying) -> None:
    order = buying.order({"SKU-1": 5})
    for line, refusal in (
        (AnnouncedLine("123", shop.item("SKU-1"), 5), Invalid),
        (AnnouncedLine("340123450000000017", shop.item("SKU-1"), 0), Invalid),
        (AnnouncedLine("340123450000000017", shop.item("SKU-2"), 5), NotFound),
    ):
        with pytest.raises(refusal):
            services.announce_goods(key=uuid4(), actor=HOUSE, purchase_order_id=order, lines=[line])


def test_every_state_is_reached_from_the_first() -> None:
    for table, first in ((states.PURCHASE_ORDER, "draft"), (states.TASK, "ready"), (states.COUNT, "requested")):
        seen, todo = {first}, [first]
        while todo:
            todo += [n for n in table[todo.pop()] if n not in seen and not seen.add(n)]  # type: ignore[func-returns-value]
        assert seen == set(table)
