"""Lots by item and code, made where they are not known yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from packhorse.core import sql
from packhorse.steps.inventory.errors import LotDiffers


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
