"""Payment by promise: what is authorised is recorded, what is captured is owed on the invoice. Nothing moves here, so asking again is always safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from packhorse.ground.payments.port import Answer, Authorise, Capture, Outcome, Refund, Void


class Manual:
    """Says done to everything, under a reference made from our key."""

    name = "manual"

    def authorise(self, asks: Sequence[Authorise]) -> list[Answer]:
        return [_done(a.key, a.amount_minor) for a in asks]

    def capture(self, asks: Sequence[Capture]) -> list[Answer]:
        return [_done(a.key, a.amount_minor) for a in asks]

    def refund(self, asks: Sequence[Refund]) -> list[Answer]:
        return [_done(a.key, a.amount_minor) for a in asks]

    def void(self, asks: Sequence[Void]) -> list[Answer]:
        return [_done(a.key, 0) for a in asks]

    def look_up(self, keys: Iterable[UUID]) -> dict[UUID, Answer]:  # noqa: ARG002 - as the port says
        """Nothing is remembered and nothing moved: all may be asked again."""
        return {}


def _done(key: UUID, amount_minor: int) -> Answer:
    return Answer(key=key, outcome=Outcome.DONE, provider_ref=f"manual-{key.hex[:20]}", amount_minor=amount_minor)
