"""Kits that can come back, derived from the lines of their components."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core.actors import Scope
from packhorse.steps.orders import selectors as orders
from packhorse.steps.returns.types import ReturnableKit, ReturnableLine


def whole(scope: Scope, lines: Sequence[ReturnableLine]) -> list[ReturnableKit]:
    """The kits that these lines are components of, and how many whole ones the lines could give back."""
    left: dict[int, int] = {}
    for line in lines:
        left[line.order_line_id] = left.get(line.order_line_id, 0) + line.returnable
    order_of = {line.order_line_id: line.order_id for line in lines}
    return [
        ReturnableKit(
            kit_id=kit.kit_id,
            order_id=order_of[kit.order_line_ids[0]],
            item_id=kit.item_id,
            sku=kit.sku,
            name=kit.name,
            returnable=min(left.get(line, 0) // n for line, n in zip(kit.order_line_ids, kit.per_kit, strict=True)),
            components=tuple(zip(kit.order_line_ids, kit.per_kit, strict=True)),
        )
        for kit in orders.kits(scope, sorted({line.order_id for line in lines}))
        if kit.order_line_ids[0] in order_of
    ]
