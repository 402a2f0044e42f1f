"""The one lock order: down the house. Every `lock_…` and every counter update follows it; a test watches the SQL of all tests.

Within a table rows are locked in ascending key order.
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


def locked_tables(sql: str) -> list[str]:
    """The tables whose rows a statement locks, in the order in which they stand in its text."""
    found = [name.strip() for tables in _TABLES.finditer(sql) for name in tables.group(1).split(",")]
    found += [m.group(1) for m in _UPDATE.finditer(sql)]
    for locking in _FOR_UPDATE.finditer(sql):
        alias = locking.group(1)
        named = re.search(rf'\b(?:FROM|JOIN)\s+"?([a-z_]+)"?\s+(?:AS\s+)?{alias}\b', sql, re.IGNORECASE) if alias else None
        if table := named or _FROM.search(sql):
            found.append(table.group(1))
    return found


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
            for table in locked_tables(sql):
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
