"""Use cases about the second factor (time-based codes, RFC 6238)."""

from __future__ import annotations

import secrets as py_secrets
from uuid import UUID

from packhorse.core import vault
from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people import events, records
from packhorse.ground.people.models import SecondFactor
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.services.rules import authorize_self, authorize_self_or_manager, info
from packhorse.ground.people.types import UserInfo


@use_case
def start_totp(*, key: UUID, actor: Actor, user_id: int) -> int:
    """Make a second factor that counts once it is confirmed; the id of its device. One that was never confirmed is replaced.   Raises: NotAllowed, NotFound."""
    records.lock_user(user_id)
    authorize_self(actor, user_id)
    SecondFactor.objects.filter(user_id=user_id, confirmed=False).delete()
    sealed = vault.seal(f"totp:{user_id}", py_secrets.token_bytes(20))
    return int(SecondFactor.objects.create(user_id=user_id, name="totp", confirmed=False, sealed=sealed).pk)


@use_case
def confirm_totp(*, key: UUID, actor: Actor, user_id: int, token: Secret) -> UserInfo:
    """The first code from the app: from now on sign-in asks for one. The factor before ends.   Raises: NotAllowed, NotFound, Invalid."""
    user = records.lock_user(user_id)
    authorize_self(actor, user_id)
    device = SecondFactor.objects.select_for_update().filter(user_id=user_id, confirmed=False).first()
    if device is None:
        raise NotFound(kind="second factor", ref=str(user_id))
    if not device.verify_token(token.reveal().replace(" ", "")):
        raise Invalid(field="token", reason="wrong code")
    SecondFactor.objects.filter(user_id=user_id, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    emit(events.SecondFactorSet(user_id=user_id))
    return info(user)


@use_case
def remove_totp(*, key: UUID, actor: Actor, user_id: int) -> UserInfo:
    """Sign-in asks for the password alone again; for oneself, or for somebody who lost the phone.   Raises: NotAllowed, NotFound."""
    user = records.lock_user(user_id)
    authorize_self_or_manager(actor, user_id)
    if not SecondFactor.objects.filter(user_id=user_id).delete()[0]:
        raise NotFound(kind="second factor", ref=str(user_id))
    emit(events.SecondFactorRemoved(user_id=user_id))
    return info(user)
