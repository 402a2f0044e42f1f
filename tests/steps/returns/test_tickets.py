"""A customer's concern is written down, answered by mail, and solved; money can go back without goods."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound, WrongState
from packhorse.core.lists import ListQuery
from packhorse.ground.messages.models import Message
from packhorse.steps.orders.errors import OverRefund
from packhorse.steps.orders.models import Order
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.errors import NobodyToAnswer, NothingToRefund, TooManyToReturn
from packhorse.steps.returns.models import TicketMessage
from packhorse.steps.returns.types import PolicyTerms, RefundedLine, TicketInfo
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor
from tests.build_orders import settle
from tests.steps.returns.build import ask, inspect, receive, shipped, shop_with_stock

pytestmark = pytest.mark.django_db


def opened(shop: Shop, order_id: int | None = None, **given: str) -> TicketInfo:
    return services.open_ticket(
        key=uuid4(), actor=HOUSE, client_id=shop.client_id, subject="Where is it?", body="I have waited a week.", order_id=order_id, **given
    )


def test_is_opened_answered_and_solved() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})
    ticket = done_once(
        services.open_ticket,
        actor=HOUSE,
        client_id=shop.client_id,
        order_id=fo.order_id,
        subject="Where is it?",
        body="I waited.",
        priority="high",
        other={"body": "?"},
    )
    assert (ticket.state, ticket.number, ticket.due_at - ticket.opened_at) == ("open", f"T{ticket.ticket_id:08d}", dt.timedelta(hours=8))
    assert [t.id for t in selectors.tickets(EVERYTHING, ListQuery(search=fo.order_number)).rows] == [ticket.ticket_id]

    answered = done_once(services.reply_ticket, actor=actor("service"), ticket_id=ticket.ticket_id, body="It arrives today.", other={"body": "?"})

    assert (answered.state, answered.owner, [m.direction for m in answered.messages]) == ("waiting", "user:service", ["in", "out"])
    mail = Message.objects.get(template="ticket_reply", order_id=fo.order_id)
    assert (mail.recipient, "It arrives today." in mail.body) == ("ann@example.org", True)
    assert services.record_message(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, body="It did not.").state == "open"
    assert services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, body="Now it did.", solve=True).state == "solved"
    with pytest.raises(WrongState):
        services.solve_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id)
    assert services.reopen_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id).state == "open"
    assert services.take_ticket(key=uuid4(), actor=actor("service", user="9"), ticket_id=ticket.ticket_id).owner == "user:9"
    assert services.solve_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id).solved_at is not None


def test_without_an_order_is_answered_where_the_customer_wrote_from() -> None:
    shop = shop_with_stock()

    with pytest.raises(NobodyToAnswer):
        services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=opened(shop).ticket_id, body="Hello")
    known = opened(shop, contact="bo@example.org")
    services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=known.ticket_id, body="Hello")
    assert Message.objects.get(template="ticket_reply", client_id=shop.client_id).recipient == "bo@example.org"


def test_is_refused_with_nothing_said_and_to_other_clients() -> None:
    shop, other = shop_with_stock(), shop_with_stock()
    fo = shipped(shop, {"SKU-1": 1})
    ticket = opened(shop, fo.order_id)

    with pytest.raises(Invalid):
        services.reply_ticket(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, body="  ")
    with pytest.raises(Invalid):
        opened(shop, priority="yesterday")
    with pytest.raises(NotFound):
        opened(other, fo.order_id)
    with pytest.raises(NotAllowed):
        services.reply_ticket(key=uuid4(), actor=actor("client", client_id=other.client_id), ticket_id=ticket.ticket_id, body="Hello")
    with pytest.raises(NotFound):
        selectors.ticket(Scope(frozenset({other.client_id})), ticket.ticket_id)


def test_money_without_goods_is_what_was_paid_and_cannot_come_back_again() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, [("SKU-1", 3, "3.335"), ("SKU-2", 1, "2.00")])
    ticket = opened(shop, fo.order_id, kind="lost")
    line = fo.lines[0].demand_id

    refund = done_once(
        services.refund_without_return, actor=actor("service"), ticket_id=ticket.ticket_id, reason="lost", lines=[RefundedLine(line, 1)], other={"reason": "?"}
    )

    assert (refund.due_minor, refund.state, refund.ticket_id) == (334, "asked", ticket.ticket_id)
    assert [r.returnable for r in selectors.returnable(EVERYTHING, [fo.order_id])] == [2, 1]
    with pytest.raises(TooManyToReturn):
        ask(fo, [3])
    assert inspect(receive(ask(fo, [2]))).refund_minor == 1001 - 334
    with pytest.raises(TooManyToReturn):
        services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, reason="lost", lines=[RefundedLine(line, 1)])
    with pytest.raises(OverRefund):
        services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, reason="sorry", lines=[], amount_minor=201)
    services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=ticket.ticket_id, reason="sorry", lines=[], amount_minor=200)
    settle()
    assert Order.objects.get(pk=fo.order_id).refunded_minor == 1201
    (proof,) = selectors.refund_proof(EVERYTHING, [fo.order_id])
    assert (proof.returns_minor, proof.adjustments_minor, proof.paid_minor, proof.reconciled) == (667, 534, 1201, True)


def test_money_without_goods_is_refused_where_there_is_none_of_ours() -> None:
    shop = shop_with_stock()
    elsewhere = opened(shop, shipped(shop, {"SKU-1": 1}, payment=None).order_id)

    with pytest.raises(NothingToRefund):
        services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=elsewhere.ticket_id, reason="lost", lines=[], amount_minor=5)
    with pytest.raises(Invalid):
        services.refund_without_return(key=uuid4(), actor=HOUSE, ticket_id=opened(shop).ticket_id, reason="lost", lines=[], amount_minor=5)
    with pytest.raises(NotAllowed):
        services.refund_without_return(key=uuid4(), actor=actor("packer"), ticket_id=elsewhere.ticket_id, reason="lost", lines=[], amount_minor=5)


def test_what_was_written_is_forgotten_when_its_time_is_over() -> None:
    shop = shop_with_stock()
    ticket = opened(shop, contact="bo@example.org")

    with clock.using(clock.VirtualClock(clock.now() + dt.timedelta(days=731))):
        assert services.erase_old_messages(key=uuid4(), actor=HOUSE) >= 1

    message = TicketMessage.objects.get(ticket_id=ticket.ticket_id)
    assert (message.subject, message.body, message.contact, message.erased_at is not None) == ("", "", "", True)


def test_of_nobody_is_refused() -> None:
    with pytest.raises(NotFound):
        services.open_ticket(key=uuid4(), actor=HOUSE, client_id=2**40, subject="?", body="?")
    with pytest.raises(NotFound):
        services.set_policy(key=uuid4(), actor=HOUSE, client_id=2**40, terms=PolicyTerms())
