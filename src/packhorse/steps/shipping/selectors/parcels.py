"""Sealed parcels as shipping sees them: which wait for a label, which have one, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.errors import Invalid
from packhorse.core.lists import ListQuery, Page, decode_cursor, page_of
from packhorse.core.money import Money
from packhorse.steps.shipping.selectors.labels import seen
from packhorse.steps.shipping.states import LIVE
from packhorse.steps.shipping.types import ParcelRow

#: The shelves of the parcels list, as conditions on parcel p and its live label l.
_SHELVES: Final[dict[str, str]] = {
    "waiting": "p.state = 'sealed' AND (l.id IS NULL OR l.state IN ('requested', 'buying', 'unknown'))",
    "failed": "p.state = 'sealed' AND (l.state = 'failed' OR l.state = 'unknown' AND l.attempts > 2 OR l.id IS NULL AND u.id IS NOT NULL)",
    "print": "p.state IN ('labelled', 'loaded') AND l.state = 'bought' AND l.printed_at IS NULL",
    "ready": "p.state IN ('labelled', 'loaded')",
    "here": "p.state IN ('sealed', 'labelled', 'loaded')",
}

_PARCELS: Final = """
SELECT p.id, p.number, c.code, p.warehouse_id, f.order_id, o.number, f.number, f.ship_by, f.service, f.held, p.state, p.weight_g, p.length_mm, p.width_mm, p.height_mm, p.sealed_at,
       l.id, l.state, l.carrier, l.service, l.tracking_number, l.amount_minor, l.currency, l.printed_at, coalesce(l.error, u.reason)
FROM packing_parcel p JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id JOIN orders_order o ON o.id = f.order_id JOIN catalog_client c ON c.id = p.client_id
LEFT JOIN shipping_label l ON l.parcel_id = p.id AND l.state = ANY(%(live)s)
LEFT JOIN shipping_unquoted u ON u.fulfillment_order_id = p.fulfillment_order_id
"""


def _row(r: tuple[Any, ...]) -> ParcelRow:
    return ParcelRow(*(*r[:21], Money(r[21], r[22]) if r[21] is not None else None, r[23], r[24] or ""))


def parcels(scope: Scope, query: ListQuery) -> Page[ParcelRow]:
    """Parcels that have not left, the most urgent first.

    Filters: `shelf` (waiting, failed, print, ready, here), `warehouse`, `carrier`, `service` (as promised). Search: parcel, order or tracking number.
    """
    limit, params = seen(scope, "p")
    where = [_SHELVES.get(query.one("shelf"), _SHELVES["waiting"] if not query.search else _SHELVES["here"]), limit]
    params |= {"live": sorted(LIVE), "limit": query.limit + 1}
    if (warehouse := query.number("warehouse")) is not None:
        where.append("p.warehouse_id = %(warehouse)s")
        params["warehouse"] = warehouse
    if carriers := query.many("carrier"):
        where.append("l.carrier = ANY(%(carriers)s)")
        params["carriers"] = list(carriers)
    if services := query.many("service"):
        where.append("f.service = ANY(%(services)s)")
        params["services"] = list(services)
    if query.search:
        where.append("%(text)s IN (p.number, o.number, f.number, coalesce(l.tracking_number, ''))")
        params["text"] = query.search.upper()
    descending = query.sort == "-number"
    by_number = query.sort.lstrip("-") == "number"
    if query.cursor:
        _, value, pk = decode_cursor(query.cursor)
        if not isinstance(pk, int) or not isinstance(value, int if by_number else str):
            raise Invalid(field="cursor", reason="unreadable")
        where.append(("p.id < %(after)s" if descending else "p.id > %(after)s") if by_number else "(f.ship_by, p.id) > (%(ship_by)s::timestamptz, %(after)s)")
        params |= {"after": pk} if by_number else {"after": pk, "ship_by": value}
    order = ("p.id DESC" if descending else "p.id") if by_number else "f.ship_by, p.id"
    rows = [_row(r) for r in sql.rows(f"{_PARCELS} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT %(limit)s", params)]
    count = None
    if query.count and not query.cursor:
        count = len(rows) if len(rows) <= query.limit else sql.rows(f"SELECT count(*) FROM ({_PARCELS} WHERE {' AND '.join(where)} LIMIT 1001) x", params)[0][0]
    return page_of(rows, query, cursor=lambda r: (r.id if by_number else r.ship_by, r.id), count=count)


def parcels_by_id(scope: Scope, parcel_ids: Sequence[int]) -> list[ParcelRow]:
    """These parcels with their live labels, in the order in which they stand on the shelf: by bench, then as they were sealed."""
    limit, params = seen(scope, "p")
    found = sql.rows(
        f"{_PARCELS} WHERE p.id = ANY(%(ids)s) AND {limit} ORDER BY p.station_id NULLS LAST, p.id", {**params, "live": sorted(LIVE), "ids": list(parcel_ids)}
    )
    return [_row(r) for r in found]


def parcels_without_label(scope: Scope, warehouse_id: int, *, parcel_ids: Sequence[int] | None = None, limit: int = 500) -> list[int]:
    """Sealed parcels that need a service chosen, most urgent first: no live label, order not held, and packed whole or allowed to ship in part.

    Where none are named, orders that no carrier quoted for stand back until they are tried again.
    """
    within, params = seen(scope, "p")
    return [
        r[0]
        for r in sql.rows(
            f"""SELECT p.id FROM packing_parcel p JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id
                WHERE p.state = 'sealed' AND p.warehouse_id = %(warehouse)s AND (%(ids)s::bigint[] IS NULL OR p.id = ANY(%(ids)s)) AND {within}
                  AND NOT f.held AND (f.stage = 'packed' OR NOT f.ship_complete)
                  AND NOT EXISTS (SELECT FROM shipping_label l WHERE l.parcel_id = p.id AND l.state = ANY(%(live)s))
                  AND (%(ids)s::bigint[] IS NOT NULL OR NOT EXISTS (SELECT FROM shipping_unquoted u WHERE u.fulfillment_order_id = f.id AND u.next_attempt_at > %(now)s))
                ORDER BY f.ship_by, f.id, p.id LIMIT %(limit)s""",
            {
                **params,
                "warehouse": warehouse_id,
                "ids": None if parcel_ids is None else list(parcel_ids),
                "live": sorted(LIVE),
                "limit": limit,
                "now": clock.now(),
            },
        )
    ]


def warehouses_of(scope: Scope, parcel_ids: Sequence[int]) -> dict[int, list[int]]:
    """Parcels by the warehouse they stand in; those outside the scope are left out."""
    within, params = seen(scope, "p")
    found: dict[int, list[int]] = {}
    for warehouse_id, parcel_id in sql.rows(
        f"SELECT p.warehouse_id, p.id FROM packing_parcel p WHERE p.id = ANY(%(ids)s) AND {within} ORDER BY 1, 2", {**params, "ids": list(parcel_ids)}
    ):
        found.setdefault(warehouse_id, []).append(parcel_id)
    return found


def waiting_count(scope: Scope) -> int:
    """How many parcels wait for a label, or got none (counted up to 1,000)."""
    within, params = seen(scope, "p")
    return int(sql.rows(f"SELECT count(*) FROM (SELECT FROM packing_parcel p WHERE p.state = 'sealed' AND {within} LIMIT 1000) x", params)[0][0])


def failed_count(scope: Scope) -> int:
    """How many parcels carriers refused, do not answer about, or do not quote for."""
    within, params = seen(scope, "l")
    unquoted, _ = seen(scope, "p")
    return int(
        sql.rows(
            f"""SELECT (SELECT count(*) FROM shipping_label l
                        WHERE l.state IN ('failed', 'unknown') AND (l.state = 'failed' OR l.attempts > 2) AND l.parcel_id IS NOT NULL AND {within})
                     + (SELECT count(*) FROM shipping_unquoted u JOIN packing_parcel p ON p.fulfillment_order_id = u.fulfillment_order_id
                        WHERE p.state = 'sealed' AND {unquoted}
                          AND NOT EXISTS (SELECT FROM shipping_label l WHERE l.parcel_id = p.id AND l.state = ANY(%(live)s)))""",
            {**params, "live": sorted(LIVE)},
        )[0][0]
    )
