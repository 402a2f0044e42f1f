"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

#: A second parcel of a return may come when the first is dealt with: what is settled can be received again.
RMA: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"approved", "refused"}),
    "approved": frozenset({"label_sent", "in_transit", "received", "refused", "expired"}),
    "refused": frozenset({"approved"}),
    "label_sent": frozenset({"in_transit", "received", "refused", "expired"}),
    "in_transit": frozenset({"received"}),
    "received": frozenset({"received", "inspected"}),
    "inspected": frozenset({"received", "settled"}),
    "settled": frozenset({"received"}),
    "expired": frozenset({"in_transit", "received"}),
}

#: While a return stands in one of these, what it asks for cannot be asked for again.
OPEN: Final = ("requested", "approved", "label_sent", "in_transit", "received", "inspected")
#: Goods are expected at the door.
EXPECTED: Final = ("approved", "label_sent", "in_transit")

TICKET: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"open", "waiting", "solved"}),
    "waiting": frozenset({"open", "waiting", "solved"}),
    "solved": frozenset({"open"}),
}
