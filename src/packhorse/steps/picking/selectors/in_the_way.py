"""Questions about what stands in pickers' way."""

from __future__ import annotations

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.picking.models import Unlabelled
from packhorse.steps.picking.selectors.walls import seen
from packhorse.steps.picking.types import LeadCallInfo, UnlabelledRow


def lead_calls(scope: Scope, warehouse_id: int) -> list[LeadCallInfo]:
    """The calls that wait for the lead, oldest first; none once the walk is over. A walk mixes clients, so readers limited to some clients see none."""
    if scope.client_ids is not None or not scope.sees_warehouse(warehouse_id):
        return []
    return [
        LeadCallInfo(*row)
        for row in sql.rows(
            """SELECT c.id, c.batch_id, coalesce(l.code, ''), c.picker_id, c.at FROM picking_leadcall c JOIN picking_pickbatch b ON b.id = c.batch_id AND b.state = 'picking'
               LEFT JOIN warehouse_location l ON l.id = c.location_id WHERE c.warehouse_id = %s AND c.answered_at IS NULL ORDER BY c.id""",
            [warehouse_id],
        )
    ]


def in_the_way(scope: Scope) -> tuple[int, int, int]:
    """(calls that wait for the lead, the warehouse of the oldest or 0, items that want a label)."""
    found = sql.rows(
        """SELECT count(c.id), coalesce((array_agg(c.warehouse_id ORDER BY c.id))[1], 0),
                  (SELECT count(*) FROM picking_unlabelled u JOIN warehouse_location l ON l.id = u.location_id WHERE u.labelled_at IS NULL
                   AND (%(clients)s::bigint[] IS NULL OR u.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR l.warehouse_id = ANY(%(warehouses)s)))
           FROM picking_leadcall c JOIN picking_pickbatch b ON b.id = c.batch_id AND b.state = 'picking'
           WHERE c.answered_at IS NULL AND %(clients)s::bigint[] IS NULL AND (%(warehouses)s::bigint[] IS NULL OR c.warehouse_id = ANY(%(warehouses)s))""",
        seen(scope),
    )[0]
    return found[0], found[1], found[2]


def unlabelled(scope: Scope, query: ListQuery) -> Page[UnlabelledRow]:
    """Items that were confirmed by their look and want a label, newest first. Filters: `state` (open, done), `warehouse`. Search: SKU."""
    rows = Unlabelled.objects.select_related("item", "client", "location").filter(**scope.filters(client="client_id", warehouse="location__warehouse_id"))
    if state := query.one("state"):
        rows = rows.filter(labelled_at__isnull=state == "open")
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(location__warehouse_id=warehouse_id)
    if query.search:
        rows = rows.filter(item__sku__istartswith=query.search)
    return paginate(rows, query, make=_row, sorts={"at": "at"}, default="-at")


def _row(row: Unlabelled) -> UnlabelledRow:
    return UnlabelledRow(row.pk, row.item_id, row.item.sku, row.item.name, row.client.name, row.location.code, row.reason, row.at, row.labelled_at)
