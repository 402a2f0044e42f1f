"""Both days of a fulfillment order, promised anew: below the use cases that change where it goes, how fast, or from where."""

from __future__ import annotations

from packhorse.core import sql, work
from packhorse.ground.places.types import UNDELIVERABLE, AddressData
from packhorse.ground.places.verify import verify
from packhorse.steps.orders import promise
from packhorse.steps.orders.services.desk import desk_of
from packhorse.steps.orders.types import FulfillmentOrderInfo


def promise_anew(fo: FulfillmentOrderInfo, to: AddressData | None, *, service: str, warehouse_id: int, keep_ship_by: bool = False) -> None:
    """From now; with `keep_ship_by` the day of leaving stays, and the promise runs from when the order was accepted.

    Raises: NotFound (no such warehouse, or not any more).
    """
    at = sql.rows("SELECT accepted_at FROM orders_order WHERE id = %s", [fo.order_id])[0][0] if keep_ship_by else work.current().at
    new = promise.promise(
        at,
        service=service,
        dock=desk_of(fo.client_id, warehouse_id).dock,
        country=to.country if to and verify(to).level != UNDELIVERABLE else "",
        region=to.region if to else "",
        postal_code=to.postal_code if to else "",
    )
    sql.run(
        "UPDATE orders_fulfillmentorder SET service = %s, ship_by = %s, deliver_by = %s, promise_basis = %s::jsonb WHERE id = %s",
        [service, fo.ship_by if keep_ship_by else new.ship_by, new.deliver_by, new.basis, fo.fulfillment_order_id],
    )
