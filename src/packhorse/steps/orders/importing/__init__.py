"""Order files into plain values, every line accounted for: `parse` and `match_returns`. Pure: no models, no network, no clock."""

from __future__ import annotations

from packhorse.steps.orders.importing.matching import match_returns
from packhorse.steps.orders.importing.parsing import parse

__all__ = ["match_returns", "parse"]
