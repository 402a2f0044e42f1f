"""Use cases about signing in and out: who came in, when and how, is told in the journal. Attempts for names that nobody has are only in the log of sign-ins."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal
from uuid import UUID

from packhorse.core import work
from packhorse.core.actors import Actor, authorize
from packhorse.core.events import emit
from packhorse.core.models import JournalEntry
from packhorse.core.use_case import use_case
from packhorse.ground.people import events, records
from packhorse.ground.people.services.rules import authorize_self

Way = Literal["password", "badge", "code"]

#: Failures for one account within a quarter of an hour that are told; whoever tries from many addresses does not fill the journal.
FAILURES_TOLD: Final = 20
_WITHIN: Final = dt.timedelta(minutes=15)


@use_case
def record_sign_in(*, key: UUID, actor: Actor, user_id: int, way: Way) -> None:
    """Somebody came in, or gave the second factor.   Raises: NotAllowed."""
    authorize_self(actor, user_id)
    emit(events.SignedIn(user_id=user_id, way=way))


@use_case
def record_sign_out(*, key: UUID, actor: Actor, user_id: int) -> None:
    """Somebody signed out.   Raises: NotAllowed."""
    authorize_self(actor, user_id)
    emit(events.SignedOut(user_id=user_id))


@use_case
def record_failed_sign_in(*, key: UUID, actor: Actor, user_id: int, way: Way) -> bool:
    """Somebody tried to come in as this user and could not; whether it is told.   Raises: NotAllowed, NotFound."""
    records.lock_user(user_id)
    authorize(actor, "run_system")
    lately = JournalEntry.objects.filter(
        subject_kind="people.user", subject_id=user_id, event=events.SignInFailed.name, at__gt=work.current().at - _WITHIN
    ).count()
    if lately >= FAILURES_TOLD:
        return False
    emit(events.SignInFailed(user_id=user_id, way=way))
    return True
