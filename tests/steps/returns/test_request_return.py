"""A return that is asked for is decided by the client's terms at once, and never for more than can come back."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.models import JournalEntry
from packhorse.ground.messages.models import Message
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.errors import NothingAsked, TooManyToReturn
from packhorse.steps.returns.models import Rma
from packhorse.steps.returns.types import AskedLine, NewReturn, NotRequested, RmaInfo
from packhorse.steps.shipping import selectors as shipping
from tests.build import HOUSE, actor
from tests.steps.returns.build import ask, buy_label, delivered, receive, scan, shipped, shop_with_stock, terms

pytestmark = pytest.mark.django_db


def test_is_approved_with_the_rule_that_did_and_its_label_is_on_its_way() -> None:
    shop = shop_with_stock()
    fo = delivered(shop, {"SKU-1": 3, "SKU-2": 1})

    rma = ask(fo, [2])

    assert (rma.state, rma.wants, rma.order_id, rma.number) == ("approved", "refund", fo.order_id, f"R{rma.rma_id:08d}")
    assert rma.decision == "Approved: asked on day 0 of the 30 days in which this can be returned."
    assert [(line.sku, line.quantity, line.reason, line.received) for line in rma.lines] == [("SKU-1", 2, "unwanted", 0)]
    (label,) = shipping.labels_for(EVERYTHING, "returns.rma", [rma.rma_id])
    assert (label.state, label.order_id, label.length_mm, label.weight_g) == ("requested", fo.order_id, 300, 600)
    assert list(JournalEntry.objects.filter(subject_kind="returns.rma", subject_id=rma.rma_id).order_by("id").values_list("event", flat=True)) == [
        "returns.return_requested",
        "returns.return_approved",
    ]


def test_gets_its_label_by_mail_is_seen_on_its_way_and_at_the_door() -> None:
    shop = shop_with_stock()
    rma = ask(delivered(shop, {"SKU-1": 1}), [1])

    number = buy_label(rma)

    assert selectors.rma(EVERYTHING, rma.rma_id).state == "label_sent"
    mail = Message.objects.get(template="return_label", subject_id=rma.rma_id)
    assert (mail.recipient, rma.number in mail.body, "1 × Item SKU-1" in mail.body, "/r/" in mail.body) == ("ann@example.org", True, True, True)
    scan("in_transit", number, n=1)
    assert services.follow_returns(key=uuid4(), actor=HOUSE) == 1
    assert selectors.rma_by_number(EVERYTHING, number.lower()).state == "in_transit"
    scan("delivered", number, n=2)
    found = selectors.rma(EVERYTHING, rma.rma_id)
    assert (found.state, found.arrived_at is not None) == ("in_transit", True)
    assert services.follow_returns(key=uuid4(), actor=HOUSE) == 0
    assert selectors.waiting_counts(EVERYTHING)["receive"] >= 1


def test_asked_twice_gives_the_same_return_and_a_key_serves_one_request() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 3})
    key, lines = uuid4(), [AskedLine(fo.lines[0].demand_id, 1, "unwanted")]

    first = services.request_return(key=key, actor=HOUSE, order_id=fo.order_id, lines=lines)

    assert services.request_return(key=key, actor=HOUSE, order_id=fo.order_id, lines=lines) == first
    assert Rma.objects.filter(order_id=fo.order_id).count() == 1
    with pytest.raises(KeyReused):
        services.request_return(key=key, actor=HOUSE, order_id=fo.order_id, lines=lines, wants="exchange")


def test_under_an_external_id_that_is_known_is_the_return_that_it_names() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 3})

    first = ask(fo, [1], external_id="C-7")

    assert ask(fo, [2], external_id="C-7").rma_id == first.rma_id
    assert Rma.objects.filter(order_id=fo.order_id).count() == 1


def test_too_late_is_refused_by_the_window_and_leaves_the_goods_free_to_ask_for() -> None:
    shop = shop_with_stock()
    terms(shop, window_days=14)
    fo = delivered(shop, {"SKU-1": 2}, at=clock.now() - dt.timedelta(days=20))

    rma = ask(fo, [2])

    assert (rma.state, rma.decision_code) == ("refused", "window_over")
    assert rma.decision == "Refused: the 14 days in which this can be returned were over (20 days since delivery)."
    assert shipping.labels_for(EVERYTHING, "returns.rma", [rma.rma_id]) == []
    assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [2]
    again = services.approve_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, note="A good customer.")
    assert (again.state, again.decision) == ("approved", "Approved by our service. A good customer.")
    assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [0]


def test_of_final_sale_is_refused_unless_it_is_our_fault() -> None:
    shop = shop_with_stock()
    terms(shop, final_sale=("SKU-1",))
    fo = shipped(shop, {"SKU-1": 2})

    assert ask(fo, [1]).decision == "Refused: SKU-1 was sold as final sale and cannot be returned."
    assert ask(fo, [1], reason="defective").state == "approved"


def test_of_much_value_waits_for_a_person_who_can_refuse_it_with_a_reason() -> None:
    shop = shop_with_stock()
    terms(shop, review_above_minor=1500)
    rma = ask(shipped(shop, {"SKU-1": 2}), [2])

    assert (rma.state, rma.decision) == ("requested", "We look at returns above 15.00 CAD ourselves before we approve them.")
    with pytest.raises(Invalid):
        services.refuse_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, note=" ")
    refused = services.refuse_return(key=uuid4(), actor=HOUSE, rma_id=rma.rma_id, note="Worn for a year.")
    assert (refused.state, refused.decision) == ("refused", "Refused by our service: Worn for a year.")


def test_of_more_than_is_left_is_refused_and_nothing_is_written() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 3})
    ask(fo, [2])

    with pytest.raises(TooManyToReturn) as refusal:
        ask(fo, [2])

    assert (refusal.value.sku, refusal.value.left, refusal.value.asked) == ("SKU-1", 1, 2)
    assert Rma.objects.filter(order_id=fo.order_id).count() == 1
    with pytest.raises(NothingAsked):
        ask(fo, [0])
    with pytest.raises(NothingAsked):
        ask(fo, [1], reason="boredom")
    with pytest.raises(Invalid):
        ask(fo, [1], wants="credit")
    with pytest.raises(NotFound):
        services.request_return(key=uuid4(), actor=HOUSE, order_id=fo.order_id, lines=[AskedLine(shipped(shop, {"SKU-1": 1}).lines[0].demand_id, 1, "late")])


def test_in_a_list_is_answered_one_by_one() -> None:
    shop = shop_with_stock()
    one, two = shipped(shop, {"SKU-1": 2}), shipped(shop, {"SKU-2": 1})
    line = AskedLine(one.lines[0].demand_id, 2, "late")

    answers = services.request_returns(
        key=uuid4(),
        actor=HOUSE,
        returns=[
            NewReturn(one.order_id, (line,), external_id="C-1"),
            NewReturn(one.order_id, (line,), external_id="C-2"),
            NewReturn(two.order_id, (AskedLine(two.lines[0].demand_id, 1, "late"),)),
            NewReturn(one.order_id, (line,), external_id="C-1"),
            NewReturn(999_999_999, (line,)),
        ],
    )

    assert [a.state if isinstance(a, RmaInfo) else a.code for a in answers] == ["approved", "too_many_to_return", "approved", "approved", "not_found"]
    assert answers[3] == answers[0]
    assert isinstance(answers[1], NotRequested)
    assert (answers[1].external_id, answers[1].reason) == ("C-2", "Of SKU-1 only 0 can still be returned, not 2.")


def test_of_another_client_or_by_another_orders_link_is_refused() -> None:
    shop, other = shop_with_stock(), shop_with_stock()
    fo, neighbour = shipped(shop, {"SKU-1": 2}), shipped(shop, {"SKU-1": 1})
    lines = [AskedLine(fo.lines[0].demand_id, 1, "late")]
    link = Actor(f"link:return:{neighbour.order_id}", frozenset({"client"}), Scope(frozenset({shop.client_id})), only=frozenset({"approve_returns", "tickets"}))

    for who in (actor("client", client_id=other.client_id), actor("picker"), link):
        with pytest.raises(NotAllowed):
            services.request_return(key=uuid4(), actor=who, order_id=fo.order_id, lines=lines)
    with pytest.raises(NotFound):
        selectors.rma(Scope(frozenset({other.client_id})), ask(fo, [1]).rma_id)


def test_by_link_does_nothing_but_ask() -> None:
    shop = shop_with_stock()
    terms(shop, review_above_minor=0)
    fo = shipped(shop, {"SKU-1": 2})
    link = Actor(f"link:return:{fo.order_id}", frozenset({"client"}), Scope(frozenset({shop.client_id})), only=frozenset({"approve_returns", "tickets"}))

    rma = services.request_return(key=uuid4(), actor=link, order_id=fo.order_id, lines=[AskedLine(fo.lines[0].demand_id, 1, "late")])

    with pytest.raises(NotAllowed):
        services.approve_return(key=uuid4(), actor=link, rma_id=rma.rma_id)
    with pytest.raises(NotAllowed):
        services.refuse_return(key=uuid4(), actor=link, rma_id=rma.rma_id, note="no")
    with pytest.raises(NotAllowed):
        services.receive_return(key=uuid4(), actor=link, rma_id=rma.rma_id, received=[])


def test_expires_when_nothing_comes_and_is_received_all_the_same_when_it_does() -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 2})
    rma = ask(fo, [2])

    with clock.using(clock.VirtualClock(clock.now() + dt.timedelta(days=45))):
        assert services.expire_returns(key=uuid4(), actor=HOUSE) == 1
        assert selectors.rma(EVERYTHING, rma.rma_id).state == "expired"
        assert [line.returnable for line in selectors.returnable(EVERYTHING, [fo.order_id])] == [2]
        assert receive(rma).state == "received"
