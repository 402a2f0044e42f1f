"""Pack problems are read from files and plans written to them, as the shared ruler understands both."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.packing.check import check
from packhorse.kernels.packing.files import read, write
from packhorse.kernels.packing.problem import Problem
from packhorse.kernels.packing.solve import solve
from packhorse.kernels.stop import Stop


@pytest.mark.parametrize(
    ("name", "worst"),
    [
        ("ecom_plain/ecom_A_plain_s1_0", 1.001),
        ("ecom_shipping/ecom_A_shipping_s1_0", 1.002),
        ("ecom_all/ecom_A_all_s1_0", None),
        ("ecom_support/ecom_A_support_s1_0", None),
        ("boxpacker_flat/boxpacker_flat_h0_0", 1.0),
        ("boxpacker_free/boxpacker_free_h0_0", 1.0),
    ],
)
def test_shared_problems_are_packed_feasibly_and_near_the_best_known(
    name: str, worst: float | None, instances: Path, score_pack: ModuleType, tmp_path: Path
) -> None:
    path = instances / "pack" / f"{name}.json"
    problem = read(path)
    plan = solve(problem, stop=Stop(iterations=0))
    assert check(problem, plan) == []
    write(plan, tmp_path / "plan.json")
    row = score_pack.score(path, tmp_path / "plan.json")
    assert row["feasible"], row["errors"]
    assert row["left_out"] == 0
    assert worst is None or row["ratio"] <= worst


def test_a_container_is_filled(instances: Path, score_pack: ModuleType, tmp_path: Path) -> None:
    path = instances / "pack" / "containers" / "br03_003.json"
    write(solve(read(path), stop=Stop(iterations=120)), tmp_path / "plan.json")
    row = score_pack.score(path, tmp_path / "plan.json")
    assert row["feasible"], row["errors"]
    assert row["ratio"] > 0.95


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"format": "packhorse-pack-problem/1", "objective": "beauty", "boxes": [], "orders": []}',
        '{"format": "packhorse-pack-problem/1", "objective": "cost", "boxes": [{"id": "b", "inner_mm": [1, 2]}], "orders": []}',
        '{"format": "packhorse-pack-problem/1", "objective": "cost", "boxes": [{"id": "b", "inner_mm": [1, 2, 2.5]}], "orders": []}',
    ],
)
def test_what_is_no_problem_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidProblem):
        read(tmp_path / "p.json")


def test_absent_means_no_weight_no_limit_no_group_and_any_way_up(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(
        '{"format": "packhorse-pack-problem/1", "objective": "cost", "boxes": [{"id": "b", "inner_mm": [3, 2, 1]}],'
        ' "orders": [{"id": "o", "items": [{"id": "i", "size_mm": [1, 2, 3]}]}]}',
        encoding="utf-8",
    )
    problem: Problem = read(tmp_path / "p.json")
    item = problem.orders[0].items[0]
    assert (item.weight_g, item.quantity, item.vertical, item.fragile, item.group) == (0, 1, (True, True, True), False, None)
    assert problem.boxes[0].max_load_g is None
    assert solve(problem, stop=Stop(iterations=0)).orders[0].loads[0].placements[0].size_mm == (3, 2, 1)
