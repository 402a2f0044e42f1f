"""The floor's tasks: receive, put away, count, move."""

from __future__ import annotations

from packhorse.steps.inventory.scanner.counting import Count
from packhorse.steps.inventory.scanner.moving import Move
from packhorse.steps.inventory.scanner.putting_away import PutAway
from packhorse.steps.inventory.scanner.receiving import Receive

__all__ = ["Count", "Move", "PutAway", "Receive"]
