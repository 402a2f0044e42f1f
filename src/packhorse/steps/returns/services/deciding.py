"""People decide: the terms, and the returns that are left for them (or that they see otherwise)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.returns import records, selectors
from packhorse.steps.returns.errors import TooManyToReturn
from packhorse.steps.returns.events import PolicySet, ReturnApproved, ReturnRefused
from packhorse.steps.returns.models import ReturnPolicy, Rma
from packhorse.steps.returns.services.asking import authorize_staff, send_labels
from packhorse.steps.returns.states import RMA
from packhorse.steps.returns.types import PolicyInfo, PolicyTerms, RmaInfo


@use_case
def set_policy(*, key: UUID, actor: Actor, client_id: int, terms: PolicyTerms, country: str = "") -> PolicyInfo:
    """Set a client's terms of return (for one country, or all) from now on; returns that were asked for keep the terms of their day.

    Locks: nothing (inserts).   Raises: NotAllowed, NotFound, Invalid.
    """
    authorize_staff(actor, "manage_settings", client_id=client_id)
    catalog.client(EVERYTHING, client_id)
    if terms.label_paid_by not in ReturnPolicy.Pays.values or terms.refund_charges not in ReturnPolicy.Charges.values:
        raise Invalid(field="terms", reason=_("the label is paid by merchant or customer; charges are refunded never or whole"))
    if not 0 <= terms.window_days <= 3650 or not 1 <= terms.send_within_days <= 365 or terms.fee_minor < 0 or (terms.review_above_minor or 0) < 0:
        raise Invalid(field="terms", reason=_("days and amounts are not negative"))
    made = ReturnPolicy.objects.create(
        client_id=client_id,
        country=country.upper(),
        window_days=terms.window_days,
        label_paid_by=terms.label_paid_by,
        fee_minor=terms.fee_minor,
        refund_charges=terms.refund_charges,
        review_above_minor=terms.review_above_minor,
        send_within_days=terms.send_within_days,
        final_sale=sorted({sku.strip() for sku in terms.final_sale if sku.strip()}),
        since=work.current().at,
    )
    emit(PolicySet(client_id=client_id, policy_id=made.pk, country=made.country, window_days=made.window_days))
    return selectors.policy(EVERYTHING, client_id, made.country)


@use_case
def approve_return(*, key: UUID, actor: Actor, rma_id: int, note: str = "") -> RmaInfo:
    """Somebody approves a return that waits for it, or one that policy refused. Its label is on its way.

    Locks: return, its lines, order.   Raises: NotFound, NotAllowed, WrongState, TooManyToReturn.
    """
    held = records.lock_rma(rma_id)
    rma = held.rma
    authorize_staff(actor, "approve_returns", client_id=rma.client_id)
    check_transition(RMA, "return", rma.state, "approved", page="returns:return", pk=rma.pk)
    if rma.state == "refused" and rma.order_id is not None:
        records.lock_orders([rma.order_id])
        left = {line.demand_id: line for line in selectors.returnable(EVERYTHING, [rma.order_id])}
        for line in held.lines:
            found = left.get(line.demand_id or 0)
            if found is None or line.quantity > found.returnable:
                raise TooManyToReturn(order_id=rma.order_id, sku=line.item.sku, asked=line.quantity, left=found.returnable if found else 0)
    terms = selectors.policy(EVERYTHING, rma.client_id).terms
    rma.state, rma.decision_code, rma.decision_data = Rma.State.APPROVED, "approved_by_hand", {"note": note}
    rma.send_by = work.current().at + dt.timedelta(days=terms.send_within_days)
    rma.save(update_fields=["state", "decision_code", "decision_data", "send_by"])
    send_labels([(rma, held.lines)])
    emit(
        ReturnApproved(order_id=rma.order_id, client_id=rma.client_id, warehouse_id=rma.warehouse_id, rma_id=rma.pk, number=rma.number, rule="approved_by_hand")
    )
    return selectors.rma(EVERYTHING, rma_id)


@use_case
def refuse_return(*, key: UUID, actor: Actor, rma_id: int, note: str) -> RmaInfo:
    """Somebody refuses a return (or takes an approval back) before it is on its way, and says why: the customer reads it.

    Locks: return.   Raises: NotFound, NotAllowed, WrongState, Invalid.
    """
    rma = records.lock_rmas([rma_id])[0]
    authorize_staff(actor, "approve_returns", client_id=rma.client_id)
    check_transition(RMA, "return", rma.state, "refused", page="returns:return", pk=rma.pk)
    if not note.strip():
        raise Invalid(field="note", reason=_("say why; the customer reads it"))
    rma.state, rma.decision_code, rma.decision_data = Rma.State.REFUSED, "refused_by_hand", {"note": note.strip()}
    rma.save(update_fields=["state", "decision_code", "decision_data"])
    emit(ReturnRefused(order_id=rma.order_id, client_id=rma.client_id, warehouse_id=rma.warehouse_id, rma_id=rma.pk, number=rma.number, rule="refused_by_hand"))
    return selectors.rma(EVERYTHING, rma_id)
