"""A picker breaks a walk off, for a while or to a colleague, with what is in totes posted; and says whether a place that should be empty is."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, WrongState
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.errors import TaskNotOpen, WrongLocation, WrongTote
from packhorse.steps.picking.types import PickLine
from tests.build import Shop, actor
from tests.steps.picking.build import PICKER, begun, books_agree, confirm, finish, shop_with, tasks, walk

pytestmark = pytest.mark.django_db

PERSON = Actor("user:7", frozenset({"picker"}), user_id=7)


def taken_up(shop: Shop) -> int:
    """A walk of two picks, which a person is on."""
    batch_id, _ = begun(shop, {"SKU-1": 2}, {"SKU-1": 3})
    services.take_over_batch(key=uuid4(), actor=PERSON, batch_id=batch_id)
    return batch_id


def counts(shop: Shop) -> list[tuple[int, int | None, str]]:
    return sql.rows("SELECT location_id, item_id, reason FROM inventory_counttask WHERE warehouse_id = %s ORDER BY id", [shop.warehouse_id])


def test_what_is_in_a_tote_is_posted_and_the_walk_stays_the_pickers() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id = taken_up(shop)
    first, _ = tasks(batch_id)
    asked: dict[str, Any] = {
        "key": uuid4(),
        "actor": PERSON,
        "batch_id": batch_id,
        "location_id": first.location_id,
        "picks": [PickLine(first.task_id, first.tote_id or 0)],
    }
    assert services.pause_batch(**asked) == services.pause_batch(**asked) == 1
    with pytest.raises(KeyReused):
        services.pause_batch(**{**asked, "hand_over": True})
    assert selectors.open_batch_of(EVERYTHING, 7) == selectors.batch(EVERYTHING, batch_id)
    assert services.pause_batch(key=uuid4(), actor=PERSON, batch_id=batch_id) == 1, "with nothing in hand"
    books_agree()


def test_handed_over_it_is_nobodys_until_somebody_takes_it() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id = taken_up(shop)
    assert services.pause_batch(key=uuid4(), actor=PERSON, batch_id=batch_id, hand_over=True) == 2
    assert (selectors.open_batch_of(EVERYTHING, 7), selectors.batch(EVERYTHING, batch_id).picker_id) == (None, None)
    other = Actor("user:8", frozenset({"picker"}), user_id=8)
    services.take_over_batch(key=uuid4(), actor=other, batch_id=batch_id)
    assert selectors.batch(EVERYTHING, batch_id).picker_id == 8


def test_what_cannot_be_left_so_is_refused_and_nothing_changes() -> None:
    shop = shop_with({"SKU-1": 9})
    batch_id = taken_up(shop)
    first, second = tasks(batch_id)
    pick = PickLine(first.task_id, first.tote_id or 0)

    def leave(location_id: int | None, *picks: PickLine, by: Actor = PERSON) -> None:
        services.pause_batch(key=uuid4(), actor=by, batch_id=batch_id, location_id=location_id, picks=list(picks))

    with pytest.raises(Invalid):
        leave(None, pick)
    with pytest.raises(WrongLocation):
        leave(shop.bins[5], pick)
    with pytest.raises(WrongTote):
        leave(first.location_id, PickLine(first.task_id, second.tote_id or 0))
    with pytest.raises(NotAllowed):
        leave(first.location_id, by=actor("client"))
    with pytest.raises(NotFound):
        services.pause_batch(key=uuid4(), actor=PERSON, batch_id=2**40)
    assert tasks(batch_id) == [first, second]
    confirm(batch_id, first)
    with pytest.raises(TaskNotOpen):
        leave(first.location_id, pick)
    walk(batch_id)
    finish(shop, batch_id)
    with pytest.raises(WrongState):
        leave(None)


def look(batch_id: int, location_id: int, *, empty: bool, key: UUID | None = None, by: Actor = PICKER) -> None:
    services.check_zero(key=key or uuid4(), actor=by, batch_id=batch_id, location_id=location_id, empty=empty)


def test_an_empty_place_is_told_and_one_that_is_not_gets_one_count() -> None:
    shop = shop_with({"SKU-1": 5})
    batch_id, _ = begun(shop, {"SKU-1": 5})
    (task,) = tasks(batch_id)
    answer = services.confirm_stop(
        key=uuid4(), actor=PICKER, batch_id=batch_id, location_id=task.location_id, picks=[PickLine(task.task_id, task.tote_id or 0)]
    )
    assert answer.emptied
    look(batch_id, task.location_id, empty=True)
    assert counts(shop) == []
    key = uuid4()
    look(batch_id, task.location_id, empty=False, key=key)
    look(batch_id, task.location_id, empty=False, key=key)
    look(batch_id, task.location_id, empty=False)
    assert counts(shop) == [(task.location_id, None, "zero check")]
    with pytest.raises(KeyReused):
        look(batch_id, task.location_id, empty=True, key=key)
    books_agree()


def test_a_place_that_has_goods_by_the_books_is_not_asked_about_and_foreign_places_are_refused() -> None:
    shop, other = shop_with({"SKU-1": 6}), shop_with({"SKU-1": 1})
    batch_id, _ = begun(shop, {"SKU-1": 5})
    (task,) = tasks(batch_id)
    answer = services.confirm_stop(
        key=uuid4(), actor=PICKER, batch_id=batch_id, location_id=task.location_id, picks=[PickLine(task.task_id, task.tote_id or 0)]
    )
    assert not answer.emptied
    with pytest.raises(Invalid):
        look(batch_id, other.bins[0], empty=False)
    with pytest.raises(NotAllowed):
        look(batch_id, task.location_id, empty=False, by=actor("client"))
    assert counts(other) == counts(shop) == []
