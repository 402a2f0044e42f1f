"""Work on the floor, learned from what was done: no clock is started by anybody.

An act is what one command of a person moved. It took from that person's act before until itself; what took longer than ten minutes was something else (a break, a jam, a meeting)
and counts for nobody and against nobody. How far one walked is taken as the aisles run, from where the act before ended; beside the racks it counts as none. Standards are
learned from everybody's acts together, by warehouse and kind.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from packhorse.core import clock, sql
from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotAllowed
from packhorse.kernels.labour.problem import Act, Standard
from packhorse.kernels.labour.solve import solve
from packhorse.roof.insights.types import WorkDone

#: What is looked back on; nothing older is ever read.
DAYS: Final = 28
#: What took longer between two acts was something else.
PAUSE_S: Final = 600
#: The newest acts that a standard is learned from, at most.
LEARNED_FROM: Final = 3000
#: Fewer people are not shown as a team: each could be told from the others.
LEAST_PEOPLE: Final = 3

#: Kinds of work, by the cause of their moves.
KINDS: Final = {
    "inventory.receipt": "receive", "inventory.put_away": "put_away", "inventory.relocation": "relocate", "picking.task": "pick", "packing.parcel": "pack",
}  # fmt: skip

_ACTS: Final = """
WITH moved AS (
  SELECT m.command_id, min(m.at) AS at, min(m.cause_kind) AS kind, count(*) AS lines, sum(m.quantity)::bigint AS units, min(m.source_id) AS source, max(m.target_id) AS target
  FROM inventory_move m WHERE m.at >= %(since)s AND m.cause_kind = ANY(%(kinds)s) GROUP BY 1
), placed AS (
  SELECT c.principal, v.at, v.kind, v.lines, v.units, coalesce(t.warehouse_id, s.warehouse_id) AS warehouse_id, s.aisle AS from_aisle, s.cell AS from_cell,
         e.aisle, e.cell, f.aisle_pitch_m AS pitch, f.cell_pitch_m AS step
  FROM moved v JOIN core_command c ON c.id = v.command_id AND c.principal LIKE 'user:%%'
  JOIN warehouse_location s ON s.id = v.source JOIN warehouse_location t ON t.id = v.target
  JOIN warehouse_location e ON e.id = CASE WHEN v.kind IN ('inventory.put_away', 'inventory.relocation') THEN v.target ELSE v.source END
  LEFT JOIN warehouse_floor f ON f.warehouse_id = coalesce(t.warehouse_id, s.warehouse_id)
), acts AS (
  SELECT p.*, extract(epoch FROM p.at - lag(p.at) OVER w)::float AS seconds,
         (abs(p.from_aisle - lag(p.aisle) OVER w) * p.pitch + abs(p.from_cell - lag(p.cell) OVER w) * p.step) AS way,
         (abs(p.aisle - p.from_aisle) * p.pitch + abs(p.cell - p.from_cell) * p.step) AS carried
  FROM placed p WINDOW w AS (PARTITION BY p.principal ORDER BY p.at)
), timed AS (
  SELECT principal, at, warehouse_id, kind, lines, units, seconds, coalesce(way, 0) + coalesce(carried, 0) AS metres FROM acts
  WHERE seconds > 0 AND seconds <= %(pause)s AND (%(warehouses)s::bigint[] IS NULL OR warehouse_id = ANY(%(warehouses)s))
)
"""


def _params(scope: Scope, **more: Any) -> dict[str, Any]:
    warehouses = None if scope.warehouse_ids is None else sorted(scope.warehouse_ids)
    since = clock.now() - dt.timedelta(days=DAYS)
    return {"since": since, "kinds": sorted(KINDS), "pause": PAUSE_S, "warehouses": warehouses, **more}


def standards(scope: Scope) -> dict[tuple[int, str], Standard]:
    """The standard of each kind of work in each warehouse, where enough was done; by (warehouse, kind)."""
    found: dict[tuple[int, str], list[Act]] = {}
    rows = sql.rows(
        f"""{_ACTS} SELECT warehouse_id, kind, seconds, units, metres
            FROM (SELECT *, row_number() OVER (PARTITION BY warehouse_id, kind ORDER BY at DESC) AS n FROM timed) t WHERE n <= %(most)s ORDER BY warehouse_id, kind, n""",
        _params(scope, most=LEARNED_FROM),
    )
    for warehouse_id, kind, seconds, units, metres in rows:
        found.setdefault((warehouse_id, KINDS[kind]), []).append(Act(seconds, float(units), metres))
    return {key: standard for key, acts in found.items() if (standard := solve(acts)) is not None}


_DONE: Final = f"""
{_ACTS}
SELECT t.warehouse_id, w.code, t.kind, count(DISTINCT t.principal), count(*), sum(t.lines)::bigint, sum(t.units)::bigint, sum(t.metres)::float, sum(t.seconds)::float
FROM timed t JOIN warehouse_warehouse w ON w.id = t.warehouse_id WHERE %(principal)s::text IS NULL OR t.principal = %(principal)s GROUP BY 1, 2, 3 ORDER BY 2, 3
"""


def _done(scope: Scope, principal: str | None = None) -> list[WorkDone]:
    """What one or all did, by warehouse and kind, beside the standard."""
    known = standards(scope)
    rows = sql.rows(_DONE, _params(scope, principal=principal))
    return [
        WorkDone(w, code, KINDS[kind], people, acts, lines, units, metres, seconds, known.get((w, KINDS[kind])))
        for w, code, kind, people, acts, lines, units, metres, seconds in rows
    ]


def own_work(actor: Actor) -> list[WorkDone]:
    """What a person did in the last weeks, by warehouse and kind, beside the standard. Nobody else can ask it: it takes the person, not a name."""
    return _done(actor.scope, actor.principal) if actor.scope.client_ids is None else []


def team_work(scope: Scope) -> list[WorkDone]:
    """What all did together in the last weeks, by warehouse and kind, beside the standard; without figures where fewer than three people did it.

    Raises: NotAllowed for who sees some clients only.
    """
    if scope.client_ids is not None:
        raise NotAllowed(permission="see_insights")
    return [w if w.people >= LEAST_PEOPLE else WorkDone(w.warehouse_id, w.warehouse, w.kind, w.people, 0, 0, 0, 0.0, 0.0, None) for w in _done(scope)]
