"""Counts: what was asked to be counted, and what was found."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.inventory.models import CountLine, CountTask
from packhorse.steps.inventory.types import CountLineInfo, CountRow


def _seen(scope: Scope) -> QuerySet[CountTask]:
    return CountTask.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("warehouse", "location", "item")


def _rows(found: list[CountTask]) -> list[CountRow]:
    sums = {
        (r[0], r[1]): r[2:]
        for r in sql.rows(
            "SELECT task_id, round, count(*), sum(abs(counted - expected))::bigint FROM inventory_countline WHERE task_id = ANY(%s) GROUP BY 1, 2",
            [[t.pk for t in found]],
        )
    }
    return [
        CountRow(
            t.pk, t.warehouse_id, t.warehouse.code, t.location_id, t.location.code, t.item_id, t.item.sku if t.item else "", t.state, t.reason, t.round,
            t.counter, t.first_counter, t.tolerance, t.requested_at, t.posted_at, *sums.get((t.pk, t.round), sums.get((t.pk, t.round - 1), (0, 0))),
        )
        for t in found
    ]  # fmt: skip


def counts(scope: Scope, query: ListQuery) -> Page[CountRow]:
    """Counts, oldest request first. Filters: `state` (one of the states, or `open`), `warehouse`."""
    rows = _seen(scope)
    if query.search:
        rows = rows.filter(Q(location__code__istartswith=query.search) | Q(item__sku__istartswith=query.search))
    if wanted := query.many("state"):
        rows = rows.filter(posted_at=None) if "open" in wanted else rows.filter(state__in=wanted)
    if (warehouse := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse)
    return paginate(rows, query, make=lambda t: _rows([t])[0], many=_rows, sorts={"requested_at": "requested_at"}, default="id")


def count_task(scope: Scope, count_id: int) -> CountRow:
    """One count.

    Raises: NotFound.
    """
    found = list(_seen(scope).filter(pk=count_id))
    if not found:
        raise NotFound(kind="count", ref=str(count_id))
    return _rows(found)[0]


def count_lines(scope: Scope, count_id: int) -> list[CountLineInfo]:
    """What was found, round by round, beside what the ledger said at that moment. Not for the eyes of who is counting."""
    count_task(scope, count_id)
    rows = CountLine.objects.filter(task_id=count_id, **scope.filters()).select_related("item", "lot").order_by("round", "pk")
    return [
        CountLineInfo(n.round, n.item_id, n.item.sku, n.item.name, n.lot_id, n.lot.code if n.lot else "", n.condition, n.counted, n.expected, n.at, n.principal)
        for n in rows
    ]
