"""The house under trial: a durable cluster in a data folder of its own, and everything that `packhorse up` runs on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import psycopg

from packhorse.server import cluster
from packhorse.server.cluster import Cluster
from packhorse.server.database import connect
from packhorse.server.up import free_port

#: Which module runs as what: children of `packhorse up`.
MODULES: Final = {"web": "packhorse.server.web", "dispatcher": "packhorse.server.dispatcher", "jobs": "packhorse.server.worker"}
#: Not ours while the trial lasts: another server, another database, a pool.
FOREIGN: Final = ("DATABASE_URL", "PACKHORSE_DATABASE", "PACKHORSE_POOL", "PACKHORSE_URL")
READY_S: Final = 120.0


class House:
    """A data folder with a running `packhorse up`, whose processes are known by their pids."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self.workers = folder, workers
        self.log = folder / "up.log"
        self.port = free_port("127.0.0.1", 18_700)
        self._up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start `packhorse up` and wait until it answers."""
        env = {**os.environ, "PACKHORSE_API_RATE": "100000000", "PACKHORSE_LOG_LEVEL": "WARNING"}
        with self.log.open("ab") as log:
            self._up = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "packhorse", "up", "--port", str(self.port), "--workers", str(self.workers)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + READY_S
        while not self.answers():
            assert self._up.poll() is None, f"packhorse up ended: {self.log.read_text(errors='replace')[-2000:]}"
            assert time.monotonic() < end, "packhorse up did not answer"
            time.sleep(0.2)

    def stop(self) -> int | None:
        """Stop it as a person would; its exit code."""
        if self._up is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            self._up.send_signal(signal.SIGTERM)
        try:
            return self._up.wait(timeout=90)
        except subprocess.TimeoutExpired:
            self._up.kill()
            return self._up.wait()

    def runs(self) -> bool:
        return self._up is not None and self._up.poll() is None

    def answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as response:
            return bool(response.status == 200)
        return False

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection beside Django's."""
        return connect(autocommit=True)

    def pids(self, kind: str) -> list[int]:
        """The living processes of a kind: descendants of the `packhorse up` that this bench started, or the server of its data folder."""
        if kind == "database":
            pid = cluster.cluster().pid()
            return [pid] if pid else []
        if self._up is None or self._up.poll() is not None:
            return []
        if kind == "web_process":
            return [pid for web in self.pids("web") for pid in _children(web)]
        return [pid for pid in _children(self._up.pid) if MODULES[kind] in _command(pid)]


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            state, ppid = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            if int(ppid) == parent and state not in "ZX":
                found.append(int(entry.name))
    return sorted(found)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@contextlib.contextmanager
def house(workers: int, prepare: Callable[[], None], *, keep: bool = False) -> Iterator[House]:
    """A new house in a temporary data folder: its cluster made, Django set up on it, filled by `prepare`, `packhorse up` running. All of it gone afterwards, unless it is kept."""
    before = {name: os.environ.pop(name) for name in FOREIGN if name in os.environ}
    folder = Path(tempfile.mkdtemp(prefix="packhorse-chaos-")).resolve()
    folder.chmod(0o711)
    before["PACKHORSE_HOME"] = os.environ.get("PACKHORSE_HOME", "")
    os.environ["PACKHORSE_HOME"] = str(folder)
    made = House(folder, workers)
    try:
        cluster.ensure(durable=True)
        prepare()
        made.start()
        yield made
    finally:
        made.stop()
        from django.db import connections

        connections.close_all()
        cluster.release()
        if not keep:
            _forget(folder)
        os.environ.update(before)


def _forget(folder: Path) -> None:
    found = Cluster(folder)
    found.stop()
    shutil.rmtree(found.place.folder, ignore_errors=True)
    shutil.rmtree(found.place.sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
