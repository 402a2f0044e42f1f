"""`packhorse archive` takes closed months out of the database as files that were read back first, and brings them back whole."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from packhorse.core import clock, partitions, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.clock import VirtualClock
from packhorse.core.refs import Ref
from packhorse.server import archive
from packhorse.server.archive import ArchiveFailed
from packhorse.steps.inventory import ledger, selectors, services
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Posting
from tests.build import HOUSE, Shop, doing, make_shop, receive

pytestmark = pytest.mark.django_db

APRIL = dt.date(2025, 4, 1)


def on(month: int, day: int) -> VirtualClock:
    return VirtualClock(dt.datetime(2025, month, day, 12, tzinfo=dt.UTC))


@pytest.fixture
def raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    return connection.connection  # type: ignore[no-any-return]


@pytest.fixture
def shop() -> Shop:
    """Ten pieces came in in January and four of them went to a bin in March. The months have partitions; none is closed."""
    made = make_shop()
    partitions.ensure(dt.date(2025, 1, 1), APRIL)
    with clock.using(on(1, 20)):
        receive(made.item("SKU-1"), made.dock, 10)
    with clock.using(on(3, 5)):
        doing(lambda: ledger.post([Posting(made.item("SKU-1"), 4, made.dock, made.bins[0])], cause=Ref("test.cause", 1)))
    return made


@pytest.fixture
def closed(shop: Shop) -> Shop:
    with clock.using(on(4, 2)):
        services.close_months(key=uuid4(), actor=HOUSE)
    return shop


def months(table: str = "inventory_move") -> list[str]:
    return [
        r[0]
        for r in sql.rows(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(%s) AND c.relname ~ '2025' ORDER BY 1",
            [table],
        )
    ]


def test_closed_months_become_files_and_the_books_still_agree(closed: Shop, raw: Any, tmp_path: Path) -> None:
    before = selectors.levels(EVERYTHING, item_id=closed.item("SKU-1"))
    notes = archive.archive(raw, APRIL, tmp_path)
    assert [(n["table"], n["month"], n["rows"]) for n in notes if n["table"] == "inventory_move"] == [
        ("inventory_move", "2025-01", 1),
        ("inventory_move", "2025-02", 0),
        ("inventory_move", "2025-03", 1),
    ]
    assert months() == ["inventory_move_202504"]
    assert (months("core_journal"), months("core_outbox")) == (["core_journal_202504"], ["core_outbox_202501", "core_outbox_202504"])
    with gzip.open(tmp_path / "inventory_move_202503.csv.gz", "rt") as file:
        lines = file.read().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("at,id,client_id,item_id")
    assert selectors.levels(EVERYTHING, item_id=closed.item("SKU-1")) == before
    assert selectors.moves(EVERYTHING, item_id=closed.item("SKU-1")) == []
    assert drift() == []


def test_an_archived_month_comes_back_as_it_was(closed: Shop, raw: Any, tmp_path: Path) -> None:
    everything = "SELECT * FROM inventory_move ORDER BY at, id"
    journal = "SELECT * FROM core_journal ORDER BY at, id"
    before = sql.rows(everything), sql.rows(journal)
    archive.archive(raw, APRIL, tmp_path)
    assert (sql.rows(everything), sql.rows(journal)) != before
    for source in sorted(tmp_path.glob("*.csv.gz")):
        archive.restore(raw, source)
    assert (sql.rows(everything), sql.rows(journal)) == before
    assert sql.rows("SELECT count(*) FROM core_archived_partition WHERE restored_at IS NULL") == [(0,)]
    with pytest.raises(DatabaseError, match="closed month"), transaction.atomic():
        sql.run("INSERT INTO inventory_move SELECT * FROM inventory_move WHERE at < '2025-04-01'")
    assert drift() == []


def test_a_month_that_is_not_closed_stays_and_nothing_else_goes(shop: Shop, raw: Any, tmp_path: Path) -> None:
    with pytest.raises(ArchiveFailed, match="2025-01 is not closed"):
        archive.archive(raw, APRIL, tmp_path)
    assert len(months()) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(closed: Shop, raw: Any, tmp_path: Path) -> None:
    (tmp_path / "core_journal_202501.csv.gz").write_text("somebody's")
    with pytest.raises(ArchiveFailed, match="is there already"):
        archive.archive(raw, APRIL, tmp_path)
    assert len(months()) == 4
    assert [p.name for p in tmp_path.iterdir()] == ["core_journal_202501.csv.gz"]


def test_a_month_whose_file_does_not_hold_it_stays(closed: Shop, raw: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = archive._write

    def forgetful(connection: Any, leaf: str, target: Path) -> int:
        rows = write(connection, leaf, target)
        target.write_bytes(gzip.compress(gzip.decompress(target.read_bytes()).splitlines(keepends=True)[0]))
        return rows

    monkeypatch.setattr(archive, "_write", forgetful)
    with pytest.raises(ArchiveFailed, match="does not hold what was read"):
        archive.archive_month(raw, "inventory_move", dt.date(2025, 3, 1), tmp_path)
    assert len(months()) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_is_not_restored(closed: Shop, raw: Any, tmp_path: Path) -> None:
    archive.archive(raw, APRIL, tmp_path)
    source = tmp_path / "inventory_move_202503.csv.gz"
    source.write_bytes(gzip.compress(gzip.decompress(source.read_bytes()).replace(b",4,", b",5,")))
    with pytest.raises(ArchiveFailed, match="SHA-256"):
        archive.restore(raw, source)
    assert months() == ["inventory_move_202504"]


def test_a_month_that_is_in_the_database_is_not_restored_over(closed: Shop, raw: Any, tmp_path: Path) -> None:
    archive.archive(raw, APRIL, tmp_path)
    source = tmp_path / "inventory_move_202503.csv.gz"
    archive.restore(raw, source)
    with pytest.raises(ArchiveFailed, match="in the database already"):
        archive.restore(raw, source)
    assert json.loads((tmp_path / "inventory_move_202503.csv.gz.json").read_text())["rows"] == 1


def test_two_years_and_the_running_month_stay_where_nobody_says_otherwise() -> None:
    today = clock.SystemClock().now().date()
    kept = archive._kept()
    assert (today.year * 12 + today.month) - (kept.year * 12 + kept.month) == 24
