"""What an order costs from intake to the door, by phase, and how that grows with history: python -m benchmarks.flow [--orders N] [--history N] [--json]

The same orders are walked through the use cases three times: with nothing behind them (which makes the piece that history is made of), with `--history` orders behind them, and with ten times as many.
Each phase ends when nothing waits: its events are part of it. The floor is the time that the database needs to write the same rows once more (history.copy).
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import Final
from uuid import uuid4

from benchmarks.measured import Row, Watch, load, note, own_database, parser, report  # isort: split

from packhorse.core import clock, dispatch, sql
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.clock import VirtualClock
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.timeline import Odds
from packhorse.roof.simulation import proof, story
from packhorse.roof.simulation.desk import Receiver
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.story import Story, as_new_order
from packhorse.roof.simulation.world import HOUSE, World, build
from packhorse.server.bench.history import Mark, copy
from packhorse.steps.delivery import services as delivery_services
from packhorse.steps.inventory import services as inventory_services
from packhorse.steps.inventory.types import OrderedLine
from packhorse.steps.orders import jobs as order_jobs, services as order_services
from packhorse.steps.orders.types import Accepted, NewLine, NewOrder, NewPayment
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.picking import selectors as picking, services as picking_services
from packhorse.steps.picking.types import PickLine, Released
from packhorse.steps.shipping import jobs as shipping_jobs, services as shipping_services

ITEMS: Final = 300
ORDERS_PER_CART: Final = 12
#: History goes back so far.
SPREAD: Final = dt.timedelta(days=300)


class NothingBreaks(Dice):
    """Everything that was bought comes in whole."""

    def hits(self, probability: float, *name: object) -> bool:  # noqa: ARG002 - whatever it is about
        return False


@dataclass
class House:
    """The place, its clock, and the story that goods and customers are taken from."""

    world: World
    clock: VirtualClock
    tale: Story
    rng: Random
    sent: int = 0


def make_house(seed: int) -> House:
    """A shop, a warehouse, items and boxes, as the demonstration makes them. No parcel comes to harm."""
    tale = story.made_up(7, seed, orders_per_day=40)
    moving = VirtualClock(dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC))
    clock.use(moving)
    registry.register(TariffCarrier(odds=Odds(0, 0, 0, 0, 0, 0)))
    return House(build(tale), moving, tale, Random(seed))


def settle() -> None:
    """Events and money, until nothing waits."""
    while dispatch.drain():
        order_jobs.ask_payments(key=uuid4())


def some_orders(house: House, count: int) -> list[NewOrder]:
    """Orders with two to four lines of one or two units, for the customers of the story (its wholesale baskets would measure baskets)."""
    rng, made = house.rng, []
    goods = house.tale.goods[:ITEMS]
    for n in range(house.sent, house.sent + count):
        like = as_new_order(house.tale.orders[n % len(house.tale.orders)], NothingBreaks(0))
        lines = tuple(NewLine(g.sku, rng.choice((1, 1, 2)), g.price) for g in rng.sample(goods, rng.choice((2, 3, 3, 4))))
        made.append(NewOrder(f"B{n:07d}", house.clock.now(), like.currency, lines, "shop", f"C{n}", like.ship_to, payment=NewPayment("test", "tok")))
    house.sent += count
    return made


def stock_up(house: House, orders: list[NewOrder]) -> None:
    """Exactly what the orders want is bought, received and put away: afterwards the shelves are as before."""
    world, today = house.world, house.clock.now().date()
    units: dict[str, int] = {}
    for line in (line for order in orders for line in order.lines):
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    bought = inventory_services.create_purchase_order(
        key=uuid4(),
        actor=HOUSE,
        supplier_id=world.supplier_id,
        warehouse_id=world.warehouse_id,
        lines=[OrderedLine(world.items[sku].id, q, world.items[sku].cost) for sku, q in sorted(units.items())],
        expected_on=today,
        reference=f"B{house.sent}",
    )
    if bought.state == "draft":
        inventory_services.send_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=bought.id)
    receiver = Receiver(world, NothingBreaks(0))
    receiver.receive(today)
    receiver.put_away()
    settle()


def accept(house: House, orders: list[NewOrder]) -> list[int]:
    """One call for all, as a channel sends them; the fulfillment orders."""
    world = house.world
    answers = order_services.accept_orders(
        key=uuid4(), actor=world.worker("integrator", 1), client_id=world.client_id, warehouse_id=world.warehouse_id, orders=orders
    )
    ids = [a.order_id for a in answers if isinstance(a, Accepted)]
    assert len(ids) == len(orders), answers
    return [row[0] for row in sql.rows("SELECT id FROM orders_fulfillmentorder WHERE order_id = ANY(%s) ORDER BY id", [ids])]


def to_the_floor(house: House, fos: list[int], seed: int) -> None:
    today = house.clock.now().date()
    answers = picking_services.release_orders(
        key=uuid4(), actor=house.world.worker("manager", 1), warehouse_id=house.world.warehouse_id, fulfillment_order_ids=fos, today=today
    )
    refused = [a for a in answers if not isinstance(a, Released)]
    assert not refused, refused[:3]
    picking_services.plan_batches(
        key=uuid4(), actor=house.world.worker("manager", 1), warehouse_id=house.world.warehouse_id, orders_per_cart=ORDERS_PER_CART, iterations=400, seed=seed
    )


def pick(house: House) -> None:
    """Walk after walk, stop after stop: a call for each, as the scanner does."""
    while planned := picking.batches(EVERYTHING, states=["planned"], limit=1):
        batch = planned[0]
        totes = [i for i, _ in picking.free_units(EVERYTHING, house.world.warehouse_id, "tote", limit=batch.orders)]
        picking_services.start_batch(key=uuid4(), actor=house.world.worker("picker", 1), batch_id=batch.batch_id, cart_id=None, tote_ids=totes)
        for (_, place), group in groupby(picking.tasks(EVERYTHING, batch.batch_id), key=lambda t: (t.sequence, t.location_id)):
            picks = [PickLine(t.task_id, t.tote_id or 0) for t in group]
            picking_services.confirm_stop(key=uuid4(), actor=house.world.worker("picker", 1), batch_id=batch.batch_id, location_id=place, picks=picks)
        picking_services.finish_batch(key=uuid4(), actor=house.world.worker("picker", 1), batch_id=batch.batch_id, station_id=house.world.station_ids[0])


def pack(house: House) -> None:
    """Order after order: boxes proposed, sealed."""
    while orders := packing.bench_orders(EVERYTHING, house.world.warehouse_id, limit=50):
        for order in orders:
            parcels = [packing_services.new_parcel(p) for p in packing_services.propose(order)]
            packing_services.pack_as_is(key=uuid4(), actor=house.world.worker("packer", 1), fulfillment_order_id=order.fulfillment_order_id, parcels=parcels)


def label(house: House) -> None:
    while shipping_services.choose_services(key=uuid4(), actor=house.world.worker("packer", 1), warehouse_id=house.world.warehouse_id, limit=250):
        shipping_jobs.buy_labels(key=uuid4())


def track(house: House, fos: list[int]) -> None:
    """A poll a day, until everything has arrived."""
    for _ in range(30):
        house.clock.advance(86400)
        delivery_services.poll_tracking(actor=system("delivery"))
        settle()
        if not sql.rows("SELECT 1 FROM delivery_delivery WHERE fulfillment_order_id = ANY(%s) AND status <> 'delivered' LIMIT 1", [fos]):
            return
    raise AssertionError("parcels that never arrive")


def walk(house: House, count: int, seed: int) -> tuple[dict[str, float], Mark, Mark]:
    """So many orders from intake to the door: seconds by phase, and the marks before and after."""
    now = house.clock.now()
    house.clock.advance_to(
        now.replace(hour=7, minute=0, second=0) + dt.timedelta(days=7 - now.weekday())
    )  # a Monday: no weekend on the way, the same scans each time
    orders = some_orders(house, count)
    began = Mark.now()
    stock_up(house, orders)
    watch = Watch()
    with watch.phase("accept"):
        fos = accept(house, orders)
    with watch.phase("pay"):
        settle()
    phases = (
        ("release and plan", lambda: to_the_floor(house, fos, seed)),
        ("pick", lambda: pick(house)),
        ("pack", lambda: pack(house)),
        ("label", lambda: label(house)),
        (
            "hand over",
            lambda: shipping_services.close_manifest(
                key=uuid4(), actor=house.world.worker("packer", 1), warehouse_id=house.world.warehouse_id, carrier="tariff"
            ),
        ),
        ("track", lambda: track(house, fos)),
    )
    for name, work in phases:
        house.clock.advance(600)
        with watch.phase(name):
            work()
            settle()
    return watch.seconds, began, Mark.now()


def floor(began: Mark, ended: Mark) -> float:
    """Seconds that the same rows take to write in bare SQL, rolled back."""
    begun = time.perf_counter()
    copy(began, ended, 1, keep=False)
    return time.perf_counter() - begun


def grow(piece: tuple[Mark, Mark], count: int, wanted: int) -> int:
    """History up to so many orders; how many there are then."""
    there = int(sql.rows("SELECT count(*) FROM orders_order")[0][0])
    times = max(0, round((wanted - there) / count))
    if times:
        copy(*piece, times, spread=SPREAD / times)
    return int(sql.rows("SELECT count(*) FROM orders_order")[0][0])


def measure(orders: int, history: int, seed: int) -> dict[str, list[Row]]:
    """Milliseconds per order by phase at each size of history, the growth, the floor, and whether the books agree after all of it."""
    house = make_house(seed)
    note(f"the piece: {orders} orders")
    _, *marks = walk(house, orders, seed)
    piece = (marks[0], marks[1])
    found: dict[int, dict[str, float]] = {}
    rows: list[Row] = []
    for wanted in (history, 10 * history):
        there = grow(piece, orders, wanted)
        note(f"{there} orders of history; walking {orders}")
        seconds, began, ended = walk(house, orders, seed)
        least = floor(began, ended)
        found[there] = {name: 1000 * s / orders for name, s in seconds.items()}
        total = sum(seconds.values())
        rows.append({"history": there, "ms per order": 1000 * total / orders, "floor ms": 1000 * least / orders, "times the floor": total / least})
    (less, small), (more, large) = found.items()
    phases = [{"phase": name, f"ms at {less:,}": small[name], f"ms at {more:,}": large[name], "growth": large[name] / small[name]} for name in small]
    checked = proof.prove()
    books = [{"books": "reconciled" if checked["reconciled"] else "do not agree", **{k: v for k, v in checked["checks"].items() if v}}]
    return {"by_phase": phases, "whole_walk": rows, "afterwards": books}


def main() -> int:
    """Measure, print."""
    asked = parser(__doc__)
    asked.add_argument("--orders", type=int, default=120, help="orders walked and measured (default: %(default)s)")
    asked.add_argument("--history", type=int, default=5000, help="orders behind them; then ten times as many (default: %(default)s)")
    options = asked.parse_args()
    busy = load()
    with own_database():
        found = measure(options.orders, options.history, options.seed)
    report(options, busy, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
