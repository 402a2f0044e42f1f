"""Problem documents (RFC 9457): how the API says no, and how everything says that the database is away."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic_core import to_json

PROBLEM: Final = "application/problem+json"
#: So many seconds a program waits before it asks again: PostgreSQL is back in a few.
AGAIN_S: Final = 2


def problem(status: int, *, code: str, detail: str = "", remedy: str = "", **more: Any) -> HttpResponse:
    """A problem document as a response."""
    body = {"type": f"urn:packhorse:{code}", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code, "remedy": remedy, **more}
    response = HttpResponse(to_json({k: v for k, v in body.items() if v not in ("", None)}, fallback=str), status=status, content_type=PROBLEM)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def unavailable() -> HttpResponse:
    """The connection to the database broke: whether the request was carried out is not known, and need not be, since its key is done once."""
    response = problem(
        503, code="unavailable", detail=_("The database cannot be reached just now."), remedy=_("Send the same request with the same key again in a moment.")
    )
    response["Retry-After"] = str(AGAIN_S)
    return response
