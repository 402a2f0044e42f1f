"""Parcels: sealed from what stands on the bench, opened again, dropped when their order was cancelled."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _, gettext_noop

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.catalog.models import Box
from packhorse.ground.warehouse.selectors import need_place
from packhorse.steps.inventory import ledger as stock, selectors as stock_selectors
from packhorse.steps.inventory.types import Take
from packhorse.steps.orders import ledger as orders, selectors as order_selectors
from packhorse.steps.orders.types import FulfillmentOrderInfo, Gift, LineInfo
from packhorse.steps.packing import records
from packhorse.steps.packing.errors import NotOnTheBench, ParcelGone, WeightOff
from packhorse.steps.packing.events import ParcelSealed, ParcelVoided, ParcelWeighed
from packhorse.steps.packing.models import Parcel, ParcelLine
from packhorse.steps.packing.policy import policy_of
from packhorse.steps.packing.services.materials import Closing, used_for
from packhorse.steps.packing.states import PARCEL
from packhorse.steps.packing.types import BOX_WHYS, WEIGHT_WHYS, Content, NewParcel, Reasons, Sealed, Used, contents_key
from packhorse.steps.picking import requests as picking_requests

#: Where goods stand that wait to be packed.
BENCH: Final = ("tote", "station")
MAX_INT: Final = 2**31 - 1


def _staging(warehouse_id: int, station_id: int | None) -> int:
    """Where sealed parcels of a warehouse stand.

    Raises: PlaceMissing, Invalid if `station_id` is none of its benches.
    """
    places = sql.rows(
        """SELECT kind, id FROM warehouse_location WHERE warehouse_id = %s AND (kind = 'staging' AND archived_at IS NULL OR kind = 'station' AND id = %s) ORDER BY id""",
        [warehouse_id, station_id],
        often=True,
    )
    if station_id is not None and "station" not in (kind for kind, _id in places):
        raise Invalid(field="station", reason=_("no bench of this warehouse"))
    staging = [pk for kind, pk in places if kind == "staging"]
    return int(staging[0]) if staging else need_place(warehouse_id, "staging")


@use_case(often=True)
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
    instead_of: int | None = None,
    box_why: str = "",
    weight_why: str = "",
) -> Sealed:
    """A box was filled with these goods of one order (from its tote, or from the bench after a parcel was opened again), weighed and closed; it stands at staging now.

    Without a box the goods ship in their own carton of `size_mm`. When nothing of the order is left in its tote, the tote is free. `release_id`, where given, must be a tote of this order.
    A weight far off what is expected wants a reason (`weight_why`); so does a box taken `instead_of` the one proposed (`box_why`), which later proposals learn from.

    Locks: totes, order and its lines, allocations, levels.   Raises: NotFound, NotOnTheBench, OrderHeld, NotThatMuch, WeightOff, Invalid.
    """
    parcel = NewParcel(box_id, size_mm, tuple(contents), weight_g, fill_permille, reasons, instead_of, box_why, weight_why)
    return _seal(actor, fulfillment_order_id, release_id, station_id, [parcel])[0]


@use_case
def pack_as_is(*, key: UUID, actor: Actor, fulfillment_order_id: int, parcels: list[NewParcel], station_id: int | None = None) -> list[Sealed]:
    """Everything that stands at the bench for an order is packed as proposed, all parcels at once, without scanning each piece.

    Locks and raises: as `seal_parcel`.
    """
    return _seal(actor, fulfillment_order_id, None, station_id, parcels)


def _seal(actor: Actor, fulfillment_order_id: int, release_id: int | None, station_id: int | None, parcels: Sequence[NewParcel]) -> list[Sealed]:
    totes = picking_requests.lock_totes(fulfillment_order_id)
    orders.lock_orders([fulfillment_order_id])
    fo = next(iter(order_selectors.fulfillment_orders(EVERYTHING, [fulfillment_order_id])), None)
    if fo is None:
        raise NotFound(kind="fulfillment order", ref=fulfillment_order_id)
    authorize(actor, "pack", fo)
    if release_id is not None and release_id not in {t.release_id for t in totes}:
        raise NotOnTheBench(number=fo.number, what=_("its tote was emptied"), order_id=fo.order_id)
    if not parcels:
        raise NotOnTheBench(number=fo.number, what=_("nothing stands there"), order_id=fo.order_id)
    staging = _staging(fo.warehouse_id, station_id)
    standing = _standing(fo.lines)
    gift = order_selectors.gifts(EVERYTHING, [fo.order_id]).get(fo.order_id)
    sealed = [_seal_one(actor, fo, gift, station_id, staging, parcel, standing, [t.tote_id for t in totes if t.at_bench]) for parcel in parcels]
    in_totes = {a.location_id for a in standing.values()}
    filled = {t.release_id for t in totes if t.tote_id in in_totes}
    picking_requests.totes_emptied(sorted({t.release_id for t in totes if t.at_bench} - filled))
    waiting = any(a.kind in BENCH for a in standing.values())
    return [replace(s, complete=not waiting and n == len(sealed)) for n, s in enumerate(sealed, 1)]


def _seal_one(
    actor: Actor,
    fo: FulfillmentOrderInfo,
    gift: Gift | None,
    station_id: int | None,
    staging: int,
    new: NewParcel,
    standing: dict[int, _Standing],
    totes: Sequence[int],
) -> Sealed:
    """One parcel; what goes into it is taken off what is `standing`."""
    wanted: dict[int, int] = defaultdict(int)
    for c in new.contents:
        wanted[c.allocation_id] += c.quantity
    if not wanted or new.weight_g <= 0 or new.weight_g > MAX_INT or min(wanted.values()) <= 0:
        raise Invalid(field="contents", reason=_("a parcel holds something and weighs something"))
    box = Box.objects.filter(pk=new.box_id, archived_at=None).first() if new.box_id is not None else None
    if box is None and (new.box_id is not None or new.size_mm is None or min(new.size_mm) <= 0 or max(new.size_mm) > MAX_INT):
        raise Invalid(field="box", reason=_("choose a box of the catalogue, or key in the carton's size"))
    if new.box_why and (new.box_why not in BOX_WHYS or new.instead_of is None or not Box.objects.filter(pk=new.instead_of).exists()):
        raise Invalid(field="box_why", reason=_("say which box was proposed, and one of: {reasons}").format(reasons=", ".join(BOX_WHYS)))
    quantities: dict[int, int] = defaultdict(int)
    items: dict[int, int] = defaultdict(int)
    for allocation_id, quantity in wanted.items():
        a = standing.get(allocation_id)
        if a is None or quantity > a.quantity or not (a.kind == "station" or (a.kind == "tote" and a.location_id in totes)):
            raise NotOnTheBench(number=fo.number, what=f"{quantity} × #{allocation_id}", order_id=fo.order_id)
        quantities[a.demand_id] += quantity
        items[a.item_id] += quantity
    expected = sum(standing[i].weight_g * q for i, q in wanted.items()) + (box.tare_g if box else 0)
    known = all(standing[i].weight_g for i in wanted)
    _check_weight(fo.client_id, new.weight_g, expected if known else None, new.weight_why)
    volume = sum(standing[i].volume_mm3 * q for i, q in wanted.items())
    used = used_for(Closing(fo.client_id, fo.fulfillment_order_id, box, volume, any(standing[i].fragile for i in wanted), gift))
    orders.packed(quantities)
    for i, q in wanted.items():
        if left := standing[i].quantity - q:
            standing[i] = replace(standing[i], quantity=left)
        else:
            del standing[i]
    parcel_id, number = _make_parcel(actor, fo, box, new, expected, contents_key(items), station_id, _cost(box, used))
    moved = stock.move([Take(i, q, staging) for i, q in wanted.items()], cause_kind="packing.parcel", cause_ids=[parcel_id] * len(wanted))
    materials = [[getattr(u, c) for u in used] for c in ("material_id", "quantity", "cost_minor")]
    lines = [[getattr(m, c) for m in moved] for c in ("demand_id", "allocation_id", "item_id", "lot_id", "quantity")]
    sql.run(_NEW_CONTENTS, [parcel_id, fo.client_id, *materials, parcel_id, fo.client_id, *lines], often=len(moved) <= sql.FEW)
    emit(
        ParcelSealed(
            order_id=fo.order_id,
            client_id=fo.client_id,
            warehouse_id=fo.warehouse_id,
            fulfillment_order_id=fo.fulfillment_order_id,
            parcel_id=parcel_id,
            number=number,
            box=box.code if box else "own carton",
            units=sum(wanted.values()),
            weight_g=new.weight_g,
        )
    )
    return Sealed(parcel_id=parcel_id, number=number, complete=False)


@dataclass(frozen=True, slots=True)
class _Standing:
    """An open allocation, the kind of place where its goods lie, and what a piece weighs."""

    demand_id: int
    item_id: int
    location_id: int
    quantity: int
    kind: str
    weight_g: int
    volume_mm3: int
    fragile: bool


def _standing(lines: Sequence[LineInfo]) -> dict[int, _Standing]:
    """The open allocations of an order's lines, by id."""
    found = sql.rows(
        """SELECT a.id, a.demand_id, a.item_id, a.location_id, a.quantity, p.kind, i.weight_g,
                  i.length_mm::bigint * i.width_mm * i.height_mm, i.fragile FROM inventory_allocation a
           JOIN warehouse_location p ON p.id = a.location_id JOIN catalog_item i ON i.id = a.item_id
           WHERE a.demand_id = ANY(%s) AND a.closed_at IS NULL ORDER BY a.id""",
        [[line.demand_id for line in lines]],
        often=len(lines) <= sql.FEW,
    )
    return {r[0]: _Standing(*r[1:]) for r in found}


_NEW_PARCEL: Final = """
INSERT INTO packing_parcel (id, number, client_id, warehouse_id, fulfillment_order_id, box_id, station_id, state, length_mm, width_mm, height_mm, weight_g, expected_g,
                            fill_permille, material_minor, reasons, proposed_box_id, box_why, contents_key, packed_by, sealed_at)
SELECT n.id, 'P' || lpad(n.id::text, greatest(9, length(n.id::text)), '0'), %s::bigint, %s::bigint, %s::bigint, %s::bigint, %s::bigint, 'sealed', %s::int, %s::int, %s::int, %s::int, %s::int,
       %s::int, %s::bigint, %s::jsonb, %s::bigint, %s::text, %s::text, %s::text, %s::timestamptz
FROM (SELECT nextval('packing_parcel_id_seq') AS id) n RETURNING id, number
"""
_NEW_CONTENTS: Final = """
WITH used AS (
  INSERT INTO packing_parcelmaterial (parcel_id, client_id, material_id, quantity, cost_minor)
  SELECT %s::bigint, %s::bigint, t.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t
)
INSERT INTO packing_parcelline (parcel_id, client_id, demand_id, allocation_id, item_id, lot_id, quantity)
SELECT %s::bigint, %s::bigint, t.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t
"""


def _make_parcel(
    actor: Actor, fo: FulfillmentOrderInfo, box: Box | None, new: NewParcel, expected_g: int, same: str, station_id: int | None, material_minor: int
) -> tuple[int, str]:
    """The parcel's id and number."""
    outer = (box.outer_length_mm, box.outer_width_mm, box.outer_height_mm) if box else new.size_mm
    assert outer is not None, "a box or a size"
    pk, number = sql.rows(
        _NEW_PARCEL,
        [
            fo.client_id, fo.warehouse_id, fo.fulfillment_order_id, box.pk if box else None, station_id, *outer, new.weight_g, expected_g,
            new.fill_permille, material_minor, json.dumps(new.reasons | ({"weight_why": new.weight_why} if new.weight_why else {})),
            new.instead_of if new.box_why else None, new.box_why, same, actor.principal, work.current().at,
        ],
        often=True,
    )[0]  # fmt: skip
    return pk, number


@use_case
def weigh_parcel(*, key: UUID, actor: Actor, parcel_id: int, weight_g: int, why: str = "") -> int:
    """A sealed parcel stood on a scale. Far off what is expected (10 % and 50 g, or what the client has set), it wants a reason, which is kept; expected is, where the weight of a piece
    is not known, what it weighed before. Returns the weight that it had before.

    Locks: parcel.   Raises: WrongState, WeightOff, Invalid.
    """
    parcel = records.lock_parcels([parcel_id])[0]
    authorize(actor, "pack", parcel)
    if parcel.state != Parcel.State.SEALED:
        raise WrongState(kind="parcel", state=parcel.state, wanted="weighed", page="packing:parcel", id=parcel.pk)
    if not 0 < weight_g <= MAX_INT:
        raise Invalid(field="weight_g", reason=_("more than nothing"))
    known = not ParcelLine.objects.filter(parcel=parcel, item__weight_g=0).exists()
    _check_weight(parcel.client_id, weight_g, parcel.expected_g if known else parcel.weight_g, why, parcel_id=parcel.pk)
    before = parcel.weight_g
    parcel.weight_g = weight_g
    parcel.reasons = {k: v for k, v in parcel.reasons.items() if k != "weight_why"} | ({"weight_why": why} if why else {})
    parcel.save(update_fields=["weight_g", "reasons"])
    order_id = order_selectors.fulfillment_orders(EVERYTHING, [parcel.fulfillment_order_id])[0].order_id
    emit(
        ParcelWeighed(
            order_id=order_id,
            client_id=parcel.client_id,
            warehouse_id=parcel.warehouse_id,
            fulfillment_order_id=parcel.fulfillment_order_id,
            parcel_id=parcel.pk,
            number=parcel.number,
            weight_g=weight_g,
            before_g=before,
        )
    )
    return before


def _cost(box: Box | None, used: Sequence[Used]) -> int:
    """What the packaging of a parcel costs: the box, counted as material or not, and what the rules add."""
    counted = any(u.is_box for u in used)
    return sum(u.cost_minor for u in used) + (box.cost_minor if box and not counted else 0)


def _check_weight(client_id: int, weight_g: int, expected_g: int | None, why: str, *, parcel_id: int | None = None) -> None:
    """Raises: WeightOff where nobody says why, Invalid where the reason is none of ours."""
    if why and why not in WEIGHT_WHYS:
        raise Invalid(field="weight_why", reason=_("one of: {reasons}").format(reasons=", ".join(WEIGHT_WHYS)))
    if expected_g is not None and not why and weight_g != expected_g and policy_of(client_id).is_off(weight_g, expected_g):
        raise WeightOff(weight_g=weight_g, expected_g=expected_g, parcel_id=parcel_id)


@use_case
def void_parcel(*, key: UUID, actor: Actor, parcel_id: int, reason: str) -> int:
    """Open a parcel again before it leaves: its goods stand at the bench and are packed anew; a label on it is voided by shipping. Returns the units on the bench.

    Locks: parcel, order and its lines, allocations, levels.   Raises: ParcelGone.
    """
    parcel = records.lock_parcels([parcel_id])[0]
    authorize(actor, "pack", parcel)
    if "voided" not in PARCEL[parcel.state]:
        raise ParcelGone(number=parcel.number, state=parcel.state, parcel_id=parcel.pk)
    check_transition(PARCEL, "parcel", parcel.state, "voided", page="packing:parcel", pk=parcel.pk)
    orders.lock_orders([parcel.fulfillment_order_id])
    return _void([parcel], reason)


def _void(parcels: Sequence[Parcel], reason: str) -> int:
    lines = list(ParcelLine.objects.filter(parcel__in=parcels).order_by("pk"))
    still = {a.allocation_id: a for a in stock_selectors.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in lines])}
    station = {p.pk: p.station_id or need_place(p.warehouse_id, "station") for p in parcels}
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
    """Lines were cancelled, whole or in part: parcels that hold more than is allocated of them now are opened again. Returns how many.

    Locks: parcels, orders and their lines, allocations, levels.
    """
    authorize(actor, "run_system")
    waiting = ["sealed", "labelled", "loaded"]
    gone = Q(allocation__closed_at__isnull=False) | Q(allocation__quantity__lt=F("quantity"))
    ids = ParcelLine.objects.filter(gone, demand_id__in=demand_ids, parcel__state__in=waiting).values_list("parcel_id", flat=True)
    parcels = [p for p in records.lock_parcels(ids) if p.state in waiting]
    if not parcels:
        return 0
    orders.lock_orders(sorted({p.fulfillment_order_id for p in parcels}))
    _void(parcels, gettext_noop("its order was cancelled"))
    return len(parcels)
