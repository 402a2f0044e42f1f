"""What a run at the bench keeps, read back, and the fields and lines that its screens have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy as _
from pydantic import TypeAdapter

from packhorse.core.errors import Invalid
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Field, State
from packhorse.ground.equipment import selectors as equipment
from packhorse.ground.equipment.types import EquipmentInfo
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing.types import BenchLine, Content, ProposedParcel

_PROPOSAL: Final = TypeAdapter(ProposedParcel)


def gift_lines(gift: Gift | None) -> list[tuple[Text, Text]]:
    """What the packer is told of a gift: whether it is wrapped, and the note that its slip says."""
    if gift is None:
        return []
    told: list[tuple[Text, Text]] = [(_("Gift"), _("wrap it before it goes into the box") if gift.wrap else _("no prices: its slip says none"))]
    return [*told, (_("Gift note"), gift.note)] if gift.note else told


def weight_field(value: str, scale: EquipmentInfo | None) -> Field:
    return Field("weight", _("Weight"), "number", value, "g", reads=equipment.reads(scale) if scale else "")


def whole(text: str) -> int:
    """Raises: Invalid."""
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise Invalid(field="number", reason=gettext("a whole number is needed"))
    return int(text)


def plain_weight(grams: int) -> str:
    return f"{grams} g" if grams < 1000 else f"{grams / 1000:.2f} kg"


def parcel_of(state: State) -> ProposedParcel:
    kept: Any = state["parcel"]
    return kept if isinstance(kept, ProposedParcel) else _PROPOSAL.validate_python(kept)


def got_of(state: State) -> dict[int, int]:
    return {int(i): int(q) for i, q in state["got"]}


def by_item(contents: Sequence[Content], lines: Mapping[int, BenchLine]) -> dict[int, int]:
    found: dict[int, int] = {}
    for c in contents:
        if c.allocation_id in lines:
            item = lines[c.allocation_id].item_id
            found[item] = found.get(item, 0) + c.quantity
    return found
