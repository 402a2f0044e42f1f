"""Functions compiled to machine code by numba, kept on disk between processes.

Importing this costs half a second: only modules of compiled functions do, and those are imported by the functions that need them, never at the top of a module
that a web page or a command reaches. What is kept on disk lies beside the package where that can be written, else under the user's cache directory, else in the
temporary directory, in a folder named by a digest of all compiled source: numba itself does not notice that a function which another one calls has changed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])
HERE = Path(__file__).parent


def _digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in (path.read_bytes() for path in sorted(HERE.rglob("*.py"))):
        if b"@compiled" in source:
            digest.update(source)
    return digest.hexdigest()[:16]


def _candidates() -> Iterator[Path]:
    yield HERE / "__pycache__"
    yield Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "packhorse"
    yield Path(tempfile.gettempdir()) / f"packhorse-{os.getuid() if hasattr(os, 'getuid') else 0}"


def cache_directory() -> Path | None:
    """The first place that can be written; None if there is none, and every process compiles anew."""
    for base in _candidates():
        folder = base / f"compiled-{_digest()}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            continue
        ours = not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
        if ours and os.access(folder, os.W_OK):
            return folder
    return None


CACHE = None if os.environ.get("NUMBA_CACHE_DIR") else cache_directory()
if CACHE is not None:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]
_KEPT = bool(os.environ.get("NUMBA_CACHE_DIR")) or CACHE is not None


def compiled(function: F) -> F:
    """The function in machine code; `.py_func` is the Python it was made of. Floats keep their order of operations: same input, same output."""
    return cast("F", numba.njit(cache=_KEPT, nogil=True, error_model="numpy")(function))
