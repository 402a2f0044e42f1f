"""Plans that take so long that somebody watches them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LongPlan:
    """Walks that the worker plans for so many seconds. `share` of its time is over, and the best plan so far is of so many metres. Stopped, it leaves that one (`keep`) or nothing; ended, so many
    `walks`."""

    plan_id: int
    warehouse_id: int
    wave_id: int | None
    cart_type_id: int | None
    orders_per_cart: int | None
    seconds: int
    seed: int
    at: dt.datetime
    orders: int
    share: float
    metres: float
    stopped_at: dt.datetime | None
    keep: bool
    ended_at: dt.datetime | None
    walks: int

    @property
    def state(self) -> str:
        if self.ended_at is not None:
            return "ended" if self.stopped_at is None or self.keep else "dropped"
        return "stopping" if self.stopped_at is not None else "searching" if self.orders else "waiting"
