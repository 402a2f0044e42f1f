"""What packing computes when it is asked to."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, Actor, system
from packhorse.core.jobs import defer, job
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.packing import selectors, services
from packhorse.steps.packing.types import PaperBatch, kernel_box
from packhorse.steps.picking import selectors as picking


@job(attempts=1, lock="packing.advise")
def advise(*, key: UUID, warehouse_id: int, days: int, sizes: int) -> None:
    """Which box sizes would have cost least; kept for the page."""
    loads = selectors.past_loads(EVERYTHING, warehouse_id, days)
    advice = services.advise(loads, [kernel_box(b) for b in catalog.boxes(EVERYTHING)], sizes, selectors.fill_minor_per_litre(EVERYTHING))
    services.keep_advice(key=key, actor=system("packing"), warehouse_id=warehouse_id, days=days, advice=advice)


@job(attempts=3, lock="packing.plan_cartons")
def plan_cartons(*, key: UUID) -> None:
    """Boxes for what was released since."""
    while waiting := picking.without_cartons(EVERYTHING):
        once = uuid5(key, ":".join(str(w.release_id) for w in waiting))
        if not services.plan_cartons(key=once, actor=system("packing"), plans=services.cartons_for(waiting)):
            return


@job(attempts=3)
def print_papers(*, key: UUID, actor: Actor, what: str, batches: list[PaperBatch], language: str) -> None:
    """Papers of many parcels or orders, to the printers."""
    services.print_papers(key=key, actor=actor, what=what, batches=batches, language=language)
    defer("equipment.send")
