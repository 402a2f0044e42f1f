"""Refusals and faults as pages. None of these asks the database anything: it may be what failed."""

from __future__ import annotations

import sys

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from packhorse.core.away import is_away
from packhorse.core.errors import NotAllowed, PackhorseError
from packhorse.core.web.back import came_from
from packhorse.core.web.problems import unavailable


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a piece of a page (and not for a whole one)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")


def refusal_page(request: HttpRequest, refusal: PackhorseError) -> HttpResponse:
    """The refusal as a page with its status; as a notice where htmx asked."""
    if is_fragment(request):
        return refusal_notice(request, refusal)
    template = "core/no_permission.html" if isinstance(refusal, NotAllowed) else "core/refused.html"
    return render(request, template, {"refusal": refusal, "back": came_from(request)}, status=refusal.status)


def refusal_notice(request: HttpRequest, refusal: PackhorseError) -> HttpResponse:
    """The refusal as a notice that htmx adds at the head of the page it is on; the status is kept."""
    response = render(
        request, "core/_notice.html", {"level": "error", "text": refusal.message, "remedy": refusal.remedy, "link": refusal.link}, status=refusal.status
    )
    response["HX-Retarget"] = "#notices"
    response["HX-Reswap"] = "innerHTML show:window:top"
    return response


def say(request: HttpRequest, text: str) -> None:
    """A notice on the next page."""
    messages.success(request, text)


def _plain(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "core/error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    return _plain(request, 400, _("That request could not be read"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    return _plain(
        request, 403, _("That is not allowed"), _("Your session may have ended, or the page was open for too long. Go back, reload it and try again.")
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    return forbidden(request)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django gives it
    return _plain(request, 404, _("There is nothing here"), _("The link may be old, or the thing may belong to another client."))


def broken(request: HttpRequest) -> HttpResponse:
    """What nobody expected; among it a database that went away, which is no fault of the request's and over in a moment."""
    if is_away(sys.exception()):
        if request.path.startswith("/api/"):
            return unavailable()
        return _plain(
            request,
            503,
            _("The database cannot be reached just now"),
            _("It is being started again. Go back and try again in a moment: what you did is done once."),
        )
    return _plain(
        request, 500, _("Something broke on our side"), _("Nothing half-done was kept. Try again; if it comes back, tell whoever runs Packhorse what you did.")
    )
