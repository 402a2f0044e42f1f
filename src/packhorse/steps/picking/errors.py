"""Why picking refuses."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from packhorse.core.errors import PackhorseError

_SCANNED: Final = "what was scanned is wrong"
_EMPTY_TOTE: Final = _("Take an empty tote and scan that.")


class TaskNotOpen(PackhorseError):
    """This pick is no longer open ({state})."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _("Somebody else did it, or the order was changed. Here is your next stop.")


class WrongLocation(PackhorseError):
    """You scanned {scanned}; this pick is at {expected}."""

    no_page = _SCANNED
    advice = _("Go to {expected} and scan it.")


class WrongItem(PackhorseError):
    """You scanned {scanned}; asked for is {expected}."""

    no_page = _SCANNED
    advice = _("Put it back. If {expected} is not here, press Short.")


class WrongTote(PackhorseError):
    """You scanned tote {scanned}; these units go into {expected}."""

    no_page = _SCANNED
    advice = _("Put the units into {expected} and scan it.")


class ToteInUse(PackhorseError):
    """Tote {tote} still serves order {number}."""

    blocked_by = ("orders:order", "order_id")
    advice = _EMPTY_TOTE


class ToteShared(PackhorseError):
    """Tote {tote} is on walk {batch}, for a put wall."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _EMPTY_TOTE


class SlotStays(PackhorseError):
    """{slot} is a slot of a put wall: it stays there."""

    no_page = _SCANNED
    advice = _EMPTY_TOTE


class ToteScanned(PackhorseError):
    """Tote {tote} was scanned for this walk already."""

    no_page = _SCANNED
    advice = _EMPTY_TOTE


class ToteNotEmpty(PackhorseError):
    """Tote {tote} is not empty, and serves no order."""

    blocked_by = ("warehouse:location", "location_id")
    advice = _("Take an empty tote and scan that. What lies in this one is to be put away.")


class NotEnoughTotes(PackhorseError):
    """This batch needs {needed} totes, {given} given."""

    no_page = _SCANNED
    advice = _("Scan one empty tote for each order of the batch.")


class BatchNotFinished(PackhorseError):
    """{open} picks of this batch are still open."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _("Pick them or report them short.")


class WrongLot(PackhorseError):
    """You scanned lot {scanned}; this pick is of lot {expected}."""

    no_page = _SCANNED
    advice = _("Put it back and take from lot {expected}. If it is not here, press Short.")


class ScanItemFirst(PackhorseError):
    """You scanned a tote; the item comes first."""

    no_page = _SCANNED
    advice = _("Scan the item at {location}, then the tote that it goes into.")


class NothingToPick(PackhorseError):
    """No planned walk waits in this warehouse."""

    no_page = "there is no work, nothing stands in its way"
    advice = _("Ask for orders to be released and walks to be planned, then scan again.")


class UnknownCode(PackhorseError):
    """{scanned} is nothing that is wanted here."""

    status = 422
    no_page = _SCANNED
    advice = _("{wanted}")


class CartInUse(PackhorseError):
    """Cart {cart} is on walk {batch}."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _("Take a free cart, or scan it again at its walk to take that over.")


class NotReleasable(PackhorseError):
    """{number} cannot be released: {reason}"""

    blocked_by = ("orders:order", "order_id")


class NothingWorkable(PackhorseError):
    """No order for this cut-off may go to the floor."""

    advice = _("Orders can be released when they are promised in full and not held, and only once. The board says what they wait for.")
    blocked_by = ("picking:board", "warehouse_id")


class NothingReleased(PackhorseError):
    """None of the {considered} orders of this wave can be picked now. The first: {reason}."""

    advice = _("Put goods away into pickable bins, or allow more orders and minutes, then release again.")
    blocked_by = ("orders:order", "order_id")


class WaveBegun(PackhorseError):
    """Nothing of wave {wave} can be taken back: all its orders are on walks or picked."""

    advice = _("Cancel orders that must not leave; what was picked of them is put back.")
    blocked_by = ("picking:wave", "wave_id")


class WaveTakenBack(PackhorseError):
    """Wave {wave} was taken back before."""

    advice = _("Its orders stand on the board again; release a new wave.")
    blocked_by = ("picking:wave", "wave_id")


class StopGone(PackhorseError):
    """Nothing is to be picked at {place} any more: {reason}."""

    advice = _("Here is what is to be done now; put back what you took.")
    blocked_by = ("picking:batch", "batch_id")


class ScanPlaceFirst(PackhorseError):
    """{sku} is to be picked at {location} and at another place of this walk: the item does not say where you stand."""

    no_page = _SCANNED
    advice = _("Scan {location}, then the item.")


class NoCodeNoPlace(PackhorseError):
    """Where you stand is not known yet, and {sku} has no code that says it."""

    no_page = _SCANNED
    advice = _("Scan {location} first.")


class ScanLotFirst(PackhorseError):
    """Which lot or serial number of {sku} you hold is not known yet."""

    no_page = _SCANNED
    advice = _("Scan or type {expected}. If it is not here, press Short.")


class CountFirst(PackhorseError):
    """{quantity} of {sku} are asked for: how many you hold is not known yet."""

    no_page = _SCANNED
    advice = _("Key in the number and press Enter, or scan whole cases.")


class TooMany(PackhorseError):
    """{given} of {sku} are more than the {asked} asked for."""

    no_page = _SCANNED
    advice = _("Take {asked}; from a case take single pieces and scan one of them.")


class WalkTakenOver(PackhorseError):
    """Walk {batch} is not yours any more: it was handed over."""

    advice = _("Scan a cart to begin, or the cart of this walk to take it back.")
    blocked_by = ("picking:batch", "batch_id")


class WrongHandOver(PackhorseError):
    """You scanned {scanned}; these totes go to {expected}."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _("Bring them to {expected} and scan it.")


class NotOnThisWalk(PackhorseError):
    """Tote {tote} is not of walk {batch}."""

    advice = _("Scan a tote of this cart, or the bench to unload them all.")
    blocked_by = ("picking:batch", "batch_id")


class OfAnotherOrder(PackhorseError):
    """Totes {tote} and {into} hold goods of different orders."""

    advice = _("Only totes of one order are put together. Scan the bench where {tote} is put.")
    blocked_by = ("picking:batch", "batch_id")


class SlottingAccepted(PackhorseError):
    """The move of {sku} was accepted before: it is a task on the floor."""

    advice = _("Look under Replenishment, or have a new advice computed.")
    blocked_by = ("inventory:item", "item_id")


class SlottingStale(PackhorseError):
    """The move of {sku} is no longer what it was: in {place} lies something else by now, or something is on its way."""

    advice = _("Have a new advice computed: it looks at where everything lies now.")
    blocked_by = ("warehouse:location", "location_id")


class AisleFull(PackhorseError):
    """Walk {batch} begins in aisle {aisle}, where {walks} walk already. The next that begins elsewhere: {next}."""

    advice = _("Begin that one, or wait until somebody leaves the aisle. How many may be in an aisle is set on the floor map.")
    blocked_by = ("picking:batch", "batch_id")


class PlanUnderWay(PackhorseError):
    """Walks of this warehouse are being planned already."""

    blocked_by = ("picking:long-plan", "plan_id")
    advice = _("Wait until that plan is done, or stop it.")


class TypeInUse(PackhorseError):
    """{name} is in use: {by}."""

    blocked_by = ("picking:means", "warehouse_id")
    advice = _("Change what uses it first.")


class NobodyWants(PackhorseError):
    """No order at this wall wants this piece out of {tote}."""

    blocked_by = ("warehouse:location", "location_id")
    advice = _("Lay it aside: it is put back. If it came from another tote, scan that one first.")


class WallFull(PackhorseError):
    """Put wall {wall} has no free slot."""

    blocked_by = ("warehouse:location", "location_id")
    advice = _("Take a complete order out, or put away what lies in slots of cancelled ones. Go on with another tote.")


class WrongSlot(PackhorseError):
    """You scanned {scanned}; this piece goes into {expected}."""

    no_page = _SCANNED
    advice = _("Put it into {expected} and scan that.")


class NotThatMany(PackhorseError):
    """{given} are more than the {left} that lie in {tote} for this order."""

    blocked_by = ("orders:order", "order_id")
    advice = _("Somebody else put them, or the order was changed. Scan the piece again.")


class SlotNotComplete(PackhorseError):
    """Nothing in slot {slot} may go to packing yet."""

    blocked_by = ("orders:order", "order_id")
    advice = _("The page of the wall says what it waits for.")


class NotForThisWall(PackhorseError):
    """Nothing in tote {tote} is for put wall {wall}."""

    blocked_by = ("warehouse:location", "location_id")
    advice = _("Scan a tote that came from the zones for this wall.")


class WhichLot(PackhorseError):
    """Several lots of {sku} lie in {tote}."""

    no_page = _SCANNED
    advice = _("Scan the lot or serial number of the piece.")


class NoPutWall(PackhorseError):
    """Warehouse {warehouse} has no put wall with a slot that is open."""

    blocked_by = ("warehouse:warehouse", "warehouse_id")
    advice = _("Make one on the warehouse’s page, or pick by another method.")


class WrongCart(PackhorseError):
    """This walk is planned for a {cart_type}; {cart} is none."""

    blocked_by = ("picking:batch", "batch_id")
    advice = _("Take a {cart_type}, or scan this one by itself: it gets a walk of its own kind.")
