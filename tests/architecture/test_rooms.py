"""The rooms of the house stand where house.py says, and doors between them are the public ones."""

from __future__ import annotations

import tomllib

from packhorse.house import STEPS
from tests.architecture.source import PACKAGE, ROOT, modules

FACES = {"selectors", "requests", "ledger", "types", "errors", "events", "links"}
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "signals"}


def test_the_steps_are_the_import_contract_the_folders_and_the_docs() -> None:
    rooms = [step.room for step in STEPS]
    contracts = {c["id"]: c for c in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}
    assert contracts["steps"]["layers"] == rooms[::-1]
    assert sorted(p.name for p in (PACKAGE / "steps").iterdir() if (p / "apps.py").exists()) == sorted(rooms)
    assert sorted(p.stem for p in (ROOT / "docs" / "steps").glob("*.md")) == sorted(f"{s.number}-{s.room}" for s in STEPS)
    assert [s.number for s in STEPS] == list(range(1, 8))


def test_every_step_says_what_it_is_in_a_readme() -> None:
    assert [s.room for s in STEPS if not (PACKAGE / "steps" / s.room / "README.md").exists()] == []


def test_no_room_is_called_after_nothing() -> None:
    assert [m.name for m in modules() if m.name.split(".")[-1] in FORBIDDEN] == []


def test_rooms_use_only_the_public_faces_of_a_step() -> None:
    wrong = []
    for module in modules():
        for name in module.imports():
            parts = name.split(".")
            if parts[0] != "steps" or len(parts) < 3 or ".".join(parts[:2]) == module.room:
                continue
            allowed = set(FACES)
            if module.room in ("roof.channels", "roof.simulation"):
                allowed |= {"services", "jobs", "importing"}
            if module.room == "roof.desk":
                allowed.add("panel")
            if module.room == "server":
                continue
            if parts[2] not in allowed:
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_doors_are_imported_by_nobody() -> None:
    doors = {"api", "pages", "scanner", "handlers", "jobs", "panel"}
    wrong = []
    for module in modules():
        if module.part in {"urls", "management"} or module.room in ("server", "roof.simulation", "roof.desk"):
            continue
        for name in module.imports():
            parts = name.split(".")
            if parts[0] in ("steps", "ground") and len(parts) > 2 and parts[2] in doors and not (module.room == ".".join(parts[:2]) and module.part in doors):
                wrong.append(f"{module.name} imports {name}")
    assert wrong == []


def test_handlers_and_jobs_are_thin() -> None:
    too_long = [
        m.name
        for m in modules()
        if m.part in ("handlers", "jobs") and m.name.count(".") and m.room != "core" and len(m.path.read_text(encoding="utf-8").splitlines()) > 160
    ]
    assert too_long == []


def test_files_are_read_in_a_morning() -> None:
    long = {m.name: n for m in modules() if (n := len(m.path.read_text(encoding="utf-8").splitlines())) > 450}
    assert long == {}
