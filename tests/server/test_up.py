"""`packhorse up` serves, survives the death of any of its parts, and leaves nothing behind when it is told to stop."""

from __future__ import annotations

import functools
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from packhorse.server.cluster import Cluster
from tests.server.installations import Install, Installation


class Up:
    """A running `packhorse up` and what it says."""

    def __init__(self, installation: Installation) -> None:
        self.process = subprocess.Popen(
            [*installation.command, "up", "--port", "8460", "--workers", "1"],
            env=installation.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, true: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.1)

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def child(module: str, of: int) -> int | None:
    """The pid of the child that runs a module."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if module in (entry / "cmdline").read_text() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == of:
                return int(entry.name)
        except OSError:
            continue
    return None


def replaced(module: str, of: int, pid: int) -> bool:
    return child(module, of) not in (None, pid)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:  # noqa: S310 - our own
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_it_serves_survives_and_leaves_nothing(install: Install, ready: Installation) -> None:
    installation = install("home").like(ready)
    up = Up(installation)
    try:
        up.wait_for(lambda: re.search(r"open (http\S+)", up.said))
        url = re.search(r"open (http\S+)", up.said)[1]  # type: ignore[index]
        assert answers(url)

        for module in ("packhorse.server.dispatcher", "packhorse.server.worker", "packhorse.server.web"):
            pid = child(module, up.process.pid)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            up.wait_for(functools.partial(replaced, module, up.process.pid, pid))
        up.wait_for(lambda: answers(url))

        cluster = Cluster(installation.home)
        os.kill(int((cluster.place.data / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
        up.wait_for(lambda: "is back" in up.said)
        up.wait_for(lambda: answers(url))
    finally:
        code = up.stop(signal.SIGTERM)
    assert code == 0
    assert installation.left() == []
    assert not cluster.alive()


def test_its_children_end_when_it_is_killed(install: Install, ready: Installation) -> None:
    installation = install("home").like(ready)
    up = Up(installation)
    up.wait_for(lambda: "open http" in up.said)
    up.stop(signal.SIGKILL)
    end = time.monotonic() + 20
    while any("packhorse.server" in line for line in installation.left()):
        assert time.monotonic() < end, installation.left()
        time.sleep(0.1)
    cluster = Cluster(installation.home)
    assert cluster.alive()  # nobody was there to stop it; the next command finds it
    assert installation.run("stop").returncode == 0
    assert not cluster.alive()
