"""A kit that was bought becomes lines of its components, which share its amount. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from packhorse.core.money import PRICE_PLACES, exponent, share
from packhorse.ground.catalog.types import ComponentInfo
from packhorse.steps.orders.types import NewLine

if TYPE_CHECKING:
    from packhorse.steps.orders.checking import Checked


@dataclass(frozen=True, slots=True)
class BoughtKit:
    """A line as bought whose item is a kit. `first`: the index of its first component's line, the others follow; `per_kit`: how many of each are in one."""

    item_id: int
    sku: str
    quantity: int
    unit_price: Decimal
    amount_minor: int
    first: int
    per_kit: tuple[int, ...]


def shares(amount_minor: int, components: Sequence[ComponentInfo]) -> list[int]:
    """The amount of a kit shared among its components by what each costs by itself (by units, where nothing costs anything); shares add up to it exactly."""
    weights = [int(c.price * 10**6) * c.quantity for c in components]
    return share(amount_minor, weights if sum(weights) else [c.quantity for c in components])


def by_component(checked: Checked, kits: Mapping[int, Sequence[ComponentInfo]]) -> Checked:
    """The order with each kit's line replaced by lines of its components; `kits` is kit → its components."""
    if not any(item in kits for item in checked.item_ids):
        return checked
    lines: list[NewLine] = []
    items: list[int] = []
    amounts: list[int] = []
    bought: list[BoughtKit] = []
    minor = Decimal(10) ** exponent(checked.order.currency)
    for line, item, amount in zip(checked.order.lines, checked.item_ids, checked.amounts, strict=True):
        components = kits.get(item)
        if components is None:
            lines.append(line)
            items.append(item)
            amounts.append(amount)
            continue
        bought.append(BoughtKit(item, line.sku, line.quantity, line.unit_price, amount, len(lines), tuple(c.quantity for c in components)))
        for component, mine in zip(components, shares(amount, components), strict=True):
            units = line.quantity * component.quantity
            lines.append(NewLine(component.sku, units, (mine / minor / units).quantize(PRICE_PLACES)))
            items.append(component.item_id)
            amounts.append(mine)
    return replace(checked, order=replace(checked.order, lines=tuple(lines)), item_ids=tuple(items), amounts=tuple(amounts), kits=tuple(bought))
