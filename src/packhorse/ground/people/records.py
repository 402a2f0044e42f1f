"""Rows of people, locked in ascending order: memberships, then users."""

from __future__ import annotations

from packhorse.core.errors import NotFound
from packhorse.ground.people.models import ApiKey, Badge, Device, Membership, User


def lock_user(user_id: int) -> User:
    """Raises: NotFound."""
    found = User.objects.select_for_update().filter(pk=user_id).first()
    if found is None:
        raise NotFound(kind="user", ref=str(user_id))
    return found


def lock_owners() -> list[int]:
    """The ids of active users who are owners; whoever would remove one of them waits here."""
    rows = Membership.objects.select_for_update().filter(role="owner").order_by("pk").values_list("user_id", flat=True)
    return sorted(User.objects.filter(pk__in=set(rows), is_active=True).values_list("pk", flat=True))


def lock_key(key_id: int) -> ApiKey:
    """Raises: NotFound."""
    found = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if found is None:
        raise NotFound(kind="API key", ref=str(key_id))
    return found


def lock_device(device_id: int) -> Device:
    """Raises: NotFound."""
    found = Device.objects.select_for_update().filter(pk=device_id).first()
    if found is None:
        raise NotFound(kind="device", ref=str(device_id))
    return found


def lock_badge_of(user_id: int) -> Badge | None:
    return Badge.objects.select_for_update().filter(user_id=user_id, revoked_at=None).first()
