"""The use cases of orders."""

from __future__ import annotations

from packhorse.steps.orders.services.accept_orders import accept_orders

__all__ = ["accept_orders"]
