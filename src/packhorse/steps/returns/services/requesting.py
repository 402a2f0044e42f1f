"""Returns are asked for: policy decides, and shows the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, NotFound, PackhorseError
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.steps.delivery import selectors as delivery
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import policy, records, selectors
from packhorse.steps.returns.amounts import next_units
from packhorse.steps.returns.errors import NothingAsked, TooManyToReturn
from packhorse.steps.returns.events import ReturnApproved, ReturnRefused, ReturnRequested
from packhorse.steps.returns.models import Rma, RmaLine
from packhorse.steps.returns.policy import Decision
from packhorse.steps.returns.selectors.kits import whole
from packhorse.steps.returns.services.asking import authorize_asker, send_labels
from packhorse.steps.returns.types import AskedKit, AskedLine, NewReturn, NotRequested, PolicyTerms, ReturnableLine, RmaInfo


@dataclass(frozen=True)
class _Planned:
    """A return that will be written."""

    asked: NewReturn
    head: FulfillmentOrderInfo
    lines: tuple[ReturnableLine, ...]
    terms: PolicyTerms
    decision: Decision


class _Facts:
    """What is known of the orders that returns are asked for; read once, under their locks."""

    def __init__(self, order_ids: Sequence[int]) -> None:
        self.found = set(records.lock_orders(order_ids))
        self.heads: dict[int, FulfillmentOrderInfo] = {}
        for fo in orders.fulfillment_orders_of(EVERYTHING, sorted(self.found)):
            self.heads.setdefault(fo.order_id, fo)
        self.countries = {i: a.data.country for i, a in orders.ship_to(EVERYTHING, sorted(self.found)).items()}
        self.lines = {line.demand_id: line for line in selectors.returnable(EVERYTHING, sorted(self.found))}
        self.delivered: dict[int, dt.datetime] = {}
        for d in delivery.deliveries_of_orders(EVERYTHING, sorted(self.found)):
            if not d.is_return and d.delivered_at is not None:
                self.delivered[d.order_id] = max(d.delivered_at, self.delivered.get(d.order_id, d.delivered_at))
        self.kits = {kit.kit_id: kit for kit in whole(EVERYTHING, list(self.lines.values()))}
        self.taken: dict[int, int] = {}
        self._terms: dict[tuple[int, str], PolicyTerms] = {}

    def terms(self, order_id: int, client_id: int) -> PolicyTerms:
        place = client_id, self.countries.get(order_id, "")
        if place not in self._terms:
            self._terms[place] = selectors.policy(EVERYTHING, *place).terms
        return self._terms[place]

    def existing(self, asked: NewReturn) -> int | None:
        """The return that stands under this external id already."""
        if not asked.external_id or asked.order_id not in self.heads:
            return None
        return Rma.objects.filter(client_id=self.heads[asked.order_id].client_id, external_id=asked.external_id).values_list("pk", flat=True).first()

    def left(self, demand_id: int) -> int:
        """So many units of a line nobody has asked for."""
        return self.lines[demand_id].returnable - self.taken.get(demand_id, 0)

    def by_line(self, asked: NewReturn) -> NewReturn:
        """The same return, with the components of its kits as lines; one that is asked for beside its kit keeps its reason.

        Raises: NothingAsked, NotFound, TooManyToReturn.
        """
        if not asked.kits:
            return asked
        if any(k.quantity <= 0 or k.reason not in policy.REASONS for k in asked.kits) or len({line.demand_id for line in asked.lines}) < len(asked.lines):
            raise NothingAsked
        lines = {line.demand_id: line for line in asked.lines}
        for wanted in asked.kits:
            kit = self.kits.get(wanted.kit_id)
            if kit is None or kit.order_id != asked.order_id:
                raise NotFound(kind="kit", ref=str(wanted.kit_id))
            for order_line_id, per_kit in kit.components:
                units = wanted.quantity * per_kit
                for found in (f for f in self.lines.values() if f.order_line_id == order_line_id):
                    before = lines.get(found.demand_id, AskedLine(found.demand_id, 0, wanted.reason))
                    take = min(units, self.left(found.demand_id) - before.quantity)
                    if take > 0:
                        lines[found.demand_id] = replace(before, quantity=before.quantity + take)
                        units -= take
                if units:
                    raise TooManyToReturn(order_id=asked.order_id, sku=kit.sku, asked=wanted.quantity, left=kit.returnable)
        return replace(asked, lines=tuple(lines.values()), kits=())


def _plan(actor: Actor, facts: _Facts, asked: NewReturn) -> _Planned:
    """Raises: NotFound, NotAllowed, Invalid, NothingAsked, TooManyToReturn."""
    head = facts.heads.get(asked.order_id)
    if head is None:
        raise NotFound(kind="order", ref=str(asked.order_id))
    authorize_asker(actor, "approve_returns", order_id=asked.order_id, client_id=head.client_id)
    if asked.wants not in Rma.Wants.values:
        raise Invalid(field="wants", reason=_("refund or exchange"))
    asked = facts.by_line(asked)
    demands = [line.demand_id for line in asked.lines]
    if not demands or len(set(demands)) < len(demands) or any(line.quantity <= 0 or line.reason not in policy.REASONS for line in asked.lines):
        raise NothingAsked
    chosen: list[ReturnableLine] = []
    for line in asked.lines:
        found = facts.lines.get(line.demand_id)
        if found is None or found.order_id != asked.order_id:
            raise NotFound(kind="order line", ref=str(line.demand_id))
        left = facts.left(line.demand_id)
        if line.quantity > left:
            raise TooManyToReturn(order_id=asked.order_id, sku=found.sku, asked=line.quantity, left=left)
        chosen.append(found)
    terms = facts.terms(asked.order_id, head.client_id)
    delivered = facts.delivered.get(asked.order_id)
    decision = policy.decide(
        terms,
        policy.Facts(
            days_since_delivery=None if delivered is None else max(0, (work.current().at - delivered).days),
            value_minor=sum(next_units(f.amount_minor, f.ordered, 0, line.quantity) for f, line in zip(chosen, asked.lines, strict=True)),
            currency=head.currency,
            lines=tuple((f.sku, line.reason) for f, line in zip(chosen, asked.lines, strict=True)),
        ),
    )
    if decision.state != "refused":
        for line in asked.lines:
            facts.taken[line.demand_id] = facts.taken.get(line.demand_id, 0) + line.quantity
    return _Planned(asked, head, tuple(chosen), terms, decision)


def _warehouse(lines: Sequence[ReturnableLine], asked: Sequence[AskedLine]) -> int:
    """Where a return goes: back to the warehouse that sent most of it."""
    units: dict[int, int] = {}
    for found, line in zip(lines, asked, strict=True):
        units[found.warehouse_id] = units.get(found.warehouse_id, 0) + line.quantity
    return max(sorted(units), key=lambda w: units[w])


def _write(planned: Sequence[_Planned]) -> list[int]:
    now = work.current().at
    ids = sql.next_ids("returns_rma_id_seq", len(planned))
    made: list[tuple[Rma, list[RmaLine]]] = []
    for pk, p in zip(ids, planned, strict=True):
        rma = Rma(
            pk=pk,
            number=f"R{pk:08d}",
            client_id=p.head.client_id,
            warehouse_id=_warehouse(p.lines, p.asked.lines),
            order_id=p.asked.order_id,
            state=p.decision.state,
            wants=p.asked.wants,
            external_id=p.asked.external_id or None,
            currency=p.head.currency,
            decision_code=p.decision.code,
            decision_data=p.decision.data,
            label_paid_by=p.terms.label_paid_by,
            fee_minor=policy.fee_for(p.terms, [line.reason for line in p.asked.lines]),
            refund_charges=p.terms.refund_charges,
            requested_at=now,
            send_by=now + dt.timedelta(days=p.terms.send_within_days) if p.decision.state == "approved" else None,
        )
        lines = [
            RmaLine(rma_id=pk, demand_id=line.demand_id, item_id=found.item_id, quantity=line.quantity, reason=line.reason, photo_id=line.photo_id)
            for found, line in zip(p.lines, p.asked.lines, strict=True)
        ]
        made.append((rma, lines))
    Rma.objects.bulk_create([rma for rma, _ in made])
    RmaLine.objects.bulk_create([line for _, lines in made for line in lines])
    send_labels([(rma, lines) for rma, lines in made if rma.state == "approved"])
    for rma, lines in made:
        told = {"order_id": rma.order_id, "client_id": rma.client_id, "warehouse_id": rma.warehouse_id, "rma_id": rma.pk, "number": rma.number}
        emit(ReturnRequested(**told, units=sum(line.quantity for line in lines), wants=rma.wants))  # type: ignore[arg-type]
        if rma.state != "requested":
            emit((ReturnApproved if rma.state == "approved" else ReturnRefused)(**told, rule=rma.decision_code))  # type: ignore[arg-type]
    return ids


@use_case
def request_return(
    *, key: UUID, actor: Actor, order_id: int, lines: list[AskedLine], wants: str = "refund", external_id: str = "", kits: list[AskedKit] | None = None
) -> RmaInfo:
    """A customer (by link), the client or service asks to send goods of an order back, by lines or by `kits` as they were bought. Policy decides at once – approved (a label is on
    its way), refused, or left for a person – and says by which rule.

    Never more than was shipped, less what came back, was refunded otherwise, or is asked for already. A known `external_id` of the client gives the return that it names.

    Locks: order, its fulfillment orders and lines.   Raises: NotFound, NotAllowed, NothingAsked, TooManyToReturn, Invalid.
    """
    facts = _Facts([order_id])
    asked = NewReturn(order_id, tuple(lines), wants, external_id, tuple(kits or ()))
    known = facts.existing(asked)
    if known is not None:
        authorize_asker(actor, "approve_returns", order_id=order_id, client_id=facts.heads[order_id].client_id)
        return selectors.rma(EVERYTHING, known)
    return selectors.rma(EVERYTHING, _write([_plan(actor, facts, asked)])[0])


@use_case
def request_returns(*, key: UUID, actor: Actor, returns: list[NewReturn]) -> list[RmaInfo | NotRequested]:
    """Many returns at once, as `request_return`; one answer each, in order. One that cannot be does not stop the rest.

    Locks: orders, their fulfillment orders and lines.   Raises: NotAllowed.
    """
    facts = _Facts([r.order_id for r in returns])
    answers: list[int | NotRequested | _Planned] = []
    standing: dict[tuple[int, str], int] = {}
    for n, asked in enumerate(returns):
        try:
            name = (facts.heads[asked.order_id].client_id, asked.external_id) if asked.external_id and asked.order_id in facts.heads else None
            if (known := facts.existing(asked)) is not None:
                authorize_asker(actor, "approve_returns", order_id=asked.order_id, client_id=facts.heads[asked.order_id].client_id)
                answers.append(known)
            elif name is not None and name in standing:
                answers.append(answers[standing[name]])
            else:
                answers.append(_plan(actor, facts, asked))
                if name is not None:
                    standing[name] = n
        except PackhorseError as refusal:
            answers.append(NotRequested(asked.order_id, asked.external_id, refusal.code, refusal.message, refusal.link))
    planned = list(dict.fromkeys(id(a) for a in answers if isinstance(a, _Planned)))
    by_id = {id(a): a for a in answers if isinstance(a, _Planned)}
    written = dict(zip(planned, _write([by_id[i] for i in planned]), strict=True)) if planned else {}
    wanted = [written[id(a)] if isinstance(a, _Planned) else a for a in answers]
    infos = {i.rma_id: i for i in selectors.rmas(EVERYTHING, [w for w in wanted if isinstance(w, int)])}
    return [infos[w] if isinstance(w, int) else w for w in wanted]
