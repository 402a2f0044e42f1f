"""Ways to forecast a level of demand. Each gives, for every moment of the history, what it would have expected per period from what came before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Method = Callable[[Sequence[float]], list[float]]


def moving_average(window: int) -> Method:
    """The mean of the last `window` periods (of all, while there are fewer)."""

    def expect(history: Sequence[float]) -> list[float]:
        sums = [0.0]
        for quantity in history:
            sums.append(sums[-1] + quantity)
        return [0.0, *((sums[t] - sums[max(0, t - window)]) / min(t, window) for t in range(1, len(history) + 1))]

    return expect


def exponential_smoothing(alpha: float) -> Method:
    """Simple exponential smoothing (Brown 1956), started at the mean of the first periods, so that one outlier does not set the level."""

    def expect(history: Sequence[float]) -> list[float]:
        levels, level = [0.0], 0.0
        for t, quantity in enumerate(history):
            weight = max(alpha, 1 / (t + 1))
            level += weight * (quantity - level)
            levels.append(level)
        return levels

    return expect


def croston_sba(alpha: float) -> Method:
    """Croston (1972): sizes and intervals of demand smoothed apart; with the correction of Syntetos and Boylan (2005)."""

    def expect(history: Sequence[float]) -> list[float]:
        levels, size, interval, since, met = [0.0], 0.0, 1.0, 0, 0
        for quantity in history:
            since += 1
            if quantity > 0:
                met += 1
                weight = max(alpha, 1 / met)
                size += weight * (quantity - size)
                interval += weight * (since - interval)
                since = 0
            levels.append((1 - alpha / 2) * size / interval if met else 0.0)
        return levels

    return expect


METHODS: dict[str, Method] = {
    **{f"mean of {window}": moving_average(window) for window in (4, 8, 13, 26)},
    **{f"smoothing {alpha}": exponential_smoothing(alpha) for alpha in (0.05, 0.1, 0.2, 0.35)},
    **{f"croston {alpha}": croston_sba(alpha) for alpha in (0.05, 0.1, 0.2)},
}
