"""The forms of this step's pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors
from packhorse.steps.inventory.types import ArrivedLine, LevelAt, PurchaseLineInfo, PurchaseOrderInfo, ReceivedLine, TransferInfo

CONDITIONS = (("sellable", _("Sellable")), ("held", _("Held")), ("damaged", _("Damaged")))
REASONS = (
    ("lost", _("Lost")),
    ("found", _("Found")),
    ("correction", _("Correction")),
    ("damaged", _("Damaged, thrown away")),
    ("expired", _("Expired, thrown away")),
    ("sample", _("Sample")),
)


class OpenChoice(forms.ChoiceField):
    """A choice whose values the page fills in; what is posted is checked by who looks it up."""

    def valid_value(self, value: Any) -> bool:
        return bool(str(value))


def level_choices(levels: list[LevelAt]) -> list[tuple[str, str]]:
    """Levels to choose from: place, lot, condition and what lies free there."""
    return [
        (
            str(x.level_id),
            " · ".join(filter(None, [x.location, x.lot, "" if x.condition == "sellable" else x.condition, f"{x.on_hand - x.allocated}/{x.on_hand}"])),
        )
        for x in levels
    ]


class AdjustForm(forms.Form):
    """More or less of what lies at a place."""

    level = OpenChoice(label=_("Where"))
    quantity = forms.IntegerField(label=_("More or less"), help_text=_("+3 for three more, -3 for three less"))
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, levels: list[LevelAt] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = level_choices(levels or [])  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """What lies at a place goes to another, or changes condition."""

    level = OpenChoice(label=_("From"))
    target = forms.CharField(label=_("To"), max_length=40, help_text=_("A place's code; the same place to change only the condition"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    condition = forms.ChoiceField(label=_("Condition there"), choices=CONDITIONS)

    def __init__(self, *args: Any, levels: list[LevelAt] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = level_choices(levels or [])  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("Reason, if something is missing"), max_length=200, required=False)


class ConfirmForm(forms.Form):
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class PutForm(forms.Form):
    """Goods were put away."""

    place = forms.CharField(label=_("Bin"), max_length=40)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, required=False)


class SupplierForm(forms.Form):
    """A new supplier."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    code = forms.CharField(label=_("Code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    lead_time_days = forms.IntegerField(label=_("Lead time, days"), min_value=0, max_value=3650, initial=7)

    def __init__(self, *args: Any, clients: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = clients  # type: ignore[attr-defined]


def warehouse_choices(scope: Scope) -> list[tuple[int, str]]:
    """The warehouses that the reader sees."""
    return [(w.id, w.name) for w in warehouses.all_warehouses(scope)]


def typed_lines(text: str) -> list[tuple[str, int, Decimal]]:
    """(SKU, quantity, cost of one), one a line, typed or copied from a spreadsheet.   Raises: ValidationError."""
    found = []
    for n, line in enumerate(text.splitlines(), 1):
        parts = line.replace("\t", ",").replace(";", ",").split(",") if any(c in line for c in "\t;,") else line.split()
        parts = [p.strip() for p in parts]
        if not any(parts):
            continue
        try:
            cost = Decimal(parts[2]) if len(parts) > 2 and parts[2] else Decimal(0)
            if len(parts) < 2 or not cost.is_finite() or not 0 <= cost < 10**9:
                raise ValueError(line)
            found.append((parts[0], int(parts[1]), cost))
        except (ValueError, InvalidOperation):
            raise forms.ValidationError(gettext("Line %d cannot be read: SKU, quantity, cost") % n) from None
    return found


def dock_choices(scope: Scope, warehouse_id: int) -> list[tuple[int, str]]:
    """Where goods come in: docks and staging places, else bins."""
    docks = warehouses.locations_of_kind(scope, warehouse_id, "dock", "staging") or warehouses.locations_of_kind(scope, warehouse_id, "bin")[:50]
    return [(p.id, p.code) for p in docks]


class PurchaseOrderForm(forms.Form):
    """A new purchase order; its lines are typed or pasted, one a line: SKU, quantity and, if known, the cost of one unit."""

    supplier = forms.TypedChoiceField(label=_("Supplier"), coerce=int)
    warehouse = forms.TypedChoiceField(label=_("For warehouse"), coerce=int)
    lines = forms.CharField(
        label=_("Lines"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: SKU, quantity, cost of one (if known); as copied from a spreadsheet"),
    )
    expected_on = forms.DateField(
        label=_("Expected on"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: after the supplier's lead time")
    )
    reference = forms.CharField(label=_("Your reference"), required=False, max_length=80)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = selectors.suppliers(scope, ListQuery(limit=1000, count=False)).rows
        self.fields["supplier"].choices = [(s.id, f"{s.client} · {s.name}") for s in found]  # type: ignore[attr-defined]
        self.fields["warehouse"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]

    def clean_lines(self) -> list[tuple[str, int, Decimal]]:
        """(SKU, quantity, cost of one)."""
        return typed_lines(self.cleaned_data["lines"])


class ReceiveForm(forms.Form):
    """What came in of each line of a purchase order."""

    location = forms.TypedChoiceField(label=_("Where"), coerce=int)

    def __init__(self, *args: Any, order: PurchaseOrderInfo, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = order.lines
        self.fields["location"].choices = dock_choices(scope, order.row.warehouse_id)  # type: ignore[attr-defined]
        for line in order.lines:
            self._line(line)

    def _line(self, line: PurchaseLineInfo) -> None:
        label = gettext("%(sku)s · %(name)s") % {"sku": line.sku, "name": line.item_name}
        hint = gettext("%(open)d of %(ordered)d still to come") % {"open": line.open, "ordered": line.quantity}
        self.fields[f"good_{line.id}"] = forms.IntegerField(label=label, min_value=0, required=False, help_text=hint)
        self.fields[f"damaged_{line.id}"] = forms.IntegerField(label=gettext("of it damaged, besides"), min_value=0, required=False)
        if line.tracking != "none":
            self.fields[f"lot_{line.id}"] = forms.CharField(label=gettext("Lot"), max_length=80, required=False)
            self.fields[f"expires_{line.id}"] = forms.DateField(label=gettext("Expiry"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def received(self) -> list[ReceivedLine]:
        """The lines that came, as the use case takes them."""
        found = []
        for line in self.lines:
            lot: str = self.cleaned_data.get(f"lot_{line.id}") or ""
            expires: dt.date | None = self.cleaned_data.get(f"expires_{line.id}")
            if good := self.cleaned_data.get(f"good_{line.id}"):
                found.append(ReceivedLine(line.item_id, good, lot, expires))
            if damaged := self.cleaned_data.get(f"damaged_{line.id}"):
                found.append(ReceivedLine(line.item_id, damaged, lot, expires, "damaged", gettext("damaged on arrival")))
        return found


class SendTransferForm(forms.Form):
    """Goods go to another warehouse; its lines are typed or pasted, one a line: SKU and quantity."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    source = forms.TypedChoiceField(label=_("From warehouse"), coerce=int)
    target = forms.TypedChoiceField(label=_("To warehouse"), coerce=int)
    lines = forms.CharField(label=_("Lines"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("One a line: SKU, quantity; as copied from a spreadsheet"))
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = [(c.id, c.name) for c in catalog.all_clients(scope)]  # type: ignore[attr-defined]
        self.fields["source"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]
        self.fields["target"].choices = warehouse_choices(replace(scope, warehouse_ids=None))  # type: ignore[attr-defined]

    def clean_lines(self) -> list[tuple[str, int]]:
        """(SKU, quantity)."""
        return [(sku, quantity) for sku, quantity, _cost in typed_lines(self.cleaned_data["lines"])]


class ReceiveTransferForm(forms.Form):
    """What came of each line of a transfer that is still on its way."""

    location = forms.TypedChoiceField(label=_("Where"), coerce=int)
    reason = forms.CharField(label=_("Reason, if something is damaged or too much"), max_length=200, required=False)

    def __init__(self, *args: Any, transfer: TransferInfo, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [n for n in transfer.lines if n.open]
        self.fields["location"].choices = dock_choices(scope, transfer.warehouse_id)  # type: ignore[attr-defined]
        for n in self.lines:
            hint = gettext("%(open)d of %(sent)d still on their way") % {"open": n.open, "sent": n.quantity}
            self.fields[f"good_{n.id}"] = forms.IntegerField(label=" · ".join(filter(None, (n.sku, n.lot))), min_value=0, required=False, help_text=hint)
            self.fields[f"damaged_{n.id}"] = forms.IntegerField(label=gettext("of it damaged, besides"), min_value=0, required=False)

    def arrived(self) -> list[ArrivedLine]:
        """The lines that came, as the use case takes them."""
        why = self.cleaned_data["reason"]
        found = []
        for n in self.lines:
            if good := self.cleaned_data.get(f"good_{n.id}"):
                found.append(ArrivedLine(n.id, good, reason=why if good > n.open else ""))
            if damaged := self.cleaned_data.get(f"damaged_{n.id}"):
                found.append(ArrivedLine(n.id, damaged, "damaged", why or gettext("damaged on arrival")))
        return found


class CountRequestForm(forms.Form):
    """Bins to be counted."""

    warehouse = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    places = forms.CharField(label=_("Bins"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Codes of bins, separated by spaces or lines"))
    reason = forms.CharField(label=_("Reason"), max_length=200, initial=_("Cycle count"))
    tolerance = forms.IntegerField(label=_("Tolerance, units"), min_value=0, initial=0)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]


class RelocateForm(forms.Form):
    """Goods of a relocation lie in their new place."""

    source = forms.CharField(label=_("Taken from"), max_length=40)
    target = forms.CharField(label=_("Brought to"), max_length=40)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)


class FoundForm(forms.Form):
    """Less was there than was to be brought."""

    found = forms.IntegerField(label=_("How many were there, and are brought"), min_value=0, initial=0)


class WarehouseForm(forms.Form):
    """Which warehouse."""

    warehouse = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]


class PickFacesForm(forms.Form):
    """Pick faces of a client's items, typed or pasted, one a line: SKU, bin, minimum, maximum; without figures the bin is a pick face no more."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    warehouse = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    lines = forms.CharField(
        label=_("Pick faces"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: SKU, bin, minimum, maximum; as copied from a spreadsheet. SKU and bin alone: not a pick face any more"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = [(c.id, c.name) for c in catalog.all_clients(scope)]  # type: ignore[attr-defined]
        self.fields["warehouse"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]

    def clean_lines(self) -> list[tuple[str, str, int, int | None]]:
        """(SKU, bin, minimum, maximum)."""
        found: list[tuple[str, str, int, int | None]] = []
        for n, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            parts = line.replace("\t", " ").replace(",", " ").replace(";", " ").split()
            if not parts:
                continue
            figures = parts[2:]
            if len(parts) not in (2, 4) or not all(f.isascii() and f.isdigit() and len(f) < 13 for f in figures):
                raise forms.ValidationError(gettext("Line %d cannot be read: SKU, bin, minimum, maximum") % n)
            found.append((parts[0], parts[1].upper(), int(figures[0]), int(figures[1])) if figures else (parts[0], parts[1].upper(), 0, None))
        return found
