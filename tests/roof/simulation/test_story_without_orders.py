"""A story in which nobody orders anything is a story with goods to show; a file without orders is refused by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from packhorse.roof.simulation import story
from packhorse.roof.simulation.generator.demand import MONDAY


def test_a_made_up_one_shows_goods() -> None:
    tale = story.made_up(1, 1, orders_per_day=0)
    assert (tale.orders, tale.first, len(tale.goods)) == ((), MONDAY, story.SHOWN)


def test_a_file_without_orders_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "nothing.csv"
    empty.write_text("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
    with pytest.raises(story.NothingOrdered, match=r"nothing\.csv holds no order"):
        story.from_file(empty, None, 1)
