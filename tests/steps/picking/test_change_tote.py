"""A tote that is full is closed with what went into it, and an empty one goes on for its order: both come to the bench together, and are packed as one."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.packing.types import Content
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import TaskNotOpen, ToteInUse, ToteNotEmpty, WrongTote
from packhorse.steps.picking.types import ChangedTote, PickLine, TaskInfo
from tests.build import Shop, actor, receive
from tests.build_orders import fo_of
from tests.steps.picking.build import PICKER, begun, books_agree, confirm, finish, shop_with, tasks, walk

pytestmark = pytest.mark.django_db


def change(task: TaskInfo, taken: int, tote: int, *, key: UUID | None = None, picks: list[PickLine] | None = None) -> ChangedTote:
    return services.change_tote(key=key or uuid4(), actor=PICKER, task_id=task.task_id, taken=taken, tote_id=tote, picks=picks)


def parent(shop: Shop, code: str) -> int | None:
    found: int | None = sql.rows("SELECT parent_id FROM warehouse_location WHERE id = %s", [shop.place(code)])[0][0]
    return found


def lying(shop: Shop) -> dict[str, int]:
    return dict(
        sql.rows(
            """SELECT p.code, sum(v.on_hand)::bigint FROM inventory_level v JOIN warehouse_location p ON p.id = v.location_id
               WHERE p.warehouse_id = %s AND v.on_hand > 0 GROUP BY 1""",
            [shop.warehouse_id],
        )
    )


def test_what_went_in_stays_the_rest_goes_into_the_new_one_and_both_stand_at_the_bench_for_the_packer() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    batch_id, (fo,) = begun(shop, {"SKU-1": 6, "SKU-2": 1})
    first, second = tasks(batch_id)
    assert change(first, 4, shop.place("T-002")) == ChangedTote(4, shop.place("T-002"), "T-002")
    rest = next(t for t in tasks(batch_id) if t.sku == "SKU-1")
    assert (rest.quantity, rest.tote, rest.sequence) == (2, "T-002", first.sequence)
    assert (parent(shop, "T-001"), parent(shop, "T-002")) == (shop.place("T-002"), shop.place("CART-01"))
    confirm(batch_id, rest)
    assert change(second, 0, shop.place("T-003")).taken == 0
    walk(batch_id)
    assert {c: n for c, n in lying(shop).items() if c.startswith("T-")} == {"T-001": 4, "T-002": 2, "T-003": 1}
    finish(shop, batch_id)
    assert (parent(shop, "T-001"), parent(shop, "T-002"), parent(shop, "T-003")) == (shop.place("T-003"), shop.place("T-003"), shop.bench)
    for code in ("T-001", "T-002", "T-003"):
        assert selectors.order_in_tote(EVERYTHING, shop.place(code)) == fo.fulfillment_order_id
    (order,) = packing.bench_orders(EVERYTHING, shop.warehouse_id)
    assert (order.tote, order.units, order.station_id) == ("T-003", 7, shop.bench)
    contents = [Content(line.allocation_id, line.quantity) for line in order.lines]
    packing_services.seal_parcel(
        key=uuid4(), actor=actor("packer"), fulfillment_order_id=fo.fulfillment_order_id, release_id=order.release_id, box_id=None, size_mm=(400, 300, 300),
        contents=contents, weight_g=1750, reasons={},
    )  # fmt: skip
    assert fo_of(fo.order_id).stage == "packed"
    assert {c for _i, c in selectors.free_units(EVERYTHING, shop.warehouse_id, "tote", limit=9)} == {"T-001", "T-002", "T-003", "T-004"}
    assert parent(shop, "T-001") == shop.bench, "beside the others"
    books_agree()


def test_all_of_it_went_in_and_what_was_put_into_other_totes_is_posted_with_it() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 2}, {"SKU-1": 3})
    first, second = tasks(batch_id)
    change(second, second.quantity, shop.place("T-003"), picks=[PickLine(first.task_id, first.tote_id or 0)])
    assert tasks(batch_id) == []
    assert {c: n for c, n in lying(shop).items() if c.startswith("T-")} == {str(first.tote): first.quantity, str(second.tote): second.quantity}
    finish(shop, batch_id)
    books_agree()


def test_asked_twice_it_is_done_once_and_a_key_is_for_one_question() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 6})
    (task,) = tasks(batch_id)
    key = uuid4()
    first = change(task, 4, shop.place("T-002"), key=key)
    assert change(task, 4, shop.place("T-002"), key=key) == first
    assert [t.quantity for t in tasks(batch_id)] == [2]
    with pytest.raises(KeyReused):
        change(task, 3, shop.place("T-002"), key=key)


def test_what_does_not_fit_is_refused_and_nothing_changes() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id, _ = begun(shop, {"SKU-1": 6}, {"SKU-1": 1})
    task, other = sorted(tasks(batch_id), key=lambda t: -t.quantity)
    receive(shop.item("SKU-1"), shop.place("T-004"), 1)
    before = (lying(shop), tasks(batch_id))
    with pytest.raises(Invalid):
        change(task, 7, shop.place("T-003"))
    with pytest.raises(Invalid):
        change(task, -1, shop.place("T-003"))
    with pytest.raises(Invalid):
        change(task, 1, shop.place("CART-01"))
    with pytest.raises(ToteInUse):
        change(task, 1, other.tote_id or 0)
    with pytest.raises(ToteInUse):
        change(task, 1, task.tote_id or 0)
    with pytest.raises(ToteNotEmpty):
        change(task, 1, shop.place("T-004"))
    with pytest.raises(WrongTote):
        change(task, 1, shop.place("T-003"), picks=[PickLine(other.task_id, task.tote_id or 0)])
    with pytest.raises(NotFound):
        services.change_tote(key=uuid4(), actor=PICKER, task_id=2**40, taken=0, tote_id=shop.place("T-003"))
    with pytest.raises(NotAllowed):
        services.change_tote(key=uuid4(), actor=actor("client"), task_id=task.task_id, taken=0, tote_id=shop.place("T-003"))
    assert (lying(shop), tasks(batch_id)) == before
    confirm(batch_id, task)
    with pytest.raises(TaskNotOpen):
        change(task, 1, shop.place("T-003"))
