"""Questions about the providers' books, for the proof of ours."""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.core import sql
from packhorse.core.actors import Scope


@dataclass(frozen=True, slots=True)
class Totals:
    """What a provider's book says of one currency, in minor units."""

    currency: str
    authorised_minor: int
    captured_minor: int
    refunded_minor: int


def test_totals(scope: Scope) -> list[Totals]:
    """The test provider's book by currency. It knows no clients, so a limited reader sees nothing."""
    if scope.client_ids is not None:
        return []
    found = sql.rows(
        """SELECT currency, coalesce(sum(amount_minor), 0)::bigint, coalesce(sum(captured_minor), 0)::bigint, coalesce(sum(refunded_minor), 0)::bigint
           FROM payments_testcharge GROUP BY currency ORDER BY currency"""
    )
    return [Totals(*row) for row in found]


test_totals.__test__ = False  # type: ignore[attr-defined] # not a test
