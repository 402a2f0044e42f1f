"""Statements that only write go together in a pipeline of often-said ones, and mean what they mean one after the other."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from packhorse.core import sql


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    sql.run("CREATE TEMP TABLE one (id int PRIMARY KEY, said text) ON COMMIT DROP")
    sql.run("CREATE TEMP TABLE two (id int PRIMARY KEY, said text) ON COMMIT DROP")


def test_writes_of_several_tables_are_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked, transaction.atomic(), sql.pipeline(often=True):
        sql.run("INSERT INTO one SELECT * FROM unnest(%s::int[], %s::text[])", [[1, 2], ["a", "50 %"]])
        sql.run("INSERT INTO two SELECT i, said || '%%' FROM unnest(%(i)s::int[], %(said)s::text[]) AS t(i, said)", {"i": [7], "said": ["c"]})
    assert [q["sql"] for q in asked if "INSERT" in q["sql"]] == [asked.captured_queries[-2]["sql"]]
    assert sql.rows("SELECT * FROM one ORDER BY 1") == [(1, "a"), (2, "50 %")]
    assert sql.rows("SELECT * FROM two") == [(7, "c%")]


def test_who_asks_is_told_what_was_written_before() -> None:
    with transaction.atomic(), sql.pipeline(often=True):
        sql.run("INSERT INTO one VALUES (%s, %s)", [1, "a"])
        sql.run("INSERT INTO two VALUES (%s, %s)", [2, "b"])
        assert sql.rows("SELECT (SELECT said FROM one) || (SELECT said FROM two)") == [("ab",)]
        sql.run("INSERT INTO one VALUES (%s, %s)", [3, "c"])
        assert sql.ask("SELECT count(*) FROM one")() == [(2,)]


def test_one_table_written_twice_is_written_in_turn() -> None:
    with transaction.atomic(), sql.pipeline(often=True):
        sql.run("INSERT INTO one VALUES (%s, %s)", [1, "a"])
        sql.run("UPDATE one SET said = said || %s WHERE id = %s", ["b", 1])
        sql.run("UPDATE one SET said = said || %s WHERE id = %s", ["c", 1])
    assert sql.rows("SELECT said FROM one") == [("abc",)]


def test_a_pipeline_inside_is_part_of_it() -> None:
    with transaction.atomic(), sql.pipeline(often=True):
        sql.run("INSERT INTO one VALUES (%s, %s)", [1, "a"])
        with sql.pipeline():
            sql.run("INSERT INTO two VALUES (%s, %s)", [1, "a"])
        assert sql.rows("SELECT count(*) FROM two") == [(1,)]


def _write_badly() -> None:
    with transaction.atomic(), sql.pipeline(often=True):
        sql.run("INSERT INTO one VALUES (%s, %s)", [1, "a"])
        sql.run("INSERT INTO two VALUES (%s, %s), (%s, %s)", [1, "a", 1, "b"])


def test_what_the_database_refuses_comes_up_and_nothing_stays() -> None:
    with pytest.raises(DatabaseError):
        _write_badly()
    assert sql.rows("SELECT count(*) FROM one") == [(0,)]


def test_many_values_are_said_in_parts() -> None:
    with transaction.atomic(), sql.pipeline(often=True):
        sql.run(f"INSERT INTO one VALUES {', '.join(['(%s, %s)'] * 30)}", [x for n in range(30) for x in (n, "a")])
        sql.run(f"INSERT INTO two VALUES {', '.join(['(%s, %s)'] * 30)}", [x for n in range(30) for x in (n, "a")])
    assert sql.rows("SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two)") == [(30, 30)]
