"""What stock tells."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class StockIncreased(Event):
    """More can be promised than before, in one warehouse."""

    sentence = _("Stock came in for {n} items")
    warehouse_id: int
    item_ids: list[int]

    @property
    def n(self) -> int:
        return len(self.item_ids)


@dataclass(frozen=True, kw_only=True)
class ShortfallOpened(Event):
    """Truth showed less than is promised."""

    sentence = _("{quantity} promised units are missing")
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int
    shortfall_id: int

    @property
    def subject(self) -> Ref:
        return Ref("catalog.item", self.item_id)


@dataclass(frozen=True, kw_only=True)
class AllocationsBroken(Event):
    """Allocated units turned out not to be there; who works on them must be served anew."""

    sentence = _("Allocated stock was not there")
    warehouse_id: int
    allocation_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class CountRequested(Event):
    """Somebody wants to know what is really in a bin."""

    sentence = _("A count was asked for: {reason}")
    count_id: int
    warehouse_id: int
    client_id: int | None
    location_id: int
    item_id: int | None
    reason: str

    @property
    def subject(self) -> Ref:
        return Ref("inventory.count", self.count_id)


@dataclass(frozen=True, kw_only=True)
class PutBackRequested(Event):
    """Units must return to a bin."""

    sentence = _("{quantity} units are to be put back")
    task_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int

    @property
    def subject(self) -> Ref:
        return Ref("catalog.item", self.item_id)
