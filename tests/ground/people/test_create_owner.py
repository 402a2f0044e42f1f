"""The house makes its first owner."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core.errors import Invalid, KeyReused, NotAllowed
from packhorse.core.models import Command
from packhorse.ground.people import selectors, services
from packhorse.ground.people.errors import OwnerExists, WeakPassword
from packhorse.ground.people.models import User
from packhorse.ground.people.secrets import Secret
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_owner

ASKED = {"username": "ada", "email": "ada@example.com", "name": "Ada Byron"}


def test_who_can_then_sign_in_and_do_everything(db: None) -> None:
    made = make_owner()
    user = User.objects.get(pk=made.id)
    assert user.check_password("gentle-horse-47")
    assert [r.role for r in made.roles] == ["owner"]
    assert user.actor().may("manage_people")
    assert (user.actor().scope.client_ids, user.actor().scope.warehouse_ids) == (None, None)
    assert selectors.has_owner()


def test_once_for_each_key_and_the_command_gives_the_password_away_to_nobody(db: None) -> None:
    key = uuid4()
    first = services.create_owner(key=key, actor=HOUSE, **ASKED, password=Secret("gentle-horse-47"))
    assert services.create_owner(key=key, actor=HOUSE, **ASKED, password=Secret("gentle-horse-47")) == first
    with pytest.raises(KeyReused):
        services.create_owner(key=key, actor=HOUSE, **ASKED, password=Secret("another-horse-48"))
    assert "example.com" not in str(Command.objects.get(key=key).answer)
    assert User.objects.count() == 1


def test_unless_there_is_one(db: None) -> None:
    make_owner()
    with pytest.raises(OwnerExists):
        make_owner("bob")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"username": "two words"}, Invalid),
        ({"username": ""}, Invalid),
        ({"email": "nowhere"}, Invalid),
        ({"name": " "}, Invalid),
        ({"language": "xx"}, Invalid),
        ({"password": Secret("short")}, WeakPassword),
        ({"password": Secret("password12")}, WeakPassword),
        ({"password": Secret("ada@example.com")}, WeakPassword),
    ],
)
def test_with_a_name_and_a_password_that_will_do(db: None, change: dict[str, object], refusal: type[Exception]) -> None:
    asked = {**ASKED, "password": Secret("gentle-horse-47"), **change}
    with pytest.raises(refusal):
        services.create_owner(key=uuid4(), actor=HOUSE, **asked)  # type: ignore[arg-type]
    assert not User.objects.exists()


def test_and_nobody_else_does(db: None) -> None:
    with pytest.raises(NotAllowed):
        services.create_owner(key=uuid4(), actor=actor("picker"), **ASKED, password=Secret("gentle-horse-47"))


def test_of_two_at_once_one_wins(committed: str) -> None:
    answers = at_once(lambda: make_owner("one"), lambda: make_owner("two"))
    assert sorted(type(a).__name__ for a in answers) == ["OwnerExists", "UserInfo"]
    User.objects.get(username__in=["one", "two"])
