"""An installation of its own: a data folder, its embedded database, and the command run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from packhorse.server.cluster import Cluster
from packhorse.server.place import noted


class Installation:
    """A data folder and what runs on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        ours = ("DATABASE_URL", "PACKHORSE_DATABASE", "PACKHORSE_TEST_DATABASE", "PACKHORSE_POOL")
        self.env = {k: v for k, v in os.environ.items() if k not in ours} | {"PACKHORSE_HOME": str(home), "PACKHORSE_OWNER_PASSWORD": "correct horse battery"}

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "packhorse"]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self.command, *arguments], check=False, capture_output=True, text=True, env=self.env, stdin=subprocess.DEVNULL, timeout=120)

    def left(self) -> list[str]:
        """Command lines of processes that still belong to it."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if f"PACKHORSE_HOME={self.home}\0".encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found

    def like(self, other: Installation) -> Installation:
        """Made a copy of another one, whose database is stopped."""
        subprocess.run(["cp", "-a", other.home, self.home], check=True)
        return self

    def forget(self) -> None:
        if at := noted(self.home):
            Cluster(self.home).stop()
            shutil.rmtree(at.folder, ignore_errors=True)
            shutil.rmtree(at.sockets, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


Install = Callable[[str], Installation]
Open = Callable[[Path], Cluster]
