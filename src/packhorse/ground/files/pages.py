"""Documents and photos, for those who may see the orders they belong to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from packhorse.core.web.auth import actor_of, page
from packhorse.ground.files import selectors
from packhorse.ground.files.serving import answer


@require_safe
@page("see_orders")
def content(request: HttpRequest, file_id: int) -> HttpResponse:
    """The file itself, as far as the reader's clients own it."""
    found = selectors.info(file_id, actor_of(request).scope)
    return answer(found, selectors.content(found))
