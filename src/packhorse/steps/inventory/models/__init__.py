"""Stock: levels, moves, lots, demand and allocations; receiving, put-away, counting and transfers."""

from __future__ import annotations

from packhorse.steps.inventory.models.closing import Balance, ClosedMonth
from packhorse.steps.inventory.models.demand import Allocation, Demand, Reservation, Shortfall
from packhorse.steps.inventory.models.floor import Adjustment, CountLine, CountTask, FixedBin, PutAwayTask
from packhorse.steps.inventory.models.purchasing import Discrepancy, ExpectedUnit, PurchaseOrder, PurchaseOrderLine, Receipt, Supplier
from packhorse.steps.inventory.models.relocating import PickFace, Relocation
from packhorse.steps.inventory.models.stock import Condition, Level, Lot, Move, Recall, Stock
from packhorse.steps.inventory.models.transferring import TransferLine, TransferOrder

__all__ = [
    "Adjustment",
    "Allocation",
    "Balance",
    "ClosedMonth",
    "Condition",
    "CountLine",
    "CountTask",
    "Demand",
    "Discrepancy",
    "ExpectedUnit",
    "FixedBin",
    "Level",
    "Lot",
    "Move",
    "PickFace",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "PutAwayTask",
    "Recall",
    "Receipt",
    "Relocation",
    "Reservation",
    "Shortfall",
    "Stock",
    "Supplier",
    "TransferLine",
    "TransferOrder",
]
