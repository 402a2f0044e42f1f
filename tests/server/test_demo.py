"""One demonstration at a time runs on a data folder."""

from __future__ import annotations

import fcntl

from tests.server.installations import Install


def test_a_second_one_is_refused_and_changes_nothing(install: Install) -> None:
    installation = install("home")
    installation.home.mkdir(mode=0o700)
    with (installation.home / "demo.lock").open("a") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        refused = installation.run("demo", "--once")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "runs on" in refused.stderr
    assert [p.name for p in installation.home.iterdir()] == ["demo.lock"]
