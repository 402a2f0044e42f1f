"""What the desk calls the figures that the books compare with their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.web.cells import Text

#: By step and kind of disagreement.
FIGURES: Final[Mapping[tuple[str, str], Text]] = {
    ("inventory", "level_on_hand"): _("On hand in a bin"),
    ("inventory", "level_allocated"): _("Allocated in a bin"),
    ("inventory", "demand_allocated"): _("Allocated to a line"),
    ("inventory", "stock_sellable"): _("Sellable of an item"),
    ("inventory", "stock_promised"): _("Promised of an item"),
    ("inventory", "stock_short"): _("Short of an item"),
    ("orders", "wanted"): _("Wanted by a line"),
    ("orders", "promised"): _("Promised to a line"),
    ("orders", "stage"): _("Stage of an order"),
    ("orders", "held"): _("Whether an order is held"),
    ("orders", "authorised_minor"): _("Authorised for an order"),
    ("orders", "captured_minor"): _("Captured for an order"),
    ("orders", "refunded_minor"): _("Refunded for an order"),
}
