"""Refusals about messages."""

from __future__ import annotations

from packhorse.core.errors import PackhorseError


class UnknownTemplate(PackhorseError):
    """There is no message template {template}."""

    status = 422


class BadWording(PackhorseError):
    """This text cannot be filled in: {reason}"""

    status = 422


class NotFailed(PackhorseError):
    """Only a message that failed is sent again; this one is {state}."""
