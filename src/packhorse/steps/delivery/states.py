"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

#: How far along each tracking code is: a parcel's status never goes back. Codes of equal rank follow the later event.
RANK: Final[dict[str, int]] = {
    "announced": 0,
    "in_transit": 1,
    "exception": 1,
    "out_for_delivery": 2,
    "attempted": 2,
    "at_point": 2,
    "returning": 3,
    "lost": 4,
    "delivered": 5,
    "returned": 5,
}
#: After these nothing more can happen to a parcel; one that was lost may still be found.
ARRIVED: Final = frozenset({"delivered", "returned"})
FINAL: Final = ARRIVED | {"lost"}

#: What can be wrong with a delivery. `QUIET` kinds end with the next scan.
QUIET: Final = frozenset({"no_scan", "stuck"})
KINDS: Final = QUIET | {"late", "problem", "attempted", "returning", "lost"}

CLAIM: Final[dict[str, frozenset[str]]] = {
    "found": frozenset({"evidence", "filed"}),
    "evidence": frozenset({"filed"}),
    "filed": frozenset({"answered", "paid", "denied"}),
    "answered": frozenset({"paid", "denied", "appealed"}),
    "denied": frozenset({"appealed"}),
    "appealed": frozenset({"answered", "paid", "denied"}),
    "paid": frozenset(),
}
