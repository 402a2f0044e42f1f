"""Orders to batches: savings (Clarke and Wright 1964, with savings worked out anew after each merger), then simulated annealing that moves and swaps orders.

A batch is a list of order indices; a set of stops is an integer as in `floors`.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from random import Random

from packhorse.kernels.picking.floors import Floor
from packhorse.kernels.stop import Watch


@dataclass(frozen=True, slots=True)
class Params:
    """wave: so many orders are batched together, more are cut into parts; neighbours: how many likely partners get their saving computed, per cluster;
    all_pairs_up_to: below so many orders everyone does; warm, cold: temperatures at the start and end as shares of the mean distance of a batch;
    kicks: restarts of a tour that cannot be computed exactly.
    """

    wave: int = 600
    neighbours: int = 24
    all_pairs_up_to: int = 60
    warm: float = 0.03
    cold: float = 0.0005
    kicks: int = 50


DEFAULT = Params()


def savings(floor: Floor, stops: Sequence[int], sizes: Sequence[float], capacity: float, params: Params = DEFAULT) -> list[list[int]]:
    """Start with a batch per order; merge the two whose merger saves most metres while one fits on a cart.

    A wave of more than `params.wave` orders is first cut into parts of orders that lie about equally far away.
    """
    order = list(range(len(stops)))
    if len(order) > params.wave:
        order.sort(key=lambda i: (floor.cost(stops[i]), i))
    parts = -(-len(order) // params.wave)
    batches: list[list[int]] = []
    for part in range(parts):
        batches += _merge(floor, order[part * len(order) // parts : (part + 1) * len(order) // parts], stops, sizes, capacity, params)
    return batches


def _merge(floor: Floor, orders: Sequence[int], stops: Sequence[int], sizes: Sequence[float], capacity: float, params: Params) -> list[list[int]]:
    members = {i: [i] for i in orders}
    sets, loads = {i: stops[i] for i in orders}, {i: sizes[i] for i in orders}
    heap: list[tuple[float, int, int]] = []
    every = floor.quick and len(orders) <= params.all_pairs_up_to

    def offer(a: int) -> None:
        room, mine = capacity - loads[a], sets[a]
        fits = [b for b in members if loads[b] <= room and b != a]
        likely = [(0.0, b) for b in fits] if every else heapq.nlargest(params.neighbours, [(floor.likeness(mine, sets[b]), b) for b in fits])
        for guess, b in likely:
            saved = floor.cost(mine) + floor.cost(sets[b]) - floor.cost(mine | sets[b]) if floor.quick else guess
            heapq.heappush(heap, (-saved, min(a, b), max(a, b)))

    new = len(stops)
    offering = list(members)
    while offering:
        for a in offering:
            offer(a)
        merged = False
        while heap:
            _, a, b = heapq.heappop(heap)
            if a in members and b in members:
                members[new] = members.pop(a) + members.pop(b)
                sets[new] = sets.pop(a) | sets.pop(b)
                loads[new] = loads.pop(a) + loads.pop(b)
                offer(new)
                new, merged = new + 1, True
        offering = list(members) if merged and not every else []
    return [sorted(batch) for batch in members.values()]


class Annealing:
    """Moves one order to another cart or swaps two, taking a longer plan now and then, less often as the end comes near."""

    def __init__(
        self, floor: Floor, stops: Sequence[int], sizes: Sequence[float], capacity: float, batches: list[list[int]], seed: int, params: Params
    ) -> None:
        self.floor, self.stops, self.sizes, self.capacity = floor, stops, sizes, capacity
        self.batches = [list(batch) for batch in batches]
        self.loads = [sum(sizes[i] for i in batch) for batch in batches]
        self.costs = [floor.cost(self._union(batch)) for batch in batches]
        self.home = {i: n for n, batch in enumerate(batches) for i in batch}
        self.rng = Random(seed)  # noqa: S311 - a search, no secret
        self.params = params

    def _union(self, batch: Sequence[int]) -> int:
        union = 0
        for i in batch:
            union |= self.stops[i]
        return union

    def run(self, watch: Watch) -> list[list[int]]:
        """The best batches met before the watch was over."""
        best, total = [list(batch) for batch in self.batches], sum(self.costs)
        least = total
        mean = total / max(1, len(self.batches))
        warm, cold = self.params.warm * mean, self.params.cold * mean
        temperature = warm
        while not watch.over():
            if watch.iterations % 64 == 1:
                progress = watch.progress()
                temperature = warm * (cold / warm) ** progress if warm else 0.0
            gained = self._move(temperature)
            if gained:
                total -= gained
                if total < least - 1e-9:
                    least, best = total, [list(batch) for batch in self.batches]
        return [batch for batch in best if batch]

    def _move(self, temperature: float) -> float:
        """Try one move; metres gained (less than 0 for a loss that was taken), 0 if it was refused."""
        rng, sizes = self.rng, self.sizes
        order = rng.randrange(len(sizes))
        a = self.home[order]
        b = rng.randrange(len(self.batches))
        if a == b:
            return 0.0
        other = -1
        if self.loads[b] + sizes[order] > self.capacity or rng.random() < 0.5:
            if not self.batches[b]:
                return 0.0
            other = rng.choice(self.batches[b])
            change = sizes[order] - sizes[other]
            if self.loads[b] + change > self.capacity or self.loads[a] - change > self.capacity:
                return 0.0
        in_a = [i for i in self.batches[a] if i != order]
        in_b = [i for i in self.batches[b] if i != other]
        in_b.append(order)
        if other >= 0:
            in_a.append(other)
        allowed = self.costs[a] + self.costs[b] - temperature * log(1 - rng.random())
        cost_a = self.floor.cost(self._union(in_a)) if in_a else 0.0
        if cost_a >= allowed:
            return 0.0
        cost_b = self.floor.cost(self._union(in_b))
        if cost_a + cost_b >= allowed:
            return 0.0
        gained = self.costs[a] + self.costs[b] - cost_a - cost_b
        self.batches[a], self.batches[b] = in_a, in_b
        self.costs[a], self.costs[b] = cost_a, cost_b
        self.loads[a], self.loads[b] = sum(sizes[i] for i in in_a), sum(sizes[i] for i in in_b)
        self.home[order] = b
        if other >= 0:
            self.home[other] = a
        return gained
