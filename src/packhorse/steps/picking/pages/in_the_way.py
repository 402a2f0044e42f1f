"""Items that want a label, and calls for the lead."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted, action
from packhorse.core.web.bulk import Refusal, bulk_action
from packhorse.core.web.lists import BulkAction, Choice, Column, Empty, ListPage
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.events import NO_CODE
from packhorse.steps.picking.pages.release import warehouse_filter

unlabelled = ListPage(
    name="picking.unlabelled",
    title=_("Items that want a label"),
    permission="see_stock",
    rows=selectors.unlabelled,
    columns=(
        Column("sku", _("Item"), cells.link("sku", "inventory:item", "item_id")),
        Column("name", _("Name"), narrow=False),
        Column("client", _("Client"), narrow=False),
        Column("location", _("Place")),
        Column("reason", _("Why"), lambda r: cells.show(NO_CODE[r.reason])),
        Column("at", _("Since"), sort="at"),
        Column("labelled_at", _("Labelled")),
    ),
    filters=(Choice("state", _("State"), (("open", _("Open")), ("done", _("Labelled")))), Choice("warehouse", _("Warehouse"), warehouse_filter)),
    tabs=((_("Open"), "state=open"), (_("All"), "")),
    actions=(BulkAction(_("Labelled"), "picking:mark-labelled", "pick", icon="check"),),
    search=_("SKU"),
    empty=Empty(
        _("Every item has its code"), _("What a picker confirms by its look, because no code can be scanned, stands here until it is labelled."), "check"
    ),
)


@bulk_action("picking.mark_labelled", title=_("Labelled"), permission="pick", rows=unlabelled)
def mark_labelled(*, key: UUID, actor: Actor, ids: list[int], data: dict[str, str]) -> list[Refusal]:
    """The marked ones have their labels."""
    services.mark_labelled(key=key, actor=actor, ids=ids)
    return []


@action("release")
def answer(p: Posted, call_id: int) -> Done:
    """The lead goes to a picker."""
    open_call = services.answer_call(key=p.key, actor=p.actor, call_id=call_id)
    return Done(_("You are expected there.") if open_call else _("Somebody is on the way already."), to=reverse("picking:floors"))
