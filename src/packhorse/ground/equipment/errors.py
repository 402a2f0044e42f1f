"""Why equipment refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class BadEquipment(PackhorseError):
    """{name} cannot be set up so: {reason}"""

    no_page = "what was keyed in is wrong"
    status = 422


class NotSetUp(PackhorseError):
    """The warehouse {warehouse} has no {kind} set up."""

    advice = _("Set one up under Settings, Equipment; or print from the browser.")
    blocked_by = ("equipment:equipment", "")


class BoxRefused(PackhorseError):
    """The box machine {name} makes no such box: {reason}"""

    blocked_by = ("equipment:device", "equipment_id")
    advice = _("Take a box of the catalogue; what the machine says stands on its page.")


class ScaleSilent(PackhorseError):
    """The scale {name} does not answer: {reason}"""

    blocked_by = ("equipment:device", "equipment_id")
    advice = _("See that it is switched on and that its address in the settings is right; or key in the weight.")


class NotAtRest(PackhorseError):
    """The scale {name} does not come to rest."""

    no_page = "it comes to rest by itself"
    advice = _("Let go of the parcel and wait.")
