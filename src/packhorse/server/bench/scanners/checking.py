"""What the tables say afterwards, beside what the phones were told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packhorse.core import dispatch, sql
from packhorse.server.bench.measured import note

if TYPE_CHECKING:
    from packhorse.server.bench.scanners.floor import Floor
    from packhorse.server.bench.scanners.phone import Sent
    from packhorse.server.bench.scanners.picker import Picker


@dataclass
class Found:
    """What is not there, what is there too often, how many picks were done, and what the reconciler finds."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    picks: int = 0
    drift: int = 0


def check(floor: Floor, pickers: list[Picker]) -> Found:
    """Every scan of every phone, once each."""
    note("checking every scan")
    dispatch.drain()
    found = Found()
    for picker in pickers:
        screens(picker.heard, found)
        _stops(picker, found)
    _picks(floor, found)
    from packhorse.steps.inventory import reconciler

    found.drift = len(reconciler.drift())
    return found


def screens(heard: list[Sent], found: Found) -> None:
    """A run has moved on by one screen for each scan that it acknowledged, no more and no less; one that was refused moved nothing."""
    yes = Counter(s.run for s in heard if s.status == 200)
    for run, seq in sql.rows("SELECT id::text, seq FROM core_scanner_run WHERE id = ANY(%s::uuid[])", [sorted({s.run for s in heard})]):
        if seq < yes[run]:
            found.lost += [f"run {run}: {yes[run]} scans acknowledged, {seq} screens"] * (yes[run] - seq)
        if seq > yes[run]:
            found.doubled += [f"run {run}: {yes[run]} scans acknowledged, {seq} screens"] * (seq - yes[run])


def _stops(picker: Picker, found: Found) -> None:
    """A scan that said “3 pieces from A-01-01” has a command under its key whose moves add up to that; one that was refused has none."""
    keys = [s.key for s in picker.heard]
    moved = {
        key: int(units)
        for key, units in sql.rows(
            """SELECT c.key::text, coalesce((SELECT sum(m.quantity) FROM inventory_move m WHERE m.command_id = c.id AND m.cause_kind = 'picking.task'), 0)::bigint
               FROM core_command c WHERE c.principal = %s AND c.key = ANY(%s::uuid[])""",
            [f"user:{picker.who.user_id}", keys],
        )
    }
    for sent in picker.heard:
        if sent.posted:
            said = int(sent.said.split()[0])
            if moved.get(sent.key, 0) < said:
                found.lost.append(f"{sent.fields}: {sent.said}, but {moved.get(sent.key, 0)} moved")
            elif moved[sent.key] > said:
                found.doubled.append(f"{sent.fields}: {sent.said}, but {moved[sent.key]} moved")
        elif sent.status != 200 and moved.get(sent.key):
            found.doubled.append(f"{sent.fields} was refused ({sent.said}), but {moved[sent.key]} moved")


def _picks(floor: Floor, found: Found) -> None:
    """A pick that is done has moved what was asked for, once; one that is not has moved nothing; and no tote holds more than its picks."""
    for pk, state, quantity, moved in sql.rows(
        """SELECT t.id, t.state, t.quantity, coalesce(m.units, 0)::bigint FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id
           LEFT JOIN (SELECT cause_id, sum(quantity) AS units FROM inventory_move WHERE cause_kind = 'picking.task' GROUP BY 1) m ON m.cause_id = t.id
           WHERE r.warehouse_id = %s AND (t.state = 'done' OR m.units IS NOT NULL)""",
        [floor.shop.warehouse_id],
    ):
        found.picks += state == "done"
        wanted = quantity if state == "done" else 0
        if moved != wanted:
            (found.lost if moved < wanted else found.doubled).append(f"pick {pk} is {state} with {quantity}, and {moved} moved")
