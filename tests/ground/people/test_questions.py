"""Lists of people, names and the audit answer those who may ask."""

from __future__ import annotations

import datetime as dt

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.lists import ListQuery
from packhorse.ground.people import selectors
from packhorse.ground.people.types import Grant
from tests.ground.conftest import make_user

LIMITED = Scope(client_ids=frozenset({1}))


def test_users_are_found_by_name_role_and_state(boss: Actor) -> None:
    make_user("pia", Grant("picker"))
    make_user("tom", Grant("packer"), Grant("picker"))
    assert [u.username for u in selectors.users(EVERYTHING, ListQuery()).rows] == ["ada", "pia", "tom"]
    assert [u.username for u in selectors.users(EVERYTHING, ListQuery(filters={"role": ("packer",)})).rows] == ["tom"]
    assert [u.username for u in selectors.users(EVERYTHING, ListQuery(search="PIA")).rows] == ["pia"]
    assert selectors.users(EVERYTHING, ListQuery(filters={"active": ("no",)})).rows == ()
    assert selectors.users(LIMITED, ListQuery()).rows == ()
    first = selectors.users(EVERYTHING, ListQuery(limit=2))
    assert [u.username for u in selectors.users(EVERYTHING, ListQuery(limit=2, cursor=first.next_cursor or "")).rows] == ["tom"]


def test_names_are_for_the_house_and_clients_read_staff(boss: Actor) -> None:
    asked = {boss.principal, "system:dispatcher", "link:return:7", "user:99999999"}
    assert selectors.names(EVERYTHING, asked) == {
        boss.principal: "Ada Byron",
        "system:dispatcher": "Packhorse",
        "link:return:7": "Customer",
        "user:99999999": "Staff",
    }
    assert selectors.names(LIMITED, {boss.principal}) == {boss.principal: "Staff"}


def test_the_audit_says_who_did_what_and_what_came_of_it(boss: Actor) -> None:
    make_user("pia", Grant("picker"))
    rows = selectors.audit(EVERYTHING, ListQuery(search="create user")).rows
    assert [(r.who, r.use_case, r.told) for r in rows] == [
        ("Packhorse", "ground.people.services.accounts.create_user", ("Account created", "Role picker granted"))
    ]
    today = clock.now().date()
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    assert len(selectors.audit(EVERYTHING, ListQuery(filters={"from": (today.isoformat(),), "to": (today.isoformat(),), "who": ("system:test",)})).rows) == 2
    assert selectors.audit(EVERYTHING, ListQuery(filters={"from": (tomorrow,)})).rows == ()
    assert selectors.audit(LIMITED, ListQuery()).rows == ()
    assert "ground.people.services.accounts.create_owner" in selectors.audited_use_cases()
