"""Facts about addresses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class AddressErased(Event):
    """An address's personal data was overwritten: somebody asked for it, or else its retention ended. After a restore from an older backup it is carried out again."""

    sentence = _("The address was erased.")
    about = ("places.address", "address_id")

    address_id: int
    client_id: int | None
    asked: bool = True
