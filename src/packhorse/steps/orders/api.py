"""The API of orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.ground.places.types import AddressData
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.services.tell_recalled import MOST_TEXT
from packhorse.steps.orders.types import (
    MOST_NOTE,
    Accepted,
    Answered,
    CancellationAsked,
    CancellationInfo,
    Cancelled,
    Discarded,
    Edited,
    Gift,
    HoldDone,
    HoldInfo,
    HoldRefused,
    ImportRunInfo,
    ImportRunRow,
    Merged,
    Moved,
    NewLine,
    NewOrder,
    NewPayment,
    NotCancelled,
    OrderInfo,
    OrderRow,
    QuarantinedRow,
    RecalledRow,
    SplitOff,
)

router = Router()


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL cannot be stored")
    return text


Text = Annotated[str, Field(max_length=300), AfterValidator(_storable)]
Note = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable)]
Minor = Annotated[int, Field(ge=-(10**15), le=10**15)]
Units = Annotated[int, Field(ge=-(2**62), le=2**62)]


# What there are many of in a request are pydantic's own models: ninja's look at each value through a getter, for the sake of model instances.


class LineBody(BaseModel):
    sku: Text
    quantity: Units
    unit_price: Decimal = Field(max_digits=40, description="In major units, up to six decimals.")


class AddressBody(BaseModel):
    name: Text = ""
    company: Text = ""
    line1: Text = ""
    line2: Text = ""
    line3: Text = ""
    city: Text = ""
    region: Text = ""
    postal_code: Text = ""
    country: Annotated[str, Field(max_length=2), AfterValidator(_storable)] = Field("", description="ISO 3166-1 alpha-2.", examples=["CA"])
    phone: Text = ""
    email: Text = ""

    def data(self) -> AddressData:
        return AddressData(**self.model_dump())


class PaymentBody(BaseModel):
    provider: Text = Field(examples=["test"])
    token: Text = ""
    amount_minor: Minor | None = Field(None, description="What to authorise; null: goods and charges.")


class GiftBody(BaseModel):
    """The order is a gift: its packing slip says no price."""

    note: Annotated[str, Field("", max_length=MOST_NOTE, description="Printed on the packing slip."), AfterValidator(_storable)]
    wrap: bool = Field(False, description="Wrapped at the bench.")

    def gift(self) -> Gift:
        return Gift(self.note, self.wrap)


class OrderBody(BaseModel):
    """An order. (`channel`, `external_id`) is its name: sent again, it is answered with the number it has."""

    external_id: Text
    placed_at: AwareDatetime
    currency: Annotated[str, Field(min_length=3, max_length=3), AfterValidator(_storable)]
    lines: list[LineBody] = Field(max_length=10_001)
    channel: Text = "api"
    customer_ref: Text = ""
    ship_to: AddressBody | None = None
    service: Text = Field("standard", examples=["standard", "express", "same_day"])
    payment: PaymentBody | None = Field(None, description="null: paid elsewhere.")
    charges_minor: Minor = 0
    language: Annotated[str, Field(max_length=5), AfterValidator(_storable)] = ""
    reservation: Text = Field("", description="The reference of a reservation of this channel; its goods become this order's.")

    ship_complete: bool | None = Field(None, description="Whether it waits until all of it is here, or leaves in part; null: as its client ships.")
    priority: Units = Field(0, description="0 to 100: the highest is promised and released first.")
    gift: GiftBody | None = Field(None, description="null: it is none.")

    def order(self) -> NewOrder:
        return NewOrder(
            external_id=self.external_id,
            placed_at=self.placed_at,
            currency=self.currency,
            lines=tuple(NewLine(line.sku, line.quantity, line.unit_price) for line in self.lines),
            channel=self.channel,
            customer_ref=self.customer_ref,
            ship_to=self.ship_to.data() if self.ship_to else None,
            service=self.service,
            payment=NewPayment(self.payment.provider, self.payment.token, self.payment.amount_minor) if self.payment else None,
            charges_minor=self.charges_minor,
            language=self.language,
            reservation=self.reservation,
            ship_complete=self.ship_complete,
            priority=self.priority,
            gift=self.gift.gift() if self.gift else None,
        )


class OrdersBody(BaseModel):
    client_id: Id
    warehouse_id: Id
    orders: list[OrderBody] = Field(min_length=1, max_length=1000)


class OrdersAsked(Asked):
    status: str | None = Field(None, description="scheduled, open, on_hold, in_progress, incomplete, closed, cancelled.")
    request: str | None = Field(
        None, description="unsubmitted, submitted, accepted, rejected, cancellation_requested, cancellation_accepted, cancellation_rejected."
    )
    stage: str | None = None
    held: bool | None = None
    hold: str | None = Field(None, description="A kind of hold: payment, address, fraud, stock, customs, value, manual.")
    late: bool | None = None
    service: str | None = None
    client: int | None = Field(None, ge=1, lt=2**63)
    warehouse: int | None = Field(None, ge=1, lt=2**63)
    since: str | None = Field(None, description="Placed on or after this day (YYYY-MM-DD).")
    until: str | None = Field(None, description="Placed on or before this day (YYYY-MM-DD).")


class QuarantineAsked(Asked):
    state: Literal["open", "resolved"] | None = None
    client: int | None = Field(None, ge=1, lt=2**63)


class ReasonBody(Schema):
    reason: Note


class AnswerBody(Schema):
    accept: bool
    note: Text = Field("", description="The client reads it.")


class CancelBody(ReasonBody):
    order_ids: list[Id] = Field(min_length=1, max_length=1000)


class QuantitiesBody(ReasonBody):
    quantities: dict[Id, Units] = Field(description="Units by demand id (each line of the order names its own).")


class AddressChangeBody(ReasonBody):
    address: AddressBody


class ServiceBody(ReasonBody):
    service: Text


class TermsBody(ReasonBody):
    ship_complete: bool = Field(description="Whether it waits until all of it is here.")
    priority: Units = Field(description="0 to 100: the highest is promised and released first.")


class GiftChangeBody(ReasonBody):
    gift: GiftBody | None = Field(None, description="null: it is no gift any more.")


class MergeBody(ReasonBody):
    other_id: Id = Field(description="The fulfillment order of the same order and warehouse that becomes part of this one.")


class MoveBody(ReasonBody):
    warehouse_id: Id


class HoldBody(Schema):
    fulfillment_order_ids: list[Id] = Field(min_length=1, max_length=1000)
    kind: Text = "manual"
    note: Note
    owner_role: Text = "service"


class RetryBody(Schema):
    provider: Text = ""
    token: Text = ""


class AskedFor(Schema):
    """What is being asked for now, in minor units."""

    amount_minor: int


class OrderRefused(Schema):
    """The order stands in quarantine. `code` is for programs, `reason` for people; `link` is its page there."""

    channel: str
    external_id: str
    code: str
    reason: str
    quarantined_id: int
    link: str


class MendBody(Schema):
    warehouse_id: Id
    order: OrderBody


@router.get("/", response=Rows[OrderRow])
def orders(request: HttpRequest, asked: Annotated[OrdersAsked, Query(...)]) -> Any:
    """Fulfillment orders, newest first."""
    return rows_of(selectors.orders(scope_of(request, "see_orders"), asked.query()))


@router.post("/", response=list[Accepted | OrderRefused])
def accept_orders(request: HttpRequest, body: OrdersBody, key: IdempotencyKey) -> Any:
    """Take orders in, 1 to 1,000 of one client at one warehouse. One answer per order, in order: accepted (or accepted before), or set aside in quarantine with its reason."""
    actor, orders = asker(request, "take_orders"), [o.order() for o in body.orders]
    alone = len(orders) > 1 or bool(orders[0].reservation)
    accept = services.accept_orders if alone else services.accept_gathered
    return accept(key=key, actor=actor, client_id=body.client_id, warehouse_id=body.warehouse_id, orders=orders)


@router.post("/cancel", response=list[Cancelled | CancellationAsked | NotCancelled])
def cancel_orders(request: HttpRequest, body: CancelBody, key: IdempotencyKey) -> Any:
    """Cancel what has not left of orders. Who acts for a client asks for it where the floor has begun, and is answered with the cancellation that the house will answer."""
    return services.cancel_orders(key=key, actor=asker(request, "cancel_orders"), order_ids=body.order_ids, reason=body.reason)


@router.get("/cancellations", response=list[CancellationInfo])
def cancellations(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> Any:
    """Cancellations that clients asked for and nobody has answered, the oldest first."""
    return selectors.cancellations(scope_of(request, "see_orders"), limit=limit)


@router.post("/cancellations/{cancellation_id}/answer", response=Answered)
def answer_cancellation(request: HttpRequest, cancellation_id: Id, body: AnswerBody, key: IdempotencyKey) -> Any:
    """Cancel what the client asked for, as far as it has not left; or say no. Not for who acts for a client."""
    return services.answer_cancellation(key=key, actor=asker(request, "cancel_orders"), cancellation_id=cancellation_id, **body.model_dump())


@router.get("/holds", response=list[HoldInfo])
def holds(request: HttpRequest, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> Any:
    """Open holds, the oldest first."""
    return selectors.holds(scope_of(request, "see_orders"), limit=limit)


@router.post("/holds", response=list[HoldDone | HoldRefused])
def place_hold(request: HttpRequest, body: HoldBody, key: IdempotencyKey) -> Any:
    """Hold fulfillment orders: nothing of them is released, packed or shipped until the hold is released."""
    return services.place_hold(key=key, actor=asker(request, "hold_orders"), **body.model_dump())


@router.post("/holds/{hold_id}/release", response=HoldDone)
def release_hold(request: HttpRequest, hold_id: Id, key: IdempotencyKey) -> Any:
    """Release a hold."""
    return services.release_hold(key=key, actor=asker(request, "hold_orders"), hold_id=hold_id)


@router.post("/fulfillment/{fulfillment_order_id}/terms", response=Edited)
def change_terms(request: HttpRequest, fulfillment_order_id: Id, body: TermsBody, key: IdempotencyKey) -> Any:
    """Let it leave in part, or only whole; set its priority. Until it is released."""
    return services.change_terms(key=key, actor=asker(request, "edit_orders"), fulfillment_order_id=fulfillment_order_id, **body.model_dump())


@router.post("/fulfillment/{fulfillment_order_id}/split", response=SplitOff)
def split_fulfillment(request: HttpRequest, fulfillment_order_id: Id, body: QuantitiesBody, key: IdempotencyKey) -> Any:
    """Make so many units of lines a fulfillment order of their own; those that wait for goods go first. Until it is released."""
    return services.split_fulfillment(key=key, actor=asker(request, "edit_orders"), fulfillment_order_id=fulfillment_order_id, **body.model_dump())


@router.post("/fulfillment/{fulfillment_order_id}/merge", response=Merged)
def merge_fulfillments(request: HttpRequest, fulfillment_order_id: Id, body: MergeBody, key: IdempotencyKey) -> Any:
    """Make another fulfillment order part of this one. Until either is released."""
    return services.merge_fulfillments(key=key, actor=asker(request, "edit_orders"), fulfillment_order_id=fulfillment_order_id, **body.model_dump())


@router.post("/fulfillment/{fulfillment_order_id}/move", response=Moved)
def move_fulfillment(request: HttpRequest, fulfillment_order_id: Id, body: MoveBody, key: IdempotencyKey) -> Any:
    """Let another warehouse ship it: what is there is promised, the rest waits for goods. Until it is released."""
    return services.move_fulfillment(key=key, actor=asker(request, "edit_orders"), fulfillment_order_id=fulfillment_order_id, **body.model_dump())


@router.get("/quarantine", response=Rows[QuarantinedRow])
def quarantine(request: HttpRequest, asked: Annotated[QuarantineAsked, Query(...)]) -> Any:
    """Orders that could not be taken, newest first, without their payloads."""
    return rows_of(selectors.quarantined(scope_of(request, "take_orders"), asked.query()))


@router.get("/quarantine/{quarantined_id}", response=QuarantinedRow)
def quarantined(request: HttpRequest, quarantined_id: Id) -> Any:
    """One of them, with its payload."""
    return selectors.quarantined_entry(scope_of(request, "take_orders"), quarantined_id)


@router.post("/quarantine/{quarantined_id}/mend", response=Accepted | OrderRefused)
def mend(request: HttpRequest, quarantined_id: Id, body: MendBody, key: IdempotencyKey) -> Any:
    """Take the mended order in."""
    from packhorse.steps.orders.checking import payload

    return services.mend_quarantined(
        key=key, actor=asker(request, "take_orders"), quarantined_id=quarantined_id, warehouse_id=body.warehouse_id, payload=payload(body.order.order())
    )


@router.post("/quarantine/{quarantined_id}/discard", response=Discarded)
def discard(request: HttpRequest, quarantined_id: Id, body: ReasonBody, key: IdempotencyKey) -> Any:
    """Set it aside for good."""
    return services.discard_quarantined(key=key, actor=asker(request, "take_orders"), quarantined_id=quarantined_id, reason=body.reason)


@router.get("/imports", response=Rows[ImportRunRow])
def imports(request: HttpRequest, asked: Annotated[Asked, Query(...)]) -> Any:
    """Imported files, newest first."""
    return rows_of(selectors.import_runs(scope_of(request, "import_data"), asked.query()))


@router.get("/imports/{run_id}", response=ImportRunInfo)
def import_run(request: HttpRequest, run_id: Id) -> Any:
    """One imported file with its report."""
    return selectors.import_run(scope_of(request, "import_data"), run_id)


class RecalledAsked(Asked):
    lot: Id | None = Field(None, description="Without it, the lot that was recalled last.")


@router.get("/recalled", response=Rows[RecalledRow])
def recalled(request: HttpRequest, asked: Annotated[RecalledAsked, Query(...)]) -> Any:
    """The order lines that got units of a recalled lot, newest first: what left, what is picked and still here, and who was told."""
    return rows_of(selectors.recalled(scope_of(request, "see_orders"), asked.query()))


class TellBody(Schema):
    recall_id: Id
    text: Annotated[str, AfterValidator(_storable)] = Field(..., min_length=1, max_length=MOST_TEXT, description="What to do with the goods.")


class Told(Schema):
    messages: int


@router.post("/recalled/tell", response=Told)
def tell_recalled(request: HttpRequest, body: TellBody, key: IdempotencyKey) -> Any:
    """Write to those who got goods of a recalled lot, each order once."""
    return {"messages": services.tell_recalled(key=key, actor=asker(request, "edit_orders"), recall_id=body.recall_id, text=body.text)}


@router.get("/{order_id}", response=OrderInfo)
def order(request: HttpRequest, order_id: Id) -> Any:
    """One order with its lines, holds, money and changes."""
    return selectors.order(scope_of(request, "see_orders"), order_id)


@router.post("/{order_id}/cancel-lines", response=Cancelled | CancellationAsked)
def cancel_lines(request: HttpRequest, order_id: Id, body: QuantitiesBody, key: IdempotencyKey) -> Any:
    """Cancel so many units of lines, or ask for it (as with whole orders)."""
    return services.cancel_lines(key=key, actor=asker(request, "cancel_orders"), order_id=order_id, quantities=body.quantities, reason=body.reason)


@router.post("/{order_id}/quantities", response=Edited)
def change_quantities(request: HttpRequest, order_id: Id, body: QuantitiesBody, key: IdempotencyKey) -> Any:
    """Want so many units of lines from now on."""
    return services.change_quantities(key=key, actor=asker(request, "edit_orders"), order_id=order_id, quantities=body.quantities, reason=body.reason)


@router.post("/{order_id}/address", response=Edited)
def change_address(request: HttpRequest, order_id: Id, body: AddressChangeBody, key: IdempotencyKey) -> Any:
    """Send it elsewhere."""
    return services.change_address(key=key, actor=asker(request, "edit_orders"), order_id=order_id, address=body.address.data(), reason=body.reason)


@router.post("/{order_id}/service", response=Edited)
def change_service(request: HttpRequest, order_id: Id, body: ServiceBody, key: IdempotencyKey) -> Any:
    """Send it faster or slower."""
    return services.change_service(key=key, actor=asker(request, "edit_orders"), order_id=order_id, service=body.service, reason=body.reason)


@router.post("/{order_id}/payment", response=AskedFor)
def retry_payment(request: HttpRequest, order_id: Id, body: RetryBody, key: IdempotencyKey) -> Any:
    """Ask for its money again."""
    return {"amount_minor": services.retry_payment(key=key, actor=asker(request, "take_payment"), order_id=order_id, provider=body.provider, token=body.token)}


@router.post("/{order_id}/gift", response=Edited)
def change_gift(request: HttpRequest, order_id: Id, body: GiftChangeBody, key: IdempotencyKey) -> Any:
    """Make an order a gift, say another note, or make it none; until something of it is packed."""
    gift = body.gift.gift() if body.gift else None
    return services.change_gift(key=key, actor=asker(request, "edit_orders"), order_id=order_id, gift=gift, reason=body.reason)
