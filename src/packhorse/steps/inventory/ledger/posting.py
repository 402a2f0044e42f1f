"""Moves between places, and what follows from them: levels, and what can be promised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory.errors import OutOfStock, StockPromised
from packhorse.steps.inventory.events import AllocationsBroken, ShortfallOpened, StockIncreased
from packhorse.steps.inventory.types import CountedLevel, Posting

#: Who answers for a shortfall, and by when.
SHORTFALL_OWNER: Final = "manager"
SHORTFALL_DEADLINE: Final = dt.timedelta(hours=4)

#: A place whose sellable goods may be promised; a lot that may be.
_COUNTS: Final = "p.warehouse_id IS NOT NULL AND p.kind NOT IN ('quarantine', 'transit')"

_INPUT: Final = """
input AS (
  SELECT i.*, c.client_id AS client FROM unnest(%(item)s::bigint[], %(lot)s::bigint[], %(quantity)s::bigint[], %(source)s::bigint[], %(source_condition)s::text[],
    %(target)s::bigint[], %(target_condition)s::text[], %(allocated)s::boolean[], %(demand)s::bigint[], %(cause)s::bigint[]) WITH ORDINALITY
    AS i(item, lot, quantity, source, source_condition, target, target_condition, allocated, demand, cause, n)
  JOIN catalog_item c ON c.id = i.item
), ends AS (
  SELECT client, item, lot, source AS place, source_condition AS condition, -quantity AS quantity, CASE WHEN allocated THEN -quantity ELSE 0 END AS allocated FROM input
  UNION ALL
  SELECT client, item, lot, target, target_condition, quantity, CASE WHEN allocated THEN quantity ELSE 0 END FROM input
)
"""

_STOCK_DELTA: Final = f"""
WITH {_INPUT}
SELECT p.warehouse_id, e.item, e.client, sum(e.quantity)::bigint
FROM ends e JOIN warehouse_location p ON p.id = e.place LEFT JOIN inventory_lot l ON l.id = e.lot
WHERE {_COUNTS} AND e.condition = 'sellable' AND l.blocked_at IS NULL
GROUP BY 1, 2, 3 HAVING sum(e.quantity) <> 0
"""

_NET: Final = f"""
WITH {_INPUT}, net AS (
  SELECT e.client, e.item, e.lot, e.place, e.condition, sum(e.quantity)::bigint AS quantity, sum(e.allocated)::bigint AS allocated
  FROM ends e JOIN warehouse_location p ON p.id = e.place WHERE p.warehouse_id IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
)
"""

_SAME: Final = "l.item_id = net.item AND l.location_id = net.place AND l.lot_id IS NOT DISTINCT FROM net.lot AND l.condition = net.condition"

_LOCK_LEVELS: Final = f"{_NET} SELECT l.id FROM inventory_level l JOIN net ON {_SAME} ORDER BY l.id FOR UPDATE OF l"

_WRITE: Final = f"""
{_NET}, changed AS (
  UPDATE inventory_level l SET on_hand = l.on_hand + net.quantity, allocated = l.allocated + net.allocated
  FROM net WHERE {_SAME} AND l.allocated + net.allocated BETWEEN 0 AND l.on_hand + net.quantity
  RETURNING l.item_id, l.location_id, l.lot_id, l.condition
), fresh AS (
  SELECT net.* FROM net WHERE net.quantity > 0 AND net.allocated BETWEEN 0 AND net.quantity AND NOT EXISTS (SELECT FROM inventory_level l WHERE {_SAME})
), made AS (
  INSERT INTO inventory_level (client_id, item_id, location_id, lot_id, condition, on_hand, allocated)
  SELECT client, item, place, lot, condition, quantity, allocated FROM fresh ORDER BY item, place, lot, condition
  ON CONFLICT (item_id, location_id, lot_id, condition)
    DO UPDATE SET on_hand = inventory_level.on_hand + excluded.on_hand, allocated = inventory_level.allocated + excluded.allocated
  RETURNING item_id, location_id, lot_id, condition
), written AS (
  INSERT INTO inventory_move (at, id, client_id, item_id, lot_id, quantity, source_id, source_condition, target_id, target_condition,
                              cause_kind, cause_id, demand_id, command_id)
  SELECT %(at)s, nextval('inventory_move_id_seq'), client, item, lot, quantity, source, source_condition, target, target_condition,
         %(cause_kind)s, cause, demand, %(command)s
  FROM input ORDER BY n
)
SELECT net.item, net.place, -net.quantity FROM net
WHERE (net.quantity <> 0 OR net.allocated <> 0)
  AND NOT EXISTS (SELECT FROM changed c WHERE c.item_id = net.item AND c.location_id = net.place AND c.lot_id IS NOT DISTINCT FROM net.lot AND c.condition = net.condition)
  AND NOT EXISTS (SELECT FROM made c WHERE c.item_id = net.item AND c.location_id = net.place AND c.lot_id IS NOT DISTINCT FROM net.lot AND c.condition = net.condition)
ORDER BY 1, 2
"""

_MAKE_STOCK: Final = """
INSERT INTO inventory_stock (warehouse_id, item_id, client_id, sellable, promised, short)
SELECT w, i, c, 0, 0, 0 FROM unnest(%(w)s::bigint[], %(i)s::bigint[], %(c)s::bigint[]) AS t(w, i, c)
WHERE NOT EXISTS (SELECT FROM inventory_stock s WHERE s.warehouse_id = t.w AND s.item_id = t.i)
ORDER BY w, i ON CONFLICT DO NOTHING
"""

_LOCK_STOCK: Final = """
SELECT s.id, s.warehouse_id, s.item_id, s.client_id, s.sellable, s.promised, s.short{awaited}
FROM inventory_stock s JOIN unnest(%(w)s::bigint[], %(i)s::bigint[]) AS t(w, i) ON s.warehouse_id = t.w AND s.item_id = t.i
ORDER BY s.id FOR UPDATE OF s
"""


#: Whether somebody waits for the item there.
_AWAITED: Final = ", EXISTS (SELECT FROM inventory_demand d WHERE d.warehouse_id = s.warehouse_id AND d.item_id = s.item_id AND d.promised < d.wanted)"


@dataclass
class StockRow:
    """A locked stock row, and what it is going to be. `awaited`, where it was asked: somebody waited for the item there when the lock was asked for."""

    id: int
    warehouse_id: int
    item_id: int
    client_id: int
    sellable: int
    promised: int
    short: int
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One move as it is written: a posting, whether the units are allocated, for which demand, and the id of its cause."""

    posting: Posting
    cause_id: int
    allocated: bool = False
    demand_id: int | None = None


def _arrays(lines: Sequence[Line]) -> dict[str, list[Any]]:
    postings = [line.posting for line in lines]
    return {
        "item": [p.item_id for p in postings],
        "lot": [p.lot_id for p in postings],
        "quantity": [p.quantity for p in postings],
        "source": [p.source_id for p in postings],
        "source_condition": [p.source_condition for p in postings],
        "target": [p.target_id for p in postings],
        "target_condition": [p.target_condition for p in postings],
        "allocated": [line.allocated for line in lines],
        "demand": [line.demand_id for line in lines],
        "cause": [line.cause_id for line in lines],
    }


def lock_stock(keys: Sequence[tuple[int, int, int]], *, awaited: bool = False) -> dict[tuple[int, int], StockRow]:
    """Lock the stock rows of (warehouse, item, client), made where missing; by (warehouse, item)."""
    lock = _LOCK_STOCK.format(awaited=_AWAITED if awaited else "")
    if not keys:
        return {}
    params = {"w": [k[0] for k in keys], "i": [k[1] for k in keys], "c": [k[2] for k in keys]}
    found = {(r[1], r[2]): StockRow(*r) for r in sql.rows(lock, params)}
    if len(found) < len({k[:2] for k in keys}):
        sql.run(_MAKE_STOCK, params)
        found = {(r[1], r[2]): StockRow(*r) for r in sql.rows(lock, params)}
    return found


def save_stock(changed: Sequence[StockRow]) -> None:
    """Write locked stock rows back; the constraints behind them are the last word."""
    if changed:
        sql.run(
            """UPDATE inventory_stock s SET sellable = t.sellable, promised = t.promised, short = t.short
               FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, sellable, promised, short) WHERE s.id = t.id""",
            [[r.id for r in changed], [r.sellable for r in changed], [r.promised for r in changed], [r.short for r in changed]],
        )


def available(stock: Iterable[StockRow]) -> dict[int, int]:
    """What can be promised of each locked row, by the row's id."""
    return {row.id: max(0, row.sellable - row.promised) for row in stock}


def tell_rise(before: dict[int, int], stock: Iterable[StockRow]) -> None:
    """Tell StockIncreased for the rows of which more can be promised than before."""
    rising: dict[int, list[int]] = {}
    for row in sorted(stock, key=lambda r: (r.warehouse_id, r.item_id)):
        if max(0, row.sellable - row.promised) > before[row.id]:
            rising.setdefault(row.warehouse_id, []).append(row.item_id)
    emit(*(StockIncreased(warehouse_id=w, item_ids=items) for w, items in rising.items()))


def settle(stock: Sequence[StockRow], cause: Ref) -> None:
    """Make `short` of locked stock rows what it must be (promised − sellable, at least zero): open a shortfall for more, close the oldest for less."""
    now = work.current().at
    more = [(r, r.promised - r.sellable - r.short) for r in stock if r.promised > r.sellable + r.short]
    less = [(r, r.short - max(0, r.promised - r.sellable)) for r in stock if r.short > max(0, r.promised - r.sellable)]
    for row, by in more:
        row.short += by
    for row, by in less:
        row.short -= by
    if more:
        opened = sql.rows(
            """INSERT INTO inventory_shortfall (client_id, warehouse_id, item_id, quantity, opened_quantity, cause_kind, cause_id, owner_role, opened_at, deadline)
               SELECT c, w, i, q, q, %s, %s, %s, %s, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(c, w, i, q)
               RETURNING id, client_id, warehouse_id, item_id, quantity""",
            [cause.kind, cause.id, SHORTFALL_OWNER, now, now + SHORTFALL_DEADLINE,
             [r.client_id for r, _ in more], [r.warehouse_id for r, _ in more], [r.item_id for r, _ in more], [q for _, q in more]],
        )  # fmt: skip
        emit(*(ShortfallOpened(shortfall_id=i, client_id=c, warehouse_id=w, item_id=item, quantity=q) for i, c, w, item, q in opened))
    if less:
        sql.run(
            """WITH falling AS (
                 SELECT s.id, s.quantity, t.by, sum(s.quantity) OVER (PARTITION BY s.warehouse_id, s.item_id ORDER BY s.opened_at, s.id) - s.quantity AS before
                 FROM inventory_shortfall s JOIN unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t(w, i, by) ON s.warehouse_id = t.w AND s.item_id = t.i
                 WHERE s.closed_at IS NULL)
               UPDATE inventory_shortfall s SET quantity = s.quantity - least(f.quantity, f.by - f.before),
                 closed_at = CASE WHEN f.by - f.before >= f.quantity THEN %s::timestamptz END
               FROM falling f WHERE s.id = f.id AND f.by > f.before""",
            [[r.warehouse_id for r, _ in less], [r.item_id for r, _ in less], [q for _, q in less], now],
        )


def _named(item_id: int, location_id: int | None = None) -> dict[str, Any]:
    """Ids with the names that people know, for a refusal."""
    named: dict[str, Any] = {"item_id": item_id, "sku": sql.rows("SELECT sku FROM catalog_item WHERE id = %s", [item_id])[0][0]}
    if location_id is not None:
        named |= {"location_id": location_id, "place": sql.rows("SELECT code FROM warehouse_location WHERE id = %s", [location_id])[0][0]}
    return named


def write(lines: Sequence[Line], *, cause_kind: str, truth: bool = False, promised_goes: bool = False, inside: bool = False) -> None:
    """Write moves, the levels they change and the stock rows that follow.

    `inside`: every line goes between two places of one warehouse that both count, so what can be promised stays as it is.

    `truth`: goods that are promised may turn out not to be there (a count, damage): a shortfall is opened. `promised_goes`: the goods leave to the customers they are promised to, so the promise
    falls with them. Otherwise promised goods cannot leave.

    Raises: OutOfStock, StockPromised.
    """
    if not lines:
        return
    assert all(line.posting.quantity > 0 for line in lines), "moves are of something"
    work.current()
    arrays = _arrays(lines)
    few = len(lines) <= sql.FEW
    if inside:
        _write_levels(arrays, cause_kind, few=few)
        return
    if lots := sorted({line.posting.lot_id for line in lines if line.posting.lot_id is not None}):
        # Whether a lot counts as sellable must not change between here and the stock rows.
        sql.rows("SELECT id FROM inventory_lot WHERE id = ANY(%s) ORDER BY id FOR SHARE", [lots])
    delta = {(w, i): (c, d) for w, i, c, d in sql.rows(_STOCK_DELTA, arrays, often=few)}
    stock = lock_stock([(w, i, c) for (w, i), (c, _) in sorted(delta.items())])
    before = available(stock.values())
    for key, row in stock.items():
        by = delta[key][1]
        if by < 0 and not truth and not promised_goes and row.sellable + by + row.short < row.promised:
            raise StockPromised(**_named(row.item_id), warehouse_id=row.warehouse_id, available=max(0, row.sellable + row.short - row.promised), asked=-by)
        row.sellable += by
        if promised_goes:
            row.promised += by
        if row.sellable < 0:
            raise OutOfStock(**_named(row.item_id, lines[0].posting.source_id), asked=-by, free=row.sellable - by)
    settle(list(stock.values()), Ref(cause_kind, lines[0].cause_id))
    save_stock(list(stock.values()))
    _write_levels(arrays, cause_kind, few=few)
    tell_rise(before, stock.values())


def _write_levels(arrays: dict[str, list[Any]], cause_kind: str, *, few: bool) -> None:
    here = work.current()
    sql.rows(_LOCK_LEVELS, arrays, often=few)
    missing = sql.rows(_WRITE, {**arrays, "at": here.at, "cause_kind": cause_kind, "command": here.command_id}, often=few)
    if missing:
        item_id, location_id, asked = missing[0]
        free = sql.rows(
            "SELECT coalesce(sum(on_hand - allocated), 0)::bigint FROM inventory_level WHERE item_id = %s AND location_id = %s", [item_id, location_id]
        )
        raise OutOfStock(**_named(item_id, location_id), asked=asked, free=free[0][0])


def post(postings: Sequence[Posting], *, cause: Ref, truth: bool = False, cause_ids: Sequence[int] | None = None) -> None:
    """Move unallocated goods between places (receive from SUPPLIER, put away, transfer, scrap, change of condition). `cause_ids`: one for each posting, in place of the cause's.

    Raises: OutOfStock when a place does not hold that much free; StockPromised when goods that are promised would leave and `truth` is not given.
    """
    causes = cause_ids if cause_ids is not None else [cause.id] * len(postings)
    write([Line(p, c) for p, c in zip(postings, causes, strict=True)], cause_kind=cause.kind, truth=truth)


_FOUND: Final = """
found AS (SELECT * FROM unnest(%(item)s::bigint[], %(place)s::bigint[], %(lot)s::bigint[], %(condition)s::text[], %(on_hand)s::bigint[])
  WITH ORDINALITY AS f(item, place, lot, condition, on_hand, n))
"""

_AT_FOUND: Final = "a.item_id = f.item AND a.location_id = f.place AND a.lot_id IS NOT DISTINCT FROM f.lot"


def _lock_counted(params: dict[str, list[Any]]) -> None:
    """All that a count may change, locked in the one order."""
    sql.rows(
        f"WITH {_FOUND} SELECT a.id FROM found f JOIN inventory_allocation a ON {_AT_FOUND} WHERE a.closed_at IS NULL AND f.condition = 'sellable' ORDER BY a.id FOR UPDATE OF a",
        params,
    )
    sql.rows(
        f"""WITH {_FOUND} SELECT d.id FROM inventory_demand d WHERE d.id IN (
              SELECT a.demand_id FROM found f JOIN inventory_allocation a ON {_AT_FOUND} WHERE a.closed_at IS NULL) ORDER BY d.id FOR UPDATE OF d""",
        params,
    )
    keys = sql.rows(
        f"""WITH {_FOUND} SELECT DISTINCT p.warehouse_id, c.id, c.client_id FROM found f
            JOIN warehouse_location p ON p.id = f.place JOIN catalog_item c ON c.id = f.item ORDER BY 1, 2""",
        params,
    )
    lock_stock([(w, i, c) for w, i, c in keys])
    sql.rows(
        f"""WITH {_FOUND} SELECT a.id FROM found f JOIN inventory_level a ON {_AT_FOUND} AND a.condition = f.condition ORDER BY a.id FOR UPDATE OF a""", params
    )


def lock_levels(places: Sequence[tuple[int, int, int | None]]) -> None:
    """Lock all that a later `post` or `count` of sellable goods at these (item, place, lot) may change: for use cases that move goods first and state the truth about the rest then."""
    work.current()
    _lock_counted(
        {
            "item": [item for item, _, _ in places],
            "place": [place for _, place, _ in places],
            "lot": [lot for _, _, lot in places],
            "condition": ["sellable"] * len(places),
            "on_hand": [0] * len(places),
        }
    )


def count(found: Sequence[CountedLevel], *, cause: Ref) -> list[int]:
    """State what is really there, all in one warehouse. Differences are moves from or to ADJUSTMENT; promised goods that are missing become shortfalls.

    Allocations that a level can no longer hold are closed, newest first, and told as AllocationsBroken. Returns the signed difference of each, in order.
    """
    from packhorse.steps.inventory.ledger.allocating import release  # the two halves of one ledger

    adjustment = virtual("adjustment")
    params: dict[str, list[Any]] = {
        "item": [f.item_id for f in found],
        "place": [f.location_id for f in found],
        "lot": [f.lot_id for f in found],
        "condition": [f.condition for f in found],
        "on_hand": [f.on_hand for f in found],
    }
    _lock_counted(params)
    before = [
        r[0]
        for r in sql.rows(
            f"""WITH {_FOUND} SELECT coalesce(a.on_hand, 0) FROM found f LEFT JOIN inventory_level a ON {_AT_FOUND} AND a.condition = f.condition ORDER BY f.n""",
            params,
        )
    ]
    truth = [f.on_hand if f.expected is None else max(0, had + f.on_hand - f.expected) for f, had in zip(found, before, strict=True)]
    params["on_hand"] = list(truth)
    broken = sql.rows(
        f"""WITH {_FOUND}, standing AS (
              SELECT a.id, f.on_hand, sum(a.quantity) OVER (PARTITION BY a.item_id, a.location_id, a.lot_id ORDER BY a.id) AS upto
              FROM found f JOIN inventory_allocation a ON {_AT_FOUND} AND a.closed_at IS NULL WHERE f.condition = 'sellable')
            SELECT id FROM standing WHERE upto > on_hand ORDER BY id""",
        params,
    )
    if broken:
        warehouse = sql.rows("SELECT warehouse_id FROM warehouse_location WHERE id = %s", [found[0].location_id])[0][0]
        release([r[0] for r in broken])
        emit(AllocationsBroken(warehouse_id=warehouse, allocation_ids=[r[0] for r in broken]))
    differences = [now - had for now, had in zip(truth, before, strict=True)]
    lines = [
        Line(
            Posting(
                item_id=f.item_id,
                quantity=abs(d),
                lot_id=f.lot_id,
                source_id=f.location_id if d < 0 else adjustment,
                target_id=adjustment if d < 0 else f.location_id,
                source_condition=f.condition,
                target_condition=f.condition,
            ),
            cause.id,
        )
        for f, d in zip(found, differences, strict=True)
        if d
    ]
    write(lines, cause_kind=cause.kind, truth=True)
    return differences
