"""What later rooms teach the gateway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from packhorse.core import sql
from packhorse.ground.carriers.types import TransitFact

_ADD = """
INSERT INTO carriers_transit (carrier, service, origin, destination, days, count)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::int[])
ON CONFLICT (carrier, service, origin, destination, days) DO UPDATE SET count = carriers_transit.count + excluded.count
"""


def record_transits(facts: Iterable[TransitFact]) -> None:
    """Count parcels that arrived. Joins the caller's transaction; one statement, rows in ascending key order."""
    assert connection.in_atomic_block, "inside the caller's transaction"
    counted = Counter((f.carrier, f.service, f.origin, f.destination, f.days) for f in facts)
    if counted:
        keys = sorted(counted)
        sql.run(_ADD, [*([key[i] for key in keys] for i in range(5)), [counted[key] for key in keys]])
