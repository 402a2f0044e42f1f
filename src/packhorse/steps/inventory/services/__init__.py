"""Use cases of stock: a file each for purchasing, receiving, put-away, counting, and changes by hand."""

from __future__ import annotations

from packhorse.steps.inventory.services.adjusting import adjust_stock, move_stock, sweep_levels
from packhorse.steps.inventory.services.closing import close_months
from packhorse.steps.inventory.services.counting import approve_count, count_again, count_here, record_count, request_counts, start_count
from packhorse.steps.inventory.services.holding_lots import expire_lots, free_lots, hold_lots, recall_lots
from packhorse.steps.inventory.services.purchasing import (
    announce_goods,
    close_purchase_order,
    confirm_purchase_order,
    create_purchase_order,
    create_supplier,
    record_arrival,
    send_purchase_order,
)
from packhorse.steps.inventory.services.putting_away import cancel_put_away, put_away, set_fixed_bins
from packhorse.steps.inventory.services.receiving import receive_purchase_order
from packhorse.steps.inventory.services.relocating import (
    cancel_relocation,
    claim_relocation,
    relocate,
    relocate_short,
    replenish,
    set_pick_faces,
)
from packhorse.steps.inventory.services.reserving import expire_reservations, release_reservations, reserve_stock
from packhorse.steps.inventory.services.transferring import close_transfer, receive_transfer, send_transfer

__all__ = [
    "adjust_stock",
    "announce_goods",
    "approve_count",
    "cancel_put_away",
    "cancel_relocation",
    "claim_relocation",
    "close_months",
    "close_purchase_order",
    "close_transfer",
    "confirm_purchase_order",
    "count_again",
    "count_here",
    "create_purchase_order",
    "create_supplier",
    "expire_lots",
    "expire_reservations",
    "free_lots",
    "hold_lots",
    "move_stock",
    "put_away",
    "recall_lots",
    "receive_purchase_order",
    "receive_transfer",
    "record_arrival",
    "record_count",
    "release_reservations",
    "relocate",
    "relocate_short",
    "replenish",
    "request_counts",
    "reserve_stock",
    "send_purchase_order",
    "send_transfer",
    "set_fixed_bins",
    "set_pick_faces",
    "start_count",
    "sweep_levels",
]
