"""A tree of processes: started together, their lines told apart, a dead one started again, all stopped by one signal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Final

from packhorse.server import lifeline

#: A child that dies is started again after so many seconds, twice as many each time, up to the last; one that lived a minute begins anew.
FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S = 0.5, 30.0, 60.0
#: How long children may take to finish what they are doing.
GRACE_S: Final = 20.0
_COLOURS: Final = (36, 33, 35, 32, 34)


class Log:
    """Lines of several processes on one stream, each with its name in front; coloured on a terminal."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stderr
        self._colour = self._stream.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()
        self._names: list[str] = []

    def line(self, name: str, text: str) -> None:
        with self._lock, contextlib.suppress(OSError):  # nobody may be reading any more
            if name not in self._names:
                self._names.append(name)
            prefix = f"{name:<10} | "
            if self._colour:
                prefix = f"\x1b[{_COLOURS[self._names.index(name) % len(_COLOURS)]}m{prefix}\x1b[0m"
            self._stream.write(f"{prefix}{text}\n")
            self._stream.flush()


class Child:
    """One process of the tree, in a process group of its own: what it leaves behind when it dies is ended with it."""

    def __init__(self, name: str, command: Sequence[str], log: Log, env: Mapping[str, str]) -> None:
        self.name, self.command, self._log = name, list(command), log
        self._env = {**os.environ, **env, lifeline.MARK: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._started = self._again_at = 0.0
        self._pause = FIRST_PAUSE_S

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._env,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._pump, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _pump(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                self._log.line(self.name, line.rstrip("\n"))

    def signal(self, number: int) -> None:
        """To the whole group."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def ask_to_stop(self) -> None:
        """To the process itself, which stops its own children in order."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self) -> int:
        """Its exit code, when it has ended by itself."""
        assert self._process is not None, "started"
        code = self._process.wait()
        self.bury()
        return code

    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def bury(self) -> None:
        self.signal(signal.SIGKILL)
        if self._process:
            self._process.wait()
        if self._reader:
            self._reader.join(timeout=2)

    def revive(self) -> None:
        """If it has died: clear up after it, and start it again when its pause is over."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._again_at:
                self.start()
        elif (code := self._process.poll()) is not None:
            if now - self._started > STEADY_S:
                self._pause = FIRST_PAUSE_S
            self._log.line(self.name, f"ended with {code}; starting again in {self._pause:g} s")
            self.bury()
            self._process, self._again_at = None, now + self._pause
            self._pause = min(LONGEST_PAUSE_S, self._pause * 2)


class Tree:
    """The processes that live and end together."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.children: list[Child] = []
        self._signals = 0

    def add(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> Child:
        child = Child(name, command, self.log, env or {})
        self.children.append(child)
        return child

    @contextlib.contextmanager
    def catching_signals(self) -> Iterator[None]:
        """SIGINT, SIGTERM and SIGHUP ask the tree to stop; asked twice, it stops at once."""

        def asked(_number: int, _frame: object) -> None:
            self._signals += 1

        before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def run(self, watch: Callable[[], None], *, every_s: float = 0.2) -> None:
        """Start all, keep them alive and call `watch` now and then, until a signal asks to stop; then stop all and leave nothing."""
        try:
            for child in self.children:
                child.start()
            while not self.stopping:
                watch()
                for child in self.children:
                    child.revive()
                time.sleep(every_s)
        finally:
            self._stop()

    def _stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        end = time.monotonic() + GRACE_S
        while not all(c.ended() for c in self.children) and time.monotonic() < end and self._signals < 2:
            time.sleep(0.05)
        for child in self.children:
            if not child.ended():
                self.log.line(child.name, "did not stop in time; killed")
            child.bury()
