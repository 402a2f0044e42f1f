"""Users, their roles, API keys, devices and badges. Nobody is deleted: accounts are deactivated, keys and badges revoked."""

from __future__ import annotations

import base64
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlencode

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django_otp.models import Device as OtpDevice, ThrottlingMixin
from django_otp.oath import TOTP

from packhorse.core import clock, vault
from packhorse.core.actors import ROLES, Actor, Scope

OTP_ISSUER: Final = "Packhorse"
STEP_S: Final = 30

#: What a person can be. `system` is the house itself and given to nobody.
GIVEN_ROLES = tuple(role for role in ROLES if role != "system")


class Users(BaseUserManager["User"]):
    """Finds users by name whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username or "")


@pghistory.track(exclude=["password", "last_login", "email", "name"], context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """A person with an account."""

    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(default="", blank=True)
    name = models.TextField()
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once")]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ", 1)[0]

    def actor(self) -> Actor:
        """Who this user is to a use case: the roles together, and the narrowest reading of their limits.

        Where any membership names a client (a warehouse), only the named ones are seen. Without any role, and when inactive, nothing is seen and nothing
        allowed. Kept on the instance, so one request asks once.
        """
        found: Actor | None = self.__dict__.get("_actor")
        if found is None:
            rows = list(self.memberships.values_list("role", "client_id", "warehouse_id")) if self.is_active else []
            found = Actor(principal=f"user:{self.pk}", roles=frozenset(r[0] for r in rows), scope=scope_of([(r[1], r[2]) for r in rows]), user_id=self.pk)
            self.__dict__["_actor"] = found
        return found


def scope_of(limits: list[tuple[int | None, int | None]]) -> Scope:
    """The scope that (client, warehouse) limits add up to: where any of them names one, only the named ones; none at all see nothing."""
    if not limits:
        return Scope(client_ids=frozenset(), warehouse_ids=frozenset())
    clients = frozenset(client for client, _ in limits if client is not None)
    warehouses = frozenset(warehouse for _, warehouse in limits if warehouse is not None)
    return Scope(client_ids=clients or None, warehouse_ids=warehouses or None)


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Membership(models.Model):
    """A role of a user, in one warehouse or in all, for one client or for all. Revoking deletes the row; its history stays."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=[(r, r) for r in GIVEN_ROLES])
    client_id = models.BigIntegerField(null=True)
    warehouse_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "client_id", "warehouse_id"], name="role_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(role__in=list(GIVEN_ROLES)), name="role_is_known"),
            models.CheckConstraint(condition=~Q(role="client") | Q(client_id__isnull=False), name="client_role_names_a_client"),
        ]

    def __str__(self) -> str:
        return self.role


@pghistory.track(exclude=["secret_sha256", "last_used_at"], context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class ApiKey(models.Model):
    """A program's way in. Only the secret's hash is kept. Empty `permissions` means all of the role's; empty ids mean all clients or warehouses."""

    prefix = models.CharField(max_length=12, unique=True)
    secret_sha256 = models.BinaryField()
    name = models.TextField()
    role = models.CharField(max_length=12, choices=[(r, r) for r in GIVEN_ROLES])
    permissions = ArrayField(models.TextField(), default=list)
    client_ids = ArrayField(models.BigIntegerField(), default=list)
    warehouse_ids = ArrayField(models.BigIntegerField(), default=list)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=list(GIVEN_ROLES)), name="key_role_is_known"),
            models.CheckConstraint(condition=~Q(role="client") | Q(client_ids__len__gt=0), name="client_key_names_clients"),
        ]

    def __str__(self) -> str:
        return self.prefix

    def actor(self) -> Actor:
        """Who the key's holder is to a use case."""
        return Actor(
            principal=f"key:{self.pk}",
            roles=frozenset({self.role}),
            scope=Scope(client_ids=frozenset(self.client_ids) or None, warehouse_ids=frozenset(self.warehouse_ids) or None),
            only=frozenset(self.permissions) or None,
        )


class Device(models.Model):
    """A scanner or station that several people share; it may ask for badges. Only the token's hash is kept."""

    name = models.TextField()
    token_sha256 = models.BinaryField(unique=True)
    warehouse_id = models.BigIntegerField(null=True)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Badge(models.Model):
    """A code that a person wears, with a PIN that is not on it. A new badge revokes the one before."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="badges")
    code_sha256 = models.BinaryField()
    pin = models.TextField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_sha256"], condition=Q(revoked_at__isnull=True), name="badge_code_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at__isnull=True), name="one_badge_per_user"),
        ]

    def __str__(self) -> str:
        return f"badge of {self.user_id}"


class SecondFactor(ThrottlingMixin, OtpDevice):  # type: ignore[misc]
    """An authenticator app's secret (time-based codes, RFC 6238), sealed in the vault. One in use per user, and one that is being set up."""

    sealed = models.TextField()
    last_t = models.BigIntegerField(default=-1)
    drift = models.SmallIntegerField(default=0)

    class Meta(OtpDevice.Meta):  # type: ignore[misc]
        abstract = False
        constraints = [models.UniqueConstraint(fields=["user", "confirmed"], name="one_second_factor_each")]

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"

    def get_throttle_factor(self) -> int:
        return 1

    @property
    def secret(self) -> bytes:
        return vault.unseal(f"totp:{self.user_id}", self.sealed)

    @property
    def config_url(self) -> str:
        """What the app scans."""
        label = quote(f"{OTP_ISSUER}:{self.user.username}")
        key = base64.b32encode(self.secret).decode()
        return f"otpauth://totp/{label}?{urlencode({'secret': key, 'algorithm': 'SHA1', 'digits': 6, 'period': STEP_S, 'issuer': OTP_ISSUER})}"

    def verify_token(self, token: str) -> bool:
        """Whether it is the code of now (a step more or less), not given before; wrong ones are throttled, each wait twice the one before."""
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        app = TOTP(self.secret, step=STEP_S, drift=self.drift)
        app.time = clock.now().timestamp()
        if not (token.isascii() and token.isdigit() and app.verify(int(token), tolerance=1, min_t=self.last_t + 1)):
            self.throttle_increment()
            return False
        self.last_t, self.drift = app.t(), app.drift
        self.throttle_reset(commit=False)
        self.save()
        return True


def history_of(model: type[models.Model]) -> type[models.Model]:
    """The table that a tracked model's changes are kept in."""
    found: Any = getattr(model, "pgh_event_model")  # noqa: B009 - set by pghistory
    return found  # type: ignore[no-any-return]
