"""Questions about addresses."""

from __future__ import annotations

from collections.abc import Iterable

from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.ground.places.models import Address
from packhorse.ground.places.types import AddressData, StoredAddress


def _stored(row: Address) -> StoredAddress:
    return StoredAddress(
        id=row.pk,
        client_id=row.client_id,
        data=AddressData(
            name=row.name,
            company=row.company,
            line1=row.line1,
            line2=row.line2,
            line3=row.line3,
            city=row.city,
            region=row.region,
            postal_code=row.postal_code,
            country=row.country,
            phone=row.phone,
            email=row.email,
        ),
        level=row.level,
        problems=tuple(row.problems),
        erased_at=row.erased_at,
    )


def addresses(ids: Iterable[int], scope: Scope) -> dict[int, StoredAddress]:
    """The addresses of these ids that the scope sees, by id; one query."""
    return {row.pk: _stored(row) for row in Address.objects.filter(pk__in=list(ids), **scope.filters())}


def address(address_id: int, scope: Scope) -> StoredAddress:
    """One address.

    Raises: NotFound (also where the scope does not see it).
    """
    found = addresses([address_id], scope).get(address_id)
    if found is None:
        raise NotFound(kind="address", ref=str(address_id))
    return found
