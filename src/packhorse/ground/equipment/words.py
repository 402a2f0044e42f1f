"""What stored words of equipment are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.web.cells import Badge, Text

KINDS: Final[dict[str, Text]] = {"scale": _("Scale"), "printer": _("Label printer"), "paper": _("Paper printer"), "boxes": _("Box machine")}
PROTOCOLS: Final[dict[str, Text]] = {
    "toledo": _("Mettler Toledo, continuous output"),
    "sics": _("Mettler Toledo, MT-SICS"),
    "text": _("Lines of text (ST,GS,+  1.234kg)"),
    "zpl": _("ZPL, raw port (9100)"),
    "pdf": _("PDF, raw port (9100)"),
    "json": _("JSON, a line for each box"),
    "csv": _("CSV, a line for each box"),
}
SENDING: Final = {"queued": Badge(_("Waiting"), "busy"), "sent": Badge(_("Sent"), "good"), "failed": Badge(_("Failed"), "bad")}
WHATS: Final[dict[str, Text]] = {
    "label": _("Shipping label"),
    "place_labels": _("Labels of places"),
    "unit_labels": _("Labels of units (SSCC)"),
    "slips": _("Packing slips"),
    "contents": _("Contents lists"),
    "pick_lists": _("Pick lists"),
    "box": _("Box to size"),
    "test": _("Test"),
}
