"""`packhorse bench packers`: so many packers with scanners at their benches, on real pages; whether every piece was packed once, and how fast.

A durable database of its own; orders of three lines are picked by the services and stand at the benches in their totes. The web server and the dispatcher run as `packhorse up` starts them. Each
packer signs in, opens *Pack* and packs order after order: scans the tote, every piece, the label. Of the scans some are hung up on and sent again, some are sent twice, some twice at the same time,
some are wrong. Afterwards every scan is looked for:

scans    scans that were answered with yes; p50_ms: half of them within this, p99_ms: all but a hundredth, as the browser saw it (those that were hung up on are not counted)
by_scan  the same by what was scanned: the tote (boxes are chosen), a piece, the last piece (the parcel is sealed), the label
lost     acknowledged and not there: a run with fewer screens than scans, an order said to be packed of which something is in no parcel
doubled  there more than once: a run with more screens than scans, more in an order's parcels than was ordered

`--stock-rows 1000000` fills the house first.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from packhorse.server.bench import people
from packhorse.server.bench.measured import checkpoint, note, tree_cpu

if TYPE_CHECKING:
    from argparse import Namespace

    from packhorse.server.bench.scanners.floor import Floor
    from packhorse.server.bench.scanners.phone import Phone, Sent, Shown

#: The keys that are 0 in a house that holds.
ZERO: Final = ("lost", "doubled", "unanswered", "faults", "drift")
#: Of a hundred scans at the pieces so many are wrong.
WRONG: Final = 2
#: Pieces of an order on average, with the tote and the label.
SCANS: Final = 8


@dataclass
class Packer:
    """One person at a bench, with the totes that stand there."""

    phone: Phone
    totes: list[str]
    pause: float
    heard: list[tuple[str, Sent]] = field(default_factory=list)
    packed: int = 0
    unanswered: int = 0

    def work(self, until: float) -> None:
        """Order after order, until the time is over and the order in hand is done."""
        from packhorse.server.bench.scanners.phone import NoAnswer

        dice = self.phone.dice
        time.sleep(dice.uniform(0, self.pause))
        try:
            while (what := self._next(self.phone.shown)) and (what[0] != "tote" or time.monotonic() < until):
                time.sleep(dice.uniform(0.4, 1.6) * self.pause)
                if what[0] == "piece" and dice.randrange(100) < WRONG:
                    self._send("wrong", "9999999999999")
                    continue
                self._send(*what)
        except NoAnswer:
            self.unanswered += 1

    def _send(self, kind: str, code: str) -> None:
        from packhorse.server.bench.scanners.phone import Sent

        sent = Sent(str(uuid4()), self.phone.run, {"scan": code}, wrong=kind == "wrong")
        self.phone.send(sent)
        after = self.phone.shown
        if kind == "piece" and after.instruction.startswith("Put the label"):
            kind = "last piece"
        self.packed += sent.status == 200 and after.tone == "done"
        self.heard.append((kind, sent))

    def _next(self, shown: Shown) -> tuple[str, str] | None:
        """What the screen asks for; None where no tote is left."""
        if shown.instruction.startswith("Scan a tote"):
            return ("tote", self.totes.pop()) if self.totes else None
        if shown.instruction.startswith("Scan each piece"):
            left = [label for label, done in shown.lines if (n := done.partition("/"))[1] and int(n[0]) < int(n[2])]
            return "piece", left[0].partition(" · ")[0]
        if shown.instruction.startswith("Put the label"):
            return "label", shown.big
        raise AssertionError(f"a screen that nobody understands: {shown}")


def _to_the_bench(floor: Floor, orders: int, seed: int) -> list[str]:
    """So many orders picked by the services; the totes that stand at the benches now."""
    from packhorse.core import sql
    from packhorse.core.actors import EVERYTHING
    from packhorse.ground.catalog import services as catalog
    from packhorse.ground.catalog.types import NewBox
    from packhorse.ground.warehouse import selectors as warehouses
    from packhorse.server.bench.goods import HOUSE
    from packhorse.server.bench.scanners.floor import ORDERS_PER_WALK, plan_walks
    from packhorse.steps.picking import selectors, services
    from packhorse.steps.picking.types import PickLine

    edges = ((230, 160, 110), (310, 230, 160), (380, 280, 200), (450, 350, 280), (600, 400, 400))
    sizes = [NewBox(f"B{n}", f"Box {n}", x, y, z, x + 6, y + 6, z + 6, 200 + 100 * n, 25_000, 30 + 20 * n, "CAD") for n, (x, y, z) in enumerate(edges)]
    catalog.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=sizes)
    walks = -(-orders // ORDERS_PER_WALK)
    plan_walks(floor, walks, seed)
    warehouse = floor.shop.warehouse_id
    stations = [p.id for p in warehouses.locations_of_kind(EVERYTHING, warehouse, "station")]
    cart = warehouses.locations_of_kind(EVERYTHING, warehouse, "cart")[0].id
    note(f"picking {walks} walks")
    planned = sql.rows("SELECT id FROM picking_pickbatch WHERE warehouse_id = %s AND state = 'planned' ORDER BY id LIMIT %s", [warehouse, walks])
    for n, (batch,) in enumerate(planned):
        totes = [pk for pk, _code in selectors.free_units(EVERYTHING, warehouse, "tote", limit=ORDERS_PER_WALK)]
        services.start_batch(key=uuid4(), actor=HOUSE, batch_id=batch, cart_id=cart, tote_ids=totes)
        for task in selectors.tasks(EVERYTHING, batch):
            services.confirm_stop(key=uuid4(), actor=HOUSE, batch_id=batch, location_id=task.location_id, picks=[PickLine(task.task_id, task.tote_id or 0)])
        services.finish_batch(key=uuid4(), actor=HOUSE, batch_id=batch, station_id=stations[n % len(stations)])
    return [t.tote for t in selectors.totes_ready_to_pack(EVERYTHING, warehouse, limit=10_000)]


def _check(floor: Floor, packers: list[Packer]) -> dict[str, Any]:
    from packhorse.core import dispatch, sql
    from packhorse.server.bench.scanners.checking import Found, screens
    from packhorse.steps.inventory import reconciler

    note("checking every scan")
    dispatch.drain()
    found = Found()
    for packer in packers:
        screens([sent for _kind, sent in packer.heard], found)
    whole = 0
    for number, ordered, packed in sql.rows(
        """SELECT f.number, (SELECT sum(l.quantity - l.cancelled) FROM orders_fulfillmentline l WHERE l.fulfillment_order_id = f.id)::bigint, sum(c.quantity)::bigint
           FROM packing_parcel p JOIN packing_parcelline c ON c.parcel_id = p.id JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id
           WHERE p.warehouse_id = %s AND p.state <> 'voided' GROUP BY f.id""",
        [floor.shop.warehouse_id],
    ):
        whole += packed == ordered
        if packed > ordered:
            found.doubled.append(f"{number}: {packed} packed of {ordered}")
    if (said := sum(p.packed for p in packers)) > whole:
        found.lost += [f"{said} orders were said to be packed, {whole} are"] * (said - whole)
    return {
        "lost": len(found.lost),
        "doubled": len(found.doubled),
        "orders_packed": whole,
        "drift": len(reconciler.drift()),
        "told": (found.lost + found.doubled)[:20],
    }


def _measure(options: Namespace) -> dict[str, Any]:
    from packhorse.kernels.packing.solve import warm_up
    from packhorse.server.bench.http import dispatching, server
    from packhorse.server.bench.scanners import floor
    from packhorse.server.bench.scanners.phone import Phone

    warm_up()
    standing = floor.build(options.stock_rows, options.many)
    totes = _to_the_bench(standing, int(1.3 * options.many * 60 * options.minutes / (SCANS * options.pause)) + 2 * options.many, options.seed)
    crowd = floor.people(standing, options.many, "packer")
    checkpoint()
    with server(options.workers) as (port, root), dispatching() as dispatcher:
        packers = []
        for n, who in enumerate(crowd):
            phone = Phone(port, Random(f"{options.seed}:{n}"), "packing.pack")  # noqa: S311 - figures, not secrets
            phone.sign_in(who.username, who.password)
            phone.begin()
            packers.append(Packer(phone, totes[n :: len(crowd)], options.pause))
        note(f"{len(packers)} packers for {options.minutes:g} minutes, {len(totes)} orders")
        used = tree_cpu(root) + tree_cpu(dispatcher)
        seconds = people.at_work([p.work for p in packers], options.minutes)
        used = tree_cpu(root) + tree_cpu(dispatcher) - used
    heard = [one for p in packers for one in p.heard]
    timed = [(kind, s.seconds) for kind, s in heard if s.status == 200 and s.seconds is not None]
    ok, took = sum(s.status == 200 for _kind, s in heard), [t for _kind, t in timed]
    by_scan = {}
    for kind in ("tote", "piece", "last piece", "label"):
        own = [t for k, t in timed if k == kind]
        by_scan[kind] = {"scans": len(own), **people.quickness(own)} if own else {"scans": 0}
    return {
        "scans": ok,
        **people.quickness(took),
        "by_scan": by_scan,
        **_check(standing, packers),
        "unanswered": sum(p.unanswered for p in packers),
        "faults": sum(len(p.phone.faults) for p in packers),
        "refused": dict(Counter(s.said for _kind, s in heard if s.status != 200).most_common(10)),
        "what_went_wrong": dict(sum((p.phone.happened for p in packers), Counter())),
        "stock_rows": floor.stock_rows(),
        "seconds": round(seconds, 1),
        "server_cpu_ms_per_scan": round(1000 * used / max(1, ok), 1),
    }


def run(arguments: list[str]) -> int:
    """Measure, print; 0 when every scan was done once, else 1."""
    options = people.parser("packhorse bench packers", str(__doc__), "packers", many=10, minutes=2.0).parse_args(arguments)
    return people.reported(options, "packers", _measure, ZERO)
