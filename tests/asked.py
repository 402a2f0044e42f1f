"""Idempotency, as every use case has it: asked twice it happens once; its key cannot be used for anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from packhorse.core import sql
from packhorse.core.errors import KeyReused

T = TypeVar("T")


def _traces() -> list[tuple[Any, ...]]:
    return sql.rows(
        "SELECT (SELECT count(*) FROM core_command), (SELECT count(*) FROM core_journal), (SELECT count(*) FROM inventory_move), (SELECT count(*) FROM core_outbox)"
    )


def done_once(use_case: Callable[..., T], *, other: Mapping[str, Any], **arguments: Any) -> T:
    """Carry out a use case with a fresh key and see that asking again gives the same answer and does nothing, and that the key is refused with `other` arguments. Its answer."""
    key = uuid4()
    answer = use_case(key=key, **arguments)
    traces = _traces()
    assert use_case(key=key, **arguments) == answer
    with pytest.raises(KeyReused):
        use_case(key=key, **{**arguments, **other})
    assert _traces() == traces
    return answer
