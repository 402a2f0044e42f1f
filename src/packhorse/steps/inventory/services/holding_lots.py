"""Lots that must not leave: held, recalled, expired; and freed again."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.messages.queue import close_alerts, raise_alerts
from packhorse.ground.messages.types import NewAlert
from packhorse.steps.inventory import events, ledger, records

#: The alert that stands while a lot is recalled.
RECALLED: Final = "lot_recalled"


@use_case
def hold_lots(*, key: UUID, actor: Actor, lot_ids: list[int], reason: str) -> list[int]:
    """Stop lots from being sold until they are freed; a recall (`recall_lots`) does that too, and asks for what left.

    What is promised of them and cannot be had elsewhere becomes a shortfall; allocations in bins are broken, what is picked already cannot ship.

    Answers the lots that were not held before.   Raises: NotFound, NotAllowed, Invalid.
    """
    lots = {t.pk: t for t in records.lots_of(lot_ids)}
    for t in lots.values():
        authorize(actor, "adjust_stock", t)
    if not reason.strip():
        raise Invalid(field="reason", reason="missing")
    held = ledger.block_lots(sorted(lots), reason=reason.strip(), cause=Ref("core.command", work.current().command_id))
    emit(*(events.LotHeld(lot_id=i, client_id=lots[i].client_id, item_id=lots[i].item_id, lot=lots[i].code, reason=reason.strip()) for i in held))
    return held


@use_case
def free_lots(*, key: UUID, actor: Actor, lot_ids: list[int]) -> list[int]:
    """Let lots be sold again; recalls of them are over. Answers those that were held.   Raises: NotFound, NotAllowed."""
    lots = {t.pk: t for t in records.lots_of(lot_ids)}
    for t in lots.values():
        authorize(actor, "adjust_stock", t)
    sql.rows("SELECT id FROM inventory_recall WHERE lot_id = ANY(%s) AND ended_at IS NULL ORDER BY id FOR UPDATE", [sorted(lots)])
    freed = ledger.unblock_lots(sorted(lots), cause=Ref("core.command", work.current().command_id))
    sql.run("UPDATE inventory_recall SET ended_at = %s WHERE lot_id = ANY(%s) AND ended_at IS NULL", [work.current().at, freed])
    close_alerts(RECALLED, "inventory.lot", freed)
    emit(*(events.LotFreed(lot_id=i, client_id=lots[i].client_id, item_id=lots[i].item_id, lot=lots[i].code) for i in freed))
    return freed


@use_case
def expire_lots(*, key: UUID, actor: Actor, limit: int = 1000) -> list[int]:
    """Block lots whose last day has passed in every warehouse. Answers them.   Raises: NotAllowed."""
    authorize(actor, "run_system")
    found = sql.rows(
        """SELECT id, client_id, item_id, code FROM inventory_lot
           WHERE blocked_at IS NULL AND expires_on < (SELECT coalesce(min((%(at)s::timestamptz AT TIME ZONE time_zone)::date), %(at)s::date) FROM warehouse_warehouse)
           ORDER BY id LIMIT %(limit)s""",
        {"at": work.current().at, "limit": limit},
    )
    lots = {r[0]: r[1:] for r in found}
    blocked = ledger.block_lots(sorted(lots), reason="expired", cause=Ref("core.command", work.current().command_id))
    emit(*(events.LotHeld(lot_id=i, client_id=lots[i][0], item_id=lots[i][1], lot=lots[i][2], reason="expired") for i in blocked))
    return blocked


@use_case
def recall_lots(*, key: UUID, actor: Actor, lot_ids: list[int], reason: str) -> list[int]:
    """Lots must not leave, and what left of them must be asked for: held everywhere in one act, allocations in bins are served from others or become short, an alert stands until they are freed.

    Whoever got them is told by `orders.tell_recalled`. Answers the recalls (of a lot that is recalled already, the open one).

    Locks: allocations, demands, lots, stock.   Raises: NotFound, NotAllowed, Invalid.
    """
    lots = {t.pk: t for t in records.lots_of(lot_ids)}
    for t in lots.values():
        authorize(actor, "adjust_stock", t)
    if not reason.strip():
        raise Invalid(field="reason", reason="missing")
    here = work.current()
    ledger.block_lots(sorted(lots), reason=reason.strip(), cause=Ref("core.command", here.command_id))
    made = sql.rows(
        """INSERT INTO inventory_recall (client_id, lot_id, reason, at, principal) SELECT t.client_id, t.id, %s, %s, %s FROM inventory_lot t WHERE t.id = ANY(%s) ORDER BY t.id
           ON CONFLICT (lot_id) WHERE ended_at IS NULL DO NOTHING RETURNING id, lot_id""",
        [reason.strip(), here.at, here.actor.principal, sorted(lots)],
    )
    skus = dict(sql.rows("SELECT id, sku FROM catalog_item WHERE id = ANY(%s)", [[t.item_id for t in lots.values()]]))
    fresh = {lot: pk for pk, lot in made}
    raise_alerts(
        [
            NewAlert(
                rule=RECALLED, severity="critical", subject=Ref("inventory.lot", i), owner_role="manager", client_id=lots[i].client_id,
                detail={"lot": lots[i].code, "sku": skus[lots[i].item_id], "reason": reason.strip()},
            )
            for i in sorted(fresh)
        ]
    )  # fmt: skip
    emit(
        *(
            events.LotRecalled(recall_id=pk, lot_id=i, client_id=lots[i].client_id, item_id=lots[i].item_id, lot=lots[i].code, reason=reason.strip())
            for i, pk in sorted(fresh.items())
        )
    )
    return [r[0] for r in sql.rows("SELECT id FROM inventory_recall WHERE lot_id = ANY(%s) AND ended_at IS NULL ORDER BY id", [sorted(lots)])]
