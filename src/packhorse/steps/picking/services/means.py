"""Who picks and with what: worker types with their standard times, cart types with what they carry, and which cart is of which type."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people.history import sign
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.picking import records, selectors
from packhorse.steps.picking.errors import TypeInUse
from packhorse.steps.picking.events import PickingMeansSet
from packhorse.steps.picking.models import CartType as CartRow, LongPlan, PickBatch, TypedCart, WorkerType as WorkerRow
from packhorse.steps.picking.types import MOST_ON_CART, CartType, Times, WorkerType, batch_number

_BOUNDS: Final = {
    "walk_m_per_min": (1, 1000),
    "turn_s": (0, 600),
    "order_s": (0, 3600),
    "line_s": (0, 3600),
    "unit_s": (0, 3600),
    "level_s": (0, 600),
    "heavy_g": (0, 1_000_000),
    "heavy_s": (0, 3600),
}


def check_times(times: Times) -> None:
    """Raises: Invalid."""
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(times, name) <= most:
            raise Invalid(field=name, reason="{least} to {most}", least=least, most=most)
    if times.reach_levels is not None and not 1 <= times.reach_levels <= 100:
        raise Invalid(field="reach_levels", reason="{least} to {most}", least=1, most=100)


def _name(name: str) -> str:
    """Raises: Invalid."""
    if not 1 <= len(name.strip()) <= 60:
        raise Invalid(field="name", reason="1 to {most} characters", most=60)
    return name.strip()


@use_case
def set_worker_type(*, key: UUID, actor: Actor, warehouse_id: int, name: str, times: Times) -> WorkerType:
    """Somebody who picks with times of their own: a new type of worker, or the one of this name changed. What is planned stays as it was planned.

    Locks: policy, worker type.   Raises: NotFound, Invalid.
    """
    warehouses.warehouse(EVERYTHING, warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    name = _name(name)
    check_times(times)
    sign()
    records.lock_policy(warehouse_id)
    row, _made = WorkerRow.objects.update_or_create(warehouse_id=warehouse_id, name=name, defaults=asdict(times))
    emit(PickingMeansSet(warehouse_id=warehouse_id, what=name))
    return records.worker_of(row)


@use_case
def drop_worker_type(*, key: UUID, actor: Actor, worker_type_id: int) -> None:
    """Nobody picks with these times any more.

    Locks: worker type.   Raises: NotFound, TypeInUse.
    """
    row = records.lock_worker_type(worker_type_id)
    authorize(actor, "manage_settings", row)
    if used := CartRow.objects.filter(worker=row).order_by("name").first():
        raise TypeInUse(name=row.name, by=used.name, warehouse_id=row.warehouse_id)
    sign()
    row.delete()
    emit(PickingMeansSet(warehouse_id=row.warehouse_id, what=row.name))


@use_case
def set_cart_type(
    *,
    key: UUID,
    actor: Actor,
    warehouse_id: int,
    name: str,
    compartments: int,
    volume_ml: int | None = None,
    load_g: int | None = None,
    worker_type_id: int | None = None,
) -> CartType:
    """What walks are picked with: a new type of cart, or the one of this name changed. Walks that are planned for it stay as they were planned.

    Locks: policy, worker type, cart type.   Raises: NotFound, Invalid.
    """
    warehouses.warehouse(EVERYTHING, warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    name = _name(name)
    if not 1 <= compartments <= MOST_ON_CART:
        raise Invalid(field="compartments", reason="{least} to {most}", least=1, most=MOST_ON_CART)
    for field, value in (("volume_ml", volume_ml), ("load_g", load_g)):
        if value is not None and not 1 <= value <= 10**10:
            raise Invalid(field=field, reason="{least} to {most}", least=1, most=10**10)
    sign()
    records.lock_policy(warehouse_id)
    if worker_type_id is not None and records.lock_worker_type(worker_type_id).warehouse_id != warehouse_id:
        raise Invalid(field="worker_type_id", reason="{id} is no worker type of this warehouse", id=worker_type_id)
    carries = {"compartments": compartments, "volume_ml": volume_ml, "load_g": load_g, "worker_id": worker_type_id}
    row, _made = CartRow.objects.update_or_create(warehouse_id=warehouse_id, name=name, defaults=carries)
    emit(PickingMeansSet(warehouse_id=warehouse_id, what=name))
    return selectors.cart_type(EVERYTHING, row.pk)


@use_case
def drop_cart_type(*, key: UUID, actor: Actor, cart_type_id: int) -> None:
    """There are no such carts any more; its carts are of no type. Walks that were picked with it keep it among their reasons; of a plan under way it is not taken.

    Locks: long plans, cart type: what is planned for it keeps it.   Raises: NotFound, TypeInUse.
    """
    records.lock_long_plans_for(cart_type_id)
    row = records.lock_cart_type(cart_type_id)
    authorize(actor, "manage_settings", row)
    walk = PickBatch.objects.filter(cart_type=row, state__in=("planned", "picking")).order_by("pk").first()
    if walk is not None:
        raise TypeInUse(name=row.name, by=batch_number(walk.pk), warehouse_id=row.warehouse_id)
    if (plan := LongPlan.objects.filter(cart_type=row, ended_at=None).exclude(stopped_at__isnull=False, keep=False).first()) is not None:
        raise TypeInUse(name=row.name, by=gettext("Plan %(n)d") % {"n": plan.pk}, warehouse_id=row.warehouse_id)
    sign()
    TypedCart.objects.filter(type=row).delete()
    row.delete()
    emit(PickingMeansSet(warehouse_id=row.warehouse_id, what=row.name))


@use_case
def set_carts(*, key: UUID, actor: Actor, warehouse_id: int, cart_ids: list[int], cart_type_id: int | None) -> int:
    """These carts are of a type, or of none. Returns how many carts that are.

    Locks: policy, cart type.   Raises: NotFound, Invalid.
    """
    warehouses.warehouse(EVERYTHING, warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    wanted = sorted(set(cart_ids))
    records.lock_policy(warehouse_id)
    if cart_type_id is not None and records.lock_cart_type(cart_type_id).warehouse_id != warehouse_id:
        raise Invalid(field="cart_type_id", reason="{id} is no cart type of this warehouse", id=cart_type_id)
    there = {i for i, _code, _type in selectors.carts(EVERYTHING, warehouse_id)}
    if strange := [i for i in wanted if i not in there]:
        raise Invalid(field="cart", reason="{cart_id} is no cart of this warehouse", cart_id=strange[0])
    TypedCart.objects.filter(cart__in=wanted).delete()
    if cart_type_id is not None:
        TypedCart.objects.bulk_create([TypedCart(cart_id=i, type_id=cart_type_id) for i in wanted])
    emit(PickingMeansSet(warehouse_id=warehouse_id, what="carts"))
    return len(wanted)
