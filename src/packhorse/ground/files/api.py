"""Documents and photos over the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from packhorse.core.web.api import Id, scope_of
from packhorse.ground.files import selectors
from packhorse.ground.files.serving import answer
from packhorse.ground.files.types import FileInfo

router = Router()


@router.get("/{file_id}", response=FileInfo)
def info(request: HttpRequest, file_id: Id) -> FileInfo:
    """What is known of a file."""
    return selectors.info(file_id, scope_of(request, "see_orders"))


@router.get("/{file_id}/content")
def content(request: HttpRequest, file_id: Id) -> HttpResponse:
    """The file itself."""
    found = selectors.info(file_id, scope_of(request, "see_orders"))
    return answer(found, selectors.content(found))
