"""Questions about orders. Each takes a scope; answers are frozen values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.urls import NoReverseMatch, reverse

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import NotFound
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.ground.places import selectors as places
from packhorse.ground.places.types import StoredAddress
from packhorse.steps.orders.states import status_of
from packhorse.steps.orders.types import FulfillmentOrderInfo, LineInfo, OpenLine, OrderRef, ReleasableOrder


def within_scope(scope: Scope, client: str, warehouse: str) -> tuple[str, dict[str, Any]]:
    """A condition for SQL, and its parameters."""
    parts, params = ["true"], {}
    if scope.client_ids is not None:
        parts.append(f"{client} = ANY(%(scope_clients)s)")
        params["scope_clients"] = sorted(scope.client_ids)
    if scope.warehouse_ids is not None:
        parts.append(f"{warehouse} = ANY(%(scope_warehouses)s)")
        params["scope_warehouses"] = sorted(scope.warehouse_ids)
    return " AND ".join(parts), params


_RELEASABLE: Final = """
SELECT f.id, f.number, f.order_id, f.client_id, f.service, f.ship_by, f.priority FROM orders_fulfillmentorder f
WHERE f.warehouse_id = %(warehouse)s AND (f.stage = 'open' OR (f.stage = 'backordered' AND NOT f.ship_complete)) AND NOT f.held AND f.released_at IS NULL
  AND (f.stage = 'open' OR EXISTS (SELECT FROM orders_fulfillmentline l WHERE l.fulfillment_order_id = f.id AND l.promised > l.picked)) AND {within} {which}
"""


def releasable(
    scope: Scope, warehouse_id: int, *, limit: int, include: Sequence[int] = (), until: dt.datetime | None = None, service: str = ""
) -> list[ReleasableOrder]:
    """What may go to the floor of a warehouse now (not held, not released, promised in full or, where it may ship in part, with something to pick): urgent first, then by ship-by.

    Those of `include` come before all others, and count towards `limit`. `until`, `service`: only what must leave by then, only this service.
    """
    within, params = within_scope(scope, "f.client_id", "f.warehouse_id")
    if until is not None:
        within, params["until"] = f"{within} AND f.ship_by <= %(until)s", until
    if service:
        within, params["service"] = f"{within} AND f.service = %(service)s", service
    params |= {"warehouse": warehouse_id, "limit": limit, "include": list(include)}
    heads = (
        sql.rows(_RELEASABLE.format(within=within, which="AND f.id = ANY(%(include)s) ORDER BY f.priority DESC, f.ship_by, f.id LIMIT %(limit)s"), params)
        if include
        else []
    )
    if len(heads) < limit:
        params["limit"] = limit - len(heads)
        heads += sql.rows(
            _RELEASABLE.format(within=within, which="AND f.id <> ALL(%(include)s) ORDER BY f.priority DESC, f.ship_by, f.id LIMIT %(limit)s"), params
        )
    lines: dict[int, list[OpenLine]] = {}
    for fo, demand, item, quantity in sql.rows(
        "SELECT fulfillment_order_id, demand_id, item_id, promised - picked FROM orders_fulfillmentline WHERE fulfillment_order_id = ANY(%s) AND promised > picked ORDER BY id",
        [[h[0] for h in heads]],
    ):
        lines.setdefault(fo, []).append(OpenLine(demand, item, quantity))
    return [ReleasableOrder(*(*h, tuple(lines.get(h[0], ())))) for h in heads]


_ORDERS: Final = """
SELECT f.id, f.number, f.order_id, o.number, f.client_id, f.warehouse_id, o.channel, o.external_id, o.customer_ref, o.language, o.currency, f.service, f.stage, f.held,
       f.released_at, f.ship_complete, f.priority, o.placed_at, f.ship_by, f.deliver_by, o.ship_to_id, f.promise_basis::text
FROM orders_fulfillmentorder f JOIN orders_order o ON o.id = f.order_id
WHERE {which} AND {within} ORDER BY f.id
"""

_LINES: Final = """
SELECT l.fulfillment_order_id, l.demand_id, l.id, l.order_line_id, b.line_no, l.item_id, i.sku, i.name, l.quantity, l.promised, l.picked, l.packed, l.shipped, l.delivered, l.returned,
       l.cancelled, b.unit_price, round(b.amount_minor::numeric / b.quantity)::bigint, b.amount_minor, b.quantity
FROM orders_fulfillmentline l JOIN orders_orderline b ON b.id = l.order_line_id JOIN catalog_item i ON i.id = l.item_id
WHERE l.fulfillment_order_id = ANY(%s) ORDER BY l.fulfillment_order_id, b.line_no, l.id
"""


def _fulfillment_orders(scope: Scope, which: str, params: Mapping[str, Any]) -> list[FulfillmentOrderInfo]:
    within, limits = within_scope(scope, "f.client_id", "f.warehouse_id")
    heads = sql.rows(_ORDERS.format(which=which, within=within), {**params, **limits})
    lines: dict[int, list[LineInfo]] = {}
    for fo, *rest in sql.rows(_LINES, [[h[0] for h in heads]], often=len(heads) <= sql.FEW) if heads else ():
        lines.setdefault(fo, []).append(LineInfo(*rest))
    return [_info(h, tuple(lines.get(h[0], ()))) for h in heads]


def _info(head: Sequence[Any], lines: tuple[LineInfo, ...]) -> FulfillmentOrderInfo:
    stage, held, released_at = head[12:15]
    status = status_of(stage, held=held, released_at=released_at, shipped=sum(line.shipped for line in lines))
    return FulfillmentOrderInfo(*(*head[:-1], json.loads(head[-1]), lines, status))


def fulfillment_orders(scope: Scope, ids: Iterable[int]) -> list[FulfillmentOrderInfo]:
    """Fulfillment orders with their lines, by ascending id; those outside the scope are left out. Two statements, however many."""
    return _fulfillment_orders(scope, "f.id = ANY(%(ids)s)", {"ids": list(ids)})


def fulfillment_order(scope: Scope, fulfillment_order_id: int) -> FulfillmentOrderInfo:
    """Raises: NotFound (also where the scope does not see it)."""
    found = fulfillment_orders(scope, [fulfillment_order_id])
    if not found:
        raise NotFound(kind="fulfillment order", ref=str(fulfillment_order_id))
    return found[0]


def fulfillment_orders_of(scope: Scope, order_ids: Iterable[int]) -> list[FulfillmentOrderInfo]:
    """The fulfillment orders of orders, by ascending id, without those that were merged into others."""
    return _fulfillment_orders(scope, "f.order_id = ANY(%(ids)s) AND f.stage <> 'merged'", {"ids": list(order_ids)})


def order_of_line(scope: Scope, fulfillment_line_id: int) -> int:
    """The order that a fulfillment line belongs to.

    Raises: NotFound.
    """
    within, params = within_scope(scope, "f.client_id", "f.warehouse_id")
    found = sql.rows(
        f"SELECT f.order_id FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE l.id = %(line)s AND {within}",
        params | {"line": fulfillment_line_id},
    )
    if not found:
        raise NotFound(kind="order line", ref=str(fulfillment_line_id))
    return int(found[0][0])


def lines_of(scope: Scope, demand_ids: Iterable[int]) -> dict[int, LineInfo]:
    """Lines by their demand."""
    wanted = set(demand_ids)
    found = _fulfillment_orders(
        scope, "f.id IN (SELECT fulfillment_order_id FROM orders_fulfillmentline WHERE demand_id = ANY(%(demands)s))", {"demands": sorted(wanted)}
    )
    return {line.demand_id: line for fo in found for line in fo.lines if line.demand_id in wanted}


def ship_to(scope: Scope, order_ids: Iterable[int]) -> dict[int, StoredAddress]:
    """Where orders go, by order id; orders without an address, or outside the scope, are left out."""
    within, params = within_scope(scope, "f.client_id", "f.warehouse_id")
    found = sql.rows(
        f"""SELECT o.id, o.ship_to_id FROM orders_order o WHERE o.id = ANY(%(ids)s) AND o.ship_to_id IS NOT NULL
            AND EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.order_id = o.id AND {within})""",
        {**params, "ids": list(order_ids)},
    )
    kept = places.addresses({a for _, a in found}, EVERYTHING)
    return {order: kept[a] for order, a in found if a in kept}


_REFS: Final = """
SELECT o.id, f.id, o.client_id, o.number, f.number, o.external_id, f.stage, f.held FROM orders_order o JOIN orders_fulfillmentorder f ON f.order_id = o.id
WHERE {within} AND o.id IN (
  SELECT id FROM orders_order WHERE number = %(text)s UNION SELECT id FROM orders_order WHERE upper(external_id) = %(text)s
  UNION SELECT order_id FROM orders_fulfillmentorder WHERE number = %(text)s)
ORDER BY (f.number = %(text)s) DESC, (o.number = %(text)s) DESC, o.id DESC, f.id LIMIT 20
"""


def by_number(scope: Scope, text: str) -> list[OrderRef]:
    """Orders by what is written on them: their number, a fulfillment order's number, or the channel's own id; exact, in any case, best first."""
    wanted = text.strip().upper()
    if not wanted or "\x00" in wanted:
        return []
    within, params = within_scope(scope, "o.client_id", "f.warehouse_id")
    return [OrderRef(*row) for row in sql.rows(_REFS.format(within=within), {**params, "text": wanted})]


def resolve(scan: Scan, context: Context) -> list[Match]:
    """What a scan may mean here: a fulfillment order (`orders.fulfillment_order`) by its number, or an order (`orders.order`) by its number or the channel's id."""
    if not scan.is_plain:
        return []
    matches: dict[Ref, Match] = {}
    for found in by_number(context.scope, scan.text):
        if context.client_id is not None and found.client_id != context.client_id:
            continue
        exact = found.fulfillment_number == scan.text.strip().upper()
        ref = Ref("orders.fulfillment_order", found.fulfillment_order_id) if exact else Ref("orders.order", found.order_id)
        matches.setdefault(ref, Match(ref, found.fulfillment_number if exact else found.number, found.stage))
    return list(matches.values())


def order_url(order_id: int) -> str:
    """The order's page."""
    try:
        return reverse("desk:order", args=[order_id])
    except NoReverseMatch:
        return reverse("orders:order", args=[order_id])
