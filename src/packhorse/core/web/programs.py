"""Programs come to the API with a key: the middleware that only people need (sessions, CSRF, second factors, messages …) is passed by for them; it was a tenth of what such a request cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from packhorse.core.web.auth import by_key

Respond = Callable[[HttpRequest], HttpResponseBase]

#: Where the API is mounted.
PREFIX = "/api/v1/"


class ForPeople:
    """Begins what only people need. In the settings `EndForPeople` ends it: there a program's request goes on."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.past = EndForPeople.built.pop()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX) and by_key(request):
            return self.past(request)
        return self.respond(request)


class EndForPeople:
    """Ends it; see `ForPeople`."""

    #: What comes after it, for the beginning, which Django builds later: it builds from the last to the first.
    built: ClassVar[list[Respond]] = []

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.built.append(respond)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)
