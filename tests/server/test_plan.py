"""`packhorse plan` solves problem files without an installation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from packhorse.server import plan


def problem(orders: int) -> dict[str, Any]:
    return {
        "format": "packhorse-pick-problem/1",
        "layout": {
            "kind": "rectangular",
            "aisles": 4,
            "aisle_pitch": 3,
            "blocks": [{"cells": 9, "cell_pitch": 1, "first_cell": 1, "length": 10}],
            "depot": {"aisle": 0, "cross_aisle": 0},
        },
        "cart": {"capacity": 6, "compartments": 2},
        "orders": [
            {"id": f"o{n}", "size": 2, "picks": [{"aisle": n % 4, "block": 0, "cell": n % 9}, {"aisle": n % 3, "block": 0, "cell": 2}]} for n in range(orders)
        ],
    }


def write(path: Path, what: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(what), encoding="utf-8")
    return path


def test_one_problem(tmp_path: Path) -> None:
    source = write(tmp_path / "p.json", problem(20))
    assert plan.run(["pick", str(source), "-o", str(tmp_path / "plan.json"), "--time-limit", "1"]) == 0
    found = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert found["format"] == "packhorse-pick-plan/1"
    assert sorted(order for batch in found["batches"] for order in batch["orders"]) == sorted(f"o{n}" for n in range(20))
    assert all(len(batch["orders"]) <= 2 for batch in found["batches"])


def test_a_folder_of_them_and_what_is_none_is_said_and_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "in" / "a.json", problem(3))
    write(tmp_path / "in" / "deep" / "b.json", {"format": "something else"})
    write(tmp_path / "in" / "deep" / "c.json", problem(4))
    assert plan.run(["pick", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--time-limit", "1"]) == 1
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.json")) == ["a.json", "deep/c.json"]
    assert "b.json: not a packhorse-pick-problem/1" in capsys.readouterr().err


def test_and_a_wrong_call_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "p.json", problem(3))
    for wrong in (["pick"], ["pick", str(tmp_path / "none.json"), "-o", "x"], ["pick", str(source), "-o", "x", "--time-limit", "-1"]):
        with pytest.raises(SystemExit) as refused:
            plan.run(wrong)
        assert refused.value.code == 2


def test_without_importing_what_an_installation_needs(tmp_path: Path) -> None:
    source = write(tmp_path / "p.json", problem(20))
    code = "import sys; from packhorse.server import plan; plan.run(sys.argv[1:]); sys.exit('django' in sys.modules or 'psycopg' in sys.modules)"
    command = [sys.executable, "-c", code, "pick", str(source), "-o", str(tmp_path / "plan.json"), "--time-limit", "1"]
    assert subprocess.run(command, check=False).returncode == 0


def test_by_the_command_with_its_exit_code(tmp_path: Path) -> None:
    source, target = write(tmp_path / "p.json", problem(20)), tmp_path / "plan.json"
    command = [sys.executable, "-m", "packhorse", "plan", "pick"]
    assert subprocess.run([*command, str(source), "-o", str(target), "--time-limit", "1"], check=False).returncode == 0
    assert json.loads(target.read_text(encoding="utf-8"))["distance"] > 0
    write(source, {})
    assert subprocess.run([*command, str(source), "-o", str(target)], check=False, capture_output=True).returncode == 1


def test_boxes_for_orders_and_an_item_that_fits_none_is_left_out(tmp_path: Path) -> None:
    boxes = [{"id": "S", "inner_mm": [200, 150, 90], "cost": 40}, {"id": "M", "inner_mm": [300, 200, 150], "cost": 60}]
    items = [{"id": "cup", "size_mm": [90, 90, 100], "weight_g": 300, "quantity": 4}, {"id": "pole", "size_mm": [1000, 20, 20], "weight_g": 500, "quantity": 1}]
    asked = {"format": "packhorse-pack-problem/1", "objective": "cost", "boxes": boxes, "orders": [{"id": "o1", "items": items}]}
    source, target = write(tmp_path / "p.json", asked), tmp_path / "plan.json"
    assert plan.run(["pack", str(source), "-o", str(target), "--time-limit", "1"]) == 0
    (order,) = json.loads(target.read_text(encoding="utf-8"))["orders"]
    assert [b["box"] for b in order["boxes"]] == ["M"]
    assert [p["item"] for p in order["boxes"][0]["load"]] == ["cup"] * 4
    assert order["left_out"] == ["pole"]
    write(source, asked | {"orders": [{"id": "o1", "items": [{"id": "nothing", "size_mm": [0, 20, 20]}]}]})
    assert plan.run(["pack", str(source), "-o", str(target)]) == 1


def test_pieces_that_fit_no_box_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [{"id": "pole", "size_mm": [900, 20, 20], "quantity": 2}, {"id": "cup", "size_mm": [80, 80, 90]}]
    asked = {
        "format": "packhorse-pack-problem/1",
        "objective": "cost",
        "boxes": [{"id": "S", "inner_mm": [200, 150, 100], "cost": 4}],
        "orders": [{"id": "o1", "items": items}],
    }
    source = write(tmp_path / "p.json", asked)
    assert plan.run(["pack", str(source), "-o", str(tmp_path / "plan.json"), "--time-limit", "0"]) == 0
    found = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["orders"][0]
    assert found["left_out"] == ["pole", "pole"]
    assert [box["box"] for box in found["boxes"]] == ["S"]
    assert "order o1: 2 of pole left out: larger than every box" in capsys.readouterr().err


def test_a_piece_without_a_size_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {
        "format": "packhorse-pack-problem/1",
        "objective": "cost",
        "boxes": [{"id": "S", "inner_mm": [200, 150, 100]}],
        "orders": [{"id": "o1", "items": [{"id": "ghost", "size_mm": [10, 0, 10]}]}],
    }
    source = write(tmp_path / "p.json", asked)
    assert plan.run(["pack", str(source), "-o", str(tmp_path / "plan.json")]) == 1
    assert "item 'ghost' measures (10, 0, 10)" in capsys.readouterr().err
