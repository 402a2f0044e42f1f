"""The stored states of this step: first value and transitions, as data."""

from __future__ import annotations

from typing import Final

PURCHASE_ORDER: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"sent", "closed"}),
    "sent": frozenset({"confirmed", "in_transit", "arrived", "receiving", "closed"}),
    "confirmed": frozenset({"in_transit", "arrived", "receiving", "closed"}),
    "in_transit": frozenset({"arrived", "receiving", "closed"}),
    "arrived": frozenset({"receiving", "closed"}),
    "receiving": frozenset({"closed", "closed_short"}),
    "closed": frozenset(),
    "closed_short": frozenset(),
}

TASK: Final[dict[str, frozenset[str]]] = {
    "ready": frozenset({"claimed", "done", "cancelled"}),
    "claimed": frozenset({"ready", "done", "short", "cancelled"}),
    "done": frozenset(),
    "short": frozenset(),
    "cancelled": frozenset(),
}

COUNT: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"counting", "posted"}),
    "counting": frozenset({"recount", "review", "posted"}),
    "recount": frozenset({"review", "posted"}),
    "review": frozenset({"recount", "posted"}),
    "posted": frozenset(),
}

TRANSFER: Final[dict[str, frozenset[str]]] = {
    "in_transit": frozenset({"receiving", "received", "closed_short"}),
    "receiving": frozenset({"received", "closed_short"}),
    "received": frozenset(),
    "closed_short": frozenset(),
}
