"""Parcels come back: opened, counted against what was asked, and put to the returns place with condition held until somebody has looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import ItemInfo
from packhorse.ground.warehouse.selectors import need_place, virtual
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import Posting
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing import selectors as packing
from packhorse.steps.returns import policy, records, selectors
from packhorse.steps.returns.errors import LotNeeded, TooManyToReturn
from packhorse.steps.returns.events import ReturnMatched, ReturnReceived
from packhorse.steps.returns.models import Received, Rma, RmaLine
from packhorse.steps.returns.services.asking import authorize_staff, tell_customer
from packhorse.steps.returns.services.settling import conclude
from packhorse.steps.returns.states import RMA
from packhorse.steps.returns.types import Piece, RmaInfo


@dataclass(frozen=True)
class _Found:
    """A piece with its item and lot known."""

    piece: Piece
    item: ItemInfo
    lot_id: int | None


def _shipped_lots(order_id: int | None) -> dict[int, set[int]]:
    """By item, the lots of it that left with an order."""
    found: dict[int, set[int]] = {}
    if order_id is not None:
        fos = [fo.fulfillment_order_id for fo in orders.fulfillment_orders_of(EVERYTHING, [order_id])]
        for c in packing.contents(EVERYTHING, [p.parcel_id for p in packing.parcels_of(EVERYTHING, fos) if p.state == "handed_over"]):
            if c.lot_id is not None:
                found.setdefault(c.item_id, set()).add(c.lot_id)
    return found


def _out_of_kits(order_id: int | None, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, a kit's components in its place: those of the order's own kit, else what the catalogue says that it is made of."""
    ids = {p.item_id for p in pieces}
    inside = {kit: [(c.item_id, c.quantity) for c in parts] for kit, parts in catalog.components_of(EVERYTHING, ids).items()}
    if inside and order_id is not None:
        item_of = {line.order_line_id: line.item_id for fo in orders.fulfillment_orders_of(EVERYTHING, [order_id]) for line in fo.lines}
        for kit in orders.kits(EVERYTHING, [order_id]):
            inside[kit.item_id] = [(item_of[line], n) for line, n in zip(kit.order_line_ids, kit.per_kit, strict=True)]
    return [
        part
        for p in pieces
        for part in ([replace(p, item_id=i, quantity=p.quantity * n, lot="") for i, n in inside[p.item_id]] if p.item_id in inside else [p])
    ]


def _know(client_id: int, order_id: int | None, given: Sequence[Piece], shipped: dict[int, set[int]]) -> list[_Found]:
    """Raises: Invalid, NotFound, LotNeeded, SerialIsOne, SerialTwice."""
    pieces = _out_of_kits(order_id, given)
    items = catalog.items_by_id(EVERYTHING, {p.item_id for p in pieces})
    lots = {
        (item, code): pk
        for item, code, pk in sql.rows("SELECT item_id, code, id FROM inventory_lot WHERE item_id = ANY(%s)", [[p.item_id for p in pieces if p.lot]])
    }
    known = []
    for p in pieces:
        item = items.get(p.item_id)
        if item is None or item.client_id != client_id or p.quantity <= 0:
            raise Invalid(field="pieces", reason=_("an item of this client, and a quantity above zero"))
        lot_id: int | None = None
        if item.tracking != "none":
            candidates = shipped.get(p.item_id, set())
            if p.lot and (p.item_id, p.lot) not in lots:
                raise NotFound(kind="lot", ref=p.lot)
            if not p.lot and len(candidates) != 1:
                raise LotNeeded(sku=item.sku)
            lot_id = lots[p.item_id, p.lot] if p.lot else next(iter(candidates))
        known.append(_Found(p, item, lot_id))
    stock.one_each([(f.lot_id, f.piece.quantity) for f in known if f.lot_id is not None])
    return known


def _count(rma: Rma, lines: Sequence[RmaLine], found: Sequence[_Found], shipped: dict[int, set[int]], place: int) -> list[Received]:
    """Each piece as expected or damaged (of a line that waits for it), extra (of this order, but not asked for) or wrong; what is left of the lines is missing."""
    here = work.current()
    rows: list[Received] = []

    def write(item_id: int, lot_id: int | None, quantity: int, kind: str, line: RmaLine | None, note: str, where: int | None = place) -> None:
        rows.append(
            Received(
                rma=rma, line=line, item_id=item_id, lot_id=lot_id, place_id=where, quantity=quantity, kind=kind, note=note, by=here.actor.principal, at=here.at
            )
        )

    sold = {line.item_id for line in selectors.returnable(EVERYTHING, [rma.order_id] if rma.order_id else [])} | {line.item_id for line in lines}
    for f in found:
        left = f.piece.quantity
        foreign = f.item.id not in sold or (f.lot_id is not None and bool(shipped) and f.lot_id not in shipped.get(f.item.id, set()))
        for line in () if foreign else [i for i in lines if i.item_id == f.item.id]:
            take = min(left, line.quantity - line.received)
            if take > 0:
                line.received += take
                left -= take
                write(f.item.id, f.lot_id, take, "damaged" if f.piece.damaged else "expected", line, f.piece.note)
        if left:
            write(f.item.id, f.lot_id, left, "wrong" if foreign else "extra", None, f.piece.note)
    for line in lines:
        if line.received < line.quantity:
            write(line.item_id, None, line.quantity - line.received, "missing", line, "", None)
    return rows


def _post(rma: Rma, rows: Sequence[Received]) -> None:
    customer = virtual("customer")
    stock.post(
        [
            Posting(item_id=r.item_id, quantity=r.quantity, source_id=customer, target_id=r.place_id, lot_id=r.lot_id, target_condition="held")
            for r in rows
            if r.place_id is not None
        ],
        cause=Ref("returns.rma", rma.pk),
    )


def _tell(rma: Rma, rows: Sequence[Received]) -> None:
    counts = {kind: sum(r.quantity for r in rows if r.kind == kind) for kind in Received.Kind.values}
    emit(
        ReturnReceived(
            order_id=rma.order_id,
            client_id=rma.client_id,
            warehouse_id=rma.warehouse_id,
            rma_id=rma.pk,
            number=rma.number,
            expected=counts["expected"],
            damaged=counts["damaged"],
            extra=counts["extra"],
            wrong=counts["wrong"],
            missing=counts["missing"],
        )
    )


@use_case
def receive_return(*, key: UUID, actor: Actor, rma_id: int, received: list[Piece]) -> RmaInfo:
    """A return's parcel was opened: what lay in it is counted (expected, damaged, extra, wrong, missing) and stands at the returns place, held until it is inspected. An empty parcel is a fact too.

    A second parcel of the same return is received the same way.

    Locks: return, its lines and receipts, order, stock, levels.   Raises: NotFound, NotAllowed, WrongState, Invalid, LotNeeded, SerialIsOne, SerialTwice.
    """
    held = records.lock_rma(rma_id)
    rma = held.rma
    authorize_staff(actor, "receive_return", client_id=rma.client_id, warehouse_id=rma.warehouse_id)
    check_transition(RMA, "return", rma.state, "received", page="returns:return", pk=rma.pk)
    shipped = _shipped_lots(rma.order_id)
    found = _know(rma.client_id, rma.order_id, received, shipped)
    rows = _count(rma, held.lines, found, shipped, need_place(rma.warehouse_id, "returns"))
    Received.objects.bulk_create(rows)
    RmaLine.objects.bulk_update(held.lines, ["received"])
    now = work.current().at
    rma.state, rma.settled_at, rma.received_at, rma.arrived_at = Rma.State.RECEIVED, None, now, rma.arrived_at or now
    rma.save(update_fields=["state", "settled_at", "received_at", "arrived_at"])
    _tell(rma, rows)
    tell_customer("return_received", [rma])
    if all(r.kind == "missing" for r in (*held.received, *rows)) or not any(r.quantity > r.inspected for r in (*held.received, *rows) if r.kind != "missing"):
        if rma.order_id is not None:
            records.lock_orders([rma.order_id])
        conclude(rma, held.lines)
    _post(rma, rows)
    return selectors.rma(EVERYTHING, rma_id)


@use_case
def receive_blind(*, key: UUID, actor: Actor, client_id: int, warehouse_id: int, lines: list[Piece], external_id: str = "", note: str = "") -> RmaInfo:
    """A parcel that nobody announced, or a return whose sale is not known: counted and held like any other; it can be matched to its order later. Nothing is refunded for it.

    A known `external_id` of the client gives the return that it names.

    Locks: stock, levels.   Raises: NotAllowed, NotFound, Invalid, LotNeeded, SerialIsOne, SerialTwice.
    """
    authorize_staff(actor, "receive_return", client_id=client_id, warehouse_id=warehouse_id)
    known = Rma.objects.filter(client_id=client_id, external_id=external_id).values_list("pk", flat=True).first() if external_id else None
    if known is not None:
        return selectors.rma(EVERYTHING, known)
    if not lines:
        raise Invalid(field="lines", reason=_("at least one piece"))
    found = _know(client_id, None, lines, {})
    now, pk = work.current().at, sql.next_ids("returns_rma_id_seq", 1)[0]
    rma = Rma.objects.create(
        pk=pk,
        number=f"R{pk:08d}",
        client_id=client_id,
        warehouse_id=warehouse_id,
        state=Rma.State.RECEIVED,
        external_id=external_id or None,
        currency=catalog.client(EVERYTHING, client_id).currency,
        decision_code="blind",
        label_paid_by="customer",
        refund_charges="never",
        note=note,
        requested_at=now,
        arrived_at=now,
        received_at=now,
    )
    made = RmaLine.objects.bulk_create(
        [RmaLine(rma=rma, item_id=f.item.id, quantity=f.piece.quantity, reason="blind", received=f.piece.quantity) for f in found]
    )
    place = need_place(warehouse_id, "returns")
    rows = Received.objects.bulk_create(
        [
            Received(
                rma=rma,
                line=line,
                item_id=f.item.id,
                lot_id=f.lot_id,
                place_id=place,
                quantity=f.piece.quantity,
                kind="damaged" if f.piece.damaged else "extra",
                note=f.piece.note,
                by=actor.principal,
                at=now,
            )
            for f, line in zip(found, made, strict=True)
        ]
    )
    _tell(rma, rows)
    _post(rma, rows)
    return selectors.rma(EVERYTHING, pk)


@use_case
def match_return(*, key: UUID, actor: Actor, rma_id: int, order_id: int) -> RmaInfo:
    """A blind return belongs to this order after all: its lines take the order's, as far as the order can return so many, and are refunded once they are inspected.

    Locks: return, its lines and receipts, order.   Raises: NotFound, NotAllowed, Invalid, TooManyToReturn.
    """
    held = records.lock_rma(rma_id)
    rma = held.rma
    authorize_staff(actor, "approve_returns", client_id=rma.client_id)
    if rma.order_id is not None or rma.state != "received" or any(r.inspected for r in held.received):
        raise Invalid(field="rma", reason=_("only a blind return of which nothing is inspected yet can be matched"))
    records.lock_orders([order_id])
    heads = orders.fulfillment_orders_of(EVERYTHING, [order_id])
    if not heads or heads[0].client_id != rma.client_id:
        raise NotFound(kind="order", ref=str(order_id))
    lines = selectors.returnable(EVERYTHING, [order_id])
    left = {line.demand_id: line.returnable for line in lines}
    short: RmaLine | None = None
    for line in held.lines:
        fitting = [found for found in lines if found.item_id == line.item_id and left[found.demand_id] >= line.quantity]
        if fitting:
            line.demand_id = fitting[0].demand_id
            left[fitting[0].demand_id] -= line.quantity
        else:
            short = line
    if short is not None and not any(line.demand_id for line in held.lines):
        most = max((n for d, n in left.items() if any(f.demand_id == d and f.item_id == short.item_id for f in lines)), default=0)
        raise TooManyToReturn(order_id=order_id, sku=short.item.sku, asked=short.quantity, left=most)
    RmaLine.objects.bulk_update(held.lines, ["demand_id"])
    address = orders.ship_to(EVERYTHING, [order_id]).get(order_id)
    terms = selectors.policy(EVERYTHING, rma.client_id, address.data.country if address else "").terms
    rma.order_id, rma.currency, rma.decision_code, rma.decision_data = order_id, heads[0].currency, "matched", {}
    rma.fee_minor, rma.refund_charges = policy.fee_for(terms, [line.reason for line in held.lines]), terms.refund_charges
    rma.save(update_fields=["order_id", "currency", "decision_code", "decision_data", "fee_minor", "refund_charges"])
    emit(ReturnMatched(order_id=order_id, client_id=rma.client_id, warehouse_id=rma.warehouse_id, rma_id=rma.pk, number=rma.number))
    return selectors.rma(EVERYTHING, rma_id)
