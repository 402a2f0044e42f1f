"""Exceptions and claims: what needs somebody, and what carriers owe."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Badge
from packhorse.core.web.detail import Crumb, Detail, Fact, detail, names_of
from packhorse.core.web.lists import Choice, Column, Empty, ListPage
from packhorse.steps.delivery import selectors, services, words
from packhorse.steps.delivery.forms import ClaimForm, CloseForm, MoveForm
from packhorse.steps.delivery.pages.deliveries import claim_amount
from packhorse.steps.delivery.states import CLAIM
from packhorse.steps.delivery.types import ClaimInfo, ExceptionInfo
from packhorse.steps.orders import selectors as orders


def state_of(e: ExceptionInfo) -> Badge:
    """Open, overdue or closed."""
    if e.closed_at:
        return Badge(_("Closed"), "good")
    return Badge(_("Overdue"), "bad") if e.deadline < clock.now() else Badge(_("Open"), "warn")


exceptions = ListPage(
    name="delivery.exceptions",
    title=_("Exceptions"),
    permission="see_orders",
    rows=selectors.exceptions,
    columns=(
        Column(
            "kind",
            _("What is wrong"),
            lambda e: cells.link("name", "delivery:exception")({"id": e.id, "name": words.KIND.get(e.kind, e.kind)}),
            plain=lambda e: e.kind,
        ),
        Column("state", _("State"), lambda e: cells.show(state_of(e)), plain=lambda e: str(state_of(e).word)),
        Column("order_number", _("Order"), words.order),
        Column("tracking_number", _("Tracking number"), cells.link("tracking_number", "delivery:delivery", "delivery_id")),
        Column("owner_role", _("Owner")),
        Column("deadline", _("Deadline"), sort="deadline"),
        Column("opened_at", _("Since"), sort="opened_at", narrow=False),
        Column("carrier", _("Carrier"), lambda r: cells.show(words.carrier(r.carrier)), narrow=False),
        Column("resolution", _("What was done"), lambda e: cells.show(words.RESOLUTION.get(e.resolution, e.resolution)), narrow=False),
    ),
    filters=(
        Choice("shelf", _("State"), (("open", _("Open")), ("overdue", _("Overdue")), ("closed", _("Closed")), ("all", _("All")))),
        Choice("kind", _("What is wrong"), tuple(words.KIND.items())),
    ),
    tabs=((_("Open"), ""), (_("Overdue"), "shelf=overdue"), (_("Closed"), "shelf=closed"), (_("All"), "shelf=all")),
    search=_("Tracking or order number"),
    empty=Empty(_("Nothing needs anybody"), _("Late, stuck, lost and refused parcels appear here before customers call."), "check"),
)

claims = ListPage(
    name="delivery.claims",
    title=_("Claims"),
    permission="track",
    rows=selectors.claims,
    columns=(
        Column("kind", _("Claim"), lambda c: cells.link("name", "delivery:claim")({"id": c.id, "name": words.CLAIM_KIND.get(c.kind, c.kind)})),
        Column("state", _("State"), cells.state("state", words.CLAIM)),
        Column("order_number", _("Order"), words.order),
        Column("tracking_number", _("Tracking number"), cells.link("tracking_number", "delivery:delivery", "delivery_id")),
        Column("carrier", _("Carrier"), lambda r: cells.show(words.carrier(r.carrier)), narrow=False),
        Column("asked", _("Asked"), align="end"),
        Column("paid", _("Paid"), align="end"),
        Column("deadline", _("File by"), sort="deadline"),
        Column("found_at", _("Since"), sort="found_at", narrow=False),
    ),
    filters=(
        Choice("shelf", _("Settled"), (("open", _("Open")), ("settled", _("Settled")))),
        Choice("state", _("State"), tuple((s, b.word) for s, b in words.CLAIM.items())),
    ),
    tabs=((_("All"), ""), (_("Open"), "shelf=open"), (_("Settled"), "shelf=settled")),
    search=_("Tracking or order number"),
    empty=Empty(_("No claims"), _("Open one from a delivery that was lost, damaged or late."), "money"),
)

_CRUMBS: Final = (Crumb(_("Deliveries"), "/delivery/"),)


@page("see_orders")
def exception(request: HttpRequest, exception_id: int) -> HttpResponse:
    """One exception."""
    actor = actor_of(request)
    found = selectors.exception(actor.scope, exception_id)
    closed_by = names_of({found.closed_by}, actor.scope)[found.closed_by] if found.closed_by else ""
    actions: list[Action] = []
    if actor.may("track") and found.closed_at is None:
        actions = [
            Action(_("Close"), reverse("delivery:close-exception", args=[exception_id]), form=CloseForm(), tone="primary", icon="check"),
            Action(
                _("Open a claim"),
                reverse("delivery:open-claim", args=[found.delivery_id]),
                form=ClaimForm(initial={"kind": found.kind if found.kind in words.CLAIM_KIND else "damaged"}),
                icon="money",
            ),
        ]
    return detail(
        request,
        Detail(
            title=words.KIND.get(found.kind, found.kind),
            kind=_("Exception"),
            badge=state_of(found),
            sentence=words.detail(found.detail) if found.detail else "",
            crumbs=(*_CRUMBS, Crumb(_("Exceptions"), reverse("delivery:exceptions"))),
            facts=(
                Fact(_("Delivery"), found.tracking_number, reverse("delivery:delivery", args=[found.delivery_id])),
                Fact(_("Order"), found.order_number, orders.order_url(found.order_id)),
                Fact(_("Carrier"), words.carrier(found.carrier)),
                Fact(_("Owner"), found.owner_role),
                Fact(_("Since"), found.opened_at),
                Fact(_("Deadline"), found.deadline),
                Fact(_("Closed"), found.closed_at),
                Fact(_("Closed by"), closed_by),
                Fact(_("What was done"), words.RESOLUTION.get(found.resolution, found.resolution)),
            ),
            timeline=timeline(subject=Ref("delivery.delivery", found.delivery_id), scope=actor.scope),
            actions=tuple(actions),
        ),
    )


@action("track", form=CloseForm)
def close_exception(p: Posted, exception_id: int) -> Done:
    """Somebody dealt with it."""
    services.close_exception(key=p.key, actor=p.actor, exception_id=exception_id, resolution=p.data["resolution"])
    return Done(gettext("Closed."), to=reverse("delivery:exceptions"))


@page("track")
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim and its next steps."""
    actor = actor_of(request)
    found = selectors.claim(actor.scope, claim_id)
    return detail(
        request,
        Detail(
            title=f"{words.CLAIM_KIND.get(found.kind, found.kind)} – {found.tracking_number}",
            kind=_("Claim"),
            badge=words.CLAIM[found.state],
            sentence=found.note,
            crumbs=(*_CRUMBS, Crumb(_("Claims"), reverse("delivery:claims"))),
            facts=(
                Fact(_("Delivery"), found.tracking_number, reverse("delivery:delivery", args=[found.delivery_id])),
                Fact(_("Order"), found.order_number, orders.order_url(found.order_id)),
                Fact(_("Carrier"), words.carrier(found.carrier)),
                Fact(_("Asked"), found.asked),
                Fact(_("Paid"), found.paid),
                Fact(_("Since"), found.found_at),
                Fact(_("File by"), found.deadline),
                Fact(_("Settled"), found.settled_at),
            ),
            timeline=timeline(subject=Ref("delivery.delivery", found.delivery_id), scope=actor.scope),
            actions=_moves(found, actor),
        ),
    )


def _moves(found: ClaimInfo, actor: Actor) -> tuple[Action, ...]:
    possible = tuple(s for s in words.CLAIM if s in CLAIM[found.state])
    if not possible or not actor.may("track"):
        return ()
    return (Action(_("Next step"), reverse("delivery:move-claim", args=[found.claim_id]), form=MoveForm(possible=possible), tone="primary", icon="right"),)


@action("track", form=MoveForm)
def move_claim(p: Posted, claim_id: int) -> Done:
    """A claim comes a step further."""
    found = selectors.claim(p.actor.scope, claim_id)
    paid = claim_amount(p.data["paid"], found.asked.currency) if p.data.get("paid") else None
    services.move_claim(key=p.key, actor=p.actor, claim_id=claim_id, state=p.data["state"], paid_minor=paid, note=p.data["note"])
    return Done(gettext("Noted."))
