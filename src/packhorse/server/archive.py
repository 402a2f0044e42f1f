"""`packhorse archive --before 2026-01 --to DIR`: old months leave the database as verified files, and come back with `--restore FILE`.

Moves and journal are archived month by month, and only closed months: their balances carry the books on. For each month and table a file `<table>_YYYYMM.csv.gz` is written
(PostgreSQL's CSV with a header), read back into a table of its own and compared row by row; only then is the partition detached and dropped, in the same transaction.
`<file>.json` beside it says what it is, with its SHA-256.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from packhorse.core import clock
from packhorse.server import cluster
from packhorse.server.backup import sha256
from packhorse.server.database import connect

#: What is archived. Outbox rows are gone once they are handled; a month of it that is empty is simply dropped.
TABLES: Final = ("inventory_move", "core_journal")
#: Months that stay in the database where nobody says otherwise: two years and the one that runs.
KEEP_MONTHS: Final = 24
#: How long the detaching may wait for others; then nothing has changed, and it is tried another time.
LOCK_TIMEOUT: Final = "10s"

Connection = psycopg.Connection[tuple[Any, ...]]


class ArchiveFailed(Exception):
    """Nothing was archived, or not restored."""


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=32)).replace(day=1)


def _leaf(table: str, month: dt.date) -> str:
    return f"{table}_{month:%Y%m}"


def _partitions(connection: Connection, table: str, before: dt.date) -> list[dt.date]:
    """The months of a table's partitions before that one, oldest first."""
    found = connection.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(%s) AND c.relname ~ %s ORDER BY 1",
        [table, f"^{table}_[0-9]{{6}}$"],
    ).fetchall()
    months = [dt.datetime.strptime(r[0][-6:], "%Y%m").replace(tzinfo=dt.UTC).date() for r in found]
    return [m for m in months if m < before]


def _closed_until(connection: Connection) -> dt.date | None:
    found = connection.execute("SELECT (max(until) AT TIME ZONE 'UTC')::date FROM inventory_closedmonth").fetchone()
    return found[0] if found else None


def _write(connection: Connection, leaf: str, target: Path) -> int:
    """Rows of a partition into a compressed file; how many."""
    with target.open("xb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file, connection.cursor() as cursor:
            with cursor.copy(SQL("COPY (SELECT * FROM {} ORDER BY at, id) TO STDOUT (FORMAT csv, HEADER true)").format(Identifier(leaf))) as copy:
                for block in copy:
                    file.write(block)
            rows = cursor.rowcount
        raw.flush()
        os.fsync(raw.fileno())
    return rows


def _read(connection: Connection, table: str, source: Path) -> int:
    """A file's rows into a table; how many."""
    with gzip.open(source, "rb") as file, connection.cursor() as cursor:
        with cursor.copy(SQL("COPY {} FROM STDIN (FORMAT csv, HEADER match)").format(Identifier(table))) as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        return cursor.rowcount


def _verify(connection: Connection, leaf: str, source: Path) -> None:
    """Raises: ArchiveFailed."""
    connection.execute(SQL("CREATE TEMP TABLE archived (LIKE {}) ON COMMIT DROP").format(Identifier(leaf)))
    _read(connection, "archived", source)
    differ = connection.execute(
        SQL(
            "SELECT count(*) FROM ((SELECT * FROM {0} EXCEPT ALL SELECT * FROM archived) UNION ALL (SELECT * FROM archived EXCEPT ALL SELECT * FROM {0})) d"
        ).format(Identifier(leaf))
    ).fetchone()
    connection.execute("DROP TABLE archived")
    if differ is None or differ[0]:
        raise ArchiveFailed(f"{source.name} does not hold what was read from {leaf}: nothing was taken out")


def archive_month(connection: Connection, table: str, month: dt.date, folder: Path) -> dict[str, Any]:
    """One month of one table: written, read back and compared, detached and dropped, all or nothing. What its note says.

    Raises: ArchiveFailed, psycopg.Error.
    """
    leaf = _leaf(table, month)
    target = folder / f"{leaf}.csv.gz"
    draft = folder / f".{leaf}.csv.gz.part"
    draft.unlink(missing_ok=True)
    if target.exists():
        raise ArchiveFailed(f"{target} is there already: move it away, or archive into another folder")
    at = clock.SystemClock().now()
    try:
        with connection.transaction():
            connection.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(LOCK_TIMEOUT)))
            connection.execute(SQL("LOCK TABLE {} IN SHARE MODE").format(Identifier(leaf)))  # nobody writes to it from here on; readers go on
            rows = _write(connection, leaf, draft)
            _verify(connection, leaf, draft)
            note = {
                "table": table,
                "month": f"{month:%Y-%m}",
                "rows": rows,
                "sha256": sha256(draft),
                "archived_at": at.isoformat(),
                "packhorse": version("packhorse"),
            }
            connection.execute(
                """INSERT INTO core_archived_partition (table_name, month, file, sha256, rows, at) VALUES (%s, %s, %s, %s, %s, %s)
                   ON CONFLICT (table_name, month) DO UPDATE SET file = excluded.file, sha256 = excluded.sha256, rows = excluded.rows, at = excluded.at, restored_at = NULL""",
                [table, month, str(target), note["sha256"], rows, at],
            )
            draft.replace(target)
            target.with_suffix(".gz.json").write_text(json.dumps(note, indent=1) + "\n")
            connection.execute(SQL("ALTER TABLE {} DETACH PARTITION {}").format(Identifier(table), Identifier(leaf)))
            connection.execute(SQL("DROP TABLE {}").format(Identifier(leaf)))
    except BaseException:
        for left in (draft, target, target.with_suffix(".gz.json")):
            left.unlink(missing_ok=True)  # the month is still in the database
        raise
    return note


def archive(connection: Connection, before: dt.date, folder: Path) -> list[dict[str, Any]]:
    """Every closed month before that one, of each table, oldest first; what was archived. Empty months of the outbox are dropped too.

    Raises: ArchiveFailed where a month is not closed; psycopg.Error.
    """
    until = _closed_until(connection)
    wanted = [(month, table) for table in TABLES for month in _partitions(connection, table, before)]
    for month, table in sorted(wanted):
        if until is None or _after(month) > until:
            raise ArchiveFailed(f"{month:%Y-%m} is not closed: {table} of it stays. Months are closed by themselves on the second day of the next one")
    notes = [archive_month(connection, table, month, folder) for month, table in sorted(wanted)]
    for month in _partitions(connection, "core_outbox", before):
        leaf = Identifier(_leaf("core_outbox", month))
        with connection.transaction():
            connection.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(LOCK_TIMEOUT)))
            connection.execute(SQL("LOCK TABLE {} IN SHARE MODE").format(leaf))
            if connection.execute(SQL("SELECT FROM {} LIMIT 1").format(leaf)).fetchone() is None:
                connection.execute(SQL("ALTER TABLE core_outbox DETACH PARTITION {}").format(leaf))
                connection.execute(SQL("DROP TABLE {}").format(leaf))
    return notes


def restore(connection: Connection, source: Path) -> dict[str, Any]:
    """Bring an archived month back into its table, as it was; its note. The file stays where it is.

    Raises: ArchiveFailed, psycopg.Error.
    """
    beside = source.with_suffix(".gz.json")
    if not source.is_file() or not beside.is_file():
        raise ArchiveFailed(f"{source} or its note {beside.name} is not there")
    note: dict[str, Any] = json.loads(beside.read_text())
    if sha256(source) != note["sha256"]:
        raise ArchiveFailed(f"{source} is not what was written: its SHA-256 differs from its note")
    table, month = str(note["table"]), dt.datetime.strptime(str(note["month"]), "%Y-%m").replace(tzinfo=dt.UTC).date()
    if table not in TABLES:
        raise ArchiveFailed(f"{table} is not archived by month")
    with connection.transaction():
        made = connection.execute("SELECT packhorse_partition(%s, %s)", [table, month]).fetchone()
        if made is None or not made[0]:
            raise ArchiveFailed(f"{note['month']} of {table} is in the database already")
        rows = _read(connection, _leaf(table, month), source)
        if rows != note["rows"]:
            raise ArchiveFailed(f"{source} holds {rows} rows, its note says {note['rows']}")
        if table == "inventory_move":
            connection.execute("SELECT packhorse_seal(%s, %s)", [table, month])
        connection.execute(
            "UPDATE core_archived_partition SET restored_at = %s WHERE table_name = %s AND month = %s", [clock.SystemClock().now(), table, month]
        )
    return note


def _month(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise argparse.ArgumentTypeError("a month is written 2026-01") from None


def _kept() -> dt.date:
    """The first month that stays where nobody says otherwise."""
    month = clock.SystemClock().now().date().replace(day=1)
    for _ in range(KEEP_MONTHS):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return month


def run(arguments: list[str]) -> int:
    """0 when all was archived or restored, 1 when not."""
    parser = argparse.ArgumentParser(
        prog="packhorse archive", description="Write old months of moves and journal to verified files and take them out of the database."
    )
    parser.add_argument("--before", type=_month, help=f"the first month that stays (default: the one {KEEP_MONTHS} months ago)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", type=Path, help="the folder for the files")
    what.add_argument("--restore", type=Path, help="bring the month in this file back into the database")
    options = parser.parse_args(arguments)
    if options.to is not None and not options.to.is_dir():
        sys.stderr.write(f"There is no folder {options.to}.\n")
        return 1
    cluster.ensure()
    try:
        with connect(autocommit=True) as connection:
            connection.execute("SET timezone TO 'UTC'")
            if options.restore is not None:
                note = restore(connection, options.restore)
                sys.stdout.write(f"{note['month']} of {note['table']}: {note['rows']:,} rows are back\n")
                return 0
            notes = archive(connection, options.before or _kept(), options.to)
    except (ArchiveFailed, psycopg.Error, OSError) as error:
        sys.stderr.write(f"Not done: {error}\n")
        return 1
    for note in notes:
        sys.stdout.write(f"{note['table']} {note['month']}: {note['rows']:,} rows archived and verified\n")
    if not notes:
        sys.stdout.write("Nothing is that old.\n")
    return 0
