"""What an event of picking is about, and the ids by which timelines find it."""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AboutOrder(Event):
    """Of a fulfillment order."""

    about = ("orders.fulfillment_order", "fulfillment_order_id")
    order_id: int
    client_id: int
    warehouse_id: int
    fulfillment_order_id: int


@dataclass(frozen=True, kw_only=True)
class AboutWave(Event):
    """Of a wave."""

    about = ("picking.wave", "wave_id")
    warehouse_id: int
    wave_id: int


@dataclass(frozen=True, kw_only=True)
class AboutLongPlan(Event):
    """Of a long plan."""

    about = ("picking.long_plan", "plan_id")
    warehouse_id: int
    plan_id: int


@dataclass(frozen=True, kw_only=True)
class AboutWalk(Event):
    """Of a walk."""

    about = ("picking.batch", "batch_id")
    warehouse_id: int
    batch_id: int


@dataclass(frozen=True, kw_only=True)
class AboutOrderOnWalk(AboutWalk):
    """Of an order on a walk: both tell it."""

    order_id: int
    client_id: int
