"""Documents that belong to a parcel: its own number label, and what later steps have for it (shipping labels, packing slips)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import discover
from packhorse.core.actors import Scope
from packhorse.core.documents import SmallLabel, small_labels_pdf
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import DO
from packhorse.steps.packing.types import ParcelInfo


def documents_of(scope: Scope, parcel: ParcelInfo) -> list[tuple[Text, str]]:
    """(label, URL) of a parcel's documents: those of later steps (`panel.documents(scope, ref)`) first, then the parcel's own number label."""
    found: list[tuple[Text, str]] = []
    for _room, panel in discover.modules("panel"):
        documents = getattr(panel, "documents", None)
        if documents is not None:
            found += documents(scope, Ref("packing.parcel", parcel.parcel_id))
    return [*found, (_("Parcel number"), reverse("packing:parcel-label", args=[parcel.parcel_id]))]


#: The scanner's buttons at the bench as codes to scan, so that a hand need not leave the scanner.
COMMANDS: Final[tuple[tuple[str, Text], ...]] = (
    ("quantity", _("Several")),
    ("many", _("They are in")),
    ("box", _("Another box")),
    ("close", _("Close it so")),
    ("weigh", _("Weigh")),
    ("next", _("Label comes later")),
    ("reopen", _("Open again")),
    ("back", _("Back")),
    ("again", _("Another order")),
)


def command_card(day: dt.date) -> bytes:
    """Labels for the bench: each button of the packing screens as a code, as PDF."""
    return small_labels_pdf([SmallLabel(code=f"{DO}{name.upper()}", title=str(label), subtitle=gettext("Pack")) for name, label in COMMANDS], day)


def number_label(parcel: ParcelInfo) -> bytes:
    """The label with the parcel's own number, as PDF."""
    return small_labels_pdf([SmallLabel(code=parcel.number, title=parcel.number, subtitle=parcel.fulfillment_order)], parcel.sealed_at.date())


def names(scope: Scope, scan: Scan, parcel: ParcelInfo) -> bool:
    """Whether a scan means this parcel: its own number, or what a later step (a label's tracking number) says is this parcel's."""
    if scan.text.upper() == parcel.number:
        return True
    wanted = Ref("packing.parcel", parcel.parcel_id)
    for _room, module in discover.modules("selectors"):
        resolve = getattr(module, "resolve", None)
        if resolve is not None and any(m.ref == wanted for m in resolve(scan, Context(scope))):
            return True
    return False
