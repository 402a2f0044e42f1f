"""Failures on purpose: so that time-outs, refusals and unknown outcomes can be met in a test or a demonstration. Nothing fails unless it is asked to."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failures:
    """Shares of calls, between 0 and 1.

    `timeout`: the call never reached the carrier (decided by key and minute, so asking a minute later can succeed). `unknown`: it was carried out, but the answer was lost.
    `declined`: the carrier refuses this key for good.
    """

    timeout: float = 0.0
    unknown: float = 0.0
    declined: float = 0.0
    seed: int = 0

    def _roll(self, kind: str, key: str) -> float:
        digest = hashlib.blake2b(f"{self.seed}:{kind}:{key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64

    def times_out(self, key: str, now: dt.datetime) -> bool:
        return self._roll("timeout", f"{key}:{now:%Y%m%d%H%M}") < self.timeout

    def loses_answer(self, key: str) -> bool:
        return self._roll("unknown", key) < self.unknown

    def declines(self, key: str) -> bool:
        return self._roll("declined", key) < self.declined


NONE = Failures()
