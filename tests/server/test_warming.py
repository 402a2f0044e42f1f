"""A web process has loaded the packing kernel before a tote is scanned, and nothing is compiled where it cannot be kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from packhorse.kernels import compiled
from packhorse.server import warming
from packhorse.server.exits import FAILED

_SERVING = """
import threading
import packhorse.server.wsgi
[loading] = [t for t in threading.enumerate() if t.name == "load"]
loading.join()
from packhorse.kernels.packing.orders import work
print(loading.daemon, len(work.signatures))
"""


def test_by_itself_beside_the_start() -> None:
    found = subprocess.run([sys.executable, "-c", _SERVING], check=False, capture_output=True, text=True, timeout=300)
    assert found.stdout == "True 1\n", found.stderr


def test_not_where_nothing_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "CACHE", None)
    assert warming.main(0) == FAILED


def test_what_is_done_is_done_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiled, "CACHE", tmp_path)
    (tmp_path / "done").touch()
    monkeypatch.setattr("packhorse.kernels.packing.solve.warm_up", lambda: pytest.fail("compiled again"))
    assert warming.main(0) == 0
