"""Running SQL: rows as tuples, arrays as columns."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import count
from typing import Any, Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

#: So few rows are what a stop or a parcel posts: their statements are said often (see `rows`).
FEW: Final = 24

#: Statements that a pipeline of often-said ones keeps back to say several in one; None outside.
_kept: ContextVar[list[tuple[str, Any]] | None] = ContextVar("kept", default=None)
#: Whether a pipeline is open.
_ahead: ContextVar[bool] = ContextVar("ahead", default=False)
#: What can be said together with others: it begins by writing a table.
_WRITES: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE) (\w+)")
_PLACE: Final = re.compile(r"%%|%(?:\((\w+)\))?s")
#: Bytes that may wait for a database at work: what a thousand orders write is half of it.
_ROOM: Final = 1 << 22
#: What psycopg remembers of a statement at most: longer ones, and such with more values, are read anew each time.
_MOST_TEXT: Final = 4096
_MOST_VALUES: Final = 50


def give_room(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let more than the usual 208 KB wait in the socket of a new connection, as much as the system grants: in a pipeline the next rows are made only when the last ones are sent, and
    a database in the middle of a statement reads nothing. Over a network the kernel sees to it itself."""
    sent = socket.socket(fileno=os.dup(connection.connection.fileno()))
    with sent:
        if sent.family == getattr(socket, "AF_UNIX", None):
            sent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)


@contextmanager
def _cursor(often: bool) -> Iterator[CursorWrapper]:
    """A cursor. `often`: what it executes is prepared, once for each connection."""
    with connection.cursor() as cursor:
        if not often:
            yield cursor
            return
        raw = cursor.cursor.connection
        before, raw.prepare_threshold = raw.prepare_threshold, 0
        try:
            yield cursor
        finally:
            raw.prepare_threshold = before


def rows(statement: str, params: Any = None, *, often: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a statement that returns some.

    `often`: said many times with few values, as at each stop of a walk; it is prepared, and planned once where the use case is done often: planning is up to half of what
    it costs. Not for crowds: they want a plan of their own.
    """
    _say_kept()
    with _cursor(often) as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def run(statement: str, params: Any = None, *, often: bool = False) -> int:
    """Run a statement; how many rows it touched. `often` as for `rows`."""
    if (kept := _kept.get()) is not None:
        if _kept_back(kept, statement, params):
            return -1
        _say_kept()
    with _cursor(often) as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def ask(statement: str, params: Any = None) -> Callable[[], list[tuple[Any, ...]]]:
    """Say a statement now and read its rows later: inside `pipeline` several that do not need each other's answers cost one round trip."""
    _say_kept()
    cursor = connection.cursor()
    cursor.execute(statement, params)

    def read() -> list[tuple[Any, ...]]:
        with cursor:
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    return read


def next_ids(sequence: str, n: int) -> list[int]:
    """n fresh ids of a sequence, ascending, so that rows which refer to each other can be written in one go."""
    return next_ids_of({sequence: n})[sequence] if n else []


def next_ids_of(wanted: Mapping[str, int]) -> dict[str, list[int]]:
    """`next_ids` of several sequences in one statement."""
    return ask_ids(wanted)()


def ask_ids(wanted: Mapping[str, int]) -> Callable[[], dict[str, list[int]]]:
    """`next_ids_of`, read later (see `ask`). Numbers that follow each other, as they do unless somebody else takes some at the same moment, come as their first and last."""
    asked = ask(
        """WITH s AS MATERIALIZED (SELECT name, name::regclass AS sequence, n FROM unnest(%s::text[], %s::int[]) AS s(name, n))
           SELECT s.name, min(v), max(v), CASE WHEN max(v) - min(v) + 1 <> count(*) THEN array_agg(v ORDER BY v) END
           FROM s, LATERAL (SELECT nextval(s.sequence) AS v FROM generate_series(1, s.n)) t GROUP BY s.name""",
        [list(wanted), list(wanted.values())],
    )

    def read() -> dict[str, list[int]]:
        found: dict[str, list[int]] = {sequence: [] for sequence in wanted}
        for sequence, first, last, scattered in asked():
            found[sequence] = scattered or list(range(first, last + 1))
        return found

    return read


def _kept_back(kept: list[tuple[str, Any]], statement: str, params: Any) -> bool:
    """Keep a statement back, if it may be said together with others: those only write, each a table of its own, so that none sees what another did."""
    writes = _WRITES.match(statement)
    if not writes or not params:
        return False
    tables = {found[1] for s, _ in kept if (found := _WRITES.match(s))}
    values = len(params) + sum(len(p) for _, p in kept)
    if writes[1] in tables or values > _MOST_VALUES or len(statement) + sum(len(s) + 12 for s, _ in kept) + 10 * values > _MOST_TEXT:
        _say_kept()
    kept.append((statement, params))
    return True


@lru_cache(maxsize=200)
def _as_one(statements: tuple[str, ...]) -> str:
    """Several statements as one, the values of each named after its place."""
    parts = []
    for n, statement in enumerate(statements):
        places = count()
        parts.append(_PLACE.sub(lambda m, n=n, places=places: "%%" if m[0] == "%%" else f"%(s{n}_{m[1] or next(places)})s", statement))  # type: ignore[misc]
    return f"WITH {', '.join(f's{n} AS ({part})' for n, part in enumerate(parts[:-1]))} {parts[-1]}"


def _say_kept() -> None:
    """Say what was kept back."""
    kept = _kept.get()
    if not kept:
        return
    statement, params = kept[0]
    if len(kept) > 1:
        statement = _as_one(tuple(s for s, _ in kept))
        params = {
            f"s{n}_{name}": value for n, (_, given) in enumerate(kept) for name, value in (given.items() if isinstance(given, dict) else enumerate(given))
        }
    kept.clear()
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@contextmanager
def pipeline(*, often: bool = False) -> Iterator[None]:
    """Statements inside are sent without waiting for the answer to the one before; who asks for rows waits. The database works while the next statement is made.

    What `run` returns is not known inside. A refusal by the database comes up at the next rows, or at the end. `often`: all of them are said often and with few values (see `rows`);
    until the transaction ends plans are kept as they were made for any values, and what is run (INSERT, UPDATE) goes several statements in one, before the next question at the latest.
    A pipeline inside another is part of it.
    """
    with _sent_ahead():
        if not often or _kept.get() is not None:
            yield
            return
        raw = connection.connection
        before, raw.prepare_threshold = raw.prepare_threshold, 0
        try:
            run("SET LOCAL plan_cache_mode = force_generic_plan")
            token = _kept.set([])
            try:
                yield
                _say_kept()
            finally:
                _kept.reset(token)
        finally:
            raw.prepare_threshold = before


@contextmanager
def _sent_ahead() -> Iterator[None]:
    if _ahead.get():
        yield
        return
    token = _ahead.set(True)
    try:
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
    finally:
        _ahead.reset(token)
