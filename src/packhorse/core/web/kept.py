"""What one person keeps of a list: views (its query under a name) and the columns that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.models import ListColumns, SavedView
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import back_to

#: More columns than any list has.
_COLUMNS_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class View:
    id: int
    name: str
    query: str


def views_of(actor: Actor, page_name: str) -> list[View]:
    """The actor's saved views of a list, by name."""
    return [View(*row) for row in SavedView.objects.filter(principal=actor.principal, page=page_name).order_by("name").values_list("id", "name", "query")]


def columns_of(actor: Actor, page_name: str) -> list[str]:
    """The keys of the columns that the actor wants to see of a list; empty: as the list has them."""
    return next((list(keys) for keys in ListColumns.objects.filter(principal=actor.principal, page=page_name).values_list("columns", flat=True)), [])


def keep_columns(actor: Actor, page_name: str, keys: Iterable[str]) -> None:
    """Show these columns of a list to the actor from now on; none: as the list has them."""
    wanted = [k for k in keys if "\x00" not in k and len(k) <= 100][:_COLUMNS_MOST]
    if wanted:
        ListColumns.objects.update_or_create(principal=actor.principal, page=page_name, defaults={"columns": wanted, "at": clock.now()})
    else:
        ListColumns.objects.filter(principal=actor.principal, page=page_name).delete()


def _page_name(request: HttpRequest) -> str:
    return request.POST.get("page", "").replace("\x00", "")[:100]


@require_POST
@page()
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep the list's query under a name; a name that is taken is overwritten."""
    actor = actor_of(request)
    name, where = request.POST.get("name", "").replace("\x00", "").strip()[:60], _page_name(request)
    if not name or not where:
        return HttpResponse(status=422)
    SavedView.objects.update_or_create(
        principal=actor.principal, page=where, name=name, defaults={"query": request.POST.get("query", "").replace("\x00", "")[:2000], "at": clock.now()}
    )
    return HttpResponseRedirect(back_to(request))


@require_POST
@page()
def forget(request: HttpRequest, view_id: int) -> HttpResponseBase:
    """Drop one of one's own saved views."""
    SavedView.objects.filter(pk=view_id, principal=actor_of(request).principal).delete()
    return HttpResponseRedirect(back_to(request))


@require_POST
@page()
def columns(request: HttpRequest) -> HttpResponseBase:
    """Keep which columns of a list are shown (`column`, many); with `all`, as the list has them."""
    where = _page_name(request)
    if not where:
        return HttpResponse(status=422)
    keep_columns(actor_of(request), where, [] if request.POST.get("all") else request.POST.getlist("column"))
    return HttpResponseRedirect(back_to(request))
