"""A use case that takes locks out of order fails its tests: rooms in the order of the house, rows of a table in ascending order, many rows written only after they were locked."""

# mypy: disable-error-code="func-returns-value"

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps

from packhorse.core import locks, sql
from packhorse.core.locks import OutOfKeyOrder, OutOfOrder
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders import ledger as orders
from tests.build import doing

DOC = Path(__file__).parents[2] / "docs" / "architecture" / "locks.md"

IN_ORDER: dict[str, Callable[[], object]] = {
    "orders, then stock": lambda: (orders.lock_orders([1, 2]), stock.release([1, 2])),
    "many rows after their lock": lambda: (orders.lock_orders([1, 2]), sql.run("UPDATE orders_fulfillmentorder SET held = true WHERE id = ANY(%s)", [[1, 2]])),
    "one row": lambda: sql.run("UPDATE orders_order SET language = 'fr' WHERE id = %s", [1]),
    "rows of a set in one statement": lambda: sql.run(
        "UPDATE inventory_level l SET allocated = 0 FROM (SELECT x.id FROM inventory_level x WHERE x.item_id = ANY(%s) ORDER BY x.id FOR UPDATE OF x) t WHERE t.id = l.id",
        [[1]],
    ),
    "whatever nobody else has": lambda: sql.rows("SELECT id FROM orders_paymentrequest WHERE answered_at IS NULL FOR UPDATE SKIP LOCKED"),
}
OUT_OF_ORDER: dict[str, tuple[type[AssertionError], Callable[[], object]]] = {
    "stock, then orders": (OutOfOrder, lambda: (stock.release([1]), orders.lock_orders([1]))),
    "levels, then stock": (
        OutOfOrder,
        lambda: (sql.rows("SELECT id FROM inventory_level ORDER BY id FOR UPDATE"), sql.rows("SELECT id FROM inventory_stock ORDER BY id FOR UPDATE")),
    ),
    "orders, then picking": (OutOfOrder, lambda: (orders.lock_orders([1]), sql.rows("SELECT id FROM picking_pickbatch WHERE id = %s FOR UPDATE", [1]))),
    "a whole table, late": (
        OutOfOrder,
        lambda: (
            sql.rows("SELECT id FROM inventory_level ORDER BY id FOR UPDATE"),
            sql.run("LOCK TABLE inventory_demand, inventory_stock IN SHARE ROW EXCLUSIVE MODE"),
        ),
    ),
    "several rows in no order": (OutOfKeyOrder, lambda: sql.rows("SELECT id FROM orders_order WHERE id = ANY(%s) FOR UPDATE", [[2, 1]])),
    "several rows in another order": (OutOfKeyOrder, lambda: sql.rows("SELECT id FROM inventory_demand WHERE id = ANY(%s) ORDER BY at FOR UPDATE", [[2, 1]])),
    "many rows written at once": (OutOfKeyOrder, lambda: sql.run("UPDATE inventory_demand SET at = at WHERE item_id = ANY(%s)", [[1, 2]])),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", IN_ORDER)
def test_in_order_passes(what: str) -> None:
    doing(IN_ORDER[what])


@pytest.mark.django_db
@pytest.mark.parametrize("what", OUT_OF_ORDER)
def test_out_of_order_fails(what: str) -> None:
    refused, act = OUT_OF_ORDER[what]
    with pytest.raises(refused):
        doing(act)


def test_every_table_that_takes_part_is_documented_in_its_place() -> None:
    told = DOC.read_text()
    rooms = [room for room in locks.ORDER if f"## {room}" in told]
    assert rooms == list(locks.ORDER)
    assert [told.index(f"## {room}") for room in rooms] == sorted(told.index(f"## {room}") for room in rooms)
    tables = {m._meta.db_table for m in apps.get_models() if m._meta.app_label in locks.ORDER}
    assert {t for t in tables if locks.rank(t) is not None and f"`{t}`" not in told} == set()
