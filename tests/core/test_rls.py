"""Who reads for a client reads as the client's role, sees that client's rows only, and leaves no trace on the connection."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.models import JournalEntry
from packhorse.core.refs import Ref
from packhorse.core.rls import acting_for, open_sql, policy_sql, policy_through_sql
from packhorse.core.timeline import timeline

pytestmark = pytest.mark.django_db
#: What the house keeps to itself.
HOUSE_ONLY = {
    "inventory_adjustment",
    "picking_carttypeevent",
    "picking_pickingpolicyevent",
    "picking_slottingadvice",
    "picking_slottingmove",
    "picking_wave",
    "picking_workertypeevent",
    "shipping_manifest",
}
ONE = Scope(client_ids=frozenset({1}))


def role() -> str:
    return str(sql.rows("SELECT current_user")[0][0])


@pytest.fixture
def tables() -> None:
    sql.run("CREATE TABLE wall_order (id bigint PRIMARY KEY, client_id bigint)")
    sql.run("CREATE TABLE wall_line (id bigint PRIMARY KEY, order_id bigint)")
    sql.run("CREATE TABLE wall_box (id bigint PRIMARY KEY, client_id bigint)")
    sql.run("CREATE TABLE wall_secret (id bigint PRIMARY KEY)")
    sql.run("CREATE TABLE wall_carrier (id bigint PRIMARY KEY)")
    sql.run("INSERT INTO wall_order VALUES (1, 1), (2, 2), (3, NULL)")
    sql.run("INSERT INTO wall_line VALUES (10, 1), (20, 2)")
    sql.run("INSERT INTO wall_box VALUES (1, 1), (2, 2), (3, NULL)")
    sql.run("INSERT INTO wall_carrier VALUES (1)")
    for statement in (
        policy_sql("wall_order"),
        policy_through_sql("wall_line", "order_id", "wall_order"),
        policy_sql("wall_box", shared=True),
        open_sql("wall_carrier"),
    ):
        sql.run(statement)


def ids(table: str) -> list[int]:
    return [row[0] for row in sql.rows(f"SELECT id FROM {table} ORDER BY id")]


def test_a_client_sees_its_own_rows(tables: None) -> None:
    with acting_for(ONE):
        assert ids("wall_order") == [1]
        assert ids("wall_line") == [10]
        assert ids("wall_box") == [1, 3]
        assert ids("wall_carrier") == [1]
    assert ids("wall_order") == [1, 2, 3]


def test_no_clients_is_nothing_and_no_limit_is_everything(tables: None) -> None:
    with acting_for(Scope(client_ids=frozenset())):
        assert ids("wall_order") == []
    with acting_for(EVERYTHING):
        assert ids("wall_order") == [1, 2, 3]
        assert role() != "packhorse_client"


def test_a_table_that_says_nothing_is_closed_and_nothing_can_be_written(tables: None) -> None:
    for statement in ("SELECT * FROM wall_secret", "INSERT INTO wall_order VALUES (9, 1)", "DELETE FROM wall_order", "UPDATE wall_box SET id = 7"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_for(ONE):
            sql.run(statement)
        assert role() != "packhorse_client"


def test_the_role_is_left_whatever_happens() -> None:
    before = role()
    with acting_for(ONE):
        assert role() == "packhorse_client"
    assert role() == before
    with pytest.raises(ZeroDivisionError), acting_for(ONE):
        raise ZeroDivisionError
    assert role() == before
    with transaction.atomic(), acting_for(ONE):
        pass
    assert role() == before
    assert connection.in_atomic_block


def test_the_timeline_is_the_journal_in_sentences_and_within_the_scope() -> None:
    now = clock.now()
    rows = [
        JournalEntry(
            id=-i,
            at=now,
            event="sample.thing_happened",
            principal="user:1",
            command_id=1,
            client_id=client,
            order_id=7,
            subject_kind="sample.thing",
            subject_id=3,
            data={},
        )
        for i, client in enumerate((1, 2, None), start=1)
    ]
    JournalEntry.objects.bulk_create(rows)
    assert len(timeline(order_id=7)) == 3
    assert [e.sentence for e in timeline(subject=Ref("sample.thing", 3), scope=ONE)] == ["Thing happened"]
    with acting_for(ONE):
        assert len(timeline(order_id=7)) == 1


def test_every_table_with_a_client_stands_behind_the_wall_or_is_closed() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("packhorse.") or not any(getattr(f, "attname", "") == "client_id" for f in model._meta.get_fields()):
            continue
        [(guarded, readable)] = sql.rows(
            "SELECT relrowsecurity, has_table_privilege('packhorse_client', oid, 'select') FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        if readable and not guarded:
            wrong.append(model._meta.db_table)
    assert wrong == []


def test_every_table_of_the_steps_says_what_clients_may_read() -> None:
    """Else a client's page that reads it breaks. Tables of the house alone are named here."""
    silent = [
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("packhorse.steps.")
        and model._meta.db_table not in HOUSE_ONLY
        and not sql.rows("SELECT has_table_privilege('packhorse_client', %s::regclass, 'select')", [model._meta.db_table])[0][0]
    ]
    assert silent == []
