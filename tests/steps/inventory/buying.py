"""Purchase orders for tests, made through the use cases."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import uuid4

from packhorse.core.actors import EVERYTHING
from packhorse.steps.inventory import selectors, services
from packhorse.steps.inventory.types import OrderedLine, PurchaseOrderInfo, PutAwayInfo, Received, ReceivedLine
from tests.build import HOUSE, Shop


class Buying:
    """A supplier of a shop's client, and orders sent to it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.supplier = services.create_supplier(key=uuid4(), actor=HOUSE, client_id=shop.client_id, code="ACME", name="Acme Inc.", lead_time_days=5)

    def order(self, quantities: Mapping[str, int], *, send: bool = True) -> int:
        """The id of a purchase order, sent unless told otherwise."""
        made = services.create_purchase_order(
            key=uuid4(),
            actor=HOUSE,
            supplier_id=self.supplier.id,
            warehouse_id=self.shop.warehouse_id,
            lines=[OrderedLine(self.shop.items[sku], q, Decimal("2.5")) for sku, q in quantities.items()],
        )
        if send:
            services.send_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=made.id)
        return made.id

    def receive(self, order_id: int, *lines: ReceivedLine) -> Received:
        return services.receive_purchase_order(key=uuid4(), actor=HOUSE, purchase_order_id=order_id, location_id=self.shop.dock, lines=list(lines))

    def info(self, order_id: int) -> PurchaseOrderInfo:
        return selectors.purchase_order(EVERYTHING, order_id)

    def tasks(self) -> list[PutAwayInfo]:
        return selectors.put_aways(EVERYTHING, warehouse_id=self.shop.warehouse_id)
