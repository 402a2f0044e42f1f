"""Goods go from one warehouse to another: they leave the one, are on their way, and are received by the other, or never come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.selectors import transit, virtual
from packhorse.steps.inventory import events, ledger, records, requests, states
from packhorse.steps.inventory.errors import MoreThanSent, OutOfStock, WrongPlace
from packhorse.steps.inventory.models import Condition, TransferLine, TransferOrder
from packhorse.steps.inventory.types import ArrivedLine, Posting, SentLine

#: What can be taken of items from the bins of a warehouse: first expired first, then first in, split over bins and lots.
_TAKE: Final = """
WITH need AS (SELECT * FROM unnest(%(items)s::bigint[], %(quantities)s::bigint[]) AS n(item_id, q)), supply AS (
  SELECT l.item_id, l.location_id, l.lot_id, l.on_hand - l.allocated AS q,
         sum(l.on_hand - l.allocated) OVER (PARTITION BY l.item_id ORDER BY t.expires_on NULLS LAST, t.received_on NULLS FIRST, l.on_hand - l.allocated DESC, l.id) AS upto
  FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
  WHERE p.warehouse_id = %(warehouse)s AND l.item_id = ANY(%(items)s) AND l.condition = 'sellable' AND l.on_hand > l.allocated
    AND p.pickable AND p.archived_at IS NULL AND t.blocked_at IS NULL
)
SELECT s.item_id, s.location_id, s.lot_id, least(s.q, n.q - (s.upto - s.q))::bigint FROM supply s JOIN need n USING (item_id) WHERE s.upto - s.q < n.q ORDER BY 1, s.upto
"""


def _wanted(lines: list[SentLine], client_id: int) -> dict[int, int]:
    """Quantities by item, lines of one item summed.   Raises: Invalid, NotFound."""
    if not lines or any(not 0 < n.quantity <= 10**9 for n in lines):
        raise Invalid(field="quantity", reason="must be positive")
    sums: dict[int, int] = {}
    for n in lines:
        sums[n.item_id] = sums.get(n.item_id, 0) + n.quantity
    known = {r[0] for r in sql.rows("SELECT id FROM catalog_item WHERE client_id = %s AND id = ANY(%s)", [client_id, sorted(sums)])}
    if unknown := sorted(set(sums) - known):
        raise NotFound(kind="item", ref=str(unknown[0]))
    return sums


def _take(warehouse_id: int, wanted: dict[int, int], target_id: int) -> list[Posting]:
    """Raises: OutOfStock."""
    found = sql.rows(_TAKE, {"items": list(wanted), "quantities": list(wanted.values()), "warehouse": warehouse_id})
    given: dict[int, int] = {}
    for item, _, _, q in found:
        given[item] = given.get(item, 0) + q
    for item, q in wanted.items():
        if given.get(item, 0) < q:
            sku = sql.rows("SELECT sku FROM catalog_item WHERE id = %s", [item])[0][0]
            place = sql.rows("SELECT code FROM warehouse_warehouse WHERE id = %s", [warehouse_id])[0][0]
            raise OutOfStock(item_id=item, sku=sku, place=place, asked=q, free=given.get(item, 0))
    return [Posting(item, q, place, target_id, lot) for item, place, lot, q in found]


def _sums(postings: Iterable[Posting]) -> dict[tuple[int, int | None], int]:
    """Units by item and lot."""
    sums: dict[tuple[int, int | None], int] = {}
    for p in postings:
        sums[p.item_id, p.lot_id] = sums.get((p.item_id, p.lot_id), 0) + p.quantity
    return sums


@use_case
def send_transfer(
    *,
    key: UUID,
    actor: Actor,
    client_id: int,
    source_warehouse_id: int,
    target_warehouse_id: int,
    lines: list[SentLine],
    expected_on: dt.date | None = None,
    note: str = "",
) -> int:
    """Goods leave the bins of one warehouse for another: the one can promise them no more, the other not before it has received them. Answers the transfer's id.

    Locks: stock, levels.   Raises: NotAllowed, NotFound, Invalid, OutOfStock, StockPromised.
    """
    authorize(actor, "adjust_stock", client_id=client_id, warehouse_id=source_warehouse_id)
    if source_warehouse_id == target_warehouse_id:
        raise Invalid(field="target_warehouse_id", reason="nothing would change")
    known = {
        r[0] for r in sql.rows("SELECT id FROM warehouse_warehouse WHERE id = ANY(%s) AND archived_at IS NULL", [[source_warehouse_id, target_warehouse_id]])
    }
    if missing := sorted({source_warehouse_id, target_warehouse_id} - known):
        raise NotFound(kind="warehouse", ref=str(missing[0]))
    wanted = _wanted(lines, client_id)
    postings = _take(source_warehouse_id, wanted, transit(target_warehouse_id))
    pk = sql.next_ids("inventory_transferorder_id_seq", 1)[0]
    made = TransferOrder.objects.create(
        pk=pk, client_id=client_id, warehouse_id=target_warehouse_id, source_warehouse_id=source_warehouse_id, number=f"TR-{pk}", state="in_transit", expected_on=expected_on,
        note=note.strip(), sent_at=work.current().at,
    )  # fmt: skip
    TransferLine.objects.bulk_create(
        [TransferLine(client_id=client_id, transfer=made, item_id=i, lot_id=lot, quantity=q) for (i, lot), q in _sums(postings).items()]
    )
    ledger.post(postings, cause=Ref("inventory.transfer", pk))
    emit(
        events.TransferAdvanced(
            state="in_transit", transfer_id=pk, client_id=client_id, warehouse_id=source_warehouse_id, number=made.number, units=sum(wanted.values())
        )
    )
    return pk


def _close_if_done(transfer: TransferOrder, lines: dict[int, TransferLine]) -> None:
    done = all(n.received + n.short == n.quantity for n in lines.values())
    state = "receiving" if not done else "closed_short" if any(n.short for n in lines.values()) else "received"
    if state != transfer.state:
        check_transition(states.TRANSFER, "transfer", transfer.state, state, page="inventory:transfer", pk=transfer.pk)
    transfer.state, transfer.closed_at = state, work.current().at if done else None
    transfer.save(update_fields=["state", "closed_at", "short_reason"])


def _tell(transfer: TransferOrder, otherwise: list[tuple[TransferLine, str, int, str]]) -> None:
    """What came otherwise than sent is told; where more came than was sent, the bins it was taken from hold less than they say, and are counted."""
    emit(
        *(
            events.TransferDiffered(
                transfer_id=transfer.pk,
                client_id=transfer.client_id,
                warehouse_id=transfer.warehouse_id,
                item_id=n.item_id,
                kind=kind,
                quantity=q,
                reason=reason,
            )
            for n, kind, q, reason in otherwise
        )
    )
    items = sorted({n.item_id for n, kind, _, _ in otherwise if kind == "over"})
    if not items:
        return
    bins = sql.rows(
        """SELECT DISTINCT m.source_id, m.item_id FROM inventory_move m JOIN warehouse_location p ON p.id = m.source_id AND p.warehouse_id = %s
           WHERE m.cause_kind = 'inventory.transfer' AND m.cause_id = %s AND m.at = %s AND m.item_id = ANY(%s) ORDER BY 1, 2""",
        [transfer.source_warehouse_id, transfer.pk, transfer.sent_at, items],
    )
    for place, item in bins:
        requests.count_bin(location_id=place, item_id=item, reason="more came than was sent", cause=Ref("inventory.transfer", transfer.pk))


@use_case
def receive_transfer(*, key: UUID, actor: Actor, transfer_id: int, location_id: int, lines: list[ArrivedLine]) -> str:
    """Goods of a transfer arrived at a place (a dock) of the warehouse they were sent to: from here on it can promise them. Damaged ones say why.

    More than was sent says why too: it comes out of nowhere (ADJUSTMENT), and the bins that it was taken from are counted. Answers the transfer's state.

    Locks: transfer, its lines, stock, levels.   Raises: NotAllowed, NotFound, WrongState, WrongPlace, Invalid, MoreThanSent, SerialIsOne, SerialTwice.
    """
    transfer = records.lock_transfer(transfer_id)
    authorize(actor, "receive", transfer)
    if transfer.state != "receiving":
        check_transition(states.TRANSFER, "transfer", transfer.state, "receiving", page="inventory:transfer", pk=transfer.pk)
    held = records.lock_transfer_lines(transfer_id)
    place = sql.rows(
        "SELECT code, pickable FROM warehouse_location WHERE id = %s AND warehouse_id = %s AND archived_at IS NULL", [location_id, transfer.warehouse_id]
    )
    if not place:
        raise WrongPlace(place=str(location_id), location_id=location_id, reason="not in this warehouse")
    if not lines:
        raise Invalid(field="lines", reason="missing")
    postings, otherwise = [], []
    on_its_way, nowhere = transit(transfer.warehouse_id), virtual("adjustment")
    for n in lines:
        line = held.get(n.line_id)
        if line is None:
            raise NotFound(kind="line", ref=str(n.line_id))
        if n.quantity <= 0 or n.condition not in Condition.values:
            raise Invalid(field="quantity", reason="must be positive")
        if n.condition != "sellable" and not n.reason.strip():
            raise Invalid(field="reason", reason="missing")
        left = line.quantity - line.received - line.short
        if n.quantity > left and not n.reason.strip():
            raise MoreThanSent(number=transfer.number, left=left, asked=n.quantity, transfer_id=transfer.pk)
        came, over = min(n.quantity, left), max(0, n.quantity - left)
        line.received += came
        line.over += over
        line.damaged += came if n.condition == "damaged" else 0
        line.reason = n.reason.strip() or line.reason
        postings += [
            Posting(line.item_id, q, source, location_id, line.lot_id, target_condition=n.condition) for q, source in ((came, on_its_way), (over, nowhere)) if q
        ]
        otherwise += [(line, kind, q, n.reason.strip()) for kind, q in (("over", over), ("damaged", came if n.condition == "damaged" else 0)) if q]
    ledger.one_each([(p.lot_id, p.quantity) for p in postings if p.source_id == nowhere and p.lot_id is not None])
    TransferLine.objects.bulk_update(list(held.values()), ["received", "damaged", "over", "reason"])
    _close_if_done(transfer, held)
    cause = Ref("inventory.transfer", transfer.pk)
    ledger.post(postings, cause=cause)
    if not place[0][1]:
        for (item, lot), q in _sums(p for p in postings if p.target_condition == "sellable").items():
            requests.put_back(location_id=location_id, item_id=item, lot_id=lot, quantity=q, cause=cause)
    _tell(transfer, otherwise)
    emit(
        events.TransferAdvanced(
            state=transfer.state,
            transfer_id=transfer.pk,
            client_id=transfer.client_id,
            warehouse_id=transfer.warehouse_id,
            number=transfer.number,
            units=sum(n.quantity for n in lines),
        )
    )
    return transfer.state


@use_case
def close_transfer(*, key: UUID, actor: Actor, transfer_id: int, reason: str) -> int:
    """What is still on its way never comes, for a reason: it is lost, and the transfer closed short. Answers how many units.

    Locks: transfer, its lines, stock, levels.   Raises: NotAllowed, NotFound, WrongState, Invalid.
    """
    transfer = records.lock_transfer(transfer_id)
    authorize(actor, "adjust_stock", transfer)
    check_transition(states.TRANSFER, "transfer", transfer.state, "closed_short", page="inventory:transfer", pk=transfer.pk)
    if not reason.strip():
        raise Invalid(field="reason", reason="missing")
    held = records.lock_transfer_lines(transfer_id)
    lost = {n: n.quantity - n.received - n.short for n in held.values()}
    away, on_its_way = virtual("adjustment"), transit(transfer.warehouse_id)
    for n, q in lost.items():
        n.short += q
    TransferLine.objects.bulk_update(list(held.values()), ["short"])
    transfer.short_reason = reason.strip()
    _close_if_done(transfer, held)
    ledger.post([Posting(n.item_id, q, on_its_way, away, n.lot_id) for n, q in lost.items() if q], cause=Ref("inventory.transfer", transfer.pk))
    units = sum(lost.values())
    emit(
        events.TransferAdvanced(
            state=transfer.state,
            transfer_id=transfer.pk,
            client_id=transfer.client_id,
            warehouse_id=transfer.warehouse_id,
            number=transfer.number,
            units=units,
            reason=reason.strip(),
        )
    )
    return units
