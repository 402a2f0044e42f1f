"""Where a form leads back to: only ever a page of ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


def back_to(request: HttpRequest) -> str:
    """Where the form asked to go next (`next`), if that is a page of ours, else home."""
    wanted = request.POST.get("next", "")
    return wanted if is_ours(request, wanted) else "/"


def came_from(request: HttpRequest) -> str:
    """The page of ours that the reader came from, else home."""
    wanted = request.headers.get("Referer", "")
    return wanted if is_ours(request, wanted) else "/"
