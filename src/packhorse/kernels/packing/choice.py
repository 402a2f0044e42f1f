"""Choose boxes for pieces that may share one: the cheapest box that takes all of them, or the cheapest split over several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from packhorse.kernels.packing.exact import find
from packhorse.kernels.packing.filling import Filling, Kind, Rule, Sequence, fill
from packhorse.kernels.packing.problem import Box, Price, Problem


@dataclass(frozen=True, slots=True)
class Params:
    """rounds: improving attempts per part of an order; few: so many pieces or fewer are also searched through; nodes: how far at first; deep: how far by the
    first improving attempt, where there are at most `few + 3` pieces; halves: so many pieces or fewer are parted in every way; wide: so many first boxes of a
    split are followed to the end, for orders of at most `wide_up_to` pieces.
    """

    rounds: int = 40
    few: int = 6
    nodes: int = 200
    deep: int = 800
    halves: int = 4
    wide: int = 3
    wide_up_to: int = 40


DEFAULT = Params()


class Packed(NamedTuple):
    """One box with what is in it."""

    box: Box
    filling: Filling


class Solution(NamedTuple):
    """Boxes for a sequence, what they count in the objective, and what no box was left for."""

    boxes: list[Packed]
    price: Price
    left: Sequence


_KEYS: tuple[Callable[[Kind], int], ...] = (
    lambda kind: kind.volume,
    lambda kind: max(kind.item.size_mm),
    lambda kind: kind.volume // kind.shortest,
    lambda kind: kind.shortest,
)
_QUICK = ((0, Rule("z", "tight")), (2, Rule("z", "flat")), (1, Rule("x", "tight")), (0, Rule("x", "flat")), (1, Rule("z", "long")), (2, Rule("y", "tight")))
_AXES, _LYING = ("z", "x", "y"), ("tight", "flat", "long")


def pieces(sequence: Sequence) -> int:
    """How many there are."""
    return sum(quantity for _, quantity in sequence)


def total_volume(sequence: Sequence) -> int:
    """mm³ of all pieces."""
    return sum(quantity * kind.volume for kind, quantity in sequence)


def total_weight(sequence: Sequence) -> int:
    """Grams of all pieces."""
    return sum(quantity * kind.item.weight_g for kind, quantity in sequence)


def lies_in(kind: Kind, box: Box) -> bool:
    """Could one piece lie in the empty box, its weight aside?"""
    length, width, height = box.inner_mm
    return any(way[0] <= length and way[1] <= width and way[2] <= height for way in kind.ways)


def borne(weight_g: int, box: Box) -> bool:
    """Does the box bear it?"""
    return box.max_load_g is None or weight_g <= box.max_load_g


def ordered(sequence: Sequence, key: int) -> Sequence:
    """Largest first by one of four measures, fragile ones last, equal sizes next to each other."""
    measure = _KEYS[key]
    return sorted(sequence, key=lambda entry: (entry[0].item.fragile, -measure(entry[0]), entry[0].item.size_mm))


def shuffled(sequence: Sequence, rng: Random) -> Sequence:
    """Largest first, roughly: each measure is blurred, and fragile ones come early once in a while."""
    measure, blur, early = _KEYS[rng.randrange(len(_KEYS))], rng.choice((0.1, 0.3, 0.8)), rng.random() < 0.25
    return sorted(sequence, key=lambda entry: (entry[0].item.fragile and not early, -measure(entry[0]) * rng.uniform(1 - blur, 1 + blur)))


def any_rule(rng: Random) -> Rule:
    """A rule by chance; layers more often than walls."""
    return Rule(_AXES[max(0, rng.randrange(5) - 2)], _LYING[rng.randrange(3)])


class Chooser:
    """One set of pieces that may share a box, with the best boxes found so far."""

    def __init__(self, problem: Problem, sequence: Sequence, stock: dict[str, int], params: Params) -> None:
        self.problem, self.sequence, self.stock, self.params = problem, sequence, stock, params
        self.least = min((problem.price(box, 0) for box in problem.boxes), default=Price())
        self.best = self._first()
        self.tried = 0

    def _first(self) -> Solution:
        """One box if one is found, unless several are cheaper."""
        single = self._single(self.sequence, self.stock)
        if single and not self._divisible(single.price):
            return single
        split = self._split(self.sequence, self.stock, None, None, single.price if single else None)
        if pieces(self.sequence) <= self.params.halves and not self.stock:
            split = min((split, *self._partitioned(self.sequence)), key=_rank)
        return min((split, single), key=_rank) if single else split

    def _divisible(self, price: Price) -> bool:
        """Could two boxes cost less than this?"""
        return pieces(self.sequence) > 1 and self.least.plus(self.least) < price

    def _partitioned(self, sequence: Sequence) -> list[Solution]:
        """The cheapest boxes over all ways to part a few pieces; none if some piece fits nowhere."""
        flat = [kind for kind, quantity in sequence for _ in range(quantity)]
        best: list[Solution] = []
        for chosen in range(0, 1 << len(flat), 2):  # the first piece is always in the part that is packed here
            part = [kind for n, kind in enumerate(flat) if not chosen >> n & 1]
            single = self._single(_counted(part), {})
            if single is None:
                continue
            rest = [kind for n, kind in enumerate(flat) if chosen >> n & 1]
            others = self._partitioned(_counted(rest)) if rest else [Solution([], Price(), [])]
            best += [Solution(single.boxes + other.boxes, single.price.plus(other.price), []) for other in others]
        return [min(best, key=_rank)] if best else []

    def _suited(self, sequence: Sequence, stock: dict[str, int]) -> list[tuple[Price, Box]]:
        """Boxes that might take everything, cheapest first."""
        weight, volume = total_weight(sequence), total_volume(sequence)
        suited = [
            (self.problem.price(box, weight), box)
            for box in self.problem.boxes
            if box.volume >= volume and borne(weight, box) and stock.get(box.id, 1) > 0 and all(lies_in(kind, box) for kind, _ in sequence)
        ]
        return sorted(suited, key=lambda entry: entry[0])

    def _single(self, sequence: Sequence, stock: dict[str, int]) -> Solution | None:
        """The cheapest box that is found to take everything."""
        for price, box in self._suited(sequence, stock):
            filling = self._whole(box, sequence)
            if filling:
                return Solution([Packed(box, filling)], price, [])
        return None

    def _whole(self, box: Box, sequence: Sequence) -> Filling | None:
        support, crowd = self.problem.support, pieces(sequence)
        tight = total_volume(sequence) > 0.93 * box.volume
        tries = _QUICK[: 2 if tight or crowd > 200 else 6]
        if crowd == 1:
            tries = _QUICK[:1]
        for key, rule in tries:
            order = ordered(sequence, key)
            filling = fill(box, order, rule, support, whole=True)
            if filling:
                return filling
        if 1 < crowd <= self.params.few:
            flat = [kind for kind, quantity in sequence for _ in range(quantity)]
            return find(box, flat, support, nodes=self.params.nodes if crowd > 3 else 20 * self.params.nodes)[0]
        return None

    def _split(self, sequence: Sequence, stock: dict[str, int], order: Sequence | None, rule: Rule | None, below: Price | None = None) -> Solution:
        """Fill the box that is cheapest for what it takes, and go on with the rest; several first boxes are followed for a small order."""
        order, rule = order or ordered(sequence, 0), rule or _QUICK[0][1]
        worth = [box for box in self.problem.boxes if below is None or self.problem.price(box, 0).plus(self.least) < below]
        firsts = self._firsts(order, stock, rule, worth)
        if not firsts:
            return Solution([], Price(), sequence)
        wide = self.params.wide if pieces(sequence) <= self.params.wide_up_to else 1
        favourites = [packed.box for packed in firsts[:3]]
        best: Solution | None = None
        for first in firsts[:wide]:
            solution = self._follow(first, stock, rule, favourites)
            if best is None or _rank(solution) < _rank(best):
                best = solution
        assert best is not None
        return best

    def _follow(self, first: Packed, stock: dict[str, int], rule: Rule, favourites: list[Box]) -> Solution:
        stock, boxes = dict(stock), list[Packed]()
        packed: Packed | None = first
        rest: Sequence = []
        while packed:
            boxes.append(packed)
            if packed.box.id in stock:
                stock[packed.box.id] -= 1
            rest = packed.filling.left
            if not rest:
                break
            last = self._single(rest, stock)
            if last:
                boxes += last.boxes
                rest = []
                break
            again = self._firsts(rest, stock, rule, favourites) or self._firsts(rest, stock, rule, self.problem.boxes)
            packed = again[0] if again else None
        boxes = [self._shrunk(packed) for packed in boxes[:-1]] + boxes[-1:] if not self.stock else boxes
        return Solution(boxes, _sum(self.problem, boxes), rest)

    def _firsts(self, order: Sequence, stock: dict[str, int], rule: Rule, boxes: tuple[Box, ...] | list[Box]) -> list[Packed]:
        """Each box filled as far as it goes, those first that cost least for the volume they take (or take most, if boxes are counted)."""
        firsts = []
        for box in boxes:
            if stock.get(box.id, 1) > 0 and any(lies_in(kind, box) and borne(kind.item.weight_g, box) for kind, _ in order):
                filling = fill(box, order, rule, self.problem.support)
                if filling and filling.volume:
                    firsts.append(Packed(box, filling))
        price = self.problem.price
        return sorted(firsts, key=lambda p: ((q := price(p.box, p.filling.load_g)).cost or q.boxes) / p.filling.volume)

    def _shrunk(self, packed: Packed) -> Packed:
        """The same pieces in the cheapest box that takes them."""
        single = self._single(_contents(packed.filling), {})
        if single and single.price < self.problem.price(packed.box, packed.filling.load_g):
            return single.boxes[0]
        return packed

    def improve(self, rng: Random) -> bool:
        """One attempt by chance at something cheaper; false when there is nothing to try any more."""
        if self.tried >= self.params.rounds or not self.best.boxes:
            return False
        cheaper = [(price, box) for price, box in self._suited(self.sequence, self.stock) if price < self.best.price]
        several = len(self.best.boxes) > 1 or bool(self.best.left) or self._divisible(self.best.price)
        if not cheaper and not several:
            return False
        self.tried += 1
        if self.tried == 1 and 1 < pieces(self.sequence) <= self.params.few + 3:
            self._search(cheaper)
        elif cheaper:
            price, box = cheaper[self.tried % len(cheaper)]
            filling = fill(box, shuffled(self.sequence, rng), any_rule(rng), self.problem.support, whole=True)
            if filling:
                self.best = Solution([Packed(box, filling)], price, [])
                return True
        if several and pieces(self.sequence) <= self.params.wide_up_to:
            self.tried += 3  # it takes as long as several
            other = self._split(self.sequence, self.stock, shuffled(self.sequence, rng), any_rule(rng), None if self.best.left else self.best.price)
            if _rank(other) < _rank(self.best):
                self.best = other
        return True

    def _search(self, cheaper: list[tuple[Price, Box]]) -> None:
        flat = [kind for kind, quantity in self.sequence for _ in range(quantity)]
        for price, box in cheaper:
            filling = find(box, flat, self.problem.support, nodes=self.params.deep)[0]
            if filling:
                self.best = Solution([Packed(box, filling)], price, [])
                return

    def used(self) -> Counter[str]:
        """How many of each box."""
        return Counter(packed.box.id for packed in self.best.boxes)


def _contents(filling: Filling) -> Sequence:
    counts: dict[Kind, int] = {}
    for block in filling.blocks:
        nx, ny, nz = block.counts
        counts[block.kind] = counts.get(block.kind, 0) + nx * ny * nz
    return list(counts.items())


def _counted(flat: list[Kind]) -> Sequence:
    counts: dict[Kind, int] = {}
    for kind in flat:
        counts[kind] = counts.get(kind, 0) + 1
    return list(counts.items())


def _rank(solution: Solution) -> tuple[int, Price]:
    """What is packed at all counts first."""
    return total_volume(solution.left), solution.price


def _sum(problem: Problem, boxes: list[Packed]) -> Price:
    price = Price()
    for packed in boxes:
        price = price.plus(problem.price(packed.box, packed.filling.load_g))
    return price
