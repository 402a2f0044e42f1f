"""What the desk does itself: keep what the reconcilers found and mend it, and give failed jobs and parked events another try."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from packhorse.core import dispatch, jobs, sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.books import Part
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.core.use_case import use_case
from packhorse.roof.desk.models import Finding
from packhorse.roof.desk.types import Disagreement, Mended
from packhorse.steps.inventory import requests as inventory_requests, selectors as inventory
from packhorse.steps.inventory.types import Drift
from packhorse.steps.orders import requests as orders_requests, selectors as orders


@use_case
def record_look(*, key: UUID, actor: Actor, parts: dict[str, Part], found: list[Disagreement]) -> int:
    """Keep what a look at parts of the books found, and close the findings there that agree again; how many are open now.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    here = work.current()
    sql.run("SELECT pg_advisory_xact_lock(hashtext('desk.finding'))")
    told = {(d.room, d.kind, d.subject): d for d in found}
    for f in Finding.objects.filter(closed_at=None, family__in=parts).order_by("id"):
        d = told.pop((f.room, f.kind, f.subject), None)
        if d is not None:
            f.stated, f.actual = d.stated, d.actual
            f.save(update_fields=["stated", "actual"])
        elif parts[f.family].has(f.family_id):
            f.closed_at = here.at
            f.save(update_fields=["closed_at"])
    Finding.objects.bulk_create(Finding(**asdict(d), found_at=here.at) for d in told.values())
    return Finding.objects.filter(closed_at=None).count()


@use_case
def mend_findings(*, key: UUID, actor: Actor, finding_ids: list[int]) -> Mended:
    """Make the figures of findings say what their rows say, in both ledgers, and close those that agree then. For those who see everything.

    Locks: orders, then stock; the findings last.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    authorize(actor, "adjust_stock")
    if actor.scope != EVERYTHING:
        raise NotAllowed(permission="run_system")
    here = work.current()
    wanted = list(Finding.objects.filter(pk__in=finding_ids, closed_at=None).order_by("id"))
    about: dict[str, set[int]] = {f.family: set() for f in wanted}
    for f in wanted:
        about[f.family].add(f.family_id)
        if f.room == "inventory":
            about.setdefault("item", set()).add(f.about["item_id"])
    order_ids = sorted({f.about["order_id"] for f in wanted if f.room == "orders"})
    if order_ids:
        orders_requests.mend(order_ids=order_ids)
    if any(f.room == "inventory" for f in wanted):
        inventory_requests.mend(item_ids=sorted(about.get("item", ())), demand_ids=sorted(about.get("demand", ())))
    parts = {family: Part(tuple(sorted(ids))) for family, ids in about.items()}
    left = {("inventory", d.kind, _stock_subject(d)) for d in inventory.drift(EVERYTHING, parts)} | {
        ("orders", d.kind, str(d.row_id)) for d in orders.drift(EVERYTHING, parts)
    }
    agree = [f.pk for f in wanted if (f.room, f.kind, f.subject) not in left]
    Finding.objects.filter(pk__in=agree).update(closed_at=here.at, mended_by=actor.principal, command_id=here.command_id)
    return Mended(len(agree), len(wanted) - len(agree))


def _stock_subject(d: Drift) -> str:
    return ":".join(str(x) for x in (d.item_id, d.warehouse_id, d.location_id, d.lot_id, d.condition, d.demand_id))


@use_case
def retry_job(*, key: UUID, actor: Actor, job_id: int) -> int:
    """Queue a failed job once more; its id.   Raises: NotAllowed, NotFound."""
    authorize(actor, "run_system")
    jobs.retry(job_id)
    return job_id


@use_case
def retry_events(*, key: UUID, actor: Actor, event_ids: list[int]) -> int:
    """Give parked events another round; how many there were.   Raises: NotAllowed, NotFound where none of them is parked."""
    authorize(actor, "run_system")
    n = dispatch.retry_parked(event_ids)
    if not n:
        raise NotFound(kind="parked event", ref=", ".join(map(str, event_ids)))
    return n
