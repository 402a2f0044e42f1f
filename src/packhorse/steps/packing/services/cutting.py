"""Boxes cut to size: the box machine of a bench is asked for one that fits the load, and the parcel goes out in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.equipment import boxes, selectors as equipment
from packhorse.ground.equipment.errors import NotSetUp
from packhorse.ground.equipment.services import queue_sending
from packhorse.ground.equipment.words import KINDS
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing.errors import SizesNotKnown
from packhorse.steps.packing.services.proposing import propose
from packhorse.steps.packing.types import BenchOrder, PlacedPiece, ProposedParcel

#: Room around the load, and the thickness of both walls of a machine's cardboard.
ROOM_MM: Final = 4
WALLS_MM: Final = 8
CUT: Final = "cut to size"


def cut_to_size(order: BenchOrder, parcel: ProposedParcel) -> ProposedParcel:
    """The parcel in a box that its load just fills: the space that its pieces take as they are placed, and a little room.

    Raises: SizesNotKnown (nobody can say how large the load is).
    """
    placed = parcel.placements or next((p.placements for p in propose(order) if p.contents == parcel.contents), ())
    if not placed:
        raise SizesNotKnown(number=order.number, order_id=order.order_id)
    least = tuple(min(p.at_mm[axis] for p in placed) for axis in range(3))
    inner = tuple(max(p.at_mm[axis] + p.size_mm[axis] for p in placed) - least[axis] + ROOM_MM for axis in range(3))
    load_mm3 = sum(p.size_mm[0] * p.size_mm[1] * p.size_mm[2] for p in placed)
    goods_g = sum(line.weight_g * c.quantity for c in parcel.contents for line in order.lines if line.allocation_id == c.allocation_id)
    return replace(
        parcel,
        box_id=None,
        box=CUT,
        inner_mm=(inner[0], inner[1], inner[2]),
        outer_mm=(inner[0] + WALLS_MM, inner[1] + WALLS_MM, inner[2] + WALLS_MM),
        placements=tuple(PlacedPiece(p.item_id, (p.at_mm[0] - least[0], p.at_mm[1] - least[1], p.at_mm[2] - least[2]), p.size_mm) for p in placed),
        expected_g=max(1, goods_g),
        fill_permille=round(1000 * load_mm3 / (inner[0] * inner[1] * inner[2])),
        material_minor=0,
        basis=CUT,
        instead_of=None,
        box_why="",
    )


@use_case
def ask_for_box(*, key: UUID, actor: Actor, fulfillment_order_id: int, inner_mm: tuple[int, int, int], weight_g: int, station_id: int | None = None) -> int:
    """The box machine of the bench, else of the warehouse, is to cut a box of these inner edges for an order. Returns the sending; whoever asks has it made (`equipment.services.make_box`).

    Raises: NotFound, NotAllowed, Invalid, NotSetUp.
    """
    fo = next(iter(orders.fulfillment_orders(EVERYTHING, [fulfillment_order_id])), None)
    if fo is None:
        raise NotFound(kind="fulfillment order", ref=str(fulfillment_order_id))
    authorize(actor, "pack", fo)
    if min(inner_mm) <= 0:
        raise Invalid(field="inner_mm", reason="more than nothing")
    machine = equipment.at_station(EVERYTHING, "boxes", fo.warehouse_id, station_id)
    if machine is None:
        raise NotSetUp(kind=str(KINDS["boxes"]), warehouse=warehouses.warehouse(EVERYTHING, fo.warehouse_id).code)
    once = uuid5(key, "box")
    box = boxes.BoxWanted(id=once.hex[:12], order=fo.number, length_mm=inner_mm[0], width_mm=inner_mm[1], height_mm=inner_mm[2], weight_g=weight_g)
    return queue_sending(
        once, machine, "box", Ref("orders.fulfillment_order", fulfillment_order_id), client_id=fo.client_id, payload=boxes.line(box, machine.protocol)
    )
