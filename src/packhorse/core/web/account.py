"""Signing in and out, one's password, language and look."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import check_for_language, gettext_lazy as _
from django.views.decorators.http import require_POST

from packhorse.core.web import menu
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.back import back_to
from packhorse.core.web.wall import THEMES

_YEAR_S: Final = 365 * 24 * 3600


class Login(auth_views.LoginView):
    """Name and password; failed tries are throttled by axes."""

    template_name = "core/login.html"
    redirect_authenticated_user = True
    extra_context = {"title": _("Sign in")}


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "core/form.html"
    success_url = reverse_lazy("home")
    extra_context = {"title": _("Change the password"), "submit": _("Change")}


def _remember(request: HttpRequest, name: str, value: str) -> HttpResponse:
    response = HttpResponseRedirect(back_to(request))
    response.set_cookie(name, value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """The language of all pages from now on, in this browser."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES) or not check_for_language(wanted):
        return HttpResponse(status=422)
    return _remember(request, settings.LANGUAGE_COOKIE_NAME, wanted)


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Light, dark, or as the device has it."""
    wanted = request.POST.get("theme", "")
    return _remember(request, "theme", wanted) if wanted in THEMES else HttpResponse(status=422)


@page()
def home(request: HttpRequest) -> HttpResponseBase:
    """The steps and what waits in each. Stands where the desk has no home page of its own."""
    return render(request, "core/home.html", {"title": _("Home"), "groups": menu.items(request)})


@page()
def settings_index(request: HttpRequest) -> HttpResponseBase:
    """All settings pages that the actor may open."""
    return render(request, "core/settings.html", {"title": _("Settings"), "entries": menu.settings_entries(actor_of(request))})
