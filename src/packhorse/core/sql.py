"""Running SQL: rows as tuples, arrays as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def _cursor(often: bool) -> Iterator[CursorWrapper]:
    """A cursor. `often`: what it executes is prepared, once for each connection."""
    with connection.cursor() as cursor:
        if not often:
            yield cursor
            return
        raw = cursor.cursor.connection
        raw.prepare_threshold = 0
        try:
            yield cursor
        finally:
            raw.prepare_threshold = None


def rows(statement: str, params: Any = None, *, often: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a statement that returns some.

    `often`: said many times with few values, as at each stop of a walk; it is planned once, for short arrays, which is more than half of what it costs. Not for crowds: they want a plan of their own.
    """
    with _cursor(often) as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def run(statement: str, params: Any = None, *, often: bool = False) -> int:
    """Run a statement; how many rows it touched. `often` as for `rows`."""
    with _cursor(often) as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def next_ids(sequence: str, n: int) -> list[int]:
    """n fresh ids of a sequence, ascending, so that rows which refer to each other can be written in one go."""
    if not n:
        return []
    return [row[0] for row in rows("SELECT nextval(%s::regclass) FROM generate_series(1, %s) ORDER BY 1", [sequence, n])]


def next_ids_of(wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """`next_ids` of several sequences in one statement."""
    found: dict[str, list[int]] = {sequence: [] for sequence in wanted}
    for sequence, number in rows(
        "SELECT s.name, nextval(s.name::regclass) FROM unnest(%s::text[], %s::int[]) AS s(name, n), generate_series(1, s.n) ORDER BY 1, 2",
        [list(wanted), list(wanted.values())],
    ):
        found[sequence].append(number)
    return found


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements inside are sent without waiting for the answer to the one before; who asks for rows waits. The database works while the next statement is made.

    What `run` returns is not known inside. A refusal by the database comes up at the next rows, or at the end.
    """
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
