"""The pages of orders: list, one order, what can be done with it, the order by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import Invalid
from packhorse.core.money import exponent
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, Undo, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.detail import Crumb, Detail, Fact, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import BulkAction, Button, Choice, Column, Day, Empty, Flag, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.places import selectors as places
from packhorse.ground.places.types import AddressData
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import panel, selectors, services
from packhorse.steps.orders.errors import NotTaken
from packhorse.steps.orders.forms import (
    HOLD_WORDS,
    SERVICE_WORDS,
    AddressForm,
    CancelLinesForm,
    DemandQuantityForm,
    HoldForm,
    OrderForm,
    PaymentForm,
    QuantityForm,
    ReasonForm,
    ServiceForm,
)
from packhorse.steps.orders.states import STAGES
from packhorse.steps.orders.types import HoldRefused, NewOrder, NewPayment, NotCancelled, OrderInfo, OrderRow, Refused

LIST = Crumb(gettext_lazy("Orders"), reverse_lazy("orders:list"))

STAGE_WORDS = {
    "backordered": cells.Badge(gettext_lazy("Backordered"), "warn"),
    "open": cells.Badge(gettext_lazy("Open"), "calm"),
    "picking": cells.Badge(gettext_lazy("Picking"), "busy"),
    "picked": cells.Badge(gettext_lazy("Picked"), "busy"),
    "packed": cells.Badge(gettext_lazy("Packed"), "busy"),
    "shipped": cells.Badge(gettext_lazy("Shipped"), "good"),
    "delivered": cells.Badge(gettext_lazy("Delivered"), "good"),
    "cancelled": cells.Badge(gettext_lazy("Cancelled"), "off"),
}
HELD = cells.Badge(gettext_lazy("Held"), "warn", "pause")


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
        Column("holds", gettext_lazy("Held for"), _held, plain=lambda row: " ".join(row.holds)),
        Column("placed_at", gettext_lazy("Placed")),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("external_id", gettext_lazy("Shop's number"), narrow=False),
        Column("customer_ref", gettext_lazy("Customer"), narrow=False),
        Column("service", gettext_lazy("Service"), narrow=False),
        Column("shipped", gettext_lazy("Shipped"), cells.progress("shipped", "units"), plain=lambda row: f"{row.shipped}/{row.units}"),
        Column("total", gettext_lazy("Total"), align="end"),
        Column("ship_by", gettext_lazy("Ship by"), sort="ship_by"),
    ),
    filters=(
        Choice("stage", gettext_lazy("Stage"), tuple((s, STAGE_WORDS[s].word) for s in STAGES)),
        Flag("held", gettext_lazy("Held")),
        Choice("hold", gettext_lazy("Held for"), tuple(HOLD_WORDS.items())),
        Flag("late", gettext_lazy("Late")),
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
    answers = services.cancel_orders(key=key, actor=actor, order_ids=sorted(of), reason=data.get("reason") or _("cancelled by us"))
    return [Refusal(a.order_id, of[a.order_id], a.reason) for a in answers if isinstance(a, NotCancelled)]


@page("see_orders")
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: where it stands, its lines, its money, what happened, what can be done now."""
    actor = actor_of(request)
    found = selectors.order(actor.scope, order_id)
    first = found.fulfillment_orders[0]
    demands = [line.demand_id for fo in found.fulfillment_orders for line in fo.lines]
    held = any(h.released_at is None for h in found.holds) and first.stage not in ("shipped", "delivered", "cancelled")
    facts = (
        Fact(_("Placed"), found.placed_at),
        Fact(_("Client"), catalog.client(actor.scope, found.client_id).name),
        Fact(_("Shop's number"), f"{found.external_id} ({found.channel})"),
        Fact(_("Customer"), found.customer_ref),
        Fact(_("Goes to"), _address(found, actor)),
        Fact(_("Service"), dict(SERVICE_WORDS).get(first.service, first.service)),
        Fact(_("Ship by"), first.ship_by),
        Fact(_("Deliver by"), first.deliver_by),
    )
    shown = Detail(
        title=found.number,
        kind=_("Order"),
        badge=HELD if held else STAGE_WORDS[first.stage],
        sentence=panel.sentence(found),
        crumbs=(LIST,),
        facts=facts,
        sections=tuple(panel.order_sections(actor.scope, order_id=order_id, demand_ids=demands, money=actor.may("see_money"))),
        timeline=timeline(order_id=order_id, scope=actor.scope),
        actions=possible(found, actor),
    )
    return detail(request, shown)


def _address(found: OrderInfo, actor: Actor) -> str:
    if found.ship_to_id is None:
        return ""
    to = places.address(found.ship_to_id, EVERYTHING if actor.scope.client_ids is None else actor.scope).data
    return ", ".join(part for part in (to.name, to.company, *to.lines, to.postal_code, to.city, to.region, to.country) if part)


def _lines(found: OrderInfo) -> list[tuple[int, str]]:
    return [(line.demand_id, f"{line.sku} ({line.live})") for fo in found.fulfillment_orders for line in fo.lines if line.live > line.shipped]


def possible(found: OrderInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done with an order now, by this actor; what cannot be says why."""
    parts = found.fulfillment_orders
    left = all(line.shipped >= line.live for fo in parts for line in fo.lines)
    packed = any(line.packed > line.shipped for fo in parts for line in fo.lines)
    gone = _("Nothing of it is left here.") if left else ""
    late = gone or (_("It is packed: open the parcel first.") if packed else "")
    lines = _lines(found)
    actions: list[Action | None] = [
        _may(
            actor, "hold_orders", Action(_("Hold"), reverse("orders:hold", args=[parts[0].fulfillment_order_id]), form=HoldForm(), icon="pause", blocked=gone)
        ),
        *_releases(found, actor),
        _may(actor, "take_payment", _pay(found)),
        _may(
            actor,
            "edit_orders",
            Action(_("Change address"), reverse("orders:address", args=[found.order_id]), icon="pin", form=_address_form(found, actor), blocked=late),
        ),
        _may(
            actor,
            "edit_orders",
            Action(
                _("Change service"),
                reverse("orders:service", args=[found.order_id]),
                icon="clock",
                form=ServiceForm(initial={"service": found.service}),
                blocked=late,
            ),
        ),
        _may(
            actor,
            "edit_orders",
            Action(_("Change quantity"), reverse("orders:quantities", args=[found.order_id]), icon="edit", form=QuantityForm(lines=lines), blocked=gone),
        ),
        _may(
            actor,
            "cancel_orders",
            Action(_("Cancel units"), reverse("orders:cancel-lines", args=[found.order_id]), icon="minus", form=CancelLinesForm(lines=lines), blocked=gone),
        ),
        _may(
            actor,
            "cancel_orders",
            Action(_("Cancel order"), reverse("orders:cancel", args=[found.order_id]), icon="cross", tone="danger", form=ReasonForm(), blocked=gone),
        ),
    ]
    return tuple(a for a in actions if a)


def _may(actor: Actor, permission: str, wanted: Action | None) -> Action | None:
    return wanted if actor.may(permission) else None


def _releases(found: OrderInfo, actor: Actor) -> list[Action]:
    if not actor.may("hold_orders"):
        return []
    shown = [h for h in found.holds if h.released_at is None and (h.kind != "payment" or actor.may("take_payment"))]
    return [
        Action(
            _("Release: %s") % HOLD_WORDS[h.kind],
            reverse("orders:release-hold", args=[h.hold_id]),
            icon="play",
            tone="primary" if h.kind != "payment" else "normal",
            confirm=_("The goods may then leave unpaid. Release it?") if h.kind == "payment" else "",
        )
        for h in shown
    ]


def _pay(found: OrderInfo) -> Action | None:
    if found.money.payment == "none":
        return None
    waiting = any(r.state == "waiting" and r.kind in ("authorise", "capture") for r in found.money.requests)
    failed = any(r.state == "failed" for r in found.money.requests) or found.money.payment in ("declined", "expired")
    if not failed:
        return None
    blocked = _("The bank is being asked just now.") if waiting else ""
    return Action(_("Ask for payment again"), reverse("orders:retry-payment", args=[found.order_id]), icon="money", form=PaymentForm(), blocked=blocked)


def _address_form(found: OrderInfo, actor: Actor) -> AddressForm:
    kept = places.addresses([found.ship_to_id], actor.scope if actor.scope.client_ids is not None else EVERYTHING) if found.ship_to_id else {}
    data = next((a.data for a in kept.values()), AddressData())
    return AddressForm(initial={name: getattr(data, name) for name in AddressForm.base_fields if name != "reason"})


@action("hold_orders", form=HoldForm)
def hold(p: Posted, fulfillment_order_id: int) -> Done:
    answer = services.place_hold(key=p.key, actor=p.actor, fulfillment_order_ids=[fulfillment_order_id], **p.data)[0]
    if isinstance(answer, HoldRefused):
        raise NotTaken(reason=answer.reason)
    return Done(_("The order is on hold."), undo=Undo(reverse("orders:release-hold", args=[answer.hold_id])))


@action("hold_orders")
def release_hold(p: Posted, hold_id: int) -> Done:
    services.release_hold(key=p.key, actor=p.actor, hold_id=hold_id)
    return Done(_("The hold is released."))


@action("cancel_orders", form=ReasonForm)
def cancel(p: Posted, order_id: int) -> Done:
    answer = services.cancel_orders(key=p.key, actor=p.actor, order_ids=[order_id], reason=p.data["reason"])[0]
    if isinstance(answer, NotCancelled):
        raise NotTaken(reason=answer.reason)
    said = _("%(n)d units are cancelled.") % {"n": answer.units}
    return Done(f"{said} {_('%(n)d go back to their bins.') % {'n': answer.put_back_units}}" if answer.put_back_units else said)


@action("cancel_orders", form=DemandQuantityForm)
def cancel_lines(p: Posted, order_id: int) -> Done:
    quantities = {p.data["demand_id"]: p.data["quantity"]}
    done = services.cancel_lines(key=p.key, actor=p.actor, order_id=order_id, quantities=quantities, reason=p.data["reason"])
    return Done(_("%(n)d units are cancelled.") % {"n": done.units})


@action("edit_orders", form=DemandQuantityForm)
def change_quantities(p: Posted, order_id: int) -> Done:
    quantities = {p.data["demand_id"]: p.data["quantity"]}
    services.change_quantities(key=p.key, actor=p.actor, order_id=order_id, quantities=quantities, reason=p.data["reason"])
    return Done(_("The order is changed."))


@action("edit_orders", form=ServiceForm)
def change_service(p: Posted, order_id: int) -> Done:
    services.change_service(key=p.key, actor=p.actor, order_id=order_id, **p.data)
    return Done(_("The order is changed, and both days are promised anew."))


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
        raise NotTaken(reason=answers[0].reason)
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
        payment=NewPayment(data["payment"], data["token"]) if data["payment"] else None,
        charges_minor=int(charges),
    )
    made = _first(services.accept_orders(key=p.key, actor=p.actor, client_id=data["client_id"], warehouse_id=data["warehouse_id"], orders=[wanted]))
    return Done(_("Order %s is taken.") % made.number, to=reverse("orders:order", args=[made.order_id]))
