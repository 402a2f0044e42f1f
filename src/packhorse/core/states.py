"""Stored states: a table of transitions as data, and the check that a change is one of them."""

from __future__ import annotations

from collections.abc import Mapping

from packhorse.core.errors import WrongState


def check_transition(table: Mapping[str, frozenset[str]], kind: str, current: str, wanted: str) -> None:
    """Refuse unless the table lets `current` become `wanted`.

    Raises: WrongState.
    """
    if wanted not in table[current]:
        raise WrongState(kind=kind, state=current, wanted=wanted)
