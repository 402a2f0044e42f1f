"""Is this plan one for this problem? Shares nothing with the solver but the dataclasses; compares every two pieces of a box."""

from __future__ import annotations

import math
from collections import Counter

from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem
from packhorse.kernels.packing.result import Load, PackedOrder, Placement, Result


def check(problem: Problem, result: Result) -> list[str]:
    """What is wrong with the plan, one sentence each; empty if nothing is."""
    packed = {order.id: order for order in result.orders}
    faults = [] if [o.id for o in problem.orders] == [o.id for o in result.orders] else ["the plan's orders are not the problem's"]
    for order in problem.orders:
        if order.id in packed:
            faults += [f"order {order.id!r}: {fault}" for fault in _order(problem, order, packed[order.id])]
    return faults


def _order(problem: Problem, order: Order, packed: PackedOrder) -> list[str]:
    items, boxes = {item.id: item for item in order.items}, {box.id: box for box in problem.boxes}
    inside = Counter(p.item for load in packed.loads for p in load.placements)
    out: Counter[str] = Counter()
    for left in packed.left_out:
        out[left.item] += left.quantity
    used = Counter(load.box for load in packed.loads)
    faults = [
        f"{item.quantity} of {item.id!r} wanted, {inside[item.id]} packed, {out[item.id]} left out"
        for item in order.items
        if inside[item.id] + out[item.id] != item.quantity
    ]
    faults += [f"unknown item {sku!r}" for sku in inside | out if sku not in items]
    for name, times in used.items():
        available = boxes[name].available
        if available is not None and times > available:
            faults.append(f"{times} boxes {name!r} of {available}")
    if problem.objective is Objective.FILL:
        faults += ["more than one box"] if len(packed.loads) > 1 else []
    else:
        for sku in out:
            for box in boxes.values():
                if (box.available is None or used[box.id] < box.available) and _alone(items[sku], box):
                    faults.append(f"{sku!r} is left out, but fits into {box.id!r}")
    for load in packed.loads:
        faults += _load(problem, boxes[load.box], load, items)
    return faults


def _alone(item: Item, box: Box) -> bool:
    if box.max_load_g is not None and item.weight_g > box.max_load_g:
        return False
    flat = sorted(box.inner_mm[:2])
    for i in range(3):
        base = sorted(item.size_mm[:i] + item.size_mm[i + 1 :])
        if item.vertical[i] and item.size_mm[i] <= box.inner_mm[2] and base[0] <= flat[0] and base[1] <= flat[1]:
            return True
    return False


def _load(problem: Problem, box: Box, load: Load, items: dict[str, Item]) -> list[str]:
    faults = []
    weight = sum(items[p.item].weight_g for p in load.placements)
    if weight != load.load_g or (box.max_load_g is not None and weight > box.max_load_g):
        faults.append(f"{weight} g in {box.id!r}, stated {load.load_g}, allowed {box.max_load_g}")
    if len({items[p.item].group for p in load.placements} - {None}) > 1:
        faults.append(f"two groups in {box.id!r}")
    if not math.isclose(load.cost, problem.cost(box, weight), abs_tol=1e-9):
        faults.append(f"{box.id!r} costs {problem.cost(box, weight)}, stated {load.cost}")
    for n, p in enumerate(load.placements):
        lying = any(
            items[p.item].vertical[i] and p.size_mm[2] == e and sorted(p.size_mm[:2]) == sorted(items[p.item].size_mm[:i] + items[p.item].size_mm[i + 1 :])
            for i, e in enumerate(items[p.item].size_mm)
        )
        if not lying:
            faults.append(f"{p.item!r} lies as {p.size_mm}")
        if any(p.at_mm[k] < 0 or p.at_mm[k] + p.size_mm[k] > box.inner_mm[k] for k in range(3)):
            faults.append(f"{p} is not inside {box.id!r}")
        beneath = 0
        for m, q in enumerate(load.placements):
            if m == n or _overlap(p, q, 0) <= 0 or _overlap(p, q, 1) <= 0:
                continue
            if _overlap(p, q, 2) > 0:
                faults.append(f"{p} and {q} overlap")
            top = q.at_mm[2] + q.size_mm[2]
            if top <= p.at_mm[2] and items[q.item].fragile:
                faults.append(f"{p} is above the fragile {q}")
            if top == p.at_mm[2]:
                beneath += _overlap(p, q, 0) * _overlap(p, q, 1)
                faults += [f"{p} is packed before {q}, on which it rests"] if m > n else []
        if p.at_mm[2] and beneath < problem.support * p.size_mm[0] * p.size_mm[1] - 1e-9:
            faults.append(f"{p} rests on {beneath} mm²")
    return faults


def _overlap(p: Placement, q: Placement, axis: int) -> int:
    return min(p.at_mm[axis] + p.size_mm[axis], q.at_mm[axis] + q.size_mm[axis]) - max(p.at_mm[axis], q.at_mm[axis])
