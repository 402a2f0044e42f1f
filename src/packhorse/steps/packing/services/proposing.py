"""Which boxes: the cartonization kernel on what stands on the bench, with reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from packhorse.core.actors import EVERYTHING
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import BoxInfo
from packhorse.kernels.packing import problem as kernel
from packhorse.kernels.packing.result import Load, PackedOrder
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.steps.packing import selectors
from packhorse.steps.packing.errors import NoBox
from packhorse.steps.packing.policy import policy_of
from packhorse.steps.packing.types import (
    TEACHING_WHYS,
    BenchLine,
    BenchOrder,
    ConsideredBox,
    Content,
    NewParcel,
    PlacedPiece,
    ProposedParcel,
    Reasons,
    contents_key,
    kernel_box,
    kernel_item,
)

#: What a parcel is expected to cost to ship, in minor units, so that box and postage are chosen together before a carrier is asked: the built-in tariff's domestic standard rate, rounded.
EXPECTED_SHIPPING: Final = kernel.Shipping(divisor_cm3_per_kg=5000, base=350, per_kg=95, round_up_g=500)
#: The share of a piece's base that must rest on something.
SUPPORT: Final = 0.7


def propose(order: BenchOrder, *, iterations: int = 0, packed: PackedOrder | None = None) -> list[ProposedParcel]:
    """Boxes for what stands on the bench for one order: cheapest box and expected postage together.

    Where packers took another box for the same contents because of what the goods are, or where sizes are not known and the same was packed before, it is the box of last time.
    Other pieces without known size, and pieces larger than every box, go by `basis` "size not known" (the middle box of the catalogue) and "own carton".
    `packed`: the kernel's answer to `problem_of` this order, where it was asked beforehand.
    """
    boxes = catalog.boxes(EVERYTHING, order.client_id)
    if learned := _learned(order, boxes):
        return [learned]
    known = _known(order)
    unknown = [line for line in order.lines if not all(line.size_mm)]
    parcels: list[ProposedParcel] = []
    if known:
        eco = policy_of(order.client_id).eco
        packed = packed or _solved(_problem(order, known, boxes, eco=eco), iterations)
        pool = _Pool(known)
        by_code = {b.code: b for b in boxes}
        basis = "fewest and smallest boxes" if eco else "cheapest box and expected postage"
        parcels = [_proposed(load, by_code[load.box], packed, pool, basis) for load in packed.loads]
        for out in packed.left_out:
            parcels += _own_cartons(pool, int(out.item), out.quantity, packed)
    if unknown:
        parcels.append(_by_guess(unknown, boxes))
    return parcels


def problem_of(order: BenchOrder) -> kernel.Problem | None:
    """What the kernel is asked for an order; None where no piece's size is known."""
    known = _known(order)
    return _problem(order, known, catalog.boxes(EVERYTHING, order.client_id), eco=policy_of(order.client_id).eco) if known else None


def _learned(order: BenchOrder, boxes: Sequence[BoxInfo]) -> ProposedParcel | None:
    """All of it in the box that the same contents were last packed in, where that says more than a computed load does."""
    items: dict[int, int] = defaultdict(int)
    for line in order.lines:
        items[line.item_id] += line.quantity
    measured = all(all(line.size_mm) for line in order.lines)
    box_id = selectors.box_of_last_time(EVERYTHING, order.client_id, contents_key(items), because_of=TEACHING_WHYS if measured else None)
    box = next((b for b in boxes if b.id == box_id), None)
    if box is None:
        return None
    try:
        parcel = in_box(order, box)
    except NoBox:  # the catalogue has other sizes for these goods now
        return None
    return replace(parcel, basis="the box of last time for the same contents")


def _known(order: BenchOrder) -> list[BenchLine]:
    return [line for line in order.lines if all(line.size_mm)]


@lru_cache(maxsize=256)
def _solved(problem: kernel.Problem, iterations: int) -> PackedOrder:
    """The same problem has the same answer: a picture of the load that is turned and built up is computed once."""
    return solve(problem, stop=Stop(iterations=iterations)).orders[0]


def _problem(order: BenchOrder, lines: Sequence[BenchLine], boxes: Sequence[BoxInfo], *, eco: bool = False) -> kernel.Problem:
    pieces: dict[int, list[BenchLine]] = defaultdict(list)
    for line in lines:
        pieces[line.item_id].append(line)
    items = tuple(kernel_item(str(item_id), own[0], sum(line.quantity for line in own)) for item_id, own in pieces.items())
    return kernel.Problem(
        boxes=tuple(map(kernel_box, boxes)),
        orders=(kernel.Order(order.number, items),),
        objective=kernel.Objective.BOXES if eco else kernel.Objective.COST,
        support=SUPPORT,
        shipping=EXPECTED_SHIPPING,
    )


class _Pool:
    """Which allocations the pieces of an item are taken from, in bench order."""

    def __init__(self, lines: Sequence[BenchLine]) -> None:
        self.lines = {line.allocation_id: line for line in lines}
        self._left: dict[int, list[list[int]]] = defaultdict(list)
        for line in lines:
            self._left[line.item_id].append([line.allocation_id, line.quantity])

    def take(self, item_id: int, quantity: int) -> list[Content]:
        taken = []
        for entry in self._left[item_id]:
            n = min(entry[1], quantity)
            if n:
                taken.append(Content(entry[0], n))
                entry[1] -= n
                quantity -= n
        assert quantity == 0, "the plan holds what stood on the bench"
        return taken

    def weight(self, contents: Sequence[Content]) -> int:
        return sum(self.lines[c.allocation_id].weight_g * c.quantity for c in contents)


def _proposed(load: Load, box: BoxInfo, packed: PackedOrder, pool: _Pool, basis: str) -> ProposedParcel:
    counts: dict[int, int] = defaultdict(int)
    for p in load.placements:
        counts[int(p.item)] += 1
    contents = tuple(c for item_id, n in counts.items() for c in pool.take(item_id, n))
    return ProposedParcel(
        box_id=box.id,
        box=box.code,
        outer_mm=box.outer_mm,
        inner_mm=box.inner_mm,
        contents=contents,
        placements=tuple(PlacedPiece(int(p.item), p.at_mm, p.size_mm) for p in load.placements),
        expected_g=load.load_g + box.tare_g,
        fill_permille=round(load.fill * 1000),
        material_minor=box.cost_minor,
        considered=_considered(packed),
        basis=basis,
    )


def _considered(packed: PackedOrder) -> tuple[ConsideredBox, ...]:
    return tuple(ConsideredBox(c.box, round(c.cost), c.verdict.value) for c in packed.considered)


def _own_cartons(pool: _Pool, item_id: int, quantity: int, packed: PackedOrder) -> list[ProposedParcel]:
    found = []
    for _ in range(quantity):
        contents = tuple(pool.take(item_id, 1))
        line = pool.lines[contents[0].allocation_id]
        size = (max(line.size_mm), sorted(line.size_mm)[1], min(line.size_mm))
        found.append(
            ProposedParcel(None, "own carton", size, size, contents, (), max(1, pool.weight(contents)), None, 0, _considered(packed), "larger than every box")
        )
    return found


def _by_guess(lines: Sequence[BenchLine], boxes: Sequence[BoxInfo]) -> ProposedParcel:
    contents = tuple(Content(line.allocation_id, line.quantity) for line in lines)
    weight = sum(line.weight_g * line.quantity for line in lines)
    ranked = sorted(boxes, key=lambda b: kernel.volume(b.inner_mm))
    if not ranked:
        size = (300, 200, 150)
        return ProposedParcel(None, "own carton", size, size, contents, (), max(1, weight), None, 0, (), "size not known, no box in the catalogue")
    box = ranked[len(ranked) // 2]
    return ProposedParcel(
        box.id, box.code, box.outer_mm, box.inner_mm, contents, (), max(1, weight + box.tare_g), None, box.cost_minor, (), "size not known: the middle box"
    )


def in_box(order: BenchOrder, box: BoxInfo) -> ProposedParcel:
    """Everything that stands at the bench in one box, say because the packer chose it; placed where the kernel finds a place for each piece.

    Raises: NoBox where the pieces are known to need more room than the box has.
    """
    contents = tuple(Content(line.allocation_id, line.quantity) for line in order.lines)
    weight = sum(line.weight_g * line.quantity for line in order.lines) + box.tare_g
    if all(all(line.size_mm) for line in order.lines):
        packed = _solved(_problem(order, order.lines, [box]), 0)
        if len(packed.loads) == 1 and not packed.left_out:
            return _proposed(packed.loads[0], box, packed, _Pool(order.lines), "chosen by the packer")
        volume = sum(kernel.volume(line.size_mm) * line.quantity for line in order.lines)
        if volume > kernel.volume(box.inner_mm):
            raise NoBox(what=order.number)
    return ProposedParcel(
        box.id, box.code, box.outer_mm, box.inner_mm, contents, (), max(1, weight), None, box.cost_minor, (), "chosen by the packer: load not computed"
    )


def new_parcel(parcel: ProposedParcel, *, weight_g: int | None = None, weight_why: str = "", **more: str | int) -> NewParcel:
    """A proposal as it is sealed: with what was considered, and `more` that is kept with it (the pieces scanned)."""
    reasons: Reasons = {
        "basis": parcel.basis,
        "considered": [{"box": c.box, "cost_minor": c.cost_minor, "verdict": c.verdict} for c in parcel.considered],
        **more,
    }
    size = parcel.outer_mm if parcel.box_id is None else None
    return NewParcel(
        parcel.box_id, size, parcel.contents, weight_g or parcel.expected_g, parcel.fill_permille, reasons, parcel.instead_of, parcel.box_why, weight_why
    )
