"""The floor's tasks: receive, put away, count, move, relocate."""

from __future__ import annotations

from packhorse.steps.inventory.scanner.counting import Count
from packhorse.steps.inventory.scanner.moving import Move
from packhorse.steps.inventory.scanner.putting_away import PutAway
from packhorse.steps.inventory.scanner.receiving import Receive
from packhorse.steps.inventory.scanner.relocating import Relocate

__all__ = ["Count", "Move", "PutAway", "Receive", "Relocate"]
