"""Lists on their way to the database, many values at once: psycopg's own dumper asks a regular expression about every text; here whole lists of one plain type are joined.

Their type is left to the statement, which names it (`%s::bigint[]`) or compares with a column: psycopg would look at the values, and a statement said with small numbers and then with large ones
would be prepared once for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.abc import Buffer, DumperKey, PyFormat
from psycopg.types.array import BaseListDumper, ListDumper

#: Between texts while they are joined: no text can hold it.
_NUL: Final = "\x00"
#: The largest bigint.
_LARGEST: Final = 2**63 - 1
#: How one value of these is written, where no quotes are needed.
_PLAIN: Final[dict[type, Callable[[Any], str]]] = {int: str, bool: lambda x: "t" if x else "f", UUID: lambda x: x.hex, dt.date: str}
#: The same in quotes.
_QUOTED: Final[dict[type, Callable[[Any], str]]] = {dt.datetime: str, Decimal: lambda x: str(x).removeprefix("s"), bytes: lambda x: f"\\\\x{x.hex()}"}


class PlainListDumper(ListDumper):
    """The same array literals, quicker for lists of one plain kind (with or without nulls)."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:  # noqa: A002 - the parent's name
        return super().get_key(obj, format) if _too_large(obj) else self.cls

    def upgrade(self, obj: list[Any], format: PyFormat) -> BaseListDumper:  # noqa: A002
        return super().upgrade(obj, format) if _too_large(obj) else self

    def dump(self, obj: list[Any]) -> Buffer | None:
        kinds = set(map(type, obj))
        some = type(None) in kinds
        kinds.discard(type(None))
        if len(kinds) != 1:
            return super().dump(obj)
        (kind,) = kinds
        if write := _PLAIN.get(kind):
            return _literal(["NULL" if x is None else write(x) for x in obj] if some else map(write, obj))
        if write := _QUOTED.get(kind):
            return _literal(["NULL" if x is None else f'"{write(x)}"' for x in obj])
        if kind is str and (texts := _escaped(obj)):
            return _literal(["NULL" if x is None else f'"{next(texts)}"' for x in obj] if some else [f'"{text}"' for text in texts])
        return super().dump(obj)


def _too_large(obj: list[Any]) -> bool:
    """Whether there are integers that no column of ours can hold: compared as what they are they match nothing, and nothing breaks."""
    if not obj or type(obj[0]) is not int or None in obj:
        return False
    return bool(max(obj) > _LARGEST or min(obj) < -_LARGEST - 1)


def _literal(parts: Iterable[str]) -> bytes:
    return ("{" + ",".join(parts) + "}").encode()


def _escaped(obj: list[Any]) -> Iterator[str] | None:
    """The texts of a list as they stand inside quotes; None where one holds a NUL (which nothing can store)."""
    given = [x for x in obj if x is not None]
    texts = _NUL.join(given).replace("\\", "\\\\").replace('"', '\\"').split(_NUL)
    return iter(texts) if len(texts) == len(given) else None


def register() -> None:
    """For all connections of this process that are made from now on."""
    psycopg.adapters.register_dumper(list, PlainListDumper)
