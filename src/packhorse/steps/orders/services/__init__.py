"""The use cases of orders."""

from __future__ import annotations

from packhorse.steps.orders.services.accept_orders import accept_gathered, accept_orders
from packhorse.steps.orders.services.answer_cancellations import answer_cancellation, close_cancellations
from packhorse.steps.orders.services.cancel_orders import cancel_lines, cancel_orders
from packhorse.steps.orders.services.edit_order import change_address, change_quantities, change_service
from packhorse.steps.orders.services.fulfillment import change_terms
from packhorse.steps.orders.services.gifts import change_gift, erase_gift_notes, erase_old_gift_notes
from packhorse.steps.orders.services.holds import place_hold, release_hold
from packhorse.steps.orders.services.import_records import begin_import, end_import, keep_records, quarantine_lines, take_imported
from packhorse.steps.orders.services.mend_quarantined import discard_quarantined, mend_quarantined
from packhorse.steps.orders.services.move_fulfillment import move_fulfillment
from packhorse.steps.orders.services.payments import capture_shipped, claim_payments, expire_authorisations, record_payments, retry_holds, retry_payment
from packhorse.steps.orders.services.promise_backorders import promise_backorders
from packhorse.steps.orders.services.split_and_merge import merge_fulfillments, split_fulfillment
from packhorse.steps.orders.services.tell_customers import tell_customers
from packhorse.steps.orders.services.tell_recalled import tell_recalled

__all__ = [
    "accept_gathered",
    "accept_orders",
    "answer_cancellation",
    "begin_import",
    "cancel_lines",
    "cancel_orders",
    "capture_shipped",
    "change_address",
    "change_gift",
    "change_quantities",
    "change_service",
    "change_terms",
    "claim_payments",
    "close_cancellations",
    "discard_quarantined",
    "end_import",
    "erase_gift_notes",
    "erase_old_gift_notes",
    "expire_authorisations",
    "keep_records",
    "mend_quarantined",
    "merge_fulfillments",
    "move_fulfillment",
    "place_hold",
    "promise_backorders",
    "quarantine_lines",
    "record_payments",
    "release_hold",
    "retry_holds",
    "retry_payment",
    "split_fulfillment",
    "take_imported",
    "tell_customers",
    "tell_recalled",
]
