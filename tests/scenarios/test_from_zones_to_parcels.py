"""A morning with zones and a put wall: three orders are picked in two zones at once, come together at the wall, and leave as three parcels; the books agree at every step."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors as packing
from packhorse.steps.picking import selectors as picking, services
from packhorse.steps.picking.types import Policy
from tests.build import HOUSE
from tests.build_orders import accepted
from tests.steps.picking.build import TODAY, books_agree, make_box
from tests.steps.picking.scanning import Hand
from tests.steps.picking.test_put_wall import with_wall

pytestmark = pytest.mark.django_db


def test_orders_come_together_at_the_wall_and_leave_as_parcels() -> None:
    shop = with_wall(slots=3, totes=8)
    make_box("ZONE-BOX")
    services.set_picking_policy(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, policy=Policy(method="wall"))
    fos = [accepted(shop, w) for w in ({"SKU-1": 2, "SKU-2": 1}, {"SKU-1": 1, "SKU-3": 1}, {"SKU-2": 1})]
    made = services.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=max(fo.ship_by for fo in fos), today=TODAY)
    walks = services.plan_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, iterations=200)
    assert (made.orders, len(walks)) == (3, 2)

    front, back = Hand(1), Hand(2)
    for picker, zone, tote in ((front, "FRONT", "T-001"), (back, "BACK", "T-002")):
        picker.tap("zone", zone=zone)
        picker.scan(tote)
    for picker in (back, front):
        picker.walk()
        picker.scan("W1")
        assert picker.screen.state["step"] == "done"
        books_agree()

    one, other = Hand(3, "picking.sort"), Hand(4, "picking.sort")
    one.scan("T-001")
    other.scan("T-002")
    for sorter in (one, other, one, other, one):
        if sorter.screen.state["step"] == "piece":
            line = picking.tote_lines(EVERYTHING, shop.place("W1"), sorter.screen.state["tote"])[0]
            sorter.scan(line.sku)
            sorter.scan(str(sorter.screen.big))
            books_agree()
    assert [row.complete for row in picking.slots(EVERYTHING, shop.place("W1"))] == [True, True, True]
    one.scan("W1-02")
    one.scan("T-005")

    packer = Hand(5, "packing.pack", "packer")
    for tote in ("W1-01", "W1-03", "T-005"):
        packer.scan(tote)
        order = next(o for o in packing.bench_orders(EVERYTHING) if o.tote == tote)
        for sku in (line.sku for line in order.lines for _piece in range(line.quantity)):
            packer.scan(sku)
        packer.scan(packing.parcel(EVERYTHING, packer.screen.state["parcel"]).number)
        dispatch.drain()
        books_agree()
    assert {fo.stage for fo in orders.fulfillment_orders(EVERYTHING, [fo.fulfillment_order_id for fo in fos])} == {"packed"}
    assert picking.free_slots(EVERYTHING, shop.warehouse_id) == {shop.place("W1"): 3}
    assert picking.totes_ready_to_pack(EVERYTHING, shop.warehouse_id) == []
