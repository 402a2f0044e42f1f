"""Questions about plans that take long."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.picking.types import LongPlan

_PLAN: Final = """
SELECT id, warehouse_id, wave_id, cart_type_id, orders_per_cart, seconds, seed, at, orders, share, metres, stopped_at, keep, ended_at, walks FROM picking_longplan
"""


def long_plan(scope: Scope, plan_id: int) -> LongPlan:
    """One long plan, as it stands. A plan mixes clients, so readers limited to some clients see none.

    Raises: NotFound.
    """
    found = [] if scope.client_ids is not None else [LongPlan(*row) for row in sql.rows(f"{_PLAN} WHERE id = %s", [plan_id])]
    if not found or not scope.sees_warehouse(found[0].warehouse_id):
        raise NotFound(kind="long plan", ref=plan_id)
    return found[0]


def long_plans_under_way(scope: Scope) -> list[LongPlan]:
    """Long plans that are not ended, oldest first."""
    if scope.client_ids is not None:
        return []
    return [
        p for row in sql.rows(f"{_PLAN} WHERE ended_at IS NULL AND stopped_at IS NULL ORDER BY id") if scope.sees_warehouse((p := LongPlan(*row)).warehouse_id)
    ]
