"""Refusals about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class OwnerExists(PackhorseError):
    """This house has an owner already."""

    advice = _("Sign in as an owner to create more users.")


class UsernameTaken(PackhorseError):
    """The user name {username} is taken."""


class WeakPassword(PackhorseError):
    """This password will not do: {reasons}"""

    status = 422


class LastOwner(PackhorseError):
    """There would be no owner left."""

    advice = _("Make somebody else an owner first.")


class UnknownRole(PackhorseError):
    """There is no role {role}."""

    status = 422


class RoleNeedsClient(PackhorseError):
    """The role client names the client whose goods are seen."""

    status = 422


class RoleIsForTheHouse(PackhorseError):
    """An owner owns the whole house: that role has no limits."""

    status = 422


class RoleHeld(PackhorseError):
    """This user has that role already."""


class UnknownPermission(PackhorseError):
    """The role {role} does not include {permission}."""

    status = 422


class BadgeTaken(PackhorseError):
    """Somebody else wears this badge."""


class WeakPin(PackhorseError):
    """A PIN is four to eight digits, not all the same and not in a row."""

    status = 422


class AlreadyRevoked(PackhorseError):
    """That was revoked before."""
