"""Use cases about clients."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import events, records
from packhorse.ground.catalog.errors import CodeTaken
from packhorse.ground.catalog.selectors import client_info
from packhorse.ground.catalog.types import ClientInfo
from packhorse.ground.people.history import sign

_CODE: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")
_COLOUR: Final = re.compile(r"^#[0-9a-fA-F]{6}$")
_CURRENCY: Final = re.compile(r"^[A-Z]{3}$")


def _check(name: str, currency: str, language: str, brand_colour: str, minimum_shelf_days: int) -> None:
    if not name.strip():
        raise Invalid(field="name", reason="missing")
    if not _CURRENCY.match(currency):
        raise Invalid(field="currency", reason="three capital letters (ISO 4217)")
    if language not in ("en", "fr"):
        raise Invalid(field="language", reason="unknown")
    if not _COLOUR.match(brand_colour):
        raise Invalid(field="brand_colour", reason="#rrggbb")
    if not 0 <= minimum_shelf_days <= 3650:
        raise Invalid(field="minimum_shelf_days", reason="0 to 3650")


@use_case
def create_client(
    *,
    key: UUID,
    actor: Actor,
    code: str,
    name: str,
    currency: str,
    language: str = "en",
    brand_colour: str = "#1f5f4b",
    support_email: str = "",
    minimum_shelf_days: int = 0,
) -> ClientInfo:
    """A new client. Only for those who see all clients.   Raises: NotAllowed, CodeTaken, Invalid."""
    authorize(actor, "manage_catalog")
    if actor.scope.client_ids is not None:
        raise NotAllowed(permission="manage_catalog")
    if not _CODE.match(code):
        raise Invalid(field="code", reason="1 to 32 letters, digits, dots, hyphens")
    _check(name, currency, language, brand_colour, minimum_shelf_days)
    sign()
    made = sql.rows(
        """INSERT INTO catalog_client (code, name, currency, language, brand_colour, support_email, minimum_shelf_days)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING RETURNING id""",
        [code, name.strip(), currency, language, brand_colour, support_email.strip(), minimum_shelf_days],
    )
    if not made:
        raise CodeTaken(code=code)
    client = records.lock_client(made[0][0])
    emit(events.ClientCreated(client_id=client.pk, code=code))
    return client_info(client)


@use_case
def change_client(
    *,
    key: UUID,
    actor: Actor,
    client_id: int,
    name: str,
    currency: str,
    language: str,
    brand_colour: str,
    support_email: str,
    minimum_shelf_days: int,
) -> ClientInfo:
    """Name, currency, language, colour, address for replies and shelf life of a client.   Raises: NotAllowed, NotFound, Invalid."""
    client = records.lock_client(client_id)
    authorize(actor, "manage_catalog", client_id=client_id)
    _check(name, currency, language, brand_colour, minimum_shelf_days)
    sign()
    client.name, client.currency, client.language, client.brand_colour = name.strip(), currency, language, brand_colour
    client.support_email, client.minimum_shelf_days = support_email.strip(), minimum_shelf_days
    client.save(update_fields=["name", "currency", "language", "brand_colour", "support_email", "minimum_shelf_days"])
    emit(events.ClientChanged(client_id=client_id))
    return client_info(client)


@use_case
def archive_client(*, key: UUID, actor: Actor, client_id: int, archived: bool = True) -> ClientInfo:
    """Take a client out of all choices, or back in; nothing of it is deleted.   Raises: NotAllowed, NotFound."""
    client = records.lock_client(client_id)
    authorize(actor, "manage_catalog", client_id=client_id)
    sign()
    client.archived_at = work.current().at if archived else None
    client.save(update_fields=["archived_at"])
    emit(events.ClientArchived(client_id=client_id) if archived else events.ClientChanged(client_id=client_id))
    return client_info(client)
