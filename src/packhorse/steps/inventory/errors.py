"""Why stock refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError


class OutOfStock(PackhorseError):
    """There is not that much: {asked} asked for of {sku} at {place}, {free} free."""

    blocked_by = ("inventory:item", "item_id")
    advice = _("Scan the place again, or count it.")


class StockPromised(PackhorseError):
    """These goods are promised to customers: of {sku}, {available} can leave, {asked} asked for."""

    blocked_by = ("inventory:item", "item_id")
    advice = _("Cancel or move the orders that wait for them first, or count the bin to state what is really there.")


class AllocationClosed(PackhorseError):
    """This allocation is closed, moved or smaller than {asked}: {allocation_id}."""

    blocked_by = ("inventory:item", "item_id")
    advice = _("Somebody was faster; ask for the task again.")


class LotBlocked(PackhorseError):
    """Lot {lot} must not leave: {reason}."""

    blocked_by = ("inventory:lot", "lot_id")
    advice = _("Put these units aside and pick another lot.")


class LotNotFree(PackhorseError):
    """Of lot {lot}, {wanted} units are not free here, or do not last long enough."""

    blocked_by = ("inventory:lot", "lot_id")
    advice = _("Take from the lot that is asked for. If it is not here, press Short.")


class LotMissing(PackhorseError):
    """Item {sku} is tracked by {tracking}: say which."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("Scan the code that carries the lot, or type what is printed on the goods.")


class LotDiffers(PackhorseError):
    """Lot {lot} is known with expiry {known}, not {given}."""

    blocked_by = ("inventory:lot", "lot_id")
    advice = _("Look at the goods again. If the old date was wrong, a manager holds the lot and receives it under a new code.")


class SerialIsOne(PackhorseError):
    """A serial number is one unit: {quantity} of {sku} need as many serial numbers."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("Receive or count each unit with its own serial number.")


class SerialTwice(PackhorseError):
    """Serial number {serial} of {sku} is one unit, and stands at {place} already."""

    blocked_by = ("inventory:lot", "lot_id")
    advice = _("Read the number again. If it is right, count the place where it is said to be.")


class ForeignItem(PackhorseError):
    """Item {item_id} does not belong to this client."""

    status = 422
    no_page = "what was sent is wrong"
    advice = _("Put it aside and ask whose it is.")


class KitNotStocked(PackhorseError):
    """{sku} is a kit: it is sold by its components and never stocked itself."""

    status = 422
    blocked_by = ("inventory:item", "item_id")
    advice = _("Enter its components, each by itself.")


class WrongPlace(PackhorseError):
    """{place} cannot take these goods: {reason}."""

    blocked_by = ("warehouse:location", "location_id")
    advice = _("Scan another place in this warehouse.")


class NothingLeft(PackhorseError):
    """Of this task {open} units are left, not {asked}."""

    blocked_by = ("inventory:put-away-task", "task_id")
    advice = _("Ask for the task again: somebody may have put some away already.")


class UnitNotAnnounced(PackhorseError):
    """Load {sscc} was not announced for this purchase order, or has come already."""

    status = 404
    no_page = "what is not there has no page"
    advice = _("Receive it item by item.")


class SupplierTaken(PackhorseError):
    """There is a supplier {code} already."""

    blocked_by = ("inventory:suppliers", "")


class ReferenceTaken(PackhorseError):
    """There is a purchase order with the reference {reference} already: {number}."""

    blocked_by = ("inventory:purchase-order", "purchase_order_id")


class CountTaken(PackhorseError):
    """Somebody else is counting this bin."""

    blocked_by = ("inventory:count", "count_id")
    advice = _("Count another bin; the first count must be one person's.")


class SameCounter(PackhorseError):
    """The second count must be another person's."""

    blocked_by = ("inventory:count", "count_id")
    advice = _("Ask a colleague to count this bin again.")


class NotInThisCount(PackhorseError):
    """This count is for another item than {sku}."""

    blocked_by = ("inventory:count", "count_id")
    advice = _("Count only what is asked for, or request a count of the whole bin.")


class Ambiguous(PackhorseError):
    """{code} may mean more than one thing here."""

    no_page = "what was sent is wrong"
    advice = _("Scan the barcode on the goods, or the label with more on it.")


class NothingToPutAway(PackhorseError):
    """Nothing of {code} waits to be put away."""

    status = 404
    no_page = "there is no work, nothing stands in its way"
    advice = _("Receive it first, or move it with the Move task.")


class MonthNotOver(PackhorseError):
    """Month {month} is not over, or ended less than a day ago."""

    no_page = "time passes, nothing stands in its way"
    advice = _("Close it from the second day of the next month on.")


class BooksDisagree(PackhorseError):
    """Month {month} cannot be closed: the moves of item {item_id} at location {location_id} sum to {on_hand}."""

    blocked_by = ("inventory:item", "item_id")
    advice = _("Look at the moves of this item; correct them by a count before closing the month.")


class MoreThanSent(PackhorseError):
    """Of this line of {number} {left} units are still on their way, not {asked}."""

    blocked_by = ("inventory:transfer", "transfer_id")
    advice = _("Count it again; if more really came than was sent, say why.")


class RelocationTaken(PackhorseError):
    """Somebody else has relocation {relocation_id} in hand."""

    blocked_by = ("inventory:relocation", "relocation_id")
    advice = _("Take another one. After ten minutes without a scan it is free again.")


class NotToRelocate(PackhorseError):
    """{scanned} is not what is asked for: {wanted}."""

    blocked_by = ("inventory:relocation", "relocation_id")
    advice = _("Look at the screen and scan again; nothing has changed.")


class NothingLeftToRelocate(PackhorseError):
    """Of this relocation {open} units are left, not {asked}."""

    blocked_by = ("inventory:relocation", "relocation_id")
    advice = _("Ask for the task again: somebody may have brought some already.")


class NothingToRelocate(PackhorseError):
    """No goods wait to be brought anywhere."""

    status = 404
    no_page = "there is no work, nothing stands in its way"
    advice = _("Take another task. Pick faces are looked at every five minutes, orders that wait every minute.")
