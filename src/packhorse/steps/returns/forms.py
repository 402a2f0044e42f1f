"""The forms of the pages of returns, and the words for what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as now_, gettext_lazy as _, pgettext_lazy

from packhorse.core.actors import Scope
from packhorse.core.web import cells
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.selectors import client_choices
from packhorse.ground.warehouse.selectors import warehouse_choices
from packhorse.steps.returns.policy import REASONS
from packhorse.steps.returns.types import AskedKit, AskedLine, Judged, Piece, PolicyTerms, ReceivedInfo, RefundedLine, ReturnableKit, ReturnableLine, RmaInfo

STATE_WORDS = {
    "requested": cells.Badge(_("To be decided"), "warn"),
    "approved": cells.Badge(_("Approved"), "calm"),
    "refused": cells.Badge(_("Refused"), "off"),
    "label_sent": cells.Badge(_("Label sent"), "calm"),
    "in_transit": cells.Badge(_("On its way back"), "busy"),
    "received": cells.Badge(_("To be inspected"), "warn"),
    "inspected": cells.Badge(_("Inspected"), "busy"),
    "settled": cells.Badge(_("Settled"), "good"),
    "expired": cells.Badge(_("Expired"), "off"),
}
KIND_WORDS = {
    "expected": cells.Badge(_("As expected"), "good"),
    "damaged": cells.Badge(_("Damaged"), "bad"),
    "extra": cells.Badge(pgettext_lazy("return", "Extra"), "warn"),
    "wrong": cells.Badge(pgettext_lazy("return", "Wrong"), "bad"),
    "missing": cells.Badge(pgettext_lazy("return", "Missing"), "warn"),
}
WANTS_WORDS = {"refund": _("Refund"), "exchange": _("Exchange")}
GRADE_WORDS = (("A", _("A – as new")), ("B", _("B – opened, sellable")), ("C", _("C – used or marked")), ("D", _("D – broken")))
DISPOSITION_WORDS = {
    "restock": _("Sell again"),
    "refurbish": _("Refurbish"),
    "vendor": _("Back to the supplier"),
    "liquidate": _("Sell off"),
    "donate": _("Give away"),
    "scrap": _("Scrap"),
}
#: Where a grade goes unless somebody says otherwise.
USUALLY = {"A": "restock", "B": "restock", "C": "liquidate", "D": "scrap"}
SETTLEMENT_WORDS = {
    "refunded": _("Refunded"),
    "nothing": _("Nothing was owed"),
    "exchange": _("Exchanged"),
    "paid_elsewhere": _("Paid elsewhere: give the money back there"),
}
REFUND_WORDS = {
    "waiting": cells.Badge(_("Waits for the order’s money"), "warn"),
    "asked": cells.Badge(_("Asked for"), "busy"),
    "failed": cells.Badge(_("Refused by the bank"), "bad"),
    "paid": cells.Badge(_("Paid"), "good"),
    "dropped": cells.Badge(_("Written off"), "off"),
}
TICKET_WORDS = {
    "open": cells.Badge(_("To be answered"), "warn"),
    "waiting": cells.Badge(_("Waits for the customer"), "calm"),
    "solved": cells.Badge(_("Solved"), "good"),
}
TICKET_KINDS = {
    "question": _("Question"),
    "where_is_it": _("Where is it?"),
    "lost": _("Lost"),
    "damaged": _("Damaged"),
    "wrong_item": _("Wrong item"),
    "return": _("Return"),
    "other": _("Other"),
}
PRIORITY_WORDS = {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")}

#: The largest photo that a customer may send, in bytes, and what a photo begins with.
LARGEST_PHOTO = 8_000_000
_PHOTOS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def photo_type(data: bytes) -> str | None:
    """The media type of a photo by its first bytes; None where it is none that we keep."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for begins, kind in _PHOTOS if data.startswith(begins)), None)


class NoteForm(forms.Form):
    """A word about a decision."""

    note = forms.CharField(label=_("Note"), max_length=500, help_text=_("The customer reads it."))


class OptionalNoteForm(forms.Form):
    """A word about a decision, or none."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=_("The customer reads it."))


class OrderNumberForm(forms.Form):
    """An order, by what is written on it."""

    order = forms.CharField(label=_("Order number"), max_length=100)


class AskForm(forms.Form):
    """Which lines of an order come back, how many of each, and why."""

    wants = forms.ChoiceField(label=_("The customer wants"), choices=tuple(WANTS_WORDS.items()), initial="refund")

    def __init__(self, *args: Any, lines: Sequence[ReturnableLine] = (), kits: Sequence[ReturnableKit] = (), photos: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.returnable > 0]
        self.kits = [kit for kit in kits if kit.returnable > 0]
        for kit in self.kits:
            self._offer(f"kit_{kit.kit_id}", _("%(name)s (%(sku)s), whole") % {"name": kit.name, "sku": kit.sku}, kit.returnable)
        for line in self.lines:
            self._offer(str(line.demand_id), f"{line.name} ({line.sku})", line.returnable)
            if photos:
                self.fields[f"photo_{line.demand_id}"] = forms.FileField(
                    label=_("Photo (if it helps)"), required=False, widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
                )

    def _offer(self, name: str, label: str, most: int) -> None:
        """Fields for how many of one thing come back, and why."""
        self.fields[f"quantity_{name}"] = forms.TypedChoiceField(
            label=label, coerce=int, choices=[(n, str(n)) for n in range(min(most, 200) + 1)], initial=0, required=False
        )
        self.fields[f"reason_{name}"] = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *REASONS.items()], required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        chosen = [
            name for name in (*(f"kit_{kit.kit_id}" for kit in self.kits), *(str(line.demand_id) for line in self.lines)) if found.get(f"quantity_{name}")
        ]
        if not chosen:
            raise forms.ValidationError(now_("Choose what comes back."))
        for name in chosen:
            if not found.get(f"reason_{name}"):
                self.add_error(f"reason_{name}", now_("Say why."))
            photo = found.get(f"photo_{name}")
            if photo is not None and (photo.size > LARGEST_PHOTO or photo_type(photo.read(16)) is None):
                self.add_error(f"photo_{name}", now_("A JPEG, PNG or WebP photo of at most 8 MB."))
        return found

    def asked(self, photos: dict[int, int] | None = None) -> list[AskedLine]:
        """The lines that were chosen; `photos` are stored files by demand."""
        d = self.cleaned_data
        return [
            AskedLine(line.demand_id, d[f"quantity_{line.demand_id}"], d[f"reason_{line.demand_id}"], (photos or {}).get(line.demand_id))
            for line in self.lines
            if d.get(f"quantity_{line.demand_id}")
        ]

    def asked_kits(self) -> list[AskedKit]:
        """The kits that were chosen."""
        d = self.cleaned_data
        return [
            AskedKit(kit.kit_id, d[f"quantity_kit_{kit.kit_id}"], d[f"reason_kit_{kit.kit_id}"]) for kit in self.kits if d.get(f"quantity_kit_{kit.kit_id}")
        ]


def pieces_of(scope: Scope, client_id: int, text: str) -> list[Piece]:
    """Lines of "SKU quantity [lot]" as pieces.

    Raises: ValidationError.
    """
    rows = [line.split() for line in text.splitlines() if line.strip()]
    items = catalog.items_by_sku(scope, client_id, {r[0] for r in rows})
    found = []
    for r in rows:
        if r[0] not in items or len(r) > 3 or not (len(r) == 1 or (r[1].isascii() and r[1].isdigit() and 0 < int(r[1][:9]) < 10**8)):
            raise forms.ValidationError(now_("“%s” is not an item of this client with a quantity.") % " ".join(r))
        found.append(Piece(items[r[0]].id, int(r[1]) if len(r) > 1 else 1, lot=r[2] if len(r) > 2 else ""))
    return found


class ReceiveForm(forms.Form):
    """What lay in a return's parcel."""

    def __init__(self, *args: Any, rma: RmaInfo, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rma, self.scope = rma, scope
        for line in rma.lines:
            left = line.quantity - line.received
            name = f"{line.sku} · {line.name}"
            self.fields[f"good_{line.line_id}"] = forms.IntegerField(label=now_("%s: as expected") % name, min_value=0, max_value=10**6, initial=left)
            self.fields[f"damaged_{line.line_id}"] = forms.IntegerField(label=now_("%s: damaged") % name, min_value=0, max_value=10**6, initial=0)
        self.fields["others"] = forms.CharField(
            label=_("What else was in it"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("A line each: SKU (of a kit, for all that is in it), quantity, lot where it is kept by lot."),
        )

    def clean_others(self) -> list[Piece]:
        return pieces_of(self.scope, self.rma.client_id, self.cleaned_data["others"])

    def pieces(self) -> list[Piece]:
        d = self.cleaned_data
        good = [Piece(line.item_id, q) for line in self.rma.lines if (q := d[f"good_{line.line_id}"])]
        damaged = [Piece(line.item_id, q, damaged=True) for line in self.rma.lines if (q := d[f"damaged_{line.line_id}"])]
        return [*good, *damaged, *d["others"]]


class InspectForm(forms.Form):
    """Each received row: how many, which grade, where it goes, refunded or not."""

    def __init__(self, *args: Any, rows: Sequence[ReceivedInfo] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [r for r in rows if r.open]
        for r in self.rows:
            name = f"{r.sku} · {r.name}" + (f" · {r.lot}" if r.lot else "")
            self.fields[f"quantity_{r.received_id}"] = forms.IntegerField(
                label=now_("%(what)s (%(kind)s): how many") % {"what": name, "kind": KIND_WORDS[r.kind].word}, min_value=0, max_value=r.open, initial=r.open
            )
            self.fields[f"grade_{r.received_id}"] = forms.ChoiceField(label=_("Grade"), choices=GRADE_WORDS, initial="D" if r.kind == "damaged" else "A")
            self.fields[f"disposition_{r.received_id}"] = forms.ChoiceField(
                label=_("Where it goes"), choices=tuple(DISPOSITION_WORDS.items()), initial=USUALLY["D" if r.kind == "damaged" else "A"]
            )
            if r.line_id is not None:
                self.fields[f"accepted_{r.received_id}"] = forms.BooleanField(label=_("Refund the customer"), required=False, initial=True)
            self.fields[f"note_{r.received_id}"] = forms.CharField(label=_("Note"), max_length=500, required=False)

    def judged(self) -> list[Judged]:
        d = self.cleaned_data
        return [
            Judged(
                r.received_id,
                d[f"quantity_{r.received_id}"],
                d[f"grade_{r.received_id}"],
                d[f"disposition_{r.received_id}"],
                bool(d.get(f"accepted_{r.received_id}")),
                d[f"note_{r.received_id}"],
            )
            for r in self.rows
            if d[f"quantity_{r.received_id}"]
        ]


class BlindForm(forms.Form):
    """A parcel that nobody announced."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    warehouse = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    lines = forms.CharField(
        label=_("What was in it"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("A line each: SKU, quantity, lot where it is kept by lot.")
    )
    external_id = forms.CharField(label=_("Number on its papers"), max_length=100, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["client"].choices = client_choices(scope)  # type: ignore[attr-defined]
        self.fields["warehouse"].choices = warehouse_choices(scope)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "client" in found and "lines" in found:
            try:
                found["pieces"] = pieces_of(self.scope, found["client"], found["lines"])
            except forms.ValidationError as refusal:
                self.add_error("lines", refusal)
        return found


class SettleForm(forms.Form):
    """How an inspected return is settled by a person."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=(
            ("refund", _("Refund in place of the exchange")),
            ("exchange", _("A new order was made")),
            ("rest", _("Refund what is left of the customer’s money")),
            ("nothing", _("Write off what is owed")),
        ),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=_("The new order’s number, or why nothing is refunded."))


class PolicyForm(forms.Form):
    """A client's terms of return. Amounts in minor units (cents)."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    country = forms.CharField(label=_("Only for this country"), max_length=2, required=False, help_text=_("Two letters (CA); empty: all countries."))
    window_days = forms.IntegerField(label=_("Days to return"), min_value=0, max_value=3650, initial=30)
    send_within_days = forms.IntegerField(label=_("Days to send it after approval"), min_value=1, max_value=365, initial=30)
    label_paid_by = forms.ChoiceField(label=_("The way back is paid by"), choices=(("merchant", _("us: a label is sent")), ("customer", _("the customer"))))
    fee_minor = forms.IntegerField(label=_("Fee kept, in cents"), min_value=0, max_value=10**9, initial=0)
    refund_charges = forms.ChoiceField(label=_("Delivery is refunded"), choices=(("whole", _("when everything comes back")), ("never", _("never"))))
    review_above_minor = forms.IntegerField(
        label=_("A person looks at returns above, in cents"), min_value=0, max_value=10**12, required=False, help_text=_("Empty: none.")
    )
    final_sale = forms.CharField(
        label=_("Final sale"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("SKUs that cannot be returned, separated by spaces or lines."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = client_choices(scope)  # type: ignore[attr-defined]

    def terms(self) -> PolicyTerms:
        d = self.cleaned_data
        return PolicyTerms(
            d["window_days"], d["label_paid_by"], d["fee_minor"], d["refund_charges"], d["review_above_minor"], d["send_within_days"],
            tuple(d["final_sale"].replace(",", " ").split()),
        )  # fmt: skip


class TicketForm(forms.Form):
    """A customer's concern."""

    client = forms.TypedChoiceField(label=_("Client"), coerce=int)
    order = forms.CharField(label=_("Order number"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("About"), choices=tuple(TICKET_KINDS.items()))
    priority = forms.ChoiceField(label=_("Priority"), choices=tuple(PRIORITY_WORDS.items()), initial="normal")
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("What the customer says"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))
    contact = forms.EmailField(label=_("Mail address to answer to"), required=False, help_text=_("Empty: the order’s."))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = client_choices(scope)  # type: ignore[attr-defined]


class WriteForm(forms.Form):
    """A customer writes to us, from the portal."""

    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    body = forms.CharField(label=_("Your message"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))


class ReplyForm(forms.Form):
    """What we answer."""

    body = forms.CharField(label=_("Answer"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}), help_text=_("It goes to the customer by mail."))
    solve = forms.BooleanField(label=_("This solves it"), required=False)


class MessageForm(forms.Form):
    """What the customer wrote or said."""

    body = forms.CharField(label=_("What the customer says"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))


class RefundForm(forms.Form):
    """Money back without goods: units of a line, or an amount."""

    demand_id = forms.TypedChoiceField(label=_("Line"), coerce=int, required=False, empty_value=None)
    quantity = forms.IntegerField(label=_("Units"), min_value=1, required=False)
    amount_minor = forms.IntegerField(label=_("Or an amount, in cents"), min_value=1, max_value=10**12, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, lines: Sequence[ReturnableLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((line.demand_id, f"{line.sku} ({line.returnable})") for line in lines if line.returnable)]
        self.fields["demand_id"].choices = choices  # type: ignore[attr-defined]

    def lines(self) -> list[RefundedLine]:
        d = self.cleaned_data
        return [RefundedLine(d["demand_id"], d["quantity"] or 1)] if d["demand_id"] else []
