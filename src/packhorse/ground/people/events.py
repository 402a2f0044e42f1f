"""What happened to accounts. Ids only: names and addresses stay in the account."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class _AboutUser(Event):
    about = ("people.user", "user_id")
    user_id: int


@dataclass(frozen=True, kw_only=True)
class UserCreated(_AboutUser):
    sentence = _("Account created")


@dataclass(frozen=True, kw_only=True)
class UserChanged(_AboutUser):
    sentence = _("Account details changed")


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(_AboutUser):
    sentence = _("Account deactivated")


@dataclass(frozen=True, kw_only=True)
class UserReactivated(_AboutUser):
    sentence = _("Account reactivated")


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(_AboutUser):
    sentence = _("Password changed")


@dataclass(frozen=True, kw_only=True)
class SignedIn(_AboutUser):
    way: str
    sentence = _("Signed in with {way}")


@dataclass(frozen=True, kw_only=True)
class SignInFailed(_AboutUser):
    way: str
    sentence = _("Sign-in failed: wrong {way}")


@dataclass(frozen=True, kw_only=True)
class SignedOut(_AboutUser):
    sentence = _("Signed out")


@dataclass(frozen=True, kw_only=True)
class RoleGranted(_AboutUser):
    role: str
    client_id: int | None
    warehouse_id: int | None
    sentence = _("Role {role} granted")


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(_AboutUser):
    role: str
    client_id: int | None
    warehouse_id: int | None
    sentence = _("Role {role} revoked")


@dataclass(frozen=True, kw_only=True)
class BadgeSet(_AboutUser):
    sentence = _("Badge issued")


@dataclass(frozen=True, kw_only=True)
class BadgeRevoked(_AboutUser):
    sentence = _("Badge revoked")


@dataclass(frozen=True, kw_only=True)
class SecondFactorSet(_AboutUser):
    sentence = _("Second factor set up")


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(_AboutUser):
    sentence = _("Second factor removed")


@dataclass(frozen=True, kw_only=True)
class ApiKeyIssued(Event):
    key_id: int
    role: str
    sentence = _("API key issued with role {role}")
    about = ("people.key", "key_id")


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(Event):
    key_id: int
    sentence = _("API key revoked")
    about = ("people.key", "key_id")


@dataclass(frozen=True, kw_only=True)
class DeviceRegistered(Event):
    device_id: int
    warehouse_id: int | None
    sentence = _("Shared device registered")
    about = ("people.device", "device_id")


@dataclass(frozen=True, kw_only=True)
class DeviceRevoked(Event):
    device_id: int
    sentence = _("Shared device revoked")
    about = ("people.device", "device_id")
