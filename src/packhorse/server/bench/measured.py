"""What benches stand on: a database of their own in a durable cluster, the machine's name, and the processor time of each part."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from packhorse.server import cluster
from packhorse.server.database import connect, embedded, make_database
from packhorse.server.home import home
from packhorse.server.place import place

DATABASE: Final = "packhorse_bench_own"
_TICK: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
#: What makes a commit durable; a bench without them measures nothing.
_DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


class NotDurable(Exception):
    """The server does not keep what it commits."""


def note(text: str) -> None:
    """Progress, beside the report."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def commit() -> str:
    """The commit measured, with a mark if the tree differs from it."""
    with contextlib.suppress(OSError):
        asked = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False)  # noqa: S607
        return asked.stdout.strip() or "unknown"
    return "unknown"


def machine() -> str:
    """Processor, cores, memory, Python: what a number depends on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), platform.machine())
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return f"{model}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB, Python {platform.python_version()}"


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def _drop() -> None:
    with connect("postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


@contextlib.contextmanager
def own_database(standing: str = "") -> Iterator[None]:
    """An empty, migrated database that Django uses meanwhile; dropped afterwards. `standing`: one of that name instead, which stays, for what takes long to fill.

    Raises: NotDurable.
    """
    os.environ["PACKHORSE_DATABASE"] = standing or DATABASE
    cluster.ensure()
    if not standing:
        _drop()
    make_database()
    try:
        with connect() as asked:
            if off := [name for name in _DURABLE if (asked.execute("SELECT current_setting(%s)", [name]).fetchone() or ("",))[0] != "on"]:
                raise NotDurable(", ".join(off))
        import django

        django.setup()
        from django.db import connections

        from packhorse.server.prepare import migrate

        migrate()
        yield
        connections.close_all()
    finally:
        if not standing:
            _drop()


def process_cpu(pid: int, *, buried: bool = False) -> float:
    """Seconds of processor of a process (and of its ended children)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(int(x) for x in fields[11 : 15 if buried else 13]) / _TICK


def database_cpu() -> float | None:
    """Seconds of processor that the embedded cluster has used so far; None where it cannot be told (another server, no /proc)."""
    if not embedded() or not Path("/proc/self/stat").exists():
        return None
    data = place(home()).data
    postmaster = int((data / "postmaster.pid").read_text().split("\n")[0])
    found = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == data.resolve():
                found += process_cpu(int(entry.name), buried=int(entry.name) == postmaster)
    return found


def tree_cpu(root: int) -> float:
    """Seconds of processor of a process and all that it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    waiting, found = [root], 0.0
    while waiting:
        pid = waiting.pop()
        found += process_cpu(pid, buried=True)
        waiting += parents.get(pid, [])
    return found


def checkpoint() -> None:
    """What is measured begins after one, the floors as we: each page that is changed for the first time since costs the log a whole page."""
    with connect(autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def p99(seconds: Sequence[float], share: float = 0.99) -> float:
    """The slowest hundredth (or another share) in milliseconds."""
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


def result(orders: int, elapsed: float, latencies: Sequence[float], *, client: float, server: float = 0.0, database: float | None) -> dict[str, Any]:
    """One line of the report. What bounds it: whoever was busy nearly all of the time, else waiting for the disk and each other."""
    parts = {"client": client, "server": server, **({} if database is None else {"database": database})}
    used = sum(parts.values()) / elapsed
    most = max(parts, key=lambda name: parts[name])
    cores = os.cpu_count() or 1
    if used > 0.9 * cores:
        bound = f"all {cores} processors ({', '.join(f'{name} {100 * s / elapsed:.0f} %' for name, s in parts.items() if s)})"
    else:
        bound = f"{most} ({100 * parts[most] / elapsed:.0f} % of a processor), the rest is waiting for commits, locks and each other"
    return {
        "orders_per_s": round(orders / elapsed, 1),
        "p99_ms": p99(latencies),
        "cpu_ms_per_order": {name: round(1000 * s / orders, 3) for name, s in parts.items()},
        "bound_by": bound,
        "orders": orders,
    }
