"""How many may walk in an aisle at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.errors import Invalid
from packhorse.core.web.actions import Done, Posted
from packhorse.core.web.auth import actor_of
from packhorse.core.web.detail import Crumb
from packhorse.core.web.forms import form_page
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.steps.picking import selectors, services
from packhorse.steps.picking.types import AisleWalks


class AislesForm(forms.Form):
    """How many walks in any aisle, and in those named, one a line: aisle, walks."""

    walks = forms.IntegerField(
        label=_("Walks in an aisle at a time, at most"), min_value=1, max_value=1000, required=False, help_text=_("Empty: as many as come")
    )
    aisles = forms.CharField(label=_("Other aisles"), widget=forms.Textarea(attrs={"rows": 5}), required=False, help_text=_("One a line: aisle, walks; as A 1"))

    def clean_aisles(self) -> list[tuple[str, int]]:
        """(aisle, walks)."""
        found = []
        for n, line in enumerate(self.cleaned_data["aisles"].splitlines(), 1):
            parts = line.replace(",", " ").split()
            if not parts:
                continue
            if len(parts) != 2 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 5):
                raise forms.ValidationError(gettext("Line %d cannot be read: aisle, walks") % n)
            found.append((parts[0].upper(), int(parts[1])))
        return found


def _now(request: HttpRequest, warehouse_id: int) -> dict[str, Any]:
    """What is set."""
    limits = selectors.aisle_limits(actor_of(request).scope, warehouse_id)
    own = [f"{aisle_letters(x.aisle)} {x.walks}" for x in limits if x.aisle is not None]
    return {"walks": next((x.walks for x in limits if x.aisle is None), None), "aisles": "\n".join(own)}


@form_page(
    AislesForm,
    title=_("How many walk in an aisle"),
    permission="manage_settings",
    submit=_("Set"),
    intro=_("A walk that begins where as many are already waits, and the picker is offered the next one that begins elsewhere."),
    crumbs=(Crumb(_("Picking"), "/picking/"), Crumb(_("Floor"), "/picking/floor/")),
    initial=_now,
)
def aisles(p: Posted, warehouse_id: int) -> Done:
    """Limits are set anew."""
    floor = warehouses.layout(p.actor.scope, warehouse_id)
    number = {aisle_letters(n): n for n in range(floor.aisles)} if floor else {}
    if unknown := [name for name, _walks in p.data["aisles"] if name not in number]:
        raise Invalid(field="aisles", reason=gettext("%s is no aisle of this floor") % unknown[0])
    limits = [AisleWalks(None, p.data["walks"])] if p.data["walks"] else []
    limits += [AisleWalks(number[name], walks) for name, walks in p.data["aisles"]]
    n = services.set_aisle_limits(key=p.key, actor=p.actor, warehouse_id=warehouse_id, limits=limits)
    return Done(
        ngettext("%d limit is set.", "%d limits are set.", n) % n if n else _("No aisle has a limit."), to=reverse("picking:floor", args=[warehouse_id])
    )
