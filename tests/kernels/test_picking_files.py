"""Pick problems are read from files and plans written to them, as the shared ruler understands both."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.picking.check import check
from packhorse.kernels.picking.files import read, write
from packhorse.kernels.picking.solve import solve
from packhorse.kernels.stop import Stop


def ratios(folder: Path, every: int, stop: Stop, ruler: ModuleType, target: Path) -> list[float]:
    found = []
    for path in sorted(folder.glob("*.json"))[::every]:
        problem = read(path)
        plan = solve(problem, stop=stop)
        assert check(problem, plan) == []
        write(plan, target / path.name)
        row = ruler.score(path, target / path.name)
        assert row["feasible"], row["errors"]
        found.append(row["ratio"])
    return found


@pytest.mark.parametrize("family", ["sprp_one_block", "own_multi_block"])
def test_single_tours_are_all_optimal(family: str, instances: Path, score_pick: ModuleType, tmp_path: Path) -> None:
    assert all(ratio <= 1 + 1e-6 for ratio in ratios(instances / "pick" / family, 2, Stop(iterations=0), score_pick, tmp_path))


def test_batches_come_close_to_the_best_known(instances: Path, score_pick: ModuleType, tmp_path: Path) -> None:
    found = ratios(instances / "pick" / "henn_waescher", 24, Stop(iterations=4000), score_pick, tmp_path)
    assert sum(found) / len(found) < 1.03


@pytest.mark.parametrize("family", ["sprp_scattered", "own_graph"])
def test_scattered_storage_and_graphs_are_feasible_and_close(family: str, instances: Path, score_pick: ModuleType, tmp_path: Path) -> None:
    found = ratios(instances / "pick" / family, 6, Stop(iterations=0), score_pick, tmp_path)
    assert sum(found) / len(found) < 1.03


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format": "packhorse-pick-problem/1"}',
        '{"format": "packhorse-pick-problem/1", "layout": {"kind": "round"}, "orders": []}',
        '{"format": "packhorse-pick-problem/1", "layout": {"kind": "graph", "nodes": 2, "edges": [[0, 1]], "depot": 0}, "orders": []}',
        '{"format": "packhorse-pick-problem/1", "layout": {"kind": "graph", "nodes": 2, "edges": [[0, "b", 2]], "depot": 0}, "orders": []}',
        '{"format": "packhorse-pick-problem/1", "layout": {"kind": "graph", "nodes": 2, "edges": [[0, 1e999, 2]], "depot": 0}, "orders": []}',
    ],
)
def test_what_is_no_problem_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidProblem):
        read(tmp_path / "p.json")


def test_a_written_plan_holds_what_the_format_asks(tmp_path: Path) -> None:
    data = {
        "format": "packhorse-pick-problem/1",
        "layout": {"kind": "graph", "nodes": 3, "edges": [[0, 1, 2.0], [1, 2, 1.0]], "depot": 0},
        "orders": [{"id": "a", "size": 1, "picks": [{"node": 2}, {"choices": [{"node": 1}, {"node": 0}]}]}],
    }
    (tmp_path / "p.json").write_text(json.dumps(data), encoding="utf-8")
    write(solve(read(tmp_path / "p.json"), stop=Stop(iterations=0)), tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert plan["format"] == "packhorse-pick-plan/1"
    assert plan["distance"] == 6.0
    assert plan["batches"][0]["orders"] == ["a"]
    assert {"node": 2} in plan["batches"][0]["stops"]
