"""Reservations: what is kept for checkouts."""

from __future__ import annotations

from packhorse.core.actors import Scope
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.inventory.models import Reservation
from packhorse.steps.inventory.types import ReservationRow


def _row(r: Reservation) -> ReservationRow:
    return ReservationRow(r.pk, r.client_id, r.warehouse_id, r.warehouse.code, r.channel, r.reference, r.units, r.at, r.expires_at, r.ended_at, r.outcome)


def reservations(scope: Scope, query: ListQuery) -> Page[ReservationRow]:
    """Reservations, newest first. Filters: `state` (open, accepted, released, expired)."""
    rows = Reservation.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("warehouse")
    if query.search:
        rows = rows.filter(reference__istartswith=query.search)
    if state := query.one("state"):
        rows = rows.filter(outcome="" if state == "open" else state)
    return paginate(rows, query, make=_row, sorts={"expires_at": "expires_at"}, default="-id")
