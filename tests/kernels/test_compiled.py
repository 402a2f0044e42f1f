"""Compiled functions are kept between processes where something can be written, and work where nothing can."""

from __future__ import annotations

import subprocess
import sys
import tempfile
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


def test_elsewhere_as_soon_as_a_module_changes_that_takes_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    (tmp_path / "picking").mkdir()
    (tmp_path / "one.py").write_text("from packhorse.kernels.picking.two import LIMIT\n\n@compiled\n", encoding="utf-8")
    (tmp_path / "picking" / "two.py").write_text("LIMIT = 1  # read by a compiled function of another module\n", encoding="utf-8")
    first = compiled.cache_directory()
    (tmp_path / "three.py").write_text("# nobody compiles this\n", encoding="utf-8")
    assert compiled.cache_directory() == first
    (tmp_path / "picking" / "two.py").write_text("LIMIT = 2\n", encoding="utf-8")
    second = compiled.cache_directory()
    assert second != first
    (tmp_path / "one.py").write_text("from packhorse.kernels.picking.two import LIMIT\n\n@compiled \n", encoding="utf-8")
    assert compiled.cache_directory() not in {first, second}


def test_for_their_owner_alone_in_the_temporary_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__pycache__").touch()
    (tmp_path / "cache").touch()
    monkeypatch.setattr(compiled, "HERE", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    folder = compiled.cache_directory()
    assert folder is not None
    assert [p.stat().st_mode & 0o777 for p in (folder, folder.parent)] == [0o700, 0o700]
    folder.parent.chmod(0o777)
    assert compiled.cache_directory() is None


def test_once_for_a_type_whatever_the_values() -> None:
    @compiled.compiled
    def twice(n: int) -> int:
        return 2 * n

    @compiled.compiled
    def both() -> int:
        return twice(1) + twice(2)

    assert both() == 6
    assert len(twice.signatures) == 1  # type: ignore[attr-defined]


def test_and_nothing_that_only_serves_pages_imports_the_compiler() -> None:
    code = "import sys, django; django.setup(); import packhorse.server.urls; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
