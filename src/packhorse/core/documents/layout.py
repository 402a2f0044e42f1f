"""What the PDF and the ZPL of a label have in common: sizes in dots at 203 dpi, and the words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from packhorse.core.documents.types import Paper, ShippingLabel

DPI: Final = 203
WIDTH, HEIGHT = 4 * DPI, 6 * DPI
MARGIN: Final = 24
#: Room for a barcode with its quiet zones.
ROOM: Final = WIDTH - 8
SMALL_WIDTH, SMALL_HEIGHT = 3 * DPI, DPI
SMALL_ROOM: Final = SMALL_WIDTH - 8
SMALL_SQUARE: Final = SMALL_HEIGHT - 24
SMALL_MODULE: Final = 14

#: Top edges on the shipping label, in dots; the templates place by the same numbers.
TOP_FROM, TOP_TO, TOP_ROUTING, TOP_TRACKING, TOP_SSCC, TOP_FOOT = 104, 292, 540, 704, 944, 1152
HIGH_ROUTING, HIGH_TRACKING, HIGH_SSCC = 110, 170, 150


#: Where paper is 8½ × 11 inch.
_LETTER: Final = frozenset({"US", "CA", "MX", "CL", "CO", "PH", "VE"})


def paper_of(country: str) -> Paper:
    """The paper that printers in a country are loaded with."""
    return "letter" if country in _LETTER else "a4"


def n_of_m(n: int, m: int) -> str:
    return _("{n} of {m}").format(n=n, m=m)


def weight(grams: int) -> str:
    """Kilograms with two decimals, rounded up: a label never understates a weight."""
    tens = -(-grams // 10)
    return f"{tens // 100}.{tens % 100:02d} kg"


def facts(label: ShippingLabel) -> list[list[str]]:
    """What stands beside the sender: (what, value)."""
    found = [[_("Date"), label.ships_on.isoformat()], [_("Weight"), weight(label.weight_g)], [_("Parcel"), n_of_m(label.parcel, label.parcels)]]
    if label.reference:
        found.append([_("Ref."), label.reference])
    if label.return_number:
        found.append([_("Return"), label.return_number])
    return found


def words() -> dict[str, str]:
    """The fixed words of all templates in the active language."""
    return {
        "from": _("From"),
        "to": _("Ship to"),
        "tracking": _("Tracking number"),
        "return": _("RETURN"),
        "page": _("Page"),
        "of": _("of"),
        "total": _("Total"),
        "for": _("Delivered to"),
    }
