"""At the end of a walk each tote can be put down by itself, and totes of one order put together; with the last one the walk is over."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, WrongState
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import BatchNotFinished, NotOnThisWalk, OfAnotherOrder
from packhorse.steps.picking.types import Unloaded
from tests.build import actor
from tests.steps.picking.build import PICKER, begun, books_agree, confirm, shop_with, short, tasks, walk
from tests.steps.picking.test_change_tote import change, lying, parent

pytestmark = pytest.mark.django_db


def unload(batch_id: int, tote_id: int, place_id: int) -> Unloaded:
    return services.unload_tote(key=uuid4(), actor=PICKER, batch_id=batch_id, tote_id=tote_id, place_id=place_id)


def test_with_the_last_tote_the_walk_is_over_and_each_stands_where_it_was_put() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, fos = begun(shop, {"SKU-1": 2}, {"SKU-1": 3})
    walk(batch_id)
    assert unload(batch_id, shop.place("T-001"), shop.bench) == Unloaded(left=1)
    assert selectors.batch(EVERYTHING, batch_id).state == "picking"
    assert unload(batch_id, shop.place("T-001"), shop.staging) == Unloaded(left=1), "put elsewhere"
    assert unload(batch_id, shop.place("T-002"), shop.bench) == Unloaded(left=0)
    assert selectors.batch(EVERYTHING, batch_id).state == "done"
    assert (parent(shop, "T-001"), parent(shop, "T-002")) == (shop.staging, shop.bench)
    assert {t.fulfillment_order_id for t in selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)} == {fo.fulfillment_order_id for fo in fos}
    books_agree()


def test_a_tote_that_nothing_was_picked_into_is_not_waited_for() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 1})
    batch_id, _ = begun(shop, {"SKU-1": 2}, {"SKU-2": 1})
    for task in tasks(batch_id):
        confirm(batch_id, task) if task.sku == "SKU-1" else short(task)
    tote = next(t.tote_id for t in selectors.tasks(EVERYTHING, batch_id) if t.sku == "SKU-1")
    assert unload(batch_id, tote or 0, shop.bench) == Unloaded(left=0)


def test_asked_twice_it_is_done_once_and_a_key_is_for_one_question() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 2})
    walk(batch_id)
    asked: dict[str, Any] = {"key": uuid4(), "actor": PICKER, "batch_id": batch_id, "tote_id": shop.place("T-001"), "place_id": shop.bench}
    assert services.unload_tote(**asked) == services.unload_tote(**asked) == Unloaded(left=0)
    with pytest.raises(KeyReused):
        services.unload_tote(**{**asked, "place_id": shop.staging})


def test_what_cannot_be_unloaded_is_refused_and_nothing_changes() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 2})
    with pytest.raises(BatchNotFinished):
        unload(batch_id, shop.place("T-001"), shop.bench)
    walk(batch_id)
    with pytest.raises(NotOnThisWalk):
        unload(batch_id, shop.place("T-002"), shop.bench)
    with pytest.raises(Invalid):
        unload(batch_id, shop.place("CART-01"), shop.bench)
    with pytest.raises(Invalid):
        unload(batch_id, shop.place("T-001"), shop.bins[0])
    with pytest.raises(NotAllowed):
        services.unload_tote(key=uuid4(), actor=actor("client"), batch_id=batch_id, tote_id=shop.place("T-001"), place_id=shop.bench)
    assert parent(shop, "T-001") == shop.place("CART-01")
    unload(batch_id, shop.place("T-001"), shop.bench)
    with pytest.raises(WrongState):
        unload(batch_id, shop.place("T-001"), shop.bench)


def consolidate(tote_id: int, into_id: int) -> int:
    return services.consolidate_totes(key=uuid4(), actor=PICKER, tote_id=tote_id, into_id=into_id)


@pytest.mark.parametrize(("emptied", "filled"), [("T-001", "T-002"), ("T-002", "T-001")])
def test_totes_of_one_order_are_put_together_whichever_is_emptied(emptied: str, filled: str) -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, (fo,) = begun(shop, {"SKU-1": 6})
    change(tasks(batch_id)[0], 4, shop.place("T-002"))
    walk(batch_id)
    assert consolidate(shop.place(emptied), shop.place(filled)) == (4 if emptied == "T-001" else 2)
    assert {c: n for c, n in lying(shop).items() if c.startswith("T-")} == {filled: 6}
    assert selectors.order_in_tote(EVERYTHING, shop.place(emptied)) is None
    assert (parent(shop, emptied), parent(shop, filled)) == (shop.place("CART-01"), shop.place("CART-01"))
    assert unload(batch_id, shop.place(filled), shop.bench) == Unloaded(left=0)
    (ready,) = selectors.totes_ready_to_pack(EVERYTHING, shop.warehouse_id)
    assert (ready.tote, ready.fulfillment_order_id, sum(line.quantity for line in ready.lines)) == (filled, fo.fulfillment_order_id, 6)
    books_agree()


def test_put_together_twice_is_once_and_what_does_not_belong_together_is_refused() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 4}, {"SKU-1": 1})
    other, large = sorted(tasks(batch_id), key=lambda t: t.quantity)
    change(large, 2, shop.place("T-003"))
    walk(batch_id)
    before = lying(shop)
    with pytest.raises(OfAnotherOrder):
        consolidate(large.tote_id or 0, other.tote_id or 0)
    with pytest.raises(OfAnotherOrder):
        consolidate(shop.place("T-004"), large.tote_id or 0)
    with pytest.raises(Invalid):
        consolidate(large.tote_id or 0, large.tote_id or 0)
    with pytest.raises(Invalid):
        consolidate(large.tote_id or 0, shop.bench)
    asked: dict[str, Any] = {"key": uuid4(), "actor": PICKER, "tote_id": large.tote_id or 0, "into_id": shop.place("T-003")}
    with pytest.raises(NotAllowed):
        services.consolidate_totes(**{**asked, "actor": actor("client")})
    assert lying(shop) == before
    assert services.consolidate_totes(**asked) == services.consolidate_totes(**asked) == 2
    with pytest.raises(KeyReused):
        services.consolidate_totes(**{**asked, "into_id": other.tote_id or 0})
