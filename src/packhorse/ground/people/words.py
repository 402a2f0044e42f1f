"""Roles in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLE_NAMES: Final[dict[str, str | Promise]] = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "receiver": _("Receiver"),
    "picker": _("Picker"),
    "packer": _("Packer"),
    "service": _("Service"),
    "client": _("Client"),
    "driver": _("Driver"),
    "integrator": _("Integrator"),
}
