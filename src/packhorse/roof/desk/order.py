"""The order page, composed: orders' head and lines, then what each step has of it, in the order of the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core import clock, discover
from packhorse.core.actors import Actor
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action
from packhorse.core.web.detail import Crumb, Detail, Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import OrderHead
from packhorse.ground.messages import selectors as messages
from packhorse.house import STEPS
from packhorse.roof.desk import selectors
from packhorse.roof.desk.types import Place
from packhorse.steps.orders import panel as orders_panel

_MESSAGES = (
    Column("queued_at", gettext_lazy("When")),
    Column("title", gettext_lazy("Message")),
    Column("channel", gettext_lazy("By"), lambda m: cells.show(_("E-mail") if m.channel == "mail" else _("Text message")), narrow=False),
    Column("recipient", gettext_lazy("To"), narrow=False),
    Column("state", gettext_lazy("State"), cells.state("state")),
)


def order_page(actor: Actor, order_id: int) -> Detail:
    """Everything about one order, for this actor.

    Raises: NotFound (also where the actor's scope does not see it).
    """
    head = orders_panel.order_head(actor, order_id)
    places = selectors.places(actor.scope, order_id) if head.moving else []
    return Detail(
        title=head.number,
        kind=_("Order"),
        badge=head.badge,
        sentence=sentence(head, places),
        crumbs=(Crumb(_("Orders"), reverse("orders:list")),),
        facts=head.facts,
        sections=tuple(_sections(actor, order_id, head)),
        timeline=timeline(order_id=order_id, scope=actor.scope),
        actions=(*head.actions, *_actions(actor, order_id)),
    )


def _panels() -> Iterator[Any]:
    for step in STEPS:
        panel = discover.module(f"packhorse.steps.{step.room}", "panel")
        if panel is not None and step.room != "orders":
            yield panel


def _sections(actor: Actor, order_id: int, head: OrderHead) -> Iterator[Section]:
    """Lines and where each unit is come first, then holds and money, then what was done to it, step by step, then what the customer was told."""
    yield from head.lines
    for n, panel in enumerate(_panels()):
        if n == 1:
            yield from head.more
        ask = getattr(panel, "order_sections", None)
        if ask is not None:
            yield from ask(actor.scope, order_id=order_id, demand_ids=head.demand_ids)
    told = messages.messages_of(actor.scope, order_id)
    if told:
        yield Table(_("What the customer was told"), _MESSAGES, told)


def _actions(actor: Actor, order_id: int) -> Iterator[Action]:
    for panel in _panels():
        ask = getattr(panel, "order_actions", None)
        if ask is not None:
            yield from ask(actor, order_id=order_id)


def sentence(head: OrderHead, places: list[Place]) -> str:
    """The first line: where the goods are and what comes next. Where nobody has them in hand, what orders say."""
    said = [_of(p) for p in places[:3]]
    if not said:
        return str(head.sentence)
    more = len(places) - len(said)
    words = ", ".join(said)
    if more:
        words += _(" and %d more") % more
    return f"{words}{_leaves(head)}."


def _of(p: Place) -> str:
    if p.kind == "tote":
        return _("Tote %(name)s, %(place)s") % {"name": p.name, "place": p.place} if p.place else _("Tote %s") % p.name
    where = f", {p.place}" if p.place else ""
    return _("Parcel %(name)s%(where)s, %(state)s") % {"name": p.name, "where": where, "state": str(cells.badge(p.state).word).lower()}


def _leaves(head: OrderHead) -> str:
    if head.ship_by is None:
        return ""
    local = timezone.localtime(head.ship_by)
    today = timezone.localtime(clock.now()).date() == local.date()
    return _(", leaves %s") % (f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}")
