"""Saved views: a list's query under a name, for the one who saved it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from packhorse.core import clock
from packhorse.core.actors import Actor
from packhorse.core.models import SavedView
from packhorse.core.web.auth import actor_of, page


@dataclass(frozen=True, slots=True)
class View:
    id: int
    name: str
    query: str


def of(actor: Actor, page_name: str) -> list[View]:
    """The actor's saved views of a list, by name."""
    return [View(*row) for row in SavedView.objects.filter(principal=actor.principal, page=page_name).order_by("name").values_list("id", "name", "query")]


def back_to(request: HttpRequest, fallback: str = "/") -> str:
    """Where the form asked to go next, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()) else fallback


@require_POST
@page()
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep the list's query under a name; a name that is taken is overwritten."""
    actor = actor_of(request)
    name, where = request.POST.get("name", "").strip()[:60], request.POST.get("page", "")[:100]
    if not name or not where:
        return HttpResponse(status=422)
    SavedView.objects.update_or_create(
        principal=actor.principal, page=where, name=name, defaults={"query": request.POST.get("query", "")[:2000], "at": clock.now()}
    )
    return HttpResponseRedirect(back_to(request))


@require_POST
@page()
def forget(request: HttpRequest, view_id: int) -> HttpResponseBase:
    """Drop one of one's own saved views."""
    SavedView.objects.filter(pk=view_id, principal=actor_of(request).principal).delete()
    return HttpResponseRedirect(back_to(request))
