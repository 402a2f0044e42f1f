"""What put-away and counting tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class CountRequested(Event):
    """Somebody wants to know what is really in a bin."""

    sentence = _("A count was asked for: {reason}")
    about = ("inventory.count", "count_id")
    count_id: int
    warehouse_id: int
    client_id: int | None
    location_id: int
    item_id: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class PutBackRequested(Event):
    """Units must return to a bin."""

    sentence = _("{quantity} units are to be put back")
    about = ("catalog.item", "item_id")
    task_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class GoodsPutAway(Event):
    """Goods went to their bins."""

    sentence = _("{units} units put away")
    warehouse_id: int
    client_id: int | None
    task_ids: list[int]
    units: int

    @property
    def subject(self) -> Ref | None:
        return Ref("inventory.put_away", self.task_ids[0]) if len(self.task_ids) == 1 else None


@dataclass(frozen=True, kw_only=True)
class PutAwayCancelled(Event):
    """Goods need not go to a bin any more."""

    sentence = _("Put-away cancelled: {reason}")
    about = ("inventory.put_away", "task_id")
    task_id: int
    client_id: int
    warehouse_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CountStarted(Event):
    """Somebody counts."""

    sentence = _("Count {round} started")
    about = ("inventory.count", "count_id")
    count_id: int
    client_id: int | None
    warehouse_id: int
    round: int


@dataclass(frozen=True, kw_only=True)
class CountDiffered(Event):
    """The count does not agree with the ledger; another person counts, or a manager looks."""

    sentence = _("Counted: {differences} units off; now {state}")
    about = ("inventory.count", "count_id")
    count_id: int
    client_id: int | None
    warehouse_id: int
    differences: int
    state: str


@dataclass(frozen=True, kw_only=True)
class CountPosted(Event):
    """The truth about a bin is in the ledger."""

    sentence = _("Posted: {differences} units corrected")
    about = ("inventory.count", "count_id")
    count_id: int
    client_id: int | None
    warehouse_id: int
    differences: int


@dataclass(frozen=True, kw_only=True)
class FixedBinsSet(Event):
    """Items have got a bin of their own."""

    sentence = _("{n} fixed bins set")
    warehouse_id: int
    n: int
