"""What the carriers' gateway refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class UnknownCarrier(PackhorseError):
    """There is no carrier called {code}."""

    status = 404


class CarrierUnavailable(PackhorseError):
    """The carrier {carrier} did not answer."""

    status = 503
    advice = _("Try again in a minute; nothing was bought.")
