"""The API of stock, at /api/v1/inventory/."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import (
    AnnouncedLine,
    Availability,
    Counted,
    CountLineInfo,
    CountProgress,
    CountRow,
    CountTarget,
    Drift,
    ItemStock,
    LevelAt,
    MoveLine,
    OrderedLine,
    Promisable,
    PurchaseOrderInfo,
    PurchaseOrderRow,
    PutAwayInfo,
    Putting,
    Received,
    ReceivedLine,
    ShortfallInfo,
    StockChange,
    SupplierInfo,
    Transfer,
    UnitsAt,
)

router = Router()

#: A quantity of at least one unit.
Units = Annotated[int, Field(ge=1, le=10**12)]
_MOST = 10_000


class ItemsAsked(Asked):
    """Items, by SKU."""

    stock: str | None = Field(None, max_length=20, description="available, short or none.")
    client: Id | None = None
    id: list[Id] | None = Field(None, max_length=1000, description="Items by id, up to a thousand.")


class StateAsked(Asked):
    state: str | None = Field(None, max_length=20, description="A state, or `open`.")
    warehouse: Id | None = None


@router.get("/items", response=Rows[ItemStock])
def items(request: HttpRequest, asked: Annotated[ItemsAsked, Query(...)]) -> dict[str, Any]:
    """Items with their stock over all warehouses that you see."""
    return rows_of(selectors.items(scope_of(request, "see_stock"), asked.query()))


class StockAsked(Schema):
    warehouse_id: Id
    item_ids: list[Id] = Field(..., min_length=1, max_length=1000)


@router.get("/stock", response=list[Availability])
def stock(request: HttpRequest, asked: Annotated[StockAsked, Query(...)]) -> list[Availability]:
    """What can be promised of up to a thousand items in a warehouse, in one question. available = sellable − promised, at least zero."""
    return selectors.availability(scope_of(request, "see_stock"), asked.warehouse_id, asked.item_ids)


@router.get("/items/{item_id}/where", response=list[UnitsAt])
def where(request: HttpRequest, item_id: Id) -> list[UnitsAt]:
    """Every unit of an item: where it is and why it is not available."""
    scope = scope_of(request, "see_stock")
    selectors.item_stock(scope, item_id)
    return selectors.where_is(scope, item_id)


class PromisableAsked(Schema):
    by: dt.date | None = Field(None, description="Only what is here or expected by that day; the last row of a warehouse is its answer for it.")


@router.get("/items/{item_id}/promisable", response=list[Promisable])
def promisable(request: HttpRequest, item_id: Id, asked: Annotated[PromisableAsked, Query(...)]) -> list[Promisable]:
    """Available to promise by date, from what is here and what is under way, less what is backordered; one row per warehouse and day on which goods are expected."""
    scope = scope_of(request, "see_stock")
    selectors.item_stock(scope, item_id)
    return selectors.promisable(scope, item_id, by=asked.by)


@router.get("/items/{item_id}/moves", response=list[MoveLine])
def moves(request: HttpRequest, item_id: Id) -> list[MoveLine]:
    """The newest hundred moves of an item."""
    return selectors.moves(scope_of(request, "see_stock"), item_id=item_id)


@router.get("/places/{location_id}/levels", response=list[LevelAt])
def levels(request: HttpRequest, location_id: Id) -> list[LevelAt]:
    """What lies at a place."""
    return selectors.levels(scope_of(request, "see_stock"), location_id=location_id)


@router.get("/shortfalls", response=Rows[ShortfallInfo])
def shortfalls(request: HttpRequest, asked: Annotated[StateAsked, Query(...)]) -> dict[str, Any]:
    """Promised and not there."""
    return rows_of(selectors.shortfall_rows(scope_of(request, "see_stock"), asked.query()))


@router.get("/drift", response=list[Drift])
def drift(request: HttpRequest) -> list[Drift]:
    """Where the books do not agree with their rows; empty when all is well."""
    return selectors.drift(scope_of(request, "see_stock"))


class SupplierBody(Schema):
    client_id: Id
    code: str = Field(..., min_length=1, max_length=40)
    name: str = Field(..., min_length=1, max_length=200)
    email: str = Field("", max_length=254)
    lead_time_days: int = Field(7, ge=0, le=3650)


@router.get("/suppliers", response=Rows[SupplierInfo])
def suppliers(request: HttpRequest, asked: Annotated[Asked, Query(...)]) -> dict[str, Any]:
    """Suppliers by code."""
    return rows_of(selectors.suppliers(scope_of(request, "see_stock"), asked.query()))


@router.post("/suppliers", response=SupplierInfo)
def create_supplier(request: HttpRequest, body: SupplierBody, key: IdempotencyKey) -> SupplierInfo:
    """A new supplier."""
    return services.create_supplier(key=key, actor=asker(request, "purchase"), **body.model_dump())


class OrderedBody(Schema):
    item_id: Id
    quantity: Units
    unit_cost: Decimal = Field(Decimal(0), ge=0, max_digits=18, decimal_places=6)


class PurchaseOrderBody(Schema):
    supplier_id: Id
    warehouse_id: Id
    lines: list[OrderedBody] = Field(..., min_length=1, max_length=_MOST)
    expected_on: dt.date | None = None
    reference: str = Field("", max_length=80, description="Your own number; unique per client.")
    note: str = Field("", max_length=500)


@router.get("/purchase-orders", response=Rows[PurchaseOrderRow])
def purchase_orders(request: HttpRequest, asked: Annotated[StateAsked, Query(...)]) -> dict[str, Any]:
    """Purchase orders, newest first."""
    return rows_of(selectors.purchase_orders(scope_of(request, "see_stock"), asked.query()))


@router.post("/purchase-orders", response=PurchaseOrderRow)
def create_purchase_order(request: HttpRequest, body: PurchaseOrderBody, key: IdempotencyKey) -> PurchaseOrderRow:
    """A draft of what to buy."""
    return services.create_purchase_order(
        key=key,
        actor=asker(request, "purchase"),
        supplier_id=body.supplier_id,
        warehouse_id=body.warehouse_id,
        lines=[OrderedLine(n.item_id, n.quantity, n.unit_cost) for n in body.lines],
        expected_on=body.expected_on,
        reference=body.reference,
        note=body.note,
    )


@router.get("/purchase-orders/{purchase_order_id}", response=PurchaseOrderInfo)
def purchase_order(request: HttpRequest, purchase_order_id: Id) -> PurchaseOrderInfo:
    """A purchase order with lines, receipts and what came otherwise."""
    return selectors.purchase_order(scope_of(request, "see_stock"), purchase_order_id)


class StateAnswer(Schema):
    state: str


@router.post("/purchase-orders/{purchase_order_id}/send", response=StateAnswer)
def send(request: HttpRequest, purchase_order_id: Id, key: IdempotencyKey) -> dict[str, str]:
    """Send it to the supplier."""
    return {"state": services.send_purchase_order(key=key, actor=asker(request, "purchase"), purchase_order_id=purchase_order_id)}


class ConfirmBody(Schema):
    expected_on: dt.date | None = None


@router.post("/purchase-orders/{purchase_order_id}/confirm", response=StateAnswer)
def confirm(request: HttpRequest, purchase_order_id: Id, body: ConfirmBody, key: IdempotencyKey) -> dict[str, str]:
    """The supplier accepted it, perhaps for another day."""
    done = services.confirm_purchase_order(key=key, actor=asker(request, "purchase"), purchase_order_id=purchase_order_id, expected_on=body.expected_on)
    return {"state": done}


class AnnouncedBody(Schema):
    sscc: str = Field(..., pattern=r"^[0-9]{18}$", examples=["340123450000000000"])
    item_id: Id
    quantity: Units
    lot: str = Field("", max_length=80)
    expires_on: dt.date | None = None


class NoticeBody(Schema):
    lines: list[AnnouncedBody] = Field(..., min_length=1, max_length=_MOST)


@router.post("/purchase-orders/{purchase_order_id}/notice", response=StateAnswer)
def announce(request: HttpRequest, purchase_order_id: Id, body: NoticeBody, key: IdempotencyKey) -> dict[str, str]:
    """An advance shipping notice: which loads are on their way and what is in each."""
    lines = [AnnouncedLine(n.sscc, n.item_id, n.quantity, n.lot, n.expires_on) for n in body.lines]
    return {"state": services.announce_goods(key=key, actor=asker(request, "purchase"), purchase_order_id=purchase_order_id, lines=lines)}


class ReceivedBody(Schema):
    item_id: Id
    quantity: Units
    lot: str = Field("", max_length=80)
    expires_on: dt.date | None = None
    condition: str = Field("sellable", description="sellable, held or damaged.", max_length=8)
    reason: str = Field("", max_length=200)


class ReceiptBody(Schema):
    purchase_order_id: Id
    location_id: Id = Field(..., description="The dock.")
    lines: list[ReceivedBody] = Field([], max_length=_MOST)
    sscc: str = Field("", pattern=r"^([0-9]{18})?$", description="In place of lines: the load that was announced under this SSCC.")


@router.post("/receipts", response=Received)
def receive(request: HttpRequest, body: ReceiptBody, key: IdempotencyKey) -> Received:
    """Goods of a purchase order came in: all its lines at once. Makes put-away tasks; records what came otherwise than ordered."""
    return services.receive_purchase_order(
        key=key,
        actor=asker(request, "receive"),
        purchase_order_id=body.purchase_order_id,
        location_id=body.location_id,
        lines=[ReceivedLine(n.item_id, n.quantity, n.lot, n.expires_on, n.condition, n.reason) for n in body.lines],
        sscc=body.sscc,
    )


class CloseBody(Schema):
    reason: str = Field("", max_length=200)


@router.post("/purchase-orders/{purchase_order_id}/close", response=StateAnswer)
def close(request: HttpRequest, purchase_order_id: Id, body: CloseBody, key: IdempotencyKey) -> dict[str, str]:
    """Nothing more is expected; what is missing is recorded as short."""
    done = services.close_purchase_order(key=key, actor=asker(request, "see_stock"), purchase_order_id=purchase_order_id, reason=body.reason)
    return {"state": done}


@router.get("/put-away", response=Rows[PutAwayInfo])
def put_away_tasks(request: HttpRequest, asked: Annotated[StateAsked, Query(...)]) -> dict[str, Any]:
    """Put-away tasks, oldest first, each with the bin that the rule chose."""
    return rows_of(selectors.put_away_tasks(scope_of(request, "see_stock"), asked.query()))


class PuttingBody(Schema):
    task_id: Id
    location_id: Id
    quantity: Units | None = Field(None, description="Empty: all that is left.")


class PutAwayBody(Schema):
    putting: list[PuttingBody] = Field(..., min_length=1, max_length=_MOST)


class UnitsAnswer(Schema):
    units: int


@router.post("/put-away", response=UnitsAnswer)
def put_away(request: HttpRequest, body: PutAwayBody, key: IdempotencyKey) -> dict[str, int]:
    """Goods of tasks lie in bins now. All or none."""
    putting = [Putting(n.task_id, n.location_id, n.quantity) for n in body.putting]
    return {"units": services.put_away(key=key, actor=asker(request, "put_away"), putting=putting)}


@router.get("/counts", response=Rows[CountRow])
def counts(request: HttpRequest, asked: Annotated[StateAsked, Query(...)]) -> dict[str, Any]:
    """Counts, oldest request first."""
    return rows_of(selectors.counts(scope_of(request, "adjust_stock"), asked.query()))


class TargetBody(Schema):
    location_id: Id
    item_id: Id | None = None


class CountsBody(Schema):
    warehouse_id: Id
    targets: list[TargetBody] = Field(..., min_length=1, max_length=1000)
    reason: str = Field(..., min_length=1, max_length=200)
    tolerance: int = Field(0, ge=0, le=2**31 - 1)


@router.post("/counts", response=list[int])
def request_counts(request: HttpRequest, body: CountsBody, key: IdempotencyKey) -> list[int]:
    """Ask that bins be counted. Answers the ids of the new counts."""
    return services.request_counts(
        key=key,
        actor=asker(request, "count"),
        warehouse_id=body.warehouse_id,
        targets=[CountTarget(t.location_id, t.item_id) for t in body.targets],
        reason=body.reason,
        tolerance=body.tolerance,
    )


@router.post("/counts/{count_id}/start", response=CountProgress)
def start_count(request: HttpRequest, count_id: Id, key: IdempotencyKey) -> CountProgress:
    """The count is yours from now on."""
    return services.start_count(key=key, actor=asker(request, "count"), count_id=count_id)


class CountedBody(Schema):
    item_id: Id
    quantity: int = Field(..., ge=0, le=10**12)
    lot: str = Field("", max_length=80)
    condition: str = Field("sellable", max_length=8)


class CountBody(Schema):
    lines: list[CountedBody] = Field([], max_length=1000)
    finished: bool = Field(False, description="There is nothing else in the bin.")


@router.post("/counts/{count_id}/lines", response=CountProgress)
def record_count(request: HttpRequest, count_id: Id, body: CountBody, key: IdempotencyKey) -> CountProgress:
    """What was counted. Each line is compared with the ledger at this moment."""
    lines = [Counted(n.item_id, n.quantity, n.lot, n.condition) for n in body.lines]
    return services.record_count(key=key, actor=asker(request, "count"), count_id=count_id, lines=lines, finished=body.finished)


@router.get("/counts/{count_id}/lines", response=list[CountLineInfo])
def count_lines(request: HttpRequest, count_id: Id) -> list[CountLineInfo]:
    """What was found, beside what the ledger said. Not for counters: counting is blind."""
    return selectors.count_lines(scope_of(request, "adjust_stock"), count_id)


@router.post("/counts/{count_id}/approve", response=UnitsAnswer)
def approve_count(request: HttpRequest, count_id: Id, key: IdempotencyKey) -> dict[str, int]:
    """Post what was counted last."""
    return {"units": services.approve_count(key=key, actor=asker(request, "adjust_stock"), count_id=count_id)}


class ChangeBody(Schema):
    item_id: Id
    location_id: Id
    quantity: int = Field(..., ge=-(10**12), le=10**12, description="More (positive) or less (negative).")
    lot_id: Id | None = None
    condition: str = Field("sellable", max_length=8)


class AdjustBody(Schema):
    warehouse_id: Id
    changes: list[ChangeBody] = Field(..., min_length=1, max_length=1000)
    reason: str = Field(..., description="lost, found, correction, damaged, expired or sample.", max_length=20)
    note: str = Field("", max_length=500)


class IdAnswer(Schema):
    id: int


@router.post("/adjustments", response=IdAnswer)
def adjust(request: HttpRequest, body: AdjustBody, key: IdempotencyKey) -> dict[str, int]:
    """More or less of items at places, with a reason."""
    changes = [StockChange(c.item_id, c.location_id, c.quantity, c.lot_id, c.condition) for c in body.changes]
    done = services.adjust_stock(
        key=key, actor=asker(request, "adjust_stock"), warehouse_id=body.warehouse_id, changes=changes, reason=body.reason, note=body.note
    )
    return {"id": done}


class TransferBody(Schema):
    item_id: Id
    quantity: Units
    source_id: Id
    target_id: Id
    lot_id: Id | None = None
    source_condition: str = Field("sellable", max_length=8)
    target_condition: str = Field("sellable", max_length=8)


class MovesBody(Schema):
    warehouse_id: Id
    transfers: list[TransferBody] = Field(..., min_length=1, max_length=1000)
    reason: str = Field("moved", max_length=200)


@router.post("/moves", response=IdAnswer)
def move(request: HttpRequest, body: MovesBody, key: IdempotencyKey) -> dict[str, int]:
    """Free goods go to other places of the warehouse, or change condition (which needs `adjust_stock`)."""
    transfers = [Transfer(t.item_id, t.quantity, t.source_id, t.target_id, t.lot_id, t.source_condition, t.target_condition) for t in body.transfers]
    return {"id": services.move_stock(key=key, actor=asker(request, "put_away"), warehouse_id=body.warehouse_id, transfers=transfers, reason=body.reason)}
