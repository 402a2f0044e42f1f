"""Why returns refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class TooManyToReturn(PackhorseError):
    """Of {sku} only {left} can still be returned, not {asked}."""

    status = 422
    blocked_by = ("orders:order", "order_id")
    advice = _("What was not shipped, came back already, was refunded already or is on its way back cannot be returned again.")


class NothingAsked(PackhorseError):
    """A return names at least one line, each once, with a quantity above zero and a reason."""

    status = 422
    no_page = "what was sent is wrong"


class NothingLeftToInspect(PackhorseError):
    """Of {sku} {left} wait for inspection, not {asked}."""

    blocked_by = ("returns:return", "rma_id")
    advice = _("Somebody else may have inspected them; look at the return again.")


class NotSellable(PackhorseError):
    """Goods of grade {grade} cannot go back on sale."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("Choose another disposition, or grade A or B.")


class LotNeeded(PackhorseError):
    """{sku} is kept by lot; say which lot came back."""

    status = 422
    no_page = "what was scanned is wrong"
    advice = _("Scan the lot, or type it from the package.")


class NotYetDue(PackhorseError):
    """Return {number} is not ready to be settled: {why}."""

    blocked_by = ("returns:return", "rma_id")


class NothingToRefund(PackhorseError):
    """Nothing can be refunded: {why}."""

    status = 422
    blocked_by = ("orders:order", "order_id")


class NobodyToAnswer(PackhorseError):
    """Nobody's address is known for ticket {number}."""

    blocked_by = ("returns:ticket", "ticket_id")
    advice = _("Tie the ticket to an order, or call the customer.")
