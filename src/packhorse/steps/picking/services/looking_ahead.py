"""Looking ahead: what orders that may be released will need beyond what lies in pickable bins is brought forward from reserve before they are picked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from packhorse.core import work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.steps.inventory import ledger as stock, requests as inventory_requests
from packhorse.steps.inventory.types import Want
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import ReleasableOrder
from packhorse.steps.picking import selectors

#: Orders that are looked at, at most: the most urgent.
MOST = 1000


@use_case
def look_ahead(*, key: UUID, actor: Actor, warehouse_id: int, today: dt.date) -> list[int]:
    """Ask that goods in reserve come forward for the orders that may be released and miss them at the pick faces: by the ship-by of the first order that misses them, less the minutes for packing.

    `today` is the warehouse's date. Answers the ids of the relocations that were raised; what is on its way already is not asked for again.

    Locks: open relocations, stock.   Raises: NotFound, NotAllowed.
    """
    policy = selectors.policy(EVERYTHING, warehouse_id)
    authorize(actor, "release", warehouse_id=warehouse_id)
    waiting = [o for o in orders.releasable(EVERYTHING, warehouse_id, limit=MOST) if actor.scope.sees_client(o.client_id)]
    items = sorted({line.item_id for o in waiting for line in o.lines})
    there = stock.pickable(warehouse_id, items, today=today) if items else {}
    wants = missing(waiting, there, dt.timedelta(minutes=policy.pack_min))
    return inventory_requests.bring_forward(warehouse_id=warehouse_id, wants=wants, today=today, cause=Ref("core.command", work.current().command_id))


def missing(waiting: Sequence[ReleasableOrder], there: Mapping[int, int], before: dt.timedelta) -> list[Want]:
    """What these orders, in their order, need of each item beyond what is there, and so long before the ship-by of the first that misses it. Pure."""
    rest = dict(there)
    wants: dict[int, Want] = {}
    for order in waiting:
        for line in order.lines:
            left = rest.get(line.item_id, 0) - line.open_quantity
            rest[line.item_id] = left
            if left < 0:
                first = wants.get(line.item_id)
                deadline = order.ship_by - before
                wants[line.item_id] = Want(line.item_id, -left, min(first.deadline, deadline) if first else deadline)
    return [wants[i] for i in sorted(wants)]
