"""Cartonised at release, so that pickers see the box, and looked at again at the bench, where less or other pieces may have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import ItemInfo
from packhorse.kernels.packing import problem as kernel
from packhorse.kernels.packing.result import PackedOrder
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors
from packhorse.steps.packing.policy import policy_of
from packhorse.steps.packing.services.proposing import EXPECTED_SHIPPING, SUPPORT, propose
from packhorse.steps.packing.types import TEACHING_WHYS, BenchOrder, PastPiece, ProposedParcel, contents_key, kernel_box, kernel_item
from packhorse.steps.picking import requests as picking, selectors as picked
from packhorse.steps.picking.types import Cartons, ToPlan

OWN_CARTON: Final = "own carton"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Boxes for what stands on the bench, those planned at release, and, where other pieces came than were planned, a sentence that says so."""

    parcels: list[ProposedParcel]
    planned: tuple[str, ...]
    told: str


def cartons_for(waiting: Sequence[ToPlan]) -> list[Cartons]:
    """Which boxes each release goes into, as the bench would choose them, all orders of a client at a time."""
    items = catalog.items_by_id(EVERYTHING, {item for w in waiting for item in w.pieces})
    of_client: dict[int, list[ToPlan]] = defaultdict(list)
    for one in waiting:
        of_client[one.client_id].append(one)
    return [plan for client_id, own in of_client.items() for plan in _of_client(client_id, own, items)]


def _of_client(client_id: int, waiting: Sequence[ToPlan], items: dict[int, ItemInfo]) -> list[Cartons]:
    boxes = catalog.boxes(EVERYTHING, client_id)
    known = [w for w in waiting if w.pieces and all(items[i].has_size for i in w.pieces)]
    problem = kernel.Problem(
        boxes=tuple(map(kernel_box, boxes)),
        orders=tuple(kernel.Order(str(w.release_id), tuple(kernel_item(str(i), _piece(items[i], q), q) for i, q in sorted(w.pieces.items()))) for w in known),
        objective=kernel.Objective.BOXES if policy_of(client_id).eco else kernel.Objective.COST,
        support=SUPPORT,
        shipping=EXPECTED_SHIPPING,
    )
    packed = dict(zip((w.release_id for w in known), solve(problem, stop=Stop(iterations=0)).orders, strict=True)) if known else {}
    codes = {b.id: b.code for b in boxes}
    plans = []
    for w in waiting:
        learned = codes.get(
            selectors.box_of_last_time(EVERYTHING, client_id, contents_key(w.pieces), because_of=TEACHING_WHYS if w.release_id in packed else None) or 0
        )
        plans.append(Cartons(w.release_id, (learned,) if learned else _boxes(packed.get(w.release_id)), w.pieces))
    return plans


def _boxes(packed: PackedOrder | None) -> tuple[str, ...]:
    return (*(load.box for load in packed.loads), *(OWN_CARTON for out in packed.left_out for _n in range(out.quantity))) if packed else ()


def _piece(item: ItemInfo, quantity: int) -> PastPiece:
    return PastPiece((item.length_mm, item.width_mm, item.height_mm), item.weight_g, quantity, item.fragile, item.upright)


@use_case
def plan_cartons(*, key: UUID, actor: Actor, plans: list[Cartons]) -> list[int]:
    """The boxes found for releases are kept, once each: what is planned stays planned. Returns the releases that took theirs.

    Locks: releases.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    return picking.plan_cartons(plans)


def proposal(order: BenchOrder) -> Proposal:
    """The boxes for what stands on the bench, and what was planned at release where that was for other pieces; these say so as their basis."""
    parcels = propose(order)
    plan = picked.cartons_of(EVERYTHING, order.fulfillment_order_id)
    if plan is None:
        return Proposal(parcels, (), "")
    came: dict[int, int] = defaultdict(int)
    for line in order.lines:
        came[line.item_id] += line.quantity
    for fo in orders.fulfillment_orders(EVERYTHING, [order.fulfillment_order_id]):
        for each in fo.lines:
            came[each.item_id] += each.packed
    if {i: q for i, q in came.items() if q} == plan.pieces:
        return Proposal(parcels, plan.boxes, "")
    told = _("%(boxes)s for %(planned)d pieces; %(came)d came: boxes chosen anew") % {
        "boxes": ", ".join(plan.boxes),
        "planned": sum(plan.pieces.values()),
        "came": sum(came.values()),
    }
    return Proposal([replace(p, basis="other pieces came than were planned") for p in parcels], plan.boxes, told)
