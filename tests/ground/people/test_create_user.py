"""An owner makes a user."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import Actor, Scope
from packhorse.core.errors import NotAllowed
from packhorse.ground.people import services
from packhorse.ground.people.errors import RoleIsForTheHouse, RoleNeedsClient, UnknownRole, UsernameTaken
from packhorse.ground.people.models import Membership, User, history_of
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import Grant
from tests.at_once import at_once
from tests.ground.conftest import actor, make_user


def _make(who: Actor, username: str = "pia", *roles: Grant) -> object:
    return services.create_user(key=uuid4(), actor=who, username=username, email="", name="Pia Hill", password=Secret("gentle-horse-47"), roles=roles)


def test_who_is_what_the_roles_say(boss: Actor) -> None:
    made = services.create_user(
        key=uuid4(),
        actor=boss,
        username="pia",
        email="pia@example.com",
        name="Pia Hill",
        password=Secret("gentle-horse-47"),
        language="fr",
        roles=(Grant("picker", warehouse_id=7), Grant("packer", warehouse_id=8)),
    )
    found = User.objects.get(pk=made.id).actor()
    assert found == Actor(f"user:{made.id}", frozenset({"picker", "packer"}), Scope(None, frozenset({7, 8})), made.id)
    assert found.may("pick")
    assert not found.may("manage_people")


def test_who_has_no_password_until_they_are_given_one(boss: Actor) -> None:
    made = services.create_user(key=uuid4(), actor=boss, username="pia", email="", name="Pia Hill", password=None, roles=(Grant("picker"),))
    found = User.objects.get(pk=made.id)
    assert not found.has_usable_password()
    assert not found.check_password("")
    browser = Client()
    browser.post(reverse("login"), {"username": "pia", "password": ""})
    assert browser.get(reverse("home")).status_code == 302


def test_who_sees_nothing_without_a_role(boss: Actor) -> None:
    made = make_user("pia")
    found = User.objects.get(pk=made.id).actor()
    assert (found.roles, found.scope) == (frozenset(), Scope(frozenset(), frozenset()))


def test_whose_history_names_the_command_and_holds_nothing_personal(boss: Actor) -> None:
    made = make_user("pia", Grant("client", client_id=3))
    row = history_of(User).objects.get(pgh_obj_id=made.id)  # type: ignore[attr-defined]
    assert row.pgh_context["principal"] == "system:test"
    assert not hasattr(row, "email")
    assert not hasattr(row, "password")
    assert history_of(Membership).objects.get(user_id=made.id).role == "client"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("grant", "refusal"),
    [(Grant("boss"), UnknownRole), (Grant("system"), UnknownRole), (Grant("client"), RoleNeedsClient), (Grant("owner", 3), RoleIsForTheHouse)],
)
def test_unless_a_role_cannot_be_given(boss: Actor, grant: Grant, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        _make(boss, "pia", grant)
    assert not User.objects.filter(username="pia").exists()


def test_unless_the_name_is_taken_in_any_case(boss: Actor) -> None:
    _make(boss, "pia")
    with pytest.raises(UsernameTaken):
        _make(boss, "Pia")


@pytest.mark.parametrize(
    "who", [actor("manager"), actor("owner", scope=Scope(client_ids=frozenset({3}))), actor("owner", scope=Scope(warehouse_ids=frozenset({3})))]
)
def test_and_nobody_else_does(db: None, who: Actor) -> None:
    with pytest.raises(NotAllowed):
        _make(who)


def test_of_two_at_once_with_one_name_one_wins(committed: str) -> None:
    answers = at_once(lambda: make_user("twin"), lambda: make_user("TWIN"))
    assert sorted(type(a).__name__ for a in answers) == ["UserInfo", "UsernameTaken"]
