"""Learn a standard: robust regression by Huber's weights (1964), iterated; no part of it is negative.

An act that took oddly long (a chat, a jam) or short (two scans at once) pulls the less, the farther it is off: beyond 1.345 robust standard deviations (from the median of the deviations) its
weight falls as one over its distance. A figure that would come out negative is left out and the others are learned anew. The same acts give the same standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from packhorse.kernels.labour.problem import Act, Standard

#: Fewer acts teach nothing.
LEAST: Final = 30
_HUBER, _ROUNDS, _STILL = 1.345, 50, 1e-6


def solve(acts: Sequence[Act]) -> Standard | None:
    """The standard of these acts; None where there are too few."""
    if len(acts) < LEAST:
        return None
    import numpy as np

    y = np.array([a.seconds for a in acts])
    columns = {0: np.ones(len(acts)), 1: np.array([a.units for a in acts]), 2: np.array([a.metres for a in acts])}
    # What never varies tells nothing beside the act itself.
    used = [0, *(n for n in (1, 2) if np.ptp(columns[n]) > 0)]
    while True:
        x = np.column_stack([columns[n] for n in used])
        found = np.linalg.lstsq(x, y, rcond=None)[0]
        for _ in range(_ROUNDS):
            off = np.abs(y - x @ found)
            scale = max(1.4826 * float(np.median(off)), 1e-9)
            root = np.sqrt(np.minimum(1.0, _HUBER * scale / np.maximum(off, 1e-12)))
            then = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
            still = bool(np.all(np.abs(then - found) <= _STILL * (1 + np.abs(found))))
            found = then
            if still:
                break
        worst = int(np.argmin(found))
        if found[worst] >= 0 or len(used) == 1:
            break
        used.pop(worst)
    figures = dict(zip(used, (max(0.0, float(f)) for f in found), strict=True))
    return Standard(figures.get(0, 0.0), figures.get(1, 0.0), figures.get(2, 0.0), float(np.median(np.abs(y - x @ found))), len(acts))
