"""Which few of many candidates serve everybody at the least cost (the p-median problem): one after the other by what each saves most, then swapped while that saves more.

Source: Teitz and Bart, "Heuristic methods for estimating the generalized vertex median of a weighted graph", Operations Research 16 (1968) 955-961.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from packhorse.kernels.packing.spaces import Floats


def medians(costs: Floats, times: Sequence[int], many: int) -> list[int]:
    """So many columns of `costs` (a row a customer, who comes so many times and takes the cheapest chosen column), ascending."""
    weights = np.asarray(times, np.float64)

    def cheapest_with(chosen: Sequence[int]) -> Floats:
        """What all cost with these columns and each further one."""
        served = costs[:, chosen].min(1, initial=np.inf)
        totals: Floats = weights @ np.minimum(costs, served[:, None])
        totals[list(chosen)] = np.inf
        return totals

    chosen: list[int] = []
    best = np.inf
    while len(chosen) < min(many, costs.shape[1]):
        totals = cheapest_with(chosen)
        chosen.append(int(totals.argmin()))
        best = totals[chosen[-1]]
    at = tried = 0
    while tried < len(chosen):
        totals = cheapest_with(chosen[:at] + chosen[at + 1 :])
        totals[chosen] = np.inf
        instead = int(totals.argmin())
        tried += 1
        if totals[instead] < best - 1e-9:
            best, chosen[at], tried = totals[instead], instead, 0
        at = (at + 1) % len(chosen)
    return sorted(chosen)
