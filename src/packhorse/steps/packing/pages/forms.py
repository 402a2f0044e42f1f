"""What packing asks of a person on pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from packhorse.steps.packing.types import MARKS
from packhorse.steps.packing.words import MATERIALS, ONLY, PER, UNITS, WHY_ANOTHER_BOX, WHY_WEIGHT


class BoxForm(forms.Form):
    box = forms.IntegerField(label=_("Box"), min_value=1, max_value=2**62)
    why = forms.ChoiceField(label=_("Why"), choices=WHY_ANOTHER_BOX)

    def __init__(self, *args: Any, boxes: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if boxes is not None:
            self.fields["box"].widget = forms.Select(choices=boxes)


class WeightForm(forms.Form):
    weight_g = forms.IntegerField(label=_("Weight (g)"), min_value=1, max_value=2**31 - 1)
    why = forms.ChoiceField(label=_("If it is far off: why it is right"), choices=(("", "–"), *WHY_WEIGHT), required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)


class MaterialForm(forms.Form):
    """A packaging material other than a box."""

    code = forms.CharField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(k, v) for k, v in MATERIALS.items() if k != "box"])
    unit = forms.ChoiceField(label=_("Counted in"), choices=tuple(UNITS.items()), help_text=_("Tape in centimetres, loose fill in decilitres."))
    cost = forms.DecimalField(label=_("Cost of one"), min_value=0, max_digits=12, decimal_places=6)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="CAD")
    client_id = forms.TypedChoiceField(
        label=_("Only for"), coerce=int, empty_value=None, required=False, help_text=_("A client’s own, printed with its name, say.")
    )

    def __init__(self, *args: Any, clients: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = [("", _("every client")), *clients]  # type: ignore[attr-defined]


class _AtWarehouse(forms.Form):
    warehouse_id = forms.IntegerField(label=_("Warehouse"), min_value=1, max_value=2**62)

    def __init__(self, *args: Any, warehouses: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if warehouses is not None:
            self.fields["warehouse_id"].widget = forms.Select(choices=warehouses)


class ReceivedForm(_AtWarehouse):
    quantity = forms.IntegerField(label=_("How much came"), min_value=1, max_value=10**9 - 1)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CountedForm(_AtWarehouse):
    counted = forms.IntegerField(label=_("How much is there"), min_value=0, max_value=10**9 - 1)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ReorderForm(_AtWarehouse):
    reorder_at = forms.IntegerField(label=_("Order at"), min_value=0, max_value=10**9 - 1)
    reorder_to = forms.IntegerField(label=_("Order up to"), min_value=0, max_value=10**9 - 1)


class RuleForm(forms.Form):
    """What goes into parcels."""

    quantity = forms.IntegerField(label=_("How much"), min_value=1, max_value=10**9 - 1)
    per = forms.ChoiceField(label=_("Per"), choices=tuple(PER.items()))
    only = forms.ChoiceField(label=_("In which parcels"), choices=tuple(ONLY.items()))
    client_id = forms.IntegerField(label=_("Of whom"), min_value=1, max_value=2**62, required=False)

    def __init__(self, *args: Any, clients: Sequence[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if clients is not None:
            self.fields["client_id"].widget = forms.Select(choices=[("", _("every client")), *clients])


class ProcedureForm(forms.Form):
    """How an item is packed."""

    sku = forms.CharField(label=_("Item (SKU)"), max_length=100)
    client_id = forms.TypedChoiceField(label=_("Client"), coerce=int)
    steps = forms.CharField(
        label=_("Steps"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Shown at the bench with each piece.")
    )
    marks = forms.MultipleChoiceField(label=_("Marks on its parcels"), choices=tuple(MARKS.items()), required=False, widget=forms.CheckboxSelectMultiple)
    photo = forms.FileField(label=_("Photo (JPEG or PNG, up to 5 MB)"), required=False)

    def __init__(self, *args: Any, clients: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = list(clients)  # type: ignore[attr-defined]


class PolicyForm(forms.Form):
    """How a client's goods are packed."""

    eco = forms.BooleanField(label=_("The fewest and smallest boxes, even where the parcel costs more"), required=False)
    tolerance_permille = forms.IntegerField(label=_("Weight may be off by (‰)"), min_value=0, max_value=1000)
    tolerance_g = forms.IntegerField(label=_("or by (g), whichever is more"), min_value=0, max_value=10_000)
    slip_prices = forms.BooleanField(label=_("Packing slips say what the goods cost (never a gift’s)"), required=False)
    cut = forms.BooleanField(label=_("Boxes are cut to size where the bench has a machine"), required=False)
