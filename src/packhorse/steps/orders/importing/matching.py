"""Returns find the sale they came from: same customer, same SKU, sold earlier, with enough that has not come back yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from packhorse.steps.orders.importing.types import ParsedOrder, ParsedReturn, ParsedReturnLine


@dataclass(slots=True)
class _Sold:
    order: ParsedOrder
    line_no: int
    unit_price: object
    open: int


def match_returns(orders: Sequence[ParsedOrder], returns: Iterable[ParsedReturn]) -> list[ParsedReturn]:
    """Give each return line its sale; a credit note that reaches back to several orders becomes one `ParsedReturn` (part 1, 2 …) per order.

    Returns are served in the order of time. A line takes the newest earlier order of the same customer that sold the SKU and has enough unreturned,
    one with the same unit price before others; within the order it may span several sale lines of that SKU, and is then split. A return that already
    names its original looks only there. What finds nothing (too little sold, sold before the file begins, a customer without a number) is blind.
    """
    returns = list(returns)
    wanted = {line.sku for back in returns for line in back.lines}
    sold: dict[tuple[str, str], list[list[_Sold]]] = defaultdict(list)
    by_id: dict[tuple[str, str], list[_Sold]] = {}
    for order in sorted(orders, key=lambda order: (order.placed_at, order.external_id)):
        of_order: dict[str, list[_Sold]] = defaultdict(list)
        for sale in order.lines:
            if sale.sku in wanted:
                of_order[sale.sku].append(_Sold(order, sale.line_no, sale.unit_price, sale.quantity))
        for sku, group in of_order.items():
            if not order.customer.anonymous:
                sold[order.customer.ref, sku].append(group)
            by_id[order.external_id, sku] = group
    matched = []
    for back in sorted(returns, key=lambda back: (back.returned_at, back.lines[0].line_no)):
        parts: dict[str | None, list[ParsedReturnLine]] = defaultdict(list)
        for line in back.lines:
            if back.original is not None:
                named = by_id.get((back.original, line.sku))
                groups = [named] if named else []
            else:
                groups = sold.get((back.customer.ref, line.sku), [])
            found = _find(groups, line, back)
            if found is None:
                parts[None].append(line)
            else:
                parts[found[0].order.external_id].extend(_take(found, line))
        matched.extend(_parts(back, parts))
    return matched


def _find(groups: list[list[_Sold]], line: ParsedReturnLine, back: ParsedReturn) -> list[_Sold] | None:
    newest = None
    for group in reversed(groups):
        if group[0].order.placed_at > back.returned_at or sum(sale.open for sale in group) < line.quantity:
            continue
        if any(sale.unit_price == line.unit_price for sale in group):
            return group
        newest = newest or group
    return newest


def _take(group: list[_Sold], line: ParsedReturnLine) -> list[ParsedReturnLine]:
    """Use up sale lines, those of the same price first; the amount goes along in proportion, the last piece taking what is over."""
    pieces: list[ParsedReturnLine] = []
    wanted, money = line.quantity, line.amount_minor
    for sale in sorted(group, key=lambda sale: sale.unit_price != line.unit_price):
        used = min(sale.open, wanted)
        if used == 0:
            continue
        sale.open -= used
        amount = money if used == wanted else int(money * used / wanted)
        pieces.append(replace(line, quantity=used, amount_minor=amount, original_line_no=sale.line_no))
        wanted, money = wanted - used, money - amount
        if wanted == 0:
            break
    assert wanted == 0, "the group was chosen because it has enough"
    return pieces


def _parts(back: ParsedReturn, parts: dict[str | None, list[ParsedReturnLine]]) -> list[ParsedReturn]:
    """One return per original, in the order of their first lines; fees stay with the first."""
    return [
        replace(back, lines=tuple(lines), original=original, part=number, fees=back.fees if number == 1 else ())
        for number, (original, lines) in enumerate(parts.items(), start=1)
    ]
