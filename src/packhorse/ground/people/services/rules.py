"""Who may manage accounts, and how use cases answer about one."""

from __future__ import annotations

from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import NotAllowed
from packhorse.ground.people.models import User
from packhorse.ground.people.types import Role, UserInfo


def authorize_house(actor: Actor) -> None:
    """Accounts are managed by those who see the whole house: a limited actor could lift its own limits."""
    authorize(actor, "manage_people")
    if actor.scope.client_ids is not None or actor.scope.warehouse_ids is not None:
        raise NotAllowed(permission="manage_people")


def authorize_self(actor: Actor, user_id: int) -> None:
    """What a person does for oneself, signed in: nobody else, and no API key."""
    if actor.user_id != user_id or actor.only is not None:
        raise NotAllowed(permission="manage_people")


def authorize_self_or_manager(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id or actor.only is not None:
        authorize_house(actor)


def info(user: User) -> UserInfo:
    rows = user.memberships.order_by("pk")
    return UserInfo(
        id=user.pk,
        username=user.username,
        is_active=user.is_active,
        roles=tuple(Role(id=m.pk, role=m.role, client_id=m.client_id, warehouse_id=m.warehouse_id) for m in rows),
    )
