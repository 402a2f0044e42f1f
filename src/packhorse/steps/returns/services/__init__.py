"""Use cases of returns and service."""

from __future__ import annotations

from packhorse.steps.returns.services.deciding import approve_return, refuse_return, set_policy
from packhorse.steps.returns.services.following import expire_returns, follow_returns, labels_bought, parcels_arrived
from packhorse.steps.returns.services.inspecting import inspect_return
from packhorse.steps.returns.services.receiving import match_return, receive_blind, receive_return
from packhorse.steps.returns.services.requesting import request_return, request_returns
from packhorse.steps.returns.services.settling import ask_refunds, refunds_paid, settle_return
from packhorse.steps.returns.services.tickets import (
    erase_old_messages,
    open_ticket,
    record_message,
    refund_without_return,
    reopen_ticket,
    reply_ticket,
    solve_ticket,
    take_ticket,
)

__all__ = [
    "approve_return",
    "ask_refunds",
    "erase_old_messages",
    "expire_returns",
    "follow_returns",
    "inspect_return",
    "labels_bought",
    "match_return",
    "open_ticket",
    "parcels_arrived",
    "receive_blind",
    "receive_return",
    "record_message",
    "refund_without_return",
    "refunds_paid",
    "refuse_return",
    "reopen_ticket",
    "reply_ticket",
    "request_return",
    "request_returns",
    "set_policy",
    "settle_return",
    "solve_ticket",
    "take_ticket",
]
