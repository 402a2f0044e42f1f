"""The stored states of this step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

#: How far a fulfillment order has come, derived from its line counters by the ledger alone. Not a decision, so it has no transitions: the earliest that fits its open quantity. *Merged* is one
#: that has no lines any more.
STAGES: Final = ("backordered", "open", "picking", "picked", "packed", "shipped", "delivered", "cancelled", "merged")

#: Where a fulfillment order stands, in one word for whoever asks from outside: it follows from its stage, its holds, its release and what of it has left. The least far first.
STATUSES: Final = ("scheduled", "open", "on_hold", "in_progress", "incomplete", "closed", "cancelled")

#: What the client and the house have asked of each other and answered.
REQUESTS: Final = ("unsubmitted", "submitted", "accepted", "rejected", "cancellation_requested", "cancellation_accepted", "cancellation_rejected")

#: A cancellation that a client asked for.
CANCELLATION: Final[dict[str, frozenset[str]]] = {"asked": frozenset({"accepted", "rejected"}), "accepted": frozenset(), "rejected": frozenset()}
SAID: Final = {"asked": "cancellation_requested", "accepted": "cancellation_accepted", "rejected": "cancellation_rejected"}

#: Stages of which nothing is left in the house, and nothing was cancelled.
CLOSED: Final = ("shipped", "delivered", "merged")
#: Stages of goods that are in somebody's hands.
ON_THE_FLOOR: Final = ("picking", "picked", "packed")

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


def status_of(stage: str, *, held: bool, released_at: dt.datetime | None, shipped: int) -> str:
    """The status of a fulfillment order. `shipped`: units that have left."""
    if stage in CLOSED:
        return "closed"
    if stage == "cancelled":
        return "cancelled"
    if held:
        return "on_hold"
    if shipped:
        return "incomplete"
    if released_at is not None or stage in ON_THE_FLOOR:
        return "in_progress"
    return "scheduled" if stage == "backordered" else "open"


def status_of_all(statuses: Collection[str]) -> str:
    """The status of an order whose fulfillment orders have these. One that has left in part, or of which a part has left, is incomplete."""
    live = set(statuses) - {"cancelled"}
    if not live:
        return "cancelled"
    if "on_hold" in live or len(live) == 1:
        return "on_hold" if "on_hold" in live else live.pop()
    if live & {"closed", "incomplete"}:
        return "incomplete"
    return max(live, key=STATUSES.index)


def begun(stage: str, *, released_at: dt.datetime | None, shipped: int) -> bool:
    """Whether the floor has begun with a fulfillment order."""
    return released_at is not None or shipped > 0 or stage in ON_THE_FLOOR


def request_of(status: str, stage: str, *, begun: bool, cancellation: str = "", whole: bool = True) -> str:
    """What was asked and answered of a fulfillment order. `cancellation`: the state of the last one that the client asked for; `whole`: of all that was left.

    One of some units, once answered, says nothing of the rest. What the house cancelled without being asked was rejected.
    """
    if cancellation and (whole or cancellation == "asked" or status == "cancelled"):
        return SAID[cancellation]
    if status == "cancelled":
        return "rejected"
    if begun:
        return "accepted"
    return "unsubmitted" if status == "on_hold" or stage == "backordered" else "submitted"


def request_of_all(requests: Collection[str]) -> str:
    """The same of an order whose fulfillment orders have these."""
    found = set(requests)
    if len(found) > 1:
        found.discard("rejected")
    return "accepted" if "accepted" in found else "submitted" if "submitted" in found else found.pop()
