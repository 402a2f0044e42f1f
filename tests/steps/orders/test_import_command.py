"""`packhorse import orders FILE` takes a file in once, and says what became of every line."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from packhorse.core import sql
from packhorse.ground.catalog.models import Client
from packhorse.ground.warehouse.models import Warehouse
from packhorse.steps.orders.models import Imported, Order, Quarantined
from tests.build import Shop, make_shop

pytestmark = pytest.mark.django_db

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
ROWS = """536365,85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,POST,POSTAGE,1,2010-12-01 08:26:00,18.00,17850,United Kingdom
536365,71053,LANTERN,1,2010-12-01 08:26:00,3.395,17850,United Kingdom
536365,71053,LANTERN,1,2010-12-01 08:26:00,3.395,17850,United Kingdom
C536400,85123A,HEART HOLDER,-2,2010-12-02 10:00:00,2.55,17850,United Kingdom
536401,22139,damaged,-3,2010-12-02 11:00:00,0,,United Kingdom
536402,22139,TEA SET,oops,2010-12-02 11:05:00,1.00,17850,United Kingdom
"""


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    Client.objects.filter(pk=made.client_id).update(currency="GBP")
    return made


def run(shop: Shop, path: Path, *flags: str) -> tuple[dict[str, Any], int]:
    """(the report, the exit code)."""
    out = StringIO()
    client, warehouse = Client.objects.get(pk=shop.client_id).code, Warehouse.objects.get(pk=shop.warehouse_id).code
    code = 0
    try:
        call_command("import", "orders", str(path), "--client", client, "--warehouse", warehouse, "--json", *flags, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return json.loads(out.getvalue()), code


def rows(shop: Shop) -> tuple[int, int, int]:
    return tuple(m.objects.filter(client_id=shop.client_id).count() for m in (Order, Imported, Quarantined))  # type: ignore[return-value]


def test_every_line_once_however_often_it_is_asked(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "retail.csv"
    path.write_text(HEAD + ROWS)

    dry, code = run(shop, path, "--dry-run")
    assert (dry["lines_read"], code, rows(shop)) == (7, 4, (0, 0, 0))

    report, code = run(shop, path)
    assert report["lines"] == {"sale": 2, "return": 1, "adjustment": 1, "fee": 1, "duplicate": 1, "quarantined": 1}
    assert report["value_minor"] == {"sale": 1530 + 340, "return": -510, "adjustment": 0, "fee": 1800, "duplicate": 340, "quarantined": 0}
    assert (report["reconciled"], report["again"], code, rows(shop)) == (True, False, 4, (1, 2, 1))
    order = Order.objects.get(client_id=shop.client_id)
    assert (order.external_id, order.goods_minor, order.charges_minor, order.channel) == ("536365", 1870, 1800, "file")
    commands = sql.rows("SELECT count(*) FROM core_command")[0][0]

    again, code = run(shop, path)
    assert again == {**report, "again": True}
    assert (rows(shop), sql.rows("SELECT count(*) FROM core_command")[0][0]) == ((1, 2, 1), commands)


def test_a_longer_file_of_the_same_shop_brings_only_what_is_new(shop: Shop, tmp_path: Path) -> None:
    short, long = tmp_path / "short.csv", tmp_path / "long.csv"
    short.write_text(HEAD + ROWS)
    long.write_text(HEAD + ROWS + "536500,71053,LANTERN,2,2010-12-03 09:00:00,3.39,17850,United Kingdom\n")
    run(shop, short)

    report, _ = run(shop, long)

    assert {k: report["taken"][k] for k in ("accepted", "already", "quarantined", "items")} == {"accepted": 1, "already": 1, "quarantined": 0, "items": 0}
    assert rows(shop) == (2, 2, 1)


def test_refusals_end_with_their_own_code(shop: Shop, tmp_path: Path) -> None:
    nonsense = tmp_path / "x.csv"
    nonsense.write_text("a,b\n1,2\n")
    assert run(shop, nonsense)[1] == 1
    assert run(shop, tmp_path / "nothing.csv")[1] == 1
    make_shop()
    with pytest.raises(CommandError) as asked:
        call_command("import", "orders", str(nonsense))
    assert asked.value.returncode == 2


def test_the_real_file_in_part(shop: Shop, tmp_path: Path) -> None:
    shared = Path(os.environ.get("PACKHORSE_SHARED") or Path(__file__).resolve().parents[4] / "shared")
    files = sorted((shared / "data" / "online_retail").glob("*.parquet"))
    if not files:
        pytest.skip("the Online Retail data is not here (PACKHORSE_SHARED)")
    import pyarrow.parquet as pq

    part = tmp_path / "part.parquet"
    pq.write_table(pq.read_table(files[0]).slice(0, 4_000), part)

    report, code = run(shop, part, "--payment", "test")

    assert (code, report["reconciled"], sum(report["lines"].values())) == (0, True, report["lines_read"])
    goods, charges = sql.rows("SELECT sum(goods_minor)::bigint, sum(charges_minor)::bigint FROM orders_order WHERE client_id = %s", [shop.client_id])[0]
    assert goods == report["value_minor"]["sale"]
    kept = sql.rows("SELECT coalesce(sum(amount_minor), 0)::bigint FROM orders_imported WHERE client_id = %s", [shop.client_id])[0][0]
    assert goods + charges + kept == sum(v for k, v in report["value_minor"].items() if k != "duplicate")
