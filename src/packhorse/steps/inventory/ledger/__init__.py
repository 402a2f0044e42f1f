"""The sole writer of stock. Every function asserts that it runs inside a use case; policy comes in as data.

Locks, always in this order: allocations, demands, stock rows, levels; within each ascending id.
"""

from __future__ import annotations

from packhorse.steps.inventory.ledger.allocating import allocate, move, pickable, release, ship
from packhorse.steps.inventory.ledger.dividing import divide, join, redirect
from packhorse.steps.inventory.ledger.entering import no_kits, one_each
from packhorse.steps.inventory.ledger.mending import mend, rewant, sweep
from packhorse.steps.inventory.ledger.posting import count, lock_levels, post, settle
from packhorse.steps.inventory.ledger.promising import demand, demand_whole, end_reservations, hand_over, promise_more, withdraw
from packhorse.steps.inventory.ledger.swapping import swap_lot
from packhorse.steps.inventory.ledger.units import block_lots, carry, unblock_lots

__all__ = [
    "allocate",
    "block_lots",
    "carry",
    "count",
    "demand",
    "demand_whole",
    "divide",
    "end_reservations",
    "hand_over",
    "join",
    "lock_levels",
    "mend",
    "move",
    "no_kits",
    "one_each",
    "pickable",
    "post",
    "promise_more",
    "redirect",
    "release",
    "rewant",
    "settle",
    "ship",
    "swap_lot",
    "sweep",
    "unblock_lots",
    "withdraw",
]
