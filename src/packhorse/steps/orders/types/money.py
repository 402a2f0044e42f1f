"""Money: what is asked, what was answered, what an order stands at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from packhorse.core.money import Money


@dataclass(frozen=True, slots=True)
class PaymentEntryInfo:
    """What happened to the money."""

    at: dt.datetime
    kind: str
    amount: Money
    provider: str
    provider_ref: str
    note: str


@dataclass(frozen=True, slots=True)
class PaymentRequestInfo:
    """Money that is to be moved, or was. `state`: waiting, done, failed."""

    id: int
    order_id: int
    kind: str
    amount: Money
    provider: str
    state: str
    attempts: int
    error: str
    asked_at: dt.datetime
    next_attempt_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MoneyInfo:
    """An order's money. `payment` is the state of states.PAYMENT, or `none` where it is paid elsewhere."""

    payment: str
    goods: Money
    charges: Money
    authorised: Money
    captured: Money
    refunded: Money
    entries: tuple[PaymentEntryInfo, ...]
    requests: tuple[PaymentRequestInfo, ...]

    @property
    def total(self) -> Money:
        return self.goods + self.charges


@dataclass(frozen=True, slots=True)
class WaitingPayment:
    """A payment request that a provider is to be asked. `attempts` counts this one: beyond the first its key is looked up before it is asked again."""

    request_id: int
    kind: str
    amount_minor: int
    currency: str
    key: UUID
    provider: str
    token: str
    authorisation: str
    reference: str
    attempts: int


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What a provider said to a payment request. `outcome` as in ground.payments.port: done, declined, expired, refused, unknown."""

    request_id: int
    outcome: str
    provider_ref: str = ""
    amount_minor: int = 0
    reason: str = ""
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ShippedOrder:
    """Goods of an order left; `journal_id` is the entry that told it."""

    order_id: int
    journal_id: int


@dataclass(frozen=True, slots=True)
class MoneyProof:
    """The books of one currency: what was captured against what was shipped, and what was given back. Orders that are paid elsewhere are left out of all of it.

    `failed_captures_minor` is summed from the captures that were refused and not asked for anew; `uncovered_minor` is due and can not be asked for yet: an authorisation for it waits or was
    declined (never more than those amount to).
    """

    currency: str
    shipped_value_minor: int
    charges_minor: int
    captured_minor: int
    refunded_minor: int
    authorised_minor: int
    waiting_captures_minor: int
    failed_captures_minor: int
    uncovered_minor: int
    entries_captured_minor: int
    entries_refunded_minor: int

    @property
    def reconciled(self) -> bool:
        """Captured (with what still waits, was refused by the bank or is not covered) is the shipped value and charges, and the sums are those of the entries."""
        explained = self.captured_minor + self.waiting_captures_minor + self.failed_captures_minor + self.uncovered_minor
        return (
            explained == self.shipped_value_minor + self.charges_minor
            and self.entries_captured_minor == self.captured_minor
            and self.entries_refunded_minor == self.refunded_minor
        )
