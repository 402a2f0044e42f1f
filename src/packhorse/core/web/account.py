"""Look, settings, and the home page of a house without a desk."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from packhorse.core.web import menu
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import back_to
from packhorse.core.web.wall import THEMES

_YEAR_S: Final = 365 * 24 * 3600


def remember(request: HttpRequest, name: str, value: str) -> HttpResponse:
    """Back to the page, with the choice in a cookie."""
    response = HttpResponseRedirect(back_to(request))
    set_choice(request, response, name, value)
    return response


def set_choice(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in this browser for a year."""
    response.set_cookie(name, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True)


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Light, dark, or as the device has it."""
    wanted = request.POST.get("theme", "")
    return remember(request, "theme", wanted) if wanted in THEMES else HttpResponse(status=422)


@page()
def home(request: HttpRequest) -> HttpResponseBase:
    """The steps and what waits in each. Stands where the desk has no home page of its own."""
    return render(request, "core/home.html", {"title": _("Home"), "groups": menu.items(request)})


@page()
def settings_index(request: HttpRequest) -> HttpResponseBase:
    """All settings pages that the actor may open."""
    return render(request, "core/settings.html", {"title": _("Settings"), "entries": menu.settings_entries(actor_of(request))})
