"""An address is verified over the API without being kept."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from packhorse.core.actors import Actor
from packhorse.ground.places.models import Address

pytestmark = pytest.mark.django_db


def test_the_verdict_says_what_is_wrong_and_what_would_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("packhorse.core.web.api.find_actor", lambda request: Actor("key:1", frozenset({"integrator"})))
    monkeypatch.setattr("packhorse.core.web.auth.find_actor", lambda request: Actor("key:1", frozenset({"integrator"})))
    asked = {"name": "J", "line1": "5 Oak St", "city": "Boise", "region": "California", "postal_code": "83702", "country": "USA"}
    told = Browser().get("/api/v1/places/verify", asked).json()
    assert (told["level"], told["checked"], [p["code"] for p in told["problems"]]) == ("suspect", "offline", ["postal_code_region"])
    assert told["suggestion"]["region"] == "ID"
    assert Address.objects.count() == 0
