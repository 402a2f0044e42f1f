"""What may come into the house: a kit never, its components do; a serial number is one unit, and never here twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packhorse.core import sql
from packhorse.steps.inventory.errors import KitNotStocked, SerialIsOne, SerialTwice


def no_kits(item_ids: Iterable[int]) -> None:
    """Refuse to bring in a kit: it is sold by its components, and never stocked itself.   Raises: KitNotStocked."""
    found = sql.rows(
        "SELECT i.id, i.sku FROM catalog_item i WHERE i.id = ANY(%s) AND EXISTS (SELECT FROM catalog_component c WHERE c.kit_id = i.id) ORDER BY 1 LIMIT 1",
        [list(item_ids)],
    )
    if found:
        raise KitNotStocked(sku=found[0][1], item_id=found[0][0])


def one_each(come: Sequence[tuple[int, int]]) -> None:
    """A serial number is the lot of one unit: refuse to bring in (lot, units) of those that are in the house, or more than one. Takes the lots' locks, so that two at once cannot both.

    Raises: SerialTwice, SerialIsOne.
    """
    if not come:
        return
    units: dict[int, int] = {}
    for lot_id, q in come:
        units[lot_id] = units.get(lot_id, 0) + q
    found = sql.rows(
        """SELECT t.id, t.code, i.sku FROM inventory_lot t JOIN catalog_item i ON i.id = t.item_id WHERE t.id = ANY(%s) AND i.tracking = 'serial' ORDER BY t.id FOR UPDATE OF t""",
        [sorted(units)],
    )
    for pk, _code, sku in found:
        if units[pk] > 1:
            raise SerialIsOne(sku=sku, quantity=units[pk])
    here = sql.rows(
        "SELECT l.lot_id, p.code FROM inventory_level l JOIN warehouse_location p ON p.id = l.location_id WHERE l.lot_id = ANY(%s) AND l.on_hand > 0 ORDER BY 1 LIMIT 1",
        [[pk for pk, _code, _sku in found]],
    )
    if here:
        _pk, code, sku = next(f for f in found if f[0] == here[0][0])
        raise SerialTwice(serial=code, sku=sku, place=here[0][1], lot_id=here[0][0])
