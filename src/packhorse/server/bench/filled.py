"""A full house for benches that ask things of one: items, delivered orders behind us, and some that are open."""

from __future__ import annotations

from typing import Any, Final

from packhorse.server.bench.measured import note

#: So many pieces of open orders stand in front of the history.
OPEN_PIECES: Final = 6


def filled(*, items: int, history: int, seed: int) -> Any:
    """The shop of this database, made and filled where nothing stands yet."""
    from packhorse.server.bench import goods, history as past

    shop = goods.standing()
    if shop is not None:
        return shop
    note(f"filling: {items:,} items, {history:,} orders of history")
    shop = goods.build(items)
    filling = goods.Orders(shop, seed)
    past.fill(history, lambda count: take_in(shop, filling, count))
    for _ in range(OPEN_PIECES):
        take_in(shop, filling, past.PIECE)
    return shop


def take_in(shop: Any, orders: Any, count: int) -> None:
    from uuid import uuid4

    from packhorse.server.bench.goods import HOUSE
    from packhorse.steps.orders.services import accept_orders

    accept_orders(key=uuid4(), actor=HOUSE, client_id=shop.client_id, warehouse_id=shop.warehouse_id, orders=orders.take(count))
