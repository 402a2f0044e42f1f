"""Questions about orders. Each takes a scope; answers are frozen values."""

from __future__ import annotations

from packhorse.steps.orders.reconciler import drift
from packhorse.steps.orders.selectors.gifts import gifts
from packhorse.steps.orders.selectors.kits import kits
from packhorse.steps.orders.selectors.links import link_token, order_of_link, return_url, tracking_path, tracking_url
from packhorse.steps.orders.selectors.money import money_proof, payments_to_ask
from packhorse.steps.orders.selectors.pages import (
    holds,
    import_run,
    import_runs,
    imported_returns,
    orders,
    quarantined,
    quarantined_entry,
    stages,
    waiting,
)
from packhorse.steps.orders.selectors.recalls import recalled
from packhorse.steps.orders.selectors.standing import cancellations
from packhorse.steps.orders.selectors.walking import (
    by_number,
    fulfillment_order,
    fulfillment_orders,
    fulfillment_orders_of,
    lines_of,
    order_of_line,
    order_url,
    releasable,
    resolve,
    ship_to,
)
from packhorse.steps.orders.selectors.whole import order

__all__ = [
    "by_number",
    "cancellations",
    "drift",
    "fulfillment_order",
    "fulfillment_orders",
    "fulfillment_orders_of",
    "gifts",
    "holds",
    "import_run",
    "import_runs",
    "imported_returns",
    "kits",
    "lines_of",
    "link_token",
    "money_proof",
    "order",
    "order_of_line",
    "order_of_link",
    "order_url",
    "orders",
    "payments_to_ask",
    "quarantined",
    "quarantined_entry",
    "recalled",
    "releasable",
    "resolve",
    "return_url",
    "ship_to",
    "stages",
    "tracking_path",
    "tracking_url",
    "waiting",
]
