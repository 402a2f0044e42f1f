"""Refusals about warehouses."""

from __future__ import annotations

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
    """A floor only grows: there are places in aisle {aisle}, cell {cell} already."""
