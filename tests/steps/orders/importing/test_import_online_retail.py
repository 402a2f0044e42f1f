"""An Online Retail file becomes orders, returns, adjustments and charges, and every one of its lines has exactly one kind."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.errors import ColumnsMissing, FileNotReadable, UnknownFormat, UnknownOption
from packhorse.steps.orders.importing.types import Format, Kind, Parsed, ParsedAddress, ParsedCustomer

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = """536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2011-06-01 08:26:00,2.55,17850,United Kingdom
536365,85123a,CREAM HANGING HEART T-LIGHT HOLDER,2,2011-06-01 08:26:00,2.55,17850,United Kingdom
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2011-06-01 08:26:00,2.55,17850,United Kingdom
536365,POST,POSTAGE,1,2011-06-01 08:26:00,18,17850,United Kingdom
536365,22841,ROUND CAKE TIN,1,2011-06-01 08:26:00,0,17850,United Kingdom
536366,PADS,PADS TO MATCH ALL CUSHIONS,1,2011-06-01 09:00:00,0.001,,EIRE
536366,22841,ROUND CAKE TIN,10,2011-06-01 09:00:00,7.95,,EIRE
C536367,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-5,2011-06-03 10:00:00,2.55,17850,United Kingdom
C536367,D,Discount,-1,2011-06-03 10:00:00,27.5,17850,United Kingdom
C536368,22841,ROUND CAKE TIN,-4,2011-06-03 11:00:00,7.95,,EIRE
536369,22841,damaged,-7,2011-06-04 11:00:00,0,,United Kingdom
536370,22842,,30,2011-06-04 12:00:00,0,,United Kingdom
A536371,B,Adjust bad debt,1,2011-06-04 12:30:00,-11062.06,,United Kingdom
536372,22841,ROUND CAKE TIN,x,2011-06-04 12:40:00,7.95,12345,Unspecified
536372,22841,ROUND CAKE TIN,1,2011-06-04 12:40:00,7.95,12345,Unspecified
536372,22842,ROUND CAKE TIN TWO,-1,2011-06-04 12:40:00,1.00,12345,Unspecified
536373,gift_0001_20,Dotcomgiftshop Gift Voucher,1,2011-06-05 09:00:00,17.02,,United Kingdom
536374,23444,Next Day Carriage,1,2011-06-05 09:10:00,15,12346,United Kingdom
"""


def written(tmp_path: Path, text: str, name: str = "orders.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture
def parsed(tmp_path: Path) -> Parsed:
    return parse(written(tmp_path, HEAD + ROWS))


def test_every_line_has_one_kind_and_the_values_add_up(parsed: Parsed) -> None:
    report = parsed.report
    assert report.format == Format.ONLINE_RETAIL
    assert report.lines_read == 18
    assert report.lines == {Kind.SALE: 5, Kind.RETURN: 3, Kind.ADJUSTMENT: 2, Kind.FEE: 6, Kind.DUPLICATE: 1, Kind.QUARANTINED: 1}
    assert report.money["GBP"].value_minor == {
        Kind.SALE: 1530 + 510 + 0 + 7950 + 795, Kind.RETURN: -1275 - 3180 - 100, Kind.ADJUSTMENT: 0,
        Kind.FEE: 1800 + 0 - 2750 - 1106206 + 1702 + 1500, Kind.DUPLICATE: 1530, Kind.QUARANTINED: 0,
    }  # fmt: skip
    assert report.money["GBP"].residue_minor == Decimal("0.1")
    assert report.reconciled


def test_orders_carry_lines_fees_customer_and_utc_time(parsed: Parsed) -> None:
    first, second, third = parsed.orders
    assert (first.external_id, first.placed_at, first.currency) == ("536365", datetime(2011, 6, 1, 7, 26, tzinfo=UTC), "GBP")
    assert [(line.line_no, line.sku, line.quantity, line.unit_price, line.amount_minor) for line in first.lines] == [
        (2, "85123A", 6, Decimal("2.55"), 1530), (3, "85123A", 2, Decimal("2.55"), 510), (6, "22841", 1, Decimal(0), 0),
    ]  # fmt: skip
    assert [(fee.kind, fee.amount_minor) for fee in first.fees] == [("postage", 1800)]
    assert first.customer == ParsedCustomer("17850", "GB")
    assert second.customer == ParsedCustomer("anonymous-536366", "IE", anonymous=True)
    assert (third.external_id, third.incomplete, third.customer.country) == ("536372", True, "")
    assert not first.incomplete


def test_a_return_finds_its_sale_and_one_without_customer_is_blind(parsed: Parsed) -> None:
    matched, blind, credit = parsed.returns
    assert (matched.external_id, matched.original, matched.lines[0].quantity, matched.lines[0].original_line_no) == ("C536367", "536365", 5, 2)
    assert [(fee.kind, fee.amount_minor) for fee in matched.fees] == [("discount", -2750)]
    assert (blind.external_id, blind.original) == ("C536368", None)
    assert (credit.external_id, credit.original, credit.lines[0].sku) == ("536372", None, "22842")
    assert (parsed.report.returns, parsed.report.returns_blind) == (3, 2)


def test_write_offs_and_finds_are_adjustments_with_a_reason(parsed: Parsed) -> None:
    assert [(item.external_id, item.sku, item.quantity, item.reason, item.note) for item in parsed.adjustments] == [
        ("536369", "22841", -7, "damaged", "damaged"), ("536370", "22842", 30, "unexplained", ""),
    ]  # fmt: skip


def test_invoices_of_fees_alone_are_charges(parsed: Parsed) -> None:
    assert [(charge.external_id, charge.fees[0].kind, charge.fees[0].amount_minor) for charge in parsed.charges] == [
        ("A536371", "bad_debt", -1106206), ("536373", "gift_voucher", 1702), ("536374", "carriage", 1500),
    ]  # fmt: skip


def test_codes_that_differ_by_case_are_one_item_under_its_commonest_name(parsed: Parsed) -> None:
    item = parsed.items["85123A"]
    assert (item.description, item.aliases) == ("WHITE HANGING HEART T-LIGHT HOLDER", ("85123a",))
    assert parsed.items["22841"].description == "ROUND CAKE TIN"
    assert parsed.report.aliases == 1


def test_the_broken_line_is_quarantined_with_its_reason_and_text(parsed: Parsed) -> None:
    (entry,) = parsed.quarantined
    assert (entry.line_no, entry.code, entry.external_id) == (15, "bad_quantity", "536372")
    assert entry.reason == "The quantity “x” is not a whole number."
    assert entry.raw == "536372,22841,ROUND CAKE TIN,x,2011-06-04 12:40:00,7.95,12345,Unspecified"


def test_repeats_are_sales_when_they_are_kept(tmp_path: Path) -> None:
    report = parse(written(tmp_path, HEAD + ROWS), keep_repeats=True).report
    assert (report.lines[Kind.SALE], report.lines[Kind.DUPLICATE]) == (6, 0)
    assert report.reconciled


def test_parquet_says_the_same_as_csv(tmp_path: Path, parsed: Parsed) -> None:
    rows = [line.split(",") for line in ROWS.splitlines() if ",x," not in line]
    columns: dict[str, list[Any]] = dict(zip(HEAD.strip().split(","), (list(column) for column in zip(*rows, strict=True)), strict=True))
    columns["Quantity"] = [int(cell) for cell in columns["Quantity"]]
    columns["UnitPrice"] = [float(cell) for cell in columns["UnitPrice"]]
    columns["InvoiceDate"] = [datetime.fromisoformat(cell) for cell in columns["InvoiceDate"]]
    columns["CustomerID"] = [float(cell) if cell else None for cell in columns["CustomerID"]]
    columns["Description"] = [cell or None for cell in columns["Description"]]
    pq.write_table(pa.table(columns), tmp_path / "orders.parquet", row_group_size=5)
    again = parse(tmp_path / "orders.parquet")
    assert again.report.lines == {**parsed.report.lines, Kind.QUARANTINED: 0}
    assert again.report.money == parsed.report.money
    assert [order.external_id for order in again.orders] == [order.external_id for order in parsed.orders]
    assert again.orders[0].customer == parsed.orders[0].customer
    assert again.items == parsed.items


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("12/1/2010 8:26", "12/13/2010 9:00"), (datetime(2010, 12, 1, 8, 26, tzinfo=UTC), datetime(2010, 12, 13, 9, 0, tzinfo=UTC))),
        (("01/12/2010 08:26", "13/12/2010 09:00"), (datetime(2010, 12, 1, 8, 26, tzinfo=UTC), datetime(2010, 12, 13, 9, 0, tzinfo=UTC))),
        (("1/2/2011 1:05 PM", "1/3/2011 12:00 AM"), (datetime(2011, 1, 2, 13, 5, tzinfo=UTC), datetime(2011, 1, 3, 0, 0, tzinfo=UTC))),
    ],
)
def test_the_order_of_day_and_month_is_read_from_the_whole_file(tmp_path: Path, dates: tuple[str, str], expected: tuple[datetime, datetime]) -> None:
    rows = "".join(f"{number},1,A,1,{date},1,1,EIRE\n" for number, date in enumerate(dates, start=1))
    assert tuple(order.placed_at for order in parse(written(tmp_path, HEAD + rows)).orders) == expected


def test_semicolons_bring_decimal_commas_and_latin_1_is_recognised(tmp_path: Path) -> None:
    text = HEAD.replace(",", ";") + '1;21;"CAFÉ £5; SMALL";2;2011-06-01 08:00;2,55;7;Germany\n'
    parsed = parse(written(tmp_path, text, encoding="latin-1"))
    assert parsed.report.encoding == "latin-1"
    assert (parsed.orders[0].lines[0].unit_price, parsed.orders[0].lines[0].description) == (Decimal("2.55"), "CAFÉ £5; SMALL")


def test_ship_to_fills_in_the_address(tmp_path: Path) -> None:
    address = ParsedAddress(("1 High Street",), "Leeds", "", "LS6 1AA", "GB")
    parsed = parse(written(tmp_path, HEAD + ROWS), ship_to=lambda customer: ParsedCustomer(customer.ref, customer.country, "Someone", address=address))
    assert {order.customer.address for order in parsed.orders} == {address}


def test_the_same_file_gives_the_same_result(tmp_path: Path, parsed: Parsed) -> None:
    assert parse(written(tmp_path, HEAD + ROWS)) == parsed


def test_whole_files_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        parse(written(tmp_path, "name,colour\n1,red\n"))
    with pytest.raises(UnknownFormat):
        parse(written(tmp_path, ""))
    with pytest.raises(ColumnsMissing, match="quantity, unitprice"):
        parse(written(tmp_path, "InvoiceNo,StockCode,InvoiceDate\n"))
    with pytest.raises(FileNotReadable):
        parse(tmp_path / "none.csv")
    path = written(tmp_path, HEAD)
    with pytest.raises(UnknownOption):
        parse(path, preset="excel")
    with pytest.raises(UnknownOption):
        parse(path, timezone="Mars/Olympus")
    with pytest.raises(UnknownOption):
        parse(path, encoding="klingon")
    with pytest.raises(UnknownOption):
        parse(path, currency="pounds")
