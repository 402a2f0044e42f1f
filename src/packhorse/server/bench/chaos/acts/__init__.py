"""What clients do: every operation of the house, in the order of the rooms. Importing this registers all of them."""

from __future__ import annotations

from packhorse.server.bench.chaos.acts import floor, homecoming, orders, stock

__all__ = ["floor", "homecoming", "orders", "stock"]
