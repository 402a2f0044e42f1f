"""Lots by item and code, made where they are not known yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from packhorse.core import sql
from packhorse.steps.inventory.errors import LotDiffers, SerialIsOne, SerialTwice


def find_or_make(wanted: Mapping[tuple[int, str], dt.date | None], *, client_id: int, today: dt.date) -> dict[tuple[int, str], int]:
    """Lot ids by (item, code). `wanted` gives the expiry as it was read, None where it was not; a lot whose expiry was not known yet learns it.

    Raises: LotDiffers.
    """
    if not wanted:
        return {}
    keys = sorted(wanted)
    rows = sql.rows(
        """INSERT INTO inventory_lot (client_id, item_id, code, expires_on, received_on, blocked_reason)
           SELECT %s, t.item, t.code, t.expires_on, %s, '' FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS t(item, code, expires_on)
           ON CONFLICT (item_id, code) DO UPDATE SET expires_on = coalesce(inventory_lot.expires_on, excluded.expires_on)
           RETURNING id, item_id, code, expires_on""",
        [client_id, today, [k[0] for k in keys], [k[1] for k in keys], [wanted[k] for k in keys]],
    )
    for pk, item, code, expires_on in rows:
        given = wanted[item, code]
        if given is not None and given != expires_on:
            raise LotDiffers(lot=code, known=expires_on.isoformat(), given=given.isoformat(), lot_id=pk)
    return {(item, code): pk for pk, item, code, _ in rows}


def one_each(come: Sequence[tuple[int, int]]) -> None:
    """A serial number is the lot of one unit: refuse to bring in (lot, units) of those that are in the house, or more than one. Takes the lots' locks, so that two at once cannot both.

    Raises: SerialTwice, SerialIsOne.
    """
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
