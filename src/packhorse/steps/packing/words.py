"""What stored words of packing are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.web.cells import Badge, Text

PARCEL: Final = {
    "open": Badge(_("Open"), "calm"),
    "sealed": Badge(_("Sealed"), "busy"),
    "labelled": Badge(_("Labelled"), "busy"),
    "loaded": Badge(_("Loaded"), "busy"),
    "handed_over": Badge(_("Handed over"), "good"),
    "voided": Badge(_("Opened again"), "off"),
}
NOTES: Final[dict[str, Text]] = {
    "pieces_scanned": _("Pieces scanned"),
    "another_box": _("Another box"),
    "packed_as_is": _("Packed as is"),
}
VERDICTS: Final[dict[str, Text]] = {
    "chosen": _("chosen"),
    "dearer": _("would cost more"),
    "too_small": _("too small"),
    "no_room": _("no arrangement found"),
    "too_heavy": _("too heavy for it"),
    "groups": _("pieces that may not share a box"),
    "unavailable": _("not available"),
}
#: Why a packer takes another box than the one proposed.
WHY_ANOTHER_BOX: Final[tuple[tuple[str, Text], ...]] = (
    ("too_small", _("It does not fit")),
    ("too_large", _("Too much air")),
    ("none_left", _("None left at the bench")),
    ("protection", _("Needs more protection")),
    ("other", _("Something else")),
)
