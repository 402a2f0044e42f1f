"""Refusals about warehouses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class CodeTaken(PackhorseError):
    """The code {code} is taken."""


class BadFloor(PackhorseError):
    """A floor cannot be laid out like this: {reason}"""

    status = 422


class BadLocation(PackhorseError):
    """The place {code} cannot be: {reason}"""

    status = 422


class FloorTooSmall(PackhorseError):
    """A floor only grows, and {place} would lie outside of this one."""

    advice = _("Give it at least the aisles, bins and levels that it has. To pick no more from a place, open it and stop picking from there.")
    blocked_by = ("warehouse:location", "location_id")


class PlaceMissing(PackhorseError):
    """Warehouse {warehouse} has no place of this kind: {kind}."""

    blocked_by = ("warehouse:warehouse", "warehouse_id")
    advice = _("Add one on the warehouse’s page.")
