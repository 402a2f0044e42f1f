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
