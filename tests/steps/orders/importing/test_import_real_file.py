"""The real Online Retail lines, where they are at hand, are classified whole, quickly and to the penny."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import Kind

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("PACKHORSE_SHARED", ROOT.parent / "shared")) / "data" / "online_retail"
FILES = sorted(SHARED.glob("*.parquet")) if SHARED.is_dir() else []


@pytest.mark.skipif(not FILES, reason="UCI Online Retail is not at hand: set PACKHORSE_SHARED to the folder that holds data/online_retail")
def test_every_line_of_the_real_file_is_accounted_for() -> None:
    path = FILES[0]
    table = pq.read_table(path, columns=["Quantity", "UnitPrice"])
    steps: list[str] = []
    parsed = parse(path, progress=lambda stage, _done, _total: steps.append(stage))
    report = parsed.report
    assert report.lines_read == table.num_rows == sum(report.lines.values())
    assert report.reconciled
    assert not report.left
    roughly = pc.sum(pc.multiply(pc.cast(table["Quantity"], "float64"), table["UnitPrice"])).as_py()
    assert abs(float(report.money["GBP"].read_minor) / 100 - roughly) < 0.01
    assert abs(report.money["GBP"].residue_minor) < Decimal(1)
    assert all(report.lines[kind] > 0 for kind in (Kind.SALE, Kind.RETURN, Kind.ADJUSTMENT, Kind.FEE, Kind.DUPLICATE))
    assert len(parsed.items) > 3000
    assert report.aliases > 80
    assert report.returns_blind < report.returns / 4
    assert {"read", "classify"} <= set(steps)
