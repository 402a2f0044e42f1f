"""Where the shared problems and rulers lie, if they are there."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(os.environ.get("PACKHORSE_SHARED", Path(__file__).resolve().parents[3] / "shared"))


@pytest.fixture(scope="session")
def instances() -> Path:
    """The folder of shared problems with best-known values."""
    folder = SHARED / "data" / "instances"
    if not folder.is_dir():
        pytest.skip("the shared problems are absent: set PACKHORSE_SHARED to their folder")
    return folder


def ruler(name: str) -> ModuleType:
    """One of the shared scoring tools as a module."""
    path = SHARED / "tools" / f"{name}.py"
    if not path.is_file():
        pytest.skip("the shared rulers are absent: set PACKHORSE_SHARED to their folder")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def score_pick() -> ModuleType:
    """The ruler for pick plans."""
    return ruler("score_pick")


@pytest.fixture(scope="session")
def score_pack() -> ModuleType:
    """The ruler for pack plans."""
    return ruler("score_pack")
