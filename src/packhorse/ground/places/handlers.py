"""What happens when an address was erased."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.events import Told, on
from packhorse.ground.places import erasures
from packhorse.ground.places.events import AddressErased


@on(AddressErased)
def keep_for_restores(told: list[Told], _key: UUID) -> None:
    """Keep what people asked for outside the database. What retention erased, retention erases again."""
    if asked := [t.event.address_id for t in told if t.event.asked]:
        erasures.note(asked)
