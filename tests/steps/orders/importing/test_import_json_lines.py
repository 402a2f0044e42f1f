"""JSON lines carry one whole order a line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from packhorse.steps.orders.importing import parse
from packhorse.steps.orders.importing.types import Format, Kind

ORDER: dict[str, Any] = {
    "external_id": "J1", "placed_at": "2026-03-02T09:30:00Z", "currency": "USD", "service": "same-day", "note": "Ring twice",
    "customer": {"ref": "c-9", "name": "Ann Lee", "email": "ann@example.com"},
    "ship_to": {"address1": "1 Main St", "city": "New York", "region": "NY", "postal_code": "10011", "country": "US"},
    "lines": [{"sku": "mug", "description": "Mug", "quantity": 2, "unit_price": 12.345}, {"sku": "mug", "description": "Mug", "quantity": 2, "unit_price": "12.345"}],
    "fees": [{"kind": "postage", "amount": "4.99"}],
}  # fmt: skip


def written(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_an_order_is_read_whole(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, ORDER))
    (order,) = parsed.orders
    assert (parsed.report.format, parsed.report.lines_read) == (Format.JSON_LINES, 3)
    assert [(line.sku, line.quantity, line.unit_price, line.amount_minor) for line in order.lines] == [("MUG", 2, Decimal("12.345"), 2469)] * 2
    assert (order.fees_minor, order.service, order.note, order.customer.ref) == (499, "same_day", "Ring twice", "c-9")
    assert order.customer.address is not None
    assert order.customer.address.postal_code == "10011"
    assert parsed.report.reconciled


def test_an_order_says_whether_it_leaves_in_part_and_how_urgent_it_is(tmp_path: Path) -> None:
    says: list[dict[str, Any]] = [{"ship_complete": False, "priority": 9}, {"ship_complete": True}, {}]
    given = [{**ORDER, "external_id": f"J{n}", **more} for n, more in enumerate(says)]
    parsed = parse(written(tmp_path, *given, {**ORDER, "external_id": "J4", "priority": True}))
    assert [(o.ship_complete, o.priority) for o in parsed.orders] == [(False, 9), (True, 0), (None, 0)]
    assert {bad.code for bad in parsed.quarantined} == {"bad_priority"}


def test_the_same_order_again_is_a_duplicate_and_a_changed_one_is_quarantined(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, ORDER, ORDER, {**ORDER, "note": "Never mind"}))
    assert (parsed.report.lines[Kind.SALE], parsed.report.lines[Kind.DUPLICATE], parsed.report.lines[Kind.QUARANTINED]) == (2, 3, 3)
    assert {entry.code for entry in parsed.quarantined} == {"same_order_other_content"}
    assert parsed.report.reconciled


def test_a_bad_line_of_an_order_is_kept_as_an_order_that_can_be_replayed(tmp_path: Path) -> None:
    bad = {"sku": "bag", "quantity": True, "unit_price": 1}
    parsed = parse(written(tmp_path, {**ORDER, "lines": [*ORDER["lines"], bad, 7]}))
    assert [entry.code for entry in parsed.quarantined] == ["bad_quantity", "not_an_object"]
    mended = json.loads(parsed.quarantined[0].raw)
    assert (mended["lines"], mended["external_id"]) == ([bad], "J1")
    assert parsed.orders[0].incomplete


def test_lines_that_are_no_orders_are_quarantined(tmp_path: Path) -> None:
    texts = (ORDER, "{broken", "[1]", '{"external_id": "x"}', '{"lines": [{"sku": "a", "quantity": 1e999, "unit_price": 1}]}', "")
    parsed = parse(written(tmp_path, *texts))
    assert [entry.code for entry in parsed.quarantined] == ["not_json", "not_an_object", "no_lines", "no_currency"]
    assert len(parsed.orders) == 1
    assert parsed.report.reconciled
