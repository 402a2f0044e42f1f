"""Parcels on their way: the list, one of them, and the carriers' record."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.money import Money, exponent
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells, charts
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Crumb, Detail, Drawn, Fact, Section, Table, detail
from packhorse.core.web.lists import Button, Choice, Column, Empty, Flag, ListPage
from packhorse.steps.delivery import selectors, services, words
from packhorse.steps.delivery.forms import ClaimForm
from packhorse.steps.delivery.states import FINAL
from packhorse.steps.delivery.types import DeliveryInfo
from packhorse.steps.orders import selectors as orders
from packhorse.steps.shipping import selectors as shipping


def is_late(d: DeliveryInfo) -> bool:
    """Whether it came after its promise, or has not come although the promise is over."""
    if d.promised_by is None or d.is_return:
        return False
    return d.on_time is False or (d.status not in FINAL and d.promised_by < clock.now())


def _lateness(d: DeliveryInfo) -> SafeString:
    return cells.show(Badge(_("Late"), "bad")) if is_late(d) else cells.show(Badge(_("In time"), "good")) if d.on_time else cells.NOTHING


deliveries = ListPage(
    name="delivery.deliveries",
    title=_("Deliveries"),
    permission="see_orders",
    rows=selectors.deliveries,
    columns=(
        Column("tracking_number", _("Tracking number"), cells.link("tracking_number", "delivery:delivery")),
        Column("order_number", _("Order"), words.order),
        Column("status", _("Status"), cells.state("status", words.STATUS)),
        Column("late", _("Promise"), _lateness, plain=lambda d: "late" if is_late(d) else ""),
        Column("service", _("Service"), lambda d: cells.show(words.service(d)), narrow=False, plain=words.service),
        Column("sent_at", _("Sent"), sort="sent_at", narrow=False),
        Column("status_at", _("Last scan"), sort="status_at", narrow=False),
        Column("promised_by", _("Promised by"), narrow=False),
        Column("delivered_at", _("Delivered"), narrow=False),
    ),
    filters=(
        Choice("status", _("Status"), tuple((s, b.word) for s, b in words.STATUS.items())),
        Choice("way", _("Way"), (("out", _("To customers")), ("back", _("Returns")))),
        Flag("late", _("Late")),
        Flag("trouble", _("Needs somebody")),
    ),
    tabs=(
        (_("All"), ""),
        (_("Under way"), "status=announced&status=in_transit&status=out_for_delivery&status=attempted&status=at_point&status=exception&status=returning"),
        (_("Late"), "late=1"),
        (_("Needs somebody"), "trouble=1"),
        (_("Returns"), "way=back"),
    ),
    buttons=(
        Button(_("Exceptions"), "delivery:exceptions", "see_orders", "primary", "alert"),
        Button(_("Claims"), "delivery:claims", "track", "normal", "money"),
        Button(_("Carriers"), "delivery:carriers", "see_orders", "normal", "chart"),
    ),
    search=_("Tracking, parcel or order number"),
    empty=Empty(_("Nothing is on its way"), _("Parcels appear here when a carrier takes them over."), "delivery"),
)

_SCANS: Final = (
    Column("occurred_at", _("When"), lambda e: format_html('<time datetime="{}">{}</time>', e.occurred_at.isoformat(), cells.exact(e.occurred_at))),
    Column("code", _("What"), lambda e: cells.show(words.STATUS[e.code])),
    Column("detail", _("Detail"), lambda e: cells.show(words.detail(e.detail))),
    Column("place", _("Where")),
)
_EXCEPTIONS: Final = (
    Column("kind", _("What is wrong"), lambda e: cells.link("name", "delivery:exception")({"id": e.exception_id, "name": words.KIND.get(e.kind, e.kind)})),
    Column("state", _("State"), lambda e: cells.show(Badge(_("Closed"), "good") if e.closed_at else Badge(_("Open"), "warn"))),
    Column("opened_at", _("Since")),
    Column("resolution", _("What was done"), lambda e: cells.show(words.RESOLUTION.get(e.resolution, e.resolution))),
)
_CLAIMS: Final = (
    Column("kind", _("Claim"), lambda c: cells.link("name", "delivery:claim")({"id": c.claim_id, "name": words.CLAIM_KIND.get(c.kind, c.kind)})),
    Column("state", _("State"), cells.state("state", words.CLAIM)),
    Column("asked", _("Asked"), align="end"),
    Column("paid", _("Paid"), align="end"),
)


def sentence(d: DeliveryInfo) -> str:
    """Where a parcel is and when it comes, in words."""
    if d.status == "delivered" and d.delivered_at:
        return gettext("Delivered in time.") if d.on_time else gettext("Delivered after its promise.") if d.on_time is False else gettext("Delivered.")
    said = str(words.STATUS[d.status].word)
    if is_late(d):
        return gettext("%(status)s; it is past the date that the customer was promised.") % {"status": said}
    if d.expected_by and d.status not in FINAL:
        return gettext("%(status)s; expected by %(day)s.") % {"status": said, "day": cells.exact(d.expected_by)}
    return f"{said}."


def claim_amount(amount: object, currency: str) -> int:
    """A keyed amount in minor units of a currency."""
    return int((Decimal(str(amount)) * 10 ** exponent(currency)).to_integral_value())


@page("see_orders")
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One parcel on its way."""
    actor = actor_of(request)
    found = selectors.delivery(actor.scope, delivery_id)
    sections: list[Section] = [
        Table(_("Scans"), _SCANS, list(reversed(selectors.events(actor.scope, [delivery_id]))), _("The carrier has not said anything yet."))
    ]
    if troubles := selectors.exceptions_of(actor.scope, delivery_id):
        sections.insert(0, Table(_("Exceptions"), _EXCEPTIONS, troubles))
    if asked := selectors.claims_of(actor.scope, delivery_id):
        sections.append(Table(_("Claims"), _CLAIMS, asked))
    facts = [
        Fact(_("Order"), found.order_number, orders.order_url(found.order_id)),
        Fact(_("Service"), words.service(found)),
        Fact(_("Label"), found.parcel or gettext("Return"), reverse("shipping:label", args=[found.label_id])),
        Fact(_("From"), found.origin),
        Fact(_("To"), found.destination),
        Fact(_("Sent"), found.sent_at),
        Fact(_("Promised by"), found.promised_by),
        Fact(_("Expected by"), found.expected_by),
        Fact(_("Delivered"), found.delivered_at),
        Fact(_("Customer's page"), gettext("Open"), orders.tracking_path(found.order_id)),
    ]
    if said := selectors.feedback_of(actor.scope, found.order_id):
        facts.append(Fact(_("Feedback"), ngettext("%(n)d of 5", "%(n)d of 5", said.score) % {"n": said.score} + (f": {said.comment}" if said.comment else "")))
    return detail(
        request,
        Detail(
            title=found.tracking_number,
            kind=_("Delivery"),
            badge=words.STATUS[found.status],
            sentence=sentence(found),
            crumbs=(Crumb(_("Deliveries"), reverse("delivery:list")),),
            facts=tuple(facts),
            sections=tuple(sections),
            timeline=timeline(subject=Ref("delivery.delivery", delivery_id), scope=actor.scope),
            actions=possible(found, actor),
        ),
    )


def possible(found: DeliveryInfo, actor: Actor) -> tuple[Action, ...]:
    """What can be done about a delivery now."""
    if not actor.may("track") or found.is_return:
        return ()
    label = shipping.label(actor.scope, found.label_id)
    value = Money(label.amount_minor or 0, label.currency)
    form = ClaimForm(initial={"kind": "lost" if found.status == "lost" else "late" if is_late(found) else "damaged"})
    hidden = {"currency": value.currency}
    return (Action(_("Open a claim"), reverse("delivery:open-claim", args=[found.delivery_id]), form=form, hidden=hidden, icon="money"),)


@action("track", form=ClaimForm)
def open_claim(p: Posted, delivery_id: int) -> Done:
    """Ask the carrier for money back."""
    found = selectors.delivery(p.actor.scope, delivery_id)
    currency = shipping.label(p.actor.scope, found.label_id).currency
    claim = services.open_claim(
        key=p.key,
        actor=p.actor,
        delivery_id=delivery_id,
        kind=p.data["kind"],
        asked_minor=claim_amount(p.data["amount"], currency),
        currency=currency,
        note=p.data["note"],
    )
    return Done(gettext("The claim is open."), to=reverse("delivery:claim", args=[claim]))


_SCORES: Final = (
    Column("service", _("Service"), lambda s: cells.show(words.service(s))),
    Column("parcels", _("Parcels"), align="end"),
    Column("on_time", _("In time"), lambda s: share(s.on_time), align="end"),
    Column("mean_days", _("Days on the way"), lambda s: cells.show(f"{s.mean_days:.1f}") if s.mean_days is not None else not_enough(), align="end"),
    Column("exceptions", _("With an exception"), lambda s: share(s.exceptions), align="end"),
    Column("lost", _("Lost"), align="end"),
    Column("cost", _("Cost per parcel"), lambda s: cells.show(Money(s.cost_minor // max(1, s.parcels), s.currency)), align="end"),
)


def not_enough() -> SafeString:
    """What stands where fewer than 20 parcels are known."""
    return format_html('<span class="muted">{}</span>', gettext("not enough data"))


def share(value: float | None) -> SafeString:
    """A share in percent."""
    return not_enough() if value is None else cells.show(f"{value * 100:.1f} %")


@page("see_orders")
def carriers(request: HttpRequest) -> HttpResponse:
    """The carriers' scorecard: how they did on what we gave them."""
    actor = actor_of(request)
    scores = selectors.scorecard(actor.scope)
    known = [s for s in scores if s.on_time is not None]
    drawn = charts.bars(
        _("In time, percent"),
        [charts.Bar(words.service(s), round((s.on_time or 0) * 100, 1)) for s in known],
        text=_("Share of parcels that arrived by the date their customers were promised"),
        unit="%",
    )
    return detail(
        request,
        Detail(
            title=gettext("Carriers"),
            sentence=gettext("Outbound parcels whose outcome is known. With fewer than 20 there is not enough data to judge."),
            crumbs=(Crumb(_("Deliveries"), reverse("delivery:list")),),
            sections=(Drawn(_("In time"), (drawn,)), Table(_("Figures"), _SCORES, scores, _("No parcel has arrived yet."))),
        ),
    )
