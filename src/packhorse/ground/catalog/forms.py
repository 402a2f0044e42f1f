"""The forms of the catalogue's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.ground.catalog.models import Item
from packhorse.ground.catalog.selectors import client_choices

_LANGUAGES = (("en", _("English")), ("fr", _("French")))


class ClientChangeForm(forms.Form):
    """What can be changed of a client."""

    name = forms.CharField(label=_("Name"), max_length=150)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="CAD", help_text=_("Three letters, as in CAD."))
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    brand_colour = forms.CharField(label=_("Brand colour"), initial="#1f5f4b", widget=forms.TextInput(attrs={"type": "color"}))
    support_email = forms.EmailField(label=_("E-mail for replies"), required=False)
    minimum_shelf_days = forms.IntegerField(
        label=_("Shelf life kept for the customer (days)"), min_value=0, max_value=3650, initial=0, help_text=_("Goods with less left are not shipped.")
    )


class ClientForm(ClientChangeForm):
    """A new client."""

    code = forms.CharField(label=_("Code"), max_length=32, help_text=_("Short, and for good: ACME."))
    field_order = ("code", "name")


class ItemChangeForm(forms.Form):
    """What can be changed of an item. Millimetres and grams of one base unit."""

    name = forms.CharField(label=_("Name"), max_length=300)
    tracking = forms.ChoiceField(label=_("Followed by"), choices=(("none", _("Quantity")), ("lot", _("Lot")), ("serial", _("Serial number"))))
    length_mm = forms.IntegerField(label=_("Length (mm)"), min_value=0, max_value=20_000, initial=0)
    width_mm = forms.IntegerField(label=_("Width (mm)"), min_value=0, max_value=20_000, initial=0)
    height_mm = forms.IntegerField(label=_("Height (mm)"), min_value=0, max_value=20_000, initial=0)
    weight_g = forms.IntegerField(label=_("Weight (g)"), min_value=0, max_value=5_000_000, initial=0)
    measured = forms.BooleanField(label=_("Measured, not estimated"), required=False)
    fragile = forms.BooleanField(label=_("Fragile"), required=False)
    upright = forms.BooleanField(label=_("This side up"), required=False)
    price = forms.DecimalField(label=_("Price"), min_value=0, max_digits=17, decimal_places=6, initial=0)
    cost = forms.DecimalField(label=_("Cost"), min_value=0, max_digits=17, decimal_places=6, initial=0)
    hs_code = forms.CharField(label=_("HS code"), max_length=12, required=False)
    origin_country = forms.RegexField(r"^[A-Z]{2}$", label=_("Country of origin"), required=False, help_text=_("Two letters, as in CA."))


class ItemForm(ItemChangeForm):
    """A new item."""

    client_id = forms.TypedChoiceField(label=_("Client"), coerce=int)
    sku = forms.CharField(label=_("SKU"), max_length=80)
    barcode = forms.CharField(label=_("Barcode"), max_length=100, required=False, help_text=_("Scan it, or leave it empty."))
    field_order = ("client_id", "sku", "name", "barcode")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = client_choices(scope)  # type: ignore[attr-defined]


class BarcodeForm(forms.Form):
    """A code and what it stands for."""

    code = forms.CharField(label=_("Barcode"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    quantity = forms.IntegerField(label=_("Units that it stands for"), min_value=1, max_value=1_000_000, initial=1)
    level = forms.ChoiceField(label=_("Level"), choices=(("each", _("Each")), ("inner", _("Inner")), ("case", _("Case")), ("pallet", _("Pallet"))))


class ComponentsForm(forms.Form):
    """What one kit is made of."""

    components = forms.CharField(
        label=_("One kit is made of"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line: SKU, quantity. Empty: it is no kit, but kept in stock itself."),
    )

    def clean_components(self) -> list[tuple[str, int]]:
        """(SKU, quantity)."""
        found = []
        for n, line in enumerate(self.cleaned_data["components"].splitlines(), 1):
            sku, _comma, quantity = line.replace("\t", ",").replace(";", ",").strip().rpartition("," if any(c in line for c in "\t;,") else " ")
            if not line.strip():
                continue
            if not sku.strip() or not (quantity.strip().isascii() and quantity.strip().isdigit() and len(quantity.strip()) < 10):
                raise forms.ValidationError(gettext("Line %d cannot be read: SKU, quantity") % n)
            found.append((sku.strip(), int(quantity)))
        return found


class BoxForm(forms.Form):
    """A box or mailer."""

    code = forms.CharField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=(("box", _("Box")), ("mailer", _("Mailer"))))
    inner_length_mm = forms.IntegerField(label=_("Inner length (mm)"), min_value=1, max_value=10_000)
    inner_width_mm = forms.IntegerField(label=_("Inner width (mm)"), min_value=1, max_value=10_000)
    inner_height_mm = forms.IntegerField(label=_("Inner height (mm)"), min_value=1, max_value=10_000)
    outer_length_mm = forms.IntegerField(label=_("Outer length (mm)"), min_value=1, max_value=10_000)
    outer_width_mm = forms.IntegerField(label=_("Outer width (mm)"), min_value=1, max_value=10_000)
    outer_height_mm = forms.IntegerField(label=_("Outer height (mm)"), min_value=1, max_value=10_000)
    tare_g = forms.IntegerField(label=_("Empty weight (g)"), min_value=0, max_value=100_000)
    max_load_g = forms.IntegerField(label=_("Holds (g)"), min_value=1, max_value=2_000_000)
    cost_minor = forms.IntegerField(label=_("Cost (smallest unit of the currency)"), min_value=0, max_value=10_000_000)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), initial="CAD")


TRACKING = {Item.Tracking.NONE.value: _("Quantity"), Item.Tracking.LOT.value: _("Lot"), Item.Tracking.SERIAL.value: _("Serial number")}
SOURCES = {"none": _("not known"), "learned": _("learned from parcels"), "supplier": _("from the supplier"), "typed": _("typed in"), "measured": _("measured")}
