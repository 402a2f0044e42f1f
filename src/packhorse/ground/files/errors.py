"""What files refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class FileDamaged(PackhorseError):
    """The stored file {sha256} is missing or its content changed on disk."""

    status = 500
    advice = _("Restore the files folder from the backup.")
