"""Work by the clock: expiry, empty levels, closed months. The reconcilers run always, in roof/desk."""

from __future__ import annotations

from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, system
from packhorse.core.jobs import job
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import selectors, services


@job(every="7 * * * *")
def expire_lots(*, key: UUID) -> None:
    """Every hour: lots whose last day has passed are blocked."""
    services.expire_lots(key=key, actor=system("inventory"))


@job(every="41 3 * * *")
def sweep_levels(*, key: UUID) -> None:
    """Every night: empty levels are taken away."""
    services.sweep_levels(key=key, actor=system("inventory"))


@job(every="19 4 * * *")
def close_months(*, key: UUID) -> None:
    """Every night: months that are over are closed."""
    services.close_months(key=key, actor=system("inventory"))


@job(every="* * * * *")
def expire_reservations(*, key: UUID) -> None:
    """Every minute: reservations whose time is over."""
    services.expire_reservations(key=key, actor=system("inventory"))


@job(every="*/5 * * * *", lock="inventory.replenish")
def replenish(*, key: UUID) -> None:
    """Every five minutes: pick faces that reached their minimum are filled up from reserve."""
    for warehouse_id in selectors.warehouses_with_pick_faces(EVERYTHING):
        today = warehouses.today(EVERYTHING, warehouse_id)
        services.replenish(key=uuid5(key, f"replenish:{warehouse_id}"), actor=system("inventory"), warehouse_id=warehouse_id, today=today)
