"""Which day it is in a warehouse: shelf lives are counted from it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.ground.warehouse import selectors as warehouses


def today(scope: Scope, warehouse_id: int) -> dt.date:
    """The date now in the warehouse's time zone.

    Raises: NotFound.
    """
    return clock.now().astimezone(ZoneInfo(warehouses.warehouse(scope, warehouse_id).time_zone)).date()
