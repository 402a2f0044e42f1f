"""Handing a file out over HTTP: shown in the browser only where that is safe, else saved."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from packhorse.ground.files.types import FileInfo

#: What a browser shows without running anything of it.
_SHOWN: Final = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain"})
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "application/zpl": ".zpl",
    "text/csv": ".csv",
}


def answer(found: FileInfo, data: bytes) -> HttpResponse:
    """The response; content never changes under its id, so the reader's own browser may keep it for a day."""
    shown = found.media_type in _SHOWN
    response = HttpResponse(data, content_type=found.media_type if shown else "application/octet-stream")
    name = f"{found.kind}-{found.id}{_ENDINGS.get(found.media_type, '')}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=not shown, filename=name) or "attachment"
    response["Cache-Control"] = "private, max-age=86400"
    response["ETag"] = f'"{found.sha256}"'
    return response
