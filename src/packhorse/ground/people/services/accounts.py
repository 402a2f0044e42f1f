"""Use cases about accounts and roles: for who manages people; name, language and password also for oneself."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people import events, records
from packhorse.ground.people.errors import (
    AlreadyRevoked,
    LastOwner,
    OwnerExists,
    RoleHeld,
    RoleIsForTheHouse,
    RoleNeedsClient,
    UnknownRole,
    UsernameTaken,
    WeakPassword,
)
from packhorse.ground.people.history import sign
from packhorse.ground.people.models import GIVEN_ROLES, Badge, User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.services.rules import authorize_house, authorize_self, authorize_self_or_manager, info
from packhorse.ground.people.types import Grant, UserInfo

_LANGUAGES = ("en", "fr")


def _check_person(username: str, email: str, name: str, language: str) -> None:
    if not username.strip() or len(username) > 150 or not username.isprintable() or " " in username:
        raise Invalid(field="username", reason="1 to 150 characters without spaces")
    if not name.strip():
        raise Invalid(field="name", reason="missing")
    if language not in _LANGUAGES:
        raise Invalid(field="language", reason="unknown")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Invalid(field="email", reason="no e-mail address") from None


def _check_password(password: Secret, user: User) -> None:
    try:
        password_validation.validate_password(password.reveal(), user)
    except ValidationError as error:
        raise WeakPassword(reasons=" ".join(error.messages)) from None


def _create(username: str, email: str, name: str, language: str, password: Secret | None) -> User:
    username, email, name = username.strip(), email.strip(), name.strip()
    _check_person(username, email, name, language)
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username=username)
    user = User(username=username, email=email, name=name, language=language, created_at=work.current().at)
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password.reveal())
    # A name taken meanwhile makes no second row: the unique index on lower(username) decides, and the loser hears it as a refusal.
    made = sql.rows(
        """INSERT INTO people_user (username, email, name, language, is_active, password, created_at)
           VALUES (%s, %s, %s, %s, true, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
        [username, email, name, language, user.password, user.created_at],
    )
    if not made:
        raise UsernameTaken(username=username)
    user.pk = made[0][0]
    emit(events.UserCreated(user_id=user.pk))
    return user


def _grant(user: User, grant: Grant) -> None:
    if grant.role not in GIVEN_ROLES:
        raise UnknownRole(role=grant.role)
    if grant.role == "client" and grant.client_id is None:
        raise RoleNeedsClient
    if grant.role == "owner" and (grant.client_id is not None or grant.warehouse_id is not None):
        raise RoleIsForTheHouse
    made = sql.run(
        """INSERT INTO people_membership (user_id, role, client_id, warehouse_id, granted_at) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (user_id, role, client_id, warehouse_id) DO NOTHING""",
        [user.pk, grant.role, grant.client_id, grant.warehouse_id, work.current().at],
    )
    if not made:
        raise RoleHeld
    emit(events.RoleGranted(user_id=user.pk, role=grant.role, client_id=grant.client_id, warehouse_id=grant.warehouse_id))


@use_case
def create_owner(*, key: UUID, actor: Actor, username: str, email: str, name: str, password: Secret, language: str = "en") -> UserInfo:
    """The first owner, made by the house itself when it is set up.

    Raises: NotAllowed, OwnerExists, UsernameTaken, WeakPassword, Invalid.
    """
    authorize(actor, "run_system")
    sql.rows("SELECT pg_advisory_xact_lock(hashtext('packhorse.first-owner'))")
    if records.lock_owners():
        raise OwnerExists
    sign()
    user = _create(username, email, name, language, password)
    _grant(user, Grant("owner"))
    return info(user)


@use_case
def create_user(
    *, key: UUID, actor: Actor, username: str, email: str, name: str, password: Secret | None, language: str = "en", roles: tuple[Grant, ...] = ()
) -> UserInfo:
    """A user with the roles that are given at once. Without a password nobody signs in as them until they are given one.

    Raises: NotAllowed, UsernameTaken, WeakPassword, Invalid, UnknownRole, RoleNeedsClient, RoleIsForTheHouse, RoleHeld.
    """
    authorize_house(actor)
    sign()
    user = _create(username, email, name, language, password)
    for grant in roles:
        _grant(user, grant)
    return info(user)


@use_case
def change_user(*, key: UUID, actor: Actor, user_id: int, email: str, name: str, language: str) -> UserInfo:
    """Name, address and language of a user; also one's own.   Raises: NotAllowed, NotFound, Invalid."""
    user = records.lock_user(user_id)
    authorize_self_or_manager(actor, user_id)
    _check_person(user.username, email.strip(), name, language)
    sign()
    user.email, user.name, user.language = email.strip(), name.strip(), language
    user.save(update_fields=["email", "name", "language"])
    emit(events.UserChanged(user_id=user_id))
    return info(user)


@use_case
def choose_language(*, key: UUID, actor: Actor, user_id: int, language: str) -> UserInfo:
    """The language in which one reads, from the menu.   Raises: NotAllowed, NotFound, Invalid."""
    user = records.lock_user(user_id)
    authorize_self(actor, user_id)
    if language not in _LANGUAGES:
        raise Invalid(field="language", reason="unknown")
    if language != user.language:
        sign()
        user.language = language
        user.save(update_fields=["language"])
        emit(events.UserChanged(user_id=user_id))
    return info(user)


@use_case
def change_password(*, key: UUID, actor: Actor, user_id: int, password: Secret) -> UserInfo:
    """A new password; sessions that were opened with the old one end.   Raises: NotAllowed, NotFound, WeakPassword."""
    user = records.lock_user(user_id)
    authorize_self_or_manager(actor, user_id)
    _check_password(password, user)
    user.set_password(password.reveal())
    user.save(update_fields=["password"])
    emit(events.PasswordChanged(user_id=user_id))
    return info(user)


@use_case
def grant_role(*, key: UUID, actor: Actor, user_id: int, grant: Grant) -> UserInfo:
    """Give a user a role. Limits add up narrowly: see `User.actor`.

    Raises: NotAllowed, NotFound, UnknownRole, RoleNeedsClient, RoleIsForTheHouse, RoleHeld.
    """
    user = records.lock_user(user_id)
    authorize_house(actor)
    sign()
    _grant(user, grant)
    return info(user)


@use_case
def revoke_role(*, key: UUID, actor: Actor, user_id: int, membership_id: int) -> UserInfo:
    """Take a role away again.   Locks: owners, user.   Raises: NotAllowed, NotFound, LastOwner."""
    owners = records.lock_owners()
    user = records.lock_user(user_id)
    authorize_house(actor)
    membership = user.memberships.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound(kind="role", ref=str(membership_id))
    if membership.role == "owner" and owners == [user_id]:
        raise LastOwner
    sign()
    emit(events.RoleRevoked(user_id=user_id, role=membership.role, client_id=membership.client_id, warehouse_id=membership.warehouse_id))
    membership.delete()
    return info(user)


@use_case
def deactivate_user(*, key: UUID, actor: Actor, user_id: int) -> UserInfo:
    """Close an account: no sign-in, no badge, nothing allowed any more.   Locks: owners, user.   Raises: NotAllowed, NotFound, AlreadyRevoked, LastOwner."""
    owners = records.lock_owners()
    user = records.lock_user(user_id)
    authorize_house(actor)
    if not user.is_active:
        raise AlreadyRevoked
    if owners == [user_id]:
        raise LastOwner
    sign()
    user.is_active = False
    user.save(update_fields=["is_active"])
    Badge.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=work.current().at)
    emit(events.UserDeactivated(user_id=user_id))
    return info(user)


@use_case
def reactivate_user(*, key: UUID, actor: Actor, user_id: int) -> UserInfo:
    """Open a closed account again, with the roles it had.   Raises: NotAllowed, NotFound."""
    user = records.lock_user(user_id)
    authorize_house(actor)
    if not user.is_active:
        sign()
        user.is_active = True
        user.save(update_fields=["is_active"])
        emit(events.UserReactivated(user_id=user_id))
    return info(user)
