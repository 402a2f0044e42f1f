"""What came otherwise than ordered, as rows and events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.steps.inventory.events import DiscrepancyFound
from packhorse.steps.inventory.models import PurchaseOrder


@dataclass(frozen=True, slots=True)
class Otherwise:
    """So many units of an item: over, short, damaged or unexpected, and why."""

    item_id: int
    kind: str
    quantity: int
    reason: str


def record(order: PurchaseOrder, receipt_id: int | None, found: Sequence[Otherwise]) -> list[int]:
    """Write discrepancies of an order; their ids."""
    if not found:
        return []
    made = sql.rows(
        """INSERT INTO inventory_discrepancy (client_id, purchase_order_id, receipt_id, item_id, kind, quantity, reason, at)
           SELECT %s, %s, %s, t.item, t.kind, t.quantity, t.reason, %s FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS t(item, kind, quantity, reason)
           RETURNING id""",
        [
            order.client_id,
            order.pk,
            receipt_id,
            work.current().at,
            [f.item_id for f in found],
            [f.kind for f in found],
            [f.quantity for f in found],
            [f.reason for f in found],
        ],
    )
    emit(
        *(
            DiscrepancyFound(
                purchase_order_id=order.pk,
                client_id=order.client_id,
                warehouse_id=order.warehouse_id,
                item_id=f.item_id,
                kind=f.kind,
                quantity=f.quantity,
                reason=f.reason,
            )
            for f in found
        )
    )
    return [r[0] for r in made]
