"""An order is cancelled when it stands picked at the bench: the goods go back to a bin, the money is let go, the tote is free for the next."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.types import Cancelled
from packhorse.steps.packing import selectors as packing
from packhorse.steps.shipping import services as shipping
from packhorse.steps.shipping.errors import NothingToManifest
from tests.build_orders import fo_of
from tests.scenarios.walk import (
    PACKER,
    SERVICE,
    Time,
    available,
    books_agree,
    free_totes,
    lying,
    money,
    put_everything_away,
    settle,
    shop_with_boxes,
    story,
    sums,
    to_accepted,
    to_picked,
    to_the_shelf,
    told,
)

pytestmark = pytest.mark.django_db


def test_cancelled_at_the_bench(time: Time) -> None:
    shop = shop_with_boxes()
    bins = to_the_shelf(shop, {"SKU-1": 5, "SKU-2": 5})
    totes = free_totes(shop)
    fo = to_accepted(shop, {"SKU-1": 2, "SKU-2": 1}, charges_minor=500)
    time.passes(minutes=30)
    to_picked(shop, fo)
    assert (lying(shop, "SKU-1"), available(shop, "SKU-1")) == ({bins["SKU-1"]: 3, "T-001": 2}, 3)

    time.passes(minutes=5)
    (answer,) = orders.cancel_orders(key=uuid4(), actor=SERVICE, order_ids=[fo.order_id], reason="the customer changed their mind")
    assert isinstance(answer, Cancelled)
    assert (answer.units, answer.put_back_units, answer.left) == (3, 3, ())
    settle()

    # At once: nobody packs it, nobody ships it, its goods can be promised to others, its money is let go.
    assert (fo_of(fo.order_id).stage, packing.bench_orders(EVERYTHING, shop.warehouse_id)) == ("cancelled", [])
    assert (available(shop, "SKU-1"), available(shop, "SKU-2")) == (5, 5)
    assert (money(fo).payment, sums(fo)[1:]) == ("voided", (0, 0))
    assert told(fo) == ["order_received", "order_cancelled"]
    with pytest.raises(NothingToManifest):
        shipping.close_manifest(key=uuid4(), actor=PACKER, warehouse_id=shop.warehouse_id, carrier="tariff")

    # The tote is not given away while goods lie in it; put back, it is.
    assert free_totes(shop) == totes - 1
    time.passes(minutes=20)
    assert put_everything_away(shop) == 3
    assert (sum(lying(shop, "SKU-1").values()), sum(lying(shop, "SKU-2").values())) == (5, 5)
    assert {v.location_kind for sku in ("SKU-1", "SKU-2") for v in inventory.levels(EVERYTHING, item_id=shop.item(sku)) if v.on_hand} == {"bin"}
    assert free_totes(shop) == totes

    assert [(e.event, e.principal) for e in story(fo)][-3:] == [
        ("orders.lines_cancelled", "user:sam"),
        ("orders.payment_voided", "system:orders"),
        ("messages.message_sent", "system:messages"),
    ]
    books_agree()

    # Somebody else buys what was put back, and the same tote carries it.
    other = to_accepted(shop, {"SKU-1": 5})
    to_picked(shop, other)
    assert fo_of(other.order_id).stage == "picked"
    books_agree()
