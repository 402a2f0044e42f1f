"""The answer to a slotting problem."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A good goes to another slot; what lived there (partner) comes back in its place. All by number.

    What it saves a day, with all exchanges before it in the answer made: metres by walking all past walks again, seconds by reach, and both in seconds; what it costs in seconds, and after how
    many days that is paid back. far: metres from the depot to the slot and back. companions: goods and how often they were picked on the same walks, most first, that are within easy way now.
    """

    good: int
    source: int
    target: int
    partner: int | None
    metres_a_day: float
    reach_s_a_day: float
    seconds_a_day: float
    cost_s: float
    days_to_pay: float
    far_before: float
    far_after: float
    companions: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Exchanges, the best first; no good and no slot is in two of them, so each can be made alone. metres: of all walks, before and with all of them made; looked_at: exchanges measured."""

    exchanges: tuple[Exchange, ...]
    metres_before: float
    metres_after: float
    looked_at: int
    seconds: float
