"""What pick faces and relocations tell."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from packhorse.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PickFacesSet(Event):
    """Items have got pick faces, or lost them."""

    sentence = _("{n} pick faces set")
    warehouse_id: int
    n: int


@dataclass(frozen=True, kw_only=True)
class RelocationRaised(Event):
    """Goods are to go to another place."""

    sentence = _("{quantity} units are to go from {source} to {target}")
    about = ("inventory.relocation", "relocation_id")
    relocation_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    quantity: int
    source: str
    target: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RelocationClaimed(Event):
    """Somebody has a relocation in hand."""

    sentence = _("Taken in hand")
    about = ("inventory.relocation", "relocation_id")
    relocation_id: int
    client_id: int
    warehouse_id: int


@dataclass(frozen=True, kw_only=True)
class GoodsRelocated(Event):
    """Goods lie in their new place."""

    sentence = _("{units} units brought to {target}, {left} left to bring")
    about = ("inventory.relocation", "relocation_id")
    relocation_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    target: str
    units: int
    left: int


@dataclass(frozen=True, kw_only=True)
class RelocationShort(Event):
    """Less was there than was to be brought."""

    sentence = _("{missing} units were not at {source}")
    about = ("inventory.relocation", "relocation_id")
    relocation_id: int
    client_id: int
    warehouse_id: int
    item_id: int
    source: str
    missing: int


@dataclass(frozen=True, kw_only=True)
class RelocationCancelled(Event):
    """Goods need not go elsewhere any more."""

    sentence = _("Relocation cancelled: {reason}")
    about = ("inventory.relocation", "relocation_id")
    relocation_id: int
    client_id: int
    warehouse_id: int
    reason: str
