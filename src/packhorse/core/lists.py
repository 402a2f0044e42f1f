"""Lists that stay fast at a million rows: what a page asks a selector for, and what it gets back.

A selector takes a `ListQuery` and a `scope` and returns a `Page` of frozen dataclasses. With a QuerySet `paginate` does the work; pages are found by key
(`WHERE (sort, id) < (…)`), never by OFFSET, and rows are counted only up to `COUNT_CAP`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.expressions import Combinable

from packhorse.core.errors import Invalid

T = TypeVar("T")
M = TypeVar("M", bound=Model)

LIMIT: Final = 50
LIMIT_MAX: Final = 1_000
COUNT_CAP: Final = 1_000


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is wanted of a list. `sort` is a sort's name, with `-` in front for descending, or empty for the list's own; `cursor` is opaque, empty for the first page."""

    search: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""
    limit: int = LIMIT
    count: bool = True

    def one(self, name: str) -> str:
        """The first value of a filter, empty where it is not set."""
        values = self.filters.get(name, ())
        return values[0] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(v for v in self.filters.get(name, ()) if v)

    def number(self, name: str) -> int | None:
        """A filter's value as an integer; None where it is not set or is none."""
        value = self.one(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None

    def day(self, name: str) -> dt.date | None:
        """A filter's value as a date (YYYY-MM-DD); None where it is not set or is none."""
        try:
            return dt.date.fromisoformat(self.one(name))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows. `count` is how many rows match, up to `COUNT_CAP` (`capped`: there are more); None where it was not asked."""

    rows: tuple[T, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    count: int | None = None
    capped: bool = False


def encode_cursor(direction: str, value: Any, pk: Any) -> str:
    """An opaque cursor from a sort value and a primary key; `direction` is `n` (next) or `p` (previous)."""
    if isinstance(value, dt.datetime | dt.date):
        value = value.isoformat()
    elif isinstance(value, Decimal | UUID):
        value = str(value)
    return base64.urlsafe_b64encode(json.dumps([direction, value, str(pk) if isinstance(pk, UUID) else pk]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[str, Any, Any]:
    """(direction, sort value as JSON gives it, primary key).

    Raises: Invalid.
    """
    try:
        direction, value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise Invalid(field="cursor", reason="unreadable") from None
    if direction not in ("n", "p") or isinstance(value, list | dict) or not isinstance(pk, int | str):
        raise Invalid(field="cursor", reason="unreadable")
    return direction, value, pk


class _After(Func):
    """`(sort, pk) < (value, pk)` as a row comparison, which an index on (sort, id) answers."""

    output_field = BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # noqa: ARG002 - Django's signature
        parts = [compiler.compile(e) for e in self.source_expressions]
        sql = [p[0] for p in parts]
        return f"({sql[0]}, {sql[1]}) {self.extra['operator']} ({sql[2]}, {sql[3]})", [x for p in parts for x in p[1]]


def paginate(
    rows: QuerySet[M],
    query: ListQuery,
    *,
    make: Callable[[M], T],
    sorts: Mapping[str, str | Combinable] | None = None,
    default: str = "-id",
    many: Callable[[list[M]], list[T]] | None = None,
) -> Page[T]:
    """One page of a QuerySet that is already filtered, searched and scoped.

    `sorts` maps each sort's name to a field (or an expression) that is never NULL; `id` is always there. `default` is used where the query names none that is known.
    `make` turns one model into a row; `many`, where given, turns all of a page's models into rows at once (for what needs a second query).
    Rows with equal sort values follow by primary key, in the same direction.

    Raises: Invalid (for a cursor that cannot be read).
    """
    known: dict[str, str | Combinable] = {"id": "pk", **(sorts or {})}
    sort = query.sort if query.sort.lstrip("-") in known else default
    descending = sort.startswith("-")
    spec = known[sort.lstrip("-")]
    expression: Combinable = F(spec) if isinstance(spec, str) else spec
    limit = max(1, min(query.limit, LIMIT_MAX))
    ordered = rows.annotate(_sort=expression)
    backwards = False
    if query.cursor:
        direction, value, pk = decode_cursor(query.cursor)
        backwards = direction == "p"
        operator = "<" if descending != backwards else ">"
        output = ordered.query.annotations["_sort"].output_field
        try:
            value, pk = output.to_python(value), rows.model._meta.pk.to_python(pk)
            ordered = ordered.filter(_After(F("_sort"), F("pk"), Value(value, output_field=output), Value(pk), operator=operator))
        except (ValueError, TypeError, ValidationError):
            raise Invalid(field="cursor", reason="unreadable") from None
    down = descending != backwards
    found = list(ordered.order_by(F("_sort").desc() if down else F("_sort").asc(), "-pk" if down else "pk")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    count = None
    if query.count and not query.cursor:
        count = len(found) if not more else rows.order_by()[: COUNT_CAP + 1].count()
    return Page(
        rows=tuple(many(found) if many else [make(row) for row in found]),
        next_cursor=_cursor_at("n", found[-1]) if found and (backwards or more) else None,
        previous_cursor=_cursor_at("p", found[0]) if found and (more if backwards else query.cursor) else None,
        count=min(count, COUNT_CAP) if count is not None else None,
        capped=count is not None and count > COUNT_CAP,
    )


def _cursor_at(direction: str, row: Any) -> str:
    return encode_cursor(direction, row._sort, row.pk)


def page_of(rows: list[T], query: ListQuery, *, cursor: Callable[[T], tuple[Any, Any]], count: int | None = None) -> Page[T]:
    """One page from rows that a selector's own SQL found, forwards only.

    The SQL asks for `query.limit + 1` rows after `decode_cursor(query.cursor)`; `cursor` gives a row's (sort value, id).
    """
    more, kept = len(rows) > query.limit, rows[: query.limit]
    return Page(
        rows=tuple(kept),
        next_cursor=encode_cursor("n", *cursor(kept[-1])) if more else None,
        count=min(count, COUNT_CAP) if count is not None else None,
        capped=count is not None and count > COUNT_CAP,
    )


def every_row(ask: Callable[[ListQuery], Page[T]], query: ListQuery, *, most: int | None = None) -> Any:
    """All rows of a list, a thousand at a time (a generator): for exports and for acting on everything that matches."""
    asked = replace(query, cursor="", limit=LIMIT_MAX, count=False)
    given = 0
    while True:
        page = ask(asked)
        for row in page.rows:
            if most is not None and given >= most:
                return
            yield row
            given += 1
        if not page.next_cursor:
            return
        asked = replace(asked, cursor=page.next_cursor)
