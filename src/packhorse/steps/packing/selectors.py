"""Questions about packing."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.packing.types import BenchLine, BenchOrder, ParcelContent, ParcelInfo
from packhorse.steps.picking import selectors as picking

_SEEN = "(%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR p.warehouse_id = ANY(%(warehouses)s))"


def _seen(scope: Scope) -> dict[str, list[int] | None]:
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


_LINES = """
SELECT a.id, a.demand_id, a.item_id, i.sku, i.name, a.lot_id, a.quantity, i.weight_g, i.length_mm, i.width_mm, i.height_mm, i.fragile, i.upright
FROM inventory_allocation a JOIN catalog_item i ON i.id = a.item_id
"""


def _line(row: tuple[object, ...]) -> BenchLine:
    return BenchLine(*row[:8], size_mm=(row[8], row[9], row[10]), fragile=row[11], upright=row[12])  # type: ignore[arg-type,misc]


def bench_orders(scope: Scope, warehouse_id: int | None = None, *, fulfillment_order_id: int | None = None, limit: int = 500) -> list[BenchOrder]:
    """What stands ready to be packed: orders in totes whose walk is over, and orders whose parcel was opened again. Earliest ship-by first."""
    found: list[BenchOrder] = []
    totes = picking.totes_ready_to_pack(scope, warehouse_id, fulfillment_order_id=fulfillment_order_id, limit=limit)
    lines = {row[0]: _line(row) for row in sql.rows(f"{_LINES} WHERE a.id = ANY(%s)", [[line.allocation_id for t in totes for line in t.lines]])}
    for t in totes:
        own = tuple(lines[line.allocation_id] for line in t.lines)
        found.append(
            BenchOrder(t.fulfillment_order_id, t.fulfillment_order, t.order_id, t.client_id, t.warehouse_id, t.ship_by, t.release_id, t.tote_id, t.tote, own)
        )
    opened = sql.rows(
        f"""SELECT f.id, f.number, f.order_id, f.client_id, f.warehouse_id, f.ship_by, a.id
            FROM inventory_allocation a JOIN warehouse_location w ON w.id = a.location_id AND w.kind = 'station'
            JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder p ON p.id = l.fulfillment_order_id
            JOIN orders_fulfillmentorder f ON f.id = p.id
            WHERE a.closed_at IS NULL AND NOT f.held AND {_SEEN} AND (%(warehouse)s::bigint IS NULL OR f.warehouse_id = %(warehouse)s)
              AND (%(fo)s::bigint IS NULL OR f.id = %(fo)s)
            ORDER BY f.ship_by, f.id, a.id""",
        {"warehouse": warehouse_id, "fo": fulfillment_order_id, **_seen(scope)},
    )
    again = {row[0]: _line(row) for row in sql.rows(f"{_LINES} WHERE a.id = ANY(%s)", [[r[6] for r in opened]])}
    heads = dict.fromkeys(r[:6] for r in opened)
    return found + [BenchOrder(*(*head, None, None, None, tuple(again[r[6]] for r in opened if r[:6] == head))) for head in heads]


def bench_count(scope: Scope) -> int:
    """How many orders stand ready to be packed (counted up to 1,000)."""
    opened = sql.rows(
        f"""SELECT count(DISTINCT p.id) FROM inventory_allocation a JOIN warehouse_location w ON w.id = a.location_id AND w.kind = 'station'
            JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder p ON p.id = l.fulfillment_order_id
            WHERE a.closed_at IS NULL AND NOT p.held AND {_SEEN}""",
        _seen(scope),
    )
    return picking.totes_ready_count(scope) + int(opened[0][0])


_PARCEL = """
SELECT p.id, p.number, p.client_id, p.warehouse_id, p.fulfillment_order_id, f.number, f.order_id, p.state, b.code, p.length_mm, p.width_mm, p.height_mm,
       p.weight_g, p.expected_g, p.fill_permille, p.material_minor, p.packed_by, p.sealed_at,
       (SELECT coalesce(sum(quantity), 0)::bigint FROM packing_parcelline l WHERE l.parcel_id = p.id)
FROM packing_parcel p JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id LEFT JOIN catalog_box b ON b.id = p.box_id
"""


def parcels(
    scope: Scope, *, states: Sequence[str] = ("sealed", "labelled", "loaded"), warehouse_id: int | None = None, before: int | None = None, limit: int = 50
) -> list[ParcelInfo]:
    """Parcels in these states, newest first, with ids below `before`."""
    return [
        ParcelInfo(*row)
        for row in sql.rows(
            f"""{_PARCEL} WHERE p.state = ANY(%(states)s) AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)
                AND (%(before)s::bigint IS NULL OR p.id < %(before)s) AND {_SEEN} ORDER BY p.id DESC LIMIT %(limit)s""",
            {"states": list(states), "warehouse": warehouse_id, "before": before, "limit": limit, **_seen(scope)},
        )
    ]


def parcels_by_id(scope: Scope, parcel_ids: Sequence[int]) -> list[ParcelInfo]:
    """These parcels, by id."""
    return [ParcelInfo(*row) for row in sql.rows(f"{_PARCEL} WHERE p.id = ANY(%(ids)s) AND {_SEEN} ORDER BY p.id", {"ids": list(parcel_ids), **_seen(scope)})]


def parcel(scope: Scope, parcel_id: int) -> ParcelInfo:
    """One parcel.

    Raises: NotFound.
    """
    found = parcels_by_id(scope, [parcel_id])
    if not found:
        raise NotFound(kind="parcel", ref=parcel_id)
    return found[0]


def parcels_of(scope: Scope, fulfillment_order_ids: Sequence[int]) -> list[ParcelInfo]:
    """All parcels of fulfillment orders, voided ones too, oldest first."""
    return [
        ParcelInfo(*row)
        for row in sql.rows(
            f"{_PARCEL} WHERE p.fulfillment_order_id = ANY(%(fos)s) AND {_SEEN} ORDER BY p.id", {"fos": list(fulfillment_order_ids), **_seen(scope)}
        )
    ]


def parcels_to_ship(scope: Scope, warehouse_id: int | None = None, *, limit: int = 500) -> list[ParcelInfo]:
    """The shelf for shipping: sealed parcels that have no label yet, oldest first."""
    return [
        ParcelInfo(*row)
        for row in sql.rows(
            f"""{_PARCEL} WHERE p.state = 'sealed' AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s) AND NOT f.held AND {_SEEN}
                ORDER BY p.id LIMIT %(limit)s""",
            {"warehouse": warehouse_id, "limit": limit, **_seen(scope)},
        )
    ]


def contents(scope: Scope, parcel_ids: Sequence[int]) -> list[ParcelContent]:
    """What is in parcels, in packing order."""
    return [
        ParcelContent(*row)
        for row in sql.rows(
            f"""SELECT l.parcel_id, l.allocation_id, l.demand_id, l.item_id, i.sku, i.name, l.lot_id, t.code, l.quantity
                FROM packing_parcelline l JOIN packing_parcel p ON p.id = l.parcel_id JOIN catalog_item i ON i.id = l.item_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
                WHERE l.parcel_id = ANY(%(ids)s) AND {_SEEN} ORDER BY l.parcel_id, l.id""",
            {"ids": list(parcel_ids), **_seen(scope)},
        )
    ]
