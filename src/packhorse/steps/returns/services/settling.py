"""What is owed for a return is given back, once: asked of orders as soon as their money allows it, settled when it is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.steps.orders import requests as orders
from packhorse.steps.returns import records, selectors
from packhorse.steps.returns.errors import NothingToRefund, NotYetDue
from packhorse.steps.returns.events import ReturnInspected, ReturnSettled
from packhorse.steps.returns.models import Refund, Rma, RmaLine
from packhorse.steps.returns.services.asking import authorize_staff
from packhorse.steps.returns.states import RMA
from packhorse.steps.returns.types import RmaInfo

#: How a person may settle what did not settle by itself.
OUTCOMES: Final = ("refund", "rest", "exchange", "nothing")


def open_refund(
    *,
    rma: Rma | None = None,
    ticket_id: int | None = None,
    order_id: int,
    client_id: int,
    currency: str,
    goods_minor: int,
    fee_minor: int = 0,
    charges_minor: int = 0,
    reason: str,
    ask: bool,
) -> Refund:
    """Write down what is owed, and (with `ask`) ask orders for it. The order is locked; something is owed."""
    now = work.current().at
    due = goods_minor + charges_minor - fee_minor
    made = Refund.objects.create(
        rma=rma,
        ticket_id=ticket_id,
        client_id=client_id,
        order_id=order_id,
        currency=currency,
        goods_minor=goods_minor,
        fee_minor=fee_minor,
        charges_minor=charges_minor,
        due_minor=due,
        reason=reason,
        opened_at=now,
        asked_at=now if ask else None,
    )
    if ask:
        orders.refund(order_id=order_id, amount_minor=due, cause=Ref("returns.refund", made.pk), note=reason)
    return made


def _settle(rma: Rma, outcome: str) -> None:
    check_transition(RMA, "return", rma.state, "settled", page="returns:return", pk=rma.pk)
    rma.state, rma.settled_at, rma.settlement = Rma.State.SETTLED, work.current().at, outcome
    emit(ReturnSettled(order_id=rma.order_id, client_id=rma.client_id, warehouse_id=rma.warehouse_id, rma_id=rma.pk, number=rma.number, outcome=outcome))


def _owe(rma: Rma, lines: Sequence[RmaLine]) -> None:
    """Open the refund for what is accepted and not yet owed; settle where nothing is. The order is locked."""
    earlier = list(Refund.objects.filter(rma=rma))
    goods = sum(line.refund_minor for line in lines) - sum(f.goods_minor for f in earlier)
    money = records.order_money(rma.order_id) if rma.order_id is not None else None
    if money is None or goods <= 0:
        return _settle(rma, "nothing")
    charges = money.charges_minor if rma.refund_charges == "whole" and money.all_back and not money.charges_back else 0
    fee = min(max(0, rma.fee_minor - sum(f.fee_minor for f in earlier)), goods + charges)
    due = goods + charges - fee
    if due == 0:
        return _settle(rma, "nothing")
    if not money.here:
        return _settle(rma, "paid_elsewhere")
    assert rma.order_id is not None, "money is of an order"
    ask = due <= money.left_minor
    open_refund(
        rma=rma, order_id=rma.order_id, client_id=rma.client_id, currency=rma.currency, goods_minor=goods, fee_minor=fee, charges_minor=charges,
        reason=rma.number, ask=ask,
    )  # fmt: skip
    if ask:
        rma.refund_minor += due
    return None


def conclude(rma: Rma, lines: Sequence[RmaLine]) -> None:
    """All that came was inspected: open what is owed and, where nothing is left to do, settle. The return is locked, then its order."""
    check_transition(RMA, "return", rma.state, "inspected", page="returns:return", pk=rma.pk)
    rma.state = Rma.State.INSPECTED
    accepted = sum(line.accepted for line in lines)
    if not (rma.wants == "exchange" and accepted and rma.order_id is not None):
        _owe(rma, lines)
    rma.save(update_fields=["state", "settled_at", "settlement", "refund_minor"])
    due = sum(Refund.objects.filter(rma=rma, dropped_at=None).values_list("due_minor", flat=True))
    emit(
        ReturnInspected(
            order_id=rma.order_id,
            client_id=rma.client_id,
            warehouse_id=rma.warehouse_id,
            rma_id=rma.pk,
            number=rma.number,
            accepted=accepted,
            rejected=sum(line.rejected for line in lines),
            due_minor=due,
            currency=rma.currency,
        )
    )


@use_case
def ask_refunds(*, key: UUID, actor: Actor, limit: int = 200) -> int:
    """Ask for refunds that had to wait until their order's money was captured. Returns how many.

    Locks: returns, refunds, orders.
    """
    authorize(actor, "run_system")
    waiting = selectors.waiting_refunds(EVERYTHING, limit=limit)
    rmas = {r.pk: r for r in records.lock_rmas(Refund.objects.filter(pk__in=waiting, rma__isnull=False).values_list("rma_id", flat=True))}
    refunds = [f for f in records.lock_refunds(waiting) if f.asked_at is None and f.dropped_at is None]
    records.lock_orders({f.order_id for f in refunds})
    asked = 0
    for f in refunds:
        if f.due_minor > records.order_money(f.order_id).left_minor:
            continue
        orders.refund(order_id=f.order_id, amount_minor=f.due_minor, cause=Ref("returns.refund", f.pk), note=f.reason)
        f.asked_at = work.current().at
        f.save(update_fields=["asked_at"])
        if f.rma_id is not None:
            rmas[f.rma_id].refund_minor += f.due_minor
        asked += 1
    Rma.objects.bulk_update(rmas.values(), ["refund_minor"])
    return asked


_PAID: Final = """
SELECT f.id FROM returns_refund f WHERE f.id = ANY(%s) AND f.due_minor <= (
  SELECT coalesce(sum(e.amount_minor), 0) FROM orders_paymententry e
  WHERE e.order_id = f.order_id AND e.kind = 'refunded' AND e.cause_kind = 'returns.refund' AND e.cause_id = f.id)
"""


@use_case
def refunds_paid(*, key: UUID, actor: Actor, refund_ids: list[int]) -> int:
    """Money went back to customers: their returns are settled once all that is owed for them is paid. Returns how many were settled.

    Locks: returns, refunds.
    """
    authorize(actor, "run_system")
    rmas = records.lock_rmas(Refund.objects.filter(pk__in=refund_ids, rma__isnull=False).values_list("rma_id", flat=True))
    paid = {r[0] for r in sql.rows(_PAID, [[f.pk for f in records.lock_refunds(refund_ids) if f.paid_at is None]])}
    Refund.objects.filter(pk__in=paid).update(paid_at=work.current().at)
    owed = set(Refund.objects.filter(rma__in=rmas, paid_at=None, dropped_at=None).values_list("rma_id", flat=True))
    done = [r for r in rmas if r.state == "inspected" and r.pk not in owed]
    for rma in done:
        _settle(rma, "refunded")
    Rma.objects.bulk_update(done, ["state", "settled_at", "settlement"])
    return len(done)


@use_case
def settle_return(*, key: UUID, actor: Actor, rma_id: int, outcome: str, note: str = "") -> RmaInfo:
    """Somebody settles an inspected return: `exchange` (a new order was made; the note names it), `refund` (in place of an exchange), `rest` (what is left of what is owed, where not all was ever
    captured or the bank refused), `nothing` (what is owed is written off; the note says why).

    Locks: return, its lines and receipts, refunds, order.   Raises: NotFound, NotAllowed, NotYetDue, NothingToRefund, Invalid.
    """
    held = records.lock_rma(rma_id)
    rma = held.rma
    authorize_staff(actor, "refund", client_id=rma.client_id)
    if rma.state != "inspected":
        raise NotYetDue(number=rma.number, rma_id=rma.pk, why=_("it is %(state)s") % {"state": rma.state})
    if outcome not in OUTCOMES or (outcome in ("exchange", "nothing") and not note.strip()):
        raise Invalid(field="outcome", reason=_("say which new order was made, or why nothing is refunded"))
    refunds = records.lock_refunds(Refund.objects.filter(rma=rma, dropped_at=None).values_list("pk", flat=True))
    failed = {f.refund_id for f in selectors.rma(EVERYTHING, rma_id).refunds if f.state == "failed"}
    if any(f.asked_at for f in refunds if f.paid_at is None and f.pk not in failed):
        raise NotYetDue(number=rma.number, rma_id=rma.pk, why=_("its refund was asked for and is on its way"))
    waiting = [f for f in refunds if f.asked_at is None or f.pk in failed]
    if outcome == "refund" and (waiting or rma.wants != "exchange"):
        raise NotYetDue(number=rma.number, rma_id=rma.pk, why=_("its refund waits for the order's money to come in"))
    if outcome == "rest" and not waiting:
        raise NothingToRefund(order_id=rma.order_id, why=_("nothing of this return waits to be refunded"))
    if outcome != "refund":
        for f in waiting:
            f.dropped_at = work.current().at
            f.save(update_fields=["dropped_at"])
            rma.refund_minor -= f.due_minor if f.pk in failed else 0
    if rma.order_id is not None:
        records.lock_orders([rma.order_id])
    if outcome == "refund":
        _owe(rma, held.lines)
    elif outcome == "rest":
        left = min(sum(f.due_minor for f in waiting), records.order_money(waiting[0].order_id).left_minor)
        if left <= 0:
            raise NothingToRefund(order_id=rma.order_id, why=_("nothing that was captured for this order is left"))
        open_refund(rma=rma, order_id=waiting[0].order_id, client_id=rma.client_id, currency=rma.currency, goods_minor=left, reason=rma.number, ask=True)
        rma.refund_minor += left
    else:
        _settle(rma, outcome)
    rma.note = "\n".join(filter(None, [rma.note, note.strip()]))
    rma.save(update_fields=["state", "settled_at", "settlement", "refund_minor", "note"])
    return selectors.rma(EVERYTHING, rma_id)
