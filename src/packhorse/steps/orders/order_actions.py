"""What can be done with an order now, as the order page offers it; what cannot be says why."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from packhorse.core.actors import Actor
from packhorse.core.web.actions import Action
from packhorse.ground.places.types import AddressData
from packhorse.steps.orders.forms import (
    HOLD_WORDS,
    AddressForm,
    CancelLinesForm,
    GiftForm,
    HoldForm,
    MergeForm,
    MoveForm,
    PaymentForm,
    QuantityForm,
    ReasonForm,
    RefusalForm,
    ServiceForm,
    SplitForm,
    TermsForm,
)
from packhorse.steps.orders.types import FulfillmentOrderInfo, OrderInfo


def possible(found: OrderInfo, actor: Actor, to: AddressData, houses: Sequence[tuple[int, str]]) -> tuple[Action, ...]:
    """What can be done with an order now, by this actor; what cannot be says why. `houses`: the warehouses that the actor sees."""
    parts = found.fulfillment_orders
    left = all(line.shipped >= line.live for fo in parts for line in fo.lines)
    packed = any(line.packed > line.shipped for fo in parts for line in fo.lines)
    gone = _("Nothing of it is left here.") if left else ""
    late = gone or (_("It is packed: open the parcel first.") if packed else "")
    lines = [(line.demand_id, _named(found, fo, f"{line.sku} ({line.live})")) for fo in parts for line in fo.lines if line.live > line.shipped]
    wanted: list[tuple[str, Action | None]] = [
        *(("hold_orders", one) for one in _answers(found) if actor.may("cancel_orders")),
        *(("hold_orders", _hold(found, fo)) for fo in _here(found)),
        *_releases(found, actor),
        ("take_payment", _pay(found)),
        ("edit_orders", Action(_("Change address"), _of(found, "address"), icon="pin", form=_address_form(to), blocked=late)),
        ("edit_orders", Action(_("Change service"), _of(found, "service"), icon="clock", form=ServiceForm(initial={"service": found.service}), blocked=late)),
        ("edit_orders", Action(_("Gift"), _of(found, "gift"), icon="box", form=_gift_form(found), blocked=late)),
        ("edit_orders", Action(_("Change quantity"), _of(found, "quantities"), icon="edit", form=QuantityForm(lines=lines), blocked=gone)),
        *(("edit_orders", one) for fo in _here(found) for one in (_terms(found, fo), _split(found, fo), _merge(found, fo), _move(found, fo, houses))),
        ("cancel_orders", Action(_("Cancel units"), _of(found, "cancel-lines"), icon="minus", form=CancelLinesForm(lines=lines), blocked=gone)),
        ("cancel_orders", Action(_("Cancel order"), _of(found, "cancel"), icon="cross", tone="danger", form=ReasonForm(), blocked=gone)),
    ]
    return tuple(a for permission, a in wanted if a and actor.may(permission))


def _gift_form(found: OrderInfo) -> GiftForm:
    gift = found.gift
    return GiftForm(initial={"gift": True, "note": gift.note if gift else "", "wrap": gift is not None and gift.wrap})


def _answers(found: OrderInfo) -> list[Action]:
    """What the house can say to a cancellation that the client asked for."""
    asked = [c for c in found.cancellations if c.state == "asked"]
    return [
        one
        for c in asked
        for one in (
            Action(
                _("Cancel as asked"),
                reverse("orders:accept-cancellation", args=[c.cancellation_id]),
                icon="check",
                tone="primary",
                confirm=_("What is picked goes back to its bins. Cancel it?"),
            ),
            Action(_("Refuse to cancel"), reverse("orders:reject-cancellation", args=[c.cancellation_id]), icon="cross", form=RefusalForm()),
        )
    ]


def _of(found: OrderInfo, what: str) -> str:
    return reverse(f"orders:{what}", args=[found.order_id])


def _here(found: OrderInfo) -> list[FulfillmentOrderInfo]:
    """The parts that something is left of here; where nothing is, the first, so that the page says so."""
    return [fo for fo in found.fulfillment_orders if not fo.gone] or [found.fulfillment_orders[0]]


def _named(found: OrderInfo, fo: FulfillmentOrderInfo, text: str) -> str:
    """The text, with the end of the part's number where there are several."""
    return text if len(found.fulfillment_orders) == 1 else f"{text} {fo.number.removeprefix(found.number)}"


def _gone(fo: FulfillmentOrderInfo) -> str:
    return _("Nothing of it is left here.") if fo.gone else ""


def _touched(fo: FulfillmentOrderInfo) -> str:
    """Why the part itself cannot be changed now; empty where it can."""
    if any(line.picked > line.shipped for line in fo.lines):
        return _("Something of it is picked.")
    return _gone(fo) or (_("It is released: take that back first.") if fo.released_at else "")


def _hold(found: OrderInfo, fo: FulfillmentOrderInfo) -> Action:
    return Action(_named(found, fo, _("Hold")), reverse("orders:hold", args=[fo.fulfillment_order_id]), form=HoldForm(), icon="pause", blocked=_gone(fo))


def _terms(found: OrderInfo, fo: FulfillmentOrderInfo) -> Action:
    return Action(
        _named(found, fo, _("Terms")),
        reverse("orders:terms", args=[fo.fulfillment_order_id]),
        icon="flag",
        form=TermsForm(initial={"ship_complete": "whole" if fo.ship_complete else "part", "priority": fo.priority}),
        blocked=_touched(fo),
    )


def _split(found: OrderInfo, fo: FulfillmentOrderInfo) -> Action | None:
    """Offered with what waits for goods, where something is here and something waits."""
    if fo.units < 2:
        return None
    waiting = sum(line.backordered for line in fo.lines)
    proposed = waiting < fo.units
    lines = [(line.demand_id, line.sku, line.live - line.shipped, line.backordered if proposed else 0) for line in fo.lines if line.live > line.shipped]
    return Action(
        _named(found, fo, _("Split")),
        reverse("orders:split", args=[fo.fulfillment_order_id]),
        icon="packing",
        form=SplitForm(lines=lines),
        blocked=_touched(fo),
    )


def _merge(found: OrderInfo, fo: FulfillmentOrderInfo) -> Action | None:
    """Into the first of those at one warehouse that may be merged."""
    able = [o for o in found.fulfillment_orders if o.warehouse_id == fo.warehouse_id and not _touched(o)]
    others = [(o.fulfillment_order_id, o.number) for o in able[1:] if not any(line.shipped for line in o.lines)]
    if not others or able[0] != fo:
        return None
    return Action(_named(found, fo, _("Merge")), reverse("orders:merge", args=[fo.fulfillment_order_id]), icon="plus", form=MergeForm(others=others))


def _move(found: OrderInfo, fo: FulfillmentOrderInfo, houses: Sequence[tuple[int, str]]) -> Action | None:
    elsewhere = [(pk, name) for pk, name in houses if pk != fo.warehouse_id]
    if not elsewhere:
        return None
    part = _("Part of it has left: split off the rest, and move that.") if any(line.shipped for line in fo.lines) else ""
    return Action(
        _named(found, fo, _("Move")),
        reverse("orders:move", args=[fo.fulfillment_order_id]),
        icon="warehouse",
        form=MoveForm(houses=elsewhere),
        blocked=_touched(fo) or part,
    )


def _releases(found: OrderInfo, actor: Actor) -> list[tuple[str, Action | None]]:
    number = {fo.fulfillment_order_id: fo for fo in found.fulfillment_orders}
    shown = [h for h in found.holds if h.released_at is None and (h.kind != "payment" or actor.may("take_payment"))]
    return [
        (
            "hold_orders",
            Action(
                _named(found, number[h.fulfillment_order_id], _("Release: %s") % HOLD_WORDS[h.kind]),
                reverse("orders:release-hold", args=[h.hold_id]),
                icon="play",
                tone="primary" if h.kind != "payment" else "normal",
                confirm=_("The goods may then leave unpaid. Release it?") if h.kind == "payment" else "",
            ),
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
    return Action(_("Ask for payment again"), _of(found, "retry-payment"), icon="money", form=PaymentForm(), blocked=blocked)


def _address_form(to: AddressData) -> AddressForm:
    return AddressForm(initial={name: getattr(to, name) for name in AddressForm.base_fields if name != "reason"})
