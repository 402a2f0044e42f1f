"""One action on many rows: worked through in chunks by a job, with a page that shows how far it is and what was refused."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from pydantic import TypeAdapter

from packhorse.core import clock, discover
from packhorse.core.actors import Actor
from packhorse.core.errors import KeyReused, PackhorseError
from packhorse.core.jobs import defer, job
from packhorse.core.models import BulkRun
from packhorse.core.web.actions import Posted, action, go
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import back_to
from packhorse.core.web.cells import Text
from packhorse.core.web.errors import is_fragment
from packhorse.core.web.lists import ListPage, chosen_ids

#: Up to so many rows are done at once, before the answer.
AT_ONCE: Final = 25
#: Refusals that are kept in words; the rest are only counted.
KEPT_REFUSALS: Final = 1_000

_ACTOR: Final = TypeAdapter(Actor)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was refused: its id, what it is called, why, and the page of what blocks it, where there is one."""

    id: int
    label: str
    reason: str
    link: str = ""


Work = Callable[..., Iterable[Refusal]]


@dataclass(frozen=True)
class BulkAction:
    name: str
    title: Text
    permission: str
    chunk: int
    work: Work


_ACTIONS: dict[str, BulkAction] = {}


def bulk_action(
    name: str, *, title: Text, permission: str, rows: ListPage | None = None, chunk: int = 200
) -> Callable[[Work], Callable[..., HttpResponseBase]]:
    """Make a view for a list's bulk action out of a function that does a chunk of it.

    The function takes `key`, `actor`, `ids` and `data` (the form's other fields) by keyword, calls one use case with the key, and returns the `Refusal`s (none: all done). If it raises
    a PackhorseError for a chunk, the chunk's rows are tried one by one. `rows`, the list, is needed for “all that match”. `name` is unique: `orders.hold`.
    """

    def decorate(work: Work) -> Callable[..., HttpResponseBase]:
        _ACTIONS[name] = BulkAction(name, title, permission, chunk, work)

        @action(permission)
        def run(posted: Posted) -> HttpResponseBase:
            request = posted.request
            ids = chosen_ids(request, rows, posted.actor.scope) if rows else posted.ids
            data = {k: v for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "ids", "all", "asked", "key", "next")}
            return _begin(request, posted.actor, posted.key, name, ids, {k: str(v) for k, v in data.items()})

        return functools.wraps(work)(run)

    return decorate


def _begin(request: HttpRequest, actor: Actor, key: UUID, name: str, ids: list[int], data: dict[str, str]) -> HttpResponseBase:
    begun = BulkRun.objects.filter(pk=key).first() or _new_run(request, actor, key, name, ids, data)
    if begun is None:
        messages.warning(request, gettext("Mark some rows first."))
        return go(request, back_to(request))
    if (begun.principal, begun.action, begun.data) != (actor.principal, name, data):
        raise KeyReused(key=str(key))
    if len(begun.ids) <= AT_ONCE:
        work_through(run_id=key)
        ended = BulkRun.objects.get(pk=key)
        if not ended.failed:
            messages.success(request, ngettext("%(n)d row: done.", "%(n)d rows: done.", ended.done) % {"n": ended.done})
            return go(request, ended.back)
    return go(request, reverse("bulk", args=[key]))


def _new_run(request: HttpRequest, actor: Actor, key: UUID, name: str, ids: list[int], data: dict[str, str]) -> BulkRun | None:
    """The run as it begins, its job queued where it is a long one; None where no row was marked."""
    if not ids:
        return None
    made = {"actor": _ACTOR.dump_python(actor, mode="json"), "data": data, "ids": ids, "back": back_to(request), "started_at": clock.now()}
    with transaction.atomic():
        run, fresh = BulkRun.objects.get_or_create(
            id=key, defaults={**made, "principal": actor.principal, "action": name, "done": 0, "failed": 0, "refusals": []}
        )
        if fresh and len(ids) > AT_ONCE:
            defer(work_through, run_id=key)
    return run


@job(queue="bulk", attempts=3)
def work_through(*, run_id: UUID) -> None:
    """Work through a run, from where it stands. Each chunk has a key of its own, so that a chunk done twice happens once."""
    for _ in discover.modules("urls"):
        pass  # bulk actions register where the rooms' pages are imported
    run = BulkRun.objects.get(pk=run_id)
    doing = _ACTIONS[run.action]
    actor = _ACTOR.validate_python(run.actor)
    while run.done < len(run.ids):
        ids = run.ids[run.done : run.done + doing.chunk]
        refusals = _chunk(doing, actor, run, ids)
        run.refusals = [*run.refusals, *({"id": r.id, "label": r.label, "reason": r.reason, "link": r.link} for r in refusals)][:KEPT_REFUSALS]
        run.done += len(ids)
        run.failed += len(refusals)
        run.save(update_fields=["refusals", "done", "failed"])
    if run.ended_at is None:
        run.ended_at = clock.now()
        run.save(update_fields=["ended_at"])


def _chunk(doing: BulkAction, actor: Actor, run: BulkRun, ids: list[int]) -> list[Refusal]:
    try:
        return list(doing.work(key=uuid5(run.pk, f"chunk:{run.done}:{len(ids)}"), actor=actor, ids=ids, data=run.data))
    except PackhorseError as refusal:
        if len(ids) == 1:
            return [Refusal(ids[0], str(ids[0]), refusal.message, refusal.link)]
    found: list[Refusal] = []
    for one in ids:
        try:
            found += doing.work(key=uuid5(run.pk, f"row:{one}"), actor=actor, ids=[one], data=run.data)
        except PackhorseError as refusal:
            found.append(Refusal(one, str(one), refusal.message, refusal.link))
    return found


@page()
def show(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """How far a run is; asked again every second until it ends."""
    run = BulkRun.objects.filter(pk=run_id, principal=actor_of(request).principal).first()
    if run is None:
        raise Http404
    for _ in discover.modules("urls"):
        pass
    doing = _ACTIONS.get(run.action)
    context: dict[str, Any] = {
        "title": doing.title if doing else run.action,
        "run": run,
        "total": len(run.ids),
        "good": run.done - run.failed,
        "unsaid": max(0, run.failed - len(run.refusals)),
    }
    return render(request, "core/_bulk.html" if is_fragment(request) else "core/bulk.html", context)
