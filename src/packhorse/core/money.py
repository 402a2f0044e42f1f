"""Money: integers of the currency's minor unit; unit prices are Decimals with six places.

Each amount is rounded once, half away from zero (ISO 80000-1 annex B rule B, the usual commercial rule), and what rounding took or gave is kept as the residue,
so that a file of amounts always reconciles exactly: exact value = sum of amounts + sum of residues.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from packhorse.core.errors import PackhorseError

PRICE_PLACES = Decimal("0.000001")
#: The code of no currency (ISO 4217): of a file in which nothing names one.
NO_CURRENCY = "XXX"
_EXPONENTS = {"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0,
              "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3}  # fmt: skip


class CurrencyMismatch(PackhorseError):
    """Amounts of two currencies ({left} and {right}) never add."""

    status = 422
    no_page = "what was sent is wrong"


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def major(amount_minor: int, currency: str) -> Decimal:
    """An amount in minor units as one in major units, as prices are."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency."""

    amount_minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __str__(self) -> str:
        places = exponent(self.currency)
        sign = "-" if self.amount_minor < 0 else ""
        whole, part = divmod(abs(self.amount_minor), 10**places)
        return f"{sign}{whole:,}{f'.{part:0{places}d}' if places else ''} {self.currency}"


@dataclass(frozen=True, slots=True)
class Rounded:
    """An amount in minor units and the residue that rounding left (exact − rounded, in minor units)."""

    amount_minor: int
    residue_minor: Decimal


def round_minor(exact_minor: Decimal) -> Rounded:
    """Round an exact number of minor units once, half away from zero."""
    amount = int(exact_minor.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return Rounded(amount, exact_minor - amount)


def extend(quantity: int, unit_price: Decimal, currency: str) -> Rounded:
    """quantity × unit price (in major units) as an amount in minor units."""
    return round_minor(quantity * unit_price * 10 ** exponent(currency))


def share(total_minor: int, weights: list[int]) -> list[int]:
    """Split an amount in proportion to weights so that the parts add up exactly (largest remainder; ties to the earlier).

    With no weight at all the first part takes everything.
    """
    assert weights, "nothing to share among"
    base = sum(weights)
    if base == 0:
        return [total_minor, *([0] * (len(weights) - 1))]
    sign, total = (-1, -total_minor) if total_minor < 0 else (1, total_minor)
    parts = [total * w // base for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % base), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return [sign * p for p in parts]
