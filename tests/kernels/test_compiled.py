"""Compiled functions are kept between processes where something can be written, and work where nothing can."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from packhorse.kernels import compiled


def test_beside_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    folder = compiled.cache_directory()
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "__pycache__")


def test_in_the_users_cache_where_the_package_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__pycache__").touch()  # a file is in the way
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = compiled.cache_directory()
    assert folder is not None
    assert folder.is_relative_to(tmp_path / "cache" / "packhorse")


def test_elsewhere_as_soon_as_the_source_of_any_of_them_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    (tmp_path / "one.py").write_text("@compiled\n", encoding="utf-8")
    first = compiled.cache_directory()
    (tmp_path / "two.py").write_text("# no such function\n", encoding="utf-8")
    assert compiled.cache_directory() == first
    (tmp_path / "one.py").write_text("@compiled \n", encoding="utf-8")
    assert compiled.cache_directory() != first


def test_and_nothing_that_only_serves_pages_imports_the_compiler() -> None:
    code = "import sys, django; django.setup(); import packhorse.server.urls; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
