"""Questions about warehouses and their places."""

from __future__ import annotations

from packhorse.core import sql


def virtual(kind: str) -> int:
    """The id of the one virtual location of a kind: supplier, customer, scrap or adjustment."""
    found = sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id IS NULL AND code = %s", [kind.upper()])
    if not found:
        found = sql.rows(
            """INSERT INTO warehouse_location (code, kind, pickable, level) VALUES (%s, %s, false, 0)
               ON CONFLICT (warehouse_id, code) DO UPDATE SET kind = excluded.kind RETURNING id""",
            [kind.upper(), kind],
        )
    return int(found[0][0])


def place_of_kind(warehouse_id: int, kind: str) -> int | None:
    """The first location of a kind (dock, staging, returns, quarantine, station …) in a warehouse; None where it has none."""
    found = sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id = %s AND kind = %s AND archived_at IS NULL ORDER BY id LIMIT 1", [warehouse_id, kind])
    return int(found[0][0]) if found else None
