"""The checker of the chaos bench finds nothing where all is well, and what is lost, doubled or oversold where somebody planted it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from pydantic_core import to_json

from packhorse.core import sql
from packhorse.server.bench.chaos import acts, checking
from packhorse.server.bench.chaos.checking import Found
from packhorse.server.bench.chaos.commands import ACTS, Answered, Command
from packhorse.server.bench.chaos.world import build
from packhorse.steps.inventory.services import adjust_stock
from packhorse.steps.inventory.types import StockChange
from packhorse.steps.orders.services import accept_orders
from tests.build import Shop, actor, make_shop, stock
from tests.build_orders import new_order
from tests.own_database import own_database

MANAGER = actor("manager", user="mary")


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("chaos", keep=django_db_keepdb):
        yield


@pytest.fixture(scope="module")
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 20, "SKU-2": 20})
    return made


def told(act: str, command: Command, key: UUID, answer: Any, status: int = 200) -> Answered:
    return Answered(act, command, key, MANAGER.principal, status, json.loads(to_json(answer)), 1, 0.01)


@pytest.fixture(scope="module")
def answered(shop: Shop) -> list[Answered]:
    """An order and an adjustment, acknowledged."""
    adjusting = uuid4()
    order: dict[str, Any] = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "orders": [new_order({"SKU-1": 2}, channel="chaos")]}
    taking = uuid4()
    changes: dict[str, Any] = {"warehouse_id": shop.warehouse_id, "changes": [StockChange(shop.item("SKU-2"), shop.bins[0], 3)], "reason": "found"}
    return [
        told("accept_directly", Command(direct=accept_orders, arguments=order), taking, accept_orders(key=taking, actor=MANAGER, **order)),
        told("adjust", Command(direct=adjust_stock, arguments=changes, units=3), adjusting, adjust_stock(key=adjusting, actor=MANAGER, **changes)),
    ]


@pytest.fixture
def planted(answered: list[Answered]) -> Iterator[None]:
    """Whatever a test plants, past all triggers, is gone after it."""
    with transaction.atomic():
        sql.run("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def faults(answered: list[Answered]) -> tuple[int, int]:
    found = Found()
    for check in (checking.check_commands, checking.check_orders, checking.check_made):
        check(answered, found)
    checking.check_outside(found)
    return len(found.lost), len(found.doubled)


def again(answered: list[Answered]) -> list[tuple[Answered, Answered]]:
    """Each asked once more with its key."""
    said = []
    for a in answered:
        assert a.command.direct is not None
        said.append((a, told(a.act, a.command, a.key, a.command.direct(key=a.key, actor=MANAGER, **a.command.arguments))))
    return said


def test_nothing_is_found_where_all_is_well(answered: list[Answered]) -> None:
    assert faults(answered) == (0, 0)
    assert checking.oversold() == []
    found = Found()
    assert checking.check_repeats(answered, lambda wanted: again(list(wanted)), found) == 2
    assert (found.lost, found.doubled) == ([], [])


def test_a_command_that_is_gone_is_lost(answered: list[Answered], planted: None) -> None:
    sql.run("DELETE FROM core_command WHERE key = %s", [answered[1].key])
    assert faults(answered) == (1, 0)


def test_a_move_that_is_gone_is_lost_and_one_too_many_is_doubled(answered: list[Answered], planted: None) -> None:
    command = sql.rows("SELECT id FROM core_command WHERE key = %s", [answered[1].key])[0][0]
    columns = "at, client_id, item_id, lot_id, quantity, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, demand_id, command_id"
    sql.run(
        f"INSERT INTO inventory_move (id, {columns}) SELECT nextval('inventory_move_id_seq'), {columns} FROM inventory_move WHERE command_id = %s", [command]
    )
    assert faults(answered) == (0, 1)
    sql.run("DELETE FROM inventory_move WHERE command_id = %s", [command])
    assert faults(answered) == (1, 0)


def test_an_order_that_is_gone_is_lost_and_one_under_two_numbers_is_doubled(answered: list[Answered], planted: None) -> None:
    number = answered[0].answer[0]["number"]
    other = told("accept_again", Command(), uuid4(), [{**answered[0].answer[0], "number": "ORD-OTHER"}])
    found = Found()
    checking.check_orders([answered[0], other], found)
    assert (len(found.lost), len(found.doubled)) == (1, 1)
    sql.run("UPDATE orders_order SET number = 'gone' WHERE number = %s", [number])
    assert faults(answered) == (1, 0)


def test_what_was_refused_and_is_done_is_doubled(answered: list[Answered]) -> None:
    assert faults([told("adjust", answered[1].command, answered[1].key, {"code": "out_of_stock"}, 409)]) == (0, 1)


def test_another_answer_to_the_same_key_is_lost_and_rows_of_a_repeat_are_doubled(answered: list[Answered], shop: Shop) -> None:
    def forgetful(wanted: Any) -> list[tuple[Answered, Answered]]:
        accept_orders(key=uuid4(), actor=MANAGER, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=[new_order({"SKU-1": 1})])
        return [(a, told(a.act, a.command, a.key, 0)) for a in wanted]

    found = Found()
    checking.check_repeats(answered, forgetful, found)
    assert len(found.lost) == 2
    assert found.doubled == ["repeats wrote 1 rows of orders_order", "repeats wrote 1 rows of core_command"]


def test_a_charge_without_its_entry_is_doubled(answered: list[Answered], planted: None) -> None:
    sql.run(
        """INSERT INTO payments_testcharge (key, token, reference, currency, amount_minor, captured_minor, refunded_minor, authorised_at, expires_at)
           VALUES (gen_random_uuid(), '', '', 'CAD', 500, 500, 0, '2026-01-01', '2026-02-01')"""
    )
    assert faults(answered) == (0, 1)


def test_what_is_promised_and_not_there_is_oversold(shop: Shop, planted: None) -> None:
    sql.run("UPDATE inventory_demand SET wanted = 500, promised = 500 WHERE item_id = %s", [shop.item("SKU-1")])
    assert checking.oversold() == [f"more promised than demands may have: {shop.warehouse_id}:{shop.item('SKU-1')}"]


def test_what_lies_where_it_never_came_is_oversold(shop: Shop, planted: None) -> None:
    sql.run("UPDATE inventory_move SET quantity = 500, source_id = target_id, target_id = source_id WHERE item_id = %s", [shop.item("SKU-2")])
    assert any(line.startswith("less than nothing at a place") for line in checking.oversold())


def test_every_act_thinks_of_something_or_of_nothing(shop: Shop) -> None:
    """In a house where little stands: none of them stumbles over what is not there."""
    assert len(ACTS) > 55
    assert acts.__all__

    class Alone:
        world, dice, number = build(), Random(1), 1  # noqa: S311 - figures, not secrets

        def actor(self) -> Any:
            return MANAGER

        def rows(self, statement: str, params: Any = ()) -> list[tuple[Any, ...]]:
            return sql.rows(statement, list(params))

        def name(self) -> str:
            return uuid4().hex

    thought = {name for name, (_, act) in ACTS.items() if act(Alone()) is not None}
    assert {"accept", "adjust", "reserve", "purchase", "ask_count"} <= thought
    assert connection.is_usable()
