"""Questions about returns and tickets."""

from __future__ import annotations

from packhorse.steps.returns.selectors.policies import policy, policy_page, policy_words
from packhorse.steps.returns.selectors.refunds import refund, refund_proof, refunds_of_order, waiting_refunds
from packhorse.steps.returns.selectors.returns import (
    on_their_way,
    resolve,
    returnable,
    returnable_kits,
    returns,
    returns_of_order,
    rma,
    rma_by_number,
    rmas,
    rmas_of_orders,
    waiting_counts,
)
from packhorse.steps.returns.selectors.tickets import open_tickets, ticket, tickets, tickets_of_order

__all__ = [
    "on_their_way",
    "open_tickets",
    "policy",
    "policy_page",
    "policy_words",
    "refund",
    "refund_proof",
    "refunds_of_order",
    "resolve",
    "returnable",
    "returnable_kits",
    "returns",
    "returns_of_order",
    "rma",
    "rma_by_number",
    "rmas",
    "rmas_of_orders",
    "ticket",
    "tickets",
    "tickets_of_order",
    "waiting_counts",
    "waiting_refunds",
]
