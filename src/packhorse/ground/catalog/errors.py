"""Refusals about the catalogue."""

from __future__ import annotations

from packhorse.core.errors import PackhorseError


class CodeTaken(PackhorseError):
    """The code {code} is taken."""


class BadItem(PackhorseError):
    """The item {sku} cannot be kept like this: {reason}"""

    status = 422


class BadKit(PackhorseError):
    """{sku} cannot be made of these: {reason}"""

    status = 422


class BarcodeTaken(PackhorseError):
    """The barcode {code} already means another item of this client."""


class BadBox(PackhorseError):
    """The box {code} cannot be: {reason}"""

    status = 422


class ClientArchived(PackhorseError):
    """The client {code} is archived."""


class NotSaved(PackhorseError):
    """It was not saved. {reason}"""

    status = 422
