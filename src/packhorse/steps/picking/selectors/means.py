"""Questions about who picks and with what: worker types, cart types, carts."""

from __future__ import annotations

from typing import Final

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.steps.picking import records
from packhorse.steps.picking.models import WorkerType as WorkerRow
from packhorse.steps.picking.selectors.board import policy
from packhorse.steps.picking.types import CartType, Means, WorkerType

_TYPES: Final = """
SELECT d.id, d.warehouse_id, d.name, d.compartments, d.volume_ml, d.load_g, d.worker_id, w.name,
       (SELECT count(*) FROM picking_typedcart c JOIN warehouse_location l ON l.id = c.cart_id WHERE c.type_id = d.id AND l.archived_at IS NULL)::int
FROM picking_carttype d LEFT JOIN picking_workertype w ON w.id = d.worker_id
"""


def worker_types(scope: Scope, warehouse_id: int) -> list[WorkerType]:
    """Whoever picks in a warehouse with times of their own, by name."""
    rows = WorkerRow.objects.filter(warehouse_id=warehouse_id) if scope.sees_warehouse(warehouse_id) else WorkerRow.objects.none()
    return [records.worker_of(row) for row in rows.order_by("name")]


def cart_types(scope: Scope, warehouse_id: int) -> list[CartType]:
    """What a warehouse walks with, by name, and how many of its carts are such."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    return [CartType(*row) for row in sql.rows(f"{_TYPES} WHERE d.warehouse_id = %s ORDER BY d.name", [warehouse_id])]


def cart_type(scope: Scope, cart_type_id: int) -> CartType:
    """One type of cart.

    Raises: NotFound.
    """
    found = [CartType(*row) for row in sql.rows(f"{_TYPES} WHERE d.id = %s", [cart_type_id])]
    if not found or not scope.sees_warehouse(found[0].warehouse_id):
        raise NotFound(kind="cart type", ref=cart_type_id)
    return found[0]


def carts(scope: Scope, warehouse_id: int) -> list[tuple[int, str, str]]:
    """The carts of a warehouse, by code: id, code, the name of its type (empty: none)."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    found = sql.rows(
        """SELECT l.id, l.code, coalesce(t.name, '') FROM warehouse_location l LEFT JOIN picking_typedcart d ON d.cart_id = l.id LEFT JOIN picking_carttype t ON t.id = d.type_id
           WHERE l.warehouse_id = %s AND l.kind = 'cart' AND l.archived_at IS NULL ORDER BY l.code""",
        [warehouse_id],
    )
    return [(i, code, name) for i, code, name in found]


def means(scope: Scope, warehouse_id: int, *, cart_type_id: int | None = None, orders: int | None = None) -> Means:
    """What walks are planned for: a type of cart, else so many orders, else as many as the warehouse has set; in the times of the cart's worker, else of the standard one.

    Raises: NotFound.
    """
    standard = policy(scope, warehouse_id)
    if cart_type_id is None:
        return Means(orders or standard.orders_per_walk, records.times_of(standard))
    kind = cart_type(scope, cart_type_id)
    if kind.warehouse_id != warehouse_id:
        raise NotFound(kind="cart type", ref=cart_type_id)
    worker = next((w for w in worker_types(scope, warehouse_id) if w.worker_type_id == kind.worker_type_id), None)
    return Means(
        orders=kind.compartments,
        times=worker.times if worker else records.times_of(standard),
        volume_ml=kind.volume_ml,
        load_g=kind.load_g,
        cart_type_id=cart_type_id,
        cart_type=kind.name,
        worker=worker.name if worker else "",
    )
