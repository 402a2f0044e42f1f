"""Middleware: the actor of each request, the row-level wall around a client's reading, the zone that times are shown in, the theme."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from packhorse.core.actors import Actor, Scope
from packhorse.core.rls import acting_for
from packhorse.core.web.auth import by_key, find_actor

Respond = Callable[[HttpRequest], HttpResponseBase]

THEMES = ("auto", "light", "dark")


class WallMiddleware:
    """Reads (GET, HEAD) of actors whose scope names clients run as `packhorse_client`, whatever the view. Stands last, so that sessions are outside."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cookie = request.COOKIES.get("theme", "auto")
        request.theme = cookie if cookie in THEMES else "auto"  # type: ignore[attr-defined]
        actor = find_actor(request)
        with timezone.override(None if by_key(request) else _zone_of(actor)):  # programs are told times in UTC
            if actor is None or actor.scope.client_ids is None or request.method not in ("GET", "HEAD"):
                return self.respond(request)
            with acting_for(actor.scope):
                response = self.respond(request)
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = _behind(actor.scope, response.streaming_content)  # type: ignore[arg-type]
            return response


def _behind(scope: Scope, content: Iterator[bytes]) -> Iterator[bytes]:
    with acting_for(scope):
        yield from content


def _zone_of(actor: Actor | None) -> zoneinfo.ZoneInfo | None:
    """The zone of the warehouse that the actor works in, where it can be told (`PACKHORSE_ZONE_LOOKUP`), else the server's."""
    if actor is None or not settings.PACKHORSE_ZONE_LOOKUP:
        return None
    lookup: Callable[[Scope], str | None] = import_string(settings.PACKHORSE_ZONE_LOOKUP)
    name = lookup(actor.scope)
    return zoneinfo.ZoneInfo(name) if name else None
