"""Solve a pack problem: every order quickly first, then attempts at something cheaper, in turn, until the stop."""

from __future__ import annotations

from random import Random

from packhorse.kernels.packing.choice import DEFAULT, Chooser, Packed, Params, any_rule, borne, lies_in, ordered, shuffled, total_volume, total_weight
from packhorse.kernels.packing.filling import Filling, Kind, Rule, Sequence, fill, kind_of
from packhorse.kernels.packing.problem import Box, Objective, Order, Problem
from packhorse.kernels.packing.result import Considered, LeftOut, Load, PackedOrder, Placement, Result, Verdict, Why
from packhorse.kernels.stop import Stop, Watch

MOST_GROUPS = 4  # so many groups are tried as company for the pieces that go with any


def solve(problem: Problem, *, stop: Stop, seed: int = 0, params: Params = DEFAULT) -> Result:
    """Every piece in a box, or left out with the reason. Deterministic when `stop` counts iterations (attempts, over all orders)."""
    watch = stop.start()
    if problem.objective is Objective.FILL:
        packed = tuple(_fill_one(problem, order, watch, seed) for order in problem.orders)
        return Result(packed, watch.iterations, watch.seconds)
    plans = [_OrderPlan(problem, order, params) for order in problem.orders]
    rng = Random(seed)  # noqa: S311 - a search, no secret
    waiting = [part for plan in plans for part in plan.parts]
    while waiting:
        still: list[Chooser] = []
        for part in waiting:
            if watch.over():
                still = []
                break
            if part.improve(rng):
                still.append(part)
        waiting = still
    return Result(tuple(plan.result() for plan in plans), watch.iterations, watch.seconds)


class _OrderPlan:
    """One order, in parts whose pieces may share a box."""

    def __init__(self, problem: Problem, order: Order, params: Params) -> None:
        self.problem, self.order = problem, order
        self.left: list[LeftOut] = []
        sequence: Sequence = []
        for item in order.items:
            kind = kind_of(item)
            why = _hopeless(kind, problem.boxes)
            if why:
                self.left.append(LeftOut(item.id, item.quantity, why))
            else:
                sequence.append((kind, item.quantity))
        self.stock = {box.id: box.available for box in problem.boxes if box.available is not None}
        self.sequence = sequence
        self.parts = self._parts(sequence, params) if sequence else []

    def _parts(self, sequence: Sequence, params: Params) -> list[Chooser]:
        groups: dict[str, Sequence] = {}
        for kind, quantity in sequence:
            if kind.item.group is not None:
                groups.setdefault(kind.item.group, []).append((kind, quantity))
        if len(groups) < 2:
            return [Chooser(self.problem, sequence, self.stock, params)]
        free = [entry for entry in sequence if entry[0].item.group is None]
        if not free:
            return self._choosers(list(groups.values()), params)
        largest = sorted(groups, key=lambda name: -total_volume(groups[name]))[:MOST_GROUPS]
        ways = [[part + free if name == company else part for name, part in groups.items()] for company in largest]
        ways.append([*groups.values(), free])
        tried = [self._choosers(way, params) for way in ways]
        return min(tried, key=lambda parts: (sum(total_volume(p.best.left) for p in parts), tuple(map(sum, zip(*(p.best.price for p in parts), strict=True)))))

    def _choosers(self, sequences: list[Sequence], params: Params) -> list[Chooser]:
        """One after the other, each with the boxes that the ones before left; later ones cannot take them back."""
        stock, parts = dict(self.stock), []
        for sequence in sequences:
            part = Chooser(self.problem, sequence, dict(stock), params)
            for box, times in part.used().items():
                if box in stock:
                    stock[box] -= times
            parts.append(part)
        if self.stock:
            for part in parts:
                part.tried = params.rounds
        return parts

    def result(self) -> PackedOrder:
        left = list(self.left)
        for part in self.parts:
            left += [LeftOut(kind.item.id, quantity, Why.UNAVAILABLE) for kind, quantity in part.best.left]
        loads = tuple(_load(self.problem, packed) for part in self.parts for packed in part.best.boxes)
        return PackedOrder(self.order.id, loads, tuple(left), self._considered())

    def _considered(self) -> tuple[Considered, ...]:
        """Every box as the one box for all pieces that can be packed; none if no piece can."""
        if not self.sequence:
            return ()
        boxes = [packed for part in self.parts for packed in part.best.boxes]
        chosen = boxes[0].box.id if len(boxes) == 1 else None
        weight, volume = total_weight(self.sequence), total_volume(self.sequence)
        groups = {kind.item.group for kind, _ in self.sequence} - {None}
        considered = []
        for box in self.problem.boxes:
            alone = self.problem.cost(box, weight)
            if box.id == chosen:
                verdict = Verdict.CHOSEN
            elif len(groups) > 1:
                verdict = Verdict.GROUPS
            elif self.stock.get(box.id, 1) <= 0:
                verdict = Verdict.UNAVAILABLE
            elif not borne(weight, box):
                verdict = Verdict.TOO_HEAVY
            elif volume > box.volume or not all(lies_in(kind, box) for kind, _ in self.sequence):
                verdict = Verdict.TOO_SMALL
            elif self._better(box, weight):
                verdict = Verdict.NO_ROOM
            else:
                verdict = Verdict.DEARER
            considered.append(Considered(box.id, alone, verdict))
        return tuple(considered)

    def _better(self, box: Box, weight: int) -> bool:
        return self.problem.price(box, weight) < self.parts[0].best.price


def _hopeless(kind: Kind, boxes: tuple[Box, ...]) -> Why | None:
    """Why not even one piece can go into any box."""
    fitting = [box for box in boxes if lies_in(kind, box)]
    if not fitting:
        return Why.TOO_LARGE
    if not any(borne(kind.item.weight_g, box) for box in fitting):
        return Why.TOO_HEAVY
    if all(box.available == 0 for box in fitting if borne(kind.item.weight_g, box)):
        return Why.UNAVAILABLE
    return None


def _fill_one(problem: Problem, order: Order, watch: Watch, seed: int) -> PackedOrder:
    """The one box that takes most volume: sequences and rules one by one, then by chance."""
    rng = Random(seed)  # noqa: S311 - a search, no secret
    sequence = [(kind_of(item), item.quantity) for item in order.items]
    boxes = [box for box in problem.boxes if box.available != 0]
    best: Packed | None = None
    most = -1

    def attempt(tried: Sequence, rule: Rule) -> None:
        nonlocal best, most
        for box in boxes:
            filling = fill(box, tried, rule, problem.support)
            if filling and filling.volume > most and filling.blocks:
                best, most = Packed(box, filling), filling.volume

    by_group = _companies(sequence)
    for company in by_group:
        for key in range(4):
            for axis in ("z", "x", "y"):
                attempt(ordered(company, key), Rule(axis, "tight"))
    while most < total_volume(sequence) and not watch.over():
        attempt(shuffled(by_group[watch.iterations % len(by_group)], rng), any_rule(rng))
    packed = best.filling.blocks if best else []
    counts: dict[str, int] = {}
    for block in packed:
        nx, ny, nz = block.counts
        counts[block.kind.item.id] = counts.get(block.kind.item.id, 0) + nx * ny * nz
    left = [
        LeftOut(kind.item.id, quantity - counts.get(kind.item.id, 0), _hopeless(kind, problem.boxes) or Why.NO_ROOM)
        for kind, quantity in sequence
        if quantity > counts.get(kind.item.id, 0)
    ]
    verdict = {box.id: Verdict.CHOSEN if best and best.box == box else Verdict.NO_ROOM for box in problem.boxes}
    considered = tuple(Considered(box.id, problem.cost(box, total_weight(sequence)), verdict[box.id]) for box in problem.boxes)
    return PackedOrder(order.id, (_load(problem, best),) if best else (), tuple(left), considered)


def _companies(sequence: Sequence) -> list[Sequence]:
    """What may share a box: the pieces of each group with those of none."""
    groups = sorted({kind.item.group for kind, _ in sequence if kind.item.group is not None})
    if len(groups) < 2:
        return [sequence]
    return [[entry for entry in sequence if entry[0].item.group in (None, group)] for group in groups]


def _load(problem: Problem, packed: Packed) -> Load:
    placements = sorted(_placements(packed.filling), key=lambda p: (p.at_mm[2], p.at_mm[1], p.at_mm[0]))
    weight = packed.filling.load_g
    return Load(packed.box.id, tuple(placements), weight, problem.cost(packed.box, weight), packed.filling.volume / packed.box.volume)


def _placements(filling: Filling) -> list[Placement]:
    placements = []
    for block in filling.blocks:
        (x, y, z), (dx, dy, dz), (nx, ny, nz) = block.at, block.size, block.counts
        placements += [Placement(block.kind.item.id, (x + i * dx, y + j * dy, z + k * dz), block.size) for k in range(nz) for j in range(ny) for i in range(nx)]
    return placements
