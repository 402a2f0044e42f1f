"""What is ordered in the bench, and where it lies: made by the real services."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final
from uuid import uuid4

from packhorse.core import clock, sql
from packhorse.core.actors import system
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewItem
from packhorse.ground.places.types import AddressData
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.steps.inventory import services as inventory
from packhorse.steps.inventory.types import StockChange
from packhorse.steps.orders.types import NewLine, NewOrder, NewPayment

HOUSE: Final = system("bench")
#: One item in so many is scarce: its orders are backordered before long.
SCARCE: Final = 40
_TOWNS: Final = (
    ("Toronto", "ON", "M5V {n}A{n}", "CA"), ("Vancouver", "BC", "V6B {n}E{n}", "CA"), ("New York", "NY", "1000{n}", "US"), ("Chicago", "IL", "6060{n}", "US"),
    ("London", "", "N1 {n}SR", "GB"), ("Lyon", "", "6900{n}", "FR"), ("Berlin", "", "1011{n}", "DE"),
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """Ids of what was made."""

    client_id: int
    warehouse_id: int
    skus: tuple[str, ...]


def build(items: int) -> Shop:
    """A client, a warehouse, so many items with stock in several bins."""
    client = catalog.create_client(
        key=uuid4(), actor=HOUSE, code="BENCH", name="Bench", currency="CAD", brand_colour="#345678", support_email="help@bench.example"
    )
    where = Address(name="Bench", line="1 Dock Street", city="Toronto", region="ON", postal_code="M5V 1A1", country="CA")
    house = warehouses.create_warehouse(
        key=uuid4(), actor=HOUSE, code="YTO1", name="Toronto", address=where, time_zone="America/Toronto", workdays=(1, 2, 3, 4, 5)
    )
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=house.id, floor=NewFloor(aisles=10, cells=40, levels=3, stations=2, carts=2, totes=48))
    bins = [r[0] for r in sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id = %s AND aisle IS NOT NULL ORDER BY id", [house.id])]
    skus = tuple(f"SKU{n:06d}" for n in range(items))
    for part in (skus[n : n + 2000] for n in range(0, items, 2000)):
        new = [
            NewItem(
                sku=s, name=f"Item {s}", length_mm=200, width_mm=100, height_mm=50, weight_g=300, size_source="supplier", price=Decimal("9.99"), cost=Decimal(4)
            )
            for s in part
        ]
        saved = catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=new)
        changes = [
            StockChange(item_id=item.item_id, location_id=bins[(item.item_id * 3 + n) % len(bins)], quantity=7 if item.item_id % SCARCE == 0 else 400_000)  # type: ignore[union-attr]
            for item in saved
            for n in range(3)
        ]
        inventory.adjust_stock(key=uuid4(), actor=HOUSE, warehouse_id=house.id, changes=changes, reason="found")
    return Shop(client.id, house.id, skus)


def standing() -> Shop | None:
    """What `build` made in this database before, if it did."""
    found = sql.rows("SELECT c.id, w.id FROM catalog_client c, warehouse_warehouse w WHERE c.code = 'BENCH' AND w.code = 'YTO1'")
    if not found:
        return None
    client_id, warehouse_id = found[0]
    skus = tuple(r[0] for r in sql.rows("SELECT sku FROM catalog_item WHERE client_id = %s AND sku LIKE 'SKU%%' ORDER BY 1", [client_id]))
    return Shop(client_id, warehouse_id, skus)


class Orders:
    """Made-up orders without end: one to five lines of distinct items whose demand falls with their rank (Zipf), one to three of each; a customer, an address, a payment."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - figures, not secrets
        self._skus = list(shop.skus)
        self._random.shuffle(self._skus)
        self._weights = list(itertools.accumulate(1 / (n + 1) for n in range(len(self._skus))))
        self._numbers = itertools.count(1)
        self._name = f"{seed}-{self._random.randrange(10**9)}"

    def take(self, count: int) -> list[NewOrder]:
        return [self._one() for _ in range(count)]

    def _one(self) -> NewOrder:
        dice, number = self._random, next(self._numbers)
        city, region, code, country = dice.choice(_TOWNS)
        skus = set(dice.choices(self._skus, cum_weights=self._weights, k=dice.randint(1, 5)))
        return NewOrder(
            external_id=f"B-{self._name}-{number}",
            placed_at=clock.now(),
            currency="CAD",
            lines=tuple(NewLine(sku, dice.randint(1, 3), Decimal("9.99")) for sku in sorted(skus)),
            channel="shop",
            customer_ref=f"C{dice.randrange(10**6)}",
            ship_to=AddressData(
                name=f"Sam {number}", line1=f"{dice.randint(1, 999)} King Street", city=city, region=region, postal_code=code.format(n=dice.randint(1, 9)), country=country,
                phone="+1 416 555 0100", email=f"sam{number}@example.com",
            ),
            payment=NewPayment("test", "card"),
            charges_minor=499,
        )  # fmt: skip
