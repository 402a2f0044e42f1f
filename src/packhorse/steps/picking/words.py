"""What stored words of picking are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.web.cells import Badge, Text

BATCH: Final = {
    "planned": Badge(_("Planned"), "calm"),
    "picking": Badge(_("Picking"), "busy"),
    "done": Badge(_("Done"), "good"),
    "cancelled": Badge(_("Taken back"), "off"),
}
TASK: Final = {
    "ready": Badge(_("Waits"), "calm"),
    "claimed": Badge(_("To pick"), "busy"),
    "done": Badge(_("Picked"), "good"),
    "short": Badge(_("Short"), "warn"),
    "cancelled": Badge(_("Cancelled"), "off"),
}
WAVE: Final = {
    "released": Badge(_("Released"), "calm"),
    "walking": Badge(_("Picking"), "busy"),
    "done": Badge(_("Picked"), "good"),
    "taken_back": Badge(_("Taken back"), "off"),
}
IN_WAVE: Final = {
    "waiting": Badge(_("Waits for a walk"), "calm"),
    "planned": Badge(_("On a planned walk"), "calm"),
    "walking": Badge(_("Under way"), "busy"),
    "picked": Badge(_("Picked"), "good"),
    "taken_back": Badge(_("Taken back"), "off"),
}
LONG_PLAN: Final = {
    "waiting": Badge(_("Waits"), "calm"),
    "searching": Badge(_("Being planned"), "busy"),
    "stopping": Badge(_("Being stopped"), "busy"),
    "ended": Badge(_("Planned"), "good"),
    "dropped": Badge(_("Stopped"), "off"),
}
#: How far the orders of a cut-off are, in the order of the work.
STEPS: Final[dict[str, Text]] = {
    "held": _("On hold"),
    "backordered": _("Wait for stock"),
    "workable": _("To release"),
    "waiting": _("Wait for a walk"),
    "planned": _("On planned walks"),
    "walking": _("Being picked"),
    "picked": _("Picked"),
    "packed": _("Packed"),
    "gone": _("Left"),
}
SHORT: Final[dict[str, Text]] = {
    "out_of_reach": _("Out of reach: needs equipment"),
    "missing": _("Not there"),
    "damaged": _("Damaged"),
    "wrong_item": _("Something else lies there"),
    "counted empty": _("Counted: not there"),
    "order cancelled": _("Order cancelled"),
    "release undone": _("Taken back"),
}
METHODS: Final[dict[str, Text]] = {
    "whole": _("Each order whole, on one walk"),
    "pass": _("Passed in a tote from zone to zone"),
    "wall": _("By zone, sorted at a put wall"),
}
REASONS: Final[dict[str, Text]] = {
    "policy": _("Planned by"),
    "method": _("Picked"),
    "zone": _("Zone"),
    "orders_considered": _("Orders considered"),
    "orders_per_cart": _("Orders per cart, at most"),
    "iterations": _("Walks tried"),
    "seed": _("Seed"),
    "walk_proven_shortest": _("Proven shortest"),
    "urgent_came": _("Urgent orders that broke in"),
    "left_for_urgent": _("Orders that made room for them"),
    "cart_type": _("Planned for a"),
    "full_percent": _("Full, in percent"),
    "worker": _("In the times of"),
    "more_than_the_cart_carries": _("More than the cart carries"),
    "metres_before": _("Metres before they came"),
}
POLICIES: Final[dict[str, Text]] = {
    "savings-annealing/1": _("batches by saved metres, improved by annealing; the shortest walk of each"),
    "savings-annealing/2": _("batches by saved metres, improved by annealing; the shortest walk of each"),
    "location-code/1": _("oldest orders together, places by code (the warehouse has no floor plan)"),
}
