"""How fast an order file is read and taken in: python -m benchmarks.imports [--file FILE] [--orders N] [--json]

The file is UCI Online Retail where it is at hand (PACKHORSE_SHARED, or `shared` beside the repository), else one that is made up. Its items are bought and received first, so that orders are promised
and not backordered. The floor of the intake is the time that the database needs to write the same rows once more (history.copy).
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from benchmarks.measured import Row, load, note, online_retail, own_database, parser, report  # isort: split

from packhorse.core.actors import EVERYTHING, system
from packhorse.ground.catalog import selectors as catalog, services as catalog_services
from packhorse.ground.catalog.types import NewItem
from packhorse.ground.warehouse import selectors as warehouses, services as warehouse_services
from packhorse.ground.warehouse.types import Address, NewFloor
from packhorse.roof.simulation import story
from packhorse.roof.simulation.generator import ship_to
from packhorse.server.bench.history import Mark, copy
from packhorse.steps.inventory import services as inventory_services
from packhorse.steps.inventory.types import OrderedLine, ReceivedLine
from packhorse.steps.orders import services as order_services
from packhorse.steps.orders.file_intake import new_order
from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import Parsed, ParsedOrder
from packhorse.steps.orders.types import Accepted, NewPayment

HOUSE: Final = system("benchmark")
#: Orders in a call, as the import sends them.
BATCH: Final = 500


def made_up_file(folder: Path, days: int, seed: int) -> Path:
    """Orders of the generator, as the plain CSV."""
    path = folder / "orders.csv"
    heads = [
        "external_id",
        "line",
        "placed_at",
        "currency",
        "sku",
        "description",
        "quantity",
        "unit_price",
        "email",
        "name",
        "address1",
        "city",
        "region",
        "postal_code",
        "country",
        "service",
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for order in story.made_up(days, seed, orders_per_day=45).orders:
            who, to = order.customer, order.customer.address
            where = [to.lines[0], to.city, to.region, to.postal_code, to.country] if to else [""] * 5
            for n, line in enumerate(order.lines, start=1):
                first = [order.external_id, n, order.placed_at.isoformat(), order.currency]
                writer.writerow([*first, line.sku, line.sku, line.quantity, line.unit_price, who.email, who.name, *where, order.service])
    return path


def read(path: Path, seed: int) -> tuple[Parsed, float]:
    """The file, and the seconds that it took to read."""
    began = time.perf_counter()
    parsed = parse(path, ship_to=ship_to(seed))
    return parsed, time.perf_counter() - began


def make_place(orders: list[ParsedOrder], parsed: Parsed) -> tuple[int, int]:
    """A client with the items of the orders, a warehouse, and on its dock exactly what they want; client and warehouse."""
    client = catalog_services.create_client(key=uuid4(), actor=HOUSE, code="BENCH", name="Bench", currency=orders[0].currency)
    address = Address(name="Bench", line="1 Main St", city="London", region="", postal_code="N1 7SR", country="GB")
    warehouse = warehouse_services.create_warehouse(key=uuid4(), actor=HOUSE, code="BENCH", name="Bench", address=address, time_zone="Europe/London")
    warehouse_services.lay_out(key=uuid4(), actor=HOUSE, warehouse_id=warehouse.id, floor=NewFloor(aisles=4, cells=40, stations=1, carts=1, totes=4))
    units: dict[str, int] = {}
    for line in (line for order in orders for line in order.lines):
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    items = [NewItem(sku=s, name=parsed.items[s].description or s, price=parsed.items[s].unit_price) for s in sorted(units)]
    for n in range(0, len(items), 1000):
        catalog_services.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=items[n : n + 1000])
    known = catalog.items_by_sku(EVERYTHING, client.id, list(units))
    supplier = inventory_services.create_supplier(key=uuid4(), actor=HOUSE, client_id=client.id, code="S", name="Supplier", lead_time_days=1)
    dock = warehouses.locations_of_kind(EVERYTHING, warehouse.id, "dock")[0].id
    bought = inventory_services.create_purchase_order(
        key=uuid4(),
        actor=HOUSE,
        supplier_id=supplier.id,
        warehouse_id=warehouse.id,
        lines=[OrderedLine(known[s].id, q, known[s].cost) for s, q in sorted(units.items())],
    )
    inventory_services.send_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=bought.id)
    got = [ReceivedLine(known[s].id, q) for s, q in sorted(units.items())]
    inventory_services.receive_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=bought.id, location_id=dock, lines=got)
    return client.id, warehouse.id


def take_in(orders: list[ParsedOrder], client_id: int, warehouse_id: int) -> tuple[int, float]:
    """How many were accepted, and the seconds."""
    accepted = 0
    began = time.perf_counter()
    for n in range(0, len(orders), BATCH):
        batch = [new_order(o, payment=NewPayment("test", "tok")) for o in orders[n : n + BATCH]]
        answers = order_services.accept_orders(key=uuid4(), actor=HOUSE, client_id=client_id, warehouse_id=warehouse_id, orders=batch)
        accepted += sum(isinstance(a, Accepted) for a in answers)
    return accepted, time.perf_counter() - began


def measure(path: Path, most: int, seed: int) -> dict[str, Any]:
    """Lines a second read, orders and lines a second taken in, and how far that is from the floor."""
    note(f"reading {path.name}")
    parsed, seconds = read(path, seed)
    lines = parsed.report.lines_read
    reading: Row = {"file": path.name, "lines": lines, "orders": len(parsed.orders), "seconds": seconds, "lines per s": lines / seconds}
    orders = sorted((o for o in parsed.orders if o.lines), key=lambda o: (o.placed_at, o.external_id))[:most]
    note(f"taking in {len(orders)} orders")
    client_id, warehouse_id = make_place(orders, parsed)
    began = Mark.now()
    accepted, took = take_in(orders, client_id, warehouse_id)
    begun = time.perf_counter()
    rows = copy(began, Mark.now(), 1, keep=False)
    floor = time.perf_counter() - begun
    taken = sum(len(o.lines) for o in orders)
    intake: Row = {
        "orders": len(orders),
        "accepted": accepted,
        "lines": taken,
        "rows": rows,
        "seconds": took,
        "orders per s": len(orders) / took,
        "lines per s": taken / took,
        "floor s": floor,
        "times the floor": took / floor,
    }
    return {"reading": [reading], "intake": [intake]}


def main() -> int:
    """Measure, print."""
    asked = parser(__doc__)
    asked.add_argument("--file", type=Path, help="an order file (default: Online Retail, or a made-up one)")
    asked.add_argument("--orders", type=int, default=5000, help="take in so many of its orders, earliest first (default: %(default)s)")
    asked.add_argument("--days", type=int, default=60, help="days of the made-up file (default: %(default)s)")
    options = asked.parse_args()
    busy = load()
    with own_database(), tempfile.TemporaryDirectory() as folder:
        path = options.file or online_retail() or made_up_file(Path(folder), options.days, options.seed)
        found = measure(path, options.orders, options.seed)
    report(options, busy, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
