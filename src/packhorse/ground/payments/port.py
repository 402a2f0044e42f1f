"""What a payment provider is to the house: it moves money when asked and decides nothing.

Every ask carries our key. The same key asked again gives the same answer and moves nothing twice; an answer that got lost is looked up by that key
before anything is asked again.
Asks come in lists, because orders do; answers come back in the same order, one each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    """How an ask ended. `unknown`: the provider did not say; look the key up."""

    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authorise:
    """Reserve an amount (minor units) on the customer's means of payment that `token` stands for. `reference` is what the customer reads on the statement."""

    key: UUID
    amount_minor: int
    currency: str
    token: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """Take (part of) an authorised amount. `authorisation` is the `provider_ref` that authorising gave."""

    key: UUID
    authorisation: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Give (part of) a captured amount back."""

    key: UUID
    authorisation: str
    amount_minor: int
    currency: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Void:
    """Let go of what is authorised and not captured."""

    key: UUID
    authorisation: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said to one ask. `amount_minor` is what moved (0 unless done); `expires_at` (UTC) is set where something was authorised.

    `reason` is a code: `insufficient_funds`, `authorisation_expired`, `over_capture`, `over_refund`, `voided`, `no_such_authorisation`, `currency`, `amount`,
    `no_answer`.
    """

    key: UUID
    outcome: Outcome
    provider_ref: str = ""
    amount_minor: int = 0
    reason: str = ""
    expires_at: dt.datetime | None = None

    @property
    def done(self) -> bool:
        return self.outcome is Outcome.DONE


class Provider(Protocol):
    """One payment provider. Called outside of any use case; raises nothing for what the customer or the bank decides."""

    name: str

    def authorise(self, asks: Sequence[Authorise]) -> list[Answer]: ...

    def capture(self, asks: Sequence[Capture]) -> list[Answer]: ...

    def refund(self, asks: Sequence[Refund]) -> list[Answer]: ...

    def void(self, asks: Sequence[Void]) -> list[Answer]: ...

    def look_up(self, keys: Iterable[UUID]) -> dict[UUID, Answer]:
        """What became of asks whose answers got lost. A key that is missing was never seen (or had no effect): it may be asked again."""
        ...
