"""Questions about deliveries."""

from __future__ import annotations

from packhorse.steps.delivery.selectors.deliveries import (
    by_number,
    deliveries,
    deliveries_of_labels,
    deliveries_of_orders,
    delivery,
    events,
    resolve,
    under_way,
)
from packhorse.steps.delivery.selectors.troubles import (
    claim,
    claims,
    claims_of,
    exception,
    exceptions,
    exceptions_of,
    feedback_of,
    open_exceptions,
    scorecard,
)

__all__ = [
    "by_number",
    "claim",
    "claims",
    "claims_of",
    "deliveries",
    "deliveries_of_labels",
    "deliveries_of_orders",
    "delivery",
    "events",
    "exception",
    "exceptions",
    "exceptions_of",
    "feedback_of",
    "open_exceptions",
    "resolve",
    "scorecard",
    "under_way",
]
