"""Who got goods of a recalled lot, and telling them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _, ngettext

from packhorse.core.actors import Scope
from packhorse.core.web import cells
from packhorse.core.web.actions import Done, Posted
from packhorse.core.web.auth import actor_of
from packhorse.core.web.detail import Crumb
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.services.tell_recalled import MOST_TEXT


def _lots(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(r.lot_id), f"{r.sku} · {r.lot}") for r in inventory.recalls(scope)]


recalled = ListPage(
    name="orders.recalled",
    title=_("Orders with a recalled lot"),
    permission="see_orders",
    rows=selectors.recalled,
    columns=(
        Column("number", _("Order"), cells.link("number", "orders:order", "order_id")),
        Column("external_id", _("Shop's number"), narrow=False),
        Column("name", _("Customer")),
        Column("email", _("E-mail"), narrow=False),
        Column("sku", _("Item"), narrow=False),
        Column("left", _("Left"), align="end"),
        Column("left_at", _("When"), narrow=False),
        Column("picked", _("Picked, still here"), align="end"),
        Column("returned", _("Returned"), align="end", narrow=False),
        Column("told_at", _("Told")),
    ),
    filters=(Choice("lot", _("Lot"), _lots),),
    buttons=(Button(_("Tell the customers"), "orders:tell-recalled", "edit_orders", icon="mail"),),
    search=_("Order"),
    empty=Empty(_("Nobody got any of it"), _("When a lot is recalled on its page, the orders that got units of it stand here."), "check"),
)


class TellForm(forms.Form):
    """What those who got goods of a recalled lot should read."""

    recall = forms.TypedChoiceField(label=_("Lot"), coerce=int)
    text = forms.CharField(
        label=_("What to do with the goods"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The message names the item, the lot and the reason."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recall"].choices = [(r.id, f"{r.sku} · {r.lot} · {r.reason}") for r in inventory.recalls(scope)]  # type: ignore[attr-defined]


@form_page(
    TellForm,
    title=_("Tell the customers"),
    permission="edit_orders",
    submit=_("Send"),
    intro=_("Each order is written to once. Those without a mail address stand on the list: call them."),
    crumbs=(Crumb(_("Orders with a recalled lot"), reverse_lazy("orders:recalled")),),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def tell(p: Posted) -> Done:
    """Write to those who got goods of a recalled lot."""
    told = services.tell_recalled(key=p.key, actor=p.actor, recall_id=p.data["recall"], text=p.data["text"])
    said = ngettext("%d customer is written to.", "%d customers are written to.", told) % told
    return Done(said, to=f"{reverse('orders:recalled')}?lot={inventory.recall(p.actor.scope, p.data['recall']).lot_id}")
