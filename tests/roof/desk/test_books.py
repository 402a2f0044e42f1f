"""A figure that drifts is found, by whatever wrote it within seconds and by the sweep in any case, stands on home, and is mended by an audited entry; running work is never taken for drift."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.urls import reverse

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.books import Part
from packhorse.core.errors import KeyReused, NotAllowed, PackhorseError
from packhorse.core.models import Command, JournalEntry
from packhorse.ground.people.types import Grant
from packhorse.roof.desk import books, jobs, selectors, services
from packhorse.roof.desk.models import Finding, Sweep
from packhorse.roof.desk.words import FIGURES
from packhorse.steps.inventory import reconciler as of_stock
from packhorse.steps.orders import reconciler as of_orders, services as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from tests.build import HOUSE, Shop, actor, make_shop, receive, stock
from tests.build_orders import accepted, new_order, pick, settle, take_in, walk
from tests.own_database import own_database
from tests.steps.orders.test_doors import browser

#: One way to spoil each kind: it must break no constraint, as a bug would not.
STOCK = {
    "level_on_hand": "UPDATE inventory_level SET on_hand = on_hand + 3 WHERE item_id = %(item)s AND location_id = %(bin)s",
    "level_allocated": "UPDATE inventory_level SET allocated = allocated + 1 WHERE item_id = %(item)s AND location_id = %(bin)s",
    "demand_allocated": "UPDATE inventory_demand SET allocated = allocated + 1 WHERE id = %(loose)s",
    "stock_sellable": "UPDATE inventory_stock SET sellable = sellable + 2 WHERE item_id = %(item)s",
    "stock_promised": "UPDATE inventory_stock SET promised = promised - 1 WHERE item_id = %(item)s",
    "stock_short": "UPDATE inventory_stock SET short = short + 1 WHERE item_id = %(item)s",
}
ORDERS = {
    "wanted": "UPDATE inventory_demand SET wanted = wanted + 1 WHERE id = %(demand)s",
    "promised": "UPDATE orders_fulfillmentline SET promised = promised - 1 WHERE demand_id = %(loose)s",
    "stage": "UPDATE orders_fulfillmentorder SET stage = 'packed' WHERE id = %(fo)s",
    "held": "UPDATE orders_fulfillmentorder SET held = NOT held WHERE id = %(fo)s",
    "authorised_minor": "UPDATE orders_order SET authorised_minor = authorised_minor + 5 WHERE id = %(order)s",
    "captured_minor": "UPDATE orders_order SET captured_minor = captured_minor + 1 WHERE id = %(order)s",
    "refunded_minor": "UPDATE orders_order SET captured_minor = captured_minor + 1, refunded_minor = refunded_minor + 1 WHERE id = %(order)s",
}


@pytest.fixture
def shop(db: None) -> Shop:
    """Twenty of an item; one order picked, one shipped, one that only has its promise."""
    made = make_shop(items=2)
    stock(made, {"SKU-1": 20, "SKU-2": 5})
    walk(made, accepted(made, {"SKU-1": 1}))
    settle()
    quiet()
    return made


def quiet() -> None:
    while books.look(limit=10_000):
        pass


def spoil(shop: Shop, statement: str) -> FulfillmentOrderInfo:
    picked, loose = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-1": 3})
    pick(shop, picked)
    settle()
    quiet()
    assert Finding.objects.count() == 0
    params = {
        "item": shop.item("SKU-1"), "bin": shop.bins[0], "demand": picked.lines[0].demand_id, "loose": loose.lines[0].demand_id,
        "fo": picked.fulfillment_order_id, "order": picked.order_id,
    }  # fmt: skip
    assert sql.run(statement, params) == 1
    return picked


def open_kinds() -> set[str]:
    return set(Finding.objects.filter(closed_at=None).values_list("kind", flat=True))


def mend() -> Any:
    return services.mend_findings(key=uuid4(), actor=actor("manager"), finding_ids=list(Finding.objects.values_list("pk", flat=True)))


def test_every_kind_is_planted_here() -> None:
    assert set(STOCK) == set(of_stock.KINDS)
    assert set(ORDERS) == set(of_orders.KINDS)


@pytest.mark.parametrize("kind", [*STOCK, *ORDERS])
def test_each_kind_is_found_at_once_and_mended(shop: Shop, kind: str) -> None:
    spoil(shop, {**STOCK, **ORDERS}[kind])
    assert books.look() > 0
    assert kind in open_kinds()
    done = mend()
    assert (done.mended, done.left) == (Finding.objects.count(), 0)
    assert books.compare(None) == []
    command = Command.objects.latest("pk")
    assert command.use_case == "roof.desk.services.mend_findings"
    assert {(f.mended_by, f.command_id) for f in Finding.objects.all()} == {("user:manager", command.pk)}
    event = "inventory.drift_mended" if kind in STOCK else "orders.order_mended"
    assert JournalEntry.objects.filter(event=event, command_id=command.pk, data__kind=kind).count() == 1
    quiet()
    assert open_kinds() == set()


@pytest.mark.parametrize("kind", [*STOCK, *ORDERS])
def test_the_sweep_finds_each_kind_by_itself(shop: Shop, kind: str) -> None:
    spoil(shop, {**STOCK, **ORDERS}[kind])
    sql.run("DELETE FROM core_touched")
    while books.sweep():
        pass
    assert kind in open_kinds()
    assert {s.family for s in Sweep.objects.exclude(last_ended_at=None)} == {"item", "demand", "fulfillment_order", "order"}
    assert books.sweep() == 0.0


def test_moves_and_allocations_that_come_alone_are_seen(shop: Shop) -> None:
    accepted(shop, {"SKU-2": 1})
    quiet()
    sql.run(
        """INSERT INTO inventory_move (at, id, client_id, item_id, quantity, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, command_id)
           SELECT at, nextval('inventory_move_id_seq'), client_id, item_id, 1, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, command_id
           FROM inventory_move WHERE item_id = %s LIMIT 1""",
        [shop.item("SKU-2")],
    )
    books.look()
    assert open_kinds() == {"level_on_hand"}
    assert mend().left == 0
    assert books.compare(None) == []


def test_what_agrees_again_by_itself_is_closed_as_such(shop: Shop) -> None:
    spoil(shop, STOCK["stock_sellable"])
    books.look()
    sql.run("UPDATE inventory_stock SET sellable = sellable - 2 WHERE item_id = %s", [shop.item("SKU-1")])
    books.look()
    found = Finding.objects.get()
    assert (found.kind, found.closed_at is not None, found.mended_by) == ("stock_sellable", True, "")


def test_what_stays_wrong_is_found_once(shop: Shop) -> None:
    spoil(shop, STOCK["stock_sellable"])
    books.look()
    commands = Command.objects.count()
    books.check_all()
    assert Finding.objects.count() == 1
    assert Command.objects.count() == commands


def test_less_promised_than_is_picked_needs_a_person(shop: Shop) -> None:
    fo = spoil(shop, "UPDATE inventory_demand SET promised = promised - 1, allocated = allocated - 1, wanted = wanted - 1 WHERE id = %(demand)s")
    books.look()
    assert {"wanted", "promised", "demand_allocated", "stock_promised"} <= open_kinds()
    assert mend().left > 0
    line = sql.rows("SELECT promised, picked FROM orders_fulfillmentline WHERE demand_id = %s", [fo.lines[0].demand_id])
    assert line == [(2, 2)]


def test_a_look_at_rest_writes_nothing(shop: Shop) -> None:
    quiet()
    commands = Command.objects.count()
    assert books.look() == 0
    assert Command.objects.count() == commands


def test_one_statement_of_many_rows_is_told_in_pieces(shop: Shop) -> None:
    sql.run(
        """INSERT INTO inventory_demand (client_id, warehouse_id, item_id, wanted, promised, allocated, for_kind, for_id, at)
           SELECT %s, %s, %s, 1, 0, 0, 'test.want', n, '2026-01-01' FROM generate_series(1, 2500) n""",
        [shop.client_id, shop.warehouse_id, shop.item("SKU-2")],
    )
    sql.run("UPDATE inventory_demand SET wanted = 2 WHERE for_kind = 'test.want'")
    assert sorted(r[0] for r in sql.rows("SELECT cardinality(ids) FROM core_touched WHERE family = 'demand'")) == [501, 999, 1000]
    assert [r[0] for r in sql.rows("SELECT ids FROM core_touched WHERE family = 'item'")] == [[shop.item("SKU-2")]]


def test_asked_twice_key_reused_refused(shop: Shop) -> None:
    spoil(shop, STOCK["stock_sellable"])
    books.look()
    ids, key = list(Finding.objects.values_list("pk", flat=True)), uuid4()
    for who in (actor("picker"), actor("service"), actor("manager", warehouse_id=shop.warehouse_id), actor("owner", client_id=shop.client_id)):
        with pytest.raises(NotAllowed):
            services.mend_findings(key=uuid4(), actor=who, finding_ids=ids)
        with pytest.raises(NotAllowed):
            services.record_look(key=uuid4(), actor=actor("picker"), parts={"item": Part((1,))}, found=[])
    first = services.mend_findings(key=key, actor=HOUSE, finding_ids=ids)
    assert services.mend_findings(key=key, actor=HOUSE, finding_ids=ids) == first
    with pytest.raises(KeyReused):
        services.mend_findings(key=key, actor=HOUSE, finding_ids=[])
    assert (first.mended, first.left) == (1, 0)


def test_home_shows_it_until_it_is_mended_from_its_page(shop: Shop) -> None:
    spoil(shop, ORDERS["held"])
    owner = browser(Grant("owner"))
    books.look()
    assert "Drift" in owner.get("/").content.decode()
    page = owner.get(reverse("desk:system")).content.decode()
    assert "1 figure does not agree with its rows" in page
    ids = ",".join(str(f.id) for f in selectors.findings())
    assert owner.post(reverse("desk:mend"), {"key": str(uuid4()), "findings": ids}).status_code == 303
    assert "The books agree" in owner.get(reverse("desk:system")).content.decode()
    assert "Drift" not in owner.get("/").content.decode()
    assert owner.post(reverse("desk:mend"), {"key": str(uuid4()), "findings": "1;DROP"}).status_code >= 400
    assert browser(Grant("picker")).post(reverse("desk:mend"), {"key": str(uuid4()), "findings": ids}).status_code == 403
    jobs.check_books()
    assert selectors.swept().whole_at is not None


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("books", keep=django_db_keepdb):
        yield


@pytest.mark.usefixtures("committed")
def test_running_work_is_never_taken_for_drift() -> None:
    made = make_shop(items=2, totes=8)
    stock(made, {"SKU-1": 50, "SKU-2": 50})
    stop, done, broke = threading.Event(), [0], []

    def work(act: Callable[[], object]) -> None:
        try:
            while not stop.is_set():
                try:
                    act()
                    done[0] += 1
                except PackhorseError:
                    continue
        except Exception as error:
            broke.append(error)
        finally:
            connections.close_all()

    def cancelled() -> None:
        fo = accepted(made, {"SKU-1": 2, "SKU-2": 1})
        orders.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="x")

    acts: list[Callable[[], object]] = [
        lambda: receive(made.item("SKU-1"), made.bins[0], 3),
        lambda: walk(made, accepted(made, {"SKU-1": 1})),
        cancelled,
        lambda: take_in(made, new_order({"SKU-2": 1}), new_order({"SKU-1": 1})),
    ]
    threads = [threading.Thread(target=work, args=(a,)) for a in acts]
    for t in threads:
        t.start()
    looks = 0
    try:
        while looks < 40 and not broke:
            assert books.compare(None) == []
            books.look(limit=50)
            looks += 1
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert broke == []
    assert done[0] > 20
    quiet()
    books.check_all()
    assert Finding.objects.count() == 0
    assert of_orders.drift(EVERYTHING) == []


def test_every_figure_that_is_compared_has_its_name() -> None:
    assert set(FIGURES) == {("inventory", kind) for kind in of_stock.KINDS} | {("orders", kind) for kind in of_orders.KINDS}
