"""Labels that belong to a parcel: its own number, its SSCC; the codes of the bench; and which scans mean a parcel."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core import clock, discover, sscc
from packhorse.core.actors import Scope
from packhorse.core.documents import SmallLabel, UnitLabel, small_labels_pdf
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import DO
from packhorse.steps.packing.types import ParcelInfo

#: A batch of papers that went to a printer is kept so many days, to be sent again.
KEPT_DAYS: Final = 7
#: So many papers are made while a browser waits: two seconds.
AT_ONCE: Final = 200


def kept_until() -> dt.date:
    return clock.now().date() + dt.timedelta(days=KEPT_DAYS)


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


def sscc_label(parcel: ParcelInfo) -> UnitLabel:
    """The 4 × 6 inch label with the parcel's number and its SSCC."""
    facts = (
        (gettext("Order"), parcel.fulfillment_order),
        (gettext("Pieces"), str(parcel.units)),
        (gettext("Weight"), f"{parcel.weight_g / 1000:.2f} kg"),
        (gettext("Size"), f"{parcel.length_mm} × {parcel.width_mm} × {parcel.height_mm} mm"),
        (gettext("Sealed"), parcel.sealed_at.date().isoformat()),
    )
    return UnitLabel(code=parcel.number, title=gettext("Parcel"), made_on=parcel.sealed_at.date(), sscc=sscc.of_parcel(parcel.parcel_id), facts=facts)


def names(scope: Scope, scan: Scan, parcel: ParcelInfo) -> bool:
    """Whether a scan means this parcel: its own number, or what a later step (a label's tracking number) says is this parcel's."""
    if scan.text.upper() == parcel.number or (scan.sscc is not None and sscc.parcel_of(scan.sscc) == parcel.parcel_id):
        return True
    wanted = Ref("packing.parcel", parcel.parcel_id)
    for _room, module in discover.modules("selectors"):
        resolve = getattr(module, "resolve", None)
        if resolve is not None and any(m.ref == wanted for m in resolve(scan, Context(scope))):
            return True
    return False
