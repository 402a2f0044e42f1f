"""The walk as the scanner goes through it: which stop is next, what is asked for there, and what a scan means. Pure: tasks and the run's state in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final, Literal

from packhorse.core.scan import Match
from packhorse.steps.picking.errors import (
    CountFirst,
    ScanItemFirst,
    ScanLotFirst,
    ScanPlaceFirst,
    TooMany,
    UnknownCode,
    WrongItem,
    WrongLocation,
    WrongLot,
    WrongTote,
)
from packhorse.steps.picking.types import PickLine, Scanned, TaskInfo

#: From so many pieces for one tote on, their number is keyed in or whole cases are scanned.
COUNTED_FROM: Final = 10

Asked = Literal["go", "item", "lot", "quantity", "tote"]


@dataclass(frozen=True, slots=True)
class At:
    """Where a picker is: the place of the stop and whether it was scanned, the item (and lot) scanned last and how many of it were counted, which tasks went into which totes since the stop began,
    places put off until the end."""

    location_id: int | None = None
    item_id: int | None = None
    lot: str = ""
    into: dict[int, int] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    here: bool = False
    count: int = 0

    def plain(self) -> dict[str, object]:
        """As the run's state keeps it."""
        into = [[t, u] for t, u in self.into.items()]
        return {
            "place": self.location_id, "item": self.item_id, "lot": self.lot, "into": into, "skipped": list(self.skipped), "here": self.here, "count": self.count,
        }  # fmt: skip

    @classmethod
    def of(cls, state: dict[str, object]) -> At:
        into = state.get("into") or []
        skipped = state.get("skipped") or []
        assert isinstance(into, list), "pairs"
        assert isinstance(skipped, list), "places"
        place, item = state.get("place"), state.get("item")
        return cls(
            int(str(place)) if place is not None else None,
            int(str(item)) if item is not None else None,
            str(state.get("lot") or ""),
            {int(t): int(u) for t, u in into},
            tuple(int(i) for i in skipped),
            bool(state.get("here")),
            int(str(state.get("count") or 0)),
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the walk and its open tasks; `left` of them are in no tote yet, `now` are those of the item whose turn it is. `elsewhere`: items that are to be picked at another place too."""

    location_id: int
    location: str
    tasks: tuple[TaskInfo, ...]
    left: tuple[TaskInfo, ...]
    now: tuple[TaskInfo, ...]
    elsewhere: frozenset[int] = frozenset()


def next_stop(tasks: Sequence[TaskInfo], at: At) -> tuple[Stop | None, At]:
    """The stop where the picker stands, or the next one in walking order, places that were put off last; None at the walk's end."""
    places = [(place, tuple(own)) for (_, place), own in groupby(tasks, key=lambda t: (t.sequence, t.location_id))]
    if not places:
        return None, At()
    chosen = next((p for p in places if p[0] == at.location_id and p[0] not in at.skipped), None) or next((p for p in places if p[0] not in at.skipped), None)
    if chosen is None:
        return next_stop(tasks, replace(at, skipped=()))
    place, own = chosen
    own = tuple(t for p, some in places if p == place for t in some)
    if place != at.location_id:
        at = At(place, skipped=at.skipped)
    known = {t.task_id for t in own}
    at = replace(at, into={t: u for t, u in at.into.items() if t in known})
    left = tuple(sorted((t for t in own if t.task_id not in at.into), key=lambda t: (t.compartment or 0, t.task_id)))
    if not any(_matches(t, at) for t in left):
        at = replace(at, item_id=None, lot="", count=0)
    first = next((t for t in left if _matches(t, at)), left[0] if left else None)
    now = tuple(t for t in left if first and t.item_id == first.item_id and t.lot == first.lot)
    return Stop(place, own[0].location, own, left, now, frozenset(t.item_id for t in tasks if t.location_id != place)), at


def left_for_later(tasks: Sequence[TaskInfo], stop: Stop, at: At, *, places: Iterable[Match], items: Iterable[Match]) -> tuple[Stop, At] | None:
    """The stop that is next in walking order where another one was to come first, if nothing was done there and the scan is of that next one: who had no network did not see the change."""
    if at != At(stop.location_id, skipped=at.skipped):
        return None
    due, there = next_stop(tasks, At(skipped=at.skipped))
    if due is None or due.location_id == stop.location_id:
        return None
    codes = {i.ref.id for i in items} - {t.item_id for t in stop.left}
    if any(p.ref.id == due.location_id for p in places) or any(t.item_id in codes for t in due.left):
        return due, there
    return None


def together(stop: Stop) -> tuple[TaskInfo, ...]:
    """Those of the tasks whose turn it is that go into the same tote: one scan of it puts all of them in."""
    return tuple(t for t in stop.now if t.tote_id == stop.now[0].tote_id)


def share(tasks: Sequence[TaskInfo], taken: int) -> tuple[list[TaskInfo], TaskInfo, int]:
    """So many pieces, fewer than these tasks ask for, shared out in their order: the tasks that get all, the first that does not, and what that one gets."""
    whole: list[TaskInfo] = []
    for task in tasks:
        if taken < task.quantity:
            return whole, task, taken
        whole.append(task)
        taken -= task.quantity
    raise AssertionError("fewer than are asked for")


def asked(stop: Stop, at: At) -> Asked:
    """What the picker is asked for at a stop: to go there, the item, its lot or serial number, how many, the tote."""
    if at.item_id is None:
        return "item" if at.here else "go"
    task = stop.now[0]
    if task.scan_lot and not at.lot:
        return "lot"
    if at.count < (total := _total(stop)) and (total >= COUNTED_FROM or at.count > 1):
        return "quantity"
    return "tote"


def _total(stop: Stop) -> int:
    return sum(t.quantity for t in together(stop))


def counted(stop: Stop, at: At, number: int) -> At:
    """So many pieces of the item are in the picker's hands.

    Raises: TooMany.
    """
    if number > (total := _total(stop)):
        raise TooMany(given=number, sku=stop.now[0].sku, asked=total)
    return replace(at, count=number)


def _matches(task: TaskInfo, at: At) -> bool:
    return at.item_id is not None and task.item_id == at.item_id and (not at.lot or task.lot == at.lot)


def read(stop: Stop, at: At, *, text: str, marks: Sequence[str], places: Iterable[Match], items: Iterable[Match]) -> At:
    """What a scan at a stop does: confirm the place, name the item, its lot or serial number, count whole cases, or put its task into a tote.

    Raises: WrongLocation, WrongItem, WrongLot, WrongTote, ScanPlaceFirst, ScanItemFirst, ScanLotFirst, CountFirst, TooMany, UnknownCode.
    """
    here, wants = list(places), asked(stop, at)
    for place in here:
        if place.ref.kind == "warehouse.tote":
            return _into(stop, at, place, wants)
        if place.ref.id == stop.location_id:
            return replace(at, here=True)
    codes = {i.ref.id: i.quantity for i in items}
    if wants == "lot" and not codes:
        return _lot(stop, at, text, marks)
    if wanted := [t for t in stop.left if t.item_id in codes]:
        return _item(stop, at, wanted, codes[wanted[0].item_id], marks)
    if any(p.ref.kind == "warehouse.bin" for p in here):
        raise WrongLocation(expected=stop.location, scanned=text)
    if codes or not here:
        raise WrongItem(scanned=text, expected=stop.now[0].sku)
    raise UnknownCode(scanned=text, wanted=stop.now[0].sku)


def _lot(stop: Stop, at: At, text: str, marks: Sequence[str]) -> At:
    said = {text, *marks}
    mine = next((t for t in stop.left if t.item_id == at.item_id and t.lot in said), None)
    if mine is None or mine.lot is None:
        raise WrongLot(scanned=text, expected=stop.now[0].lot)
    return replace(at, lot=mine.lot)


def _item(stop: Stop, at: At, wanted: Sequence[TaskInfo], pieces: int, marks: Sequence[str]) -> At:
    """The item was scanned: few pieces need one scan, of many and of cases each scan counts what it stands for."""
    first = wanted[0]
    if first.item_id in stop.elsewhere and not at.here:
        raise ScanPlaceFirst(sku=first.sku, location=stop.location)
    if marks and not any(t.lot is None or t.lot in marks for t in wanted):
        raise WrongLot(scanned=marks[0], expected=first.lot)
    mine = next((t for t in wanted if t.lot in marks), first)
    lot = mine.lot if mine.lot and mine.lot in marks else ""
    again = at.item_id == mine.item_id and lot in ("", at.lot)
    count = pieces + (at.count if again and asked(stop, at) == "quantity" else 0)
    most = sum(t.quantity for t in wanted if t.item_id == mine.item_id and t.lot == mine.lot)
    if count > most:
        raise TooMany(given=count, sku=mine.sku, asked=most)
    return replace(at, item_id=mine.item_id, lot=lot or (at.lot if again else ""), count=count)


def _into(stop: Stop, at: At, tote: Match, wants: Asked) -> At:
    if at.item_id is None:
        raise ScanItemFirst(location=stop.location)
    now = stop.now[0]
    if wants == "lot":
        raise ScanLotFirst(sku=now.sku, expected=now.lot)
    if wants == "quantity":
        raise CountFirst(quantity=_total(stop), sku=now.sku)
    mine = [t for t in stop.left if _matches(t, at) and t.tote_id == tote.ref.id and (t.lot == now.lot or at.lot)]
    if not mine:
        raise WrongTote(scanned=tote.title, expected=", ".join(t.tote or "" for t in stop.now))
    return replace(at, into={**at.into, **{t.task_id: tote.ref.id for t in mine}}, count=max(0, at.count - sum(t.quantity for t in mine)))


def picks(at: At) -> list[PickLine]:
    """What went into totes since the stop began."""
    return [PickLine(task, tote) for task, tote in at.into.items()]


def read_stop(tasks: Sequence[TaskInfo], scans: Iterable[Scanned]) -> list[PickLine]:
    """What scans at the first stop of these tasks, one after the other, put into which totes: as the scanner's screen reads them, without the screens in between. Pieces are counted.

    Raises: as `read`.
    """
    stop, at = next_stop(tasks, At())
    for s in scans:
        assert stop is not None, "somebody stands there"
        at = read(stop, at, text=s.scan.text, marks=s.scan.marks, places=s.places, items=s.items)
        stop, at = next_stop(tasks, at)
        if stop is not None and stop.now and asked(stop, at) == "quantity":
            at = counted(stop, at, sum(t.quantity for t in together(stop)))
    return picks(at)
