"""The killer: ends processes of the house under trial with -9 and cuts database connections, at random. It ends each by its own pid, and only those that this bench's house started."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import Counter
from random import Random
from typing import Final

import psycopg

from packhorse.server.bench.chaos.house import House
from packhorse.server.bench.measured import note

#: What is ended, and how often among the others. A web process is one of the workers that the web server starts again by itself.
KINDS: Final = {"database": 6, "web": 2, "web_process": 6, "dispatcher": 5, "jobs": 5, "connection": 40}
#: Seconds between two of its deeds, at least and at most.
PAUSE_S: Final = (0.8, 3.0)
#: How long a house that lost its database is left alone.
RECOVERY_S: Final = 6.0


class Killer:
    """A thread that kills until it is told to stop."""

    def __init__(self, house: House, seed: int) -> None:
        self._house, self._dice = house, Random(f"killer:{seed}")  # noqa: S311 - figures, not secrets
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.done: Counter[str] = Counter(dict.fromkeys(KINDS, 0))

    def start(self, seconds: float) -> None:
        """For so long: clients that wait for an answer then get it in peace."""
        threading.Timer(seconds, self._stopping.set).start()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def _work(self) -> None:
        while not self._stopping.wait(self._dice.uniform(*PAUSE_S)):
            kind = self._dice.choices(list(KINDS), list(KINDS.values()))[0]
            if kind.startswith("web") and not self._house.answers():
                continue  # it is coming back: what is killed is at work
            if self._cut() if kind == "connection" else self._kill(kind):
                self.done[kind] += 1
                if kind != "connection":
                    note(f"killed: {kind}")
                if kind == "database":
                    self._stopping.wait(RECOVERY_S)

    def _kill(self, kind: str) -> bool:
        pids = self._house.pids(kind)
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._dice.choice(pids), signal.SIGKILL)
            return True
        return False

    def _cut(self) -> bool:
        """Some connection of the house or of a client is ended by the server, mid-work or not."""
        with contextlib.suppress(psycopg.Error), self._house.connect() as admin:
            found = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database() ORDER BY pid"
            ).fetchall()
            working = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            ).fetchall()
            choice = working or found  # in the middle of its work, where one is
            if choice:
                row = admin.execute("SELECT pg_terminate_backend(%s)", [self._dice.choice(choice)[0]]).fetchone()
                return bool(row and row[0])
        return False
