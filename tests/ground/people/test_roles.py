"""Roles are granted and revoked, and an owner is always left."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from packhorse.core.actors import Actor, Scope, system
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.models import JournalEntry
from packhorse.ground.people import services
from packhorse.ground.people.errors import AlreadyRevoked, LastOwner, RoleHeld
from packhorse.ground.people.models import Badge, Membership, User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import Grant, UserInfo
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_user


def test_granting_adds_and_says_so(boss: Actor) -> None:
    pia = make_user("pia")
    key = uuid4()
    answer = services.grant_role(key=key, actor=boss, user_id=pia.id, grant=Grant("client", client_id=5))
    assert services.grant_role(key=key, actor=boss, user_id=pia.id, grant=Grant("client", client_id=5)) == answer
    with pytest.raises(KeyReused):
        services.grant_role(key=key, actor=boss, user_id=pia.id, grant=Grant("client", client_id=6))
    assert [(r.role, r.client_id) for r in answer.roles] == [("client", 5)]
    assert User.objects.get(pk=pia.id).actor().scope == Scope(frozenset({5}), None)
    told = JournalEntry.objects.get(event="people.role_granted", subject_id=pia.id)
    assert (told.client_id, told.principal) == (5, boss.principal)


def test_limits_are_read_narrowly(boss: Actor) -> None:
    pia = make_user("pia", Grant("service"), Grant("client", client_id=5))
    assert User.objects.get(pk=pia.id).actor().scope.client_ids == frozenset({5})


def test_a_role_is_held_once(boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"))
    with pytest.raises(RoleHeld):
        services.grant_role(key=uuid4(), actor=boss, user_id=pia.id, grant=Grant("picker"))


def test_revoking_takes_it_away(boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"), Grant("packer"))
    answer = services.revoke_role(key=uuid4(), actor=boss, user_id=pia.id, membership_id=pia.roles[0].id)
    assert [r.role for r in answer.roles] == ["packer"]
    with pytest.raises(NotFound):
        services.revoke_role(key=uuid4(), actor=boss, user_id=pia.id, membership_id=pia.roles[0].id)


def test_the_last_owner_stays(boss: Actor, owner: UserInfo) -> None:
    with pytest.raises(LastOwner):
        services.revoke_role(key=uuid4(), actor=boss, user_id=owner.id, membership_id=owner.roles[0].id)
    with pytest.raises(LastOwner):
        services.deactivate_user(key=uuid4(), actor=boss, user_id=owner.id)


def test_a_closed_account_may_do_nothing(boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"))
    services.set_badge(key=uuid4(), actor=boss, user_id=pia.id, code="B-1001", pin=Secret("2580"))
    assert services.deactivate_user(key=uuid4(), actor=boss, user_id=pia.id).is_active is False
    assert User.objects.get(pk=pia.id).actor().permissions == frozenset()
    assert Badge.objects.get(user_id=pia.id).revoked_at is not None
    with pytest.raises(AlreadyRevoked):
        services.deactivate_user(key=uuid4(), actor=boss, user_id=pia.id)
    assert services.reactivate_user(key=uuid4(), actor=boss, user_id=pia.id).is_active
    assert User.objects.get(pk=pia.id).actor().may("pick")


def test_oneself_changes_name_and_password_but_no_role(boss: Actor) -> None:
    pia = make_user("pia", Grant("picker"))
    me = actor("picker", user_id=pia.id)
    services.change_user(key=uuid4(), actor=me, user_id=pia.id, email="p@example.com", name="Pia H.", language="fr")
    services.change_password(key=uuid4(), actor=me, user_id=pia.id, password=Secret("sturdy-mule-12"))
    user = User.objects.get(pk=pia.id)
    assert (user.name, user.language, user.check_password("sturdy-mule-12")) == ("Pia H.", "fr", True)
    forbidden: list[Callable[[], object]] = [
        lambda: services.grant_role(key=uuid4(), actor=me, user_id=pia.id, grant=Grant("owner")),
        lambda: services.deactivate_user(key=uuid4(), actor=me, user_id=pia.id),
        lambda: services.change_password(key=uuid4(), actor=me, user_id=boss.user_id or 0, password=Secret("sturdy-mule-12")),
    ]
    for call in forbidden:
        with pytest.raises(NotAllowed):
            call()


def test_of_two_owners_who_close_each_other_one_is_left(committed: str) -> None:
    Membership.objects.filter(role="owner").delete()
    one, two = make_user("first-owner", Grant("owner")), make_user("second-owner", Grant("owner"))
    answers = at_once(
        lambda: services.deactivate_user(key=uuid4(), actor=HOUSE, user_id=one.id),
        lambda: services.deactivate_user(key=uuid4(), actor=system("other"), user_id=two.id),
    )
    assert sorted(type(a).__name__ for a in answers) == ["LastOwner", "UserInfo"]
