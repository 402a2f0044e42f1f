"""What zones and put walls tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.ground.warehouse.events import AboutWarehouse
from packhorse.steps.picking.events.about import AboutOrder


@dataclass(frozen=True, kw_only=True)
class SlotGiven(AboutOrder):
    """An order got a slot of a put wall."""

    sentence = _("Is sorted into slot {slot}")
    slot: str


@dataclass(frozen=True, kw_only=True)
class PiecesPut(AboutOrder):
    """Pieces went out of a shared tote into the slot of their order."""

    sentence = _("{units} from {tote} put into slot {slot}")
    tote: str
    slot: str
    units: int


@dataclass(frozen=True, kw_only=True)
class PiecesMissing(AboutOrder):
    """Pieces that were picked into a shared tote were not in it at the put wall."""

    sentence = _("{missing} were not in {tote} at the put wall; {found_elsewhere} found elsewhere")
    tote: str
    missing: int
    found_elsewhere: int


@dataclass(frozen=True, kw_only=True)
class SlotEmptied(AboutOrder):
    """An order that is together was taken out of its slot."""

    sentence = _("Taken out of slot {slot} into tote {tote}")
    slot: str
    tote: str


@dataclass(frozen=True, kw_only=True)
class OrdersGoOn(AboutWarehouse):
    """Orders that were picked in a zone need others too: walks are planned for them."""

    sentence = _("{orders} orders go on into other zones")
    batch_id: int | None
    orders: int
