"""Facts about addresses."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event
from packhorse.core.refs import Ref


@dataclass(frozen=True, kw_only=True)
class AddressErased(Event):
    """An address's personal data was overwritten: somebody asked for it, or else its retention ended. After a restore from an older backup it is carried out again."""

    sentence = _("The address was erased.")

    address_id: int
    client_id: int | None
    asked: bool = True

    @property
    def subject(self) -> Ref:
        return Ref("places.address", self.address_id)
