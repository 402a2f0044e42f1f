"""Which carriers there are, by code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from packhorse.ground.carriers.errors import UnknownCarrier
from packhorse.ground.carriers.port import Carrier
from packhorse.ground.carriers.tariff.carrier import TariffCarrier

_carriers: dict[str, Carrier] = {"tariff": TariffCarrier()}


def carrier(code: str) -> Carrier:
    """The carrier of that code.

    Raises: UnknownCarrier.
    """
    try:
        return _carriers[code]
    except KeyError:
        raise UnknownCarrier(code=code) from None


def carriers() -> list[Carrier]:
    """All carriers, by code."""
    return [_carriers[code] for code in sorted(_carriers)]


def register(one: Carrier) -> None:
    """Add a carrier, or put a differently configured one in its place, for this process."""
    _carriers[one.code] = one


@contextmanager
def using(one: Carrier) -> Iterator[None]:
    """Put a carrier in place for a block: tests and simulations."""
    before = _carriers.get(one.code)
    _carriers[one.code] = one
    try:
        yield
    finally:
        if before is None:
            del _carriers[one.code]
        else:
            _carriers[one.code] = before
