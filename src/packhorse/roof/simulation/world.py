"""The place where it happens: a shop, its warehouse with a floor, boxes, suppliers, people. Made by the real services; made once."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, Actor, system
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.money import PRICE_PLACES
from packhorse.ground.catalog import selectors as catalog, services as catalog_services
from packhorse.ground.catalog.types import ItemInfo, NewBox, NewItem
from packhorse.ground.people import selectors as people, services as people_services
from packhorse.ground.people.services import Secret
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import selectors as warehouses, services as warehouse_services
from packhorse.ground.warehouse.types import Address, CutOffInfo, FloorZone, NewFloor
from packhorse.roof.simulation.labels import Labels
from packhorse.roof.simulation.story import Story
from packhorse.steps.inventory import services as inventory_services

CLIENT: Final = "LANTERN"
WAREHOUSE: Final = "LDN1"
HOUSE: Final = system("simulation")
NAMESPACE: Final = UUID("5a0f2c0e-8a6d-5a7c-9a35-2d6c1f6b0e11")
#: Bins per aisle: cells × levels.
CELLS: Final = 40
LEVELS: Final = 3
PICKERS: Final = 4
PACKERS: Final = 3
ORDERS_PER_CART: Final = 12

#: The box catalogue: inner size, wall, tare, load, cost in pence; sizes as stock cartons and mailers are commonly sold in Europe.
BOXES: Final = (
    ("M1", "Padded mailer small", "mailer", (220, 150, 30), 2, 20, 2000, 14),
    ("M2", "Padded mailer large", "mailer", (320, 220, 45), 2, 35, 3000, 19),
    ("B1", "Box 1", "box", (230, 160, 100), 6, 90, 8000, 32),
    ("B2", "Box 2", "box", (305, 215, 130), 6, 150, 10000, 41),
    ("B3", "Box 3", "box", (305, 225, 225), 6, 210, 12000, 52),
    ("B4", "Box 4", "box", (400, 300, 200), 7, 320, 15000, 68),
    ("B5", "Box 5", "box", (450, 350, 300), 8, 480, 20000, 92),
    ("B6", "Box 6", "box", (600, 400, 400), 9, 820, 25000, 141),
)

#: The virtual workers: by username (role and number) the name that a timeline shows.
WORKERS: Final = {
    "manager-1": "Maud Hale", "integrator-1": "Web shop", "service-1": "Sana Iqbal", "service-2": "Tom Ashby",
    "receiver-1": "Rosa Lind", "receiver-2": "Colin Marsh", "receiver-3": "Rita Boone",
    "picker-1": "Petra Novak", "picker-2": "Pablo Diaz", "picker-3": "Priya Nair", "picker-4": "Piet Vos",
    "packer-1": "Bea Cole", "packer-2": "Ben Okafor", "packer-3": "Bo Larsen", "packer-9": "Dora Quinn",
}  # fmt: skip

ROLES: Final = ("manager", "receiver", "picker", "packer", "service", "client", "driver", "integrator")


@dataclass(frozen=True)
class World:
    """Ids of what was made."""

    client_id: int
    warehouse_id: int
    supplier_id: int
    dock_id: int
    station_ids: tuple[int, ...]
    items: dict[str, ItemInfo]
    workers: dict[str, int]
    labels: Labels

    def worker(self, role: str, number: int) -> Actor:
        """A virtual worker: somebody with a name, so that a timeline says who it was."""
        user_id = self.workers[f"{role}-{number}"]
        return Actor(principal=f"user:{user_id}", roles=frozenset({role}), user_id=user_id)

    @property
    def skus(self) -> dict[int, str]:
        return {i.id: sku for sku, i in self.items.items()}


def key(*name: object) -> UUID:
    """The key of something that is to be done once in this world."""
    return uuid5(NAMESPACE, repr(name))


def build(story: Story) -> World:
    """Make the world for a story, or find the one that stands."""
    try:
        client = catalog.client_by_code(EVERYTHING, CLIENT)
    except NotFound:
        client = catalog_services.create_client(
            key=key("client"), actor=HOUSE, code=CLIENT, name="Lantern & Loom", currency="GBP", brand_colour="#7a3e2b", support_email="help@lantern.example"
        )
    try:
        warehouse = warehouses.warehouse_by_code(EVERYTHING, WAREHOUSE)
    except NotFound:
        address = Address(name="Lantern & Loom", line="14 Wharf Road", city="London", region="", postal_code="N1 7SR", country="GB")
        warehouse = warehouse_services.create_warehouse(
            key=key("warehouse"), actor=HOUSE, code=WAREHOUSE, name="London", address=address, time_zone="Europe/London", workdays=(1, 2, 3, 4, 5)
        )
    bins = math.ceil(len(story.goods) * 1.25)
    floor = NewFloor(
        aisles=max(4, math.ceil(bins / (CELLS * LEVELS))), cells=CELLS, levels=LEVELS, stations=PACKERS, carts=PICKERS, totes=PICKERS * ORDERS_PER_CART * 4
    )
    warehouse_services.lay_out(key=key("floor"), actor=HOUSE, warehouse_id=warehouse.id, floor=floor)
    _zones(warehouse.id, floor.aisles)
    _cut_offs(warehouse.id)
    catalog_services.upsert_boxes(
        key=key("boxes"),
        actor=HOUSE,
        boxes=[
            NewBox(code, name, long, wide, high, long + 2 * wall, wide + 2 * wall, high + 2 * wall, tare, load, cost, "GBP", kind)
            for code, name, kind, (long, wide, high), wall, tare, load, cost in BOXES
        ],
    )
    catalog_services.upsert_items(key=key("items"), actor=HOUSE, client_id=client.id, items=_items(story))
    supplier = inventory_services.create_supplier(
        key=key("supplier"), actor=HOUSE, client_id=client.id, code="MILL", name="The Mill Wholesale", lead_time_days=2
    )
    places = {kind: [p.id for p in warehouses.locations_of_kind(EVERYTHING, warehouse.id, kind)] for kind in ("dock", "station")}
    items = catalog.items_by_sku(EVERYTHING, client.id, [g.sku for g in story.goods])
    labels = Labels(warehouse.id, client.id, {g.sku: g.barcode for g in story.goods})
    return World(client.id, warehouse.id, supplier.id, places["dock"][0], tuple(places["station"]), items, _workers(warehouse.id), labels)


def _workers(warehouse_id: int) -> dict[str, int]:
    """The ids of the virtual workers by username; made where missing. Nobody signs in as one: they have no password."""
    found = {u.username: u.id for u in people.users(EVERYTHING, ListQuery(limit=200)).rows}
    for username, name in WORKERS.items():
        if username not in found:
            role = username.rpartition("-")[0]
            grant = Grant(role=role, client_id=None, warehouse_id=warehouse_id if role in ("receiver", "picker", "packer") else None)
            made = people_services.create_user(
                key=key("worker", username), actor=HOUSE, username=username, email=f"{username}@lantern.example", name=name,
                password=None, roles=(grant,),
            )  # fmt: skip
            found[username] = made.id
    return {username: found[username] for username in WORKERS}


def _zones(warehouse_id: int, aisles: int) -> None:
    """Two zones and a put wall, to be seen and tried: these days are picked whole, each order on one walk."""
    half = math.ceil(aisles / 2)
    zones = [FloorZone("FRONT", tuple(range(half))), FloorZone("BACK", tuple(range(half, aisles)), "STAGE-1")]
    warehouse_services.set_zones(key=key("zones"), actor=HOUSE, warehouse_id=warehouse_id, zones=zones)
    warehouse_services.set_wall(key=key("wall"), actor=HOUSE, warehouse_id=warehouse_id, code="W1", slots=12)


def _cut_offs(warehouse_id: int) -> None:
    cut_offs = [CutOffInfo("standard", dt.time(14)), CutOffInfo("express", dt.time(15)), CutOffInfo("same_day", dt.time(11))]
    warehouse_services.set_cut_offs(key=key("cut-offs"), actor=HOUSE, warehouse_id=warehouse_id, cut_offs=cut_offs)


def _items(story: Story) -> list[NewItem]:
    return [
        NewItem(
            sku=g.sku,
            name=g.name,
            length_mm=g.dimensions.length_mm,
            width_mm=g.dimensions.width_mm,
            height_mm=g.dimensions.height_mm,
            weight_g=g.dimensions.weight_g,
            size_source="supplier",
            price=g.price,
            cost=(g.price * 2 / 5).quantize(PRICE_PLACES),
            abc=g.abc,
            fragile=any(word in g.name.upper() for word in ("GLASS", "CERAMIC", "MIRROR", "VASE")),
            barcodes=((g.barcode, 1, "each"),),
            tracking="lot" if g.perishable else "none",
        )
        for g in story.goods
    ]


def people_of(world: World, password: str) -> list[str]:
    """A login for each role, called after it, all with this password; made where missing."""
    if not people.has_owner():
        people_services.create_owner(
            key=key("owner"), actor=HOUSE, username="owner", email="owner@lantern.example", name="Olive Owner", password=Secret(password)
        )
        for role in ROLES:
            grant = Grant(
                role=role,
                client_id=world.client_id if role == "client" else None,
                warehouse_id=world.warehouse_id if role in ("receiver", "picker", "packer") else None,
            )
            people_services.create_user(
                key=key("user", role),
                actor=HOUSE,
                username=role,
                email=f"{role}@lantern.example",
                name=role.capitalize(),
                password=Secret(password),
                roles=(grant,),
            )
    return ["owner", *ROLES]
