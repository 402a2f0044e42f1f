"""Good API keys, known for a second in each process, so that a program which calls a hundred times a second is not looked up a hundred times.

Revoking a key forgets it at once in the process that does it; another process asks the database again within `KNOWN_S`. Nothing is kept about keys that are no good.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Final

from packhorse.core.actors import Actor

#: How long a key that was revoked elsewhere may still be taken for good.
KNOWN_S: Final = 1.0
_MOST: Final = 1000

_lock = Lock()
#: Until when (monotonic) which actor stands behind the key of this digest.
_known: dict[bytes, tuple[float, Actor]] = {}
#: Rises when keys are forgotten: what was read before then is not remembered.
_forgotten = 0


def actor(digest: bytes) -> Actor | None:
    """Whom this key stands for, if it was looked up a moment ago."""
    found = _known.get(digest)
    return found[1] if found and time.monotonic() < found[0] else None


def mark() -> int:
    """To be taken before a key is looked up, and given to `remember`."""
    return _forgotten


def remember(digest: bytes, who: Actor, since: int) -> None:
    """The key was looked up and is good, unless one has been revoked since."""
    with _lock:
        if since != _forgotten:
            return
        if len(_known) >= _MOST:
            _known.clear()
        _known[digest] = (time.monotonic() + KNOWN_S, who)


def forget() -> None:
    """All keys are looked up anew: one was revoked."""
    global _forgotten
    with _lock:
        _forgotten += 1
        _known.clear()
