"""What orders are asked with and answer in. Amounts are minor units of the order's currency; quantities are base units of the item; times are UTC."""

from __future__ import annotations

from packhorse.steps.orders.types.changes import Cancelled, ChangeInfo, Edited, HoldDone, HoldInfo, HoldRefused, Merged, Moved, News, NotCancelled, SplitOff
from packhorse.steps.orders.types.coming_in import (
    MOST_URGENT,
    SERVICES,
    Accepted,
    Discarded,
    NewLine,
    NewOrder,
    NewPayment,
    QuarantinedRow,
    Refused,
    StockCameIn,
)
from packhorse.steps.orders.types.files import FileLine, FileTaken, ImportBegun, ImportedRecord, ImportedReturn, ImportedReturnLine, ImportRunInfo, ImportRunRow
from packhorse.steps.orders.types.money import MoneyInfo, MoneyProof, PaymentAnswer, PaymentEntryInfo, PaymentRequestInfo, ShippedOrder, WaitingPayment
from packhorse.steps.orders.types.showing import OrderInfo, OrderRow, RecalledRow, Waiting
from packhorse.steps.orders.types.walking import GONE, FulfillmentOrderInfo, KitInfo, LineInfo, OpenLine, OrderDrift, OrderRef, ReleasableOrder

__all__ = [
    "GONE",
    "MOST_URGENT",
    "SERVICES",
    "Accepted",
    "Cancelled",
    "ChangeInfo",
    "Discarded",
    "Edited",
    "FileLine",
    "FileTaken",
    "FulfillmentOrderInfo",
    "HoldDone",
    "HoldInfo",
    "HoldRefused",
    "ImportBegun",
    "ImportRunInfo",
    "ImportRunRow",
    "ImportedRecord",
    "ImportedReturn",
    "ImportedReturnLine",
    "KitInfo",
    "LineInfo",
    "Merged",
    "MoneyInfo",
    "MoneyProof",
    "Moved",
    "NewLine",
    "NewOrder",
    "NewPayment",
    "News",
    "NotCancelled",
    "OpenLine",
    "OrderDrift",
    "OrderInfo",
    "OrderRef",
    "OrderRow",
    "PaymentAnswer",
    "PaymentEntryInfo",
    "PaymentRequestInfo",
    "QuarantinedRow",
    "RecalledRow",
    "Refused",
    "ReleasableOrder",
    "ShippedOrder",
    "SplitOff",
    "StockCameIn",
    "Waiting",
    "WaitingPayment",
]
