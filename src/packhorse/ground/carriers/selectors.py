"""What is known of carriers from experience. Transit times name no client: everyone may see them."""

from __future__ import annotations

from packhorse.core import sql
from packhorse.ground.carriers.types import TransitDays

_SUM = "SELECT days, sum(count)::int FROM carriers_transit WHERE carrier = %s AND service = %s"


def transit_days(*, carrier: str, service: str, origin: str, destination: str, least: int = 30) -> TransitDays:
    """How long parcels of a service took between two zones (`places.geography.zone`).

    With fewer than `least` parcels on the lane all parcels between the two countries are taken, with fewer still all of the service; `lane` says which.
    """
    looks: tuple[tuple[str, str, list[str]], ...] = (
        ("lane", " AND origin = %s AND destination = %s", [origin, destination]),
        ("countries", " AND left(origin, 2) = %s AND left(destination, 2) = %s", [origin[:2], destination[:2]]),
        ("service", "", []),
    )
    for lane, condition, params in looks:
        found = TransitDays(lane, dict(sql.rows(f"{_SUM}{condition} GROUP BY days ORDER BY days", [carrier, service, *params])))
        if found.parcels >= least:
            return found
    return TransitDays(found.lane, found.counts) if found.counts else TransitDays("")
