"""What orders show on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core.actors import Scope
from packhorse.core.money import Money
from packhorse.core.web import cells
from packhorse.core.web.detail import Fact, Facts, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.orders import selectors
from packhorse.steps.orders.forms import HOLD_WORDS
from packhorse.steps.orders.types import OrderInfo

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


def count(scope: Scope) -> int:
    """What waits for a person in this step: holds, and bad orders. Payments that the bank is being asked for wait for nobody."""
    found = selectors.waiting(scope)
    return sum(n for kind, n in found.holds.items() if kind != "payment") + found.quarantined


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    found = selectors.waiting(scope)
    orders = reverse("orders:list")
    held = [
        Tile(_("Held: %s") % HOLD_WORDS[kind], n, f"{orders}?hold={kind}", "warn", _("orders that wait for somebody"), "pause")
        for kind, n in sorted(found.holds.items())
    ]
    return [
        *held,
        Tile(_("Quarantine"), found.quarantined, reverse("orders:quarantine") + "?state=open", "warn", _("orders that could not be taken"), "alert"),
        Tile(_("Backordered"), found.backordered, f"{orders}?stage=backordered", "calm", _("orders that wait for goods"), "clock"),
        Tile(_("Late"), found.late, f"{orders}?late=1", "bad", _("past their day of leaving"), "flag"),
    ]


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
    if stages <= {"shipped", "delivered", "cancelled"}:
        return _("%(units)d units are on their way.") % {"units": units}
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


_LINES = (
    Column("line_no", gettext_lazy("No."), align="end", narrow=False),
    Column("sku", gettext_lazy("Item"), cells.link("sku", "inventory:item", "item_id")),
    Column("name", gettext_lazy("Name"), narrow=False),
    Column("quantity", gettext_lazy("Ordered"), align="end"),
    Column("promised", gettext_lazy("Promised"), align="end"),
    Column("picked", gettext_lazy("Picked"), align="end"),
    Column("packed", gettext_lazy("Packed"), align="end"),
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


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int], money: bool = True) -> list[Section]:  # noqa: ARG001 - orders know their own demands
    """The order page: lines with how far each has come, holds, money, changes."""
    found = selectors.order(scope, order_id)
    sections: list[Section] = []
    for fo in found.fulfillment_orders:
        rows = [{**{k: getattr(line, k) for k in _COUNTERS}, "amount": Money(line.amount_minor, found.currency)} for line in fo.lines]
        title = _("Lines") if len(found.fulfillment_orders) == 1 else fo.number
        sections.append(Table(title, _LINES, rows))
    if found.holds:
        rows = [
            {"kind": HOLD_WORDS[h.kind], "note": h.note, "owner": h.owner_role, "opened_at": h.opened_at, "released_at": h.released_at} for h in found.holds
        ]
        sections.append(Table(_("Holds"), _HOLDS, rows))
    if money:
        sections += _money(found)
    if found.changes:
        sections.append(Table(_("Changes"), _CHANGES, found.changes))
    return sections


_COUNTERS = ("line_no", "sku", "name", "item_id", "quantity", "promised", "picked", "packed", "shipped", "delivered", "returned", "cancelled")


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


def search(scope: Scope, text: str) -> list[Hit]:
    """Orders that a text or a scan may mean."""
    hits = []
    for ref in selectors.by_number(scope, text):
        exact = text.strip().upper() in (ref.number, ref.fulfillment_number, ref.external_id.upper())
        hits.append(Hit(ref.number, _("Order"), selectors.order_url(ref.order_id), f"{ref.external_id} · {ref.stage}", exact=exact))
    return list({h.url: h for h in reversed(hits)}.values())[::-1]
