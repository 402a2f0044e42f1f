"""Who asks: the actor behind a request, and pages that only some may see."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from packhorse.core.actors import Actor
from packhorse.core.errors import NotAllowed, PackhorseError
from packhorse.core.web import errors

P = ParamSpec("P")

#: A view: takes a request and what its URL says.
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class NotSignedIn(PackhorseError):
    """You are not signed in."""

    status = 401
    no_page = "who is not signed in is led to the login page"


def by_key(request: HttpRequest) -> bool:
    """Whether a request names an API key (which need not be a good one) instead of a session."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def find_actor(request: HttpRequest) -> Actor | None:
    """The actor behind a request: of the API key in its Authorization header, else of the signed-in user. Found once per request."""
    known: Actor | str | None = getattr(request, "_actor", "unknown")
    if not isinstance(known, str):
        return known
    found: Actor | None = None
    if by_key(request):
        lookup: Callable[[str], Actor | None] = import_string(settings.PACKHORSE_KEY_LOOKUP)
        found = lookup(request.headers["Authorization"].partition(" ")[2].strip())
    elif request.user.is_authenticated:
        found = request.user.actor()
    request._actor = found  # type: ignore[attr-defined]
    return found


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request.

    Raises: NotSignedIn.
    """
    found = find_actor(request)
    if found is None:
        raise NotSignedIn
    return found


def page(permission: str | None = None) -> Callable[[View[P]], View[P]]:
    """A page for signed-in people who hold the permission (None: for all of them).

    Sends others to the login page; shows refusals as pages with their status: NotAllowed 403, NotFound 404, the rest their own. That a client's reader sees the client's rows
    only is seen to by the selectors' scope and, as the second wall, by `wall.WallMiddleware`.
    """

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = find_actor(request)
            if actor is None:
                return _ask_to_sign_in(request)
            try:
                if permission is not None and not actor.may(permission):
                    raise NotAllowed(permission=permission)
                return view(request, *args, **kwargs)
            except PackhorseError as refusal:
                return errors.refusal_page(request, refusal)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    response: HttpResponse = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204, headers={"HX-Redirect": response.headers["Location"]})
    return response


def permission_of(view: Any) -> str | None:
    """The permission that a page asks for, for tests that try every page."""
    return getattr(view, "permission", None)
