"""Tables that are partitioned by month: moves, journal, outbox. Leaves: nothing references them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection

PARTITIONED: Final = ("core_journal", "core_outbox", "inventory_move")

#: Makes the partition of a table for the month of a day, moving rows that fell into the default partition meanwhile.
FUNCTION: Final = """
CREATE FUNCTION packhorse_partition(parent text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  first date := date_trunc('month', day);
  past date := first + interval '1 month';
  leaf text := parent || '_' || to_char(first, 'YYYYMM');
BEGIN
  IF to_regclass(leaf) IS NOT NULL THEN RETURN false; END IF;
  PERFORM set_config('packhorse.moving', 'on', true);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', leaf, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE at >= %L AND at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved', parent || '_default', first, past, leaf);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, leaf, first, past);
  PERFORM set_config('packhorse.moving', '', true);
  RETURN true;
END $$
"""

#: A sealed month takes no more rows: who writes to it is told, and open months pay nothing for it.
SEAL: Final = """
CREATE FUNCTION packhorse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is closed: nothing is written into a closed month', TG_TABLE_NAME;
END $$;
CREATE FUNCTION packhorse_seal(parent text, day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  leaf text := parent || '_' || to_char(day, 'YYYYMM');
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER packhorse_sealed BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION packhorse_sealed()', leaf);
END $$
"""
#: The months whose partitions are made ahead.
AHEAD: Final = 3


def ensure(first: dt.date, last: dt.date) -> int:
    """Make the partitions of all partitioned tables for the months from `first` to `last`; how many were new."""
    made = 0
    with connection.cursor() as cursor:
        day = first.replace(day=1)
        while day <= last:
            for table in PARTITIONED:
                cursor.execute("SELECT packhorse_partition(%s, %s)", [table, day])
                made += cursor.fetchone()[0]
            day = (day + dt.timedelta(days=32)).replace(day=1)
    return made


def ahead(today: dt.date) -> int:
    """Make the partitions of this month and the next ones, so that no row ever lands in the default partition; how many were new."""
    last = today.replace(day=1)
    for _ in range(AHEAD):
        last = (last + dt.timedelta(days=32)).replace(day=1)
    return ensure(today, last)


def seal(table: str, month: dt.date) -> None:
    """Let the partition of a month take no more rows; waits for transactions that are writing to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT packhorse_seal(%s, %s)", [table, month])
