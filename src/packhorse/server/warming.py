"""Plans compiled before somebody waits for the first of them, and loaded where somebody will: in the processes that serve the bench."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from packhorse.server import lifeline
from packhorse.server.exits import FAILED

NICE: Final = 10


def warm(*, nice: int = NICE) -> None:
    """Compiles what packing and planning walks need, where that is not done yet, in a process of its own that ends then: the first plan does not wait for it."""
    threading.Thread(target=_compiling(nice).wait, name="warm", daemon=True).start()  # or it would stay a zombie


def load() -> None:
    """Loads what packing needs into this process, beside its work: the first tote that is scanned waits for neither compiling nor loading."""
    threading.Thread(target=_load, name="load", daemon=True).start()


def _load() -> None:
    from packhorse.kernels import compiled
    from packhorse.kernels.packing import solve

    if _done(compiled.CACHE) or _compiling(NICE).wait() == 0:
        solve.warm_up()
        gc.collect()
        gc.freeze()  # what was loaded stays: nobody's request looks through it for garbage


def _compiling(nice: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "packhorse.server.warming", str(nice)], stdin=subprocess.DEVNULL)  # noqa: S603 - our own Python


def _done(cache: Path | None) -> bool:
    """Whether all of it was compiled before; what changes has another folder."""
    return cache is not None and (cache / "done").exists()


def main(nice: int) -> int:
    """Compile, where what is compiled can be kept, else 1. Of several that come at once one does, and the others find it done."""
    lifeline.hold()
    os.nice(nice)
    from packhorse.kernels import compiled
    from packhorse.kernels.packing import solve as packing
    from packhorse.kernels.picking import solve as picking

    if compiled.CACHE is None:
        return FAILED
    compiled.CACHE.mkdir(parents=True, exist_ok=True)
    with (compiled.CACHE / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _done(compiled.CACHE):
            packing.warm_up()
            picking.warm_up()
            (compiled.CACHE / "done").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
