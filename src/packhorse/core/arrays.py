"""Lists on their way to the database, many values at once: psycopg's own dumper asks a regular expression about every text; here whole lists of one plain type are joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

#: Between texts while they are joined: no text can hold it.
_NUL: Final = "\x00"
#: How one value of these is written, where no quotes are needed.
_PLAIN: Final[dict[type, Callable[[Any], str]]] = {int: str, bool: lambda x: "t" if x else "f", UUID: lambda x: x.hex, dt.date: str}
#: The same in quotes.
_QUOTED: Final[dict[type, Callable[[Any], str]]] = {dt.datetime: str, Decimal: lambda x: str(x).removeprefix("s"), bytes: lambda x: f"\\\\x{x.hex()}"}


class PlainListDumper(ListDumper):
    """The same array literals, quicker for lists of one plain kind (with or without nulls)."""

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
