"""The API: /api/v1, OpenAPI 3.1, problem JSON (RFC 9457), cursor pages, idempotency keys. Routers are found in the rooms' api.py."""

from __future__ import annotations

import functools
import json
import time
from collections import OrderedDict
from threading import Lock
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Header, NinjaAPI, Query, Router, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.throttling import BaseThrottle
from ninja.utils import check_csrf

from packhorse.core import discover
from packhorse.core.actors import Actor, Scope
from packhorse.core.away import is_away
from packhorse.core.errors import NotAllowed, PackhorseError
from packhorse.core.lists import LIMIT, LIMIT_MAX, ListQuery, Page
from packhorse.core.web.auth import NotSignedIn, actor_of, find_actor
from packhorse.core.web.openapi import HouseAPI
from packhorse.core.web.problems import problem, unavailable
from packhorse.core.web.programs import PREFIX

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: A POST's, PUT's, PATCH's or DELETE's key: `def hold(request, order_id: int, key: IdempotencyKey)`.
IdempotencyKey = Annotated[
    UUID,
    Header(..., alias="Idempotency-Key", description="A UUID of your choice. The same key with the same request gets the same answer, and it happens once."),
]


#: An id in a path or a body: what fits PostgreSQL's bigint, so that nothing else reaches the database.
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Problem(Schema):
    """What went wrong (RFC 9457). `code` is for programs, `detail` for people, `remedy` says what to do, `link` is the page of what blocks."""

    type: str
    title: str
    status: int
    detail: str = ""
    code: str = ""
    remedy: str = ""
    link: str = ""
    data: dict[str, Any] = {}
    errors: list[dict[str, Any]] = []


class Asked(Schema):
    """A list's usual parameters; a room's own filters are a subclass's fields."""

    q: str = Field("", max_length=200, description="Search.")
    sort: str = Field("", max_length=60, description="A sort's name, with - in front for descending.")
    cursor: str = Field("", max_length=600, description="`next_cursor` of the page before.")
    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX)

    def query(self) -> ListQuery:
        """As selectors take it; fields of a subclass become filters."""
        own = self.model_dump(exclude={"q", "sort", "cursor", "limit"}, exclude_none=True, mode="json")
        filters = {k: tuple(str(x) for x in v) if isinstance(v, list) else ((("1" if v else "") if isinstance(v, bool) else str(v)),) for k, v in own.items()}
        return ListQuery(search=self.q.replace("\x00", ""), filters=filters, sort=self.sort, cursor=self.cursor, limit=self.limit, count=False)


#: `def orders(request, asked: ListAsked)`: a list's usual parameters.
ListAsked = Annotated[Asked, Query(...)]


class Rows(Schema, Generic[T]):
    """One page: `next_cursor` is null on the last."""

    rows: list[T]
    next_cursor: str | None = None


def rows_of(page: Page[Any]) -> dict[str, Any]:
    """A selector's page as the answer of an endpoint with `response=Rows[…]`."""
    return {"rows": list(page.rows), "next_cursor": page.next_cursor}


def asker(request: HttpRequest, permission: str) -> Actor:
    """The actor of an API request, who must hold the permission.

    Raises: NotSignedIn, NotAllowed.
    """
    actor = actor_of(request)
    if not actor.may(permission):
        raise NotAllowed(permission=permission)
    return actor


def scope_of(request: HttpRequest, permission: str) -> Scope:
    """The scope of an API request's actor, who must hold the permission."""
    return asker(request, permission).scope


class Door:
    """Lets in whoever has an actor: by API key in the Authorization header, or signed in (then with the CSRF token where something changes)."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "An API key, made under Settings → API keys. In the browser the session does as well."

    def __init__(self) -> None:
        self.openapi_security_schema = {"type": self.openapi_type, "scheme": self.openapi_scheme, "description": self.openapi_description}

    def __call__(self, request: HttpRequest) -> Actor:
        actor = find_actor(request)
        if actor is None:
            raise NotSignedIn
        if not request.headers.get("Authorization") and check_csrf(request) is not None:
            raise HttpError(403, _("The CSRF token is missing or wrong; API keys need none."))
        return actor


class Bucket(BaseThrottle):
    """So many requests a minute for each principal, counted in each worker's memory (settings.PACKHORSE_API_RATE)."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()
        self._wait: float | None = None

    def allow_request(self, request: HttpRequest) -> bool:
        rate = settings.PACKHORSE_API_RATE
        actor = find_actor(request)
        who = actor.principal if actor else ""
        now = time.monotonic()
        with self._lock:
            left, at = self._seen.pop(who, (float(rate), now))
            left = min(float(rate), left + (now - at) * rate / 60)
            allowed = left >= 1
            self._seen[who] = (left - 1 if allowed else left, now)
            while len(self._seen) > 10_000:
                self._seen.popitem(last=False)
            self._wait = None if allowed else (1 - left) * 60 / rate
        return allowed

    def wait(self) -> float | None:
        return self._wait


def refused(_request: HttpRequest, refusal: Any) -> HttpResponse:
    """A refusal as a problem document."""
    assert isinstance(refusal, PackhorseError)
    return problem(refusal.status, code=refusal.code, detail=refusal.message, remedy=refusal.remedy, link=refusal.link, data=refusal.data or None)


def _handlers(api: NinjaAPI) -> None:
    def invalid(_request: HttpRequest, error: Any) -> HttpResponse:
        assert isinstance(error, ValidationError)
        errors = [{"at": [str(x) for x in e.get("loc", ())], "message": e.get("msg", ""), "kind": e.get("type", "")} for e in error.errors]
        return problem(422, code="invalid", detail=_("The request does not have the right shape."), errors=errors)

    def http(_request: HttpRequest, error: Any) -> HttpResponse:
        assert isinstance(error, HttpError)
        code = {400: "unreadable", 401: "not_signed_in", 403: "forbidden", 404: "not_found", 429: "too_many"}.get(error.status_code, "refused")
        return problem(error.status_code, code=code, detail=error.message)

    def slow_down(_request: HttpRequest, error: Any) -> HttpResponse:
        assert isinstance(error, Throttled)
        response = problem(
            429, code="too_many", detail=_("Too many requests."), remedy=_("Wait as long as Retry-After says; take bulk endpoints where there are any.")
        )
        response["Retry-After"] = str(max(1, int(error.wait or 1)))
        return response

    def broken(request: HttpRequest, error: Any) -> HttpResponse:
        if is_away(error):
            log.warning("database_away", path=request.path, reason=str(error).strip().split("\n")[0])
            return unavailable()
        log.error("api_failed", path=request.path, exc_info=error)
        return problem(500, code="broken", detail=_("Something broke on our side. Nothing half-done was kept."))

    api.add_exception_handler(PackhorseError, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(Throttled, slow_down)
    api.add_exception_handler(AuthenticationError, http)
    api.add_exception_handler(Http404, lambda _request, _error: problem(404, code="not_found", detail=_("There is nothing here.")))
    api.add_exception_handler(Exception, broken)


def make_api(routers: list[tuple[str, Router]], **kwargs: Any) -> NinjaAPI:
    """An API of these routers, each mounted under its room's name."""
    api = HouseAPI(
        title="Packhorse",
        version="1",
        description="Orders, stock, picking, packing, shipping, delivery and returns.",
        auth=Door(),
        throttle=Bucket(),
        docs_url=None,
        openapi_url="openapi.json",
        **kwargs,
    )
    _handlers(api)
    for name, router in routers:
        api.add_router(f"/{name}", router, tags=[name])
    return api


@functools.cache
def the_api() -> NinjaAPI:
    """The house's API: every room that has an api.py, in the order of the house."""
    return make_api([(room, module.router) for room, module in discover.modules("api")], urls_namespace="api")


def document() -> dict[str, Any]:
    """The API's OpenAPI document, as plain values."""
    found: dict[str, Any] = json.loads(json.dumps(the_api().get_openapi_schema(path_prefix=PREFIX), default=str))
    return found
