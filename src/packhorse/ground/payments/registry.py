"""Which payment providers there are."""

from __future__ import annotations

from packhorse.core.errors import PackhorseError
from packhorse.ground.payments.manual.provider import Manual
from packhorse.ground.payments.port import Provider
from packhorse.ground.payments.test.provider import Test


class UnknownProvider(PackhorseError):
    """There is no payment provider {name}."""

    status = 422


_PROVIDERS: dict[str, Provider] = {"test": Test(), "manual": Manual()}


def provider(name: str) -> Provider:
    """Raises: UnknownProvider."""
    try:
        return _PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(name=name) from None


def names() -> list[str]:
    return sorted(_PROVIDERS)
