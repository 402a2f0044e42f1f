"""What there is, where it is, and what can be promised of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from packhorse.core import clock, sql
from packhorse.core.actors import Scope
from packhorse.core.books import Part
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.ground.catalog.models import Item
from packhorse.steps.inventory import reconciler
from packhorse.steps.inventory.models import Shortfall, Stock
from packhorse.steps.inventory.records import seen, wall
from packhorse.steps.inventory.types import Allocated, Availability, ClosedMonthInfo, DemandInfo, Drift, ItemStock, LevelAt, MoveLine, ShortfallInfo, UnitsAt


def availability(scope: Scope, warehouse_id: int, item_ids: Sequence[int]) -> list[Availability]:
    """What can be promised of items in a warehouse, one answer for each item that the reader sees (zeros where there never was any), by item id.

    Of a kit as many can be promised as its scarcest component allows: that is what its `sellable` says, promises are its components'.
    """
    found = sql.rows(
        f"""SELECT i.id, coalesce(k.whole, s.sellable, 0)::bigint, CASE WHEN k.whole IS NULL THEN coalesce(s.promised, 0) ELSE 0 END,
                   CASE WHEN k.whole IS NULL THEN coalesce(s.short, 0) ELSE 0 END
            FROM catalog_item i LEFT JOIN inventory_stock s ON s.item_id = i.id AND s.warehouse_id = %(warehouse)s
            LEFT JOIN LATERAL (SELECT min(greatest(0, coalesce(t.sellable - t.promised, 0)) / c.quantity) AS whole FROM catalog_component c
                               LEFT JOIN inventory_stock t ON t.item_id = c.item_id AND t.warehouse_id = %(warehouse)s WHERE c.kit_id = i.id) k ON true
            WHERE i.id = ANY(%(items)s) AND {wall("i.client_id", "%(warehouse)s")} ORDER BY i.id""",
        seen(scope, warehouse=warehouse_id, items=list(item_ids)),
    )
    return [Availability(warehouse_id, *r) for r in found]


_LEVELS: Final = f"""
SELECT l.id, l.client_id, l.item_id, i.sku, i.name, p.warehouse_id, p.id, p.code, p.kind, l.lot_id, coalesce(t.code, ''), t.expires_on, l.condition, l.on_hand, l.allocated
FROM inventory_level l JOIN catalog_item i ON i.id = l.item_id JOIN warehouse_location p ON p.id = l.location_id LEFT JOIN inventory_lot t ON t.id = l.lot_id
WHERE l.on_hand > 0 AND {wall("l.client_id", "p.warehouse_id")}
"""


def levels(
    scope: Scope, *, item_id: int | None = None, location_id: int | None = None, lot_id: int | None = None, location_ids: Sequence[int] | None = None
) -> list[LevelAt]:
    """What lies where, of an item, at a place or several, or of a lot (at least one of these), by place and item."""
    asked = {
        "l.item_id = %(item)s": item_id,
        "l.location_id = %(place)s": location_id,
        "l.lot_id = %(lot)s": lot_id,
        "l.location_id = ANY(%(places)s)": location_ids,
    }
    narrowed = [column for column, value in asked.items() if value is not None]
    assert narrowed, "levels of something"
    where = "".join(f" AND {column}" for column in narrowed)
    params = seen(scope, item=item_id, place=location_id, lot=lot_id, places=None if location_ids is None else list(location_ids))
    return [
        LevelAt(*r)
        for r in sql.rows(f"{_LEVELS}{where} ORDER BY p.warehouse_id, p.code, i.sku, t.expires_on NULLS LAST, l.condition <> 'sellable', l.id", params)
    ]


def backordered(scope: Scope, warehouse_id: int, item_ids: Sequence[int]) -> list[int]:
    """Demands of these items that are not promised in full, oldest first."""
    found = sql.rows(
        f"""SELECT d.id FROM inventory_demand d
            WHERE d.warehouse_id = %(warehouse)s AND d.item_id = ANY(%(items)s) AND d.promised < d.wanted AND {wall("d.client_id", "d.warehouse_id")} ORDER BY d.id""",
        seen(scope, warehouse=warehouse_id, items=list(item_ids)),
    )
    return [r[0] for r in found]


def open_allocations(scope: Scope, *, demand_ids: Sequence[int] | None = None, location_id: int | None = None) -> list[Allocated]:
    """Open allocations of demands and/or at a place, by id."""
    assert demand_ids is not None or location_id is not None, "allocations of something"
    found = sql.rows(
        f"""SELECT a.id, a.demand_id, a.item_id, a.location_id, a.lot_id, a.quantity
            FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id
            WHERE a.closed_at IS NULL AND {wall("a.client_id", "p.warehouse_id")}
              {"AND a.demand_id = ANY(%(demands)s)" if demand_ids is not None else ""} {"AND a.location_id = %(location)s" if location_id is not None else ""}
            ORDER BY a.id""",
        seen(scope, demands=list(demand_ids or ()), location=location_id),
    )
    return [Allocated(*r) for r in found]


def demands(scope: Scope, *, item_id: int | None = None, demand_ids: Sequence[int] | None = None) -> list[DemandInfo]:
    """Open demands of an item (all that want something), or demands by id; oldest first."""
    assert (item_id is None) != (demand_ids is None), "of an item, or by id"
    found = sql.rows(
        f"""SELECT d.id, d.item_id, i.sku, d.warehouse_id, d.wanted, d.promised, d.allocated, d.for_kind, d.for_id, d.at
            FROM inventory_demand d JOIN catalog_item i ON i.id = d.item_id
            WHERE {wall("d.client_id", "d.warehouse_id")} AND {"d.item_id = %(item)s AND d.wanted > 0" if item_id is not None else "d.id = ANY(%(demands)s)"} ORDER BY d.id LIMIT 1000""",
        seen(scope, item=item_id, demands=list(demand_ids or ())),
    )
    return [DemandInfo(r[0], r[1], r[2], r[3], r[4], r[5], r[6], Ref(r[7], r[8]), r[9]) for r in found]


_WHERE_IS: Final = f"""
WITH here AS (
  SELECT l.id, l.item_id, p.warehouse_id, w.code AS warehouse, p.id AS place, p.code, p.kind, p.pickable, l.lot_id, coalesce(t.code, '') AS lot, t.expires_on, t.blocked_at,
         l.condition, l.on_hand, l.allocated, c.minimum_shelf_days
  FROM inventory_level l JOIN catalog_client c ON c.id = l.client_id JOIN warehouse_location p ON p.id = l.location_id JOIN warehouse_warehouse w ON w.id = p.warehouse_id
  LEFT JOIN inventory_lot t ON t.id = l.lot_id
  WHERE l.item_id = %(item)s AND l.on_hand > 0 AND {wall("l.client_id", "p.warehouse_id")}
)
SELECT h.item_id, h.warehouse_id, h.warehouse, h.place, h.code, h.kind, h.lot_id, h.lot, h.expires_on, h.condition, h.on_hand - h.allocated,
       CASE WHEN h.condition <> 'sellable' THEN h.condition WHEN h.blocked_at IS NOT NULL THEN 'lot_blocked' WHEN h.expires_on < %(today)s THEN 'expired'
            WHEN h.kind IN ('quarantine', 'transit') THEN h.kind
            WHEN h.expires_on < %(today)s::date + h.minimum_shelf_days THEN 'too_old' WHEN NOT h.pickable THEN 'not_put_away' ELSE 'free' END, NULL::bigint, NULL::text, NULL::bigint
FROM here h WHERE h.on_hand > h.allocated
UNION ALL
SELECT h.item_id, h.warehouse_id, h.warehouse, h.place, h.code, h.kind, h.lot_id, h.lot, h.expires_on, h.condition, a.quantity, 'allocated', d.id, d.for_kind, d.for_id
FROM here h JOIN inventory_allocation a ON a.item_id = h.item_id AND a.location_id = h.place AND a.lot_id IS NOT DISTINCT FROM h.lot_id AND a.closed_at IS NULL
JOIN inventory_demand d ON d.id = a.demand_id
WHERE h.condition = 'sellable'
ORDER BY 3, 5, 8, 12, 13
"""


def where_is(scope: Scope, item_id: int) -> list[UnitsAt]:
    """Every unit of an item: where it is and why it is not available, by warehouse and place. Quantities add up to what is on hand."""
    found = sql.rows(_WHERE_IS, seen(scope, item=item_id, today=clock.now().date()))
    return [UnitsAt(*(*r[:13], Ref(r[13], r[14]) if r[13] else None)) for r in found]


def _item_stock(items: list[Item], scope: Scope) -> list[ItemStock]:
    sums = {
        r[0]: r[1:]
        for r in sql.rows(
            f"""SELECT i.id, coalesce(h.on_hand, 0)::bigint, coalesce(k.whole, s.sellable, 0)::bigint,
                       CASE WHEN k.whole IS NULL THEN coalesce(s.promised, 0) ELSE 0 END::bigint, CASE WHEN k.whole IS NULL THEN coalesce(s.short, 0) ELSE 0 END::bigint, k.whole IS NOT NULL
                FROM unnest(%(items)s::bigint[]) AS i(id)
                LEFT JOIN LATERAL (
                  SELECT sum(w.whole) AS whole FROM (
                    SELECT h.id, min(greatest(0, coalesce(s.sellable - s.promised, 0)) / c.quantity) AS whole FROM catalog_component c CROSS JOIN warehouse_warehouse h
                    LEFT JOIN inventory_stock s ON s.item_id = c.item_id AND s.warehouse_id = h.id
                    WHERE c.kit_id = i.id AND {wall(warehouse="h.id")} GROUP BY h.id) w) k ON true
                LEFT JOIN LATERAL (SELECT sum(sellable) AS sellable, sum(promised) AS promised, sum(short) AS short FROM inventory_stock s
                                   WHERE s.item_id = i.id AND {wall(warehouse="s.warehouse_id")}) s ON true
                LEFT JOIN LATERAL (SELECT sum(l.on_hand) AS on_hand FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
                                   WHERE l.item_id = i.id AND {wall(warehouse="p.warehouse_id")}) h ON true""",
            seen(scope, items=[i.pk for i in items]),
        )
    }
    return [ItemStock(i.pk, i.client_id, i.client.code, i.sku, i.name, i.abc, *sums[i.pk]) for i in items]


def items(scope: Scope, query: ListQuery) -> Page[ItemStock]:
    """Items with their stock. Filters: `stock` (available, short, none), `client`; `id` may be given up to a thousand times."""
    rows = Item.objects.filter(archived_at=None, **scope.filters()).select_related("client")
    if query.search:
        named = Item.objects.filter(Q(sku__istartswith=query.search) | Q(name__icontains=query.search)).values("pk")
        rows = rows.filter(pk__in=named.union(Item.objects.filter(barcodes__code=query.search).values("pk")))
    if ids := [int(i) for i in query.many("id") if i.isascii() and i.isdigit() and len(i) < 19]:
        rows = rows.filter(pk__in=ids)
    if (client := query.number("client")) is not None:
        rows = rows.filter(client_id=client)
    stock = Stock.objects.filter(item_id=OuterRef("pk"), **{k: v for k, v in scope.filters(warehouse="warehouse_id").items() if k.startswith("warehouse")})
    match query.one("stock"):
        case "available":
            rows = rows.filter(Exists(stock.filter(sellable__gt=0)))
        case "short":
            rows = rows.filter(Exists(stock.filter(short__gt=0)))
        case "none":
            rows = rows.exclude(Exists(stock.filter(sellable__gt=0)))
        case _:
            pass
    return paginate(
        rows,
        query,
        make=lambda i: _item_stock([i], scope)[0],
        many=lambda found: _item_stock(found, scope),
        sorts={"sku": "sku", "name": "name"},
        default="sku",
    )


def item_stock(scope: Scope, item_id: int) -> ItemStock:
    """One item with its stock.

    Raises: NotFound.
    """
    found = list(Item.objects.filter(pk=item_id, **scope.filters()).select_related("client"))
    if not found:
        raise NotFound(kind="item", ref=str(item_id))
    return _item_stock(found, scope)[0]


_MOVES: Final = f"""
SELECT m.id, m.at, m.item_id, i.sku, m.lot_id, coalesce(t.code, ''), m.quantity, s.code, m.source_condition, g.code, m.target_condition, m.cause_kind, m.cause_id, m.demand_id,
       d.for_kind, d.for_id, {{principal}}
FROM inventory_move m JOIN catalog_item i ON i.id = m.item_id JOIN warehouse_location s ON s.id = m.source_id JOIN warehouse_location g ON g.id = m.target_id
LEFT JOIN inventory_lot t ON t.id = m.lot_id LEFT JOIN inventory_demand d ON d.id = m.demand_id {{commands}}
WHERE {wall("m.client_id")}
  AND (%(warehouses)s::bigint[] IS NULL OR s.warehouse_id = ANY(%(warehouses)s) OR g.warehouse_id = ANY(%(warehouses)s))
"""


def moves(
    scope: Scope, *, item_id: int | None = None, lot_id: int | None = None, location_id: int | None = None, cause: Ref | None = None, limit: int = 100
) -> list[MoveLine]:
    """The newest moves of an item, of a lot, from or to a place, or of one cause; newest first."""
    asked: dict[str, Any] = {"item": item_id, "lot": lot_id, "location": location_id, "kind": cause and cause.kind, "cause": cause and cause.id}
    clauses = {
        "item": "m.item_id = %(item)s",
        "lot": "m.lot_id = %(lot)s",
        "location": "%(location)s IN (m.source_id, m.target_id)",
        "kind": "m.cause_kind = %(kind)s AND m.cause_id = %(cause)s",
    }
    chosen = [text for name, text in clauses.items() if asked[name] is not None]
    assert chosen, "moves of something"
    # Who did it stands in the command log, which is closed to clients.
    named = scope.client_ids is None
    statement = _MOVES.format(
        principal="coalesce(c.principal, '')" if named else "''", commands="LEFT JOIN core_command c ON c.id = m.command_id" if named else ""
    )
    where = "".join(f" AND {text}" for text in chosen)
    found = sql.rows(f"{statement}{where} ORDER BY m.at DESC, m.id DESC LIMIT %(limit)s", seen(scope, **asked, limit=limit))
    return [MoveLine(*(*r[:11], Ref(r[11], r[12]), r[13], Ref(r[14], r[15]) if r[14] else None, r[16])) for r in found]


def _shortfall(s: Shortfall) -> ShortfallInfo:
    return ShortfallInfo(
        s.pk, s.client_id, s.warehouse_id, s.warehouse.code, s.item_id, s.item.sku, s.item.name, s.quantity, s.opened_quantity, Ref(s.cause_kind, s.cause_id),
        s.owner_role, s.opened_at, s.deadline, s.closed_at,
    )  # fmt: skip


def shortfall_rows(scope: Scope, query: ListQuery) -> Page[ShortfallInfo]:
    """Shortfalls, newest first. Filters: `state` (open, closed), `item`."""
    rows = Shortfall.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("warehouse", "item")
    if query.search:
        rows = rows.filter(item__sku__istartswith=query.search)
    if query.one("state") in ("open", "closed"):
        rows = rows.filter(closed_at__isnull=query.one("state") == "open")
    if (item := query.number("item")) is not None:
        rows = rows.filter(item_id=item)
    return paginate(rows, query, make=_shortfall, sorts={"deadline": "deadline", "opened_at": "opened_at"}, default="-opened_at")


def shortfalls(scope: Scope, *, limit: int = 50) -> list[ShortfallInfo]:
    """The open shortfalls, the most urgent first."""
    rows = Shortfall.objects.filter(closed_at=None, **scope.filters(warehouse="warehouse_id")).select_related("warehouse", "item")
    return [_shortfall(s) for s in rows.order_by("deadline", "pk")[:limit]]


def drift(scope: Scope, parts: Mapping[str, Part] | None = None) -> list[Drift]:
    """Projections that disagree with what they are projections of, of the clients and warehouses that the reader sees; of the parts asked about, or of everything (a large question)."""
    return [d for d in reconciler.drift(parts) if scope.sees_client(d.client_id) and scope.sees_warehouse(d.warehouse_id)]


def closed_months(scope: Scope, *, limit: int = 120) -> list[ClosedMonthInfo]:
    """The months whose moves are complete, newest first; none for those who see a part only."""
    if scope.client_ids is not None or scope.warehouse_ids is not None:
        return []
    found = sql.rows(
        """SELECT c.month, c.moves, (SELECT count(*) FROM inventory_balance b WHERE b.closed_month_id = c.id), c.closed_at, c.principal
           FROM inventory_closedmonth c ORDER BY c.month DESC LIMIT %s""",
        [limit],
    )
    return [ClosedMonthInfo(*r) for r in found]
