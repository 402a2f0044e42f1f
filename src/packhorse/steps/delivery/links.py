"""Links that cannot be guessed: an order's number of ours with a signature made by this installation's secret."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from packhorse.steps.delivery.errors import NoSuchLink


def token(order_id: int) -> str:
    """The last part of an order's tracking link."""
    return Signer(salt="packhorse.tracking").sign(str(order_id)).replace(":", "-", 1)


def order_of(text: str) -> int:
    """The order whose link this is.

    Raises: NoSuchLink.
    """
    try:
        return int(Signer(salt="packhorse.tracking").unsign(text.replace("-", ":", 1)))
    except (BadSignature, ValueError):
        raise NoSuchLink from None


def tracking_url(order_id: int) -> str:
    """The path of an order's public tracking page."""
    return f"/t/{token(order_id)}"
