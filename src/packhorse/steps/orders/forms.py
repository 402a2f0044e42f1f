"""The forms of the orders' pages."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.ground.catalog.selectors import client_choices
from packhorse.ground.payments import registry
from packhorse.ground.places.types import AddressData
from packhorse.ground.warehouse.selectors import warehouse_choices
from packhorse.steps.orders.importing.types import Format
from packhorse.steps.orders.models import Hold
from packhorse.steps.orders.types import MOST_NOTE, MOST_URGENT, Gift, NewLine

SERVICE_WORDS = (("standard", _("Standard")), ("express", _("Express")), ("same_day", _("Same day")))
HOLD_WORDS = {
    "payment": _("Payment"),
    "address": _("Address"),
    "fraud": _("Fraud"),
    "stock": _("Stock"),
    "customs": _("Customs"),
    "value": _("Value"),
    "manual": _("By hand"),
}
OWNERS = (("service", _("Service")), ("manager", _("Manager")), ("owner", _("Owner")))
SHIPS = (("whole", _("all of it together")), ("part", _("what is here, the rest later")))
#: Larger files come in by the command line.
LARGEST_UPLOAD = 20_000_000


class HoldForm(forms.Form):
    """Why an order must wait."""

    kind = forms.ChoiceField(label=_("Because of"), choices=[(k, HOLD_WORDS[k]) for k in Hold.Kind.values if k != "payment"], initial="manual")
    note = forms.CharField(label=_("Note"), max_length=500, help_text=_("No names or addresses: this stays."))
    owner_role = forms.ChoiceField(label=_("Who sees to it"), choices=OWNERS, initial="service")


class ReasonForm(forms.Form):
    """Why something is changed."""

    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("The customer reads it."))


class RefusalForm(forms.Form):
    """Why what a client asked for is not done."""

    note = forms.CharField(label=_("Note"), max_length=500, help_text=_("The client reads it."))


class CancelLinesForm(forms.Form):
    """How many units of one line are not wanted."""

    demand_id = forms.TypedChoiceField(label=_("Line"), coerce=int)
    quantity = forms.IntegerField(label=_("Units"), min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, lines: list[tuple[int, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demand_id"].choices = lines or []  # type: ignore[attr-defined]


class DemandQuantityForm(forms.Form):
    """One line and a number of units, as posted: which lines there are the use case knows."""

    demand_id = forms.IntegerField(min_value=1)
    quantity = forms.IntegerField(min_value=0, max_value=10_000_000)
    reason = forms.CharField(max_length=500)


class QuantityForm(CancelLinesForm):
    """How many units of one line are wanted from now on."""

    quantity = forms.IntegerField(label=_("Wanted from now on"), min_value=0, max_value=10_000_000)


class ServiceForm(forms.Form):
    """Faster or slower."""

    service = forms.ChoiceField(label=_("Service"), choices=SERVICE_WORDS)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class GiftForm(forms.Form):
    """Whether the order is a gift, and what is said to whom it goes."""

    gift = forms.BooleanField(label=_("It is a gift: no prices on its slip"), required=False)
    note = forms.CharField(
        label=_("Gift note"), max_length=MOST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Printed on the slip.")
    )
    wrap = forms.BooleanField(label=_("Wrapped"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        wanted = Gift(found.get("note", "").replace("\r\n", "\n"), found["wrap"]) if found["gift"] else None
        return {"gift": wanted, "reason": found.get("reason", "")}


class TermsForm(forms.Form):
    """Whether it waits until all of it is here, and what goes before what."""

    ship_complete = forms.TypedChoiceField(label=_("What leaves"), choices=SHIPS, coerce=lambda value: value == "whole")
    priority = forms.IntegerField(label=_("Priority"), min_value=0, max_value=MOST_URGENT, help_text=_("The highest is promised and released first."))
    reason = forms.CharField(label=_("Reason"), max_length=500)


class SplitForm(forms.Form):
    """How many units of each line go into a fulfillment order of their own: `lines` as (demand, label, most, proposed); as posted, whichever there are."""

    def __init__(self, *args: Any, lines: list[tuple[int, str, int, int]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = lines if lines is not None else [(int(n[6:]), "", 10_000_000, 0) for n in self.data if n[:6] == "units_" and n[6:].isdecimal() and len(n) < 25]
        for demand_id, label, most, proposed in asked:
            self.fields[f"units_{demand_id}"] = forms.IntegerField(label=label, min_value=0, max_value=most, initial=proposed, required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=500)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {"quantities": {int(n[6:]): q for n, q in found.items() if n[:6] == "units_" and q}, "reason": found.get("reason", "")}


class MergedForm(forms.Form):
    """The other fulfillment order, as posted: which there are the use case knows."""

    other_id = forms.IntegerField(label=_("Which"), min_value=1, max_value=2**62)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class MergeForm(forms.Form):
    """Which other fulfillment order becomes part of this one."""

    other_id = forms.TypedChoiceField(label=_("Which"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, others: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other_id"].choices = others  # type: ignore[attr-defined]


class MovedForm(forms.Form):
    """The other warehouse, as posted: which there are the use case knows."""

    warehouse_id = forms.IntegerField(label=_("Warehouse"), min_value=1, max_value=2**62)
    reason = forms.CharField(label=_("Reason"), max_length=500)


class MoveForm(forms.Form):
    """Which warehouse ships it instead."""

    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, *args: Any, houses: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse_id"].choices = houses  # type: ignore[attr-defined]


class PaymentForm(forms.Form):
    """By which means to ask again; empty: the same as before."""

    provider = forms.ChoiceField(label=_("Provider"), required=False)
    token = forms.CharField(label=_("Token of the customer's means of payment"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [("", _("as before")), *((n, n) for n in registry.names())]  # type: ignore[attr-defined]


class AddressFields(forms.Form):
    """An address as the customer wrote it."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    line1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    line2 = forms.CharField(label=_("Apartment, floor"), max_length=200, required=False)
    city = forms.CharField(label=_("City"), max_length=200, required=False)
    region = forms.CharField(label=_("State, province or region"), max_length=100, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    country = forms.RegexField(r"^[A-Z]{2}$", label=_("Country"), help_text=_("Two letters, as in CA."))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def address(self) -> AddressData:
        return AddressData(**{k: self.cleaned_data[k] for k in AddressFields.base_fields})


class AddressForm(AddressFields):
    """Where an order goes instead."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class OrderForm(AddressFields):
    """An order by hand."""

    client_id = forms.TypedChoiceField(label=_("Client"), coerce=int)
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    external_id = forms.CharField(label=_("The customer's order number"), max_length=64, required=False, help_text=_("Empty: one is made."))
    customer_ref = forms.CharField(label=_("Customer number"), max_length=64, required=False)
    lines = forms.CharField(
        label=_("Lines"), widget=forms.Textarea(attrs={"rows": 6}), help_text=_("One a row: SKU, quantity, price of one. Like: MUG-BLUE 2 12.50")
    )
    charges = forms.DecimalField(label=_("Delivery and other charges"), decimal_places=3, max_digits=12, initial=0)
    service = forms.ChoiceField(label=_("Service"), choices=SERVICE_WORDS)
    ship_complete = forms.TypedChoiceField(
        label=_("What leaves"), choices=[("", _("as the client ships")), *SHIPS], coerce=lambda value: value == "whole", empty_value=None, required=False
    )
    priority = forms.IntegerField(
        label=_("Priority"), min_value=0, max_value=MOST_URGENT, initial=0, required=False, help_text=_("The highest is promised and released first.")
    )
    gift_note = forms.CharField(
        label=_("Gift note"),
        max_length=MOST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed on the slip, which then says no prices."),
    )
    gift_wrap = forms.BooleanField(label=_("Wrapped as a gift"), required=False)
    payment = forms.ChoiceField(label=_("Paid by"))
    token = forms.CharField(label=_("Token of the customer's means of payment"), max_length=200, required=False)
    field_order = (
        "client_id",
        "warehouse_id",
        "external_id",
        "customer_ref",
        "lines",
        "charges",
        "service",
        "ship_complete",
        "priority",
        "gift_note",
        "gift_wrap",
        "payment",
        "token",
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = client_choices(scope)  # type: ignore[attr-defined]
        self.fields["warehouse_id"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]
        self.fields["payment"].choices = [("", _("paid elsewhere")), *((n, n) for n in registry.names())]  # type: ignore[attr-defined]
        self.fields["payment"].required = False

    def clean_lines(self) -> tuple[NewLine, ...]:
        found = []
        for n, row in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not row.strip():
                continue
            parts = row.replace("\t", " ").replace(";", " ").split()
            try:
                sku, quantity, price = parts
                found.append(NewLine(sku, int(quantity), Decimal(price)))
            except (ValueError, InvalidOperation):
                raise forms.ValidationError(gettext("Row %(n)d: a SKU, a whole quantity and a price are wanted.") % {"n": n}) from None
        return tuple(found)


class MendForm(forms.Form):
    """The order as it should be."""

    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    payload = forms.CharField(label=_("The order"), widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false"}))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse_id"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]

    def clean_payload(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data["payload"])
        except ValueError as error:
            raise forms.ValidationError(gettext("This is not JSON: %s") % error) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(gettext("An order is wanted: { … }."))
        return found


class ImportForm(forms.Form):
    """A file of orders."""

    client_id = forms.TypedChoiceField(label=_("Client"), coerce=int)
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    file = forms.FileField(label=_("File"), help_text=_("Plain order CSV, JSON lines or Online Retail, up to 20 MB; larger ones by the command line."))
    preset = forms.ChoiceField(label=_("Format"), required=False, choices=[("", _("as recognised")), *((f.value, f.value) for f in Format)])
    payment = forms.ChoiceField(label=_("Paid by"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].choices = client_choices(scope)  # type: ignore[attr-defined]
        self.fields["warehouse_id"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]
        self.fields["payment"].choices = [("", _("paid elsewhere")), *((n, n) for n in registry.names())]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > LARGEST_UPLOAD:
            raise forms.ValidationError(gettext("The file is larger than 20 MB: import it with the command line."))
        return given
