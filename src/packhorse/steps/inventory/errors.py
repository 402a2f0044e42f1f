"""Why stock refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class OutOfStock(PackhorseError):
    """There is not that much: {asked} asked for of item {item_id} at location {location_id}, {free} free."""

    advice = _("Scan the place again, or count it.")


class StockPromised(PackhorseError):
    """These goods are promised to customers: of item {item_id}, {available} can leave, {asked} asked for."""

    advice = _("Cancel or move the orders that wait for them first, or count the bin to state what is really there.")


class AllocationClosed(PackhorseError):
    """This allocation is closed, moved or smaller than {asked}: {allocation_id}."""

    advice = _("Somebody was faster; ask for the task again.")


class LotBlocked(PackhorseError):
    """Lot {lot} must not leave: {reason}."""

    advice = _("Put these units aside and pick another lot.")
