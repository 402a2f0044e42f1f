"""Plans compiled before somebody waits for the first of them."""

from __future__ import annotations

import subprocess
import sys
import threading


def warm(*, nice: int = 10) -> None:
    """Compiles what packing and planning walks need, where that is not done yet, in a process of its own that ends then: the first plan does not wait for it."""
    code = f"import os; os.nice({nice}); from packhorse.kernels.packing import solve as p; p.warm_up(); from packhorse.kernels.picking import solve as q; q.warm_up()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL)  # noqa: S603 - our own Python
    threading.Thread(target=process.wait, name="warm", daemon=True).start()  # or it would stay a zombie
