"""Parcels: sealed from what stands on the bench, opened again, dropped when their order was cancelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.catalog.models import Box
from packhorse.ground.warehouse.selectors import place_of_kind
from packhorse.steps.inventory import ledger as stock, selectors as stock_selectors
from packhorse.steps.inventory.types import Allocated, Take
from packhorse.steps.orders import ledger as orders, selectors as order_selectors
from packhorse.steps.orders.types import LineInfo
from packhorse.steps.packing import records
from packhorse.steps.packing.errors import NotOnTheBench, ParcelGone
from packhorse.steps.packing.events import ParcelSealed, ParcelVoided
from packhorse.steps.packing.models import Parcel, ParcelLine
from packhorse.steps.packing.states import PARCEL
from packhorse.steps.packing.types import Content, Sealed
from packhorse.steps.picking import requests as picking_requests

Reasons = dict[str, str | int | float | list[dict[str, str | int]]]


def _place(warehouse_id: int, kind: str) -> int:
    place = place_of_kind(warehouse_id, kind)
    if place is None:
        raise NotFound(kind=kind, ref=_("the warehouse has none; add one in the settings"))
    return place


@use_case
def seal_parcel(
    *,
    key: UUID,
    actor: Actor,
    fulfillment_order_id: int,
    release_id: int | None,
    box_id: int | None,
    size_mm: tuple[int, int, int] | None,
    contents: list[Content],
    weight_g: int,
    fill_permille: int | None = None,
    reasons: Reasons,
    station_id: int | None = None,
) -> Sealed:
    """A box was filled with these goods of one order (from its tote, or from the bench after a parcel was opened again), weighed and closed; it stands at staging now.

    Without a box the goods ship in their own carton of `size_mm`. When nothing of the order is left in its tote, the tote is free.

    Locks: order and its lines, allocations, levels.   Raises: NotOnTheBench, OrderHeld, NotThatMuch, Invalid.
    """
    orders.lock_orders([fulfillment_order_id])
    fo = next(iter(order_selectors.fulfillment_orders(EVERYTHING, [fulfillment_order_id])), None)
    if fo is None:
        raise NotFound(kind="fulfillment order", ref=fulfillment_order_id)
    authorize(actor, "pack", fo)
    if not contents or weight_g <= 0:
        raise Invalid(field="contents", reason=_("a parcel holds something and weighs something"))
    box = Box.objects.filter(pk=box_id).first() if box_id is not None else None
    if box is None and size_mm is None:
        raise Invalid(field="box", reason=_("choose a box of the catalogue, or key in the carton's size"))
    standing = _on_the_bench(fo.lines, contents)
    outer = (box.outer_length_mm, box.outer_width_mm, box.outer_height_mm) if box else size_mm
    assert outer is not None, "a box or a size"
    quantities: dict[int, int] = defaultdict(int)
    for c in contents:
        quantities[standing[c.allocation_id].demand_id] += c.quantity
    orders.packed(quantities)
    parcel = _make_parcel(
        actor, fo.client_id, fo.warehouse_id, fo.fulfillment_order_id, box, outer, weight_g, fill_permille, reasons, station_id, standing, contents
    )
    staging = _place(fo.warehouse_id, "staging")
    moved = stock.move([Take(c.allocation_id, c.quantity, staging) for c in contents], cause_kind="packing.parcel", cause_ids=[parcel.pk] * len(contents))
    ParcelLine.objects.bulk_create(
        [
            ParcelLine(
                parcel=parcel,
                client_id=fo.client_id,
                demand_id=m.demand_id,
                allocation_id=m.allocation_id,
                item_id=m.item_id,
                lot_id=m.lot_id,
                quantity=m.quantity,
            )
            for m in moved
        ]
    )
    places = {standing[c.allocation_id].location_id for c in contents}
    left = [a for a in stock_selectors.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines]) if a.location_id in places]
    if not left and release_id is not None:
        picking_requests.totes_emptied([release_id])
    emit(
        ParcelSealed(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=fo.warehouse_id,
            fulfillment_order_id=fo.fulfillment_order_id,
            parcel_id=parcel.pk,
            number=parcel.number,
            box=box.code if box else "own carton",
            units=sum(c.quantity for c in contents),
            weight_g=weight_g,
        )
    )
    return Sealed(parcel_id=parcel.pk, number=parcel.number, complete=not left)


def _on_the_bench(lines: Sequence[LineInfo], contents: Sequence[Content]) -> dict[int, Allocated]:
    """The allocations named, each in a tote or at a station.

    Raises: NotOnTheBench.
    """
    open_now = {a.allocation_id: a for a in stock_selectors.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in lines])}
    bench = {
        r[0]
        for r in sql.rows(
            "SELECT id FROM warehouse_location WHERE id = ANY(%s) AND kind IN ('tote', 'station')", [sorted({a.location_id for a in open_now.values()})]
        )
    }
    for c in contents:
        a = open_now.get(c.allocation_id)
        if a is None or a.location_id not in bench or not 0 < c.quantity <= a.quantity:
            raise NotOnTheBench(what=f"{c.quantity} × #{c.allocation_id}")
    return open_now


def _make_parcel(
    actor: Actor,
    client_id: int,
    warehouse_id: int,
    fulfillment_order_id: int,
    box: Box | None,
    outer: tuple[int, int, int],
    weight_g: int,
    fill_permille: int | None,
    reasons: Reasons,
    station_id: int | None,
    standing: dict[int, Allocated],
    contents: Sequence[Content],
) -> Parcel:
    weights = dict(sql.rows("SELECT id, weight_g FROM catalog_item WHERE id = ANY(%s)", [sorted({standing[c.allocation_id].item_id for c in contents})]))
    expected = sum(weights[standing[c.allocation_id].item_id] * c.quantity for c in contents) + (box.tare_g if box else 0)
    pk = sql.next_ids("packing_parcel_id_seq", 1)[0]
    return Parcel.objects.create(
        pk=pk,
        number=f"P{pk:09d}",
        client_id=client_id,
        warehouse_id=warehouse_id,
        fulfillment_order_id=fulfillment_order_id,
        box=box,
        station_id=station_id,
        state=Parcel.State.SEALED,
        length_mm=outer[0],
        width_mm=outer[1],
        height_mm=outer[2],
        weight_g=weight_g,
        expected_g=expected,
        fill_permille=fill_permille,
        material_minor=box.cost_minor if box else 0,
        reasons=reasons,
        packed_by=actor.principal,
        sealed_at=work.current().at,
    )


@use_case
def void_parcel(*, key: UUID, actor: Actor, parcel_id: int, reason: str) -> int:
    """Open a parcel again before it leaves: its goods stand at the bench and are packed anew; a label on it is voided by shipping. Returns the units on the bench.

    Locks: parcel, order and its lines, allocations, levels.   Raises: ParcelGone.
    """
    parcel = records.lock_parcels([parcel_id])[0]
    authorize(actor, "pack", parcel)
    if "voided" not in PARCEL[parcel.state]:
        raise ParcelGone(number=parcel.number, state=parcel.state)
    check_transition(PARCEL, "parcel", parcel.state, "voided")
    orders.lock_orders([parcel.fulfillment_order_id])
    return _void([parcel], reason)


def _void(parcels: Sequence[Parcel], reason: str) -> int:
    lines = list(ParcelLine.objects.filter(parcel__in=parcels).order_by("pk"))
    still = {a.allocation_id: a for a in stock_selectors.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in lines])}
    station = {p.pk: p.station_id or _place(p.warehouse_id, "station") for p in parcels}
    back = [line for line in lines if line.allocation_id in still]
    quantities: dict[int, int] = defaultdict(int)
    for line in back:
        quantities[line.demand_id] -= still[line.allocation_id].quantity
    orders.packed(quantities)
    stock.move(
        [Take(line.allocation_id, still[line.allocation_id].quantity, station[line.parcel_id]) for line in back],
        cause_kind="packing.parcel",
        cause_ids=[line.parcel_id for line in back],
    )
    now = work.current().at
    Parcel.objects.filter(pk__in=[p.pk for p in parcels]).update(state=Parcel.State.VOIDED, voided_at=now)
    order_ids = dict(sql.rows("SELECT id, order_id FROM orders_fulfillmentorder WHERE id = ANY(%s)", [[p.fulfillment_order_id for p in parcels]]))
    emit(
        *(
            ParcelVoided(
                order_id=order_ids[p.fulfillment_order_id],
                client_id=p.client_id,
                warehouse_id=p.warehouse_id,
                fulfillment_order_id=p.fulfillment_order_id,
                parcel_id=p.pk,
                number=p.number,
                reason=reason,
            )
            for p in parcels
        )
    )
    return -sum(quantities.values())


@use_case
def drop_cancelled(*, key: UUID, actor: Actor, demand_ids: list[int]) -> int:
    """Lines were cancelled: parcels that hold goods whose allocation is closed are opened again. Returns how many.

    Locks: parcels, orders and their lines, allocations, levels.
    """
    authorize(actor, "run_system")
    waiting = ["sealed", "labelled", "loaded"]
    ids = ParcelLine.objects.filter(demand_id__in=demand_ids, parcel__state__in=waiting, allocation__closed_at__isnull=False).values_list(
        "parcel_id", flat=True
    )
    parcels = [p for p in records.lock_parcels(ids) if p.state in waiting]
    if not parcels:
        return 0
    orders.lock_orders(sorted({p.fulfillment_order_id for p in parcels}))
    _void(parcels, _("its order was cancelled"))
    return len(parcels)
