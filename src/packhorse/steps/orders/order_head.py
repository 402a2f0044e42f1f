"""What the order page shows of an order by itself: where it stands in words, its lines, its money, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.money import Money
from packhorse.core.web import cells
from packhorse.core.web.actions import Action
from packhorse.core.web.detail import Fact, Facts, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import OrderHead
from packhorse.ground.places import selectors as places
from packhorse.ground.places.types import AddressData
from packhorse.steps.orders import selectors
from packhorse.steps.orders.forms import HOLD_WORDS, SERVICE_WORDS, AddressForm, CancelLinesForm, HoldForm, PaymentForm, QuantityForm, ReasonForm, ServiceForm
from packhorse.steps.orders.types import KitInfo, LineInfo, OrderInfo

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

PAYMENT_WORDS = {
    "none": cells.Badge(gettext_lazy("Paid elsewhere"), "off"),
    "pending": cells.Badge(gettext_lazy("Waits for the bank"), "calm"),
    "authorised": cells.Badge(gettext_lazy("Authorised"), "good"),
    "declined": cells.Badge(gettext_lazy("Declined"), "bad"),
    "expired": cells.Badge(gettext_lazy("Expired"), "warn"),
    "voided": cells.Badge(gettext_lazy("Let go"), "off"),
    "partly_captured": cells.Badge(gettext_lazy("Captured in part"), "busy"),
    "captured": cells.Badge(gettext_lazy("Captured"), "good"),
    "refunded_in_part": cells.Badge(gettext_lazy("Refunded in part"), "warn"),
    "refunded": cells.Badge(gettext_lazy("Refunded"), "off"),
}


def sentence(found: OrderInfo) -> str:
    """Where an order stands and what comes next, in words."""
    parts = found.fulfillment_orders
    stages = {fo.stage for fo in parts}
    units = sum(fo.units for fo in parts)
    kinds = [str(HOLD_WORDS[h.kind]) for h in found.holds if h.released_at is None]
    if stages == {"cancelled"}:
        return _("Cancelled.")
    if kinds and not stages & {"shipped", "delivered"}:
        return _("On hold: %s. Nothing of it is released until that is settled.") % ", ".join(kinds)
    if stages == {"delivered"}:
        return _("Delivered.")
    if all(fo.gone for fo in parts):
        return _("%(units)d units are on their way, expected by %(day)s.") % {
            "units": units,
            "day": f"{timezone.localtime(max(fo.deliver_by for fo in parts)):%Y-%m-%d}",
        }
    waiting = sum(line.backordered for fo in parts for line in fo.lines)
    if waiting:
        return _("%(waiting)d of %(units)d units wait for goods.") % {"waiting": waiting, "units": units}
    stage = next(s for s in ("open", "picking", "picked", "packed", "backordered", *sorted(stages)) if s in stages)
    said = {
        "open": _("Promised in full; the floor may take it."),
        "picking": _("It is being picked."),
        "picked": _("Picked; it waits to be packed."),
        "packed": _("Packed; it waits for the truck."),
    }
    return said.get(stage, "")


def _item(row: Mapping[str, Any]) -> SafeString:
    url = reverse("inventory:item", args=[row["item_id"]])
    return format_html('<a class="code" href="{}">{}</a><br><span class="muted">{}</span>', url, row["sku"], row["name"])


_LINES = (
    Column("sku", gettext_lazy("Item"), _item),
    Column("quantity", gettext_lazy("Ordered"), align="end"),
    Column("promised", gettext_lazy("Promised"), align="end"),
    Column("picked", gettext_lazy("Picked"), align="end", narrow=False),
    Column("packed", gettext_lazy("Packed"), align="end", narrow=False),
    Column("shipped", gettext_lazy("Shipped"), align="end"),
    Column("delivered", gettext_lazy("Delivered"), align="end"),
    Column("returned", gettext_lazy("Returned"), align="end", narrow=False),
    Column("cancelled", gettext_lazy("Cancelled"), align="end", narrow=False),
    Column("amount", gettext_lazy("Amount"), align="end"),
)
_HOLDS = (
    Column("kind", gettext_lazy("Because of")),
    Column("note", gettext_lazy("Note")),
    Column("owner", gettext_lazy("Who sees to it"), narrow=False),
    Column("opened_at", gettext_lazy("Since")),
    Column("released_at", gettext_lazy("Released")),
)
_ENTRIES = (
    Column("at", gettext_lazy("When")),
    Column("kind", gettext_lazy("What"), cells.state("kind")),
    Column("amount", gettext_lazy("Amount"), align="end"),
    Column("provider", gettext_lazy("Provider"), narrow=False),
    Column("provider_ref", gettext_lazy("Reference"), narrow=False),
    Column("note", gettext_lazy("Note")),
)
_CHANGES = (
    Column("at", gettext_lazy("When")),
    Column("kind", gettext_lazy("What"), cells.state("kind")),
    Column("reason", gettext_lazy("Why")),
)


#: Counters that have a column only where there is something to count.
_SELDOM = ("delivered", "returned", "cancelled")
_COUNTERS = ("sku", "name", "item_id", "quantity", "promised", "picked", "packed", "shipped", "delivered", "returned", "cancelled")


def _counted(found: OrderInfo, counted: Sequence[LineInfo | KitInfo], *, money: bool) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    """What a table shows of lines or kits, and its columns: without the counters that count nothing, the amount only for those who may see it."""
    rows = [{**{k: getattr(one, k) for k in _COUNTERS}, "amount": Money(one.amount_minor, found.currency)} for one in counted]
    idle = {key for key in _SELDOM if not any(row[key] for row in rows)} | (set() if money else {"amount"})
    return rows, tuple(c for c in _LINES if c.key not in idle)


def _kits(found: OrderInfo, *, money: bool) -> list[Section]:
    """The kits as bought; their components are lines below. A kit counts where all its components do."""
    if not found.kits:
        return []
    rows, columns = _counted(found, found.kits, money=money)
    return [Table(_("Kits"), columns, rows)]


def _order_lines(found: OrderInfo, *, money: bool) -> tuple[Section, ...]:
    sections: list[Section] = _kits(found, money=money)
    for fo in found.fulfillment_orders:
        rows, columns = _counted(found, fo.lines, money=money)
        if all(row["promised"] + row["cancelled"] >= row["quantity"] for row in rows):
            columns = tuple(c for c in columns if c.key != "promised")  # all of it: nothing to tell
        sections.append(Table(_("Lines") if len(found.fulfillment_orders) == 1 else fo.number, columns, rows))
    return tuple(sections)


def _more(found: OrderInfo, *, money: bool) -> tuple[Section, ...]:
    """Holds, money (for those who may see it), changes."""
    sections: list[Section] = []
    if any(h.released_at is None or h.kind != "payment" for h in found.holds):  # that the bank was asked is told by the timeline
        rows = [
            {"kind": HOLD_WORDS[h.kind], "note": h.note, "owner": h.owner_role, "opened_at": h.opened_at, "released_at": h.released_at} for h in found.holds
        ]
        sections.append(Table(_("Holds"), _HOLDS, rows))
    if money:
        sections += _money(found)
    if found.changes:
        sections.append(Table(_("Changes"), _CHANGES, found.changes))
    return tuple(sections)


def _money(found: OrderInfo) -> list[Section]:
    m = found.money
    facts = Facts(
        _("Money"),
        (
            Fact(_("Payment"), PAYMENT_WORDS[m.payment]),
            Fact(_("Goods"), m.goods),
            Fact(_("Charges"), m.charges),
            Fact(_("Total"), m.total),
            Fact(_("Authorised"), m.authorised),
            Fact(_("Captured"), m.captured),
            Fact(_("Refunded"), m.refunded),
        ),
    )
    if not m.entries:
        return [facts]
    return [facts, Table(_("Payment entries"), _ENTRIES, m.entries)]


def order_head(actor: Actor, order_id: int) -> OrderHead:
    """What the order page begins with.

    Raises: NotFound (also where the actor's scope does not see the order).
    """
    found = selectors.order(actor.scope, order_id)
    first = found.fulfillment_orders[0]
    stages = {fo.stage for fo in found.fulfillment_orders}
    to = _address(found, actor)
    return OrderHead(
        number=found.number,
        badge=HELD if any(h.released_at is None for h in found.holds) and not all(fo.gone for fo in found.fulfillment_orders) else STAGE_WORDS[first.stage],
        sentence=sentence(found),
        facts=(
            Fact(_("Placed"), found.placed_at),
            Fact(_("Client"), found.client),
            Fact(_("Shop's number"), f"{found.external_id} ({found.channel})"),
            Fact(_("Customer"), found.customer_ref),
            Fact(_("Goes to"), ", ".join(part for part in (to.name, to.company, *to.lines, to.postal_code, to.city, to.region, to.country) if part)),
            Fact(_("Service"), dict(SERVICE_WORDS).get(first.service, first.service)),
            Fact(_("Ship by"), first.ship_by),
            Fact(_("Deliver by"), first.deliver_by),
        ),
        lines=_order_lines(found, money=actor.may("see_money")),
        more=_more(found, money=actor.may("see_money")),
        actions=possible(found, actor, to),
        demand_ids=tuple(line.demand_id for fo in found.fulfillment_orders for line in fo.lines),
        moving=bool(stages & {"picking", "picked", "packed"}),
        ship_by=min(fo.ship_by for fo in found.fulfillment_orders),
    )


def _address(found: OrderInfo, actor: Actor) -> AddressData:
    if found.ship_to_id is None:
        return AddressData()
    return places.address(found.ship_to_id, EVERYTHING if actor.scope.client_ids is None else actor.scope).data


def _lines(found: OrderInfo) -> list[tuple[int, str]]:
    return [(line.demand_id, f"{line.sku} ({line.live})") for fo in found.fulfillment_orders for line in fo.lines if line.live > line.shipped]


def possible(found: OrderInfo, actor: Actor, to: AddressData) -> tuple[Action, ...]:
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
            Action(_("Change address"), reverse("orders:address", args=[found.order_id]), icon="pin", form=_address_form(to), blocked=late),
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


def _address_form(to: AddressData) -> AddressForm:
    return AddressForm(initial={name: getattr(to, name) for name in AddressForm.base_fields if name != "reason"})
