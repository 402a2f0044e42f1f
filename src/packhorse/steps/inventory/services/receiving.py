"""Goods come in: counted at the dock, booked as moves, sent on to their bins."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import replace
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.states import check_transition
from packhorse.core.use_case import use_case
from packhorse.ground.warehouse.selectors import virtual
from packhorse.steps.inventory import events, ledger, records, states
from packhorse.steps.inventory.errors import ForeignItem, LotMissing, SerialIsOne, UnitNotAnnounced, WrongPlace
from packhorse.steps.inventory.models import Condition, PurchaseOrder, PurchaseOrderLine
from packhorse.steps.inventory.placement import Goods, choose
from packhorse.steps.inventory.services.lots import find_or_make
from packhorse.steps.inventory.services.otherwise import Otherwise, record
from packhorse.steps.inventory.types import Posting, Received, ReceivedLine


def _announced(order: PurchaseOrder, sscc: str) -> list[ReceivedLine]:
    """What was announced to be in a load that has not come yet.

    Raises: UnitNotAnnounced.
    """
    rows = sql.rows(
        "SELECT item_id, quantity, lot, expires_on FROM inventory_expectedunit WHERE purchase_order_id = %s AND sscc = %s AND receipt_id IS NULL ORDER BY id FOR UPDATE",
        [order.pk, sscc],
    )
    if not rows:
        raise UnitNotAnnounced(sscc=sscc)
    return [ReceivedLine(item, quantity, lot, expires_on) for item, quantity, lot, expires_on in rows]


def _checked(lines: list[ReceivedLine], client_id: int) -> list[ReceivedLine]:
    """The lines, each seen to be possible; lots of items that are not tracked are dropped.

    Raises: Invalid, ForeignItem, KitNotStocked, LotMissing, SerialIsOne.
    """
    if not lines:
        raise Invalid(field="lines", reason="missing")
    wanted = [n.item_id for n in lines]
    tracking = {r[0]: r[1:] for r in sql.rows("SELECT id, sku, tracking FROM catalog_item WHERE id = ANY(%s) AND client_id = %s", [wanted, client_id])}
    found = []
    for line in lines:
        if line.quantity <= 0:
            raise Invalid(field="quantity", reason="must be positive")
        if line.condition not in Condition.values:
            raise Invalid(field="condition", reason="sellable, held or damaged")
        if line.item_id not in tracking:
            raise ForeignItem(item_id=line.item_id)
        sku, kind = tracking[line.item_id]
        if kind != "none" and not line.lot:
            raise LotMissing(sku=sku, tracking=kind)
        if kind == "serial" and line.quantity > 1:
            raise SerialIsOne(sku=sku, quantity=line.quantity)
        found.append(line if kind != "none" else replace(line, lot="", expires_on=None))
    ledger.no_kits(wanted)
    return found


def _place(location_id: int, warehouse_id: int) -> bool:
    """Whether goods that come in here lie in a pickable bin at once.

    Raises: WrongPlace.
    """
    found = sql.rows("SELECT code, warehouse_id, pickable, archived_at FROM warehouse_location WHERE id = %s", [location_id])
    if not found or found[0][1] != warehouse_id or found[0][3] is not None:
        raise WrongPlace(place=found[0][0] if found else str(location_id), location_id=location_id, reason="not in this warehouse")
    return bool(found[0][2])


def today_at(warehouse_id: int) -> dt.date:
    """The date in a warehouse."""
    zone = sql.rows("SELECT time_zone FROM warehouse_warehouse WHERE id = %s", [warehouse_id])[0][0]
    return work.current().at.astimezone(zoneinfo.ZoneInfo(zone)).date()


def _compare(lines: list[ReceivedLine], ordered: dict[int, PurchaseOrderLine]) -> list[Otherwise]:
    """What of these lines is otherwise than ordered; adds them to the counters of the ordered lines, which are not saved."""
    found = [Otherwise(n.item_id, "damaged", n.quantity, n.reason or "damaged on arrival") for n in lines if n.condition == "damaged"]
    came: dict[int, tuple[int, int, str]] = {}
    for n in lines:
        q, damaged, reason = came.get(n.item_id, (0, 0, ""))
        came[n.item_id] = (q + n.quantity, damaged + (n.quantity if n.condition == "damaged" else 0), reason or n.reason)
    for item, (q, damaged, reason) in came.items():
        line = ordered.get(item)
        if line is None:
            found.append(Otherwise(item, "unexpected", q, reason or "not ordered"))
            continue
        over = max(0, line.received + q - line.quantity) - max(0, line.received - line.quantity)
        if over:
            found.append(Otherwise(item, "over", over, reason or "more than ordered"))
        line.received += q
        line.damaged += damaged
    return found


_LINES = """
UPDATE inventory_purchaseorderline l SET received = t.received, damaged = t.damaged
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, received, damaged) WHERE l.id = t.id
"""

_TASKS = """
INSERT INTO inventory_putawaytask (client_id, warehouse_id, item_id, lot_id, condition, quantity, put, source_id, target_id, rule, state, cause_kind, cause_id, created_at)
SELECT %s, %s, t.item, t.lot, t.condition, t.quantity, 0, %s, t.target, t.rule, 'ready', 'inventory.receipt', %s, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[]) WITH ORDINALITY AS t(item, lot, condition, quantity, target, rule, n)
ORDER BY n RETURNING id
"""


def _send_on(order: PurchaseOrder, receipt_id: int, location_id: int, postings: list[Posting]) -> list[int]:
    """Put-away tasks for what came in, one per item, lot and condition; their ids."""
    sums: dict[tuple[int, int | None, str], int] = {}
    for p in postings:
        key = (p.item_id, p.lot_id, p.target_condition)
        sums[key] = sums.get(key, 0) + p.quantity
    goods = [Goods(item, lot, condition, q) for (item, lot, condition), q in sums.items()]
    places = choose(order.warehouse_id, goods)
    made = sql.rows(
        _TASKS,
        [
            order.client_id, order.warehouse_id, location_id, receipt_id, work.current().at,
            [g.item_id for g in goods], [g.lot_id for g in goods], [g.condition for g in goods], [g.quantity for g in goods],
            [p.location_id for p in places], [p.rule for p in places],
        ],
    )  # fmt: skip
    return [r[0] for r in made]


@use_case
def receive_purchase_order(
    *, key: UUID, actor: Actor, purchase_order_id: int, location_id: int, lines: list[ReceivedLine] | None = None, sscc: str = ""
) -> Received:
    """Goods of a purchase order came in at a place (a dock): the lines as counted, or the load with this SSCC as it was announced.

    Over, damaged and unexpected quantities are recorded with their reasons; put-away tasks are made by rule (none where the place is itself a pickable bin). The order is closed when all has come.

    Locks: purchase order, its lines, stock, levels.   Raises: NotFound, NotAllowed, WrongState, WrongPlace, ForeignItem, KitNotStocked, LotMissing, LotDiffers, SerialIsOne, SerialTwice,
    UnitNotAnnounced, Invalid.
    """
    order = records.lock_purchase_order(purchase_order_id)
    authorize(actor, "receive", order)
    if order.state != "receiving":
        check_transition(states.PURCHASE_ORDER, "purchase order", order.state, "receiving", page="inventory:purchase-order", pk=order.pk)
    ordered = records.lock_purchase_lines(order.pk)
    came = _checked(_announced(order, sscc) if sscc else list(lines or ()), order.client_id)
    shelved = _place(location_id, order.warehouse_id)
    at = work.current().at
    lots = find_or_make({(n.item_id, n.lot): n.expires_on for n in came if n.lot}, client_id=order.client_id, today=today_at(order.warehouse_id))
    ledger.one_each([(lots[n.item_id, n.lot], n.quantity) for n in came if n.lot])
    receipt_id = sql.rows(
        "INSERT INTO inventory_receipt (client_id, purchase_order_id, location_id, at, principal) VALUES (%s, %s, %s, %s, %s) RETURNING id",
        [order.client_id, order.pk, location_id, at, actor.principal],
    )[0][0]
    supplier = virtual("supplier")
    postings = [
        Posting(
            n.item_id, n.quantity, supplier, location_id, lots[n.item_id, n.lot] if n.lot else None, source_condition=n.condition, target_condition=n.condition
        )
        for n in came
    ]
    otherwise = _compare(came, ordered)
    touched = {n.item_id for n in came}
    changed = [line for item, line in ordered.items() if item in touched]
    sql.run(_LINES, [[line.pk for line in changed], [line.received for line in changed], [line.damaged for line in changed]])
    if sscc:
        sql.run(
            "UPDATE inventory_expectedunit SET receipt_id = %s WHERE purchase_order_id = %s AND sscc = %s AND receipt_id IS NULL", [receipt_id, order.pk, sscc]
        )
    order.state = "receiving" if any(line.received < line.quantity for line in ordered.values()) else "closed"
    order.closed_at = at if order.state == "closed" else None
    order.save(update_fields=["state", "closed_at"])
    ledger.post(postings, cause=Ref("inventory.receipt", receipt_id))
    task_ids = [] if shelved else _send_on(order, receipt_id, location_id, postings)
    named = {"purchase_order_id": order.pk, "client_id": order.client_id, "warehouse_id": order.warehouse_id}
    units = sum(n.quantity for n in came)
    emit(events.GoodsReceived(**named, receipt_id=receipt_id, units=units, lines=len(came)))
    discrepancy_ids = record(order, receipt_id, otherwise)
    if order.state == "closed":
        emit(events.PurchaseOrderClosed(**named, state="closed"))
    return Received(receipt_id, order.pk, order.state, units, tuple(task_ids), tuple(discrepancy_ids))
