"""Somebody looks at what came back: a grade, where it goes, and whether the customer is refunded for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, NotFound, WrongState
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.selectors import place_of_kind, virtual
from packhorse.steps.inventory import ledger as stock, requests as stock_requests
from packhorse.steps.inventory.types import Posting
from packhorse.steps.orders import ledger as orders
from packhorse.steps.returns import records, selectors
from packhorse.steps.returns.amounts import next_units
from packhorse.steps.returns.errors import NothingLeftToInspect, NotSellable
from packhorse.steps.returns.events import UnitsInspected
from packhorse.steps.returns.models import Inspection, Received, Rma, RmaLine
from packhorse.steps.returns.records import Locked
from packhorse.steps.returns.services.asking import authorize_staff
from packhorse.steps.returns.services.settling import conclude
from packhorse.steps.returns.types import Judged, RmaInfo

#: Grades that may go back on sale.
SELLABLE: Final = frozenset({"A", "B"})
#: Where goods go that do not go back on sale: (kind of place, condition there). Virtual: they leave the house.
GOES: Final = {
    "refurbish": ("quarantine", "held"),
    "vendor": ("quarantine", "damaged"),
    "liquidate": ("quarantine", "damaged"),
    "donate": ("scrap", "damaged"),
    "scrap": ("scrap", "damaged"),
}


def _check(held: Locked, judged: Sequence[Judged]) -> list[tuple[Judged, Received]]:
    """Raises: Invalid, NotFound, NotSellable, NothingLeftToInspect."""
    rows = {r.pk: r for r in held.received if r.kind != "missing"}
    if not judged:
        raise Invalid(field="inspections", reason=_("at least one"))
    asked: dict[int, int] = defaultdict(int)
    for j in judged:
        if j.received_id not in rows:
            raise NotFound(kind="received row", ref=str(j.received_id))
        row = rows[j.received_id]
        if j.grade not in Inspection.Grade.values or j.disposition not in Inspection.Disposition.values or j.quantity <= 0:
            raise Invalid(field="inspections", reason=_("a grade from A to D, a disposition and a quantity above zero"))
        if j.disposition == "restock" and j.grade not in SELLABLE:
            raise NotSellable(grade=j.grade)
        asked[j.received_id] += j.quantity
        if asked[j.received_id] > row.quantity - row.inspected:
            raise NothingLeftToInspect(rma_id=held.rma.pk, sku=row.item.sku, left=row.quantity - row.inspected, asked=asked[j.received_id])
    return [(j, rows[j.received_id]) for j in judged]


def _accept(held: Locked, checked: Sequence[tuple[Judged, Received]]) -> None:
    """Count what is accepted and what is not, and what was paid for the accepted: each unit's part of its line, by cumulative rounding."""
    lines = {line.pk: line for line in held.lines}
    accepted: dict[int, int] = defaultdict(int)
    for j, row in checked:
        row.inspected += j.quantity
        if row.line_id is None:
            continue
        line = lines[row.line_id]
        if not j.accepted:
            line.rejected += j.quantity
            continue
        line.accepted += j.quantity
        if line.demand_id is not None:
            accepted[line.demand_id] += j.quantity
    money = records.line_money(list(accepted))
    given_back = {m.order_line_id: m.given_back for m in money.values()}
    for line in held.lines:
        if line.demand_id is None or not (units := accepted.pop(line.demand_id, 0)):
            continue
        m = money[line.demand_id]
        line.refund_minor += next_units(m.amount_minor, m.ordered, given_back[m.order_line_id], units)
        given_back[m.order_line_id] += units
        orders.returned({line.demand_id: units})


def _postings(rma: Rma, checked: Sequence[tuple[Judged, Received]]) -> tuple[list[Posting], list[tuple[Received, int]]]:
    """The moves, and what is to be put back into bins: (received row, units)."""
    quarantine = place_of_kind(rma.warehouse_id, "quarantine")
    moves: list[Posting] = []
    back: list[tuple[Received, int]] = []
    for j, row in checked:
        assert row.place_id is not None, "what was received lies somewhere"
        if j.disposition == "restock":
            target, condition = row.place_id, "sellable"
            back.append((row, j.quantity))
        else:
            kind, condition = GOES[j.disposition]
            target = virtual("scrap") if kind == "scrap" else quarantine or row.place_id
        if (target, condition) != (row.place_id, "held"):
            moves.append(Posting(row.item_id, j.quantity, row.place_id, target, row.lot_id, "held", condition))
    return moves, back


@use_case
def inspect_return(*, key: UUID, actor: Actor, rma_id: int, inspections: list[Judged]) -> RmaInfo:
    """Received units were looked at. What is graded A or B may go back on sale: it becomes sellable and gets a put-away task; the rest goes where its disposition says.

    Accepted units count as returned. When nothing of what came is left to inspect, what was paid for them – no more, no less, less the policy's fee – is given back, once.

    Locks: return, its lines and receipts, order, its lines, stock, levels.   Raises: NotFound, NotAllowed, WrongState, Invalid, NotSellable, NothingLeftToInspect, NotThatMuch.
    """
    held = records.lock_rma(rma_id)
    rma = held.rma
    authorize_staff(actor, "inspect", client_id=rma.client_id, warehouse_id=rma.warehouse_id)
    if rma.state != "received":
        raise WrongState(kind="return", state=rma.state, wanted="inspected", page="returns:return", id=rma.pk)
    checked = _check(held, inspections)
    if rma.order_id is not None:
        records.lock_orders([rma.order_id])
    _accept(held, checked)
    RmaLine.objects.bulk_update(held.lines, ["accepted", "rejected", "refund_minor"])
    Received.objects.bulk_update({row.pk: row for _, row in checked}.values(), ["inspected"])
    now = work.current().at
    Inspection.objects.bulk_create(
        [
            Inspection(
                rma=rma,
                received=row,
                item_id=row.item_id,
                lot_id=row.lot_id,
                quantity=j.quantity,
                grade=j.grade,
                disposition=j.disposition,
                accepted=j.accepted and row.line_id is not None,
                note=j.note,
                by=actor.principal,
                at=now,
            )
            for j, row in checked
        ]
    )
    emit(
        *(
            UnitsInspected(
                order_id=rma.order_id,
                client_id=rma.client_id,
                warehouse_id=rma.warehouse_id,
                rma_id=rma.pk,
                number=rma.number,
                item_id=row.item_id,
                sku=row.item.sku,
                units=j.quantity,
                grade=j.grade,
                disposition=j.disposition,
                accepted=j.accepted and row.line_id is not None,
            )
            for j, row in checked
        )
    )
    if not any(r.quantity > r.inspected for r in held.received if r.kind != "missing"):
        conclude(rma, held.lines)
    moves, back = _postings(rma, checked)
    cause = Ref("returns.rma", rma.pk)
    if moves:
        stock.post(moves, cause=cause)
    for row, units in back:
        assert row.place_id is not None, "what goes back on sale lies somewhere"
        stock_requests.put_back(location_id=row.place_id, item_id=row.item_id, lot_id=row.lot_id, quantity=units, cause=cause)
    return selectors.rma(EVERYTHING, rma_id)
