"""Generated orders have the shape that was measured, and a seed gives one result."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from packhorse.core.money import extend
from packhorse.roof.simulation.generator import catalogue, figures, generate
from packhorse.roof.simulation.generator.catalogue import gtin13


def test_a_seed_gives_one_result_and_another_seed_another() -> None:
    assert generate(7, 3) == generate(7, 3)
    assert generate(7, 3).orders[0] != generate(7, 4).orders[0]


def test_baskets_weekdays_hours_and_returns_follow_the_figures() -> None:
    made = generate(84, 1, start=date(2026, 3, 2))
    sizes = [len(order.lines) for order in made.orders]
    assert 0.75 < len(made.orders) / (84 * figures.ORDERS_PER_DAY * 1.02) < 1.25
    assert 12 <= median(sizes) <= 18
    assert 20 < sum(sizes) / len(sizes) < 29
    local = [order.placed_at.astimezone(ZoneInfo("Europe/London")) for order in made.orders]
    days, hours = Counter(at.weekday() for at in local), Counter(at.hour for at in local)
    assert days[5] == 0
    assert max(days, key=lambda day: days[day]) == 3
    assert max(hours, key=lambda hour: hours[hour]) == 12
    assert 0.13 < len(made.returns) / len(made.orders) < 0.19
    lines = Counter(line.sku for order in made.orders for line in order.lines)
    top = sum(count for _, count in lines.most_common(len(made.items) // 10)) / sum(lines.values())
    assert 0.35 < top < 0.50
    refs = Counter(order.customer.ref for order in made.orders)
    assert 0.66 < 1 - len(refs) / len(made.orders) < 0.76


def test_orders_are_whole_and_returns_give_back_no_more_than_was_sold() -> None:
    made = generate(10, 2, orders_per_day=20, items=300)
    skus = {item.sku for item in made.items}
    orders = {order.external_id: order for order in made.orders}
    assert len(orders) == len(made.orders)
    assert [order.placed_at for order in made.orders] == sorted(order.placed_at for order in made.orders)
    for order in made.orders:
        assert order.customer.address is not None
        assert len({line.sku for line in order.lines}) == len(order.lines)
        assert {line.sku for line in order.lines} <= skus
        assert all(line.amount_minor == extend(line.quantity, line.unit_price, "GBP").amount_minor for line in order.lines)
    for back in made.returns:
        assert back.original is not None
        sold = {line.line_no: line for line in orders[back.original].lines}
        assert back.returned_at >= orders[back.original].placed_at + timedelta(days=figures.RETURN_DELAY_MIN_DAYS)
        assert all(0 < line.quantity <= sold[line.original_line_no or 0].quantity for line in back.lines)


def test_the_catalogue_has_distinct_names_codes_and_valid_barcodes() -> None:
    items = catalogue(1500, 1)
    for values in ([item.sku for item in items], [item.description for item in items], [item.barcode for item in items]):
        assert len(set(values)) == 1500
    assert gtin13(16172) == "2000000161723"
    assert abs(sum(item.weight for item in items) - 1) < 1e-9
    assert {item.velocity for item in items} == {"A", "B", "C"}
    assert all(earlier.weight > later.weight for earlier, later in itertools.pairwise(items))
