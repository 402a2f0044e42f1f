"""Questions about gifts."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.actors import Scope
from packhorse.steps.orders import models
from packhorse.steps.orders.types import Gift


def gifts(scope: Scope, order_ids: Iterable[int]) -> dict[int, Gift]:
    """Which of these orders are gifts, by order id; those outside the scope are left out."""
    rows = models.Gift.objects.filter(order_id__in=list(order_ids), **scope.filters())
    return {order_id: Gift(note, wrap) for order_id, note, wrap in rows.values_list("order_id", "note", "wrap")}
