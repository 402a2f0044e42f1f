"""What was found, drawn as a result: loads in packing order, what stays out and why, and what became of each box."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from packhorse.kernels.packing.flat import (
    BLOCKS,
    FIRST,
    GROUP,
    MAX_LOAD,
    QUANTITY,
    ROOM,
    SHARE,
    STOCK,
    VOLUME,
    WAY,
    WAYS,
    WEIGHT,
    Flat,
)
from packhorse.kernels.packing.problem import Objective, Problem
from packhorse.kernels.packing.result import Considered, LeftOut, Load, PackedOrder, Placement, Verdict, Why

Truths = npt.NDArray[np.bool_]


class Reporter:
    """Looks at all orders at once, then draws one after the other."""

    def __init__(self, problem: Problem, flat: Flat) -> None:
        self.problem, self.flat = problem, flat
        kinds, boxes = flat.kinds, flat.boxes
        edges = kinds[:, WAY:].reshape(-1, 6, 3)
        real = np.arange(6) < kinds[:, WAYS, None]
        self.lies: Truths = np.stack([((edges <= box[:3]).all(2) & real).any(1) for box in boxes], 1) if len(boxes) else np.zeros((len(kinds), 0), bool)
        self.borne: Truths = kinds[:, WEIGHT, None] <= boxes[:, MAX_LOAD]
        self.fits: Truths = self.lies & self.borne & (boxes[:, STOCK] != 0)
        self.considered = self._considered() if problem.objective is not Objective.FILL else []

    def orders(self) -> tuple[PackedOrder, ...]:
        """All of them."""
        return tuple(
            self.order(n, self.flat.blocks[room : room + blocks]) for n, (room, blocks) in enumerate(self.flat.orders[:-1, ROOM : BLOCKS + 1].tolist())
        )

    def order(self, n: int, blocks: npt.NDArray[np.int64]) -> PackedOrder:
        """One order, packed in these blocks."""
        order, first = self.problem.orders[n], int(self.flat.orders[n, FIRST])
        loads, packed = self._loads(n, blocks)
        left = tuple(
            LeftOut(item.id, item.quantity - packed[item.id], self._why(first + k)) for k, item in enumerate(order.items) if packed[item.id] < item.quantity
        )
        return PackedOrder(order.id, loads, left, self._verdicts(n, loads))

    def _loads(self, n: int, blocks: npt.NDArray[np.int64]) -> tuple[tuple[Load, ...], Counter[str]]:
        items, first = self.problem.orders[n].items, int(self.flat.orders[n, FIRST])
        packed = Counter[str]()
        placed: dict[int, list[tuple[int, int, int, Placement]]] = {}
        weight, volume, boxes = Counter[int](), Counter[int](), dict[int, int]()
        for slot, box, kind, x, y, z, dx, dy, dz, nx, ny, nz in blocks.tolist():
            boxes[slot] = box
            item, size, found = items[kind - first], (dx, dy, dz), placed.setdefault(slot, [])
            packed[item.id] += nx * ny * nz
            weight[slot] += nx * ny * nz * item.weight_g
            volume[slot] += nx * ny * nz * dx * dy * dz
            for c in range(z, z + nz * dz, dz):
                for b in range(y, y + ny * dy, dy):
                    found += [(c, b, a, Placement(item.id, (a, b, c), size)) for a in range(x, x + nx * dx, dx)]
        loads = []
        for slot in sorted(boxes):
            box = self.problem.boxes[boxes[slot]]
            placements = tuple(map(itemgetter(3), sorted(placed[slot], key=itemgetter(0, 1, 2))))
            loads.append(Load(box.id, placements, weight[slot], self.problem.cost(box, weight[slot]), volume[slot] / box.volume))
        return tuple(loads), packed

    def _why(self, kind: int) -> Why:
        """Why a piece of this kind is in no box."""
        if not self.lies[kind].any():
            return Why.TOO_LARGE
        if not (self.lies[kind] & self.borne[kind]).any():
            return Why.TOO_HEAVY
        if self.problem.objective is Objective.FILL and self.fits[kind].any():
            return Why.NO_ROOM
        return Why.UNAVAILABLE

    def _considered(self) -> list[Any]:
        """Of each order, for each box: what it would cost as the only one: whether all may share one, their weight, and which boxes suit and bear them."""
        flat, boxes = self.flat, self.flat.boxes
        firsts, orders = flat.orders[:, FIRST].tolist(), []
        packable: Truths = np.any(self.fits, axis=1)
        amounts = np.where(packable, flat.kinds[:, QUANTITY], 0)
        weights, volumes = amounts * flat.kinds[:, WEIGHT], amounts * flat.kinds[:, SHARE]
        lies = self.lies | ~packable[:, None]
        groups = np.where(packable, flat.kinds[:, GROUP], -1)
        for n in range(len(firsts) - 1):
            kinds = slice(firsts[n], firsts[n + 1])
            weight = int(weights[kinds].sum())
            together = len(set(groups[kinds].tolist()) - {-1}) < 2
            suits = lies[kinds].all(0) & (boxes[:, VOLUME] >= volumes[kinds].sum())
            orders.append((bool(packable[kinds].any()), weight, together, suits.tolist(), (boxes[:, MAX_LOAD] >= weight).tolist()))
        return orders

    def _verdicts(self, n: int, loads: tuple[Load, ...]) -> tuple[Considered, ...]:
        """Every box as the one box for all pieces that can be packed; none if no piece can."""
        problem = self.problem
        if problem.objective is Objective.FILL:
            weight = sum(item.quantity * item.weight_g for item in problem.orders[n].items)
            chosen = loads[0].box if loads else None
            return tuple(Considered(b.id, problem.cost(b, weight), Verdict.CHOSEN if b.id == chosen else Verdict.NO_ROOM) for b in problem.boxes)
        any_piece, weight, together, suits, bears = self.considered[n]
        if not any_piece:
            return ()
        chosen = loads[0].box if len(loads) == 1 else None
        best = (float(self.flat.prices[n, 0]), float(self.flat.prices[n, 1]))
        found = []
        for b, box in enumerate(problem.boxes):
            cost = problem.cost(box, weight)
            if box.id == chosen:
                verdict = Verdict.CHOSEN
            elif not together:
                verdict = Verdict.GROUPS
            elif box.available == 0:
                verdict = Verdict.UNAVAILABLE
            elif not bears[b]:
                verdict = Verdict.TOO_HEAVY
            elif not suits[b]:
                verdict = Verdict.TOO_SMALL
            else:
                alone = (cost if problem.objective is Objective.COST else 1, box.volume)
                verdict = Verdict.NO_ROOM if alone < best else Verdict.DEARER
            found.append(Considered(box.id, cost, verdict))
        return tuple(found)
