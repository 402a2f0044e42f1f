"""The customer's page at /r/<token>: choose what comes back, see the decision with its rule, get the label, follow it. No login: the link is the key, and opens one order.

Each view has its actor made from the link: it may ask for returns of this order and write about it, nothing else.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.web.actions import go
from packhorse.core.web.forms import attempt_form
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.files import selectors as files
from packhorse.ground.files.services import store
from packhorse.steps.delivery import selectors as delivery
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.errors import NoSuchLink
from packhorse.steps.orders.types import FulfillmentOrderInfo
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.forms import SETTLEMENT_WORDS, STATE_WORDS, AskForm, WriteForm, photo_type
from packhorse.steps.returns.selectors.kits import whole
from packhorse.steps.returns.services.asking import link_principal
from packhorse.steps.returns.types import RmaInfo
from packhorse.steps.shipping import selectors as shipping

P = ParamSpec("P")

#: Photos are kept so long.
KEEP_PHOTOS = dt.timedelta(days=730)
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


class Visit:
    """Who came by a link, and to which order."""

    def __init__(self, token: str) -> None:
        self.token, self.order_id = token, orders.order_of_link(token)
        parts = orders.fulfillment_orders_of(EVERYTHING, [self.order_id])
        if not parts:
            raise NoSuchLink
        self.head: FulfillmentOrderInfo = parts[0]
        self.scope = Scope(frozenset({self.head.client_id}))
        self.client: ClientInfo = catalog.client(self.scope, self.head.client_id)
        self.actor = Actor(link_principal(self.order_id), frozenset({"client"}), self.scope, only=frozenset({"approve_returns", "tickets"}))
        self.url = reverse("returns_public:portal", args=[token])

    @property
    def country(self) -> str:
        address = orders.ship_to(self.scope, [self.order_id]).get(self.order_id)
        return address.data.country if address else ""


View = Callable[Concatenate[HttpRequest, Visit, P], HttpResponseBase]


def by_link(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A view for whoever holds an order's link; other links find nothing, whatever they are."""

    @functools.wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, Visit(str(kwargs.pop("token"))), *args, **kwargs)
        except NoSuchLink as refusal:
            raise Http404 from refusal

    return never_cache(run)


def _shown(request: HttpRequest, visit: Visit, *, ask: AskForm | None = None, write: WriteForm | None = None, status: int = 200) -> HttpResponse:
    lines = selectors.returnable(visit.scope, [visit.order_id])
    final = set(selectors.policy(visit.scope, visit.client.id, visit.country).terms.final_sale)
    form = ask or AskForm(lines=lines, kits=whole(visit.scope, lines), photos=True)
    rows: list[dict[str, Any]] = [
        {"line": kit, "whole": True, "quantity": form[f"quantity_kit_{kit.kit_id}"], "reason": form[f"reason_kit_{kit.kit_id}"]} for kit in form.kits
    ]
    rows += [
        {
            "line": line,
            "final": line.sku in final,
            "quantity": form[f"quantity_{line.demand_id}"],
            "reason": form[f"reason_{line.demand_id}"],
            "photo": form[f"photo_{line.demand_id}"],
        }
        for line in form.lines
    ]
    context: dict[str, Any] = {
        "title": _("Return something"),
        "brand": visit.client.name,
        "visit": visit,
        "form": form,
        "rows": rows,
        "write": write or WriteForm(),
        "returns": [_status(visit, rma) for rma in reversed(selectors.rmas_of_orders(visit.scope, [visit.order_id]))],
        "nothing": not any(line.shipped for line in lines),
    }
    return render(request, "returns/portal.html", context, status=status)


def _status(visit: Visit, rma: RmaInfo) -> dict[str, Any]:
    label = next((i for i in shipping.labels_for(visit.scope, "returns.rma", [rma.rma_id]) if i.pdf_id and i.state == "bought"), None)
    under_way = label is not None and rma.state in ("label_sent", "in_transit")
    way = next(iter(delivery.deliveries_of_labels(visit.scope, [label.label_id])), None) if label and under_way else None
    wanted = rma.state in ("approved", "label_sent", "expired")
    said = {
        "received": _("It has arrived; we look at it now."),
        "inspected": _("We have looked at it; your refund is on its way.") if rma.wants == "refund" else _("We have looked at it; we prepare your exchange."),
        "settled": str(SETTLEMENT_WORDS.get(rma.settlement, "")),
    }
    return {
        "rma": rma,
        "badge": STATE_WORDS[rma.state],
        "label": reverse("returns_public:label", args=[visit.token, rma.number]) if label and wanted else "",
        "label_coming": wanted and not label and rma.label_paid_by == "merchant" and rma.state == "approved",
        "own_way": wanted and rma.label_paid_by == "customer",
        "tracking": label.tracking_number if label else "",
        "way": way,
        "said": said.get(rma.state, ""),
    }


@require_GET
@by_link
def portal(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page: what can come back, and the returns that were asked for."""
    return _shown(request, visit)


@require_POST
@by_link
def ask(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The customer asks to send goods back."""
    lines = selectors.returnable(visit.scope, [visit.order_id])
    form = AskForm(request.POST, request.FILES, lines=lines, kits=whole(visit.scope, lines), photos=True)

    def request_return(key: UUID) -> HttpResponseBase:
        made = services.request_return(
            key=key,
            actor=visit.actor,
            order_id=visit.order_id,
            lines=form.asked(_photos(form, visit)),
            kits=form.asked_kits(),
            wants=form.cleaned_data["wants"],
        )
        messages.success(request, f"{made.number}: {made.decision}")
        return go(request, visit.url)

    return attempt_form(request, visit.actor, form, request_return, shown=lambda _form, status: _shown(request, visit, ask=form, status=status), back=visit.url)


def _photos(form: AskForm, visit: Visit) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in form.asked():
        upload = form.cleaned_data.get(f"photo_{line.demand_id}")
        if upload is not None:
            upload.seek(0)
            data = upload.read()
            kind = photo_type(data)
            assert kind is not None, "the form looked"
            found[line.demand_id] = store(data, kind, "return_photo", visit.client.id, (clock.now() + KEEP_PHOTOS).date())
    return found


@require_POST
@by_link
def write(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The customer writes to us about the order."""
    form = WriteForm(request.POST)

    def open_ticket(key: UUID) -> HttpResponseBase:
        said = {"subject": form.cleaned_data["subject"], "body": form.cleaned_data["body"]}
        made = services.open_ticket(key=key, actor=visit.actor, client_id=visit.client.id, order_id=visit.order_id, kind="return", **said)
        messages.success(request, _("We have your message (%s) and answer by mail.") % made.number)
        return go(request, visit.url)

    return attempt_form(request, visit.actor, form, open_ticket, shown=lambda _form, status: _shown(request, visit, write=form, status=status), back=visit.url)


@require_GET
@by_link
def label(request: HttpRequest, visit: Visit, number: str) -> HttpResponse:
    """The label of one return of this order, to print."""
    rma = next((r for r in selectors.rmas_of_orders(visit.scope, [visit.order_id]) if r.number == number), None)
    found = next((i for i in shipping.labels_for(visit.scope, "returns.rma", [rma.rma_id]) if i.pdf_id and i.state == "bought"), None) if rma else None
    if found is None or found.pdf_id is None:
        raise Http404
    response = HttpResponse(files.read(found.pdf_id, visit.scope), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


@require_GET
@by_link
def terms(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The terms of return, in plain language, made from the rules themselves."""
    words = selectors.policy_words(visit.scope, visit.client.id, visit.country)
    return render(request, "returns/portal_terms.html", {"title": _("How returns work"), "brand": visit.client.name, "visit": visit, "words": words})


@require_GET
@by_link
def brand(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The client's colour, as a style sheet: pages carry no style of their own."""
    colour = visit.client.brand_colour if _COLOUR.match(visit.client.brand_colour) else "#1f5f4b"
    return HttpResponse(f":root {{ --brand: {colour}; }}\n", content_type="text/css")
