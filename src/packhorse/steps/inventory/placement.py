"""Where goods should go: the rule that chooses a bin for each thing to be put away. It reads, and promises nothing: the bin counts only when it is scanned.

In order: the item's fixed bin; a bin that holds (or waits for) the same item and lot; an empty bin, the nearest to the depot that fits the item's class (A near, C far); the least mixed bin.
What is not sellable goes to quarantine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from packhorse.core import sql

#: A bin's class by how many of the pickable bins are at most as far: the nearest fifth is A, the nearest half B, the rest C.
_BIN_CLASS: Final = "CASE WHEN r.rank <= 0.2 THEN 'A' WHEN r.rank <= 0.5 THEN 'B' ELSE 'C' END"

_DISTANCE: Final = """
abs(coalesce(p.aisle, 0)::float - coalesce(f.depot_aisle, 0)) * coalesce(f.aisle_pitch_m, 1) + coalesce(f.first_cell_m, 0) + coalesce(p.cell, 0) * coalesce(f.cell_pitch_m, 1) + p.level
"""

_HOMES: Final = """
WITH g AS (SELECT DISTINCT item, lot FROM unnest(%(item)s::bigint[], %(lot)s::bigint[]) AS g(item, lot))
SELECT g.item, g.lot, i.abc, fixed.location_id, coalesce(same.location_id, coming.target_id)
FROM g JOIN catalog_item i ON i.id = g.item
LEFT JOIN inventory_fixedbin fixed ON fixed.warehouse_id = %(warehouse)s AND fixed.item_id = g.item
LEFT JOIN LATERAL (
  SELECT l.location_id FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id
  WHERE l.item_id = g.item AND l.lot_id IS NOT DISTINCT FROM g.lot AND l.condition = 'sellable' AND l.on_hand > 0
    AND p.warehouse_id = %(warehouse)s AND p.pickable AND p.archived_at IS NULL
  ORDER BY l.on_hand DESC, l.location_id LIMIT 1
) same ON true
LEFT JOIN LATERAL (
  SELECT t.target_id FROM inventory_putawaytask t JOIN warehouse_location p ON p.id = t.target_id
  WHERE t.item_id = g.item AND t.lot_id IS NOT DISTINCT FROM g.lot AND t.condition = 'sellable' AND t.warehouse_id = %(warehouse)s AND t.done_at IS NULL AND p.pickable
  ORDER BY t.id LIMIT 1
) coming ON true
"""

_EMPTY: Final = f"""
WITH r AS (
  SELECT p.id, p.code, {_DISTANCE} AS distance, cume_dist() OVER (ORDER BY {_DISTANCE}) AS rank
  FROM warehouse_location p LEFT JOIN warehouse_floor f ON f.warehouse_id = p.warehouse_id
  WHERE p.warehouse_id = %s AND p.pickable AND p.archived_at IS NULL
)
SELECT r.id, {_BIN_CLASS} FROM r
WHERE NOT EXISTS (SELECT FROM inventory_level l WHERE l.location_id = r.id AND l.on_hand > 0)
  AND NOT EXISTS (SELECT FROM inventory_putawaytask t WHERE t.target_id = r.id AND t.done_at IS NULL)
  AND NOT EXISTS (SELECT FROM inventory_fixedbin x WHERE x.location_id = r.id)
ORDER BY r.distance, r.code, r.id
"""

_LEAST_MIXED: Final = f"""
SELECT p.id FROM warehouse_location p LEFT JOIN warehouse_floor f ON f.warehouse_id = p.warehouse_id
WHERE p.warehouse_id = %s AND p.pickable AND p.archived_at IS NULL
ORDER BY (SELECT count(*) FROM inventory_level l WHERE l.location_id = p.id AND l.on_hand > 0)
       + (SELECT count(*) FROM inventory_putawaytask t WHERE t.target_id = p.id AND t.done_at IS NULL), {_DISTANCE}, p.id
LIMIT %s
"""

#: Where an item of a class looks for an empty bin, one class after the other.
_SEEKS: Final = {"A": "ABC", "B": "BCA", "C": "CBA"}


@dataclass(frozen=True, slots=True)
class Goods:
    """Something to be put away."""

    item_id: int
    lot_id: int | None
    condition: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where it should go and by which rule: fixed_bin, same_item, empty_bin, least_mixed, quarantine, or none (nothing fits: the worker chooses)."""

    location_id: int | None
    rule: str


def choose(warehouse_id: int, goods: Sequence[Goods]) -> list[Place]:
    """A place for each of the goods, in order. The same item and lot gets one place."""
    sellable = [g for g in goods if g.condition == "sellable"]
    params = {"warehouse": warehouse_id, "item": [g.item_id for g in sellable], "lot": [g.lot_id for g in sellable]}
    places: dict[tuple[int, int | None], Place] = {}
    homeless: list[tuple[str, int, int, int | None]] = []
    wanted: dict[tuple[int, int | None], int] = {}
    for g in sellable:
        wanted[g.item_id, g.lot_id] = wanted.get((g.item_id, g.lot_id), 0) + g.quantity
    for item, lot, abc, fixed, same in sql.rows(_HOMES, params) if sellable else []:
        if fixed is not None:
            places[item, lot] = Place(fixed, "fixed_bin")
        elif same is not None:
            places[item, lot] = Place(same, "same_item")
        else:
            homeless.append((abc, -wanted[item, lot], item, lot))
    if homeless:
        _house(warehouse_id, homeless, places)
    away = _quarantine(warehouse_id) if len(sellable) < len(goods) else Place(None, "none")
    return [places[g.item_id, g.lot_id] if g.condition == "sellable" else away for g in goods]


def _house(warehouse_id: int, homeless: list[tuple[str, int, int, int | None]], places: dict[tuple[int, int | None], Place]) -> None:
    """Give each (class, −quantity, item, lot) an empty bin, better classes and larger quantities first; then the least mixed bins in turn."""
    empty: dict[str, deque[int]] = {"A": deque(), "B": deque(), "C": deque()}
    for location, bin_class in sql.rows(_EMPTY, [warehouse_id]):
        empty[bin_class].append(location)
    # Where nothing is classified yet, everything goes near.
    classified = sql.rows("SELECT EXISTS (SELECT FROM catalog_item WHERE abc <> 'C')")[0][0]
    left: list[tuple[int, int | None]] = []
    for abc, _, item, lot in sorted(homeless, key=lambda h: (h[0], h[1], h[2], h[3] or 0)):
        found = next((c for c in (_SEEKS.get(abc, "CBA") if classified else "ABC") if empty[c]), None)
        if found is None:
            left.append((item, lot))
        else:
            places[item, lot] = Place(empty[found].popleft(), "empty_bin")
    if left:
        bins = [r[0] for r in sql.rows(_LEAST_MIXED, [warehouse_id, len(left)])]
        for n, key in enumerate(left):
            places[key] = Place(bins[n % len(bins)], "least_mixed") if bins else Place(None, "none")


def _quarantine(warehouse_id: int) -> Place:
    found = sql.rows(
        "SELECT id FROM warehouse_location WHERE warehouse_id = %s AND kind = 'quarantine' AND archived_at IS NULL ORDER BY code LIMIT 1", [warehouse_id]
    )
    return Place(found[0][0], "quarantine") if found else Place(None, "none")
