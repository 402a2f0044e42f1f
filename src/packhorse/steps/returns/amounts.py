"""What was paid for some units of a line: the line's amount shared over its units by cumulative rounding, so that the parts always add up to the whole."""

from __future__ import annotations


def value(amount_minor: int, ordered: int, units: int) -> int:
    """What the first `units` of a line of `ordered` cost, rounded half up. All minor units."""
    return (2 * amount_minor * units + ordered) // (2 * ordered)


def next_units(amount_minor: int, ordered: int, before: int, units: int) -> int:
    """What the next `units` cost, `before` having been given back already: over all of a line these add up to its amount exactly."""
    return value(amount_minor, ordered, before + units) - value(amount_minor, ordered, before)
