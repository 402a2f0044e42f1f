"""Questions about packing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from packhorse.core import sql
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.orders import selectors as orders
from packhorse.steps.packing.errors import NotOnTheBench
from packhorse.steps.packing.models import Parcel
from packhorse.steps.packing.types import BenchLine, BenchOrder, ChangedBox, ConsideredBox, ParcelContent, ParcelInfo, ParcelReasons, Sealed
from packhorse.steps.picking import selectors as picking

_SEEN = "(%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR p.warehouse_id = ANY(%(warehouses)s))"


def seen(scope: Scope) -> dict[str, list[int] | None]:
    """What the statements of packing are told of a scope."""
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


_LINES = """
SELECT a.id, a.demand_id, a.item_id, i.sku, i.name, a.lot_id, a.quantity, i.weight_g, i.length_mm, i.width_mm, i.height_mm, i.fragile, i.upright, t.code,
       CASE WHEN w.kind = 'station' THEN w.id END, i.tracking = 'serial'
FROM inventory_allocation a JOIN catalog_item i ON i.id = a.item_id LEFT JOIN inventory_lot t ON t.id = a.lot_id
JOIN warehouse_location u ON u.id = a.location_id LEFT JOIN warehouse_location o ON o.id = u.parent_id
LEFT JOIN warehouse_location w ON w.id = CASE WHEN u.kind = 'station' THEN u.id WHEN o.kind = 'tote' THEN o.parent_id ELSE o.id END
"""


def _line(row: tuple[object, ...]) -> BenchLine:
    return BenchLine(*row[:8], size_mm=(row[8], row[9], row[10]), fragile=row[11], upright=row[12], lot=row[13], serial=row[15])  # type: ignore[arg-type,misc]


def bench_orders(scope: Scope, warehouse_id: int | None = None, *, fulfillment_order_id: int | None = None, limit: int = 500) -> list[BenchOrder]:
    """What stands ready to be packed: orders in totes whose walk is over, and orders whose parcel was opened again. Earliest ship-by first."""
    one = fulfillment_order_id is not None  # a scan
    totes = picking.totes_ready_to_pack(scope, warehouse_id, fulfillment_order_id=fulfillment_order_id, limit=limit)
    opened = sql.rows(
        f"""SELECT f.id, f.number, f.order_id, f.client_id, f.warehouse_id, f.ship_by, a.id
            FROM inventory_allocation a JOIN warehouse_location w ON w.id = a.location_id AND w.kind = 'station'
            JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder p ON p.id = l.fulfillment_order_id
            JOIN orders_fulfillmentorder f ON f.id = p.id
            WHERE a.closed_at IS NULL AND NOT f.held AND {_SEEN} AND (%(warehouse)s::bigint IS NULL OR f.warehouse_id = %(warehouse)s)
              {"AND f.id = %(fo)s::bigint" if one else ""}
            ORDER BY f.ship_by, f.id, a.id""",
        {"warehouse": warehouse_id, **seen(scope), **({"fo": fulfillment_order_id} if one else {})},
        often=one,
    )
    rows = sql.rows(
        f"{_LINES} WHERE a.id = ANY(%s::bigint[])", [[*(line.allocation_id for t in totes for line in t.lines), *(r[6] for r in opened)]], often=one
    )
    lines, stations = {row[0]: _line(row) for row in rows}, {row[0]: row[14] for row in rows}
    found = [
        BenchOrder(
            t.fulfillment_order_id, t.fulfillment_order, t.order_id, t.client_id, t.warehouse_id, t.ship_by, t.release_id, t.tote_id, t.tote,
            tuple(lines[line.allocation_id] for line in t.lines), stations[t.lines[0].allocation_id],
        )
        for t in totes
    ]  # fmt: skip
    by_order: dict[tuple[Any, ...], list[int]] = {}
    for r in opened:
        by_order.setdefault(r[:6], []).append(r[6])
    return found + [BenchOrder(*(*head, None, None, None, tuple(lines[i] for i in ids), stations[ids[0]])) for head, ids in by_order.items()]


def bench_order(scope: Scope, fulfillment_order_id: int) -> BenchOrder:
    """What stands ready to be packed of one fulfillment order: in its tote and, after a parcel was opened again, at the bench.

    Raises: NotOnTheBench where nothing does.
    """
    found = bench_orders(scope, fulfillment_order_id=fulfillment_order_id)
    if not found:
        fo = next(iter(orders.fulfillment_orders(scope, [fulfillment_order_id])), None)
        raise NotOnTheBench(number=fo.number if fo else f"#{fulfillment_order_id}", what=_("nothing of it stands there"), order_id=fo.order_id if fo else None)
    return replace(found[0], lines=tuple(line for order in found for line in order.lines))


def bench_page(scope: Scope, query: ListQuery) -> Page[BenchOrder]:
    """The bench shelf, earliest ship-by first (up to 500 orders). Filter: `warehouse`. Search: order number or tote."""
    rows = bench_orders(scope, query.number("warehouse"))
    wanted = query.search.upper()
    rows = [r for r in rows if not wanted or wanted in r.number.upper() or (r.tote or "").upper().startswith(wanted)]
    return Page(rows=tuple(rows), count=len(rows))


def single_piece_order(scope: Scope, item_ids: list[int]) -> BenchOrder | None:
    """The order with the earliest ship-by that is nothing but one piece of one of these items."""
    found = picking.single_piece_orders(scope, item_ids)
    return bench_order(scope, found[0]) if found else None


def parcel_page(scope: Scope, query: ListQuery) -> Page[ParcelInfo]:
    """Parcels, newest first. Filters: `state`, `warehouse`. Search: parcel or order number."""
    rows = Parcel.objects.filter(**scope.filters(warehouse="warehouse_id"))
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if query.search:
        rows = rows.filter(Q(number__istartswith=query.search) | Q(fulfillment_order__number__istartswith=query.search))

    def many(found: list[Parcel]) -> list[ParcelInfo]:
        by_id = {p.parcel_id: p for p in parcels_by_id(scope, [f.pk for f in found])}
        return [by_id[f.pk] for f in found]

    return paginate(rows, query, make=lambda p: many([p])[0], many=many, sorts={"sealed": "sealed_at", "number": "number", "weight": "weight_g"}, default="-id")


def box_of_last_time(scope: Scope, client_id: int, key: str, *, because_of: Sequence[str] | None = None) -> int | None:
    """The box in which the same contents were last packed; with `because_of`, last packed instead of a proposed one for one of these reasons. A client's own parcels only."""
    found = sql.rows(
        f"""SELECT p.box_id FROM packing_parcel p
            WHERE p.client_id = %(client)s AND p.contents_key = %(key)s AND p.state <> 'voided' AND p.box_id IS NOT NULL AND {_SEEN}
            {"AND p.box_why <> '' AND p.box_why = ANY(%(whys)s)" if because_of is not None else ""}
            ORDER BY p.id DESC LIMIT 1""",
        {"client": client_id, "key": key, "whys": list(because_of or ()), **seen(scope)},
        often=True,
    )
    return int(found[0][0]) if found else None


def changed_boxes(scope: Scope, query: ListQuery) -> Page[ChangedBox]:
    """Which boxes packers took instead of the proposed ones, and why, the most frequent first. Filters: `warehouse`, `why`."""
    rows = Parcel.objects.filter(**scope.filters(warehouse="warehouse_id")).exclude(box_why="").exclude(state="voided")
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if whys := query.many("why"):
        rows = rows.filter(box_why__in=whys)
    counted = rows.values("proposed_box__code", "box__code", "box_why").annotate(times=Count("pk"), last_at=Max("sealed_at"))
    found = [ChangedBox(r["proposed_box__code"], r["box__code"], r["box_why"], r["times"], r["last_at"]) for r in counted.order_by("-times", "-last_at")[:500]]
    return Page(rows=tuple(found), count=len(found))


def reasons(scope: Scope, parcel_id: int) -> ParcelReasons:
    """Why a parcel looks as it does.

    Raises: NotFound.
    """
    parcel(scope, parcel_id)
    kept: dict[str, Any]
    kept, instead_of, why = Parcel.objects.values_list("reasons", "proposed_box__code", "box_why").get(pk=parcel_id)
    return ParcelReasons(
        str(kept.get("basis", "")),
        tuple(ConsideredBox(str(c["box"]), int(c["cost_minor"]), str(c["verdict"])) for c in kept.get("considered", ())),
        tuple((k, str(v)) for k, v in kept.items() if k not in ("basis", "considered")),
        instead_of,
        why,
    )


def resolve(scan: Scan, context: Context) -> list[Match]:
    """What a scan may mean here: a parcel, by its number."""
    if not scan.is_plain or not scan.text:
        return []
    which = "p.number = upper(%(text)s) AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s)"
    rows = sql.rows(f"{_PARCEL} WHERE {which} AND {_SEEN}", {"text": scan.text, "warehouse": context.warehouse_id, **seen(context.scope)})
    return [Match(Ref("packing.parcel", p.parcel_id), p.number, p.state) for p in (ParcelInfo(*row) for row in rows)]


def bench_count(scope: Scope) -> int:
    """How many orders stand ready to be packed (counted up to 1,000)."""
    opened = sql.rows(
        f"""SELECT count(DISTINCT p.id) FROM inventory_allocation a JOIN warehouse_location w ON w.id = a.location_id AND w.kind = 'station'
            JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder p ON p.id = l.fulfillment_order_id
            WHERE a.closed_at IS NULL AND NOT p.held AND {_SEEN}""",
        seen(scope),
    )
    return picking.totes_ready_count(scope) + int(opened[0][0])


def packed_before(actor: Actor, key: UUID, fulfillment_order_id: int) -> list[Sealed] | None:
    """What this actor packed of the order under this key before; None where there was no such request."""
    found = sql.rows(
        """SELECT c.answer::text FROM core_command c JOIN packing_parcel p ON p.id = (c.answer -> 0 ->> 'parcel_id')::bigint
           WHERE c.principal = %s AND c.key = %s AND c.use_case = 'steps.packing.services.sealing.pack_as_is' AND p.fulfillment_order_id = %s""",
        [actor.principal, key, fulfillment_order_id],
    )
    return [Sealed(**sealed) for sealed in json.loads(found[0][0])] if found else None


def unlabelled_count(scope: Scope) -> int:
    """How many sealed parcels have no label yet (counted up to 1,000)."""
    return int(sql.rows(f"SELECT count(*) FROM (SELECT p.id FROM packing_parcel p WHERE p.state = 'sealed' AND {_SEEN} LIMIT 1000) x", seen(scope))[0][0])


_PARCEL = """
SELECT p.id, p.number, p.client_id, p.warehouse_id, p.fulfillment_order_id, f.number, f.order_id, p.state, b.code, p.length_mm, p.width_mm, p.height_mm,
       p.weight_g, p.expected_g, p.fill_permille, p.material_minor, p.packed_by, p.sealed_at,
       (SELECT coalesce(sum(quantity), 0)::bigint FROM packing_parcelline l WHERE l.parcel_id = p.id), p.station_id
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
            {"states": list(states), "warehouse": warehouse_id, "before": before, "limit": limit, **seen(scope)},
        )
    ]


def parcels_by_id(scope: Scope, parcel_ids: Sequence[int]) -> list[ParcelInfo]:
    """These parcels, by id."""
    return [ParcelInfo(*row) for row in sql.rows(f"{_PARCEL} WHERE p.id = ANY(%(ids)s) AND {_SEEN} ORDER BY p.id", {"ids": list(parcel_ids), **seen(scope)})]


def parcel(scope: Scope, parcel_id: int) -> ParcelInfo:
    """One parcel.

    Raises: NotFound.
    """
    found = parcels_by_id(scope, [parcel_id])
    if not found:
        raise NotFound(kind="parcel", ref=parcel_id)
    return found[0]


def parcels_of_order(scope: Scope, order_id: int) -> list[ParcelInfo]:
    """All parcels of an order, voided ones too, oldest first."""
    return [ParcelInfo(*row) for row in sql.rows(f"{_PARCEL} WHERE f.order_id = %(order)s AND {_SEEN} ORDER BY p.id", {"order": order_id, **seen(scope)})]


def parcels_of(scope: Scope, fulfillment_order_ids: Sequence[int]) -> list[ParcelInfo]:
    """All parcels of fulfillment orders, voided ones too, oldest first."""
    return [
        ParcelInfo(*row)
        for row in sql.rows(
            f"{_PARCEL} WHERE p.fulfillment_order_id = ANY(%(fos)s) AND {_SEEN} ORDER BY p.id", {"fos": list(fulfillment_order_ids), **seen(scope)}
        )
    ]


def parcels_to_ship(scope: Scope, warehouse_id: int | None = None, *, limit: int = 500) -> list[ParcelInfo]:
    """The shelf for shipping: sealed parcels that have no label yet, oldest first."""
    return [
        ParcelInfo(*row)
        for row in sql.rows(
            f"""{_PARCEL} WHERE p.state = 'sealed' AND (%(warehouse)s::bigint IS NULL OR p.warehouse_id = %(warehouse)s) AND NOT f.held AND {_SEEN}
                ORDER BY p.id LIMIT %(limit)s""",
            {"warehouse": warehouse_id, "limit": limit, **seen(scope)},
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
            {"ids": list(parcel_ids), **seen(scope)},
        )
    ]
