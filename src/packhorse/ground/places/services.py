"""Keeping and erasing addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from packhorse.core import clock, sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.places.events import AddressErased
from packhorse.ground.places.models import Address
from packhorse.ground.places.types import NewAddress
from packhorse.ground.places.verify import normal_form

_TEXTS = ("name", "company", "line1", "line2", "line3", "city", "region", "postal_code", "country", "phone", "email")
_INSERT = f"""
INSERT INTO places_address (id, client_id, {", ".join(_TEXTS)}, normal_sha256, level, problems, created_at, retain_until)
SELECT a.id, a.client_id, {", ".join(f"a.{t}" for t in _TEXTS)}, a.normal, a.level,
  coalesce(string_to_array(nullif(a.problems, ''), ','), '{{}}'), %s, a.retain
FROM unnest(%s::bigint[], %s::bigint[], {", ".join(["%s::text[]"] * len(_TEXTS))}, %s::bytea[], %s::text[], %s::text[], %s::date[])
  AS a(id, client_id, {", ".join(_TEXTS)}, normal, level, problems, retain)
"""


#: Where a caller who writes much at once takes the ids of its addresses from.
IDS: Final = "places_address_id_seq"


def create_addresses(new: Sequence[NewAddress], *, ids: Sequence[int] | None = None) -> list[int]:
    """Keep addresses and give their ids (`ids`, where the caller has taken some) in the order of `new`. Joins the caller's transaction: two statements at most, however many."""
    assert connection.in_atomic_block, "inside the caller's transaction"
    if not new:
        return []
    ids = list(ids) if ids is not None else sql.next_ids(IDS, len(new))
    sql.run(
        _INSERT,
        [
            clock.now(),
            ids,
            [n.client_id for n in new],
            *([getattr(n.data, text) for n in new] for text in _TEXTS),
            [hashlib.sha256(normal_form(n.data).encode()).digest() for n in new],
            [n.verdict.level if n.verdict else "" for n in new],
            [",".join(p.code for p in n.verdict.problems) if n.verdict else "" for n in new],
            [n.retain_until for n in new],
        ],
    )
    return ids


def create_address(new: NewAddress) -> int:
    """Keep one address; see `create_addresses`."""
    return create_addresses([new])[0]


def _erase(addresses: Sequence[tuple[int, int | None]], *, asked: bool) -> None:
    """Overwrite everything that names or finds a person; country and region stay, for statistics. Ledgers keep the id."""
    ids = [pk for pk, _ in addresses]
    Address.objects.filter(pk__in=ids).update(
        name="", company="", line1="", line2="", line3="", city="", postal_code="", phone="", email="", normal_sha256=b"", erased_at=clock.now()
    )
    emit(*(AddressErased(address_id=pk, client_id=client_id, asked=asked) for pk, client_id in addresses))


@use_case
def erase_addresses(*, key: UUID, actor: Actor, address_ids: list[int]) -> list[int]:
    """Erase addresses (a person asked for it); gives the ids that still held something.

    Locks: addresses.   Raises: NotAllowed.
    """
    rows = list(Address.objects.select_for_update().filter(pk__in=address_ids, erased_at=None).order_by("pk").values_list("pk", "client_id"))
    authorize(actor, "manage_settings")
    for _, client_id in rows:
        authorize(actor, "manage_settings", client_id=client_id)
    _erase(rows, asked=True)
    return [pk for pk, _ in rows]


@use_case
def erase_expired(*, key: UUID, actor: Actor, today: dt.date, limit: int = 5_000) -> int:
    """Erase addresses whose retention has ended before `today`; gives how many.

    Locks: addresses.   Raises: NotAllowed.
    """
    authorize(actor, "run_system")
    rows = list(
        Address.objects.select_for_update(skip_locked=True).filter(erased_at=None, retain_until__lt=today).order_by("pk").values_list("pk", "client_id")[:limit]
    )
    _erase(rows, asked=False)
    return len(rows)
