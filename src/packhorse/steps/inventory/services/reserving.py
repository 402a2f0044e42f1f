"""Checkout: goods are kept for a while, so that what a customer is about to pay for is not sold to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import ComponentInfo
from packhorse.steps.inventory import events, ledger
from packhorse.steps.inventory.types import Missing, NewDemand, NewReservation, ReservationRefused, Reserved

MOST_LINES: Final = 1000
MOST_UNITS: Final = 10_000_000
MOST_MINUTES: Final = 24 * 60

_REASONS: Final[dict[str, Promise]] = {
    "bad_lines": _("A reservation needs a reference, 1 to 1000 lines of whole quantities, and 1 to 1440 minutes."),
    "unknown_item": _("An item of it is not one of this client."),
    "taken": _("A reservation of this name is open already."),
    "out_of_stock": _("There is not enough of it: nothing is kept."),
}


def _fault(new: NewReservation, items: set[int]) -> str:
    quantities = [n.quantity for n in new.lines]
    if not new.reference.strip() or not new.channel.strip() or not 0 < len(new.lines) <= MOST_LINES or not 0 < new.minutes <= MOST_MINUTES:
        return "bad_lines"
    if any(not 0 < q <= MOST_UNITS for q in quantities):
        return "bad_lines"
    return "" if all(n.item_id in items for n in new.lines) else "unknown_item"


def _by_component(item_id: int, quantity: int, kits: Mapping[int, Sequence[ComponentInfo]]) -> list[tuple[int, int]]:
    """(item, units): a kit's are its components'."""
    return [(c.item_id, quantity * c.quantity) for c in kits[item_id]] if item_id in kits else [(item_id, quantity)]


def _missing(warehouse_id: int, new: NewReservation) -> tuple[Missing, ...]:
    asked: dict[int, int] = {}
    kits = catalog.components_of(EVERYTHING, {n.item_id for n in new.lines})
    for n in new.lines:
        for item, q in _by_component(n.item_id, n.quantity, kits):
            asked[item] = asked.get(item, 0) + q
    found = sql.rows(
        """SELECT i.id, i.sku, greatest(0, coalesce(s.sellable - s.promised, 0)) FROM catalog_item i
           LEFT JOIN inventory_stock s ON s.item_id = i.id AND s.warehouse_id = %s WHERE i.id = ANY(%s) ORDER BY i.id""",
        [warehouse_id, sorted(asked)],
    )
    return tuple(Missing(i, sku, asked[i], have) for i, sku, have in found if have < asked[i])


def _write(client_id: int, warehouse_id: int, good: Sequence[NewReservation]) -> dict[tuple[str, str], int]:
    """Rows of reservations by their names; those whose name is open already are left out."""
    made = sql.rows(
        """INSERT INTO inventory_reservation (client_id, warehouse_id, channel, reference, units, at, expires_at, outcome)
           SELECT %s, %s, t.channel, t.reference, t.units, %s, t.expires_at, '' FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::timestamptz[]) AS t(channel, reference, units, expires_at)
           ORDER BY t.channel, t.reference ON CONFLICT (client_id, channel, reference) WHERE ended_at IS NULL DO NOTHING RETURNING channel, reference, id""",
        [client_id, warehouse_id, work.current().at, [n.channel for n in good], [n.reference for n in good], [sum(x.quantity for x in n.lines) for n in good],
         [work.current().at + dt.timedelta(minutes=n.minutes) for n in good]],
    )  # fmt: skip
    return {(channel, reference): pk for channel, reference, pk in made}


@use_case
def reserve_stock(*, key: UUID, actor: Actor, client_id: int, warehouse_id: int, reservations: list[NewReservation]) -> list[Reserved | ReservationRefused]:
    """Keep goods for checkouts until they expire: each whole or not at all, earlier ones first. One answer per reservation, in order.

    Locks: reservations, stock rows.   Raises: NotAllowed.
    """
    authorize(actor, "take_orders", client_id=client_id, warehouse_id=warehouse_id)
    items = {
        r[0]
        for r in sql.rows(
            "SELECT id FROM catalog_item WHERE client_id = %s AND id = ANY(%s) AND archived_at IS NULL",
            [client_id, [n.item_id for r in reservations for n in r.lines]],
        )
    }
    faults = [_fault(r, items) for r in reservations]
    names = _write(client_id, warehouse_id, list({(r.channel, r.reference): r for r, fault in zip(reservations, faults, strict=True) if not fault}.values()))
    todo: list[tuple[int, NewReservation]] = []
    for n, (r, fault) in enumerate(zip(reservations, faults, strict=True)):
        pk = names.pop((r.channel, r.reference), None) if not fault else None
        if not fault and pk is None:
            faults[n] = "taken"
        elif pk is not None:
            todo.append((pk, r))
    kits = catalog.components_of(EVERYTHING, {x.item_id for _, r in todo for x in r.lines})
    groups = [
        [
            NewDemand(client_id, warehouse_id, item, q, Ref("inventory.reservation", pk))
            for x in r.lines
            for item, q in _by_component(x.item_id, x.quantity, kits)
        ]
        for pk, r in todo
    ]
    kept = {id(r): pk for (pk, r), answers in zip(todo, ledger.demand_whole(groups), strict=True) if answers}
    sql.run("DELETE FROM inventory_reservation WHERE id = ANY(%s)", [[pk for pk, r in todo if id(r) not in kept]])
    found: list[Reserved | ReservationRefused] = []
    for r, fault in zip(reservations, faults, strict=True):
        if id(r) in kept and not fault:
            until = work.current().at + dt.timedelta(minutes=r.minutes)
            found.append(Reserved(r.channel, r.reference, kept[id(r)], until))
            emit(
                events.StockReserved(
                    reservation_id=kept[id(r)], client_id=client_id, warehouse_id=warehouse_id, units=sum(x.quantity for x in r.lines), expires_at=until
                )
            )
        else:
            code = fault or "out_of_stock"
            missing = () if fault else _missing(warehouse_id, r)
            link = reverse("inventory:item", args=[missing[0].item_id]) if missing else ""
            found.append(ReservationRefused(r.channel, r.reference, code, str(_REASONS[code]), missing, link))
    return found


def _tell(ended: Sequence[int], outcome: str) -> None:
    for pk, client, warehouse in sql.rows("SELECT id, client_id, warehouse_id FROM inventory_reservation WHERE id = ANY(%s) ORDER BY id", [list(ended)]):
        emit(events.ReservationEnded(reservation_id=pk, client_id=client, warehouse_id=warehouse, outcome=outcome))


@use_case
def release_reservations(*, key: UUID, actor: Actor, reservation_ids: list[int]) -> list[int]:
    """Checkouts were given up: what they kept can be had by others. Answers those that were open.

    Locks: reservations, demands, stock rows.   Raises: NotAllowed.
    """
    for client, warehouse in sql.rows("SELECT DISTINCT client_id, warehouse_id FROM inventory_reservation WHERE id = ANY(%s)", [reservation_ids]):
        authorize(actor, "take_orders", client_id=client, warehouse_id=warehouse)
    authorize(actor, "take_orders")
    ended = ledger.end_reservations(reservation_ids, outcome="released")
    _tell(ended, "released")
    return ended


@use_case
def expire_reservations(*, key: UUID, actor: Actor, limit: int = 1000) -> list[int]:
    """Reservations whose time is over keep nothing any more. Answers them.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    due = sql.rows("SELECT id FROM inventory_reservation WHERE ended_at IS NULL AND expires_at <= %s ORDER BY expires_at LIMIT %s", [work.current().at, limit])
    ended = ledger.end_reservations([r[0] for r in due], outcome="expired")
    _tell(ended, "expired")
    return ended
