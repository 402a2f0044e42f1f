"""What stored words of packing are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _, gettext_noop, pgettext_lazy

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
    "weight_why": _("Weight far off, and why"),
    "packed_as_is": _("Packed as is"),
}
#: On what basis a box was chosen, as it is kept with the parcel.
BASES: Final = (
    gettext_noop("fewest and smallest boxes"),
    gettext_noop("the box of last time for the same contents"),
    gettext_noop("chosen by the packer"),
    gettext_noop("chosen by the packer: load not computed"),
    gettext_noop("cut to size"),
    gettext_noop("own carton"),
    gettext_noop("larger than every box"),
    gettext_noop("size not known: the middle box"),
    gettext_noop("size not known, no box in the catalogue"),
)
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
WHY_BOX: Final = dict(WHY_ANOTHER_BOX)
#: Why a weight far off what is expected is right.
WHY_WEIGHT: Final[tuple[tuple[str, Text], ...]] = (
    ("item_weight", _("An item's weight is wrong in the catalogue")),
    ("packaging", _("More packaging than usual")),
    ("extra", _("Something besides was put in")),
    ("counted", _("Counted again, all is right")),
)

MATERIALS: Final[dict[str, Text]] = {
    "box": _("Box or mailer"),
    "fill": _("Fill"),
    "tape": _("Tape"),
    "insert": _("Insert"),
    "wrap": _("Wrapping"),
    "other": pgettext_lazy("material", "Other"),
}
UNITS: Final[dict[str, Text]] = {"piece": pgettext_lazy("unit", "pieces"), "cm": "cm", "dl": "dl"}
PER: Final[dict[str, Text]] = {
    "parcel": _("for each parcel"),
    "order": _("for each order (in its first parcel)"),
    "air": _("for each litre of air in the box"),
    "around": _("strips over the box’s length"),
}
ONLY: Final[dict[str, Text]] = {
    "always": _("in every parcel"),
    "box": _("in boxes"),
    "mailer": _("in mailers"),
    "fragile": _("where something is fragile"),
    "gift": _("in gifts"),
    "wrapped": _("in gifts to be wrapped"),
}
MOVES: Final[dict[str, Text]] = {"received": _("came"), "used": _("used"), "counted": _("counted"), "unknown": _("was there, unknown")}
