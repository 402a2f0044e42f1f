"""What people are to the rest of the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to give: for one client or all (None), in one warehouse or all (None)."""

    role: str
    client_id: int | None = None
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role that somebody has. `id` names it when it is revoked."""

    id: int
    role: str
    client_id: int | None = None
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class UserInfo:
    """A user as use cases answer: no name and no address, because answers are kept."""

    id: int
    username: str
    is_active: bool
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as the people pages show one. `last_login` is UTC."""

    id: int
    username: str
    name: str
    email: str
    language: str
    is_active: bool
    roles: tuple[Role, ...]
    has_badge: bool
    has_totp: bool
    last_login: dt.datetime | None
    created_at: dt.datetime

    @property
    def role_names(self) -> tuple[str, ...]:
        return tuple(sorted({r.role for r in self.roles}))


@dataclass(frozen=True, slots=True)
class ApiKeyInfo:
    """An API key without its secret. `prefix` is the part of the key that may be shown; empty tuples mean: all that the role has."""

    id: int
    prefix: str
    name: str
    role: str
    permissions: tuple[str, ...]
    client_ids: tuple[int, ...]
    warehouse_ids: tuple[int, ...]
    created_at: dt.datetime
    revoked_at: dt.datetime | None = None
    last_used_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A shared scanner or station."""

    id: int
    name: str
    warehouse_id: int | None
    registered_at: dt.datetime
    revoked_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One use case that somebody carried out, with the events it told (their sentences)."""

    id: int
    at: dt.datetime
    principal: str
    who: str
    use_case: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in, or one that failed (`failures` attempts with the same name from the same address)."""

    at: dt.datetime
    username: str
    address: str
    failures: int
