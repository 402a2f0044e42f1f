"""What the reconcilers stand on: which part of the books is asked about, rows that were touched since the last look, and one snapshot to compare in.

Triggers on the tables of both ledgers write what a statement touched (`touch_sql`), whoever wrote it: a use case, a hand with psql, a bug. Those rows appear with the change itself, so nothing
is seen half done and nothing is passed over by commit order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from packhorse.core import sql

#: What the books are looked at by: an item's stock, a demand, a fulfillment order, an order's money.
FAMILIES: Final = ("item", "demand", "fulfillment_order", "order")
#: A touched row names at most so many.
_CHUNK: Final = 1000
_PART: Final = re.compile(r"\{part:([a-z_.]+)\}")


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a family: by id, or a range of ids (both ends included)."""

    ids: tuple[int, ...] | None = None
    low: int = 0
    high: int = 0

    def where(self, column: str) -> str:
        """The condition that a column's row belongs to this part. Numbers of ours only: nothing is quoted."""
        if self.ids is None:
            return f"{column} BETWEEN {int(self.low)} AND {int(self.high)}"
        return f"{column} = ANY(ARRAY[{','.join(str(int(i)) for i in self.ids)}]::bigint[])"

    def has(self, pk: int) -> bool:
        return self.low <= pk <= self.high if self.ids is None else pk in self.ids


def fill(statement: str, part: Part | None) -> str:
    """A statement with each `{part:column}` as the condition for a part, or for everything."""
    return _PART.sub(lambda m: "true" if part is None else part.where(m[1]), statement)


def whole(parts: Mapping[str, Part] | None) -> dict[str, Part | None]:
    """By family what is asked about; None asks about all of everything."""
    return dict.fromkeys(FAMILIES, None) if parts is None else dict(parts)


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything asked inside sees one moment, so that running work is never half seen. Within a transaction that runs already, that one's rules hold."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        sql.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


_TAKE: Final = "SELECT id, family, ids FROM core_touched ORDER BY id LIMIT %s"


def touched(*, limit: int) -> tuple[list[int], dict[str, Part]]:
    """The oldest touched rows, to be forgotten once they were looked at, and what they name by family."""
    rows = sql.rows(_TAKE, [limit])
    named: dict[str, set[int]] = {}
    for _, family, ids in rows:
        named.setdefault(family, set()).update(ids)
    return [r[0] for r in rows], {family: Part(tuple(sorted(ids))) for family, ids in named.items()}


def forget(rows: Sequence[int]) -> None:
    sql.run("DELETE FROM core_touched WHERE id = ANY(%s)", [list(rows)])


#: Columns that triggers find rows by (`touch_sql`).
_COLUMNS: Final = ("id", "item_id", "demand_id", "fulfillment_order_id", "order_id")
_BRANCH: Final = """ TG_ARGV[1] = '{column}' THEN
    INSERT INTO core_touched (family, ids)
    SELECT TG_ARGV[0], array_agg(pk) FROM (
      SELECT pk, row_number() OVER () / {chunk} AS chunk FROM (SELECT DISTINCT {column} AS pk FROM fresh WHERE {column} IS NOT NULL) named) numbered GROUP BY chunk;
"""
#: A statement for each column, not one put together each time: it fires many times a second, and the database keeps the plan of a statement that is written out.
TOUCH: Final = (
    "CREATE OR REPLACE FUNCTION core_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$\nBEGIN\n  IF"
    + "  ELSIF".join(_BRANCH.format(column=column, chunk=_CHUNK) for column in _COLUMNS)
    + "  ELSE RAISE 'core_touch knows no column %', TG_ARGV[1];\n  END IF;\n  RETURN NULL;\nEND $$;\n"
)
TABLE: Final = f"""
CREATE TABLE core_touched (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, family text NOT NULL, ids bigint[] NOT NULL)
  WITH (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.5);
{TOUCH}"""
DROP: Final = "DROP FUNCTION core_touch CASCADE; DROP TABLE core_touched"


def touch_sql(watched: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """SQL for triggers, each of (table, statements such as "INSERT UPDATE", family, column that names one of it)."""
    made = []
    for table, statements, family, column in watched:
        assert column in _COLUMNS, f"core_touch knows no column {column}"
        for statement in statements.split():
            name = f"{table}_{statement.lower()}_touches_{family}"
            rows = "OLD" if statement == "DELETE" else "NEW"
            made.append(
                f"CREATE TRIGGER {name} AFTER {statement} ON {table} REFERENCING {rows} TABLE AS fresh"
                f" FOR EACH STATEMENT EXECUTE FUNCTION core_touch('{family}', '{column}')"
            )
    return made
