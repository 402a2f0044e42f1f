"""Solve a slotting problem: measure promising exchanges by walking all past walks again, and take the best ones in turn.

What is promising is guessed by velocity (often picked goods to near slots within reach) and by affinity (goods to slots beside those that are picked on the same walks); what counts is only ever
measured: the shortest walks, from the picking kernel, with the places exchanged.
"""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packhorse.kernels.slotting.problem import Problem
from packhorse.kernels.slotting.result import Exchange, Result
from packhorse.kernels.stop import Stop

if TYPE_CHECKING:
    from packhorse.kernels.picking.terrain import Words


@dataclass(frozen=True, slots=True)
class Params:
    """most: exchanges proposed; days_to_pay: after so many days at most each must have paid for itself; slots: near slots looked at for each good; beside: slots beside each companion."""

    most: int = 20
    days_to_pay: float = 60.0
    slots: int = 12
    companions: int = 3
    beside: int = 2


DEFAULT: Final = Params()
Told = Callable[[float], None]


def solve(problem: Problem, *, stop: Stop, params: Params = DEFAULT, told: Told = lambda _share: None) -> Result:
    """The best exchanges found, by what they save a day less their cost spread over `days_to_pay`. An iteration of `stop` is one exchange measured; the same number of them gives the same answer."""
    return _Search(problem, stop, params, told).run()


class _Search:
    """One problem on its way to an answer."""

    def __init__(self, problem: Problem, stop: Stop, params: Params, told: Told) -> None:
        from packhorse.kernels.picking.terrain import Survey

        self.problem, self.params, self.told, self.watch = problem, params, told, stop.start()
        self.began, self.limit, self.looked_at = time.perf_counter(), stop.iterations, 0
        places = sorted({*(s.place for s in problem.slots), *(p for w in problem.walks for p in w.places)})
        survey = Survey(problem.layout, places)
        self.terrain = survey.terrain
        self.slot_bit = [survey.bit(s.place) for s in problem.slots]
        self.fixed = [frozenset(survey.bit(p) for p in w.places) for w in problem.walks]
        self.home = [g.slot for g in problem.goods]
        self.holder: dict[int, int] = {g.slot: n for n, g in enumerate(problem.goods)}
        self.walks_of: list[list[int]] = [[] for _ in problem.goods]
        for n, w in enumerate(problem.walks):
            for good in set(w.goods):
                self.walks_of[good].append(n)
        self.known: dict[frozenset[int], float] = {}
        self.metres = [self._walked(n) for n in range(len(problem.walks))]
        self.far = [self._tour(frozenset({bit})) for bit in self.slot_bit]

    def _tour(self, bits: frozenset[int]) -> float:
        """Metres of the shortest tour over places."""
        found = self.known.get(bits)
        if found is None:
            import numpy as np

            from packhorse.kernels.picking.walks import walk

            row: Words = np.zeros(self.terrain.words, np.uint64)
            for bit in bits:
                row[bit >> 6] |= np.uint64(1 << (bit & 63))
            found = self.known[bits] = float(walk(self.terrain, np.zeros(1, np.uint64), row)) if bits else 0.0
        return found

    def _walked(self, walk: int) -> float:
        return self._tour(self.fixed[walk] | {self.slot_bit[self.home[g]] for g in self.problem.walks[walk].goods})

    def run(self) -> Result:
        before, candidates = sum(self.metres), self._candidates()
        heap: list[tuple[float, int, int, int, Exchange]] = []
        for n, (good, slot) in enumerate(candidates):
            if self.watch.over():
                break
            self._push(heap, good, slot, 0)
            self.told((n + 1) / len(candidates))
        made: list[Exchange] = []
        touched: set[int] = set()
        while heap and len(made) < self.params.most:
            _net, good, slot, measured_at, found = heapq.heappop(heap)
            if {found.source, found.target} & touched:
                continue
            if measured_at != len(made):
                self._push(heap, good, slot, len(made))
                continue
            made.append(found)
            touched |= {found.source, found.target}
            self._make(found)
        return Result(tuple(made), before, sum(self.metres), self.looked_at, time.perf_counter() - self.began)

    def _push(self, heap: list[tuple[float, int, int, int, Exchange]], good: int, slot: int, made: int) -> None:
        """Measure an exchange and keep it, if it pays."""
        found = self._measured(good, slot)
        if found.seconds_a_day > 0 and found.days_to_pay <= self.params.days_to_pay:
            heapq.heappush(heap, (found.cost_s / self.params.days_to_pay - found.seconds_a_day, good, slot, made, found))

    def _affected(self, good: int, partner: int | None) -> list[int]:
        own = self.walks_of[good]
        return own if partner is None else sorted({*own, *self.walks_of[partner]})

    def _swap(self, good: int, slot: int) -> None:
        """Exchange the places, and back when done twice the other way round."""
        source, partner = self.home[good], self.holder.get(slot)
        self.home[good], self.holder[slot] = slot, good
        if partner is None:
            del self.holder[source]
        else:
            self.home[partner], self.holder[source] = source, partner

    def _measured(self, good: int, target: int) -> Exchange:
        self.looked_at += 1
        p, source, partner = self.problem, self.home[good], self.holder.get(target)
        walks = self._affected(good, partner)
        before = sum(self.metres[n] for n in walks)
        self._swap(good, target)
        saved = (before - sum(self._walked(n) for n in walks)) / p.days
        companions = tuple(self._near(good, target))
        self._swap(good, source)
        other = p.goods[partner] if partner is not None else None
        reach = (p.goods[good].picks - (other.picks if other else 0)) * (p.slots[source].reach_s - p.slots[target].reach_s) / p.days
        carried = self._tour(frozenset({self.slot_bit[source], self.slot_bit[target]}))
        cost = p.goods[good].move_s + (other.move_s if other else 0.0) + carried * (1 if other is None else 2) / p.metres_per_s
        seconds = saved / p.metres_per_s + reach
        return Exchange(
            good, source, target, partner, saved, reach, seconds, cost, cost / seconds if seconds > 0 else float("inf"), self.far[source], self.far[target], companions
        )  # fmt: skip

    def _make(self, found: Exchange) -> None:
        self._swap(found.good, found.target)
        for n in self._affected(found.good, found.partner):
            self.metres[n] = self._walked(n)

    def _near(self, good: int, target: int) -> Iterator[tuple[int, int]]:
        """The good's companions that the new slot is closer to: together they are hardly farther than the farther one alone."""
        for other, times in self.together[good]:
            if other != good and self._tour(frozenset({self.slot_bit[target], self.slot_bit[self.home[other]]})) <= 1.1 * max(
                self.far[target], self.far[self.home[other]]
            ):
                yield other, times

    def _candidates(self) -> list[tuple[int, int]]:
        """Exchanges worth measuring, the most promising first: (good, slot)."""
        p = self.problem
        self.together = self._companions()
        in_order = sorted(range(len(p.slots)), key=lambda s: (p.slots[s].place, s))
        rank = {s: n for n, s in enumerate(in_order)}
        guessed: dict[tuple[int, int], float] = {}
        for good in sorted(range(len(p.goods)), key=lambda g: (-p.goods[g].picks, g)):
            gains = sorted(((self._guess(good, s), s) for s in range(len(p.slots)) if self._fits(good, s)), key=lambda g: (-g[0], g[1]))
            for gain, slot in gains[: self.params.slots]:
                if gain > 0:
                    guessed[good, slot] = gain
            for other, times in self.together[good]:
                at = rank[self.home[other]]
                for slot in in_order[max(0, at - self.params.beside) : at + self.params.beside + 1]:
                    if self._fits(good, slot):
                        guessed.setdefault((good, slot), max(0.0, self._guess(good, slot)) + times * 1e-3)
        return sorted(guessed, key=lambda c: (-guessed[c], c))

    def _fits(self, good: int, slot: int) -> bool:
        p, source, partner = self.problem, self.home[good], self.holder.get(slot)
        if slot == source or (p.goods[good].heavy and not p.slots[slot].heavy):
            return False
        return partner is None or not p.goods[partner].heavy or p.slots[source].heavy

    def _guess(self, good: int, slot: int) -> float:
        """Seconds that an exchange may save, by how often both are walked to and picked."""
        p, source, partner = self.problem, self.home[good], self.holder.get(slot)
        more = len(self.walks_of[good]) - (len(self.walks_of[partner]) if partner is not None else 0)
        picks = p.goods[good].picks - (p.goods[partner].picks if partner is not None else 0)
        return more * (self.far[source] - self.far[slot]) / p.metres_per_s / 2 + picks * (p.slots[source].reach_s - p.slots[slot].reach_s)

    def _companions(self) -> Sequence[Sequence[tuple[int, int]]]:
        """The goods that were most often on the same walks, by good, with how often."""
        counts: list[Counter[int]] = [Counter() for _ in self.problem.goods]
        for w in self.problem.walks:
            for good in set(w.goods):
                counts[good].update(set(w.goods) - {good})
        return [[(other, n) for other, n in sorted(c.items(), key=lambda x: (-x[1], x[0]))[: self.params.companions] if n > 1] for c in counts]
