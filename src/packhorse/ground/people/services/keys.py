"""Use cases about API keys."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from packhorse.core import work
from packhorse.core.actors import ROLES, Actor
from packhorse.core.errors import Invalid
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people import events, known_keys, records, secrets
from packhorse.ground.people.errors import AlreadyRevoked, RoleNeedsClient, UnknownPermission, UnknownRole
from packhorse.ground.people.history import sign
from packhorse.ground.people.models import GIVEN_ROLES, ApiKey
from packhorse.ground.people.services.rules import authorize_house
from packhorse.ground.people.types import ApiKeyInfo


def _key_info(row: ApiKey) -> ApiKeyInfo:
    return ApiKeyInfo(
        id=row.pk,
        prefix=row.prefix,
        name=row.name,
        role=row.role,
        permissions=tuple(row.permissions),
        client_ids=tuple(row.client_ids),
        warehouse_ids=tuple(row.warehouse_ids),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


@use_case
def issue_api_key(
    *,
    key: UUID,
    actor: Actor,
    name: str,
    role: str,
    permissions: tuple[str, ...] = (),
    client_ids: tuple[int, ...] = (),
    warehouse_ids: tuple[int, ...] = (),
) -> ApiKeyInfo:
    """A key for a program. The door that calls this shows `secrets.raw_api_key(actor.principal, key)` once; only its hash is kept.

    Raises: NotAllowed, UnknownRole, UnknownPermission, RoleNeedsClient, Invalid.
    """
    authorize_house(actor)
    if not name.strip():
        raise Invalid(field="name", reason="missing")
    if role not in GIVEN_ROLES:
        raise UnknownRole(role=role)
    for permission in permissions:
        if permission not in ROLES[role]:
            raise UnknownPermission(role=role, permission=permission)
    if role == "client" and not client_ids:
        raise RoleNeedsClient
    sign()
    raw = secrets.raw_api_key(actor.principal, key)
    row = ApiKey.objects.create(
        prefix=secrets.prefix_of(raw),
        secret_sha256=secrets.sha256(raw),
        name=name.strip(),
        role=role,
        permissions=sorted(set(permissions)),
        client_ids=sorted(set(client_ids)),
        warehouse_ids=sorted(set(warehouse_ids)),
        created_by_id=actor.user_id,
        created_at=work.current().at,
    )
    emit(events.ApiKeyIssued(key_id=row.pk, role=role))
    return _key_info(row)


@use_case
def revoke_api_key(*, key: UUID, actor: Actor, key_id: int) -> ApiKeyInfo:
    """End a key; it is refused from now on (by other processes within a second: `known_keys`).   Raises: NotAllowed, NotFound, AlreadyRevoked."""
    row = records.lock_key(key_id)
    authorize_house(actor)
    if row.revoked_at is not None:
        raise AlreadyRevoked
    sign()
    row.revoked_at = work.current().at
    row.save(update_fields=["revoked_at"])
    emit(events.ApiKeyRevoked(key_id=key_id))
    known_keys.forget()
    transaction.on_commit(known_keys.forget)  # somebody may have looked it up in between
    return _key_info(row)
