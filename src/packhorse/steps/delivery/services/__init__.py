"""The use cases of delivery."""

from __future__ import annotations

from packhorse.steps.delivery.services.claims import move_claim, open_claim
from packhorse.steps.delivery.services.exceptions import close_exception, open_exceptions
from packhorse.steps.delivery.services.feedback import give_feedback
from packhorse.steps.delivery.services.tracking import begin_deliveries, begin_return, poll_tracking, record_tracking

__all__ = [
    "begin_deliveries",
    "begin_return",
    "close_exception",
    "give_feedback",
    "move_claim",
    "open_claim",
    "open_exceptions",
    "poll_tracking",
    "record_tracking",
]
