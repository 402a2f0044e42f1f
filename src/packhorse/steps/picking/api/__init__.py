"""The API of picking, at /api/v1/picking/."""

from __future__ import annotations

from ninja import Router

from packhorse.steps.picking.api import floor, long_plans, means, sorting, walking

router = Router()
router.add_router("", walking.router)
router.add_router("", floor.router)
router.add_router("", long_plans.router)
router.add_router("", means.router)
router.add_router("", sorting.router)
