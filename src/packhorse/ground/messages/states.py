"""The states of a message."""

from __future__ import annotations

from typing import Final

FIRST: Final = "queued"

#: `sending` has a lease: when it runs out (the sender died), the message is taken up again.
MESSAGE: Final[dict[str, frozenset[str]]] = {
    "queued": frozenset({"sending", "cancelled"}),
    "sending": frozenset({"sending", "sent", "queued", "failed"}),
    "sent": frozenset(),
    "failed": frozenset({"queued"}),
    "cancelled": frozenset(),
}
