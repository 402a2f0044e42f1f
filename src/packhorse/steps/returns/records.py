"""Rows of this step, and every lock on them. Lock order inside the step: returns, their lines, what was received, refunds, tickets; each ascending. Orders come after all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packhorse.core import sql
from packhorse.core.errors import NotFound
from packhorse.steps.orders import ledger as orders
from packhorse.steps.returns.models import Received, Refund, Rma, RmaLine, Ticket


@dataclass(frozen=True)
class Locked:
    """A return with its lines and what was received, all ours until the end of the use case."""

    rma: Rma
    lines: list[RmaLine]
    received: list[Received]


def lock_rmas(ids: Iterable[int]) -> list[Rma]:
    """These returns, locked, in ascending order.

    Raises: NotFound.
    """
    wanted = sorted(set(ids))
    found = list(Rma.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise NotFound(kind="return", ref=", ".join(str(i) for i in sorted(set(wanted) - {r.pk for r in found})))
    return found


def lock_rma(rma_id: int) -> Locked:
    """One return with its lines and receipts, locked.

    Raises: NotFound.
    """
    rma = lock_rmas([rma_id])[0]
    lines = list(RmaLine.objects.select_for_update(of=("self",)).select_related("item").filter(rma=rma).order_by("pk"))
    received = list(Received.objects.select_for_update(of=("self",)).select_related("item").filter(rma=rma).order_by("pk"))
    return Locked(rma, lines, received)


def lock_refunds(ids: Iterable[int]) -> list[Refund]:
    """These refunds, locked, in ascending order; those that are gone are left out."""
    return list(Refund.objects.select_for_update(of=("self",)).filter(pk__in=sorted(set(ids))).order_by("pk"))


def lock_ticket(ticket_id: int) -> Ticket:
    """One ticket, locked.

    Raises: NotFound.
    """
    found = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
    if found is None:
        raise NotFound(kind="ticket", ref=str(ticket_id))
    return found


def lock_orders(order_ids: Iterable[int]) -> list[int]:
    """Lock orders as orders themselves do: rows, then fulfillment orders and their lines; each ascending. Gives those that exist."""
    wanted = sorted(set(order_ids))
    found = [r[0] for r in sql.rows("SELECT id FROM orders_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [wanted])]
    parts = sql.rows("SELECT id FROM orders_fulfillmentorder WHERE order_id = ANY(%s) ORDER BY id", [found])
    orders.lock_orders([r[0] for r in parts])
    return found


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What an order line cost, and how many of its units were given back already (returned or adjusted)."""

    order_line_id: int
    amount_minor: int
    ordered: int
    given_back: int


def line_money(demand_ids: Sequence[int]) -> dict[int, LineMoney]:
    """By demand, the money of its order line; lock the order first."""
    found = sql.rows(
        """SELECT l.demand_id, b.id, b.amount_minor, b.quantity,
                  ((SELECT sum(o.returned) FROM orders_fulfillmentline o WHERE o.order_line_id = b.id)
                   + coalesce((SELECT sum(a.quantity) FROM returns_adjustedline a JOIN orders_fulfillmentline o ON o.demand_id = a.demand_id WHERE o.order_line_id = b.id), 0))::bigint
           FROM orders_fulfillmentline l JOIN orders_orderline b ON b.id = l.order_line_id WHERE l.demand_id = ANY(%s)""",
        [list(demand_ids)],
    )
    return {demand: LineMoney(*rest) for demand, *rest in found}


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What can be given back of an order. `here`: it is paid through us; `left_minor`: captured and not asked to be given back; `all_back`: nothing of what was shipped is still out."""

    here: bool
    left_minor: int
    charges_minor: int
    charges_back: bool
    all_back: bool


def order_money(order_id: int) -> OrderMoney:
    """What an order's money stands at; lock the order first."""
    row = sql.rows(
        """SELECT EXISTS (SELECT FROM orders_paymentrequest r WHERE r.order_id = o.id AND r.kind = 'authorise'),
                  (o.captured_minor - coalesce((SELECT sum(r.amount_minor) FROM orders_paymentrequest r WHERE r.order_id = o.id AND r.kind = 'refund' AND r.error = ''), 0))::bigint,
                  o.charges_minor, EXISTS (SELECT FROM returns_refund f WHERE f.order_id = o.id AND f.charges_minor > 0 AND f.dropped_at IS NULL),
                  (SELECT coalesce(sum(l.shipped), 0) = coalesce(sum(l.returned), 0) FROM orders_fulfillmentline l
                   JOIN orders_fulfillmentorder p ON p.id = l.fulfillment_order_id WHERE p.order_id = o.id)
           FROM orders_order o WHERE o.id = %s""",
        [order_id],
    )[0]
    return OrderMoney(*row)
