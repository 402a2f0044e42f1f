"""A broken file gives its good part and says what it left; no bytes make the reader fall over."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from packhorse.core.errors import PackhorseError
from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import Format, Kind

HEAD = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = b"%d,71053,LANTERN,6,2011-06-01 08:26,3.39,17850,EIRE\n"
PLAIN = b"external_id,line,placed_at,currency,kind,sku,description,quantity,unit_price\n"


def written(tmp_path: Path, content: bytes, name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_a_file_cut_in_the_middle_of_a_line_keeps_the_lines_before(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, HEAD + GOOD % 1 + GOOD % 2 + (GOOD % 3)[:20]))
    assert [order.external_id for order in parsed.orders] == ["1", "2"]
    assert [(entry.line_no, entry.code, entry.external_id) for entry in parsed.quarantined] == [(4, "too_few_columns", "3")]
    assert parsed.report.warnings == ("The file does not end with a line end: its last line may be cut off.",)
    assert parse(written(tmp_path, HEAD + GOOD % 1)).report.warnings == ()


def test_an_open_quotation_costs_its_own_line_only(tmp_path: Path) -> None:
    broken = b'2,71053,"LANTERN,6,2011-06-01 08:26,3.39,17850,EIRE\n'
    parsed = parse(written(tmp_path, HEAD + GOOD % 1 + broken + b"".join(GOOD % number for number in range(3, 200))))
    assert len(parsed.orders) == 198
    assert [(entry.line_no, entry.code) for entry in parsed.quarantined] == [(3, "open_quote")]


def test_a_quoted_line_end_belongs_to_its_record(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, HEAD + b'1,71053,"TWO\r\nLINES ""X""",6,2011-06-01 08:26,3.39,17850,EIRE\r\n\r\n' + GOOD % 2))
    assert [(order.lines[0].line_no, order.lines[0].description) for order in parsed.orders] == [(2, 'TWO\r\nLINES "X"'), (5, "LANTERN")]


def test_a_few_bad_bytes_in_utf_8_cost_their_lines(tmp_path: Path) -> None:
    accents = (GOOD % 1).replace(b"LANTERN", "CAFÉ".encode())
    parsed = parse(written(tmp_path, HEAD + accents + accents.replace(b"1,", b"2,", 1) + (GOOD % 3).replace(b"LANTERN", b"CAF\xe9")))
    assert parsed.report.encoding == "utf-8"
    assert [(entry.code, entry.raw) for entry in parsed.quarantined] == [("bad_encoding", r"3,71053,CAF\xe9,6,2011-06-01 08:26,3.39,17850,EIRE")]


def test_byte_order_marks_utf_16_and_cp1252_are_recognised(tmp_path: Path) -> None:
    text = (HEAD + GOOD % 1).decode().replace("LANTERN", "“LANTERN” £")
    for encoding, name in (("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")):
        parsed = parse(written(tmp_path, text.encode(encoding)))
        assert (parsed.report.encoding, parsed.orders[0].lines[0].description) == (name, "“LANTERN” £")


def test_a_parquet_file_without_its_end_is_left_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"InvoiceNo": ["1"] * 1000}), path)
    content = path.read_bytes()
    parsed = parse(written(tmp_path, content[:-20], "cut.parquet"))
    assert parsed.report.lines_read == 0
    assert parsed.report.left[0].size_bytes == len(content) - 20
    assert parsed.report.reconciled


def test_a_damaged_row_group_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    rows = 3000
    table = pa.table(
        {
            "InvoiceNo": [str(number) for number in range(rows)], "StockCode": ["71053"] * rows, "Quantity": [1] * rows,
            "InvoiceDate": ["2011-06-01 08:26"] * rows, "UnitPrice": [3.39] * rows,
        }
    )  # fmt: skip
    pq.write_table(table, path, row_group_size=1000, compression="zstd", use_dictionary=False)
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    middle = column.data_page_offset + column.total_compressed_size // 2
    content[middle : middle + 200] = b"\xff" * 200
    parsed = parse(written(tmp_path, bytes(content), "damaged.parquet"))
    assert parsed.report.lines_read == 2000
    assert [left.lines for left in parsed.report.left] == [1000]
    assert parsed.orders[-1].lines[0].line_no == 3000
    assert [order.external_id for order in parsed.orders if order.incomplete] == ["999", "2000", "2999"]


ROW = st.lists(
    st.one_of(
        st.sampled_from(["", "1", "-2", "3.39", "0", "C1", "71053", "POST", "2011-06-01 08:26", "GBP", "fee", '"', '""', "é", "\x00", "1e5"]),
        st.text(max_size=6),
    ),
    max_size=9,
)
FORMATS = st.sampled_from(list(Format))


@pytest.mark.parametrize("head", [HEAD, PLAIN, b""])
@given(
    body=st.one_of(st.binary(max_size=300), st.lists(ROW.map(",".join), max_size=8).map(lambda rows: "\n".join(rows).encode("utf-8", "surrogatepass"))),
    form=FORMATS,
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_accounted_for(head: bytes, body: bytes, form: Format) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), head + body)
        try:
            parsed = parse(path, preset=form, currency="GBP")
        except PackhorseError:
            return
    report = parsed.report
    assert report.reconciled
    assert len(parsed.quarantined) == report.lines[Kind.QUARANTINED]
    kept = [fee for order in parsed.orders for fee in order.fees] + [fee for item in parsed.returns for fee in item.fees]
    kept += [fee for charge in parsed.charges for fee in charge.fees]
    sold = sum(len(order.lines) for order in parsed.orders)
    back = len({line.line_no for item in parsed.returns for line in item.lines})
    found = sold + back + len(kept) + len(parsed.adjustments)
    assert found == sum(report.lines[kind] for kind in (Kind.SALE, Kind.RETURN, Kind.ADJUSTMENT, Kind.FEE))
    for entry in parsed.quarantined:
        assert "\x00" not in entry.raw + entry.reason
        (entry.raw + entry.reason).encode()


NAMES = [
    "external_id",
    "placed_at",
    "currency",
    "kind",
    "lines",
    "fees",
    "customer",
    "ship_to",
    "sku",
    "quantity",
    "unit_price",
    "amount",
    "ref",
    "line",
    "country",
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["2026-03-02", "GBP", "A1", "1", "-1", "return", "fee"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)), max_leaves=12)
ORDERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8).map(
    lambda order: {"external_id": "A1", "placed_at": "2026-03-02", "lines": [{"sku": "a", "quantity": 1, "unit_price": 1}], **order}
)


@given(orders=st.lists(ORDERS, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_json_is_accounted_for(orders: list[dict[str, object]]) -> None:
    with TemporaryDirectory() as folder:
        parsed = parse(written(Path(folder), "\n".join(json.dumps(order) for order in orders).encode()), preset=Format.JSON_LINES, currency="GBP")
    assert parsed.report.reconciled
    assert parsed.report.lines_read >= len(orders)
    for entry in parsed.quarantined:
        (entry.raw + entry.reason).encode()
