"""Who is refused about a return is led to the return, its order or its ticket."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.errors import WrongState
from packhorse.steps.returns import services
from packhorse.steps.returns.errors import NobodyToAnswer, NothingLeftToInspect, NothingToRefund, NotYetDue, TooManyToReturn
from packhorse.steps.returns.types import Judged, RefundedLine
from tests.blocks import blocked
from tests.build import HOUSE
from tests.build_orders import settle
from tests.steps.inventory.test_pages import sign_in
from tests.steps.returns.build import ask, inspect, receive, shipped, shop_with_stock

pytestmark = pytest.mark.django_db


def test_more_than_was_bought_leads_to_the_order() -> None:
    fo = shipped(shop_with_stock(), {"SKU-1": 2})
    with blocked(TooManyToReturn, "orders:order", fo.order_id, names="SKU-1"):
        ask(fo, [3])


def test_a_return_that_is_inspected_or_settled_leads_to_itself_in_the_problem_document_too(client: Client) -> None:
    rma = receive(ask(shipped(shop_with_stock(), {"SKU-1": 2}), [2]))
    row = rma.received[0].received_id
    with blocked(NothingLeftToInspect, "returns:return", rma.rma_id):
        services.inspect_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, inspections=[Judged(row, 3, "A", "restock")])
    with blocked(NotYetDue, "returns:return", rma.rma_id, names=rma.number):
        services.settle_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, outcome="nothing", note="x")
    inspect(rma)
    settle()
    with blocked(NotYetDue, "returns:return", rma.rma_id, names="settled"):
        services.settle_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, outcome="nothing", note="x")
    for again in (services.approve_return, services.refuse_return):
        with blocked(WrongState, "returns:return", rma.rma_id):
            again(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, note="x")
    refused = sign_in(client, "manager").post(
        f"/api/v1/returns/{rma.rma_id}/refuse", {"note": "x"}, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert (refused.status_code, refused.json()["link"]) == (409, reverse("returns:return", args=[rma.rma_id]))


def test_money_that_is_not_ours_and_a_ticket_without_an_address_are_linked() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1}, payment=None)
    ticket = services.open_ticket(key=uuid4(), actor=HOUSE, client_id=shop.client_id, subject="Where", body="is it?", order_id=fo.order_id)
    lines = [RefundedLine(fo.lines[0].demand_id, 1)]
    with blocked(NothingToRefund, "orders:order", fo.order_id):
        services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, reason="lost", lines=lines)
    nobody = services.open_ticket(key=uuid4(), actor=HOUSE, client_id=shop.client_id, subject="Where", body="is it?", order_id=None)
    with blocked(NobodyToAnswer, "returns:ticket", nobody.ticket_id, names=nobody.number):
        services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=nobody.ticket_id, body="Here")
    services.solve_ticket(key=uuid4(), actor=HOUSE, ticket_id=nobody.ticket_id)
    with blocked(WrongState, "returns:ticket", nobody.ticket_id):
        services.solve_ticket(key=uuid4(), actor=HOUSE, ticket_id=nobody.ticket_id)
