"""What the order page shows of an order by itself: where it stands in words, its lines and its money."""

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
from packhorse.core.web.detail import Fact, Facts, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import OrderHead
from packhorse.core.words import said
from packhorse.ground.places import selectors as places
from packhorse.ground.places.types import AddressData
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.orders import selectors
from packhorse.steps.orders.forms import HOLD_WORDS, SERVICE_WORDS, SHIPS
from packhorse.steps.orders.order_actions import possible
from packhorse.steps.orders.states import SAID, STAGES
from packhorse.steps.orders.types import FulfillmentOrderInfo, KitInfo, LineInfo, OrderInfo, hold_note

STAGE_WORDS = {
    "backordered": cells.Badge(gettext_lazy("Backordered"), "warn"),
    "open": cells.Badge(gettext_lazy("Open"), "calm"),
    "picking": cells.Badge(gettext_lazy("Picking"), "busy"),
    "picked": cells.Badge(gettext_lazy("Picked"), "busy"),
    "packed": cells.Badge(gettext_lazy("Packed"), "busy"),
    "shipped": cells.Badge(gettext_lazy("Shipped"), "good"),
    "delivered": cells.Badge(gettext_lazy("Delivered"), "good"),
    "cancelled": cells.Badge(gettext_lazy("Cancelled"), "off"),
    "merged": cells.Badge(gettext_lazy("Merged"), "off"),
}
HELD = cells.Badge(gettext_lazy("Held"), "warn", "pause")

STATUS_WORDS = {
    "scheduled": cells.Badge(gettext_lazy("Scheduled"), "warn"),
    "open": cells.Badge(gettext_lazy("Open"), "calm"),
    "on_hold": cells.Badge(gettext_lazy("On hold"), "warn", "pause"),
    "in_progress": cells.Badge(gettext_lazy("In progress"), "busy"),
    "incomplete": cells.Badge(gettext_lazy("Incomplete"), "warn"),
    "closed": cells.Badge(gettext_lazy("Closed"), "good"),
    "cancelled": cells.Badge(gettext_lazy("Cancelled"), "off"),
}
REQUEST_WORDS = {
    "unsubmitted": cells.Badge(gettext_lazy("Not submitted"), "off"),
    "submitted": cells.Badge(gettext_lazy("Submitted"), "calm"),
    "accepted": cells.Badge(gettext_lazy("Accepted"), "good"),
    "rejected": cells.Badge(gettext_lazy("Rejected"), "off"),
    "cancellation_requested": cells.Badge(gettext_lazy("Cancellation asked for"), "warn", "alert"),
    "cancellation_accepted": cells.Badge(gettext_lazy("Cancellation accepted"), "off"),
    "cancellation_rejected": cells.Badge(gettext_lazy("Cancellation rejected"), "warn"),
}
_BASIS_WORDS = {
    "": "",
    "person": gettext_lazy("by hand"),
    "rule": gettext_lazy("by the client's rule"),
    "untouched": gettext_lazy("nothing had begun"),
    "left": gettext_lazy("it had left"),
}

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
    left = sum(line.shipped for fo in parts for line in fo.lines)
    gone = _("%(left)d of %(units)d units have left.") % {"left": left, "units": units} if left else ""
    if waiting:
        said = _("%(waiting)d wait for goods.") if left else _("%(waiting)d of %(units)d units wait for goods.")
        return f"{gone} {said % {'waiting': waiting, 'units': units}}".strip()
    stage = next(s for s in ("open", "picking", "picked", "packed", "backordered", *sorted(stages)) if s in stages)
    next_is = {
        "open": _("Promised in full; the floor may take it."),
        "picking": _("It is being picked."),
        "picked": _("Picked; it waits to be packed."),
        "packed": _("Packed; it waits for the truck."),
    }
    return f"{gone} {next_is.get(stage, '')}".strip()


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
_PARTS = (
    Column("number", gettext_lazy("Number")),
    Column("stage", gettext_lazy("Stage")),
    Column("status", gettext_lazy("Status"), narrow=False),
    Column("warehouse", gettext_lazy("Warehouse")),
    Column("units", gettext_lazy("Units"), align="end"),
    Column("shipped", gettext_lazy("Shipped"), align="end"),
    Column("ship_by", gettext_lazy("Ship by")),
    Column("leaves", gettext_lazy("What leaves"), narrow=False),
    Column("priority", gettext_lazy("Priority"), align="end", narrow=False),
)
_HOLDS = (
    Column("kind", gettext_lazy("Because of")),
    Column("note", gettext_lazy("Note")),
    Column("owner", gettext_lazy("Who sees to it"), narrow=False),
    Column("opened_at", gettext_lazy("Since")),
    Column("released_at", gettext_lazy("Released")),
)
_CANCELLATIONS = (
    Column("asked_at", gettext_lazy("Asked for")),
    Column("what", gettext_lazy("What")),
    Column("reason", gettext_lazy("Why")),
    Column("state", gettext_lazy("Answer")),
    Column("basis", gettext_lazy("Because"), narrow=False),
    Column("note", gettext_lazy("Note")),
    Column("answered_at", gettext_lazy("Answered"), narrow=False),
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


def _counted(counted: Sequence[LineInfo | KitInfo], amounts: Sequence[Money], *, money: bool) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    """What a table shows of lines or kits, and its columns: without the counters that count nothing, the amount only for those who may see it."""
    rows = [{**{k: getattr(one, k) for k in _COUNTERS}, "amount": amount} for one, amount in zip(counted, amounts, strict=True)]
    idle = {key for key in _SELDOM if not any(row[key] for row in rows)} | (set() if money else {"amount"})
    return rows, tuple(c for c in _LINES if c.key not in idle)


def _kits(found: OrderInfo, *, money: bool) -> list[Section]:
    """The kits as bought; their components are lines below. A kit counts where all its components do."""
    if not found.kits:
        return []
    rows, columns = _counted(found.kits, [Money(kit.amount_minor, found.currency) for kit in found.kits], money=money)
    return [Table(_("Kits"), columns, rows)]


def _amounts(found: OrderInfo) -> dict[int, Money]:
    """What each part of an order line comes to, by fulfillment line: shares of its amount by cumulative rounding, so that they add up to it."""
    shares: dict[int, Money] = {}
    before: dict[int, int] = {}
    for line in sorted((line for fo in found.fulfillment_orders for line in fo.lines), key=lambda line: line.fulfillment_line_id):
        upto = before.get(line.order_line_id, 0) + line.quantity
        minor = _rounded(line.amount_minor * upto, line.ordered) - _rounded(line.amount_minor * (upto - line.quantity), line.ordered)
        shares[line.fulfillment_line_id] = Money(minor, found.currency)
        before[line.order_line_id] = upto
    return shares


def _rounded(amount: int, by: int) -> int:
    """A quotient, half away from zero."""
    return (2 * abs(amount) + by) // (2 * by) * (1 if amount >= 0 else -1)


def _parts(found: OrderInfo, houses: Sequence[tuple[int, str]]) -> list[Section]:
    """What the order is split into: which warehouse ships what, and when."""
    names = dict(houses)
    rows = [
        {
            "number": fo.number,
            "stage": HELD if fo.held and not fo.gone else STAGE_WORDS[fo.stage],
            "status": STATUS_WORDS[fo.status],
            "warehouse": names.get(fo.warehouse_id, ""),
            "units": fo.units,
            "shipped": sum(line.shipped for line in fo.lines),
            "ship_by": fo.ship_by,
            "leaves": dict(SHIPS)["whole" if fo.ship_complete else "part"],
            "priority": fo.priority,
        }
        for fo in found.fulfillment_orders
    ]
    idle = {"priority"} if not any(row["priority"] for row in rows) else set()
    return [Table(_("Fulfillment orders"), tuple(c for c in _PARTS if c.key not in idle), rows)]


def _order_lines(found: OrderInfo, houses: Sequence[tuple[int, str]], *, money: bool) -> tuple[Section, ...]:
    sections: list[Section] = _kits(found, money=money)
    if len(found.fulfillment_orders) > 1:
        sections += _parts(found, houses)
    amounts = _amounts(found)
    for fo in found.fulfillment_orders:
        rows, columns = _counted(fo.lines, [amounts[line.fulfillment_line_id] for line in fo.lines], money=money)
        if all(row["promised"] + row["cancelled"] >= row["quantity"] for row in rows):
            columns = tuple(c for c in columns if c.key != "promised")  # all of it: nothing to tell
        sections.append(Table(_("Lines") if len(found.fulfillment_orders) == 1 else fo.number, columns, rows))
    return tuple(sections)


def _more(found: OrderInfo, *, money: bool) -> tuple[Section, ...]:
    """What a client asked for, holds, money (for those who may see it), changes."""
    sections: list[Section] = _cancellations(found)
    if any(h.released_at is None or h.kind != "payment" for h in found.holds):  # that the bank was asked is told by the timeline
        rows = [
            {
                "kind": HOLD_WORDS[h.kind],
                "note": hold_note(h.kind, h.note, h.missing),
                "owner": h.owner_role,
                "opened_at": h.opened_at,
                "released_at": h.released_at,
            }
            for h in found.holds
        ]
        sections.append(Table(_("Holds"), _HOLDS, rows))
    if money:
        sections += _money(found)
    if found.changes:
        sections.append(Table(_("Changes"), _CHANGES, [{"at": c.at, "kind": c.kind, "reason": said(c.reason)} for c in found.changes]))
    return tuple(sections)


def _cancellations(found: OrderInfo) -> list[Section]:
    if not found.cancellations:
        return []
    skus = {line.demand_id: line.sku for fo in found.fulfillment_orders for line in fo.lines}
    rows = [
        {
            "asked_at": c.asked_at,
            "what": ", ".join(f"{q} × {skus.get(demand, '?')}" for demand, q in c.quantities.items()) or _("all that is left"),
            "reason": said(c.reason),
            "state": REQUEST_WORDS[SAID[c.state]],
            "basis": _BASIS_WORDS[c.basis],
            "note": c.note,
            "answered_at": c.answered_at,
        }
        for c in found.cancellations
    ]
    return [Table(_("Cancellations"), _CANCELLATIONS, rows)]


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
    parts = found.fulfillment_orders
    stages = {fo.stage for fo in parts}
    first = min((fo for fo in parts if not fo.gone), key=lambda fo: fo.ship_by, default=parts[0])
    to = _address(found, actor)
    asked = len(parts) > 1 or (actor.may("edit_orders") and not all(fo.gone for fo in parts))
    houses = warehouses.warehouse_choices(actor.scope) if asked else []
    return OrderHead(
        number=found.number,
        badge=HELD if any(h.released_at is None for h in found.holds) and not all(fo.gone for fo in parts) else STAGE_WORDS[_least(parts)],
        sentence=sentence(found),
        facts=(
            Fact(_("Status"), STATUS_WORDS[found.status]),
            Fact(_("Request"), REQUEST_WORDS[found.request]),
            Fact(_("Placed"), found.placed_at),
            Fact(_("Client"), found.client),
            Fact(_("Shop's number"), f"{found.external_id} ({found.channel})"),
            Fact(_("Customer"), found.customer_ref),
            Fact(_("Goes to"), ", ".join(part for part in (to.name, to.company, *to.lines, to.postal_code, to.city, to.region, to.country) if part)),
            Fact(_("Service"), dict(SERVICE_WORDS).get(first.service, first.service)),
            *((Fact(_("Gift"), _("wrapped") if found.gift.wrap else _("not wrapped")), Fact(_("Gift note"), found.gift.note)) if found.gift else ()),
            Fact(_("Ship by"), first.ship_by),
            Fact(_("Deliver by"), max(fo.deliver_by for fo in parts)),
            *_terms(parts),
        ),
        lines=_order_lines(found, houses, money=actor.may("see_money")),
        more=_more(found, money=actor.may("see_money")),
        actions=possible(found, actor, to, houses),
        demand_ids=tuple(line.demand_id for fo in parts for line in fo.lines),
        moving=bool(stages & {"picking", "picked", "packed"}),
        ship_by=first.ship_by,
    )


def _least(parts: tuple[FulfillmentOrderInfo, ...]) -> str:
    """The stage of the part that is least far, cancelled ones aside."""
    return min((fo.stage for fo in parts if fo.stage != "cancelled"), key=STAGES.index, default="cancelled")


def _terms(parts: tuple[FulfillmentOrderInfo, ...]) -> list[Fact]:
    """What is not as usual in how the one part of an order leaves; several parts have a table of their own."""
    if len(parts) > 1:
        return []
    usual = parts[0].ship_complete
    return [*([] if usual else [Fact(_("What leaves"), dict(SHIPS)["part"])]), *([Fact(_("Priority"), parts[0].priority)] if parts[0].priority else [])]


def _address(found: OrderInfo, actor: Actor) -> AddressData:
    if found.ship_to_id is None:
        return AddressData()
    return places.address(found.ship_to_id, EVERYTHING if actor.scope.client_ids is None else actor.scope).data
