"""Documents as answers: a PDF that the browser shows and prints."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def pdf(data: bytes, name: str) -> HttpResponse:
    """A PDF to look at and to print; `name` without ending."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=f"{name}.pdf") or "inline"
    return response
