"""API keys are issued, stand for an actor, and are revoked."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.models import Command
from packhorse.ground.people import selectors, services
from packhorse.ground.people.errors import AlreadyRevoked, RoleNeedsClient, UnknownPermission, UnknownRole
from packhorse.ground.people.known_keys import KNOWN_S
from packhorse.ground.people.models import ApiKey
from packhorse.ground.people.secrets import raw_api_key
from tests.ground.conftest import actor


def test_a_key_stands_for_its_role_and_limits(boss: Actor) -> None:
    key = uuid4()
    made = services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator", permissions=("take_orders",), client_ids=(5,))
    raw = raw_api_key(boss.principal, key)
    assert raw.startswith(f"phk_{made.prefix}_")
    assert len(raw) == 58
    found = selectors.actor_for_key(raw)
    assert found == Actor(f"key:{made.id}", frozenset({"integrator"}), Scope(frozenset({5}), None), None, frozenset({"take_orders"}))
    assert found.may("take_orders")
    assert not found.may("see_orders")
    assert ApiKey.objects.get().last_used_at is not None


def test_asked_twice_it_is_the_same_key_and_it_stands_nowhere(boss: Actor) -> None:
    key = uuid4()
    first = services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    assert services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator") == first
    with pytest.raises(KeyReused):
        services.issue_api_key(key=key, actor=boss, name="Shop", role="owner")
    secret = raw_api_key(boss.principal, key).rsplit("_", 1)[-1]
    assert secret not in str(Command.objects.get(key=key).answer)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("raw", ["", "phk", "phk__", "phk_abc_def", "x" * 500, "phk_\x00_"])
def test_what_is_no_key_stands_for_nobody(db: None, raw: str) -> None:
    assert selectors.actor_for_key(raw.replace("\x00", "0")) is None


def test_one_wrong_letter_is_another_key(boss: Actor) -> None:
    key = uuid4()
    services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    raw = raw_api_key(boss.principal, key)
    assert selectors.actor_for_key(raw[:-1] + ("A" if raw[-1] != "A" else "B")) is None


def test_revoked_it_stands_for_nobody(boss: Actor) -> None:
    key = uuid4()
    made = services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    services.revoke_api_key(key=uuid4(), actor=boss, key_id=made.id)
    assert selectors.actor_for_key(raw_api_key(boss.principal, key)) is None
    with pytest.raises(AlreadyRevoked):
        services.revoke_api_key(key=uuid4(), actor=boss, key_id=made.id)
    with pytest.raises(NotFound):
        services.revoke_api_key(key=uuid4(), actor=boss, key_id=0)
    assert selectors.api_key(EVERYTHING, made.id).revoked_at is not None


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"role": "system"}, UnknownRole),
        ({"role": "client"}, RoleNeedsClient),
        ({"permissions": ("manage_people",)}, UnknownPermission),
        ({"name": " "}, Invalid),
    ],
)
def test_a_key_that_cannot_be_is_refused(boss: Actor, change: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        services.issue_api_key(key=uuid4(), actor=boss, **{"name": "Shop", "role": "integrator", **change})  # type: ignore[arg-type]
    assert not ApiKey.objects.exists()


def test_only_those_who_manage_people_issue_and_see_keys(boss: Actor) -> None:
    with pytest.raises(NotAllowed):
        services.issue_api_key(key=uuid4(), actor=actor("manager"), name="Shop", role="integrator")
    made = services.issue_api_key(key=uuid4(), actor=boss, name="Shop", role="integrator")
    with pytest.raises(NotFound):
        selectors.api_key(Scope(client_ids=frozenset({1})), made.id)


def test_revoked_by_another_process_it_opens_the_door_for_a_second_at_most(boss: Actor) -> None:
    key = uuid4()
    made = services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    raw = raw_api_key(boss.principal, key)
    known = selectors.actor_for_key(raw)
    ApiKey.objects.filter(pk=made.id).update(revoked_at=made.created_at)
    assert known is not None
    time.sleep(KNOWN_S)
    assert selectors.actor_for_key(raw) is None


def test_a_key_in_use_is_refused_as_soon_as_it_is_revoked_here(boss: Actor) -> None:
    key = uuid4()
    made = services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    raw = raw_api_key(boss.principal, key)
    assert selectors.actor_for_key(raw) is not None
    services.revoke_api_key(key=uuid4(), actor=boss, key_id=made.id)
    assert selectors.actor_for_key(raw) is None


def test_a_key_in_use_is_not_asked_for_again_and_again(boss: Actor) -> None:
    key = uuid4()
    services.issue_api_key(key=key, actor=boss, name="Shop", role="integrator")
    raw = raw_api_key(boss.principal, key)
    first = selectors.actor_for_key(raw)
    with CaptureQueriesContext(connection) as asked:
        assert selectors.actor_for_key(raw) == first
        assert selectors.actor_for_key(f"{raw}x") is None
    assert len(asked) == 1
