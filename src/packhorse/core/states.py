"""Stored states: a table of transitions as data, and the check that a change is one of them."""

from __future__ import annotations

from collections.abc import Mapping

from packhorse.core.errors import WrongState


def check_transition(table: Mapping[str, frozenset[str]], kind: str, current: str, wanted: str, *, page: str, pk: int) -> None:
    """Refuse unless the table lets `current` become `wanted`. `page`: the URL's name of the page of the one that `pk` names.

    Raises: WrongState.
    """
    if wanted not in table[current]:
        raise WrongState(kind=kind, state=current, wanted=wanted, page=page, id=pk)
