"""What picking asks of a person on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from packhorse.steps.picking import words
from packhorse.steps.picking.services import MOST, SHORT_REASONS
from packhorse.steps.picking.types import MOST_ON_CART, CartType, WorkerType

MAX_UNITS = 10**9


class PlanForm(forms.Form):
    """Walks for what was released; `wave`: of one wave only."""

    warehouse = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    wave = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62, required=False)
    orders_per_cart = forms.IntegerField(label=_("Orders per cart"), min_value=1, max_value=MOST_ON_CART, initial=12, required=False)
    cart_type = forms.IntegerField(label=_("For"), min_value=1, max_value=2**62, required=False)
    seconds = forms.TypedChoiceField(
        label=_("Search"),
        choices=(("", _("at once")), ("5", _("5 seconds")), ("60", _("a minute")), ("300", _("5 minutes"))),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, cart_types: Sequence[CartType] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cart_types:
            self.fields["cart_type"].widget = forms.Select(choices=[("", _("any cart")), *((d.cart_type_id, d.name) for d in cart_types)])
        elif not self.is_bound:
            del self.fields["cart_type"]


class MethodField(forms.ChoiceField):
    """How orders are picked."""

    def __init__(self, *, empty: Any = None, **kwargs: Any) -> None:
        first = () if empty is None else (("", empty),)
        super().__init__(label=_("How orders are picked"), choices=(*first, *words.METHODS.items()), **kwargs)


class WaveForm(forms.Form):
    """The limits of a wave; `earlier`: how many of its orders are due before its cut-off."""

    max_orders = forms.IntegerField(label=_("Orders, at most"), min_value=1, max_value=MOST)
    max_minutes = forms.IntegerField(
        label=_("Minutes of picking, at most"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: as many as it takes.")
    )

    method = MethodField(empty=_("as the warehouse has set"), required=False)

    def __init__(self, *args: Any, earlier: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if earlier:
            said = ngettext_lazy("%(n)d of them is due earlier and goes first.", "%(n)d of them are due earlier and go first.", "n")
            self.fields["max_orders"].help_text = said % {"n": earlier}


class UndoWaveForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=200, required=False)


class TimesForm(forms.Form):
    """Standard times of somebody who picks."""

    walk_m_per_min = forms.IntegerField(label=_("Metres walked a minute"), min_value=1, max_value=1000)
    turn_s = forms.IntegerField(label=_("Seconds a turn"), min_value=0, max_value=600)
    order_s = forms.IntegerField(label=_("Seconds an order"), min_value=0, max_value=3600)
    line_s = forms.IntegerField(label=_("Seconds a pick"), min_value=0, max_value=3600)
    unit_s = forms.IntegerField(label=_("Seconds a piece"), min_value=0, max_value=3600)
    heavy_g = forms.IntegerField(label=_("A piece is heavy from, grams"), min_value=0, max_value=1_000_000)
    heavy_s = forms.IntegerField(label=_("Seconds more for a heavy piece"), min_value=0, max_value=3600)
    level_s = forms.IntegerField(label=_("Seconds more for each level above the lowest"), min_value=0, max_value=600)
    reach_levels = forms.IntegerField(
        label=_("Levels within reach"), min_value=1, max_value=100, required=False, help_text=_("Counted from the lowest. Empty: all of them.")
    )


class WorkerTypeForm(TimesForm):
    """Somebody who picks with times of their own."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As in lift truck. A name that is there already is changed."))
    field_order = ("name",)


class CartTypeForm(forms.Form):
    """What walks are picked with."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As in cart of 12. A name that is there already is changed."))
    compartments = forms.IntegerField(label=_("Totes it carries"), min_value=1, max_value=MOST_ON_CART, initial=12)
    volume_l = forms.IntegerField(label=_("Litres of goods, at most"), min_value=1, max_value=10_000_000, required=False, help_text=_("Empty: no limit."))
    load_kg = forms.IntegerField(label=_("Kilograms of goods, at most"), min_value=1, max_value=10_000_000, required=False, help_text=_("Empty: no limit."))
    worker = forms.IntegerField(label=_("Who walks with it"), min_value=1, max_value=2**62, required=False)

    def __init__(self, *args: Any, workers: Sequence[WorkerType] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].widget = forms.Select(choices=[("", _("the standard worker")), *((w.worker_type_id, w.name) for w in workers)])


class CartsForm(forms.Form):
    """Carts of a type."""

    carts = forms.CharField(label=_("Carts"), max_length=5000, help_text=_("Their codes, as in CART-01, CART-02."))
    cart_type = forms.IntegerField(label=_("Are"), min_value=1, max_value=2**62, required=False)

    def __init__(self, *args: Any, cart_types: Sequence[CartType] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cart_type"].widget = forms.Select(choices=[("", _("of no type")), *((d.cart_type_id, d.name) for d in cart_types)])


class DropForm(forms.Form):
    """One of those that are there."""

    which = forms.IntegerField(label=_("Which"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].widget = forms.Select(choices=choices)


class PolicyForm(TimesForm):
    """How a warehouse picks."""

    pickers = forms.IntegerField(label=_("Pickers"), min_value=1, max_value=1000)
    lines_per_hour = forms.IntegerField(
        label=_("Lines an hour, the whole floor"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Set, it takes the place of pickers and standard times."),
    )
    field_order = ("method", "pickers", "lines_per_hour")
    method = MethodField(help_text=_("Zones and put walls are set on the warehouse’s page."))
    shift_from = forms.TimeField(label=_("The shift begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    shift_to = forms.TimeField(label=_("The shift ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    pack_min = forms.IntegerField(label=_("Minutes for packing before a cut-off"), min_value=0, max_value=1440)
    keep_workable = forms.IntegerField(
        label=_("Keep workable, of each cut-off"),
        min_value=0,
        max_value=MOST,
        help_text=_("Orders that the house releases by itself and keeps ready; 0: only what you release."),
    )
    orders_per_walk = forms.IntegerField(label=_("Orders a walk"), min_value=1, max_value=MOST_ON_CART)
    urgent_min = forms.IntegerField(
        label=_("Urgent: leaves within, minutes"),
        min_value=0,
        max_value=1440,
        help_text=_("Urgent orders, and those with a priority, break into the next planned walk."),
    )


class StartForm(forms.Form):
    """A cart, or none; the empty totes on it (else the first that are free) serve the orders."""

    cart = forms.TypedChoiceField(label=_("Cart"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, carts: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.get("cart", "") if self.is_bound else ""
        shown = [(str(i), code) for i, code in carts or ()]
        if carts is None and given.isascii() and given.isdigit() and len(given) < 19:
            shown = [(given, given)]
        self.fields["cart"].choices = [("", _("no cart")), *shown]  # type: ignore[attr-defined]


class ShortForm(forms.Form):
    task = forms.IntegerField(label=_("Pick"), min_value=1, max_value=2**62)
    taken = forms.IntegerField(label=_("Good and taken"), min_value=0, max_value=MAX_UNITS, initial=0)
    reason = forms.ChoiceField(label=_("Why"), choices=[(r, words.SHORT[r]) for r in SHORT_REASONS])

    def __init__(self, *args: Any, tasks: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if tasks is not None:
            self.fields["task"].widget = forms.Select(choices=tasks)


class SwapForm(forms.Form):
    """Which pick takes which lot: `task:lot`."""

    take = forms.CharField(label=_("Lot"), max_length=50)

    def __init__(self, *args: Any, lots: Sequence[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lots is not None:
            self.fields["take"].widget = forms.Select(choices=lots)

    def clean_take(self) -> tuple[int, int]:
        task, _colon, lot = self.cleaned_data["take"].partition(":")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (task, lot)):
            raise forms.ValidationError(_("Choose a lot."))
        return int(task), int(lot)


class BreakInForm(forms.Form):
    """An order that waits for a walk, or all that are urgent."""

    release = forms.IntegerField(label=_("Order"), min_value=1, max_value=2**62, required=False)

    def __init__(self, *args: Any, releases: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["release"].widget = forms.Select(choices=[("", _("all that are urgent")), *releases])


class FinishForm(forms.Form):
    station = forms.IntegerField(label=_("Bench"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, stations: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stations is not None:
            self.fields["station"].widget = forms.Select(choices=stations)
