"""A delivery that needs somebody is found before the customer calls, once, and its exception ends with its fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, NotAllowed, WrongState
from packhorse.core.models import JournalEntry
from packhorse.ground.messages.models import Message
from packhorse.steps.delivery import selectors, services
from packhorse.steps.delivery.models import Feedback
from packhorse.steps.orders.errors import NoSuchLink
from packhorse.steps.orders.selectors import link_token, order_of_link
from tests.build import HOUSE, Shop, actor
from tests.steps.delivery.build import on_its_way, open_kinds, scan, tell
from tests.steps.shipping.build import NOON, ready_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(NOON)
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def look() -> None:
    services.open_exceptions(key=uuid4(), actor=HOUSE)
    dispatch.drain()


def test_nobody_scanned_it(shop: Shop, now: clock.VirtualClock) -> None:
    _, [d] = on_its_way(shop)
    look()
    assert open_kinds(d.delivery_id) == set()
    now.advance(3600 * 49)
    look()
    look()
    assert open_kinds(d.delivery_id) == {"no_scan"}
    assert len(selectors.exceptions_of(EVERYTHING, d.delivery_id)) == 1

    tell(scan(d.tracking_number, 1, "in_transit", hours=49))
    [closed] = selectors.exceptions_of(EVERYTHING, d.delivery_id)
    assert (closed.closed_at, closed.resolution) == (now.now(), "moving")


def test_it_is_stuck_and_late_and_the_customer_is_told_once(shop: Shop, now: clock.VirtualClock) -> None:
    fo, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, "in_transit"))
    now.advance_to(fo.deliver_by + dt.timedelta(days=1))
    look()
    look()
    assert open_kinds(d.delivery_id) == {"stuck", "late"}
    assert Message.objects.filter(order_id=fo.order_id, template="order_delayed").count() == 1

    tell(scan(d.tracking_number, 2, "delivered", hours=24 * 20))
    assert open_kinds(d.delivery_id) == set()
    assert selectors.delivery(EVERYTHING, d.delivery_id).on_time is False


def test_what_somebody_closed_is_not_opened_again_before_the_next_scan(shop: Shop, now: clock.VirtualClock) -> None:
    _, [d] = on_its_way(shop)
    now.advance(3600 * 49)
    look()
    [found] = selectors.exceptions_of(EVERYTHING, d.delivery_id)
    ask: dict[str, Any] = {"key": uuid4(), "actor": actor("service"), "exception_id": found.exception_id, "resolution": "the carrier looks for it"}
    services.close_exception(**ask)
    assert services.close_exception(**ask) == found.exception_id
    with pytest.raises(WrongState):
        services.close_exception(**{**ask, "key": uuid4()})
    with pytest.raises(NotAllowed):
        services.close_exception(**{**ask, "key": uuid4(), "actor": actor("service", client_id=shop.client_id + 1)})
    now.advance(3600)
    look()
    assert open_kinds(d.delivery_id) == set()


@pytest.mark.parametrize(("code", "kind"), [("exception", "problem"), ("attempted", "attempted"), ("returning", "returning"), ("lost", "lost")])
def test_what_the_carrier_reports_opens_once(shop: Shop, code: str, kind: str) -> None:
    _, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, code, detail="damaged"))
    tell(scan(d.tracking_number, 2, code))
    [found] = selectors.exceptions_of(EVERYTHING, d.delivery_id)
    assert (found.kind, found.detail, found.owner_role, found.deadline) == (kind, "damaged", "service", NOON + dt.timedelta(days=1))
    assert selectors.open_exceptions(EVERYTHING) >= 1


def test_what_came_back_still_needs_a_decision(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    tell(scan(d.tracking_number, 1, "attempted"), scan(d.tracking_number, 2, "returning"), scan(d.tracking_number, 3, "returned"))
    assert selectors.delivery(EVERYTHING, d.delivery_id).status == "returned"
    assert open_kinds(d.delivery_id) == {"returning"}


def test_a_claim_is_opened_once_and_moved_to_its_end(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    ask: dict[str, Any] = {"actor": actor("service"), "delivery_id": d.delivery_id, "kind": "lost", "asked_minor": 2000, "currency": "CAD"}
    claim = services.open_claim(key=uuid4(), **ask)
    assert services.open_claim(key=uuid4(), **ask) == claim
    with pytest.raises(Invalid):
        services.open_claim(key=uuid4(), **{**ask, "kind": "ugly"})

    move: dict[str, Any] = {"actor": actor("service"), "claim_id": claim}
    services.move_claim(key=uuid4(), **move, state="filed")
    with pytest.raises(Invalid):
        services.move_claim(key=uuid4(), **move, state="paid")
    with pytest.raises(WrongState):
        services.move_claim(key=uuid4(), **move, state="found")
    with pytest.raises(NotAllowed):
        services.move_claim(key=uuid4(), claim_id=claim, actor=actor("service", client_id=shop.client_id + 1), state="denied")
    assert services.move_claim(key=uuid4(), **move, state="paid", paid_minor=1500) == "paid"

    [found] = selectors.claims_of(EVERYTHING, d.delivery_id)
    assert (found.state, found.paid.amount_minor, found.settled_at) == ("paid", 1500, NOON)
    assert JournalEntry.objects.filter(event="delivery.claim_moved", subject_id=d.delivery_id).count() == 3


def test_the_last_word_of_a_customer_counts(shop: Shop) -> None:
    fo, _ = on_its_way(shop)
    services.give_feedback(key=uuid4(), actor=HOUSE, order_id=fo.order_id, score=2, comment="wet")
    services.give_feedback(key=uuid4(), actor=HOUSE, order_id=fo.order_id, score=5)
    with pytest.raises(Invalid):
        services.give_feedback(key=uuid4(), actor=HOUSE, order_id=fo.order_id, score=6)
    kept = Feedback.objects.get(order_id=fo.order_id)
    assert (kept.score, kept.comment, kept.retain_until) == (5, "", NOON + dt.timedelta(days=365))


def test_a_link_cannot_be_guessed() -> None:
    assert order_of_link(link_token(7)) == 7
    for wrong in (link_token(7).replace("7", "8", 1), link_token(7)[:-1], "7", "", "7-", "x-y", link_token(7) + "a"):
        with pytest.raises(NoSuchLink):
            order_of_link(wrong)
