"""Returns: lists, one with everything, and what could still come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import Money
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.delivery import selectors as delivery
from packhorse.steps.returns import policy
from packhorse.steps.returns.models import Rma
from packhorse.steps.returns.selectors.kits import whole
from packhorse.steps.returns.selectors.refunds import refunds_where, seen
from packhorse.steps.returns.states import EXPECTED, OPEN
from packhorse.steps.returns.types import InspectionInfo, ReceivedInfo, RefundInfo, ReturnableKit, ReturnableLine, ReturnedKit, RmaInfo, RmaLineInfo, RmaRow
from packhorse.steps.shipping import selectors as shipping

T = TypeVar("T")

_RETURNABLE: Final = """
SELECT l.demand_id, p.id, p.order_id, p.warehouse_id, b.id, l.item_id, i.sku, i.name, l.shipped, l.returned,
       greatest(0, l.shipped - l.returned - coalesce(x.open, 0) - coalesce(x.rejected, 0) - coalesce(a.adjusted, 0))::bigint, b.amount_minor, b.quantity
FROM orders_fulfillmentorder p JOIN orders_fulfillmentline l ON l.fulfillment_order_id = p.id JOIN orders_orderline b ON b.id = l.order_line_id
JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN LATERAL (
  SELECT sum(n.quantity - n.accepted - n.rejected) FILTER (WHERE r.state = ANY(%(open)s)) AS open, sum(n.rejected) AS rejected
  FROM returns_rmaline n JOIN returns_rma r ON r.id = n.rma_id WHERE n.demand_id = l.demand_id) x ON true
LEFT JOIN LATERAL (SELECT sum(d.quantity) AS adjusted FROM returns_adjustedline d WHERE d.demand_id = l.demand_id) a ON true
WHERE p.order_id = ANY(%(orders)s) AND {seen} ORDER BY p.order_id, b.line_no, l.id
"""


def returnable(scope: Scope, order_ids: Iterable[int]) -> list[ReturnableLine]:
    """The lines of orders, and how many of each can be returned now: shipped, not returned, not on their way in an open return, not turned away, not refunded otherwise."""
    clause, limits = seen(scope, "p")
    params = {"orders": list(order_ids), "open": list(OPEN), **limits}
    return [ReturnableLine(*row) for row in sql.rows(_RETURNABLE.format(seen=clause), params)]


def returnable_kits(scope: Scope, order_ids: Iterable[int]) -> list[ReturnableKit]:
    """The kits of orders as they were bought, and how many whole ones can be returned now."""
    return whole(scope, returnable(scope, order_ids))


def _rows(scope: Scope) -> QuerySet[Rma]:
    return Rma.objects.filter(**scope.filters(warehouse="warehouse_id"))


def returns(scope: Scope, query: ListQuery) -> Page[RmaRow]:
    """Returns, newest first. Filters: `state`, `client`, `order`, `waiting` (receive, inspect, decide), `blind` (1). Search: number, order number, external id, tracking number."""
    rows = _rows(scope).select_related("client", "warehouse", "order")
    if query.search:
        text = query.search.strip().upper()
        by_label = [i.for_id for i in shipping.by_tracking_number(scope, [text]) if i.for_kind == "returns.rma"]
        rows = rows.filter(Q(number__icontains=text) | Q(order__number__iexact=text) | Q(external_id__iexact=text) | Q(pk__in=by_label))
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    if (client_id := query.number("client")) is not None:
        rows = rows.filter(client_id=client_id)
    if (order_id := query.number("order")) is not None:
        rows = rows.filter(order_id=order_id)
    match query.one("waiting"):
        case "receive":
            rows = rows.filter(state__in=EXPECTED, arrived_at__isnull=False)
        case "inspect":
            rows = rows.filter(state="received")
        case "decide":
            rows = rows.filter(Q(state="requested") | Q(state="inspected", wants="exchange"))
    if query.one("blind") == "1":
        rows = rows.filter(order=None)
    return paginate(
        rows,
        query,
        make=lambda r: r,  # type: ignore[return-value,arg-type]
        many=_row_many,
        sorts={"number": "number", "requested_at": "requested_at", "arrived_at": Coalesce(F("arrived_at"), F("requested_at"))},
        default="-requested_at",
    )


def _row_many(found: list[Rma]) -> list[RmaRow]:
    sums: dict[int, tuple[int, str]] = {
        r[0]: (r[1], r[2])
        for r in sql.rows(
            "SELECT rma_id, sum(quantity)::bigint, string_agg(DISTINCT reason, ', ') FROM returns_rmaline WHERE rma_id = ANY(%s) GROUP BY 1",
            [[r.pk for r in found]],
        )
    }
    return [_row(r, *sums.get(r.pk, (0, ""))) for r in found]


def returns_of_order(scope: Scope, order_id: int) -> list[RmaRow]:
    """The returns of an order, oldest first."""
    rows = _rows(scope).select_related("client", "warehouse", "order").filter(order_id=order_id)
    found = rows.annotate(units=Sum("lines__quantity"), said=StringAgg("lines__reason", ", ", distinct=True)).order_by("pk")
    return [_row(r, r.units or 0, r.said or "") for r in found]


def _row(r: Rma, units: int, reasons: str) -> RmaRow:
    return RmaRow(
        id=r.pk,
        number=r.number,
        client_id=r.client_id,
        client=r.client.name,
        warehouse=r.warehouse.code,
        order_id=r.order_id,
        order_number=r.order.number if r.order else "",
        state=r.state,
        wants=r.wants,
        units=units,
        reasons=", ".join(str(policy.REASONS.get(reason, reason)) for reason in reasons.split(", ") if reason),
        refund=Money(r.refund_minor, r.currency),
        requested_at=r.requested_at,
        arrived_at=r.arrived_at,
    )


_LINES: Final = """
SELECT n.rma_id, n.id, n.demand_id, n.item_id, i.sku, i.name, n.quantity, n.reason, n.photo_id, n.received, n.accepted, n.rejected, n.refund_minor
FROM returns_rmaline n JOIN catalog_item i ON i.id = n.item_id WHERE n.rma_id = ANY(%s) ORDER BY n.rma_id, n.id
"""
_RECEIVED: Final = """
SELECT r.rma_id, r.id, r.line_id, r.item_id, i.sku, i.name, r.lot_id, coalesce(t.code, ''), r.quantity, r.kind, r.inspected, r.note, r.by, r.at
FROM returns_received r JOIN catalog_item i ON i.id = r.item_id LEFT JOIN inventory_lot t ON t.id = r.lot_id WHERE r.rma_id = ANY(%s) ORDER BY r.rma_id, r.id
"""
_INSPECTIONS: Final = """
SELECT s.rma_id, s.id, s.received_id, s.item_id, i.sku, coalesce(t.code, ''), s.quantity, s.grade, s.disposition, s.accepted, s.note, s.by, s.at
FROM returns_inspection s JOIN catalog_item i ON i.id = s.item_id LEFT JOIN inventory_lot t ON t.id = s.lot_id WHERE s.rma_id = ANY(%s) ORDER BY s.rma_id, s.id
"""


_KITS: Final = """
WITH asked AS (
  SELECT n.rma_id, l.order_line_id, l.item_id, sum(n.quantity) AS quantity, sum(n.received) AS received
  FROM returns_rmaline n JOIN orders_fulfillmentline l ON l.demand_id = n.demand_id WHERE n.rma_id = ANY(%s) GROUP BY 1, 2, 3
)
SELECT a.rma_id, k.id, k.item_id, i.sku, i.name, min(div(a.quantity, c.per_kit))::bigint, min(div(a.received, c.per_kit))::bigint,
       array_agg(a.item_id ORDER BY a.order_line_id), array_agg(c.per_kit ORDER BY a.order_line_id)
FROM asked a JOIN orders_kitline c ON c.order_line_id = a.order_line_id JOIN orders_kit k ON k.id = c.kit_id JOIN catalog_item i ON i.id = k.item_id
GROUP BY a.rma_id, k.id, i.id HAVING min(div(a.quantity, c.per_kit)) > 0 AND count(*) = (SELECT count(*) FROM orders_kitline o WHERE o.kit_id = k.id)
ORDER BY a.rma_id, k.id
"""


def _kit(kit_id: int, item_id: int, sku: str, name: str, quantity: int, received: int, items: list[int], per_kit: list[int]) -> ReturnedKit:
    return ReturnedKit(kit_id, item_id, sku, name, quantity, received, tuple(zip(items, per_kit, strict=True)))


def _by_rma(statement: str, ids: Sequence[int], make: Callable[..., T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for rma_id, *rest in sql.rows(statement, [list(ids)]) if ids else ():
        found.setdefault(rma_id, []).append(make(*rest))
    return found


def _infos(found: Sequence[Rma]) -> list[RmaInfo]:
    ids = [r.pk for r in found]
    lines, received = _by_rma(_LINES, ids, RmaLineInfo), _by_rma(_RECEIVED, ids, ReceivedInfo)
    inspections = _by_rma(_INSPECTIONS, ids, InspectionInfo)
    refunds: dict[int, list[RefundInfo]] = {}
    for f in refunds_where(EVERYTHING, "f.rma_id = ANY(%(ids)s)", {"ids": ids}):
        refunds.setdefault(f.rma_id or 0, []).append(f)
    kits = _by_rma(_KITS, ids, _kit)
    return [
        RmaInfo(
            rma_id=r.pk,
            number=r.number,
            client_id=r.client_id,
            client=r.client.name,
            warehouse_id=r.warehouse_id,
            warehouse=r.warehouse.code,
            order_id=r.order_id,
            order_number=r.order.number if r.order else "",
            state=r.state,
            wants=r.wants,
            external_id=r.external_id or "",
            currency=r.currency,
            decision_code=r.decision_code,
            decision=policy.words(r.decision_code, r.decision_data),
            label_paid_by=r.label_paid_by,
            fee_minor=r.fee_minor,
            refund_minor=r.refund_minor,
            settlement=r.settlement,
            note=r.note,
            requested_at=r.requested_at,
            send_by=r.send_by,
            arrived_at=r.arrived_at,
            received_at=r.received_at,
            settled_at=r.settled_at,
            lines=tuple(lines.get(r.pk, ())),
            received=tuple(received.get(r.pk, ())),
            inspections=tuple(inspections.get(r.pk, ())),
            refunds=tuple(refunds.get(r.pk, ())),
            kits=tuple(kits.get(r.pk, ())),
        )
        for r in found
    ]


def rmas(scope: Scope, ids: Iterable[int]) -> list[RmaInfo]:
    """These returns with everything about them, by ascending id. Seven statements, however many."""
    return _infos(list(_rows(scope).select_related("client", "warehouse", "order").filter(pk__in=list(ids)).order_by("pk")))


def rma(scope: Scope, rma_id: int) -> RmaInfo:
    """One return with everything about it.

    Raises: NotFound.
    """
    found = rmas(scope, [rma_id])
    if not found:
        raise NotFound(kind="return", ref=str(rma_id))
    return found[0]


def rma_by_number(scope: Scope, text: str) -> RmaInfo:
    """The return that a text names: its number, its external id, or the tracking number on its label.

    Raises: NotFound.
    """
    wanted = text.strip().upper()
    if wanted and "\x00" not in wanted:
        found = _rows(scope).filter(Q(number=wanted) | Q(external_id__iexact=wanted)).values_list("pk", flat=True)[:1]
        by_label = [i.for_id for i in shipping.by_tracking_number(scope, [wanted]) if i.for_kind == "returns.rma" and i.for_id]
        for pk in (*found, *by_label):
            return rma(scope, pk)
    raise NotFound(kind="return", ref=text.strip())


def rmas_of_orders(scope: Scope, order_ids: Iterable[int]) -> list[RmaInfo]:
    """All returns of orders, oldest first."""
    return _infos(list(_rows(scope).select_related("client", "warehouse", "order").filter(order_id__in=list(order_ids)).order_by("pk")))


def waiting_counts(scope: Scope) -> dict[str, int]:
    """What waits: `decide` (for a person's yes or no), `receive` (at the door), `inspect`, `exchange` (for a new order)."""
    clause, limits = seen(scope, "r")
    row = sql.rows(
        f"""SELECT count(*) FILTER (WHERE r.state = 'requested'), count(*) FILTER (WHERE r.state = ANY(%(expected)s) AND r.arrived_at IS NOT NULL),
                   count(*) FILTER (WHERE r.state = 'received'), count(*) FILTER (WHERE r.state = 'inspected' AND r.wants = 'exchange')
            FROM returns_rma r WHERE r.state = ANY(%(open)s) AND {clause}""",
        {"expected": list(EXPECTED), "open": list(OPEN), **limits},
    )[0]
    return dict(zip(("decide", "receive", "inspect", "exchange"), row, strict=True))


def resolve(scan: Scan, context: Context) -> list[Match]:
    """What a scan may mean here: a return (`returns.rma`) by its number or by the tracking number on its label, a ticket (`returns.ticket`) by its number."""
    text = scan.text.strip().upper()
    if not scan.is_plain or not text or "\x00" in text:
        return []
    found = [Match(Ref("returns.rma", r.pk), r.number, r.state) for r in _rows(context.scope).filter(number=text)[:1]]
    if not found:
        labels = [i for i in shipping.by_tracking_number(context.scope, [text]) if i.for_kind == "returns.rma" and i.for_id]
        found = [Match(Ref("returns.rma", i.for_id or 0), f"R{i.for_id or 0:08d}", i.tracking_number or "") for i in labels]
    clause, limits = seen(context.scope, "t", warehouse=False)
    tickets = sql.rows(f"SELECT t.id, t.number, t.state FROM returns_ticket t WHERE t.number = %(text)s AND {clause}", {"text": text, **limits})
    return found + [Match(Ref("returns.ticket", pk), number, state) for pk, number, state in tickets]


def on_their_way(scope: Scope) -> list[tuple[int, bool]]:
    """Returns whose customers hold a label and whose parcel was scanned by the carrier: (return id, whether it stands at our door)."""
    clause, limits = seen(scope, "r")
    waiting = sql.rows(
        f"""SELECT r.id, l.id FROM returns_rma r JOIN shipping_label l ON l.for_kind = 'returns.rma' AND l.for_id = r.id
            WHERE r.state IN ('label_sent', 'in_transit', 'expired') AND r.arrived_at IS NULL AND {clause} ORDER BY r.id LIMIT 5000""",
        limits,
    )
    moved = {d.label_id: d.status for d in delivery.deliveries_of_labels(scope, [label for _, label in waiting]) if d.status != "announced"}
    return [(pk, moved[label] in ("delivered", "returned")) for pk, label in waiting if label in moved]
