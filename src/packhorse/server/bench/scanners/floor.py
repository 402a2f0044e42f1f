"""The floor that the pickers walk: a warehouse with so many levels of stock, walks planned for all of them, and people who may pick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import uuid4

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewItem
from packhorse.ground.people import secrets
from packhorse.ground.people.services import create_user
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.server.bench.goods import HOUSE, Orders, Shop
from packhorse.server.bench.measured import note
from packhorse.steps.inventory import services as inventory
from packhorse.steps.inventory.types import StockChange
from packhorse.steps.orders.services import accept_orders
from packhorse.steps.orders.types import NewLine
from packhorse.steps.picking import selectors, services as picking
from packhorse.steps.picking.services.planning import by_location_code
from packhorse.steps.picking.types import Means

ORDERS_PER_WALK: Final = 4
LINES: Final = 3
#: So many places an item lies in; a house of many rows has more items, and then more places for each.
PLACES: Final = 100
PART: Final = 5_000
#: Scans of a walk: the cart, its totes, an item and a tote for each line, the bench.
SCANS: Final = 2 + ORDERS_PER_WALK * (1 + 2 * LINES)


@dataclass(frozen=True)
class Floor:
    """Ids of what was made."""

    shop: Shop
    scanners: int


def stock_rows() -> int:
    return int(sql.rows("SELECT count(*) FROM inventory_level WHERE on_hand > 0")[0][0])


def build(rows: int, scanners: int) -> Floor:
    """A client and a warehouse with so many levels of stock, or what stands in this database."""
    found = sql.rows("SELECT c.id, w.id FROM catalog_client c, warehouse_warehouse w WHERE c.code = 'SCAN' AND w.code = 'YOW1'")
    if found:
        client_id, warehouse_id = found[0]
        skus = tuple(r[0] for r in sql.rows("SELECT sku FROM catalog_item WHERE client_id = %s ORDER BY 1", [client_id]))
        return Floor(Shop(client_id, warehouse_id, skus), scanners)
    note(f"filling: {rows:,} levels of stock")
    client = catalog.create_client(key=uuid4(), actor=HOUSE, code="SCAN", name="Scanned", currency="CAD", support_email="help@scan.example")
    where = Address(name="Scanned", line="1 Dock Street", city="Ottawa", region="ON", postal_code="K1A 0B1", country="CA")
    house = warehouses.create_warehouse(
        key=uuid4(), actor=HOUSE, code="YOW1", name="Ottawa", address=where, time_zone="America/Toronto", workdays=(1, 2, 3, 4, 5, 6, 7)
    )
    floor = NewFloor(aisles=20, cells=50, levels=4, stations=4, carts=scanners, totes=4 * ORDERS_PER_WALK * scanners)
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=house.id, floor=floor)
    bins = [r[0] for r in sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id = %s AND pickable ORDER BY id", [house.id])]
    items = max(200, rows // PLACES)
    each = max(1, rows // items)
    skus = tuple(f"SKU{n:06d}" for n in range(items))
    changes: list[StockChange] = []
    for part in (skus[n : n + 2000] for n in range(0, items, 2000)):
        new = [
            NewItem(
                sku=s, name=f"Item {s}", length_mm=200, width_mm=100, height_mm=50, weight_g=300, size_source="supplier", price=Decimal("9.99"), cost=Decimal(4)
            )
            for s in part
        ]
        for saved in catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=new):
            pk = saved.item_id  # type: ignore[union-attr]
            changes += [StockChange(item_id=pk, location_id=bins[(pk * 97 + n * 41) % len(bins)], quantity=5_000) for n in range(each)]
    for n in range(0, len(changes), PART):
        inventory.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=house.id, changes=changes[n : n + PART], reason="found")
        if n % (PART * 20) == 0:
            note(f"  {n:,}")
    sql.run("ANALYZE")
    return Floor(Shop(client.id, house.id, skus), scanners)


def walks_for(scanners: int, minutes: float, pause: float) -> int:
    """So many walks as they can do at most, and some."""
    return int(1.2 * scanners * 60 * minutes / (SCANS * max(pause, 0.05))) + 2 * scanners


def plan_walks(floor: Floor, walks: int, seed: int) -> None:
    """Orders of three lines, taken in, released and planned as that many walks of four, until they are there."""
    shop = floor.shop
    made = Orders(shop, seed + int(sql.rows("SELECT count(*) FROM orders_order")[0][0]))  # names that no earlier run has given
    standing = int(sql.rows("SELECT count(*) FROM picking_pickbatch WHERE warehouse_id = %s AND state = 'planned'", [shop.warehouse_id])[0][0])
    missing = ORDERS_PER_WALK * max(0, walks - standing)
    totes = ORDERS_PER_WALK * (walks + floor.scanners)
    _totes(shop.warehouse_id, totes)
    note(f"planning {walks} walks")
    for n in range(0, missing, 200):
        orders = made.take(min(200, missing - n))
        plain = [
            replace(
                o,
                payment=None,
                lines=tuple(NewLine(shop.skus[(hash((seed, n, i)) + k * 7919) % len(shop.skus)], 1 + (i + k) % 3, Decimal(5)) for k in range(LINES)),
            )
            for i, o in enumerate(orders)
        ]
        accept_orders(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=plain)
        ids = [
            r[0]
            for r in sql.rows(
                "SELECT f.id FROM orders_fulfillmentorder f JOIN orders_order o ON o.id = f.order_id WHERE o.external_id = ANY(%s) ORDER BY 1",
                [[o.external_id for o in plain]],
            )
        ]
        picking.release_orders(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, fulfillment_order_ids=ids, today=clock.now().date())
        waiting = selectors.unbatched(
            EVERYTHING, shop.warehouse_id, limit=len(orders)
        )  # in the order of their codes: how long the walks are is measured elsewhere
        picking.record_batches(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, batches=by_location_code(waiting, Means(orders=ORDERS_PER_WALK)))
    sql.run("ANALYZE")


def _totes(warehouse_id: int, wanted: int) -> None:
    """Totes enough that each order of the trial has one of its own: nobody packs here."""
    (have,) = sql.rows("SELECT count(*) FROM warehouse_location WHERE warehouse_id = %s AND kind = 'tote'", [warehouse_id])[0]
    if have < wanted:
        sql.run(
            """INSERT INTO warehouse_location (warehouse_id, kind, code, pickable, level)
               SELECT %s, 'tote', 'T-' || lpad(n::text, 6, '0'), false, 0 FROM generate_series(%s::int, %s::int) n""",
            [warehouse_id, have + 1_000, wanted + 1_000],
        )


@dataclass(frozen=True)
class Person:
    """A picker: name, password, cart, and the totes that stand by it."""

    username: str
    password: str
    user_id: int
    cart: str
    totes: tuple[str, ...]


def people(floor: Floor, count: int, role: str = "picker") -> list[Person]:
    """Pickers (or another role) with a password each, a cart, and a share of the empty totes."""
    free = [
        r[0]
        for r in sql.rows(
            """SELECT t.code FROM warehouse_location t WHERE t.warehouse_id = %s AND t.kind = 'tote' AND t.archived_at IS NULL
                 AND NOT EXISTS (SELECT FROM picking_release r WHERE r.tote_id = t.id AND r.undone_at IS NULL AND r.emptied_at IS NULL)
                 AND NOT EXISTS (SELECT FROM inventory_level v WHERE v.location_id = t.id AND v.on_hand > 0) ORDER BY t.code""",
            [floor.shop.warehouse_id],
        )
    ]
    carts = [r[0] for r in sql.rows("SELECT code FROM warehouse_location WHERE warehouse_id = %s AND kind = 'cart' ORDER BY code", [floor.shop.warehouse_id])]
    assert len(carts) >= count, f"{len(carts)} carts for {count} pickers"
    made = []
    for n in range(count):
        name, password = f"{role}-{uuid4().hex[:8]}", uuid4().hex
        user = create_user(
            key=uuid4(), actor=HOUSE, username=name, email="", name=f"{role.capitalize()} {n + 1}", password=secrets.Secret(password),
            roles=(Grant(role, warehouse_id=floor.shop.warehouse_id),),
        )  # fmt: skip
        made.append(Person(name, password, user.id, carts[n], tuple(free[n::count])))
    return made
