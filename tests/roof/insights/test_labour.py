"""Standard time is learned from what was done; each sees their own figures, managers see teams of three and more."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import NotAllowed
from packhorse.ground.people.models import Membership, User
from packhorse.roof.insights import labour
from packhorse.steps.inventory import services
from tests.build import HOUSE, Shop, make_shop, receive
from tests.steps.inventory.test_pages import text

pytestmark = pytest.mark.django_db


def person(role: str = "picker") -> tuple[User, Actor]:
    made = User.objects.create(username=f"{role}-{uuid4().hex[:6]}", name=role, created_at=clock.now())
    Membership.objects.create(user=made, role=role, granted_at=clock.now())
    return made, made.actor()


def act(shop: Shop, who: Actor, at: dt.datetime, units: int, cell: int) -> None:
    """Who put so many away from the dock into a cell, at a moment: written as the ledger writes it."""
    command = sql.rows(
        "INSERT INTO core_command (principal, key, use_case, arguments_sha256, actor, at) VALUES (%s, %s, 'x', '', '{}', %s) RETURNING id",
        [who.principal, uuid4(), at],
    )[0][0]
    sql.run(
        """INSERT INTO inventory_move (at, id, client_id, item_id, quantity, source_id, source_condition, target_id, target_condition, cause_kind, cause_id, command_id)
           VALUES (%s, nextval('inventory_move_id_seq'), %s, %s, %s, %s, 'sellable', %s, 'sellable', 'inventory.put_away', 1, %s)""",
        [at, shop.client_id, shop.item("SKU-1"), units, shop.dock, shop.bins[cell], command],
    )


def worked(shop: Shop, who: Actor, *, acts: int = 40, slow: float = 1.0, before: dt.timedelta = dt.timedelta(days=1)) -> None:
    """Acts of 10 s and 2 s a unit, times `slow`, one after the other; one pause of an hour among them."""
    at = clock.now() - before
    act(shop, who, at, 1, 0)
    for n in range(acts):
        units = 1 + n % 5
        at += dt.timedelta(seconds=(10 + 2 * units) * slow)
        act(shop, who, at, units, 0)
    act(shop, who, at + dt.timedelta(hours=1), 1, 0)


def test_a_standard_is_learned_and_ones_own_work_stands_beside_it() -> None:
    shop = make_shop()
    people = [person()[1] for _ in range(3)]
    for who in people:
        worked(shop, who)
    (standard,) = (s for key, s in labour.standards(EVERYTHING).items() if key == (shop.warehouse_id, "put_away"))
    assert [standard.act_s, standard.unit_s, standard.metre_s] == pytest.approx([10, 2, 0], abs=0.01)
    assert standard.acts == 120
    slow = person()[1]
    worked(shop, slow, slow=1.25)
    (own,) = labour.own_work(slow)
    assert (own.kind, own.acts, own.lines, own.units) == ("put_away", 40, 40, 120)
    assert own.seconds == pytest.approx(1.25 * (40 * 10 + 120 * 2))
    assert own.lines_per_hour == pytest.approx(40 * 3600 / 800)
    assert own.units_per_hour == pytest.approx(120 * 3600 / 800)
    assert own.share is not None
    assert 0.75 < own.share < 0.9
    assert labour.own_work(person()[1]) == []


def test_teams_of_three_are_shown_and_smaller_ones_are_not() -> None:
    shop = make_shop()
    people = [person()[1] for _ in range(3)]
    for who in people[:2]:
        worked(shop, who)
    (two,) = (w for w in labour.team_work(EVERYTHING) if w.warehouse_id == shop.warehouse_id)
    assert (two.people, two.acts, two.units, two.standard, two.lines_per_hour) == (2, 0, 0, None, None)
    worked(shop, people[2])
    (three,) = (w for w in labour.team_work(EVERYTHING) if w.warehouse_id == shop.warehouse_id)
    assert (three.people, three.acts) == (3, 120)
    assert three.share == pytest.approx(1, abs=0.01)
    assert [w for w in labour.team_work(Scope(None, frozenset({shop.warehouse_id + 1}))) if w.acts] == []
    with pytest.raises(NotAllowed):
        labour.team_work(Scope(frozenset({shop.client_id})))


def test_what_is_older_than_four_weeks_and_what_the_system_did_counts_for_nobody() -> None:
    shop = make_shop()
    who = person()[1]
    worked(shop, who, before=dt.timedelta(days=labour.DAYS + 1))
    worked(shop, HOUSE)
    assert labour.own_work(who) == []
    assert [w for w in labour.team_work(EVERYTHING) if w.warehouse_id == shop.warehouse_id] == []


def test_real_acts_are_counted_with_the_way_between_their_places() -> None:
    shop = make_shop()
    who = person("receiver")[1]
    receive(shop.item("SKU-1"), shop.dock, 10)
    tasks = [_task(shop, n) for n in (2, 3)]
    for n, task in enumerate(tasks):
        services.relocate(key=UUID(int=n + 10**9), actor=who, relocation_id=task, source_id=shop.bins[n], target_id=shop.bins[n + 5], quantity=1)
    (own,) = labour.own_work(who)
    assert (own.kind, own.acts, own.lines, own.units) == ("relocate", 1, 1, 1)
    # From B-01 back to A-02 and over to B-02: an aisle and a cell, and an aisle.
    assert own.metres == pytest.approx(3.2 + 1.3 + 3.2)


def _task(shop: Shop, units: int) -> int:
    """A relocation of one unit from the n-th bin of aisle A to the same of aisle B."""
    n = units - 2
    receive(shop.item("SKU-1"), shop.bins[n], units)
    made = sql.rows(
        """INSERT INTO inventory_relocation (client_id, warehouse_id, item_id, quantity, moved, source_id, target_id, reason, state, worker, cause_kind, cause_id, created_at)
           VALUES (%s, %s, %s, 1, 0, %s, %s, 'slotting', 'ready', '', 'test', 1, %s) RETURNING id""",
        [shop.client_id, shop.warehouse_id, shop.item("SKU-1"), shop.bins[n], shop.bins[n + 5], clock.now()],
    )
    return int(made[0][0])


def test_pages_and_api_show_ones_own_to_oneself_and_teams_to_managers(client: Client, django_assert_max_num_queries: object) -> None:
    shop = make_shop()
    users = [person() for _ in range(3)]
    for _user, who in users:
        worked(shop, who)
    client.force_login(users[0][0], backend="django.contrib.auth.backends.ModelBackend")
    text(client, reverse("insights:my-work"))  # what the menu counts is kept for a while
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        own = text(client, reverse("insights:my-work"))
    assert "10.0 s each time + 2.0 s a unit" in own
    assert "Nobody else sees these figures" in own
    assert client.get(reverse("insights:team-work")).status_code == 403
    (mine,) = client.get("/api/v1/insights/my-work").json()
    assert (mine["kind"], mine["acts"], mine["people"]) == ("put_away", 40, 1)
    assert client.get("/api/v1/insights/work").status_code == 403
    boss = person("manager")[0]
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert "You have not moved anything yet." in text(client, reverse("insights:my-work"))
    team = text(client, reverse("insights:team-work"))
    assert "Put-away" in team
    assert not any(user.username in team for user, _who in users)
    assert any(w["people"] == 3 for w in client.get("/api/v1/insights/work").json())
