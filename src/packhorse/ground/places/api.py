"""Verification of addresses over the API."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import asker
from packhorse.ground.places.types import AddressData, Verdict
from packhorse.ground.places.verify import verify

router = Router()


class AddressAsked(Schema):
    """An address, field by field; `country` is a code or a name."""

    name: str = Field("", max_length=200)
    company: str = Field("", max_length=200)
    line1: str = Field("", max_length=200)
    line2: str = Field("", max_length=200)
    line3: str = Field("", max_length=200)
    city: str = Field("", max_length=200)
    region: str = Field("", max_length=200)
    postal_code: str = Field("", max_length=40)
    country: str = Field("", max_length=80)


@router.get("/verify", response=Verdict)
def verdict(request: HttpRequest, asked: Annotated[AddressAsked, Query(...)]) -> Verdict:
    """Whether a carrier can be expected to find an address, by format and tables; nothing is kept."""
    asker(request, "see_orders")
    return verify(AddressData(**asked.model_dump()))
