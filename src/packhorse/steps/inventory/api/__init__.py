"""The API of stock, at /api/v1/inventory/."""

from __future__ import annotations

from ninja import Router

from packhorse.steps.inventory.api import lots, relocating, reserving, stock, transferring

router = Router()
router.add_router("", stock.router)
router.add_router("", lots.router)
router.add_router("", reserving.router)
router.add_router("", transferring.router)
router.add_router("", relocating.router)
