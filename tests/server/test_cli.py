"""The command itself: what it answers before there is an installation."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from packhorse.server.cli import main


@pytest.mark.parametrize("asked", ["--version", "version"])
def test_it_says_its_own_version(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([asked]) == 0
    assert capsys.readouterr().out == f"packhorse {version('packhorse')}\n"
