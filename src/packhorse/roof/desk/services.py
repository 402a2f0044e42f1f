"""What the desk does itself: check the books, and give failed jobs and parked events another try."""

from __future__ import annotations

import time
from dataclasses import asdict
from uuid import UUID

from packhorse.core import dispatch, jobs, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import NotFound
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.roof.desk.models import BooksCheck
from packhorse.roof.desk.types import BooksChecked, Disagreement
from packhorse.steps.inventory import selectors as inventory
from packhorse.steps.orders import selectors as orders

#: How many disagreements a check keeps; it counts them all.
_KEPT = 50
#: How many checks are kept: two weeks of a check every quarter of an hour.
_RUNS = 1344


def _found() -> list[Disagreement]:
    stock = inventory.drift(EVERYTHING)
    skus = {i.id: i.sku for i in catalog.items_by_id(EVERYTHING, {d.item_id for d in stock[:_KEPT]}).values()}
    found = [Disagreement("inventory", d.kind, skus.get(d.item_id, str(d.item_id)), str(d.stated), str(d.actual)) for d in stock]
    wrong = orders.drift(EVERYTHING)
    numbers = {fo.order_id: fo.order_number for fo in orders.fulfillment_orders_of(EVERYTHING, {d.order_id for d in wrong[:_KEPT]})}
    return found + [Disagreement("orders", d.kind, numbers.get(d.order_id, str(d.order_id)), str(d.stated), str(d.actual)) for d in wrong]


@use_case
def check_books(*, key: UUID, actor: Actor) -> BooksChecked:
    """Compare every projection with its rows, stock's and orders', and keep what disagrees.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    began = time.perf_counter()
    found = _found()
    kept = BooksCheck.objects.create(
        at=work.current().at, took_ms=round(1000 * (time.perf_counter() - began)), figures=len(found), found=[asdict(d) for d in found[:_KEPT]]
    )
    BooksCheck.objects.filter(pk__lte=kept.pk - _RUNS).delete()
    return BooksChecked(kept.at, kept.took_ms, kept.figures, tuple(found[:_KEPT]))


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
