"""The plain order CSV carries whole orders, one row a line."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import Format, Kind, ParsedAddress, ParsedCustomer

HEAD = "external_id,line,placed_at,currency,kind,sku,description,quantity,unit_price,email,name,address1,city,region,postal_code,country,service,original_id\n"
FIRST = "A1,1,2026-03-02T09:30:00-05:00,cad,,mug-1,Blue mug,2,12.50,ann@example.com,Ann Lee,1 Main St,Ottawa,ON,K1P 1A1,Canada,Express,\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_order_has_its_customer_address_service_and_fees(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, HEAD + FIRST + "A1,2,,,,BAG,Bag,1,1.234567,,,,,,,,,\n" + "A1,3,,,fee,,Delivery,,9.99,,,,,,,,,\n"))
    (order,) = parsed.orders
    assert parsed.report.format == Format.PLAIN_CSV
    assert (order.placed_at, order.currency, order.service) == (datetime(2026, 3, 2, 14, 30, tzinfo=UTC), "CAD", "express")
    assert order.customer == ParsedCustomer(
        "ann@example.com", "CA", "Ann Lee", "ann@example.com", address=ParsedAddress(("1 Main St",), "Ottawa", "ON", "K1P 1A1", "CA")
    )
    assert [(line.sku, line.quantity, line.unit_price, line.amount_minor) for line in order.lines] == [
        ("MUG-1", 2, Decimal("12.50"), 2500), ("BAG", 1, Decimal("1.234567"), 123),
    ]  # fmt: skip
    assert [(fee.kind, fee.amount_minor, fee.description) for fee in order.fees] == [("other", 999, "Delivery")]
    assert parsed.report.money["CAD"].residue_minor == Decimal("0.4567")
    assert parsed.report.reconciled


def test_an_order_says_whether_it_leaves_in_part_and_how_urgent_it_is(tmp_path: Path) -> None:
    head, line = HEAD.replace("\n", ",ship_complete,priority\n"), FIRST.strip() + ","
    rows = (line + "no,7", line.replace("A1,1", "A1,2") + ",", line.replace("A1", "A2") + "Yes,", line.replace("A1", "A3") + ",0")
    parsed = parse(written(tmp_path, head + "\n".join(rows) + "\n"))
    assert [(o.external_id, o.ship_complete, o.priority, len(o.lines)) for o in parsed.orders] == [("A1", False, 7, 2), ("A2", True, 0, 1), ("A3", None, 0, 1)]
    for cells, code in (
        ("maybe,", "bad_ship_complete"),
        (",high", "bad_priority"),
        (",101", "bad_priority"),
        (",-1", "bad_priority"),
        (",1.5", "bad_priority"),
    ):
        (bad,) = parse(written(tmp_path, head + line + cells + "\n")).quarantined
        assert bad.code == code, cells


def test_returns_name_their_order_and_adjustments_need_no_price(tmp_path: Path) -> None:
    back = "R1,1,2026-03-09,CAD,return,MUG-1,,-1,12.50,ann@example.com,,,,,,CA,,A1\n"
    lost = "S1,1,2026-03-09,CAD,adjustment,BAG,water damage,-3,,,,,,,,,,\n"
    parsed = parse(written(tmp_path, HEAD + FIRST + back + lost))
    assert (parsed.returns[0].original, parsed.returns[0].lines[0].quantity, parsed.returns[0].lines[0].amount_minor) == ("A1", 1, -1250)
    assert (parsed.adjustments[0].quantity, parsed.adjustments[0].reason) == (-3, "damaged")


def test_a_line_number_that_comes_again_is_a_duplicate_or_a_contradiction(tmp_path: Path) -> None:
    other = FIRST.replace(",2,12.50", ",3,12.50")
    parsed = parse(written(tmp_path, HEAD + FIRST + FIRST + other))
    assert (parsed.report.lines[Kind.SALE], parsed.report.lines[Kind.DUPLICATE], parsed.report.lines[Kind.QUARANTINED]) == (1, 1, 1)
    assert (parsed.quarantined[0].code, parsed.quarantined[0].amount_minor) == ("same_line_other_content", 3750)
    assert parsed.orders[0].incomplete
    assert parsed.report.reconciled


def test_each_fault_has_its_reason(tmp_path: Path) -> None:
    faults = {
        "bad_quantity": FIRST.replace(",2,12.50", ",2.5,12.50"), "bad_price": FIRST.replace("12.50", "twelve"), "bad_date": FIRST.replace("2026-03-02T", "soon "),
        "missing": FIRST.replace("mug-1", ""), "bad_kind": FIRST.replace("cad,,", "cad,gift,"), "bad_service": FIRST.replace("Express", "teleport"),
        "bad_currency": FIRST.replace("cad", "dollars"), "no_currency": FIRST.replace("cad", ""), "zero_quantity": FIRST.replace(",2,12.50", ",0,12.50"),
        "negative_price": FIRST.replace("12.50", "-12.50"), "positive_return": FIRST.replace("cad,,", "cad,return,"), "too_few_columns": "A1,1,2026\n",
        "negative_sale": FIRST.replace("cad,,", "cad,sale,").replace(",2,12.50", ",-2,12.50"), "too_many_columns": FIRST.replace(",Express,", ",Express,,,"),
        "too_long": FIRST.replace("mug-1", "m" * 65),
    }  # fmt: skip
    for number, (code, line) in enumerate(faults.items()):
        parsed = parse(written(tmp_path, HEAD + line.replace("A1", f"B{number}")))
        assert [entry.code for entry in parsed.quarantined] == [code], line
        assert parsed.report.reconciled
        assert not parsed.orders
    two = parse(written(tmp_path, HEAD + FIRST + FIRST.replace("A1,1", "A1,2").replace("cad", "usd")))
    assert [entry.code for entry in two.quarantined] == ["other_currency"]
    assert {currency: money.reconciled for currency, money in two.report.money.items()} == {"CAD": True, "USD": True}


def test_other_names_for_the_columns_are_understood(tmp_path: Path) -> None:
    parsed = parse(
        written(tmp_path, "Order ID;Order date;Item;Qty;Price;Zip\n7;2026-03-02 10:00;x;1;3,5;10011\n"),
        preset="plain-csv",
        currency="usd",
        timezone="America/New_York",
    )
    assert (parsed.orders[0].placed_at, parsed.orders[0].goods_minor) == (datetime(2026, 3, 2, 15, 0, tzinfo=UTC), 350)
