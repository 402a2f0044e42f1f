"""Chance that depends on nothing but the seed and what it is about, so that a run that was killed and started again throws the same."""

from __future__ import annotations

import hashlib
import random


class Dice:
    """Throws by name: the same seed and name give the same answer."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def share(self, *name: object) -> float:
        """A number from 0 to below 1."""
        digest = hashlib.blake2b(repr((self.seed, *name)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def hits(self, probability: float, *name: object) -> bool:
        return self.share(*name) < probability

    def of(self, *name: object) -> random.Random:
        """A generator of its own for what needs more than one throw."""
        return random.Random(repr((self.seed, *name)))  # noqa: S311 - variety, not secrets
