"""Use cases about badges and the shared devices that take them."""

from __future__ import annotations

import itertools
from uuid import UUID

from django.contrib.auth.hashers import make_password

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people import events, records, secrets
from packhorse.ground.people.errors import AlreadyRevoked, BadgeTaken, WeakPin
from packhorse.ground.people.models import Badge, Device
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.services.rules import authorize_house, info
from packhorse.ground.people.types import DeviceInfo, UserInfo


def _check_pin(pin: str) -> None:
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)} if pin.isascii() and pin.isdigit() else {0}
    if not 4 <= len(pin) <= 8 or steps in ({0}, {1}, {-1}):
        raise WeakPin


@use_case
def set_badge(*, key: UUID, actor: Actor, user_id: int, code: str, pin: Secret) -> UserInfo:
    """Give a user a badge and PIN for shared scanners; the badge before ends.   Raises: NotAllowed, NotFound, WeakPin, BadgeTaken, Invalid."""
    user = records.lock_user(user_id)
    authorize_house(actor)
    _check_pin(pin.reveal())
    if len(code.strip()) < 4:
        raise Invalid(field="code", reason="at least four characters")
    at = work.current().at
    Badge.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=at)
    made = sql.run(
        "INSERT INTO people_badge (user_id, code_sha256, pin, issued_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [user_id, secrets.badge_digest(code), make_password(pin.reveal()), at],
    )
    if not made:
        raise BadgeTaken
    emit(events.BadgeSet(user_id=user_id))
    return info(user)


@use_case
def revoke_badge(*, key: UUID, actor: Actor, user_id: int) -> UserInfo:
    """End a user's badge (it was lost).   Raises: NotAllowed, NotFound."""
    user = records.lock_user(user_id)
    authorize_house(actor)
    badge = records.lock_badge_of(user_id)
    if badge is None:
        raise NotFound(kind="badge", ref=str(user_id))
    badge.revoked_at = work.current().at
    badge.save(update_fields=["revoked_at"])
    emit(events.BadgeRevoked(user_id=user_id))
    return info(user)


@use_case
def register_device(*, key: UUID, actor: Actor, name: str, warehouse_id: int | None = None) -> DeviceInfo:
    """Let a device ask for badges. The door stores `secrets.raw_device_token(actor.principal, key)` on the device.   Raises: NotAllowed, Invalid."""
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    if not name.strip():
        raise Invalid(field="name", reason="missing")
    row = Device.objects.create(
        name=name.strip(),
        token_sha256=secrets.sha256(secrets.raw_device_token(actor.principal, key)),
        warehouse_id=warehouse_id,
        registered_at=work.current().at,
    )
    emit(events.DeviceRegistered(device_id=row.pk, warehouse_id=warehouse_id))
    return DeviceInfo(id=row.pk, name=row.name, warehouse_id=warehouse_id, registered_at=row.registered_at)


@use_case
def revoke_device(*, key: UUID, actor: Actor, device_id: int) -> DeviceInfo:
    """Badges are no longer taken on this device.   Raises: NotAllowed, NotFound, AlreadyRevoked."""
    row = records.lock_device(device_id)
    authorize(actor, "manage_settings", row)
    if row.revoked_at is not None:
        raise AlreadyRevoked
    row.revoked_at = work.current().at
    row.save(update_fields=["revoked_at"])
    emit(events.DeviceRevoked(device_id=device_id))
    return DeviceInfo(id=row.pk, name=row.name, warehouse_id=row.warehouse_id, registered_at=row.registered_at, revoked_at=row.revoked_at)
