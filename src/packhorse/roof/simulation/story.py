"""What is going to happen: the orders and returns of the days to come, from a file or made up, and the goods they are about."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from packhorse.core.errors import PackhorseError
from packhorse.ground.places.types import AddressData
from packhorse.roof.simulation.dice import Dice
from packhorse.roof.simulation.generator import Dimensions, generate, ship_to, synthetic_dimensions
from packhorse.roof.simulation.generator.catalogue import gtin13
from packhorse.roof.simulation.generator.demand import MONDAY
from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import ParsedAdjustment, ParsedOrder, ParsedReturn
from packhorse.steps.orders.types import NewLine, NewOrder, NewPayment

#: Shares of orders whose card is declined at first, and whose address was typed wrongly; chosen so that every desk has something to do.
DECLINED = 0.012
MISTYPED = 0.01
#: A shop that nobody ordered from shows so many goods.
SHOWN = 20
#: Share of goods that expire.
PERISHABLE = 0.125
#: Tokens of the test provider.
CARD, DECLINED_CARD = "card", "decline"


class NothingOrdered(PackhorseError):
    """{file} holds no order that could be taken. Name another file, or leave it out for made-up orders."""

    code = "nothing_ordered"


@dataclass(frozen=True)
class Good:
    """An item of the story: `demand` is how many units all its orders want, `rank` its place by order lines (0 is the most wanted)."""

    sku: str
    name: str
    price: Decimal
    dimensions: Dimensions
    barcode: str
    demand: int
    abc: str

    @property
    def perishable(self) -> bool:
        """Whether it is kept by lot and expires: a share of the goods, the same for a SKU every time."""
        return Dice(0).hits(PERISHABLE, "perishable", self.sku)


@dataclass(frozen=True)
class Story:
    """Orders and returns by time, the goods, and the first and last day."""

    first: dt.date
    days: int
    goods: tuple[Good, ...]
    orders: tuple[ParsedOrder, ...]
    returns: tuple[ParsedReturn, ...]
    adjustments: tuple[ParsedAdjustment, ...]
    report: dict[str, Any] | None

    @property
    def troubled(self) -> str:
        """The order whose customer mistypes the address whatever the dice say, so that every run has one: the first that has a postal code."""
        return next((o.external_id for o in self.orders if (to := o.customer.address) is not None and to.postal_code), "")


def made_up(days: int, seed: int, orders_per_day: float) -> Story:
    """A story without a file: the shape of a real e-tailer (`generator.figures` says where it is from)."""
    made = generate(days, seed, orders_per_day=orders_per_day)
    wanted, lines = _demand(made.orders)
    used = [i for i in made.items if i.sku in wanted] or list(made.items[:SHOWN])
    abc = _abc(lines)
    goods = tuple(Good(i.sku, i.description, i.unit_price, i.dimensions, i.barcode, wanted[i.sku], abc.get(i.sku, "C")) for i in used)
    first = made.orders[0].placed_at.date() if made.orders else MONDAY
    return Story(first, days, goods, tuple(made.orders), tuple(made.returns), (), None)


def from_file(path: Path, days: int | None, seed: int, progress: Callable[[str, int, int], None] | None = None) -> Story:
    """The first `days` days (all, where None) of an order file; customers without an address get a made-up one of their country."""
    parsed = parse(path, ship_to=ship_to(seed), progress=progress)
    orders = sorted((o for o in parsed.orders if o.lines), key=lambda o: (o.placed_at, o.external_id))
    if not orders:
        raise NothingOrdered(file=path.name)
    first = orders[0].placed_at.date()
    last = orders[-1].placed_at.date() if days is None else first + dt.timedelta(days=days - 1)
    orders = [o for o in orders if o.placed_at.date() <= last]
    returns = sorted((r for r in parsed.returns if first <= r.returned_at.date() <= last and r.lines), key=lambda r: (r.returned_at, r.reference))
    taken = {o.external_id for o in orders}
    returns = [r if r.original is None or r.original in taken else replace(r, original=None) for r in returns]
    adjustments = tuple(a for a in parsed.adjustments if first <= a.at.date() <= last)
    wanted, lines = _demand(orders)
    known = set(wanted) | {line.sku for r in returns for line in r.lines}
    abc = _abc(lines)
    goods = tuple(
        Good(
            sku, parsed.items[sku].description or sku, parsed.items[sku].unit_price, synthetic_dimensions(sku, parsed.items[sku].description, seed, parsed.items[sku].unit_price),
            gtin13(n + 1), wanted.get(sku, 0), abc.get(sku, "C"),
        )
        for n, sku in enumerate(sorted(known))
    )  # fmt: skip
    return Story(first, (last - first).days + 1, goods, tuple(orders), tuple(returns), adjustments, parsed.report.as_dict())


def _demand(orders: list[ParsedOrder] | tuple[ParsedOrder, ...]) -> tuple[Counter[str], Counter[str]]:
    units: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for order in orders:
        for line in order.lines:
            units[line.sku] += line.quantity
            lines[line.sku] += 1
    return units, lines


def _abc(lines: Counter[str]) -> dict[str, str]:
    total, running, found = sum(lines.values()), 0, {}
    for sku, n in lines.most_common():
        found[sku] = "A" if running < 0.8 * total else "B" if running < 0.95 * total else "C"
        running += n
    return found


def meant_address(order: ParsedOrder) -> AddressData | None:
    """Where the customer wants it; None where nobody knows."""
    where = order.customer.address
    if where is None:
        return None
    lines = (*where.lines, "", "", "")
    return AddressData(
        name=order.customer.name, company=where.company, line1=lines[0], line2=lines[1], line3=lines[2], city=where.city, region=where.region,
        postal_code=where.postal_code, country=where.country, phone=order.customer.phone, email=order.customer.email,
    )  # fmt: skip


def as_new_order(order: ParsedOrder, dice: Dice, *, mistyped: bool = False) -> NewOrder:
    """The order as the shop sends it: paid by card (now and then one that is declined), to the customer's address (now and then mistyped, for sure where asked)."""
    to = meant_address(order)
    if to is not None and (mistyped or dice.hits(MISTYPED, "mistyped", order.external_id)):
        to = replace(to, postal_code="")
    declined = dice.hits(DECLINED, "declined", order.external_id)
    return NewOrder(
        external_id=order.external_id,
        placed_at=order.placed_at,
        currency=order.currency,
        lines=tuple(NewLine(line.sku, line.quantity, line.unit_price) for line in order.lines),
        channel="shop",
        customer_ref=order.customer.ref,
        ship_to=to,
        service=order.service or "standard",
        payment=NewPayment("test", DECLINED_CARD if declined else CARD),
        charges_minor=order.fees_minor,
    )
