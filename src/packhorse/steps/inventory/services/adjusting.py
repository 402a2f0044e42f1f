"""Stock changed by hand: adjusted, moved; and empty levels swept away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory import events, ledger
from packhorse.steps.inventory.errors import WrongPlace
from packhorse.steps.inventory.models import Adjustment, Condition
from packhorse.steps.inventory.types import Posting, StockChange, Transfer

#: Why stock is adjusted, and where it goes (or comes from).
REASONS: Final = {"lost": "adjustment", "found": "adjustment", "correction": "adjustment", "damaged": "scrap", "expired": "scrap", "sample": "scrap"}


def _clients(actor: Actor, permission: str, item_ids: Iterable[int]) -> int | None:
    """Authorises the clients of items; the one client, where it is one.

    Raises: NotFound, NotAllowed.
    """
    wanted = sorted(set(item_ids))
    clients = dict(sql.rows("SELECT id, client_id FROM catalog_item WHERE id = ANY(%s)", [wanted]))
    for item_id in wanted:
        if item_id not in clients:
            raise NotFound(kind="item", ref=str(item_id))
        authorize(actor, permission, client_id=clients[item_id])
    found = set(clients.values())
    return found.pop() if len(found) == 1 else None


def _check_places(warehouse_id: int, location_ids: Iterable[int]) -> None:
    """Raises: WrongPlace."""
    wanted = sorted(set(location_ids))
    good = {
        r[0] for r in sql.rows("SELECT id FROM warehouse_location WHERE id = ANY(%s) AND warehouse_id = %s AND archived_at IS NULL", [wanted, warehouse_id])
    }
    if bad := sorted(set(wanted) - good):
        raise WrongPlace(place=str(bad[0]), location_id=bad[0], reason="not in this warehouse")


def _check_lots(pairs: Iterable[tuple[int, int | None]]) -> None:
    """Each lot must be one of its item.   Raises: NotFound."""
    wanted = {(item, lot) for item, lot in pairs if lot is not None}
    known = {(item, lot) for lot, item in sql.rows("SELECT id, item_id FROM inventory_lot WHERE id = ANY(%s)", [[lot for _, lot in wanted]])}
    if bad := sorted(wanted - known):
        raise NotFound(kind="lot", ref=str(bad[0][1]))


def _adjustment(warehouse_id: int, reason: str, note: str) -> int:
    here = work.current()
    return Adjustment.objects.create(warehouse_id=warehouse_id, reason=reason, note=note.strip(), at=here.at, principal=here.actor.principal).pk


def _conditions(*conditions: str) -> None:
    for condition in conditions:
        if condition not in Condition.values:
            raise Invalid(field="condition", reason="sellable, held or damaged")


@use_case
def adjust_stock(*, key: UUID, actor: Actor, warehouse_id: int, changes: list[StockChange], reason: str, note: str = "") -> int:
    """More or less of items at places, for a reason: lost, found, correction, damaged, expired, sample. What is promised and now missing becomes a shortfall. Answers the adjustment's id.

    Locks: stock, levels.   Raises: NotAllowed, NotFound, WrongPlace, OutOfStock (what is allocated cannot be taken: count the bin instead), KitNotStocked,
    SerialIsOne, SerialTwice, Invalid.
    """
    authorize(actor, "adjust_stock", warehouse_id=warehouse_id)
    if reason not in REASONS:
        raise Invalid(field="reason", reason=", ".join(sorted(REASONS)))
    if not changes or any(c.quantity == 0 for c in changes):
        raise Invalid(field="quantity", reason="must not be zero")
    _conditions(*(c.condition for c in changes))
    client_id = _clients(actor, "adjust_stock", (c.item_id for c in changes))
    _check_places(warehouse_id, (c.location_id for c in changes))
    _check_lots((c.item_id, c.lot_id) for c in changes)
    ledger.no_kits(c.item_id for c in changes if c.quantity > 0)
    ledger.one_each([(c.lot_id, c.quantity) for c in changes if c.quantity > 0 and c.lot_id is not None])
    adjustment_id = _adjustment(warehouse_id, reason, note)
    away, back = virtual(REASONS[reason]), virtual("adjustment")
    postings = [
        Posting(
            item_id=c.item_id,
            quantity=abs(c.quantity),
            source_id=c.location_id if c.quantity < 0 else back,
            target_id=away if c.quantity < 0 else c.location_id,
            lot_id=c.lot_id,
            source_condition=c.condition,
            target_condition=c.condition,
        )
        for c in changes
    ]
    ledger.post(postings, cause=Ref("inventory.adjustment", adjustment_id), truth=True)
    units = sum(abs(c.quantity) for c in changes)
    emit(events.StockAdjusted(adjustment_id=adjustment_id, client_id=client_id, warehouse_id=warehouse_id, units=units, reason=reason))
    return adjustment_id


@use_case
def move_stock(*, key: UUID, actor: Actor, warehouse_id: int, transfers: list[Transfer], reason: str = "moved") -> int:
    """Free goods were carried to another place of the warehouse, or changed in condition (which needs `adjust_stock`; promised goods that are not sellable any more become a shortfall).

    Answers the adjustment's id.   Locks: stock, levels.   Raises: NotAllowed, NotFound, WrongPlace, OutOfStock, StockPromised, Invalid.
    """
    changes_condition = any(t.source_condition != t.target_condition for t in transfers)
    permission = "adjust_stock" if changes_condition else "put_away"
    authorize(actor, permission, warehouse_id=warehouse_id)
    if not transfers or any(t.quantity <= 0 for t in transfers):
        raise Invalid(field="quantity", reason="must be positive")
    if any(t.source_id == t.target_id and t.source_condition == t.target_condition for t in transfers):
        raise Invalid(field="target_id", reason="nothing would change")
    _conditions(*(c for t in transfers for c in (t.source_condition, t.target_condition)))
    client_id = _clients(actor, permission, (t.item_id for t in transfers))
    _check_places(warehouse_id, (place for t in transfers for place in (t.source_id, t.target_id)))
    _check_lots((t.item_id, t.lot_id) for t in transfers)
    adjustment_id = _adjustment(warehouse_id, reason.strip() or "moved", "")
    postings = [
        Posting(
            item_id=t.item_id,
            quantity=t.quantity,
            source_id=t.source_id,
            target_id=t.target_id,
            lot_id=t.lot_id,
            source_condition=t.source_condition,
            target_condition=t.target_condition,
        )
        for t in transfers
    ]
    ledger.post(postings, cause=Ref("inventory.adjustment", adjustment_id), truth=changes_condition)
    units = sum(t.quantity for t in transfers)
    emit(events.StockMoved(adjustment_id=adjustment_id, client_id=client_id, warehouse_id=warehouse_id, units=units, reason=reason.strip() or "moved"))
    return adjustment_id


@use_case
def sweep_levels(*, key: UUID, actor: Actor, limit: int = 10_000) -> int:
    """Take empty levels away; how many.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    return ledger.sweep(limit=limit)
