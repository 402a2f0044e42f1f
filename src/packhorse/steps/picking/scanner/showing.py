"""What a walk shows: the stop that is next, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Field, Screen
from packhorse.ground.warehouse.designing import aisle_letters
from packhorse.steps.picking import selectors
from packhorse.steps.picking.scanner.walk import Walk
from packhorse.steps.picking.stops import Asked, At, Stop, asked, next_stop, together
from packhorse.steps.picking.types import Destination, TaskInfo

#: So many of the coming stops go with a screen, for where there is no network.
AHEAD: Final = 20

TAPS: Final = (
    Button("short", _("Short"), "danger"),
    Button("damaged", _("Damaged"), "danger"),
    Button("no_code", _("No barcode")),
    Button("full", _("Tote full")),
    Button("reach", _("Can't reach")),
    Button("lead", _("Call lead")),
    Button("skip", _("Skip")),
    Button("pause", _("Pause")),
)


def ahead(tasks: list[TaskInfo], stop: Stop, at: At) -> tuple[tuple[str, str], ...]:
    """The stops after this one, in walking order, those put off last: place, and what goes into which compartment."""
    coming: dict[int, list[TaskInfo]] = {}
    for task in sorted(
        (t for t in tasks if t.location_id != stop.location_id), key=lambda t: (t.location_id in at.skipped, t.sequence, t.compartment or 0, t.task_id)
    ):
        coming.setdefault(task.location_id, []).append(task)
    return tuple(
        (own[0].location, ", ".join(f"{t.quantity} × {t.sku} → {t.compartment or ''} · {t.tote}" for t in own)) for own in list(coming.values())[:AHEAD]
    )


def show(walk: Walk, at: At, say: str = "") -> Screen:
    """The stop where the picker stands or goes next, around full aisles; with none left, the bench."""
    stood = at.location_id
    stop, at = next_stop(walk.tasks, at)
    if stop is not None and stop.now and at.location_id != stood:
        stop, at, say = _around(walk, stop, at, say)
    if stop is None or not stop.now:
        return drop(walk, say)
    task, wants = stop.now[0], asked(stop, at)
    lines: list[tuple[Text, object]] = [(_("Item"), task.item_name), (_("SKU"), task.sku)]
    if task.lot:
        lines.append((_("Lot"), task.lot if task.expires_on is None else f"{task.lot} · {task.expires_on:%Y-%m-%d}"))
    into: dict[str, int] = {}
    for t in stop.now:
        label = f"{t.compartment} · {t.tote}" if t.compartment else t.tote or ""
        into[label] = into.get(label, 0) + t.quantity
    lines += [(label, f"{n} ×") for label, n in into.items()]
    counting = wants == "quantity"
    return Screen(
        title=walk.batch.number,
        instruction=_instruction(stop, at, wants),
        big=stop.location,
        lines=tuple(lines),
        progress=(walk.batch.done_tasks + len(at.into), walk.batch.tasks),
        ahead=ahead(walk.tasks, stop, at),
        fields=(Field("taken", _("How many do you hold?"), "number", str(at.count) if at.count > 1 else "", _("pieces")),) if counting else (),
        buttons=(Button("have", _("Go on"), "primary"), *TAPS) if counting else TAPS,
        tone="ok" if say else "ask",
        say=say,
        state={"step": wants, "batch": walk.batch.batch_id, **at.plain()},
    )


def _around(walk: Walk, stop: Stop, at: At, say: str) -> tuple[Stop, At, str]:
    """Before the picker goes to the next stop: where its aisle is full, another stop of this walk comes first, if there is one in an aisle that is not."""
    crowded = selectors.crowded_aisles(walk.actor.scope, walk.batch.batch_id)
    here = stop.tasks[0].aisle
    if here is None or here not in crowded:
        return stop, at, say
    full = gettext("Aisle %(aisle)s is full (%(n)d)") % {"aisle": aisle_letters(here), "n": crowded[here]}
    other = next((t for t in walk.tasks if t.aisle not in crowded and t.location_id not in at.skipped), None)
    if other is None:
        return stop, at, f"{say} · {full}" if say else full
    instead, at = next_stop(walk.tasks, replace(at, location_id=other.location_id))
    assert instead is not None, "it has a task that is open"
    first = gettext("%(full)s: this stop comes first") % {"full": full}
    return instead, at, f"{say} · {first}" if say else first


def _instruction(stop: Stop, at: At, wants: Asked) -> Text:
    task, total, here = stop.now[0], sum(t.quantity for t in stop.now), sum(t.quantity for t in together(stop))
    if wants == "lot":
        return gettext("Scan the lot or serial number: %(lot)s") % {"lot": task.lot}
    if wants == "quantity":
        return gettext("Take %(n)d: key in how many you hold, or scan whole cases") % {"n": here}
    if wants == "tote" and not task.compartment:
        return gettext("Put %(n)d into %(tote)s and scan it") % {"n": here, "tote": task.tote}
    if wants == "tote":
        return gettext("Put %(n)d into compartment %(c)s and scan it") % {"n": here, "c": task.compartment}
    if task.item_id in stop.elsewhere and not at.here:
        return gettext("Scan the place, then take %(n)d") % {"n": total}
    return ngettext("Take %(n)d and scan the item", "Take %(n)d and scan one", total) % {"n": total}


def drop(walk: Walk, say: str = "") -> Screen:
    """Everything is picked: where do the totes go?"""
    batch = walk.batch
    if batch.zone or batch.wall_id is not None:
        return goes(walk, say=say)
    return Screen(
        title=batch.number,
        instruction=_("Bring the cart to packing and scan the bench"),
        big=_("All picked"),
        lines=((_("Or"), _("a tote, to put it down by itself")),),
        progress=(batch.tasks, batch.tasks),
        buttons=(Button("pause", _("Pause")),),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "drop", "batch": batch.batch_id},
    )


def _where(d: Destination) -> Text:
    return d.place or (_("the bench") if d.bench else _("stays on the cart"))


def goes(walk: Walk, put: Sequence[int] = (), say: str = "") -> Screen:
    """A walk in a zone is over: its totes go on into other zones, to a put wall or to packing. Each place is scanned; those in `put` were (0: a bench)."""
    there = selectors.where_totes_go(walk.actor.scope, walk.batch.batch_id)
    left = [d for d in there if (d.place_id or d.bench) and (d.place_id or 0) not in put]
    batch = walk.batch
    wall = batch.wall_id is not None
    names = [(_("Put wall") if wall else _("Packing") if d.bench else _("Zone %(zone)s") % {"zone": d.zone} if d.zone else _("No zone"), d) for d in there]
    if not left:
        ask: Text = _("The totes go on as they stand: tap")
    elif left[0].bench:
        ask = _("Bring them to packing and scan the bench")
    else:
        ask = _("Put them down at %(place)s and scan it") % {"place": left[0].place}
    return Screen(
        title=batch.number,
        instruction=ask,
        big=", ".join(left[0].totes[:4]) + (" …" if len(left[0].totes) > 4 else "") if left else _("All picked"),
        lines=tuple((name, f"{_where(d)}: {', '.join(d.totes)}") for name, d in names),
        progress=(batch.tasks, batch.tasks),
        buttons=(*(() if left else (Button("over", _("Done"), "primary"),)), Button("pause", _("Pause"))),
        tone="ok" if say else "ask",
        say=say,
        state={"step": "drop", "batch": batch.batch_id, "put": list(put)},
    )
