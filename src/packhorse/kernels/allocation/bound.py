"""The most units that any allocation could serve, per item.

Of two demands the stricter one's usable levels are a part of the other's. So the strictest demands are served first from what they may use, and each next one
from what is left of a larger pool; nothing can serve more (Hall's condition on nested sets).
"""

from __future__ import annotations

from collections import defaultdict

from packhorse.kernels.allocation.problem import Demand, Problem


def most_served(problem: Problem) -> dict[int, int]:
    """Item id -> units."""
    demands: dict[int, list[Demand]] = defaultdict(list)
    for demand in problem.demands:
        demands[demand.item].append(demand)
    served = {}
    for item, wanted in demands.items():
        levels = [level for level in problem.levels if level.item == item]
        total = 0
        for demand in sorted(wanted, key=lambda d: d.min_remaining_days or 0, reverse=True):
            pool = sum(
                level.free
                for level in levels
                if level.expires_on is None or level.expires_on.toordinal() - problem.today.toordinal() >= (demand.min_remaining_days or 0)
            )
            total += min(demand.quantity, pool - total)
        served[item] = total
    return served
