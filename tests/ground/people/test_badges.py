"""Badge and PIN open a shared device, and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.ground.people import selectors, services
from packhorse.ground.people.errors import AlreadyRevoked, BadgeTaken, WeakPin
from packhorse.ground.people.models import Badge, User
from packhorse.ground.people.secrets import Secret, raw_device_token
from packhorse.ground.people.sign_in import DEVICE_COOKIE, badge_name
from packhorse.ground.people.types import Grant
from tests.ground.conftest import actor, make_user


def _try(token: str, badge: str, pin: str) -> object:
    request = RequestFactory().post("/")
    request.COOKIES[DEVICE_COOKIE] = token
    return authenticate(request, username=badge_name(badge), badge=badge, pin=pin)


def _device(boss: Actor) -> tuple[str, int]:
    key = uuid4()
    made = services.register_device(key=key, actor=boss, name="Scanner 3", warehouse_id=None)
    return raw_device_token(boss.principal, key), made.id


def test_badge_and_pin_on_a_shared_device_are_a_user(boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"))
    services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code="B-1001", pin=Secret("2580"))
    token, device_id = _device(boss)
    assert _try(token, "B-1001", "2580") == User.objects.get(pk=pia.id)
    assert _try(token, "B-1001", "2581") is None
    assert _try(token, "B-1002", "2580") is None
    assert _try("", "B-1001", "2580") is None
    services.revoke_device(key=uuid4(), actor=boss, device_id=device_id)
    assert selectors.device_for_token(token) is None
    assert _try(token, "B-1001", "2580") is None
    with pytest.raises(AlreadyRevoked):
        services.revoke_device(key=uuid4(), actor=boss, device_id=device_id)


def test_a_new_badge_ends_the_one_before(boss: Actor) -> None:
    pia = make_user("pia")
    token, _ = _device(boss)
    for code in ("B-1001", "B-2002"):
        services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code=code, pin=Secret("2580"))
    assert _try(token, "B-1001", "2580") is None
    assert _try(token, "B-2002", "2580") is not None
    services.revoke_badge(key=uuid4(), actor=boss, user_id=pia.id)
    assert _try(token, "B-2002", "2580") is None
    assert not Badge.objects.filter(revoked_at=None).exists()
    with pytest.raises(NotFound):
        services.revoke_badge(key=uuid4(), actor=boss, user_id=pia.id)


@pytest.mark.parametrize("pin", ["123", "123456789", "1234", "8765", "0000", "12a4", "²²²²"])
def test_a_pin_that_is_guessed_at_once_is_refused(boss: Actor, pin: str) -> None:
    pia = make_user("pia")
    with pytest.raises(WeakPin):
        services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code="B-1001", pin=Secret(pin))


def test_a_badge_is_worn_by_one(boss: Actor) -> None:
    pia, tom = make_user("pia"), make_user("tom")
    services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code="B-1001", pin=Secret("2580"))
    with pytest.raises(BadgeTaken):
        services.set_badge(key=uuid4(), actor=boss, user_id=tom.id, code="B-1001", pin=Secret("2580"))
    with pytest.raises(Invalid):
        services.set_badge(key=uuid4(), actor=boss, user_id=tom.id, code="B", pin=Secret("2580"))
    with pytest.raises(NotAllowed):
        services.set_badge(key=uuid4(), actor=actor("manager"), user_id=tom.id, code="B-1003", pin=Secret("2580"))


def test_devices_are_registered_by_who_manages_settings(boss: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.register_device(key=uuid4(), actor=actor("picker"), name="Scanner 3")
    with pytest.raises(Invalid):
        services.register_device(key=uuid4(), actor=boss, name=" ")
    assert [d.name for d in selectors.devices(boss.scope)] == []
