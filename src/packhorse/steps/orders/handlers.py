"""What orders do when something happened."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import system
from packhorse.core.events import Told, on
from packhorse.core.jobs import wake
from packhorse.ground.messages.rules import declare
from packhorse.ground.places.events import AddressErased
from packhorse.steps.inventory.events import StockIncreased
from packhorse.steps.orders import services
from packhorse.steps.orders.banking import ask_payments
from packhorse.steps.orders.events import LinesCancelled, LinesShipped, OrderAccepted, PaymentAsked, PaymentRefunded
from packhorse.steps.orders.types import News, ShippedOrder, StockCameIn

_ACTOR = system("orders")

declare("payment_failed", _("Money could not be moved ({kind}): {reason}"))


@on(OrderAccepted, LinesCancelled, PaymentRefunded, batch=500)
def tell_customers(told: list[Told], key: UUID) -> None:
    """Mail at each turn that orders know."""
    news = []
    for t in told:
        e = t.event
        if isinstance(e, OrderAccepted):
            news.append(News("order_received", e.order_id, "orders.order", e.order_id))
        elif isinstance(e, PaymentRefunded):
            news.append(News("refunded", e.order_id, "core.journal", t.journal_id, amount_minor=e.amount_minor))
        elif e.whole:
            news.append(News("order_cancelled", e.order_id, "orders.fulfillment_order", e.fulfillment_order_id, reason=e.reason))
    services.tell_customers(key=key, actor=_ACTOR, news=news)


@on(AddressErased, batch=500)
def erase_gift_notes(told: list[Told], key: UUID) -> None:
    """Where a gift went is erased: so is what was written to whom it went."""
    services.erase_gift_notes(key=key, actor=_ACTOR, address_ids=[t.event.address_id for t in told])


@on(LinesShipped, batch=500)
def capture_shipped(told: list[Told], key: UUID) -> None:
    """Goods left: their money is due."""
    services.capture_shipped(key=key, actor=_ACTOR, shipped=[ShippedOrder(t.event.order_id, t.journal_id) for t in told])


@on(LinesShipped, batch=500)
def close_cancellations(told: list[Told], key: UUID) -> None:
    """Goods left: what a client still wanted cancelled of them was asked for too late."""
    services.close_cancellations(key=key, actor=_ACTOR, order_ids=sorted({t.event.order_id for t in told}))


@on(PaymentAsked, batch=1000)
def ask_providers(told: list[Told], key: UUID) -> None:  # noqa: ARG001 - the job finds what waits by itself
    """Money is to be moved: ask now rather than at the next minute."""
    wake(ask_payments, key=key)


@on(StockIncreased, batch=500)
def promise_backorders(told: list[Told], key: UUID) -> None:
    """Goods came in: promise them to those who wait."""
    services.promise_backorders(key=key, actor=_ACTOR, came_in=[StockCameIn(t.event.warehouse_id, tuple(t.event.item_ids)) for t in told])
