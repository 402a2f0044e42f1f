"""What the trial is about: two small warehouses, a few items that everybody wants, four people who ask."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from uuid import uuid4

from packhorse.core import clock, sql
from packhorse.core.actors import Actor
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewBox, NewItem
from packhorse.ground.people import secrets, selectors as people
from packhorse.ground.people.services import issue_api_key
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.server.bench.chaos.commands import World
from packhorse.server.bench.goods import HOUSE
from packhorse.steps.inventory import services as inventory
from packhorse.steps.inventory.types import StockChange

#: Items by SKU: how they are tracked.
ITEMS: Final = {"HOT-1": "none", "HOT-2": "none", "HOT-3": "none", "HOT-4": "none", "LOT-1": "lot", "LOT-2": "lot", "KIT-1": "none"}
KIT: Final = "KIT-1"
OF_KIT: Final = {"HOT-1": 1, "HOT-2": 2}
PEOPLE: Final = 4
_BOXES: Final = (("B1", 230, 160, 100), ("B2", 305, 225, 225), ("B3", 450, 350, 300))
#: At the start so many of each item lie in each of two bins; of goods with lots, of each lot.
OPENING: Final = 60


def build() -> World:
    client = catalog.create_client(key=uuid4(), actor=HOUSE, code="CHAOS", name="Chaos", currency="CAD", support_email="help@chaos.example")
    places = [_warehouse(code, town) for code, town in (("YTO1", "Toronto"), ("YVR1", "Vancouver"))]
    catalog.upsert_boxes(
        key=uuid4(),
        actor=HOUSE,
        boxes=[NewBox(code, code, a, b, c, a + 10, b + 10, c + 10, 100, 20_000, 40, "CAD", "box") for code, a, b, c in _BOXES],
    )
    new = [
        NewItem(
            sku=sku, name=f"Item {sku}", tracking=how, length_mm=120, width_mm=90, height_mm=40, weight_g=300, size_source="measured", price=Decimal("9.99"), cost=Decimal(4)
        )
        for sku, how in ITEMS.items()
    ]  # fmt: skip
    items = {saved.sku: saved.item_id for saved in catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=new)}  # type: ignore[union-attr]
    catalog.set_components(key=uuid4(), actor=HOUSE, item_id=items[KIT], components={items[sku]: q for sku, q in OF_KIT.items()})
    supplier = inventory.create_supplier(key=uuid4(), actor=HOUSE, client_id=client.id, code="MILL", name="The Mill", lead_time_days=1)
    found = dict(sql.rows("SELECT warehouse_id, min(id) FROM warehouse_location WHERE kind = 'dock' GROUP BY 1"))
    bins = dict(sql.rows("SELECT warehouse_id, array_agg(id ORDER BY id) FROM warehouse_location WHERE kind = 'bin' AND pickable GROUP BY 1"))
    world = World(
        client_id=client.id,
        warehouses=tuple(places),
        supplier_id=supplier.id,
        items=items,
        lots=frozenset(sku for sku, how in ITEMS.items() if how == "lot"),
        kit=KIT,
        docks=found,
        bins={w: tuple(b) for w, b in bins.items()},
    )
    for warehouse in places:
        _open(world, warehouse)
    return world


def _warehouse(code: str, town: str) -> int:
    where = Address(name=code, line="1 Dock Street", city=town, region="ON", postal_code="M5V 1A1", country="CA")
    made = warehouses.create_warehouse(
        key=uuid4(), actor=HOUSE, code=code, name=town, address=where, time_zone="America/Toronto", workdays=(1, 2, 3, 4, 5, 6, 7)
    )
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=made.id, floor=NewFloor(aisles=2, cells=5, levels=1, stations=2, carts=2, totes=120))
    return made.id


def _open(world: World, warehouse: int) -> None:
    """The first goods on the shelf."""
    today = clock.now().date()
    changes = []
    for n, sku in enumerate(world.skus):
        item, places = world.items[sku], [world.bins[warehouse][(n + k) % len(world.bins[warehouse])] for k in range(2)]
        lots: list[int | None] = [None]
        if sku in world.lots:
            lots = [
                r[0]
                for r in sql.rows(
                    """INSERT INTO inventory_lot (client_id, item_id, code, expires_on, received_on, blocked_reason)
                       SELECT %s, %s, 'L' || k, %s::date + 100 * k, %s, '' FROM generate_series(1, 4) k
                       ON CONFLICT (item_id, code) DO UPDATE SET code = EXCLUDED.code RETURNING id""",
                    [world.client_id, item, today, today],
                )
            ]
        changes += [StockChange(item_id=item, location_id=place, quantity=OPENING // len(lots), lot_id=lot) for place in places for lot in lots]
    inventory.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=warehouse, changes=changes, reason="found")


def people_who_ask() -> list[tuple[str, Actor]]:
    """API keys of several managers, each with the actor that it stands for: who counts again must be another than who counted first."""
    found = []
    for n in range(PEOPLE):
        asked = uuid4()
        issue_api_key(key=asked, actor=HOUSE, name=f"chaos {n}", role="manager")
        raw = secrets.raw_api_key(HOUSE.principal, asked)
        actor = people.actor_for_key(raw)
        assert actor is not None, "just made"
        found.append((raw, actor))
    return found
