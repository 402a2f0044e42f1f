"""The one lock order: down the house. Every `lock_…` and every counter update follows it; a test watches the SQL of all tests. Table by table: docs/architecture/locks.md.

Within a table rows are locked in ascending key order: a statement that locks several names that order, and one that writes several finds them locked before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

#: Rooms in the order in which their rows are locked. The command row comes before all; journal and outbox are only ever inserted.
ORDER: Final = ("returns", "delivery", "shipping", "packing", "picking", "orders", "inventory")
#: Inside a room, tables that are locked after the others, in this order.
LAST: Final = ("inventory_stock", "inventory_level")
#: Tables whose rows are only written under the lock of another row: a shortfall under its stock row.
GUARDED: Final = frozenset({"inventory_shortfall"})

#: Tables whose rows are written in sets under the lock of the rows they belong to.
UNDER: Final = {
    "picking_picktask": {"picking_pickbatch"},
    "orders_fulfillmentline": {"orders_fulfillmentorder"},
    "orders_hold": {"orders_fulfillmentorder", "orders_order"},
}

#: By its id, or Django's get() of one.
_ONE_ROW = re.compile(r'(?:^|[\s."(])id"?\s*=\s*%s|\bLIMIT (?:1|21)\b|\bSKIP LOCKED\b', re.IGNORECASE)
#: What Django says of rows that named a deleted one: the reference is emptied, under the lock of what is deleted, in the order of Django's own list of who names it.
_LET_GO = re.compile(r'^UPDATE "\w+" SET "(\w+)" = NULL WHERE "\w+"\."\1" IN')
_BY_ID = re.compile(r'\bORDER BY\s+(?:"?\w+"?\.)?"?(?:id|1)"?(?=[\s,)]|$)', re.IGNORECASE)
_FOR_UPDATE = re.compile(r"\bFOR (?:NO KEY )?UPDATE\b(?:\s+OF\s+\"?(\w+)\"?)?", re.IGNORECASE)
_FROM = re.compile(r'\bFROM\s+"?([a-z_]+)"?', re.IGNORECASE)
_TABLES = re.compile(r"\bLOCK TABLE ([a-z_, ]+) IN\b", re.IGNORECASE)
_UPDATE = re.compile(r'(?:^|\(|\s)UPDATE\s+"?([a-z_]+)"?\s', re.IGNORECASE)


def rank(table: str) -> int | None:
    """Where the table stands in the lock order; None for tables that take no part in it."""
    if table in GUARDED:
        return None
    if table in LAST:
        return len(ORDER) + LAST.index(table)
    room = table.split("_", 1)[0]
    return ORDER.index(room) if room in ORDER else None


class OutOfOrder(AssertionError):
    """A use case locked a row of a table that stands earlier in the lock order than one it holds already."""


def _named(sql: str) -> list[str]:
    """The tables that a statement's FOR UPDATE clauses lock."""
    found = []
    for locking in _FOR_UPDATE.finditer(sql):
        alias = locking.group(1)
        named = re.search(rf'\b(?:FROM|JOIN)\s+"?([a-z_]+)"?\s+(?:AS\s+)?{alias}\b', sql, re.IGNORECASE) if alias else None
        if table := named or _FROM.search(sql):
            found.append(table.group(1))
    return found


def locked_tables(sql: str) -> list[str]:
    """The tables whose rows a statement locks: whole ones, written ones, and those of its FOR UPDATE clauses."""
    found = [name.strip() for tables in _TABLES.finditer(sql) for name in tables.group(1).split(",")]
    return found + [m.group(1) for m in _UPDATE.finditer(sql)] + _named(sql)


class OutOfKeyOrder(AssertionError):
    """A use case locked or wrote several rows of one table without an order among them: two such, meeting the other way round, wait for each other."""


def _refuse_unordered(sql: str, held: list[str]) -> None:
    if _ONE_ROW.search(sql) or _LET_GO.search(sql):
        return
    named = [t for t in _named(sql) if rank(t) is not None]
    if named and not _BY_ID.search(sql):
        raise OutOfKeyOrder(f"several rows of {named[0]} locked without ORDER BY id: {sql[:300]}")
    for table in (m.group(1) for m in _UPDATE.finditer(sql)):
        if rank(table) is not None and table not in (*held, *named) and not UNDER.get(table, set()) & set(held):
            raise OutOfKeyOrder(f"several rows of {table} written that were not locked before: {sql[:300]}")


class LockWatch:
    """Watches one connection's statements (`connection.execute_wrapper`) and refuses locks taken out of order. Used by the tests."""

    def __init__(self) -> None:
        self._stretch: object = None
        self._high = -1
        self._held: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        stretch = _stretch.get()
        if stretch is not self._stretch:
            self._stretch, self._high, self._held = stretch, -1, []
        if stretch is not None:
            _refuse_unordered(sql, self._held)
            for table in [] if _LET_GO.search(sql) else locked_tables(sql):
                position = rank(table)
                if position is None or table in self._held:  # what was locked first may be written last
                    continue
                if position < self._high:
                    raise OutOfOrder(f"{table} locked after {', '.join(self._held)}: {sql[:300]}")
                self._high = position
                self._held.append(table)
        return execute(sql, params, many, context)


_stretch: ContextVar[object] = ContextVar("stretch", default=None)


@contextmanager
def one_order() -> Iterator[None]:
    """Marks the stretch in which locks must follow the order (one transaction of one use case)."""
    token = _stretch.set(object())
    try:
        yield
    finally:
        _stretch.reset(token)
