"""Which orders got goods of a recalled lot."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.places import selectors as places
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.inventory.types import LotUse
from packhorse.steps.orders.models import FulfillmentLine
from packhorse.steps.orders.types import RecalledRow


def recalled(scope: Scope, query: ListQuery) -> Page[RecalledRow]:
    """The order lines that got units of a recalled lot, newest first: to whom they went, or where they are picked and still here. Filter: `lot` (else the lot that was recalled last)."""
    asked = query.number("lot")
    found = inventory.recalls(scope, lot_id=asked, ended=asked is not None)
    recall_id, lot_id = (found[0].id, found[0].lot_id) if found else (0, asked or 0)
    uses = inventory.lot_uses(scope, lot_id)
    rows = FulfillmentLine.objects.filter(demand_id__in=list(uses), **scope.filters("fulfillment_order__client_id", "fulfillment_order__warehouse_id"))
    rows = rows.select_related("fulfillment_order__order", "item")
    if query.search:
        rows = rows.filter(fulfillment_order__order__number__iexact=query.search)
    return paginate(rows, query, make=lambda line: _made([line], uses, recall_id)[0], many=lambda lines: _made(lines, uses, recall_id), default="-id")


def _made(lines: Sequence[FulfillmentLine], uses: dict[int, LotUse], recall_id: int) -> list[RecalledRow]:
    orders = {line.fulfillment_order.order for line in lines}
    told = dict(sql.rows("SELECT order_id, told_at FROM orders_recallnotice WHERE recall_id = %s AND order_id = ANY(%s)", [recall_id, [o.pk for o in orders]]))
    people = places.addresses({o.ship_to_id for o in orders if o.ship_to_id}, EVERYTHING)
    found = []
    for line in lines:
        order, use = line.fulfillment_order.order, uses[line.demand_id]
        to = people.get(order.ship_to_id) if order.ship_to_id else None
        found.append(
            RecalledRow(
                id=line.pk, order_id=order.pk, number=order.number, external_id=order.external_id, customer_ref=order.customer_ref, name=to.data.name if to else "",
                email=to.data.email if to else "", sku=line.item.sku, left=use.left, left_at=use.left_at, picked=use.picked, returned=line.returned, told_at=told.get(order.pk),
            )
        )  # fmt: skip
    return found
