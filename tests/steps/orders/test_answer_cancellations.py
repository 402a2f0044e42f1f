"""A client whose order the floor has begun with asks for a cancellation; the house answers, or a rule of the client, or the truck."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING, Actor, Scope
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.core.models import Setting
from packhorse.steps.inventory import reconciler, selectors as inventory
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.errors import CancellationClosed, TooLate, WorkBegun
from packhorse.steps.orders.models import Cancellation
from packhorse.steps.orders.states import REQUESTS, STATUSES
from packhorse.steps.orders.types import Answered, CancellationAsked, Cancelled, FulfillmentOrderInfo, NotCancelled
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted, fo_of, pack, pick, settle, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 40, "SKU-2": 10})
    return made


def merchant(shop: Shop) -> Actor:
    return actor("client", user="merchant", client_id=shop.client_id)


def ask(shop: Shop, fo: FulfillmentOrderInfo, who: Actor | None = None, reason: str = "ordered twice") -> Cancelled | CancellationAsked | NotCancelled:
    return services.cancel_orders(key=uuid4(), actor=who or merchant(shop), order_ids=[fo.order_id], reason=reason)[0]


def asked_for(shop: Shop, units: int = 4) -> tuple[FulfillmentOrderInfo, int]:
    """An order that is picked, and the open cancellation of it."""
    fo = accepted(shop, {"SKU-1": units})
    pick(shop, fo)
    made = ask(shop, fo)
    assert isinstance(made, CancellationAsked)
    return fo, made.cancellation_id


def answer(cancellation_id: int, *, accept: bool, **given: Any) -> Answered:
    return services.answer_cancellation(**{"key": uuid4(), "actor": HOUSE, "cancellation_id": cancellation_id, "accept": accept, **given})


def available(shop: Shop) -> int:
    return inventory.availability(EVERYTHING, shop.warehouse_id, [shop.item("SKU-1")])[0].available


def shown(order_id: int) -> tuple[str, str]:
    found = selectors.order(EVERYTHING, order_id)
    return found.status, found.request


def test_before_the_floor_has_begun_it_is_done_at_once(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    assert shown(fo.order_id) == ("open", "submitted")

    assert ask(shop, fo) == Cancelled(fo.order_id, 4, 0)

    assert shown(fo.order_id) == ("cancelled", "cancellation_accepted")
    done = Cancellation.objects.get(order_id=fo.order_id)
    assert (done.state, done.basis, done.asked_by, done.quantities) == ("accepted", "untouched", "user:merchant", {})


def test_once_it_has_begun_it_is_asked_for_and_the_floor_goes_on(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)

    assert (fo_of(fo.order_id).stage, available(shop)) == ("picked", 36)
    assert shown(fo.order_id) == ("in_progress", "cancellation_requested")
    assert [(c.cancellation_id, c.reason, c.asked_by) for c in selectors.cancellations(EVERYTHING)] == [(cancellation_id, "ordered twice", "user:merchant")]
    assert selectors.waiting(EVERYTHING).cancellations == 1
    assert selectors.cancellations(Scope(client_ids=frozenset({make_shop().client_id}))) == []


def test_the_house_itself_does_not_ask(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)
    assert ask(shop, fo, actor("service")) == Cancelled(fo.order_id, 4, 4)
    assert shown(fo.order_id) == ("cancelled", "rejected")


def test_accepted_goods_go_back(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)

    assert answer(cancellation_id, accept=True, note="in time") == Answered(cancellation_id, fo.order_id, "accepted", 4, 4)

    assert (shown(fo.order_id), available(shop), reconciler.drift()) == (("cancelled", "cancellation_accepted"), 40, [])
    [told] = selectors.order(EVERYTHING, fo.order_id).cancellations
    assert (told.state, told.basis, told.note, told.answered_by) == ("accepted", "person", "in time", HOUSE.principal)
    assert selectors.waiting(EVERYTHING).cancellations == 0


def test_rejected_the_order_goes_on(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)

    assert answer(cancellation_id, accept=False, note="on the truck") == Answered(cancellation_id, fo.order_id, "rejected")

    assert (fo_of(fo.order_id).stage, shown(fo.order_id)) == ("picked", ("in_progress", "cancellation_rejected"))
    again = ask(shop, fo)
    assert isinstance(again, CancellationAsked)
    assert (again.cancellation_id > cancellation_id, shown(fo.order_id)[1]) == (True, "cancellation_requested")


def test_some_units_are_asked_for_and_the_rest_stays_accepted(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)
    some: dict[str, Any] = {"order_id": fo.order_id, "quantities": {fo.lines[0].demand_id: 3}, "reason": "one is enough"}
    asked = services.cancel_lines(key=uuid4(), actor=merchant(shop), **some)
    assert isinstance(asked, CancellationAsked)
    assert shown(fo.order_id)[1] == "cancellation_requested"

    assert answer(asked.cancellation_id, accept=True).units == 3

    assert (fo_of(fo.order_id).units, shown(fo.order_id)) == (1, ("in_progress", "accepted"))
    integrator = Actor("key:1", frozenset({"integrator"}), Scope(client_ids=frozenset({shop.client_id})))
    with pytest.raises(WorkBegun):
        services.change_quantities(key=uuid4(), actor=integrator, order_id=fo.order_id, quantities={fo.lines[0].demand_id: 0}, reason="none")


def test_asked_for_again_the_newest_word_counts(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)
    first = services.cancel_lines(key=uuid4(), actor=merchant(shop), order_id=fo.order_id, quantities={fo.lines[0].demand_id: 1}, reason="one less")

    assert ask(shop, fo, reason="none at all") == first

    open_one = Cancellation.objects.get(order_id=fo.order_id)
    assert (open_one.reason, open_one.quantities) == ("none at all", {})


@pytest.mark.parametrize(
    ("rule", "state", "stage", "request_"),
    [("accept", "accepted", "cancelled", "cancellation_accepted"), ("reject", "rejected", "picked", "cancellation_rejected")],
)
def test_a_rule_of_the_client_answers(shop: Shop, rule: str, state: str, stage: str, request_: str) -> None:
    Setting.objects.create(name="orders.cancel_begun", client_id=shop.client_id, value=rule, since=clock.now())
    fo = accepted(shop, {"SKU-1": 4})
    pick(shop, fo)

    made = ask(shop, fo)

    kept = Cancellation.objects.get(order_id=fo.order_id)
    assert made == (Cancelled(fo.order_id, 4, 4) if rule == "accept" else CancellationAsked(fo.order_id, kept.pk, "rejected"))
    assert (kept.state, kept.basis, fo_of(fo.order_id).stage, shown(fo.order_id)[1]) == (state, "rule", stage, request_)


def test_where_the_goods_leave_first_it_was_too_late(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)
    pack(shop, fo)
    ship(fo)
    with pytest.raises(TooLate):
        answer(cancellation_id, accept=True)

    settle()

    kept = Cancellation.objects.get(pk=cancellation_id)
    assert (kept.state, kept.basis, shown(fo.order_id)) == ("rejected", "left", ("closed", "cancellation_rejected"))


def test_where_the_house_cancels_first_it_is_accepted(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="the phone rang")
    assert (Cancellation.objects.get(pk=cancellation_id).state, shown(fo.order_id)[1]) == ("accepted", "cancellation_accepted")


def test_asked_twice_happens_once(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)
    key = uuid4()
    assert answer(cancellation_id, accept=True, key=key) == answer(cancellation_id, accept=True, key=key)
    with pytest.raises(KeyReused):
        answer(cancellation_id, accept=False, key=key)

    fo = accepted(shop, {"SKU-1": 1})
    pick(shop, fo)
    key, who = uuid4(), merchant(shop)
    asks = [services.cancel_orders(key=key, actor=who, order_ids=[fo.order_id], reason="x") for _ in range(2)]
    assert asks[0] == asks[1]
    assert Cancellation.objects.filter(order_id=fo.order_id).count() == 1


def test_refusals(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)
    with pytest.raises(NotFound):
        answer(999_999_999, accept=True)
    for who in (merchant(shop), actor("picker"), actor("service", warehouse_id=make_shop().warehouse_id)):
        with pytest.raises(NotAllowed):
            answer(cancellation_id, accept=True, actor=who)
    with pytest.raises(NotAllowed):
        services.close_cancellations(key=uuid4(), actor=actor("picker"), order_ids=[fo.order_id])
    assert Cancellation.objects.get(pk=cancellation_id).state == "asked"
    answer(cancellation_id, accept=False)
    with pytest.raises(CancellationClosed):
        answer(cancellation_id, accept=True)
    assert fo_of(fo.order_id).stage == "picked"


def test_closing_leaves_open_what_is_still_here(shop: Shop) -> None:
    fo, cancellation_id = asked_for(shop)
    key = uuid4()
    for _ in range(2):
        assert services.close_cancellations(key=key, actor=HOUSE, order_ids=[fo.order_id]) == [fo.order_id]
    with pytest.raises(KeyReused):
        services.close_cancellations(key=key, actor=HOUSE, order_ids=[])
    assert Cancellation.objects.get(pk=cancellation_id).state == "asked"


def test_every_status_and_request_is_reached_and_its_filter_finds_it(shop: Shop) -> None:
    def held(fo: FulfillmentOrderInfo) -> None:
        services.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="wait")

    orders = [accepted(shop, {"SKU-1": 2}) for _ in range(7)]
    waits = accepted(shop, {"SKU-3": 1})
    halfway = accepted(shop, {"SKU-1": 1, "SKU-2": 1})
    held(orders[1])
    for fo in (orders[2], orders[3], orders[5], orders[6], halfway):
        pick(shop, fo)
    pack(shop, orders[3])
    ship(orders[3])
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[orders[4].order_id], reason="ours")
    pack(shop, halfway)
    ship(halfway, only={halfway.lines[0].demand_id: 1})
    for fo, accept in ((orders[5], True), (orders[6], False)):
        made = ask(shop, fo)
        assert isinstance(made, CancellationAsked)
        answer(made.cancellation_id, accept=accept)
    last = accepted(shop, {"SKU-1": 1})
    pick(shop, last)
    ask(shop, last)

    rows = selectors.orders(EVERYTHING, ListQuery(limit=50)).rows
    assert {row.order_id: (row.status, row.request) for row in rows} == {
        orders[0].order_id: ("open", "submitted"),
        orders[1].order_id: ("on_hold", "unsubmitted"),
        orders[2].order_id: ("in_progress", "accepted"),
        orders[3].order_id: ("closed", "accepted"),
        orders[4].order_id: ("cancelled", "rejected"),
        orders[5].order_id: ("cancelled", "cancellation_accepted"),
        orders[6].order_id: ("in_progress", "cancellation_rejected"),
        waits.order_id: ("scheduled", "unsubmitted"),
        halfway.order_id: ("incomplete", "accepted"),
        last.order_id: ("in_progress", "cancellation_requested"),
    }
    for name, words in (("status", STATUSES), ("request", REQUESTS)):
        for word in words:
            found = selectors.orders(EVERYTHING, ListQuery(filters={name: (word,)}, limit=50)).rows
            assert {row.order_id for row in found} == {row.order_id for row in rows if getattr(row, name) == word} != set(), word
    for row in rows:
        assert shown(row.order_id) == (row.status, row.request)
