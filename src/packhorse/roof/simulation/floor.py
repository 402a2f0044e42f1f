"""Virtual workers on the floor: pickers walk their batches, packers fill boxes, each at their own pace, the one whose moment comes first acts next."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final
from uuid import uuid4

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.clock import VirtualClock
from packhorse.core.errors import PackhorseError
from packhorse.kernels.packing.result import PackedOrder
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.second_head import SecondHead
from packhorse.roof.simulation.world import ORDERS_PER_CART, PACKERS, PICKERS, World
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.packing.types import BenchOrder
from packhorse.steps.picking import selectors as picking, services as picking_services
from packhorse.steps.picking.types import Released, Scanned, TaskInfo

#: Seconds of work, from the usual ranges of manual case work (a walk at 1.1 m/s, some seconds to find and scan, some per piece); what a real floor takes is measured there.
WALK_M_PER_S: Final = 1.1
PER_STOP_S: Final = 7.0
PER_UNIT_S: Final = 1.2
MOST_UNITS_COUNTED: Final = 40
PER_PARCEL_S: Final = 45.0
IDLE_S: Final = 600.0
#: Share of picks for which the bin holds less than it should.
SHORT: Final = 0.003


@dataclass
class Figures:
    """What the floor did in this process; the report counts from the database."""

    refused: dict[str, int] = field(default_factory=dict)

    def count(self, error: PackhorseError) -> None:
        self.refused[error.code] = self.refused.get(error.code, 0) + 1


@dataclass
class Picker:
    """Walks one batch after the other: cart and totes scanned, every stop confirmed, shorts reported, the cart left at packing."""

    number: int
    actor: Actor
    free_at: dt.datetime
    batch_id: int | None = None
    stops: deque[list[TaskInfo]] = field(default_factory=deque)
    per_stop_s: float = 0


@dataclass
class Packer:
    """Takes the next tote from the shelf, packs what the kernel proposes, weighs, closes."""

    number: int
    actor: Actor
    free_at: dt.datetime


class Floor:
    """The pickers and packers of a warehouse."""

    def __init__(self, world: World, dice: Dice, clock: VirtualClock) -> None:
        self.world, self.dice, self.clock = world, dice, clock
        self.pickers = [Picker(n + 1, world.worker("picker", n + 1), clock.now()) for n in range(PICKERS)]
        self.packers = [Packer(n + 1, world.worker("packer", n + 1), clock.now()) for n in range(PACKERS)]
        self.bench: deque[tuple[BenchOrder, Future[PackedOrder] | None]] = deque()
        self.head: SecondHead | None = None
        self.figures = Figures()
        self._was_short: set[tuple[str, str]] = set()

    def _everybody(self) -> list[Picker | Packer]:
        return [*self.pickers, *self.packers]

    def begin(self) -> None:
        """A shift begins: everybody is free now, walks that were begun (by a run that was killed) are taken up again."""
        for who in self._everybody():
            who.free_at = self.clock.now()
        self.bench.clear()
        under_way = [b.batch_id for b in reversed(picking.batches(EVERYTHING, states=["picking"], limit=100))]
        held = {p.batch_id for p in self.pickers}
        for picker, batch_id in zip((p for p in self.pickers if p.batch_id is None), (b for b in under_way if b not in held), strict=False):
            self._take_up(picker, batch_id)

    def work_until(self, end: dt.datetime) -> None:
        """Let everybody work until a moment; nobody begins anything at or after it."""
        while self._anything():
            who = min(self._everybody(), key=lambda w: (w.free_at, isinstance(w, Packer), w.number))
            if who.free_at >= end:
                break
            self.clock.advance_to(who.free_at)
            seconds = self._pick(who) if isinstance(who, Picker) else self._pack(who)
            who.free_at = self.clock.now() + dt.timedelta(seconds=seconds)
        self.clock.advance_to(end)

    def _anything(self) -> bool:
        """Whether there is anything to do: asked once while somebody works, so that an empty floor costs nothing."""
        if any(p.batch_id is not None for p in self.pickers) or self.bench:
            return True
        return bool(picking.batches(EVERYTHING, states=["planned", "picking"], limit=1)) or self._refill()

    def finish(self) -> None:
        """Work on until every walk that was begun has ended and the bench is empty: nobody goes home in the middle."""
        for _ in range(10_000):
            if all(p.batch_id is None for p in self.pickers) and not self._refill():
                return
            self.work_until(self.clock.now() + dt.timedelta(minutes=5))

    # Picking ----------------------------------------------------------------------------------------------------------------------------------------------------

    def _pick(self, picker: Picker) -> float:
        if picker.batch_id is None:
            return self._start(picker)
        if not picker.stops:
            return self._end(picker)
        tasks = picker.stops.popleft()
        try:
            self._stop(picker, tasks)
        except PackhorseError as error:
            # An order was changed under our hands: ask for the walk again, as the scanner would.
            self.figures.count(error)
            self._take_up(picker, picker.batch_id)
        units = sum(min(MOST_UNITS_COUNTED, t.quantity) for t in tasks)
        return picker.per_stop_s + PER_STOP_S + PER_UNIT_S * units

    def _start(self, picker: Picker) -> float:
        planned = picking.batches(EVERYTHING, states=["planned"], limit=500)
        if not planned:
            return IDLE_S
        batch = planned[-1]
        totes = [i for i, _ in picking.free_units(EVERYTHING, self.world.warehouse_id, "tote", limit=batch.orders)]
        carts = [i for i, _ in picking.free_units(EVERYTHING, self.world.warehouse_id, "cart", limit=1)]
        if len(totes) < batch.orders:
            return IDLE_S
        picking_services.start_batch(key=uuid4(), actor=picker.actor, batch_id=batch.batch_id, cart_id=carts[0] if carts else None, tote_ids=totes)
        self._take_up(picker, batch.batch_id)
        picker.per_stop_s = batch.distance_m / max(1, len(picker.stops)) / WALK_M_PER_S
        return 20.0 + 4.0 * batch.orders

    def _take_up(self, picker: Picker, batch_id: int) -> None:
        tasks = [t for t in picking.tasks(EVERYTHING, batch_id) if t.state == "claimed"]
        picker.batch_id = batch_id
        picker.stops = deque(list(group) for _, group in groupby(tasks, key=lambda t: (t.sequence, t.location_id)))

    def _stop(self, picker: Picker, tasks: list[TaskInfo]) -> None:
        assert picker.batch_id is not None, "somebody who stands at a stop has a batch"
        short = [
            t for t in tasks if (t.fulfillment_order, t.sku) not in self._was_short and self.dice.hits(SHORT, "short", t.fulfillment_order, t.sku, t.location)
        ]
        whole = [t for t in tasks if t not in short]
        if whole:
            picks = picking_services.read_stop(whole, self._scans(whole))
            location_id = self.world.labels.place(tasks[0].location)
            picking_services.confirm_stop(key=uuid4(), actor=picker.actor, batch_id=picker.batch_id, location_id=location_id, picks=picks)
        for t in short:
            self._was_short.add((t.fulfillment_order, t.sku))
            taken = int(self.dice.share("taken", t.fulfillment_order, t.sku) * t.quantity)
            reason = "damaged" if self.dice.hits(0.4, "damaged", t.fulfillment_order, t.sku) else "missing"
            answer = picking_services.report_short(
                key=uuid4(), actor=picker.actor, task_id=t.task_id, taken=taken, reason=reason, today=self.clock.now().date()
            )
            if answer.found_elsewhere:
                self._take_up(picker, picker.batch_id)

    def _scans(self, tasks: list[TaskInfo]) -> Iterator[Scanned]:
        """The labels that a picker scans at a stop: the bin's; for each line a piece's, and the tote's that it goes into."""
        labels = self.world.labels
        yield labels.scan(tasks[0].location)
        for t in tasks:
            yield labels.scan(labels.on_goods(t.sku, t.lot))
            yield labels.scan(t.tote or "")

    def _end(self, picker: Picker) -> float:
        assert picker.batch_id is not None, "only a batch that was begun ends"
        left = [t for t in picking.tasks(EVERYTHING, picker.batch_id) if t.state == "claimed"]
        if left:  # appended to the walk meanwhile
            self._take_up(picker, picker.batch_id)
            return 0.0
        station = self.world.station_ids[picker.batch_id % len(self.world.station_ids)]
        picking_services.finish_batch(key=uuid4(), actor=picker.actor, batch_id=picker.batch_id, station_id=station)
        picker.batch_id = None
        return 30.0

    # Packing ----------------------------------------------------------------------------------------------------------------------------------------------------

    def _refill(self) -> bool:
        if not self.bench:
            for order in packing.bench_orders(EVERYTHING, self.world.warehouse_id, limit=50):
                problem = packing_services.problem_of(order) if self.head else None
                self.bench.append((order, self.head.ask(problem) if self.head and problem else None))
        return bool(self.bench)

    def _pack(self, packer: Packer) -> float:
        if not self._refill():
            return IDLE_S
        order, asked = self.bench.popleft()
        parcels = packing_services.propose(order, packed=asked.result() if asked else None)
        station = self.world.station_ids[(packer.number - 1) % len(self.world.station_ids)]
        try:
            for n, parcel in enumerate(parcels):
                noise = 1 + 0.02 * (2 * self.dice.share("scale", order.number, n) - 1)
                packing_services.seal_parcel(
                    key=uuid4(),
                    actor=packer.actor,
                    fulfillment_order_id=order.fulfillment_order_id,
                    release_id=order.release_id,
                    box_id=parcel.box_id,
                    size_mm=parcel.outer_mm if parcel.box_id is None else None,
                    contents=list(parcel.contents),
                    weight_g=max(1, round(parcel.expected_g * noise)),
                    fill_permille=parcel.fill_permille,
                    reasons={
                        "basis": parcel.basis,
                        "considered": [{"box": c.box, "cost_minor": c.cost_minor, "verdict": c.verdict} for c in parcel.considered],
                    },
                    station_id=station,
                )
        except PackhorseError as error:
            self.figures.count(error)  # held or cancelled meanwhile: the tote goes back to the shelf
        units = sum(min(MOST_UNITS_COUNTED, line.quantity) for line in order.lines)
        return PER_PARCEL_S * len(parcels) + 1.5 * units


def plan_walks(world: World, actor: Actor, today: dt.date, seed: int, *, limit: int) -> int:
    """Release what can be worked now and plan its walks; how many orders were released."""
    released = 0
    ids = [r.fulfillment_order_id for r in orders.releasable(EVERYTHING, world.warehouse_id, limit=limit)]
    if ids:
        answers = picking_services.release_orders(key=uuid4(), actor=actor, warehouse_id=world.warehouse_id, fulfillment_order_ids=ids, today=today)
        released = sum(isinstance(a, Released) for a in answers)
    picking_services.plan_batches(key=uuid4(), actor=actor, warehouse_id=world.warehouse_id, orders_per_cart=ORDERS_PER_CART, iterations=400, seed=seed)
    return released
