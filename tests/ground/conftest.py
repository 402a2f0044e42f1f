"""What tests of the ground start from: an owner, a client, a warehouse, made by the use cases themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Actor, Scope, system
from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.people import services as people
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import UserInfo
from packhorse.ground.warehouse import services as warehouses
from packhorse.ground.warehouse.types import Address, WarehouseInfo
from tests.own_database import own_database

HOUSE = system("test")


def actor(*roles: str, user_id: int | None = None, scope: Scope = EVERYTHING) -> Actor:
    """Somebody with these roles."""
    return Actor(principal=f"user:{user_id}" if user_id else "user:1000000", roles=frozenset(roles), scope=scope, user_id=user_id)


def make_owner(username: str = "ada") -> UserInfo:
    return people.create_owner(
        key=uuid4(), actor=HOUSE, username=username, email=f"{username}@example.com", name="Ada Byron", password=Secret("gentle-horse-47")
    )


def make_user(username: str, *roles: Any) -> UserInfo:
    return people.create_user(
        key=uuid4(),
        actor=HOUSE,
        username=username,
        email=f"{username}@example.com",
        name=f"{username.title()} Hill",
        password=Secret("gentle-horse-47"),
        roles=roles,
    )


def make_client(code: str = "ACME") -> ClientInfo:
    return catalog.create_client(key=uuid4(), actor=HOUSE, code=code, name=f"{code.title()} Goods", currency="CAD", support_email="help@acme.example")


def make_warehouse(code: str = "YUL") -> WarehouseInfo:
    address = Address("Packhorse", "1 Dock Road", "Montréal", "QC", "H2Y 1C6", "CA")
    return warehouses.create_warehouse(key=uuid4(), actor=HOUSE, code=code, name="Montréal", address=address, time_zone="America/Toronto")


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """Passwords are hashed in a way that takes no time: what a slow one is like is Django's to test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(db: None) -> UserInfo:
    return make_owner()


@pytest.fixture
def boss(owner: UserInfo) -> Actor:
    """The owner, acting."""
    return actor("owner", user_id=owner.id)


def me(person: Actor) -> int:
    """The id of the account that acts."""
    assert person.user_id is not None
    return person.user_id


@pytest.fixture
def acme(db: None) -> ClientInfo:
    return make_client()


@pytest.fixture
def montreal(db: None) -> WarehouseInfo:
    return make_warehouse()


@pytest.fixture
def committed(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> Iterator[str]:
    """Rows are committed, in a database that only this test uses: for those with threads."""
    with django_db_blocker.unblock(), own_database("ground", keep=django_db_keepdb) as name:
        yield name
