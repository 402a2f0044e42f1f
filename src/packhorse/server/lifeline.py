"""A child process does not outlive its parent, however that one ends."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from typing import Final

#: The pid of the process tree, set for its children; everything else may be started by whoever likes to.
MARK: Final = "PACKHORSE_CHILD"
_PR_SET_PDEATHSIG: Final = 1


def hold() -> None:
    """Ask the kernel for SIGTERM when our parent ends (Linux), if we are part of a process tree."""
    if not os.environ.get(MARK) or platform.system() != "Linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1 and os.environ[MARK] != "1":  # it ended before we could ask
        os.kill(os.getpid(), signal.SIGTERM)
