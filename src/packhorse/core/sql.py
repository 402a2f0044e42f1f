"""Running SQL: rows as tuples, arrays as columns."""

from __future__ import annotations

from typing import Any

from django.db import connection


def rows(statement: str, params: Any = None) -> list[tuple[Any, ...]]:
    """The rows of a statement that returns some."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def run(statement: str, params: Any = None) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def next_ids(sequence: str, n: int) -> list[int]:
    """n fresh ids of a sequence, ascending, so that rows which refer to each other can be written in one go."""
    if not n:
        return []
    return [row[0] for row in rows("SELECT nextval(%s::regclass) FROM generate_series(1, %s) ORDER BY 1", [sequence, n])]
