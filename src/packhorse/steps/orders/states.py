"""The stored states of this step."""

from __future__ import annotations

from typing import Final

#: How far a fulfillment order has come, derived from its line counters by the ledger alone. Not a decision, so it has no transitions: the earliest that fits its open quantity. *Merged* is one
#: that has no lines any more.
STAGES: Final = ("backordered", "open", "picking", "picked", "packed", "shipped", "delivered", "cancelled", "merged")

PAYMENT: Final[dict[str, frozenset[str]]] = {
    "pending": frozenset({"authorised", "declined", "voided"}),
    "authorised": frozenset({"captured", "partly_captured", "expired", "voided"}),
    "partly_captured": frozenset({"captured", "refunded_in_part", "refunded", "voided"}),
    "captured": frozenset({"refunded_in_part", "refunded"}),
    "refunded_in_part": frozenset({"refunded", "captured"}),
    "expired": frozenset({"authorised", "declined", "voided"}),
    "declined": frozenset({"authorised", "declined", "voided"}),
    "voided": frozenset(),
    "refunded": frozenset(),
}

#: How far a fulfillment order (f) has come by the sums of its lines (s; empty where it has none).
STAGE: Final = """
CASE WHEN s.live IS NULL THEN 'merged'
     WHEN s.live = 0 THEN 'cancelled'
     WHEN s.delivered >= s.live THEN 'delivered'
     WHEN s.shipped >= s.live THEN 'shipped'
     WHEN s.packed >= s.live THEN 'packed'
     WHEN s.picked >= s.live THEN 'picked'
     WHEN s.picked > s.shipped OR f.released_at IS NOT NULL THEN 'picking'
     WHEN s.promised >= s.live THEN 'open'
     ELSE 'backordered' END
"""
