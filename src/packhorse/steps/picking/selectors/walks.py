"""Questions about walks: batches, their carts and totes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from packhorse.core import sql
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.picking.errors import SlotStays, ToteInUse, ToteNotEmpty, ToteShared
from packhorse.steps.picking.models import PickBatch, PickTask
from packhorse.steps.picking.selectors.walls import SEEN, WAITS, ZONE, seen
from packhorse.steps.picking.types import BatchInfo, Destination, batch_id_of, batch_number

_BATCH: Final = """
SELECT b.id, b.warehouse_id, b.state, b.picker_id, c.code, b.cart_type_id, d.name, s.orders, s.tasks, s.open_tasks, s.units, b.distance_m, b.s_shape_m, b.one_by_one_m,
       b.minutes, b.s_shape_min, b.one_by_one_min, b.reasons::text,
       b.planned_at, b.started_at, b.finished_at, b.zone, b.wall_id, wall.code
FROM picking_pickbatch b LEFT JOIN warehouse_location c ON c.id = b.cart_id LEFT JOIN warehouse_location wall ON wall.id = b.wall_id LEFT JOIN picking_carttype d ON d.id = b.cart_type_id
CROSS JOIN LATERAL (
  SELECT count(DISTINCT t.release_id) AS orders, count(*) AS tasks, count(*) FILTER (WHERE t.state IN ('ready', 'claimed')) AS open_tasks,
         coalesce(sum(t.quantity), 0)::bigint AS units
  FROM picking_picktask t WHERE t.batch_id = b.id) s
"""
#: Totes of a walk, whether their orders go on (something of them is on no walk yet), and into which zone first.
_GOING: Final = f"""
SELECT u.code, n.location_id IS NOT NULL, coalesce(n.position, 32767), coalesce(n.zone, ''), n.hand_over_id, coalesce(h.code, '')
FROM picking_release r JOIN warehouse_location u ON u.id = r.tote_id
LEFT JOIN LATERAL (SELECT t.location_id, z.position, z.code AS zone, z.hand_over_id FROM picking_picktask t JOIN warehouse_location l ON l.id = t.location_id {ZONE}
  WHERE t.release_id = r.id AND t.state = 'ready' AND t.batch_id IS NULL ORDER BY z.position NULLS LAST, t.id LIMIT 1) n ON true
LEFT JOIN warehouse_location h ON h.id = n.hand_over_id
WHERE r.batch_id = %(batch)s AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN} ORDER BY u.code
"""
#: The shared tote of a walk, and the full ones that stand in it.
_SHARED: Final = (
    "SELECT u.code FROM picking_pickbatch b JOIN warehouse_location u ON b.tote_id IN (u.id, u.parent_id) AND u.kind = 'tote' WHERE b.id = %s ORDER BY u.code"
)
_BATCH_SEEN: Final = "(%(warehouses)s::bigint[] IS NULL OR b.warehouse_id = ANY(%(warehouses)s)) AND %(clients)s::bigint[] IS NULL"


def batches(scope: Scope, *, states: Iterable[str] = ("planned", "picking"), before: int | None = None, limit: int = 50) -> list[BatchInfo]:
    """Batches in these states, newest first, those with ids below `before`. A batch mixes clients, so readers limited to some clients see none."""
    return [
        _batch(row)
        for row in sql.rows(
            f"{_BATCH} WHERE b.state = ANY(%(states)s) AND (%(before)s::bigint IS NULL OR b.id < %(before)s) AND {_BATCH_SEEN} ORDER BY b.id DESC LIMIT %(limit)s",
            {"states": list(states), "before": before, "limit": limit, **seen(scope)},
        )
    ]


def batch(scope: Scope, batch_id: int) -> BatchInfo:
    """One batch.

    Raises: NotFound.
    """
    found = sql.rows(f"{_BATCH} WHERE b.id = %(id)s AND {_BATCH_SEEN}", {"id": batch_id, **seen(scope)})
    if not found:
        raise NotFound(kind="batch", ref=batch_id)
    return _batch(found[0])


def _batch(row: tuple[Any, ...]) -> BatchInfo:
    return BatchInfo(*(*row[:17], json.loads(row[17]), *row[18:]))


def recorded(actor: Actor, key: UUID, what: str) -> Any:
    """What this actor recorded under this key before (`what`: the use case, as in `batches.record_batches`); None where there was no such request."""
    found = sql.rows(
        "SELECT answer::text FROM core_command WHERE principal = %s AND key = %s AND use_case = %s", [actor.principal, key, f"steps.picking.services.{what}"]
    )
    return json.loads(found[0][0]) if found and found[0][0] else None


def free_units(scope: Scope, warehouse_id: int, kind: str, *, limit: int) -> list[tuple[int, str]]:
    """Totes or carts (`kind`) that serve no order or batch just now: id and code, by code."""
    busy = {
        "tote": """SELECT tote_id FROM picking_release WHERE undone_at IS NULL AND emptied_at IS NULL AND tote_id IS NOT NULL
            UNION ALL SELECT tote_id FROM picking_pickbatch WHERE state = 'picking' AND tote_id IS NOT NULL UNION ALL SELECT slot_id FROM warehouse_wallslot""",
        "cart": "SELECT cart_id FROM picking_pickbatch WHERE state = 'picking' AND cart_id IS NOT NULL",
    }[kind]
    if not scope.sees_warehouse(warehouse_id):
        return []
    found = sql.rows(
        f"""SELECT u.id, u.code FROM warehouse_location u WHERE u.warehouse_id = %s AND u.kind = %s AND u.archived_at IS NULL AND u.id NOT IN ({busy})
            AND NOT EXISTS (SELECT FROM inventory_level l WHERE l.location_id = u.id AND l.on_hand > 0) ORDER BY u.code LIMIT %s""",
        [warehouse_id, kind, limit],
    )
    return [(r[0], r[1]) for r in found]


#: Slots of put walls among totes, and those that walks under way share.
_SLOTS_AND_SHARED: Final = """
SELECT t.code, b.id FROM warehouse_location t LEFT JOIN warehouse_wallslot s ON s.slot_id = t.id
LEFT JOIN picking_pickbatch b ON b.tote_id IN (t.id, t.parent_id) AND b.state = 'picking' WHERE t.id = ANY(%s) AND (s.id IS NOT NULL OR b.id IS NOT NULL) ORDER BY t.id LIMIT 1
"""


def check_totes_free(scope: Scope, tote_ids: Sequence[int]) -> None:
    """Raises: SlotStays, ToteShared, ToteInUse, ToteNotEmpty, where one of the totes is a slot of a put wall, is shared by a walk, serves an order or holds goods."""
    for tote, batch_id in sql.rows(_SLOTS_AND_SHARED, [list(tote_ids)]):
        if batch_id is None:
            raise SlotStays(slot=tote)
        raise ToteShared(tote=tote, batch=batch_number(batch_id), batch_id=batch_id)
    busy = sql.rows(
        """SELECT t.id, t.code, r.id IS NOT NULL, coalesce(f.number, '–'), f.order_id FROM warehouse_location t
           LEFT JOIN picking_release r ON r.tote_id = ANY(ARRAY[t.id, t.parent_id]) AND r.undone_at IS NULL AND r.emptied_at IS NULL
           LEFT JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id AND (%(clients)s::bigint[] IS NULL OR f.client_id = ANY(%(clients)s))
           WHERE t.id = ANY(%(totes)s) AND (r.id IS NOT NULL OR EXISTS (SELECT FROM inventory_level l WHERE l.location_id = t.id AND l.on_hand > 0)) ORDER BY t.id LIMIT 1""",
        seen(scope, totes=list(tote_ids)),
    )
    for location_id, tote, serves, number, order_id in busy:
        if serves:
            raise ToteInUse(tote=tote, number=number, order_id=order_id)
        raise ToteNotEmpty(tote=tote, location_id=location_id)


def batch_page(scope: Scope, query: ListQuery) -> Page[BatchInfo]:
    """Walks, newest first. Filters: `state`, `warehouse`, `wave` (its number's digits). Search: the batch's number. A walk mixes clients, so readers limited to some clients see none."""
    rows = PickBatch.objects.none() if scope.client_ids is not None else PickBatch.objects.filter(**scope.filters(warehouse="warehouse_id"))
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if (wave_id := query.number("wave")) is not None:
        rows = rows.filter(Exists(PickTask.objects.filter(batch=OuterRef("pk"), release__wave=wave_id)))
    if query.search:
        wanted = batch_id_of(query.search)
        rows = rows.filter(pk=wanted) if wanted is not None else rows.filter(Q(cart__code__istartswith=query.search))

    def many(found: list[PickBatch]) -> list[BatchInfo]:
        by_id = {b.batch_id: b for b in _batches(scope, "b.id = ANY(%(ids)s)", ids=[f.pk for f in found])}
        return [by_id[f.pk] for f in found]

    return paginate(rows, query, make=lambda b: many([b])[0], many=many, sorts={"planned": "planned_at", "distance": "distance_m"}, default="-id")


def _batches(scope: Scope, which: str, **params: Any) -> list[BatchInfo]:
    return [_batch(row) for row in sql.rows(f"{_BATCH} WHERE {which} AND {_BATCH_SEEN} ORDER BY b.id", seen(scope, **params))]


def batches_by_id(scope: Scope, batch_ids: Sequence[int]) -> list[BatchInfo]:
    """These batches, by id; those outside the scope are left out."""
    return _batches(scope, "b.id = ANY(%(ids)s)", ids=list(batch_ids))


def walks_of_wave(scope: Scope, wave_id: int) -> list[BatchInfo]:
    """The walks on which orders of a wave are, or were."""
    return _batches(
        scope, "b.id IN (SELECT t.batch_id FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id WHERE r.wave_id = %(wave)s)", wave=wave_id
    )


def open_batch_of(scope: Scope, user_id: int | None) -> BatchInfo | None:
    """The walk that a picker is in the middle of, the latest if there are several."""
    if user_id is None:
        return None
    return next(reversed(_batches(scope, "b.state = 'picking' AND b.picker_id = %(user)s", user=user_id)), None)


def batch_on_cart(scope: Scope, cart_id: int) -> BatchInfo | None:
    """The walk that is under way with a cart."""
    return next(iter(_batches(scope, "b.state = 'picking' AND b.cart_id = %(cart)s", cart=cart_id)), None)


def next_planned(scope: Scope, warehouse_id: int, *, limit: int, cart_id: int | None = None, zone: str = "") -> list[BatchInfo]:
    """The walks that wait for a picker, the one with the earliest ship-by first. For a cart: those that it can be used for, of its own type before those of any. `zone`: only those in it."""
    rows = sql.rows(
        """SELECT p.id FROM picking_pickbatch p JOIN picking_picktask t ON t.batch_id = p.id JOIN picking_release r ON r.id = t.release_id
           JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
           LEFT JOIN picking_typedcart d ON d.cart_id = %(cart)s
           WHERE p.state = 'planned' AND p.warehouse_id = %(warehouse)s AND (%(cart)s::bigint IS NULL OR p.cart_type_id IS NULL OR p.cart_type_id = d.type_id)
             AND %(zone)s IN ('', p.zone)
           GROUP BY p.id ORDER BY %(cart)s::bigint IS NOT NULL AND p.cart_type_id IS NULL, max(f.priority) DESC, min(f.ship_by), p.id LIMIT %(limit)s""",
        {"warehouse": warehouse_id, "limit": limit, "cart": cart_id, "zone": zone},
    )
    found = {b.batch_id: b for b in _batches(scope, "b.id = ANY(%(ids)s)", ids=[r[0] for r in rows])}
    return [found[r[0]] for r in rows if r[0] in found]


def totes_needed(scope: Scope, batch_id: int) -> int:
    """How many empty totes a planned walk needs: one for each order that has none yet; one that is shared, where its goods are sorted at a put wall."""
    which = "r.batch_id = %(batch)s AND r.tote_id IS NULL"
    shared = "SELECT count(*) FROM picking_pickbatch b WHERE b.id = %(batch)s AND b.wall_id IS NOT NULL AND b.tote_id IS NULL"
    return int(sql.rows(f"SELECT count(*) + ({shared}) FROM picking_release r WHERE {which} AND {SEEN}", seen(scope, batch=batch_id))[0][0])


def waiting_totes(scope: Scope, batch_id: int) -> list[tuple[str, str]]:
    """The totes that wait for a walk since they were picked into before, by where they stand: tote, place (empty: not known)."""
    return [
        (tote, place)
        for tote, place in sql.rows(
            f"""SELECT u.code, coalesce(p.code, '') FROM picking_release r JOIN warehouse_location u ON u.id = r.tote_id LEFT JOIN warehouse_location p ON p.id = u.parent_id
                WHERE r.batch_id = %(batch)s AND {SEEN} ORDER BY 2, 1""",
            seen(scope, batch=batch_id),
        )
    ]


def where_totes_go(scope: Scope, batch_id: int) -> list[Destination]:
    """Where the totes of a walk go at its end: those whose orders go on into other zones, by zone, to where these take them over; the others to packing, last; shared ones to their put wall."""
    info = batch(scope, batch_id)
    if info.wall_id is not None:
        return [Destination(info.wall_id, info.wall or "", "", False, tuple(r[0] for r in sql.rows(_SHARED, [batch_id])))]
    found: dict[tuple[int, str, int | None, str, bool], list[str]] = {}
    for tote, goes_on, position, zone, place_id, place in sql.rows(_GOING, {"batch": batch_id, **seen(scope)}):
        found.setdefault((position if goes_on else 2**31, zone, place_id, place, not goes_on), []).append(tote)
    return [
        Destination(place_id, place, zone, bench, tuple(totes))
        for (_p, zone, place_id, place, bench), totes in sorted(found.items(), key=lambda f: (f[0][0], f[0][1]))
    ]


def counts(scope: Scope) -> tuple[int, int, int]:
    """(released orders without a walk, planned walks, walks under way)."""
    found = sql.rows(
        f"""SELECT (SELECT count(*) FROM picking_release r WHERE {WAITS} AND r.undone_at IS NULL AND r.emptied_at IS NULL AND {SEEN}),
                  count(*) FILTER (WHERE b.state = 'planned'), count(*) FILTER (WHERE b.state = 'picking')
           FROM picking_pickbatch b WHERE b.state IN ('planned', 'picking') AND %(clients)s::bigint[] IS NULL
             AND (%(warehouses)s::bigint[] IS NULL OR b.warehouse_id = ANY(%(warehouses)s))""",
        seen(scope),
    )[0]
    return found[0], found[1], found[2]


def resolve(scan: Scan, context: Context) -> list[Match]:
    """What a scan may mean here: a batch, by its number (B000012)."""
    wanted = batch_id_of(scan.text) if scan.text[:1] in "Bb" and scan.is_plain else None
    if wanted is None:
        return []
    found = _batches(
        context.scope, "b.id = %(id)s AND (%(warehouse)s::bigint IS NULL OR b.warehouse_id = %(warehouse)s)", id=wanted, warehouse=context.warehouse_id
    )
    return [Match(Ref("picking.batch", b.batch_id), batch_number(b.batch_id), b.state) for b in found]
