"""Lists reach the database as they are."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import DataError, connection

from packhorse.core import sql

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint[]", [1, None, -(2**62), 0]),
        ("text[]", ["", "NULL", None, 'say "hi"', "back\\slash", "{a,b}", " room ", "é\n\t", "\\N", "null"]),
        ("text[]", [None, None]),
        ("text[]", []),
        ("boolean[]", [True, False, None]),
        ("numeric[]", [Decimal("0.000001"), None]),
        ("numeric[]", [Decimal("1E-6"), Decimal("-1E+3"), Decimal("123456789012.123456")]),
        ("uuid[]", [uuid.UUID(int=7), None]),
        ("bytea[]", [b"\x00\xff", b""]),
        ("bytea[]", [b'\\"', None]),
        ("date[]", [dt.date(2026, 2, 28), None]),
        ("timestamptz[]", [dt.datetime(2026, 2, 28, 23, 59, 59, 999999, dt.UTC), None, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)]),
    ],
)
def test_come_back_the_same(kind: str, values: list[object]) -> None:
    found = sql.rows(f"SELECT %s::{kind}", [values])[0][0]
    assert [bytes(x) if isinstance(x, memoryview) else x for x in found] == values


def test_compare_with_columns_without_being_named() -> None:
    assert sql.rows("SELECT n FROM generate_series(1, 5) AS n WHERE n = ANY(%s)", [[2, 4]]) == [(2,), (4,)]
    assert sql.rows("SELECT t FROM unnest(%s::text[]) AS t WHERE t = ANY(%s)", [["a", "b"], ["b"]]) == [("b",)]


def test_larger_than_any_id_match_none() -> None:
    assert sql.rows("SELECT n FROM generate_series(1, 5) AS n WHERE n = ANY(%s)", [[2, 2**80]]) == [(2,)]


def test_of_small_and_of_large_numbers_are_prepared_once() -> None:
    for values in ([1], [2**40], [], [None, 3]):
        sql.rows("SELECT %s::bigint[] AS prepared_once", [values], often=True)
    assert sql.rows("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%prepared_once%%' AND statement NOT LIKE '%%count%%'", []) == [(1,)]


def test_with_a_nul_are_refused() -> None:
    with pytest.raises(DataError, match="NUL"):
        sql.rows("SELECT %s::text[]", [["a\x00b"]])


def test_sequences_are_asked_in_one_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY SEQUENCE one; CREATE TEMPORARY SEQUENCE two START 9")
    assert sql.next_ids_of({"one": 2, "two": 3, "orders_number": 0}) == {"one": [1, 2], "two": [9, 10, 11], "orders_number": []}


def test_numbers_that_do_not_follow_each_other_come_as_they_are() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY SEQUENCE leaping INCREMENT 3")
    assert sql.next_ids("leaping", 3) == [1, 4, 7]


def test_asked_in_a_pipeline_are_read_later() -> None:
    with sql.pipeline():
        first, ids, second = sql.ask("SELECT 1"), sql.ask_ids({"orders_number": 0}), sql.ask("SELECT n FROM unnest(%s::int[]) AS n", [[2, 3]])
        assert (second(), first(), ids()) == ([(2,), (3,)], [(1,)], {"orders_number": []})
