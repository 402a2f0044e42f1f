"""The walk as the scanner goes through it: which stop is next, and what a scan means there. Pure: tasks and the run's state in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from packhorse.core.scan import Match
from packhorse.steps.picking.errors import ScanItemFirst, UnknownCode, WrongItem, WrongLocation, WrongLot, WrongTote
from packhorse.steps.picking.types import PickLine, Scanned, TaskInfo


@dataclass(frozen=True, slots=True)
class At:
    """Where a picker is: the place of the stop, the item (and lot) scanned last, which tasks went into which totes since the stop began, places put off until the end."""

    location_id: int | None = None
    item_id: int | None = None
    lot: str = ""
    into: dict[int, int] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()

    def plain(self) -> dict[str, object]:
        """As the run's state keeps it."""
        return {"place": self.location_id, "item": self.item_id, "lot": self.lot, "into": [[t, u] for t, u in self.into.items()], "skipped": list(self.skipped)}

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
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the walk and its open tasks; `left` of them are in no tote yet, `now` are those of the item whose turn it is."""

    location_id: int
    location: str
    tasks: tuple[TaskInfo, ...]
    left: tuple[TaskInfo, ...]
    now: tuple[TaskInfo, ...]


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
        at = replace(at, item_id=None, lot="")
    first = next((t for t in left if _matches(t, at)), left[0] if left else None)
    now = tuple(t for t in left if first and t.item_id == first.item_id and t.lot == first.lot)
    return Stop(place, own[0].location, own, left, now), at


def _matches(task: TaskInfo, at: At) -> bool:
    return at.item_id is not None and task.item_id == at.item_id and (not at.lot or task.lot == at.lot)


def read(stop: Stop, at: At, *, text: str, marks: Sequence[str], places: Iterable[Match], items: Iterable[Match]) -> At:
    """What a scan at a stop does: name the item, put its task into a tote, or merely confirm the place.

    Raises: WrongLocation, WrongItem, WrongLot, WrongTote, ScanItemFirst, UnknownCode.
    """
    here = list(places)
    for place in here:
        if place.ref.kind == "warehouse.tote":
            return _into(stop, at, place)
        if place.ref.id == stop.location_id:
            return at
    codes = {i.ref.id for i in items}
    if wanted := [t for t in stop.left if t.item_id in codes]:
        if marks and not any(t.lot is None or t.lot in marks for t in wanted):
            raise WrongLot(scanned=marks[0], expected=wanted[0].lot)
        mine = next((t for t in wanted if t.lot in marks), wanted[0])
        return replace(at, item_id=mine.item_id, lot=mine.lot if mine.lot and mine.lot in marks else "")
    if any(p.ref.kind == "warehouse.bin" for p in here):
        raise WrongLocation(expected=stop.location, scanned=text)
    if codes or not here:
        raise WrongItem(scanned=text, expected=stop.now[0].sku)
    raise UnknownCode(scanned=text, wanted=stop.now[0].sku)


def _into(stop: Stop, at: At, tote: Match) -> At:
    if at.item_id is None:
        raise ScanItemFirst(location=stop.location)
    mine = next((t for t in stop.left if _matches(t, at) and t.tote_id == tote.ref.id), None)
    if mine is None:
        raise WrongTote(scanned=tote.title, expected=", ".join(t.tote or "" for t in stop.now))
    return replace(at, into={**at.into, mine.task_id: tote.ref.id})


def picks(at: At) -> list[PickLine]:
    """What went into totes since the stop began."""
    return [PickLine(task, tote) for task, tote in at.into.items()]


def read_stop(tasks: Sequence[TaskInfo], scans: Iterable[Scanned]) -> list[PickLine]:
    """What scans at the first stop of these tasks, one after the other, put into which totes: as the scanner's screen reads them, without the screens in between.

    Raises: as `read`.
    """
    stop, at = next_stop(tasks, At())
    for s in scans:
        assert stop is not None, "somebody stands there"
        at = read(stop, at, text=s.scan.text, marks=s.scan.marks, places=s.places, items=s.items)
        stop, at = next_stop(tasks, at)
    return picks(at)
