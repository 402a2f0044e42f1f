"""Quantiles of a count of which mean and variance are known: negative binomial, Poisson where it varies no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

LARGE = 1000.0  # above this mean the normal distribution is used


def count_quantiles(mean: float, variance: float, levels: Sequence[float]) -> list[float]:
    """The smallest counts that are not exceeded with these probabilities, in the order of `levels`."""
    if mean <= 0:
        return [0.0] * len(levels)
    if mean > LARGE:
        spread = NormalDist(mean, sqrt(max(variance, mean)))
        return [max(0.0, round(spread.inv_cdf(level))) for level in levels]
    found: dict[float, float] = {}
    cumulated, count = 0.0, 0
    wanted = sorted(levels)
    limit = mean + 60 * sqrt(max(variance, mean)) + 60
    while wanted:
        cumulated += exp(_log_mass(count, mean, variance))
        while wanted and (cumulated >= wanted[0] or count > limit):
            found[wanted.pop(0)] = float(count)
        count += 1
    return [found[level] for level in levels]


def _log_mass(count: int, mean: float, variance: float) -> float:
    """Logarithm of the probability of this count."""
    if variance <= mean * (1 + 1e-9):
        return count * log(mean) - mean - lgamma(count + 1)
    size = mean * mean / (variance - mean)
    chance = mean / variance
    return lgamma(count + size) - lgamma(size) - lgamma(count + 1) + size * log(chance) + count * log1p(-chance)
