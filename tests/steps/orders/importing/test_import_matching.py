"""A return finds the newest earlier sale of the same customer and SKU that has enough left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from packhorse.steps.orders.importing import match_returns
from packhorse.steps.orders.importing.types import ParsedCustomer, ParsedFee, ParsedLine, ParsedOrder, ParsedReturn, ParsedReturnLine

START = datetime(2026, 3, 2, tzinfo=UTC)
ANN = ParsedCustomer("ann", "GB")


def sold(number: str, day: int, *lines: tuple[str, int, str], customer: ParsedCustomer = ANN) -> ParsedOrder:
    made = tuple(
        ParsedLine(at, sku, sku, quantity, Decimal(price), int(quantity * Decimal(price) * 100)) for at, (sku, quantity, price) in enumerate(lines, start=1)
    )
    return ParsedOrder(number, START + timedelta(days=day), "GBP", customer, made)


def back(number: str, day: int, *lines: tuple[str, int, str], customer: ParsedCustomer = ANN, original: str | None = None) -> ParsedReturn:
    made = tuple(
        ParsedReturnLine(at, sku, sku, quantity, Decimal(price), -int(quantity * Decimal(price) * 100))
        for at, (sku, quantity, price) in enumerate(lines, start=1)
    )
    return ParsedReturn(number, START + timedelta(days=day), "GBP", customer, made, fees=(ParsedFee("postage", -500, ""),), original=original)


def originals(returns: list[ParsedReturn]) -> list[tuple[str, str | None, list[tuple[str, int, int | None]]]]:
    return [(item.reference, item.original, [(line.sku, line.quantity, line.original_line_no) for line in item.lines]) for item in returns]


def test_the_newest_sale_with_enough_left_is_taken() -> None:
    orders = [sold("1", 0, ("A", 10, "1")), sold("2", 5, ("A", 4, "1")), sold("3", 20, ("A", 99, "1"))]
    returns = [back("C1", 10, ("A", 3, "1")), back("C2", 11, ("A", 2, "1")), back("C3", 12, ("A", 9, "1"))]
    assert originals(match_returns(orders, returns)) == [("C1", "2", [("A", 3, 1)]), ("C2", "1", [("A", 2, 1)]), ("C3", None, [("A", 9, None)])]


def test_a_sale_at_the_same_price_goes_before_a_newer_one() -> None:
    orders = [sold("1", 0, ("A", 5, "2")), sold("2", 5, ("A", 5, "1"))]
    assert originals(match_returns(orders, [back("C1", 10, ("A", 1, "2"))])) == [("C1", "1", [("A", 1, 1)])]


def test_a_credit_note_over_several_orders_becomes_one_return_each_and_its_money_stays_whole() -> None:
    orders = [sold("1", 0, ("A", 5, "1")), sold("2", 1, ("B", 1, "1"), ("B", 2, "0.99"))]
    matched = match_returns(orders, [back("C1", 10, ("A", 1, "1"), ("B", 3, "0.99"), ("X", 1, "1"))])
    assert originals(matched) == [("C1", "1", [("A", 1, 1)]), ("C1/2", "2", [("B", 2, 2), ("B", 1, 1)]), ("C1/3", None, [("X", 1, None)])]
    assert [sum(line.amount_minor for line in item.lines) for item in matched] == [-100, -297, -100]
    assert [len(item.fees) for item in matched] == [1, 0, 0]


def test_strangers_and_anonymous_customers_return_blind_unless_the_order_is_named() -> None:
    nobody = ParsedCustomer("anonymous-1", "GB", anonymous=True)
    orders = [sold("1", 0, ("A", 5, "1"), customer=nobody)]
    returns = [back("C1", 10, ("A", 1, "1")), back("C2", 11, ("A", 1, "1"), customer=nobody), back("C3", 12, ("A", 1, "1"), original="1")]
    assert [(item.reference, item.original) for item in match_returns(orders, returns)] == [("C1", None), ("C2", None), ("C3", "1")]
