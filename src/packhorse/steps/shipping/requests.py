"""What later steps may ask of shipping."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core import sql, work

_NAMESPACE = UUID("0b5a6f7e-53a1-5a43-9e57-6f2d1f2f7d21")


def return_label(
    *, for_kind: str, for_id: int, order_id: int, client_id: int, warehouse_id: int, carrier: str, service: str, weight_g: int, size_mm: tuple[int, int, int]
) -> int:
    """A label for goods that come back, from the order's ship-to address to the warehouse; one per `for` row. It is bought after the transaction and told as LabelBought. Returns its id."""
    now = work.current().at
    found = sql.rows(
        """INSERT INTO shipping_label (client_id, warehouse_id, for_kind, for_id, order_id, state, key, carrier, service, weight_g, length_mm, width_mm, height_mm, currency,
             charges, requested_at, attempts, next_attempt_at, error)
           VALUES (%s, %s, %s, %s, %s, 'requested', %s, %s, %s, %s, %s, %s, %s, '', '[]'::jsonb, %s, 0, %s, '')
           ON CONFLICT (for_kind, for_id) WHERE for_id IS NOT NULL DO NOTHING RETURNING id""",
        [client_id, warehouse_id, for_kind, for_id, order_id, uuid5(_NAMESPACE, f"{for_kind}:{for_id}"), carrier, service, weight_g, *size_mm, now, now],
    )
    if not found:
        found = sql.rows("SELECT id FROM shipping_label WHERE for_kind = %s AND for_id = %s", [for_kind, for_id])
    return int(found[0][0])
