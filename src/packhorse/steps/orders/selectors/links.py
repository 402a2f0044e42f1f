"""Links for customers that cannot be guessed: an order's number of ours with a signature made by this installation's secret."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer

from packhorse.steps.orders.errors import NoSuchLink

_SALT = "packhorse.tracking"


def link_token(order_id: int) -> str:
    """The last part of an order's links."""
    return Signer(salt=_SALT).sign(str(order_id)).replace(":", "-", 1)


def order_of_link(token: str) -> int:
    """The order whose link this is.

    Raises: NoSuchLink.
    """
    try:
        return int(Signer(salt=_SALT).unsign(token.replace("-", ":", 1)))
    except (BadSignature, ValueError):
        raise NoSuchLink from None


def tracking_path(order_id: int) -> str:
    """An order's public tracking page, for a link on a page of ours."""
    return f"/t/{link_token(order_id)}"


def tracking_url(order_id: int) -> str:
    """The same, whole, for a mail."""
    return f"{settings.PACKHORSE_URL}{tracking_path(order_id)}"


def return_url(order_id: int) -> str:
    """Where the customer asks for a return of an order and follows it; whole, for a mail."""
    return f"{settings.PACKHORSE_URL}/r/{link_token(order_id)}"
