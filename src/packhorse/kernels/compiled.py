"""Functions compiled to machine code by numba, kept on disk between processes.

Importing this costs half a second: only modules of compiled functions do, and those are imported by the functions that need them, never at the top of a module
that a web page or a command reaches. What is kept on disk lies in NUMBA_CACHE_DIR where that is set, else beside the package where that can be written, else under the
user's cache directory, else in the temporary directory, in a folder named by a digest of all source that takes part: numba itself does not notice that a function or a
number which another module has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.types import unliteral

F = TypeVar("F", bound=Callable[..., object])
HERE = Path(__file__).parent


def _taking_part() -> set[Path]:
    """Modules with compiled functions, and those of ours that they import."""
    found, waiting = set[Path](), [path for path in HERE.rglob("*.py") if "\n@compiled" in path.read_text(encoding="utf-8")]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        names = re.findall(r"^\s*from packhorse\.kernels\.([\w.]+) import", path.read_text(encoding="utf-8"), re.MULTILINE)
        waiting += [module for name in names if (module := HERE / f"{name.replace('.', '/')}.py").is_file()]
    return found


def _digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(_taking_part()):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _candidates() -> Iterator[Path]:
    if own := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(own)
    yield HERE / "__pycache__"
    yield Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "packhorse"
    yield Path(tempfile.gettempdir()) / f"packhorse-{os.getuid() if hasattr(os, 'getuid') else 0}"


def cache_directory() -> Path | None:
    """The first place that can be written; None if there is none, and every process compiles anew."""
    for base in _candidates():
        folder = base / f"compiled-{_digest()}"
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except (OSError, RuntimeError):
            continue
        if _is_ours(base) and _is_ours(folder) and os.access(folder, os.W_OK):
            return folder
    return None


def _is_ours(folder: Path) -> bool:
    """Can nobody else put machine code there? Windows has no such marks."""
    if not hasattr(os, "getuid"):
        return True
    about = folder.stat()
    return about.st_uid == os.getuid() and not about.st_mode & stat.S_IWOTH


CACHE = cache_directory()
if CACHE is not None:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]


def compiled(function: F) -> F:
    """The function in machine code; `.py_func` is the Python it was made of. Floats keep their order of operations: same input, same output."""
    made: Any = numba.njit(cache=CACHE is not None, nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)  # type: ignore[call-overload]  # its stubs forget the option
    by_type = made.get_call_template

    def whatever_the_value(args: Sequence[Any], kws: dict[str, Any]) -> object:
        """A call with a constant is one with its type: else numba compiles the function again for each constant it is called with."""
        return by_type(tuple(map(unliteral, args)), {name: unliteral(value) for name, value in kws.items()})  # type: ignore[no-untyped-call]

    made.get_call_template = whatever_the_value
    return cast("F", made)


def inlined(function: F) -> F:
    """As `compiled`, but made part of each compiled function that calls it: what is called in one place is then compiled once, not for every function above it."""
    return cast("F", numba.njit(nogil=True, error_model="numpy", inline="always")(function))
