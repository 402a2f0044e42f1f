"""The customer's page at /t/<token>: where the parcels are and when they come. No login: the link is the key, and opens one order.

It shows a first name and a town, and nothing else that is personal: links are forwarded.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.web.actions import go
from packhorse.core.web.cells import Badge, Text
from packhorse.core.web.forms import attempt_form
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.places.calendar import time_zone
from packhorse.steps.delivery import selectors, services, words
from packhorse.steps.delivery.forms import FeedbackForm
from packhorse.steps.delivery.types import DeliveryInfo
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.errors import NoSuchLink
from packhorse.steps.orders.types import FulfillmentOrderInfo

P = ParamSpec("P")

_COLOUR: Final = re.compile(r"^#[0-9a-fA-F]{6}$")
#: How far along a status is among the steps that are drawn.
_STEP_OF: Final = {
    "announced": 1,
    "in_transit": 1,
    "exception": 1,
    "returning": 1,
    "lost": 1,
    "out_for_delivery": 2,
    "attempted": 2,
    "at_point": 2,
    "delivered": 3,
    "returned": 1,
}


class Visit:
    """Who came by a link, and to which order.

    Raises: NoSuchLink.
    """

    def __init__(self, token: str) -> None:
        self.token, self.order_id = token, orders.order_of_link(token)
        self.parts: list[FulfillmentOrderInfo] = orders.fulfillment_orders_of(EVERYTHING, [self.order_id])
        if not self.parts:
            raise NoSuchLink
        self.head = self.parts[0]
        self.scope = Scope(frozenset({self.head.client_id}))
        self.client: ClientInfo = catalog.client(self.scope, self.head.client_id)
        self.actor = Actor(f"link:tracking:{self.order_id}", frozenset({"service"}), self.scope, only=frozenset({"track"}))
        address = orders.ship_to(self.scope, [self.order_id]).get(self.order_id)
        self.first_name = address.data.name.split()[0] if address and address.data.name.split() else ""
        self.town = address.data.city if address else ""
        self.zone = time_zone(address.data.country, address.data.postal_code, address.data.region) if address else dt.UTC

    @property
    def url(self) -> str:
        return reverse("delivery_public:tracking", args=[self.token])


View = Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]


def by_link(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A view for whoever holds an order's link, in the order's language until they choose another. Other links find nothing, whatever they are."""

    @functools.wraps(view)
    def run(request: HttpRequest, /, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            visit = Visit(token)
        except NoSuchLink as refusal:
            raise Http404 from refusal
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        with translation.override(chosen if chosen in dict(settings.LANGUAGES) else visit.head.language[:2]), timezone.override(visit.zone):
            return view(request, visit, *args, **kwargs)

    return never_cache(run)


@dataclass(frozen=True)
class Step:
    """One of the steps that are drawn: done, now or to come."""

    name: Text
    state: str


@dataclass(frozen=True)
class Scan:
    """A line of the parcel's story."""

    at: dt.datetime
    what: Text
    detail: Text
    place: str


@dataclass(frozen=True)
class ParcelShown:
    """A parcel as its customer sees it."""

    tracking_number: str
    carrier: str
    badge: Badge
    sentence: str
    steps: tuple[Step, ...]
    scans: tuple[Scan, ...]


def day(moment: dt.datetime) -> str:
    """A day in the customer's zone and language."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def steps(reached: int) -> tuple[Step, ...]:
    """The steps of a parcel, of which `reached` is where it is now."""
    names = (_("Packed"), _("On its way"), _("Out for delivery"), _("Delivered"))
    return tuple(Step(name, "done" if n < reached or reached == len(names) - 1 == n else "now" if n == reached else "next") for n, name in enumerate(names))


def sentence(d: DeliveryInfo, town: str) -> str:
    """Where a parcel is and when it comes, in one sentence for its customer."""
    if d.status == "delivered" and d.delivered_at:
        return _("It was delivered on %(day)s.") % {"day": day(d.delivered_at)}
    if d.status == "out_for_delivery":
        return _("It is out for delivery in %(town)s and comes today.") % {"town": town} if town else _("It is out for delivery and comes today.")
    if d.status == "at_point":
        return _("It waits for you at a pick-up point of %(carrier)s.") % {"carrier": words.carrier(d.carrier)}
    if d.status == "returning":
        return _("It could not be delivered and is on its way back to us. We will be in touch.")
    if d.status == "returned":
        return _("It came back to us. We will be in touch.")
    if d.status == "lost":
        return _("The carrier cannot find it. We are taking care of it.")
    expected = d.expected_by or d.promised_by
    when = ""
    if expected and expected < clock.now():
        when = _("It is later than planned; we are watching it.")
    elif expected and d.promised_by and expected > d.promised_by:
        when = _("It is later than planned: it comes by %(day)s.") % {"day": day(expected)}
    elif expected:
        when = _("It comes by %(day)s.") % {"day": day(expected)}
    if d.status == "attempted":
        return " ".join(filter(None, [_("The carrier came, and nobody was there. It will try again."), when]))
    if d.status == "exception":
        return " ".join(filter(None, [_("The carrier reports a delay."), when]))
    return " ".join(filter(None, [_("It is on its way to %(town)s.") % {"town": town} if town else _("It is on its way."), when]))


def _not_sent(visit: Visit) -> str:
    live = [p for p in visit.parts if p.stage != "cancelled"]
    if not live:
        return _("This order was cancelled.")
    leaves = max(p.ship_by for p in live)
    if leaves < clock.now():
        return _("We are preparing it. It takes a little longer than planned.")
    return _("We are preparing it. It leaves us by %(leaves)s and comes by %(comes)s.") % {"leaves": day(leaves), "comes": day(max(p.deliver_by for p in live))}


def _parcels(visit: Visit, found: list[DeliveryInfo]) -> list[ParcelShown]:
    events: dict[int, list[Scan]] = {}
    for e in selectors.events(visit.scope, [d.delivery_id for d in found]):
        events.setdefault(e.delivery_id, []).append(Scan(e.occurred_at, words.SCAN[e.code], words.detail(e.detail), e.place))
    return [
        ParcelShown(
            d.tracking_number,
            words.carrier(d.carrier),
            words.STATUS[d.status],
            sentence(d, visit.town),
            steps(_STEP_OF[d.status]),
            tuple(reversed(events.get(d.delivery_id, []))),
        )
        for d in found
    ]


def _heading(visit: Visit, found: list[DeliveryInfo]) -> str:
    arrived = sum(d.status == "delivered" for d in found)
    waiting = any(not p.gone for p in visit.parts)
    if not found:
        return _("Your order is being prepared") if waiting else _("Your order")
    if arrived == len(found) and not waiting:
        return ngettext("Your parcel has arrived", "Your %(n)d parcels have arrived", len(found)) % {"n": len(found)}
    if arrived:
        return _("%(arrived)d of %(n)d parcels have arrived") % {"arrived": arrived, "n": len(found)}
    return ngettext("Your parcel is on its way", "Your %(n)d parcels are on their way", len(found)) % {"n": len(found)}


def _shown(request: HttpRequest, visit: Visit, *, form: FeedbackForm | None = None, status: int = 200) -> HttpResponse:
    found = [d for d in selectors.deliveries_of_orders(visit.scope, [visit.order_id]) if not d.is_return]
    said = selectors.feedback_of(visit.scope, visit.order_id)
    try:
        back = reverse("returns_public:portal", args=[visit.token])
    except NoReverseMatch:
        back = ""
    waiting = any(p.stage not in ("shipped", "delivered") for p in visit.parts)
    context: dict[str, Any] = {
        "title": _heading(visit, found),
        "brand": visit.client.name,
        "support": visit.client.support_email,
        "visit": visit,
        "parcels": _parcels(visit, found),
        "not_sent": _not_sent(visit) if waiting else "",
        "arrived": any(d.status == "delivered" for d in found),
        "said": said,
        "form": form or FeedbackForm(initial={"score": said.score if said else None}),
        "back": back if any(d.status == "delivered" for d in found) else "",
    }
    return render(request, "delivery/tracking.html", context, status=status)


@require_GET
@by_link
def tracking(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page itself."""
    return _shown(request, visit)


@require_POST
@by_link
def feedback(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """What the customer thought of it; the last word counts."""
    form = FeedbackForm(request.POST)

    def tell(key: UUID) -> HttpResponseBase:
        services.give_feedback(key=key, actor=visit.actor, order_id=visit.order_id, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"])
        messages.success(request, _("Thank you for telling us."))
        return go(request, visit.url)

    return attempt_form(request, visit.actor, form, tell, shown=lambda _form, status: _shown(request, visit, form=form, status=status), back=visit.url)


@require_GET
@by_link
def brand(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The client's colour as a style sheet: pages carry no style of their own."""
    colour = visit.client.brand_colour if _COLOUR.match(visit.client.brand_colour) else "#1f5f4b"
    return HttpResponse(f":root {{ --brand: {colour}; }}\n", content_type="text/css")
