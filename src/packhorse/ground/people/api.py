"""The API of people: users and keys, for who manages people; `me` for everybody."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from packhorse.core.web.api import Asked, Id, IdempotencyKey, Rows, asker, rows_of, scope_of
from packhorse.core.web.auth import actor_of
from packhorse.ground.people import selectors, services
from packhorse.ground.people.secrets import Secret, raw_api_key
from packhorse.ground.people.types import ApiKeyInfo, AuditRow, Grant, UserInfo, UserRow

router = Router()


class Me(Schema):
    """Who asks, and what they may do. Null ids: all."""

    principal: str
    roles: list[str]
    permissions: list[str]
    client_ids: list[int] | None
    warehouse_ids: list[int] | None


class UsersAsked(Asked):
    role: str | None = None
    active: str | None = Field(None, description="`yes` or `no`.")


class AuditAsked(Asked):
    who: str | None = Field(None, description="A principal: `user:7`, `key:3`, `system:dispatcher`.")
    use_case: str | None = None


class RoleBody(Schema):
    role: str
    client_id: int | None = Field(None, ge=1, lt=2**63)
    warehouse_id: int | None = Field(None, ge=1, lt=2**63)


class UserBody(Schema):
    username: str = Field(max_length=150)
    name: str = Field(max_length=150)
    email: str = ""
    language: str = "en"
    password: str = Field(max_length=500)
    roles: list[RoleBody] = []


class KeyBody(Schema):
    name: str = Field(max_length=100)
    role: str = "integrator"
    permissions: list[str] = []
    client_ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = []
    warehouse_ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = []


class IssuedKey(Schema):
    """The key itself is in `secret`, once: it is kept nowhere."""

    key: ApiKeyInfo
    secret: str


@router.get("/me", response=Me)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who you are here."""
    actor = actor_of(request)
    return {
        "principal": actor.principal,
        "roles": sorted(actor.roles),
        "permissions": sorted(actor.permissions),
        "client_ids": None if actor.scope.client_ids is None else sorted(actor.scope.client_ids),
        "warehouse_ids": None if actor.scope.warehouse_ids is None else sorted(actor.scope.warehouse_ids),
    }


@router.get("/users", response=Rows[UserRow])
def users(request: HttpRequest, asked: Annotated[UsersAsked, Query(...)]) -> dict[str, Any]:
    """Users, by user name."""
    return rows_of(selectors.users(scope_of(request, "manage_people"), asked.query()))


@router.get("/users/{user_id}", response=UserRow)
def user(request: HttpRequest, user_id: Id) -> UserRow:
    """One user."""
    return selectors.user(scope_of(request, "manage_people"), user_id)


@router.post("/users", response=UserInfo)
def create_user(request: HttpRequest, body: UserBody, key: IdempotencyKey) -> UserInfo:
    """A new user with roles."""
    return services.create_user(
        key=key,
        actor=asker(request, "manage_people"),
        username=body.username,
        email=body.email,
        name=body.name,
        language=body.language,
        password=Secret(body.password),
        roles=tuple(Grant(r.role, r.client_id, r.warehouse_id) for r in body.roles),
    )


@router.post("/users/{user_id}/roles", response=UserInfo)
def grant_role(request: HttpRequest, user_id: Id, body: RoleBody, key: IdempotencyKey) -> UserInfo:
    """Give a user a role."""
    grant = Grant(body.role, body.client_id, body.warehouse_id)
    return services.grant_role(key=key, actor=asker(request, "manage_people"), user_id=user_id, grant=grant)


@router.delete("/users/{user_id}/roles/{membership_id}", response=UserInfo)
def revoke_role(request: HttpRequest, user_id: Id, membership_id: Id, key: IdempotencyKey) -> UserInfo:
    """Take a role away."""
    return services.revoke_role(key=key, actor=asker(request, "manage_people"), user_id=user_id, membership_id=membership_id)


@router.post("/users/{user_id}/deactivate", response=UserInfo)
def deactivate_user(request: HttpRequest, user_id: Id, key: IdempotencyKey) -> UserInfo:
    """Close an account."""
    return services.deactivate_user(key=key, actor=asker(request, "manage_people"), user_id=user_id)


@router.get("/keys", response=Rows[ApiKeyInfo])
def keys(request: HttpRequest, asked: Annotated[Asked, Query(...)]) -> dict[str, Any]:
    """API keys, newest first, without their secrets."""
    return rows_of(selectors.api_keys(scope_of(request, "manage_people"), asked.query()))


@router.post("/keys", response=IssuedKey)
def issue_key(request: HttpRequest, body: KeyBody, key: IdempotencyKey) -> dict[str, Any]:
    """A new API key. Its secret is in this answer only."""
    actor = asker(request, "manage_people")
    made = services.issue_api_key(
        key=key,
        actor=actor,
        name=body.name,
        role=body.role,
        permissions=tuple(body.permissions),
        client_ids=tuple(body.client_ids),
        warehouse_ids=tuple(body.warehouse_ids),
    )
    return {"key": made, "secret": raw_api_key(actor.principal, key)}


@router.post("/keys/{key_id}/revoke", response=ApiKeyInfo)
def revoke_key(request: HttpRequest, key_id: Id, key: IdempotencyKey) -> ApiKeyInfo:
    """End an API key."""
    return services.revoke_api_key(key=key, actor=asker(request, "manage_people"), key_id=key_id)


@router.get("/audit", response=Rows[AuditRow])
def audit(request: HttpRequest, asked: Annotated[AuditAsked, Query(...)]) -> dict[str, Any]:
    """Who did what, newest first."""
    return rows_of(selectors.audit(scope_of(request, "manage_people"), asked.query()))
