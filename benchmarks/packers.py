"""Ways to pack an order that the kernel is compared with, each as a plan of the kernel's own format: a box chosen by volume, py3dbp, packvium. Development only: the product imports none of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from packhorse.kernels.packing.files import plan_of
from packhorse.kernels.packing.problem import Box, Item, Objective, Order, Problem, volume
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop

Plan = dict[str, Any]
Peer = Callable[[Problem, Order], Plan]


def peers() -> dict[str, Peer]:
    """Those that are installed, by name and version."""
    found = dict[str, Peer]()
    for name, way in (("py3dbp", by_py3dbp), ("packvium", by_packvium)):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        found[name] = lambda problem, order, module=module, way=way: way(module, problem, order)  # type: ignore[misc]
    return found


def fits(item: Item, box: Box) -> bool:
    """Whether one piece goes into the empty box, turned as it may be by somebody who looks at its edges alone."""
    return all(edge <= room for edge, room in zip(sorted(item.size_mm), sorted(box.inner_mm), strict=True))


def by_volume(problem: Problem, order: Order, share: float) -> Box | None:
    """The cheapest box of which the pieces fill at most this share, each going in by itself; None if there is none."""
    goods, weight = total(order)
    suits = [b for b in problem.boxes if share * b.volume >= goods and weight <= (b.max_load_g or weight) and all(fits(i, b) for i in order.items)]
    return min(suits, key=lambda b: problem.price(b, weight), default=None)


def total(order: Order) -> tuple[int, int]:
    """Volume and weight of all pieces."""
    return sum(volume(i.size_mm) * i.quantity for i in order.items), sum(i.weight_g * i.quantity for i in order.items)


def goes_in(problem: Problem, order: Order, box: Box) -> bool:
    """Whether the kernel, given time, finds room for all of it in this one box."""
    alone = solve(replace(problem, boxes=(box,), orders=(order,)), stop=Stop(iterations=40)).orders[0]
    return len(alone.loads) == 1 and not alone.left_out


def by_packhorse(problem: Problem, orders: Sequence[Order]) -> list[Plan]:
    """The first answer."""
    plans: list[Plan] = plan_of(solve(replace(problem, orders=tuple(orders)), stop=Stop(iterations=0)))["orders"]
    return plans


def by_py3dbp(module: ModuleType, problem: Problem, order: Order) -> Plan:
    """The cheapest box into which py3dbp packs everything; where there is none, the box that takes most, and so on with the rest. It knows size and weight alone."""
    waiting, packed = [item for item in order.items for _ in range(item.quantity)], list[Plan]()
    while waiting:
        best: tuple[int, Box, Any] | None = None
        weight = sum(item.weight_g for item in waiting)
        for box in sorted(problem.boxes, key=lambda b: problem.price(b, weight)):
            job = module.Packer()
            job.add_bin(module.Bin(box.id, *box.inner_mm, box.max_load_g or 10**9))
            for item in waiting:
                job.add_item(module.Item(item.id, *item.size_mm, item.weight_g))
            job.pack(bigger_first=True)
            took = len(job.bins[0].items)
            if best is None or took > best[0]:
                best = took, box, job.bins[0]
            if took == len(waiting):
                break
        if best is None or not best[0]:
            break
        load = [{"item": i.name, "at_mm": [int(p) for p in i.position], "size_mm": [int(e) for e in i.get_dimension()]} for i in best[2].items]
        packed.append({"box": best[1].id, "load": load})
        for placed in load:
            waiting.remove(next(item for item in waiting if item.id == placed["item"]))
    return {"id": order.id, "boxes": packed, "left_out": [item.id for item in waiting]}


def by_packvium(module: ModuleType, problem: Problem, order: Order) -> Plan:
    """packvium, balanced, several boxes by its own choice, told everything that it knows of: ways up, support, groups as tags, fragile as not stackable, and of each box what it would cost alone."""
    _goods, weight = total(order)
    groups = {item.group for item in order.items} - {None}
    mm, rotation = module.Dimensions.mm, module.Rotation
    items = [
        module.Item.create(
            item.id, mm(*map(str, item.size_mm)), f"{item.weight_g} g", quantity=item.quantity, stackable=not item.fragile,
            allowed_rotations=tuple(way for way in rotation if item.vertical["LWH".index(way.value[2])]), minimum_support_ratio=problem.support,
            tags=frozenset({str(item.group)} if item.group else ()), incompatible_tags=frozenset(map(str, groups - {item.group}) if item.group else ()),
        )
        for item in order.items
    ]  # fmt: skip
    count, filling = problem.objective is Objective.BOXES, problem.objective is Objective.FILL
    boxes = [
        module.Container.create(
            box.id, mm(*map(str, box.inner_mm)), max_payload=None if box.max_load_g is None else f"{box.max_load_g} g", quantity=1 if filling else box.available,
            cost_minor=10**9 + box.volume if count else round(problem.cost(box, weight)),
        )
        for box in problem.boxes
    ]  # fmt: skip
    config = module.PackingConfig.balanced(objective="maximum_volume" if filling else "lowest_cost", minimum_support_ratio=problem.support)
    result = module.Packer(config).pack(items=items, containers=boxes)
    tick = 16_000
    packed = [
        {
            "box": one.container.id,
            "load": [
                {
                    "item": p.instance.item.id,
                    "at_mm": [p.position.x // tick, p.position.y // tick, p.position.z // tick],
                    "size_mm": [p.dimensions.length.ticks // tick, p.dimensions.width.ticks // tick, p.dimensions.height.ticks // tick],
                }
                for p in one.placements
            ],
        }
        for one in result.containers
    ]
    inside = [load["item"] for one in packed for load in one["load"]]
    return {"id": order.id, "boxes": packed, "left_out": [i.id for i in order.items for _ in range(i.quantity - inside.count(i.id))]}
