"""What lists and pages of orders show."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Upper

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import Money
from packhorse.steps.orders.models import Cancellation, FulfillmentLine, FulfillmentOrder, Hold, Imported, ImportRun, Order, PaymentRequest, Quarantined
from packhorse.steps.orders.selectors.standing import BY_REQUEST, BY_STATUS, NONE
from packhorse.steps.orders.selectors.walking import within_scope
from packhorse.steps.orders.states import begun, request_of, status_of
from packhorse.steps.orders.types import (
    GONE,
    HoldInfo,
    ImportedReturn,
    ImportedReturnLine,
    ImportRunInfo,
    ImportRunRow,
    Missing,
    OrderRow,
    QuarantinedRow,
    Waiting,
)

#: An order that is not packed so shortly before its cut-off may miss it.
AT_RISK = dt.timedelta(hours=2)
#: Captures that the bank refused and that were not asked for anew.
_REFUSED = PaymentRequest.objects.filter(kind="capture", replaced_at=None).exclude(error="")


def _seen(scope: Scope) -> QuerySet[FulfillmentOrder]:
    return FulfillmentOrder.objects.filter(**scope.filters(warehouse="warehouse_id"))


def orders(scope: Scope, query: ListQuery) -> Page[OrderRow]:
    """Fulfillment orders, newest first: late ones and those at risk by when they must leave, those of certain days by when they were placed, the latest first.

    Search: order number, the channel's id, the customer's number. Filters: `status`, `request`, `stage`, `held`, `hold` (its kind), `client`, `warehouse`, `service`,
    `refused` (a capture was), `late`, `at_risk`, `since` and `until` (days, placed).
    """
    rows = _seen(scope).select_related("order", "client", "warehouse")
    if query.search:
        text = query.search.strip()
        rows = rows.alias(upper=Upper("order__external_id")).filter(Q(order__number__icontains=text) | Q(order__customer_ref=text) | Q(upper=text.upper()))
    for name, field in (("stage", "stage__in"), ("service", "service__in")):
        if wanted := query.many(name):
            rows = rows.filter(**{field: wanted})
    for name in ("client", "warehouse"):
        if (pk := query.number(name)) is not None:
            rows = rows.filter(**{f"{name}_id": pk})
    for name, conditions in (("status", BY_STATUS), ("request", BY_REQUEST)):
        if wanted := query.many(name):
            rows = rows.filter(functools.reduce(operator.or_, [conditions.get(word, NONE) for word in wanted]))
    if query.one("held"):
        rows = rows.filter(held=True).exclude(stage__in=GONE)
    if kinds := query.many("hold"):
        rows = rows.filter(Exists(Hold.objects.filter(fulfillment_order_id=OuterRef("pk"), kind__in=kinds, released_at=None)))
    if query.one("refused"):
        rows = rows.filter(Exists(_REFUSED.filter(order_id=OuterRef("order_id"))))
    if query.one("late"):
        rows = rows.filter(ship_by__lt=clock.now()).exclude(stage__in=GONE)
    if query.one("at_risk"):
        rows = rows.filter(ship_by__gte=clock.now(), ship_by__lt=clock.now() + AT_RISK, stage__in=("backordered", "open", "picking", "picked"))
    if since := query.day("since"):
        rows = rows.filter(order__placed_at__gte=dt.datetime.combine(since, dt.time(), dt.UTC))
    if until := query.day("until"):
        rows = rows.filter(order__placed_at__lte=dt.datetime.combine(until, dt.time.max, dt.UTC))
    default = "-placed" if since or until else "ship_by" if query.one("late") or query.one("at_risk") else "-id"
    sorts = {"ship_by": "ship_by", "deliver_by": "deliver_by", "number": "number", "placed": "order__placed_at"}
    return paginate(rows, query, make=lambda f: _rows([f])[0], many=_rows, sorts=sorts, default=default)


def _rows(found: list[FulfillmentOrder]) -> list[OrderRow]:
    ids = [f.pk for f in found]
    lines = FulfillmentLine.objects.filter(fulfillment_order_id__in=ids).values("fulfillment_order_id")
    units = {r["fulfillment_order_id"]: r for r in lines.annotate(q=Sum("quantity"), c=Sum("cancelled"), s=Sum("shipped"))}
    kinds: dict[int, list[str]] = {}
    for fo, kind in Hold.objects.filter(fulfillment_order_id__in=ids, released_at=None).order_by("opened_at", "pk").values_list("fulfillment_order_id", "kind"):
        kinds.setdefault(fo, []).append(kind)
    last = {
        c[0]: (c[1], not c[2])
        for c in Cancellation.objects.filter(order_id__in={f.order_id for f in found}).order_by("pk").values_list("order_id", "state", "quantities")
    }
    return [
        OrderRow(
            id=f.pk,
            order_id=f.order_id,
            number=f.order.number,
            fulfillment_number=f.number,
            external_id=f.order.external_id,
            channel=f.order.channel,
            client=f.client.code,
            warehouse=f.warehouse.code,
            placed_at=f.order.placed_at,
            customer_ref=f.order.customer_ref,
            service=f.service,
            **_standing(f, units[f.pk]["s"] if f.pk in units else 0, *last.get(f.order_id, ("", True))),
            stage=f.stage,
            held=f.held,
            holds=tuple(kinds.get(f.pk, ())),
            units=units[f.pk]["q"] - units[f.pk]["c"] if f.pk in units else 0,
            shipped=units[f.pk]["s"] if f.pk in units else 0,
            total=Money(f.order.goods_minor + f.order.charges_minor, f.order.currency),
            ship_by=f.ship_by,
            deliver_by=f.deliver_by,
        )
        for f in found
    ]


def _standing(f: FulfillmentOrder, shipped: int, cancellation: str, whole: bool) -> dict[str, str]:
    status = status_of(f.stage, held=f.held, released_at=f.released_at, shipped=shipped)
    begun_with = begun(f.stage, released_at=f.released_at, shipped=shipped)
    return {"status": status, "request": request_of(status, f.stage, begun=begun_with, cancellation=cancellation, whole=whole)}


def _hold(h: Hold) -> HoldInfo:
    return HoldInfo(
        h.pk, h.fulfillment_order_id, h.kind, h.note, h.owner_role, h.opened_at, h.opened_by, h.retry_at, h.released_at, h.released_by, Missing.kept(h.missing)
    )


def holds(scope: Scope, *, limit: int = 200) -> list[HoldInfo]:
    """Open holds, the oldest first."""
    rows = Hold.objects.filter(released_at=None, **scope.filters("fulfillment_order__client_id", "fulfillment_order__warehouse_id"))
    return [_hold(h) for h in rows.order_by("opened_at", "pk")[:limit]]


def waiting(scope: Scope) -> Waiting:
    """What of orders waits for a person (or for goods, or for the floor), counted."""
    within, params = within_scope(scope, "f.client_id", "f.warehouse_id")
    kinds = sql.rows(
        f"""SELECT h.kind, count(*) FROM orders_hold h JOIN orders_fulfillmentorder f ON f.id = h.fulfillment_order_id
            WHERE h.released_at IS NULL AND f.stage NOT IN {GONE} AND {within} GROUP BY 1 ORDER BY 1""",
        params,
    )
    backordered, late, at_risk = sql.rows(
        f"""SELECT count(*) FILTER (WHERE f.stage = 'backordered'), count(*) FILTER (WHERE f.ship_by < %(now)s),
                   count(*) FILTER (WHERE f.stage <> 'packed' AND f.ship_by >= %(now)s AND f.ship_by < %(soon)s)
            FROM orders_fulfillmentorder f WHERE f.stage IN ('backordered', 'open', 'picking', 'picked', 'packed') AND {within}""",
        {**params, "now": clock.now(), "soon": clock.now() + AT_RISK},
    )[0]
    quarantined = Quarantined.objects.filter(resolved_at=None, **scope.filters()).count()
    refused = sql.rows(
        f"""SELECT o.currency, count(DISTINCT o.id), sum(r.amount_minor)::bigint FROM orders_paymentrequest r JOIN orders_order o ON o.id = r.order_id
            WHERE r.kind = 'capture' AND r.error <> '' AND r.replaced_at IS NULL
              AND EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.order_id = o.id AND {within}) GROUP BY 1 ORDER BY 1""",
        params,
    )
    asked = (
        Cancellation.objects.filter(state="asked", **scope.filters("order__client_id", "order__fulfillment_orders__warehouse_id"))
        .values("order_id")
        .distinct()
        .count()
    )
    return Waiting(dict(kinds), asked, backordered, late, at_risk, quarantined, {currency: (n, Money(minor, currency)) for currency, n, minor in refused})


def stages(scope: Scope, warehouse_id: int | None = None) -> dict[str, int]:
    """How many fulfillment orders stand at each stage (those under way, and those of the last thirty days)."""
    within, params = within_scope(scope, "f.client_id", "f.warehouse_id")
    found = sql.rows(
        f"""SELECT f.stage, count(*) FROM orders_fulfillmentorder f WHERE {within} AND (%(warehouse)s::bigint IS NULL OR f.warehouse_id = %(warehouse)s)
            AND (f.stage NOT IN {GONE} OR f.ship_by > %(since)s) GROUP BY 1""",
        {**params, "warehouse": warehouse_id, "since": clock.now() - dt.timedelta(days=30)},
    )
    return dict(found)


def quarantined(scope: Scope, query: ListQuery) -> Page[QuarantinedRow]:
    """Bad orders and lines, newest first, without their payloads. Filters: `state` (open, resolved), `client`, `channel`, `code`."""
    rows = Quarantined.objects.select_related("client").filter(**scope.filters()).defer("payload")
    if query.search:
        rows = rows.filter(external_id__iexact=query.search.strip())
    if (state := query.one("state")) in ("open", "resolved"):
        rows = rows.filter(resolved_at__isnull=state == "open")
    if (pk := query.number("client")) is not None:
        rows = rows.filter(client_id=pk)
    for name in ("channel", "code"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    return paginate(rows, query, make=_quarantined, sorts={"at": "at"})


def quarantined_entry(scope: Scope, quarantined_id: int) -> QuarantinedRow:
    """One entry, with its payload.

    Raises: NotFound.
    """
    found = Quarantined.objects.select_related("client").filter(pk=quarantined_id, **scope.filters()).first()
    if found is None:
        raise NotFound(kind="quarantined order", ref=str(quarantined_id))
    return _quarantined(found, found.payload)


def _quarantined(q: Quarantined, payload: Any = None) -> QuarantinedRow:
    return QuarantinedRow(q.pk, q.client_id, q.client.code, q.channel, q.external_id, q.code, q.reason, q.at, q.resolved_at, q.resolution, payload)


def import_runs(scope: Scope, query: ListQuery) -> Page[ImportRunRow]:
    """Imported files, newest first."""
    rows = ImportRun.objects.select_related("client", "warehouse").filter(**scope.filters(warehouse="warehouse_id"))
    if query.search:
        rows = rows.filter(file_name__icontains=query.search)
    return paginate(rows, query, make=_run)


def _run(r: ImportRun) -> ImportRunRow:
    return ImportRunRow(
        id=r.pk,
        client=r.client.code,
        warehouse=r.warehouse.code,
        file_name=r.file_name,
        format=r.format,
        started_at=r.started_at,
        ended_at=r.ended_at,
        lines_read=r.report.get("lines_read", 0),
        accepted=r.taken.get("accepted", 0),
        already=r.taken.get("already", 0),
        quarantined=r.taken.get("quarantined", 0) + r.taken.get("quarantined_lines", 0),
        done=r.taken.get("done", 0),
        total=r.taken.get("total", 0),
    )


def import_run(scope: Scope, run_id: int) -> ImportRunInfo:
    """One import with its report.

    Raises: NotFound.
    """
    found = ImportRun.objects.select_related("client", "warehouse").filter(pk=run_id, **scope.filters(warehouse="warehouse_id")).first()
    if found is None:
        raise NotFound(kind="import", ref=str(run_id))
    return ImportRunInfo(_run(found), found.report, found.taken, found.ended_at)


def imported_returns(scope: Scope, *, client_id: int | None = None, until: dt.datetime | None = None, limit: int = 1000) -> list[ImportedReturn]:
    """Returns that files told of and nobody has acted on, in the order of time (`until`: only those that came back before). Act on them, then say so with `services.take_imported`."""
    rows = Imported.objects.filter(kind="return", taken_at=None, **scope.filters(warehouse="run__warehouse_id")).select_related("run")
    if client_id is not None:
        rows = rows.filter(client_id=client_id)
    if until is not None:
        rows = rows.filter(at__lte=until)
    found = list(rows.order_by("at", "pk")[:limit])
    keys = {(r.client_id, r.channel, r.original) for r in found if r.original}
    originals = {
        (o.client_id, o.channel, o.external_id): o.pk for o in Order.objects.filter(external_id__in={k[2] for k in keys}, client_id__in={k[0] for k in keys})
    }
    return [
        ImportedReturn(
            id=r.pk,
            client_id=r.client_id,
            warehouse_id=r.run.warehouse_id,
            channel=r.channel,
            reference=r.reference,
            original=r.original,
            original_order_id=originals.get((r.client_id, r.channel, r.original)),
            returned_at=r.at,
            currency=r.currency,
            customer_ref=r.customer_ref,
            reason=r.detail["reason"],
            fees_minor=r.detail["fees_minor"],
            lines=tuple(ImportedReturnLine(*line) for line in r.detail["lines"]),
        )
        for r in found
    ]
