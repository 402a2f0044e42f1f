"""What picking tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.ground.warehouse.events import AboutWarehouse
from packhorse.steps.picking.events.about import AboutLongPlan, AboutOrder, AboutOrderOnWalk, AboutWalk, AboutWave

#: Why an item was confirmed by its look.
NO_CODE: Final = {"no_label": _("no label"), "unreadable": _("its code cannot be read")}


@dataclass(frozen=True, kw_only=True)
class OrderReleased(AboutOrder):
    """A fulfillment order was made workable."""

    sentence = _("Released to the floor: {tasks} picks")
    tasks: int


@dataclass(frozen=True, kw_only=True)
class WaveReleased(AboutWave):
    """Orders for a cut-off were released together."""

    sentence = _("Released: {orders} orders, {tasks} picks, {minutes} min. Not in a pickable bin: {refused}; left for later: {left}")
    orders: int
    tasks: int
    minutes: int
    refused: int
    left: int


@dataclass(frozen=True, kw_only=True)
class WaveUndone(AboutWave):
    """What of a wave had not begun was taken back."""

    sentence = _("Taken back: {orders} orders, {walks} planned walks; {kept} orders had begun and stay")
    orders: int
    walks: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class PickingMeansSet(AboutWarehouse):
    """Who picks in a warehouse, or with what, was changed."""

    sentence = _("What it picks with was changed: {what}")
    what: str


@dataclass(frozen=True, kw_only=True)
class PickingPolicySet(AboutWarehouse):
    """How a warehouse picks was changed."""

    sentence = _("How it picks was changed: {pickers} pickers")
    pickers: int


@dataclass(frozen=True, kw_only=True)
class LongPlanAsked(AboutLongPlan):
    """Walks are to be planned with more time than a page waits."""

    sentence = _("Walks are planned for {seconds} s")
    seconds: int


@dataclass(frozen=True, kw_only=True)
class LongPlanStopped(AboutLongPlan):
    """Somebody did not want to wait for a long plan any more."""

    sentence = _("Stopped")
    keep: bool


@dataclass(frozen=True, kw_only=True)
class LongPlanEnded(AboutLongPlan):
    """A long plan left walks."""

    sentence = _("Planned: {walks} walks of {orders} orders, {metres:.0f} m")
    walks: int
    orders: int
    metres: float


@dataclass(frozen=True, kw_only=True)
class BatchPlanned(AboutWalk):
    """A walk was planned."""

    sentence = _("Planned: {orders} orders, {stops} stops, {distance_m:.0f} m (S-shape {s_shape_m:.0f} m)")
    orders: int
    stops: int
    distance_m: float
    s_shape_m: float


@dataclass(frozen=True, kw_only=True)
class BatchReplanned(AboutWalk):
    """Urgent orders broke into a walk that was planned and not begun."""

    sentence = _("Planned anew: {came} urgent orders came in, {left} less urgent ones wait for the next walk; {before_m:.0f} m became {after_m:.0f} m")
    came: int
    left: int
    before_m: float
    after_m: float
    fulfillment_order_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class BatchStarted(AboutWalk):
    """A picker took a batch."""

    sentence = _("Started")


@dataclass(frozen=True, kw_only=True)
class StopPicked(AboutOrderOnWalk):
    """Everything that an order wanted at one place went into its tote."""

    sentence = _("Picked {units} units at {location} into tote {tote}")
    location: str
    tote: str
    units: int
    task_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class PickShort(AboutOrderOnWalk):
    """Less was there than asked for."""

    sentence = _("Short at {location}: {missing} of {sku} missing ({reason}); {found_elsewhere} found elsewhere")
    task_id: int
    location: str
    sku: str
    missing: int
    found_elsewhere: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LotSwapped(AboutOrder):
    """A pick takes another lot that lies at its place."""

    sentence = _("{units} × {sku} at {location} from lot {lot} instead of {instead_of}")
    task_id: int
    location: str
    sku: str
    units: int
    lot: str
    instead_of: str


@dataclass(frozen=True, kw_only=True)
class OrderPicked(AboutOrder):
    """The walk is over for an order: its tote stands at packing."""

    sentence = _("Picked; tote {tote} goes to packing")
    tote: str


@dataclass(frozen=True, kw_only=True)
class BatchFinished(AboutWalk):
    """All picks of a batch are closed."""

    sentence = _("Finished")


@dataclass(frozen=True, kw_only=True)
class BatchTakenOver(AboutWalk):
    """Another picker goes on with a walk."""

    sentence = _("Handed over")


@dataclass(frozen=True, kw_only=True)
class BatchPaused(AboutWalk):
    """A picker broke off a walk and goes on later."""

    sentence = _("Paused; picks that are open: {open_tasks}")
    open_tasks: int


@dataclass(frozen=True, kw_only=True)
class BatchHandedOver(AboutWalk):
    """A picker left a walk to whoever scans its cart next."""

    sentence = _("Left to the next picker; picks that are open: {open_tasks}")
    open_tasks: int


@dataclass(frozen=True, kw_only=True)
class ToteChanged(AboutOrderOnWalk):
    """A tote was full; another goes on for its order."""

    sentence = _("Tote {tote} was full at {location}; {instead} goes on")
    location: str
    tote: str
    instead: str


@dataclass(frozen=True, kw_only=True)
class TotesConsolidated(AboutOrderOnWalk):
    """What lay in one tote of an order was put into another of the same order."""

    sentence = _("Tote {tote} was emptied into {into}: {units} units")
    tote: str
    into: str
    units: int


@dataclass(frozen=True, kw_only=True)
class ToteUnloaded(AboutOrderOnWalk):
    """A tote was taken off its cart."""

    sentence = _("Tote {tote} stands at {place}")
    tote: str
    place: str


@dataclass(frozen=True, kw_only=True)
class PlaceFoundEmpty(AboutWalk):
    """A picker looked at a place that is empty by the books, and it is."""

    sentence = _("{location} is empty, as the books say")
    location: str


@dataclass(frozen=True, kw_only=True)
class PlaceFoundNotEmpty(AboutWalk):
    """A picker looked at a place that is empty by the books, and something lies there: a count was asked for."""

    sentence = _("Something lies in {location}, which is empty by the books: a count was asked for")
    location: str


@dataclass(frozen=True, kw_only=True)
class BatchUndone(AboutWalk):
    """A planned walk was taken back, or nothing was left of it."""

    sentence = _("Taken back")


@dataclass(frozen=True, kw_only=True)
class ReleaseUndone(AboutOrder):
    """A fulfillment order was taken back from the floor before anything of it was picked."""

    sentence = _("Taken back from the floor: {reason}")
    reason: str


@dataclass(frozen=True, kw_only=True)
class SlottingMovesAccepted(Event):
    """Items are to change places."""

    sentence = _("{n} items are to change places: {tasks} tasks")
    about = ("picking.slotting", "advice_id")
    warehouse_id: int
    advice_id: int
    n: int
    tasks: int


@dataclass(frozen=True, kw_only=True)
class AisleLimitsSet(AboutWarehouse):
    """How many may walk in an aisle at a time was set."""

    sentence = _("{n} aisle limits set")
    n: int


@dataclass(frozen=True, kw_only=True)
class ItemWithoutCode(AboutWalk):
    """A picker confirmed an item by its look."""

    sentence = _("{sku} at {location} was confirmed by its look: {reason}")
    names = {"reason": NO_CODE}
    client_id: int
    location: str
    sku: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemsLabelled(AboutWarehouse):
    """What had no code that a scanner reads has one now."""

    sentence = _("Labelled: {n} places")
    n: int


@dataclass(frozen=True, kw_only=True)
class LeadCalled(AboutWalk):
    """A picker called the lead."""

    sentence = _("The lead was called to {location}")
    location: str


@dataclass(frozen=True, kw_only=True)
class CallAnswered(AboutWalk):
    """Somebody went to a picker who had called."""

    sentence = _("The call from {location} was answered")
    location: str


@dataclass(frozen=True, kw_only=True)
class PicksOutOfReach(AboutWalk):
    """A picker did not reach a place: its picks wait for somebody with the equipment."""

    sentence = _("{location} is out of reach: {picks} picks wait for somebody with the equipment")
    location: str
    picks: int
    fulfillment_order_ids: list[int]
