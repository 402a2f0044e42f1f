"""What delivery does by the clock."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from packhorse.core import clock
from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.steps.delivery import services

_ACTOR = system("delivery")
#: Carriers enter scans late: each poll looks back this far. The nightly one looks at everything.
LOOK_BACK = dt.timedelta(days=2)


@job(every="*/10 * * * *", lock="delivery.poll")
def poll_tracking(*, key: UUID) -> None:  # noqa: ARG001 - every scan counts once
    """Ask carriers what is new about the parcels under way."""
    services.poll_tracking(actor=_ACTOR, since=clock.now() - LOOK_BACK)


@job(every="30 2 * * *", lock="delivery.poll")
def poll_everything(*, key: UUID) -> None:  # noqa: ARG001 - every scan counts once
    """Ask carriers for all they know of the parcels under way."""
    services.poll_tracking(actor=_ACTOR)


@job(every="15 * * * *")
def open_exceptions(*, key: UUID) -> None:
    """Look for parcels that need somebody before the customer calls."""
    services.open_exceptions(key=key, actor=_ACTOR)
