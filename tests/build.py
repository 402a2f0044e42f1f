"""What tests stand on: a client, a warehouse with its floor, items, stock on the shelf: made through use cases and ledgers.

Codes are random: tests that commit (threads, servers) make their own and disturb nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID, uuid4

from packhorse.core import sql
from packhorse.core.actors import ROLES, Actor, Scope, authorize, system
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import ItemSaved, NewItem
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.selectors import virtual
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.steps.inventory import ledger
from packhorse.steps.inventory.types import NewDemand, Posting, PromisedDemand

T = TypeVar("T")

HOUSE = system("test")


def actor(role: str, *, user: str = "", client_id: int | None = None, warehouse_id: int | None = None) -> Actor:
    """Somebody with one role; seeing one client or warehouse where given."""
    assert role in ROLES, role
    scope = Scope(None if client_id is None else frozenset({client_id}), None if warehouse_id is None else frozenset({warehouse_id}))
    return Actor(principal=f"user:{user or role}", roles=frozenset({role}), scope=scope)


@dataclass(frozen=True)
class Shop:
    """A client with a warehouse: `bins` (nearest first), dock, staging, bench, quarantine, returns, totes and carts by id, `items` by SKU."""

    client_id: int
    warehouse_id: int
    places: dict[str, int]
    items: dict[str, int]

    def place(self, code: str) -> int:
        return self.places[code]

    def item(self, sku: str) -> int:
        return self.items[sku]

    @property
    def dock(self) -> int:
        return self.places["DOCK-1"]

    @property
    def staging(self) -> int:
        return self.places["STAGE-1"]

    @property
    def bench(self) -> int:
        return self.places["BENCH-1"]

    @property
    def quarantine(self) -> int:
        return self.places["QUARANTINE"]

    @property
    def totes(self) -> list[int]:
        return [pk for code, pk in sorted(self.places.items()) if code.startswith("T-")]

    @property
    def bins(self) -> list[int]:
        return [pk for code, pk in sorted(self.places.items()) if code[1:2] == "-" and code[0] != "T"]


def make_client(*, minimum_shelf_days: int = 0, currency: str = "CAD") -> int:
    code = f"C{uuid4().hex[:10]}"
    return catalog.create_client(key=uuid4(), actor=HOUSE, code=code, name=code, currency=currency, minimum_shelf_days=minimum_shelf_days).id


def make_warehouse(*, aisles: int = 2, cells: int = 5, totes: int = 4, time_zone: str = "UTC") -> tuple[int, dict[str, int]]:
    """A warehouse with aisles × cells bins (A-01-01 …), a dock, staging, a bench, carts, totes, returns and quarantine. Its id, and its places' ids by code."""
    code = f"W{uuid4().hex[:10].upper()}"
    address = Address(name=code, line="1 Main St", city="Ottawa", region="ON", postal_code="K1A 0B1", country="CA")
    made = warehouses.create_warehouse(key=uuid4(), actor=HOUSE, code=code, name=code, address=address, time_zone=time_zone)
    warehouses.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=made.id, floor=NewFloor(aisles=aisles, cells=cells, stations=1, carts=1, totes=totes))
    return made.id, dict(sql.rows("SELECT code, id FROM warehouse_location WHERE warehouse_id = %s", [made.id]))


def make_items(client_id: int, items: int | list[NewItem] = 3) -> dict[str, int]:
    """Items by SKU: SKU-1, SKU-2, … of 100 × 80 × 60 mm and 250 g, or those given."""
    wanted = items if isinstance(items, list) else [plain_item(f"SKU-{n + 1}") for n in range(items)]
    found: dict[str, int] = {}
    for answer in catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=client_id, items=wanted):
        assert isinstance(answer, ItemSaved), answer
        found[answer.sku] = answer.item_id
    return found


def plain_item(sku: str, *, tracking: str = "none", abc: str = "C", barcodes: tuple[tuple[str, int, str], ...] = ()) -> NewItem:
    return NewItem(
        sku=sku,
        name=f"Item {sku}",
        tracking=tracking,
        length_mm=100,
        width_mm=80,
        height_mm=60,
        weight_g=250,
        size_source="measured",
        abc=abc,
        barcodes=barcodes,
    )


def make_shop(*, items: int | list[NewItem] = 3, aisles: int = 2, cells: int = 5, totes: int = 4, minimum_shelf_days: int = 0) -> Shop:
    client_id = make_client(minimum_shelf_days=minimum_shelf_days)
    warehouse_id, places = make_warehouse(aisles=aisles, cells=cells, totes=totes)
    return Shop(client_id, warehouse_id, places, make_items(client_id, items))


@use_case
def _ledger(*, key: UUID, actor: Actor, name: str) -> int:
    """A use case around whatever a test does with ledgers."""
    authorize(actor, "run_system")
    _DOING[name]()
    return 0


_DOING: dict[str, Callable[[], object]] = {}


def doing(act: Callable[[], T]) -> T:
    """Run ledger functions inside a use case of their own and give back what they answer."""
    answers: list[T] = []
    name = uuid4().hex
    _DOING[name] = lambda: answers.append(act())
    try:
        _ledger(key=uuid4(), actor=HOUSE, name=name)
    finally:
        del _DOING[name]
    return answers[-1]


def make_lot(client_id: int, item_id: int, code: str, *, expires_on: dt.date | None = None, received_on: dt.date = dt.date(2026, 1, 1)) -> int:
    made = sql.rows(
        "INSERT INTO inventory_lot (client_id, item_id, code, expires_on, received_on, blocked_reason) VALUES (%s, %s, %s, %s, %s, '') RETURNING id",
        [client_id, item_id, code, expires_on, received_on],
    )
    return int(made[0][0])


def receive(item_id: int, location_id: int, quantity: int, *, lot_id: int | None = None, condition: str = "sellable") -> None:
    """Goods from the supplier, straight to a place."""
    doing(lambda: ledger.post([Posting(item_id, quantity, virtual("supplier"), location_id, lot_id, condition, condition)], cause=Ref("test.receipt", 1)))


def stock(shop: Shop, quantities: Mapping[str, int]) -> None:
    """So many of each SKU, each in a bin of its own, from the nearest on."""
    postings = [
        Posting(item_id=shop.items[sku], quantity=q, source_id=virtual("supplier"), target_id=place)
        for (sku, q), place in zip(quantities.items(), shop.bins, strict=False)
    ]
    doing(lambda: ledger.post(postings, cause=Ref("test.receipt", 1)))


def want(shop: Shop, item_id: int, quantity: int) -> PromisedDemand:
    """A demand, for nothing in particular."""
    return doing(lambda: ledger.demand([NewDemand(shop.client_id, shop.warehouse_id, item_id, quantity, Ref("test.want", 1))]))[0]
