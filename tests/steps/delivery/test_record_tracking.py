"""What carriers say counts once, in whatever order it comes, and never takes a parcel back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed
from packhorse.core.models import JournalEntry
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.models import Transit
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.messages.models import Message
from packhorse.steps.delivery import selectors, services
from packhorse.steps.delivery.models import Delivery, TrackingEvent
from packhorse.steps.delivery.policy import expected_after
from packhorse.steps.delivery.types import Recorded
from packhorse.steps.inventory import reconciler
from packhorse.steps.orders import selectors as orders
from tests.build import HOUSE, Shop, actor
from tests.build_orders import fo_of
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


def mails(order_id: int) -> list[str]:
    return sorted(
        Message.objects.filter(order_id=order_id, template__in=["shipped", "out_for_delivery", "delivered", "delivery_problem"]).values_list(
            "template", flat=True
        )
    )


def test_a_parcel_is_followed_from_the_truck_to_the_door(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    assert (d.status, d.origin, d.destination, d.promised_by) == ("announced", "CA-K1A", "CA-K1M", fo.deliver_by)
    n = d.tracking_number

    done = tell(scan(n, 1, "in_transit"), scan(n, 2, "out_for_delivery"), scan(n, 3, "delivered"))

    assert done == Recorded(new=3, repeated=0, unknown=0, arrived=1)
    after = selectors.delivery(EVERYTHING, d.delivery_id)
    assert (after.status, after.delivered_at, after.on_time, after.open_exceptions) == ("delivered", scan(n, 3, "").occurred_at, True, 0)
    assert (fo_of(fo.order_id).stage, [line.delivered for line in fo_of(fo.order_id).lines]) == ("delivered", [2])
    assert mails(fo.order_id) == ["delivered", "out_for_delivery", "shipped"]
    assert list(Transit.objects.filter(origin="CA-K1A", destination="CA-K1M").values_list("service", "days", "count")) == [(d.service, 0, 1)]
    assert JournalEntry.objects.filter(event="orders.lines_delivered", order_id=fo.order_id).count() == 1
    assert reconciler.drift() == []


def test_repeats_and_disorder_change_nothing(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    n = d.tracking_number
    tell(scan(n, 3, "delivered"))

    done = tell(scan(n, 2, "out_for_delivery"), scan(n, 3, "delivered"), scan(n, 1, "in_transit"), scan(n, 1, "in_transit"))

    assert done == Recorded(new=2, repeated=2, unknown=0, arrived=0)
    assert selectors.delivery(EVERYTHING, d.delivery_id).status == "delivered"
    assert fo_of(fo.order_id).lines[0].delivered == 2
    assert [e.code for e in selectors.events(EVERYTHING, [d.delivery_id])] == ["in_transit", "out_for_delivery", "delivered"]
    assert Transit.objects.get(origin="CA-K1A", destination="CA-K1M").count == 1


def test_a_status_never_goes_back(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    n = d.tracking_number
    tell(scan(n, 2, "out_for_delivery"), scan(n, 3, "in_transit"))
    assert selectors.delivery(EVERYTHING, d.delivery_id).status == "out_for_delivery"


def test_what_was_lost_may_be_found(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    n = d.tracking_number
    tell(scan(n, 1, "lost"))
    assert open_kinds(d.delivery_id) == {"lost"}

    tell(scan(n, 2, "in_transit"), scan(n, 3, "delivered"))

    assert (selectors.delivery(EVERYTHING, d.delivery_id).status, open_kinds(d.delivery_id)) == ("delivered", set())
    assert fo_of(fo.order_id).stage == "delivered"


def test_each_parcel_of_an_order_arrives_by_itself(shop: Shop) -> None:
    fo, [one, two] = on_its_way(shop, parcels=2)
    tell(scan(one.tracking_number, 1, "delivered"))
    assert fo_of(fo.order_id).stage == "shipped"
    tell(scan(two.tracking_number, 1, "delivered"))
    assert fo_of(fo.order_id).stage == "delivered"
    assert mails(fo.order_id) == ["delivered", "delivered", "shipped"]


def test_unknown_numbers_are_counted_and_strange_codes_refused(shop: Shop) -> None:
    assert tell(scan("TF000000000XX", 1, "delivered")) == Recorded(0, 0, 1, 0)
    with pytest.raises(Invalid):
        tell(scan("TF000000000XX", 1, "teleported"))


def test_asked_twice_with_a_key_and_the_key_for_something_else(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    ask: dict[str, Any] = {"key": uuid4(), "actor": HOUSE, "carrier": "tariff"}
    first = services.record_tracking(**ask, updates=[scan(d.tracking_number, 1, "in_transit")])
    assert services.record_tracking(**ask, updates=[scan(d.tracking_number, 1, "in_transit")]) == first
    with pytest.raises(KeyReused):
        services.record_tracking(**ask, updates=[])
    assert TrackingEvent.objects.filter(delivery_id=d.delivery_id).count() == 1


def test_others_cannot_say_where_a_parcel_is(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    stranger = actor("integrator", client_id=shop.client_id + 1)
    update = scan(d.tracking_number, 1, "delivered")
    assert services.record_tracking(key=uuid4(), actor=stranger, carrier="tariff", updates=[update]) == Recorded(0, 0, 1, 0)
    with pytest.raises(NotAllowed):
        services.record_tracking(key=uuid4(), actor=actor("picker"), carrier="tariff", updates=[update])
    assert Delivery.objects.get(pk=d.delivery_id).status == "announced"


def test_polled_parcels_arrive(shop: Shop, now: clock.VirtualClock) -> None:
    with registry.using(TariffCarrier(seed=1)):
        fo, [d] = on_its_way(shop)
        now.advance(3600 * 24 * 30)
        assert services.poll_tracking(actor=HOUSE).arrived >= 1
        assert services.poll_tracking(actor=HOUSE).new == 0
    assert fo_of(fo.order_id).stage in ("delivered", "shipped")
    assert selectors.delivery(EVERYTHING, d.delivery_id).status in ("delivered", "returned", "lost")


def test_a_parcel_comes_on_the_day_that_its_scans_say(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    assert d.expected_by is not None
    assert d.promised_by is not None
    hours = int((d.expected_by - NOON).total_seconds() // 3600)

    tell(scan(d.tracking_number, 1, "in_transit", hours=1))
    assert selectors.delivery(EVERYTHING, d.delivery_id).expected_by == d.expected_by

    tell(scan(d.tracking_number, 2, "out_for_delivery", hours=hours - 24))
    earlier = selectors.delivery(EVERYTHING, d.delivery_id)
    assert earlier.expected_by == d.expected_by - dt.timedelta(days=1)
    assert open_kinds(d.delivery_id) == set()

    tell(scan(d.tracking_number, 3, "attempted", hours=hours + 240))
    later = selectors.delivery(EVERYTHING, d.delivery_id)
    assert later.expected_by is not None
    assert later.expected_by > d.promised_by
    assert later.promised_by == d.promised_by
    assert open_kinds(d.delivery_id) == {"attempted", "late"}
    tell(scan(d.tracking_number, 4, "attempted", hours=hours + 264))
    assert Message.objects.filter(order_id=fo.order_id, template="order_delayed").count() == 1
    told = JournalEntry.objects.filter(event="delivery.expected_anew", order_id=fo.order_id).order_by("id")
    assert [e.data["because"] for e in told] == ["out_for_delivery", "attempted", "attempted"]
    assert Client().get(orders.tracking_path(fo.order_id)).status_code == 200


def test_a_parcel_that_comes_to_its_town_in_the_morning_of_its_day_is_not_late(shop: Shop) -> None:
    _, [d] = on_its_way(shop)
    assert d.promised_by is not None
    Delivery.objects.filter(pk=d.delivery_id).update(expected_by=d.promised_by)
    morning = int((d.promised_by - NOON).total_seconds() // 3600) - 14
    tell(scan(d.tracking_number, 1, "in_transit", hours=morning))
    tell(scan(d.tracking_number, 2, "out_for_delivery", hours=morning + 3))
    assert open_kinds(d.delivery_id) == set()
    tell(scan(d.tracking_number, 3, "attempted", hours=morning + 5))
    assert open_kinds(d.delivery_id) == {"attempted", "late"}


def test_days_are_those_of_where_the_parcel_goes(shop: Shop) -> None:
    fo, [d] = on_its_way(shop)
    late_in_the_evening = NOON.replace(hour=3) + dt.timedelta(days=3)  # in Ottawa still the day before
    Delivery.objects.filter(pk=d.delivery_id).update(expected_by=late_in_the_evening)
    tell(scan(d.tracking_number, 1, "out_for_delivery", hours=24))
    (told,) = JournalEntry.objects.filter(event="delivery.expected_anew", order_id=fo.order_id)
    here = NOON.date()
    assert (told.data["before"], told.data["day"]) == (str(here + dt.timedelta(days=2)), str(here + dt.timedelta(days=1)))


def test_on_its_way_after_the_day_it_was_expected_it_comes_the_next_business_day() -> None:
    expected = dt.datetime(2026, 3, 6, 22, tzinfo=dt.UTC)  # a Friday, in Ottawa at five
    said = [expected_after("in_transit", expected + dt.timedelta(hours=h), expected, "CA-K1M") for h in (-24, -6, 12)]
    assert said == [expected, expected, dt.datetime(2026, 3, 9, 21, tzinfo=dt.UTC)]  # the clocks went forward in between
    assert expected_after("at_point", expected, expected, "CA-K1M") == expected
    assert expected_after("exception", expected, expected, "") == expected + dt.timedelta(days=1)
