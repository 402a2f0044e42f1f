"""Orders and returns that never were, with the shape of those in `figures`. Same arguments, same orders: all chance comes from one seeded `random.Random`."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from zoneinfo import ZoneInfo

from packhorse.core.money import extend
from packhorse.roof.simulation.generator import figures, people
from packhorse.roof.simulation.generator.catalogue import GeneratedItem, catalogue
from packhorse.steps.orders.importing.types import ParsedCustomer, ParsedLine, ParsedOrder, ParsedReturn, ParsedReturnLine

MONDAY = date(2026, 3, 2)
"""The default first day: fixed, so that a seed alone gives one result."""


@dataclass(frozen=True, slots=True)
class Generated:
    """Items most wanted first; orders by time; returns by time, those after the last day included."""

    items: tuple[GeneratedItem, ...]
    orders: tuple[ParsedOrder, ...]
    returns: tuple[ParsedReturn, ...]


def generate(
    days: int,
    seed: int = 0,
    *,
    orders_per_day: float = figures.ORDERS_PER_DAY,
    start: date = MONDAY,
    items: int = 1000,
    exponent: float = figures.ZIPF_EXPONENT,
    countries: Mapping[str, float] | None = None,
    repeat_share: float = figures.REPEAT_SHARE,
    return_rate: float = figures.RETURN_RATE,
    lines_scale: float = 1.0,
    currency: str = "GBP",
    timezone: str = "Europe/London",
) -> Generated:
    """`days` calendar days of orders from `start`, about `orders_per_day` each (a week's mean; busy and quiet weekdays and months follow the source).

    `lines_scale` scales the lines an order (1: median 15, mean about 25). `countries` are shares of orders by alpha-2 code, each one of `people.COUNTRIES`.
    """
    assert days >= 0, "days"
    assert orders_per_day >= 0, "orders_per_day"
    rng = random.Random(f"demand/{seed}")  # noqa: S311 - variety, not secrets
    goods = catalogue(items, seed, exponent=exponent)
    crowd = _Crowd(rng, seed, countries or figures.COUNTRIES, repeat_share)
    shelf = _Shelf(rng, goods, currency, lines_scale)
    tz = ZoneInfo(timezone)
    orders = []
    for number, at in enumerate(_moments(rng, days, orders_per_day, start, tz), start=1):
        service = "express" if rng.random() < figures.EXPRESS_SHARE else "standard"
        orders.append(ParsedOrder(f"G{number:07d}", at, currency, crowd.next(), shelf.basket(), service=service, source=f"generated:{seed}"))
    return Generated(goods, tuple(orders), tuple(_returns(rng, orders, return_rate)))


def _moments(rng: random.Random, days: int, orders_per_day: float, start: date, tz: ZoneInfo) -> Iterator[datetime]:
    """The orders' times in UTC, ascending."""
    hours, shares = list(figures.HOURS), list(figures.HOURS.values())
    for offset in range(days):
        day = start + timedelta(days=offset)
        noise = rng.lognormvariate(-(figures.DAY_SPREAD**2) / 2, figures.DAY_SPREAD)
        mean = orders_per_day * 7 * figures.WEEKDAYS[day.weekday()] * figures.MONTHS.get(day.month, 1.0) * noise
        seconds = sorted(hour * 3600 + rng.randrange(3600) for hour in rng.choices(hours, shares, k=_poisson(rng, mean)))
        for second in seconds:
            yield datetime.combine(day, time(second // 3600, second // 60 % 60, second % 60), tz).astimezone(UTC)


def _poisson(rng: random.Random, mean: float) -> int:
    """A Poisson number: exactly up to 30, by the normal beyond."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    floor, product, count = math.exp(-mean), rng.random(), 0
    while product > floor:
        product *= rng.random()
        count += 1
    return count


def _quantile(table: Sequence[tuple[float, int]], at: float) -> float:
    """The value at a quantile, between the measured ones along their logarithms."""
    upper = min(bisect_right(table, at, key=lambda pair: pair[0]), len(table) - 1)
    (low, first), (high, last) = table[upper - 1], table[upper]
    return float(first * (last / first) ** ((at - low) / (high - low)))


class _Crowd:
    """Customers. A repeat order comes from the customer of a drawn earlier order, so the busy get busier, as shops' customers do."""

    def __init__(self, rng: random.Random, seed: int, countries: Mapping[str, float], repeat_share: float) -> None:
        unknown = set(countries) - set(people.COUNTRIES)
        assert not unknown, f"no addresses for {unknown}"
        self._rng, self._seed, self._repeat_share = rng, seed, repeat_share
        self._codes, self._shares = list(countries), list(countries.values())
        self._past: list[ParsedCustomer] = []
        self._count = 0

    def next(self) -> ParsedCustomer:
        if self._past and self._rng.random() < self._repeat_share:
            customer = self._rng.choice(self._past)
        else:
            self._count += 1
            made = people.person(f"C{self._count:06d}", self._rng.choices(self._codes, self._shares)[0], self._seed)
            assert made is not None, "checked when the crowd was made"
            customer = made
        self._past.append(customer)
        return customer


class _Shelf:
    """Draws baskets: how many lines, which items (each once), how many of each."""

    def __init__(self, rng: random.Random, items: tuple[GeneratedItem, ...], currency: str, lines_scale: float) -> None:
        self._rng, self._items, self._currency, self._lines_scale = rng, items, currency, lines_scale
        self._cumulative = list(accumulate(item.weight for item in items))
        bands = [(below, [units for units, _ in pairs], list(accumulate(share for _, share in pairs))) for below, pairs in figures.QUANTITIES]
        self._quantities = {item.sku: next((units, shares) for below, units, shares in bands if item.unit_price < below) for item in items}
        self._amounts: dict[tuple[int, Decimal], int] = {}
        self._row = 0

    def basket(self) -> tuple[ParsedLine, ...]:
        wanted = min(len(self._items), max(1, round(_quantile(figures.LINES, self._rng.random()) * self._lines_scale)))
        chosen: dict[GeneratedItem, None] = {}
        if wanted * 3 > len(self._items):
            chosen = dict.fromkeys(self._rng.sample(self._items, wanted))
        while len(chosen) < wanted:
            drawn = self._rng.choices(self._items, cum_weights=self._cumulative, k=wanted - len(chosen))
            chosen.update(dict.fromkeys(drawn))
        return tuple(self._line(item) for item in chosen)

    def _line(self, item: GeneratedItem) -> ParsedLine:
        units, shares = self._quantities[item.sku]
        quantity = self._rng.choices(units, cum_weights=shares)[0]
        key = (quantity, item.unit_price)
        if key not in self._amounts:
            self._amounts[key] = extend(quantity, item.unit_price, self._currency).amount_minor
        self._row += 1
        return ParsedLine(self._row, item.sku, item.description, quantity, item.unit_price, self._amounts[key])


def _returns(rng: random.Random, orders: Sequence[ParsedOrder], rate: float) -> list[ParsedReturn]:
    back = []
    for order in orders:
        if rng.random() >= rate:
            continue
        count = min(len(order.lines), max(1, round(_quantile(figures.RETURN_LINES, rng.random()))))
        days = max(figures.RETURN_DELAY_MIN_DAYS, rng.lognormvariate(*figures.RETURN_DELAY_LOG))
        at = order.placed_at + timedelta(seconds=round(days * 86_400))
        lines = tuple(_returned(rng, line, order.currency) for line in rng.sample(order.lines, count))
        back.append(ParsedReturn(f"R-{order.external_id}", at, order.currency, order.customer, lines, original=order.external_id, source=order.source))
    return sorted(back, key=lambda item: (item.returned_at, item.external_id))


def _returned(rng: random.Random, line: ParsedLine, currency: str) -> ParsedReturnLine:
    whole = line.quantity == 1 or rng.random() < figures.RETURN_WHOLE_LINE
    quantity = line.quantity if whole else rng.randint(1, line.quantity)
    amount = -extend(quantity, line.unit_price, currency).amount_minor
    return ParsedReturnLine(line.line_no, line.sku, line.description, quantity, line.unit_price, amount, original_line_no=line.line_no)
