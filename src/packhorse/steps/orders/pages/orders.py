"""The pages of orders: list, one order, what can be done with it, the order by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import Invalid
from packhorse.core.money import exponent
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.detail import Crumb
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Day, Empty, Flag, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.errors import NotDone, NotTaken
from packhorse.steps.orders.forms import (
    HOLD_WORDS,
    SERVICE_WORDS,
    AddressForm,
    DemandQuantityForm,
    GiftForm,
    HoldForm,
    MergedForm,
    MovedForm,
    OrderForm,
    PaymentForm,
    ReasonForm,
    RefusalForm,
    ServiceForm,
    SplitForm,
    TermsForm,
)
from packhorse.steps.orders.order_head import REQUEST_WORDS, STAGE_WORDS, STATUS_WORDS
from packhorse.steps.orders.states import REQUESTS, STAGES, STATUSES
from packhorse.steps.orders.types import Answered, CancellationAsked, Cancelled, Gift, HoldRefused, NewOrder, NewPayment, NotCancelled, OrderRow, Refused

LIST = Crumb(gettext_lazy("Orders"), reverse_lazy("orders:list"))


def _clients(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in catalog.client_choices(scope)]


def _warehouses(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in warehouses.warehouse_choices(scope)]


def _held(row: OrderRow) -> SafeString:
    return cells.show(cells.Badge(", ".join(str(HOLD_WORDS[k]) for k in row.holds), "warn", "pause")) if row.holds else cells.NOTHING


orders = ListPage(
    name="orders.orders",
    title=gettext_lazy("Orders"),
    permission="see_orders",
    rows=selectors.orders,
    columns=(
        Column("fulfillment_number", gettext_lazy("Order"), cells.link("fulfillment_number", "orders:order", "order_id"), sort="number"),
        Column("stage", gettext_lazy("Stage"), cells.state("stage", STAGE_WORDS)),
        Column("status", gettext_lazy("Status"), cells.state("status", STATUS_WORDS), narrow=False),
        Column("request", gettext_lazy("Request"), cells.state("request", REQUEST_WORDS), narrow=False),
        Column("holds", gettext_lazy("Held for"), _held, plain=lambda row: " ".join(row.holds)),
        Column("placed_at", gettext_lazy("Placed"), narrow=False),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("external_id", gettext_lazy("Shop's number"), narrow=False),
        Column("customer_ref", gettext_lazy("Customer"), narrow=False),
        Column("service", gettext_lazy("Service"), lambda row: cells.show(dict(SERVICE_WORDS).get(row.service, row.service)), narrow=False),
        Column("shipped", gettext_lazy("Shipped"), cells.progress("shipped", "units"), plain=lambda row: f"{row.shipped}/{row.units}", narrow=False),
        Column("total", gettext_lazy("Total"), align="end"),
        Column("ship_by", gettext_lazy("Ship by"), sort="ship_by"),
    ),
    filters=(
        Choice("stage", gettext_lazy("Stage"), tuple((s, STAGE_WORDS[s].word) for s in STAGES)),
        Choice("status", gettext_lazy("Status"), tuple((s, STATUS_WORDS[s].word) for s in STATUSES)),
        Choice("request", gettext_lazy("Request"), tuple((r, REQUEST_WORDS[r].word) for r in REQUESTS)),
        Flag("held", gettext_lazy("Held")),
        Choice("hold", gettext_lazy("Held for"), tuple(HOLD_WORDS.items())),
        Flag("refused", gettext_lazy("Capture refused")),
        Flag("late", gettext_lazy("Late")),
        Flag("at_risk", gettext_lazy("Leaves within two hours")),
        Choice("service", gettext_lazy("Service"), SERVICE_WORDS),
        Choice("client", gettext_lazy("Client"), _clients),
        Choice("warehouse", gettext_lazy("Warehouse"), _warehouses),
        Day("since", gettext_lazy("Placed since")),
        Day("until", gettext_lazy("Placed until")),
    ),
    tabs=(
        (gettext_lazy("All"), ""),
        (gettext_lazy("Open"), "stage=open"),
        (gettext_lazy("Held"), "held=1"),
        (gettext_lazy("Backordered"), "stage=backordered"),
        (gettext_lazy("Late"), "late=1"),
    ),
    actions=(
        BulkAction(gettext_lazy("Hold"), "orders:hold-many", "hold_orders", icon="pause"),
        BulkAction(gettext_lazy("Cancel"), "orders:cancel-many", "cancel_orders", tone="danger", icon="cross"),
    ),
    buttons=(
        Button(gettext_lazy("New order"), "orders:new", "take_orders", icon="plus"),
        Button(gettext_lazy("Import"), "orders:import", "import_data", tone="normal", icon="upload"),
        Button(gettext_lazy("Quarantine"), "orders:quarantine", "take_orders", tone="normal", icon="alert"),
    ),
    empty=Empty(gettext_lazy("No orders"), gettext_lazy("Import a file, connect a shop, or take one by hand."), "orders"),
    search=gettext_lazy("Order, shop's number or customer number"),
)


@bulk_action("orders.hold", title=gettext_lazy("Put orders on hold"), permission="hold_orders", rows=orders)
def hold_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    answers = services.place_hold(key=key, actor=actor, fulfillment_order_ids=ids, note=data.get("note", ""))
    return [Refusal(a.fulfillment_order_id, str(a.fulfillment_order_id), a.reason) for a in answers if isinstance(a, HoldRefused)]


@bulk_action("orders.cancel", title=gettext_lazy("Cancel orders"), permission="cancel_orders", rows=orders)
def cancel_many(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """The list's rows are fulfillment orders: their orders are cancelled whole."""
    of = {fo.order_id: fo.number for fo in selectors.fulfillment_orders(actor.scope, ids)}
    answers = services.cancel_orders(key=key, actor=actor, order_ids=sorted(of), reason=data.get("reason") or gettext_noop("cancelled by us"))
    return [Refusal(a.order_id, of[a.order_id], a.reason) for a in answers if isinstance(a, NotCancelled)]


@page("see_orders")
def order(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """One order: the desk's page, which is composed of what every step knows of it."""
    shown: Callable[..., HttpResponseBase] = import_string(settings.PACKHORSE_ORDER_PAGE)
    return shown(request, order_id=order_id)


@page("see_orders")
def of_fulfillment_line(request: HttpRequest, fulfillment_line_id: int) -> HttpResponseBase:
    """The order that a promise or an allocation is for."""
    return redirect("orders:order", selectors.order_of_line(actor_of(request).scope, fulfillment_line_id))


@action("hold_orders", form=HoldForm)
def hold(p: Posted, fulfillment_order_id: int) -> Done:
    answer = services.place_hold(key=p.key, actor=p.actor, fulfillment_order_ids=[fulfillment_order_id], **p.data)[0]
    if isinstance(answer, HoldRefused):
        raise NotDone(reason=answer.reason, order_id=selectors.fulfillment_order(p.actor.scope, fulfillment_order_id).order_id)
    return Done(_("The order is on hold."), undo=Undo(reverse("orders:release-hold", args=[answer.hold_id])))


@action("hold_orders")
def release_hold(p: Posted, hold_id: int) -> Done:
    services.release_hold(key=p.key, actor=p.actor, hold_id=hold_id)
    return Done(_("The hold is released."))


@action("cancel_orders", form=ReasonForm)
def cancel(p: Posted, order_id: int) -> Done:
    answer = services.cancel_orders(key=p.key, actor=p.actor, order_ids=[order_id], reason=p.data["reason"])[0]
    if isinstance(answer, NotCancelled):
        raise NotDone(reason=answer.reason, order_id=order_id)
    return _cancelled(answer)


def _cancelled(answer: Cancelled | CancellationAsked | Answered) -> Done:
    if isinstance(answer, CancellationAsked):
        asked = answer.state == "asked"
        return Done(
            _("The floor has begun: the house is asked to cancel it, and answers here.") if asked else _("The floor has begun; your rule says that it goes on.")
        )
    said = _("%(n)d units are cancelled.") % {"n": answer.units}
    return Done(f"{said} {_('%(n)d go back to their bins.') % {'n': answer.put_back_units}}" if answer.put_back_units else said)


@action("cancel_orders")
def accept_cancellation(p: Posted, cancellation_id: int) -> Done:
    return _cancelled(services.answer_cancellation(key=p.key, actor=p.actor, cancellation_id=cancellation_id, accept=True))


@action("cancel_orders", form=RefusalForm)
def reject_cancellation(p: Posted, cancellation_id: int) -> Done:
    services.answer_cancellation(key=p.key, actor=p.actor, cancellation_id=cancellation_id, accept=False, note=p.data["note"])
    return Done(_("The order goes on."))


@action("cancel_orders", form=DemandQuantityForm)
def cancel_lines(p: Posted, order_id: int) -> Done:
    quantities = {p.data["demand_id"]: p.data["quantity"]}
    return _cancelled(services.cancel_lines(key=p.key, actor=p.actor, order_id=order_id, quantities=quantities, reason=p.data["reason"]))


@action("edit_orders", form=DemandQuantityForm)
def change_quantities(p: Posted, order_id: int) -> Done:
    quantities = {p.data["demand_id"]: p.data["quantity"]}
    services.change_quantities(key=p.key, actor=p.actor, order_id=order_id, quantities=quantities, reason=p.data["reason"])
    return Done(_("The order is changed."))


@action("edit_orders", form=ServiceForm)
def change_service(p: Posted, order_id: int) -> Done:
    services.change_service(key=p.key, actor=p.actor, order_id=order_id, **p.data)
    return Done(_("The order is changed, and both days are promised anew."))


@action("edit_orders", form=GiftForm)
def change_gift(p: Posted, order_id: int) -> Done:
    services.change_gift(key=p.key, actor=p.actor, order_id=order_id, **p.data)
    return Done(_("The order is changed."))


@action("edit_orders", form=TermsForm)
def change_terms(p: Posted, fulfillment_order_id: int) -> Done:
    services.change_terms(key=p.key, actor=p.actor, fulfillment_order_id=fulfillment_order_id, **p.data)
    return Done(_("The order is changed."))


@action("edit_orders", form=SplitForm)
def split(p: Posted, fulfillment_order_id: int) -> Done:
    made = services.split_fulfillment(key=p.key, actor=p.actor, fulfillment_order_id=fulfillment_order_id, **p.data)
    return Done(_("%s is split off.") % made.number, undo=_merge_back(fulfillment_order_id, made.fulfillment_order_id))


def _merge_back(fulfillment_order_id: int, other_id: int) -> Undo:
    return Undo(reverse("orders:merge", args=[fulfillment_order_id]), {"other_id": other_id, "reason": _("split by mistake")})


@action("edit_orders", form=MergedForm)
def merge(p: Posted, fulfillment_order_id: int) -> Done:
    made = services.merge_fulfillments(key=p.key, actor=p.actor, fulfillment_order_id=fulfillment_order_id, **p.data)
    return Done(_("%(units)d units came to %(number)s.") % {"units": made.units, "number": made.number})


@action("edit_orders", form=MovedForm)
def move(p: Posted, fulfillment_order_id: int) -> Done:
    done = services.move_fulfillment(key=p.key, actor=p.actor, fulfillment_order_id=fulfillment_order_id, **p.data)
    said = _("%(n)d units are promised there.") % {"n": done.promised}
    return Done(f"{said} {_('%(n)d wait for goods.') % {'n': done.backordered}}" if done.backordered else said)


@action("edit_orders", form=AddressForm)
def change_address(p: Posted, order_id: int) -> Done:
    assert isinstance(p.form, AddressForm)
    services.change_address(key=p.key, actor=p.actor, order_id=order_id, address=p.form.address(), reason=p.data["reason"])
    return Done(_("The order goes elsewhere now."))


@action("take_payment", form=PaymentForm)
def retry_payment(p: Posted, order_id: int) -> Done:
    services.retry_payment(key=p.key, actor=p.actor, order_id=order_id, **p.data)
    return Done(_("The bank is being asked."))


def _first(answers: Sequence[Any]) -> Any:
    """The one answer of a list of one.   Raises: NotTaken."""
    if isinstance(answers[0], Refused):
        raise NotTaken(reason=answers[0].reason, quarantined_id=answers[0].quarantined_id)
    return answers[0]


@form_page(
    OrderForm,
    title=gettext_lazy("New order"),
    permission="take_orders",
    submit=gettext_lazy("Take it"),
    crumbs=(LIST,),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def new_order(p: Posted) -> Done:
    assert isinstance(p.form, OrderForm)
    data = p.data
    currency = catalog.client(p.actor.scope, data["client_id"]).currency
    charges = data["charges"].scaleb(exponent(currency))
    if charges != int(charges):
        raise Invalid(field="charges", reason=_("%s has fewer decimals.") % currency)
    wanted = NewOrder(
        external_id=data["external_id"] or f"HAND-{p.key.hex[:12].upper()}",
        placed_at=clock.now(),
        currency=currency,
        lines=data["lines"],
        channel="hand",
        customer_ref=data["customer_ref"],
        ship_to=p.form.address(),
        service=data["service"],
        ship_complete=data["ship_complete"],
        priority=data["priority"] or 0,
        gift=Gift(data["gift_note"].replace("\r\n", "\n"), data["gift_wrap"]) if data["gift_note"] or data["gift_wrap"] else None,
        payment=NewPayment(data["payment"], data["token"]) if data["payment"] else None,
        charges_minor=int(charges),
    )
    made = _first(services.accept_orders(key=p.key, actor=p.actor, client_id=data["client_id"], warehouse_id=data["warehouse_id"], orders=[wanted]))
    return Done(_("Order %s is taken.") % made.number, to=reverse("orders:order", args=[made.order_id]))
