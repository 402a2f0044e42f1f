"""What makes an order impossible to take, in plain words, and what makes it wait. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter, le
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter
from pydantic_core import to_json

from packhorse.core.money import extend
from packhorse.ground.places.types import DELIVERABLE, UNDELIVERABLE, AddressData, Verdict
from packhorse.steps.orders.kits import BoughtKit
from packhorse.steps.orders.policy import IntakePolicy
from packhorse.steps.orders.types import MOST_NOTE, MOST_URGENT, NO_ADDRESS, SERVICES, NewOrder

#: The most lines of one order, the greatest quantity of one line, the greatest amount of one order (minor units).
MOST_LINES: Final = 10_000
MOST_UNITS: Final = 10_000_000
MOST_MINOR: Final = 10**14

REASONS: Final[dict[str, Promise]] = {
    "no_id": _("The order has no number of its channel."),
    "no_lines": _("The order has no lines."),
    "too_many_lines": _("The order has {lines} lines; {limit} is the most."),
    "unknown_sku": _("There is no item {sku}."),
    "bad_quantity": _("The quantity {quantity} of {sku} is not a whole number from 1 to {limit}."),
    "bad_price": _("The price {price} of {sku} cannot be: it must be from zero up, with at most six decimals."),
    "currency_mismatch": _("The order is in {currency}, but the client sells in {expected}."),
    "unknown_service": _("There is no service {service}."),
    "amount_too_large": _("The order's amount is larger than can be."),
    "payment_too_small": _("The payment of {given} does not cover the order's {wanted} (minor units)."),
    "bad_date": _("The order's date cannot be: it must have a time zone and lie in our days."),
    "bad_text": _("{field} is longer than can be stored, or holds a NUL."),
    "bad_priority": _("The priority {priority} is not a whole number from 0 to {limit}."),
    "unknown_provider": _("There is no payment provider {provider}."),
}

_ORDER: Final = TypeAdapter(NewOrder)
_ADDRESS: Final = tuple(f.name for f in fields(AddressData))
_ADDRESS_TEXTS: Final = attrgetter(*_ADDRESS)
#: The longest texts that the tables hold, of an order and of its address.
_MOST_TEXT: Final = {"external_id": 300, "channel": 100, "customer_ref": 300, "language": 5, "reservation": 300, "gift_note": MOST_NOTE}
_MOST_ALL: Final = _MOST_TEXT | {name: 2 if name == "country" else 1000 for name in _ADDRESS}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an order cannot be taken."""

    code: str
    data: Mapping[str, Any]

    @property
    def reason(self) -> str:
        return str(REASONS[self.code]).format(**self.data)


@dataclass(frozen=True, slots=True)
class Checked:
    """An order that can be taken: its items and amounts, line by line, and what is to be authorised (0: nothing)."""

    order: NewOrder
    item_ids: tuple[int, ...]
    amounts: tuple[int, ...]
    authorise_minor: int
    kits: tuple[BoughtKit, ...] = ()

    @property
    def goods_minor(self) -> int:
        return sum(self.amounts)


def check(order: NewOrder, *, items: Mapping[str, int], currency: str, providers: frozenset[str]) -> Checked | Fault:
    """Judge an order by itself: `items` is SKU → item of its client."""
    fault = _head(order, currency, providers)
    if fault:
        return fault
    ids: list[int] = []
    amounts: list[int] = []
    for line in order.lines:
        item = items.get(line.sku)
        if item is None:
            return Fault("unknown_sku", {"sku": line.sku})
        if not 0 < line.quantity <= MOST_UNITS:
            return Fault("bad_quantity", {"sku": line.sku, "quantity": line.quantity, "limit": MOST_UNITS})
        if not line.unit_price.is_finite() or line.unit_price < 0 or line.unit_price >= 10**11 or not _six_places(line.unit_price):
            return Fault("bad_price", {"sku": line.sku, "price": line.unit_price})
        ids.append(item)
        amounts.append(extend(line.quantity, line.unit_price, order.currency).amount_minor)
    total = sum(amounts) + order.charges_minor
    if sum(amounts) > MOST_MINOR or abs(order.charges_minor) > MOST_MINOR:
        return Fault("amount_too_large", {})
    pay = order.payment
    authorise = 0 if pay is None else max(0, total) if pay.amount_minor is None else pay.amount_minor
    if pay is not None and (authorise < total or authorise > MOST_MINOR):
        return Fault("payment_too_small" if authorise < total else "amount_too_large", {"given": authorise, "wanted": total})
    return Checked(order, tuple(ids), tuple(amounts), authorise)


def _six_places(price: Decimal) -> bool:
    exponent = price.as_tuple().exponent
    return (isinstance(exponent, int) and exponent >= -6) or price == price.quantize(Decimal("0.000001"))


def _unstorable(order: NewOrder) -> str:
    """The first field whose text the tables cannot hold; empty where there is none."""
    texts = [order.external_id, order.channel, order.customer_ref, order.language, order.reservation, order.gift.note if order.gift else ""]
    most = _MOST_TEXT
    if order.ship_to is not None:
        texts += _ADDRESS_TEXTS(order.ship_to)
        most = _MOST_ALL
    joined = "".join(texts)
    if "\x00" not in joined and all(map(le, map(len, texts), most.values())):
        return ""
    return next(name for text, (name, limit) in zip(texts, most.items(), strict=True) if len(text) > limit or "\x00" in text)


def _head(order: NewOrder, currency: str, providers: frozenset[str]) -> Fault | None:
    if not order.external_id.strip() or not order.channel.strip():
        return Fault("no_id", {})
    if not order.lines:
        return Fault("no_lines", {})
    if len(order.lines) > MOST_LINES:
        return Fault("too_many_lines", {"lines": len(order.lines), "limit": MOST_LINES})
    if order.placed_at.tzinfo is None or not 1970 <= order.placed_at.year <= 2200:
        return Fault("bad_date", {})
    if wrong := _unstorable(order):
        return Fault("bad_text", {"field": wrong})
    if order.currency != currency:
        return Fault("currency_mismatch", {"currency": order.currency, "expected": currency})
    if order.service not in SERVICES:
        return Fault("unknown_service", {"service": order.service})
    if not 0 <= order.priority <= MOST_URGENT:
        return Fault("bad_priority", {"priority": order.priority, "limit": MOST_URGENT})
    if order.payment is not None and order.payment.provider not in providers:
        return Fault("unknown_provider", {"provider": order.payment.provider})
    return None


def holds(checked: Checked, verdict: Verdict | None, policy: IntakePolicy) -> list[tuple[str, str]]:
    """(kind, note) of what the order must wait for. Notes carry codes and places, nothing personal."""
    order = checked.order
    found: list[tuple[str, str]] = []
    if checked.authorise_minor:
        found.append(("payment", ""))
    if verdict is None:
        found.append(("address", NO_ADDRESS))
    elif verdict.level == UNDELIVERABLE or (verdict.level != DELIVERABLE and policy.hold_suspect_addresses):
        found.append(("address", "; ".join(p.code for p in verdict.problems)))
    if policy.value_limit_minor is not None and checked.goods_minor + order.charges_minor > policy.value_limit_minor:
        found.append(("value", ""))
    watched = sorted(({line.sku for line in order.lines} | {kit.sku for kit in checked.kits}) & policy.watch_skus)
    country = order.ship_to.country if order.ship_to else ""
    if watched or country in policy.watch_countries:
        found.append(("manual", ", ".join([*watched, *([country] if country in policy.watch_countries else [])])))
    return found


def payload(order: NewOrder) -> dict[str, Any]:
    """The order as JSON: what quarantine keeps and replay reads."""
    found: dict[str, Any] = _ORDER.dump_python(order, mode="json")
    return found


def restore(found: Mapping[str, Any]) -> NewOrder:
    """The order from what quarantine kept.

    Raises: pydantic.ValidationError.
    """
    return _ORDER.validate_python(dict(found))


def fingerprint(found: Any) -> str:
    """The same bad payload sent again has the same one."""
    return hashlib.sha256(to_json(found)).hexdigest()
