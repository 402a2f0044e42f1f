"""The service of a parcel is the cheapest that keeps the promise, and why every other one lost is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed
from packhorse.core.lists import ListQuery
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.models import Transit
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.types import Quote, RateRequest
from packhorse.ground.places.geography import zone
from packhorse.ground.places.types import AddressData
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.types import HoldDone
from packhorse.steps.shipping import selectors, services
from packhorse.steps.shipping.models import Label, Shipment, Unquoted
from packhorse.steps.shipping.types import ChosenService, ShipmentInfo
from tests.build import HOUSE, Shop, actor
from tests.steps.shipping.build import NOON, labelled_order, ready_shop, sealed_order

pytestmark = pytest.mark.django_db

VANCOUVER = AddressData(name="Ann Other", line1="1 Water St", city="Vancouver", region="BC", postal_code="V6B 2M9", country="CA", email="ann@example.org")


@pytest.fixture(autouse=True)
def now() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(NOON)
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def choose(shop: Shop) -> list[int]:
    return services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)


def chosen(fo_id: int) -> ShipmentInfo:
    [shipment] = selectors.shipments_of(EVERYTHING, [fo_id])
    return shipment


def test_takes_the_cheapest_that_keeps_the_promise(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1}, ship_to=VANCOUVER)

    [label_id] = choose(shop)

    made = chosen(fo.fulfillment_order_id)
    assert (made.carrier, made.service, made.rule, made.parcels) == ("tariff", "standard", "cheapest", 1)
    assert {c.service: c.outcome for c in made.considered} == {"standard": "chosen", "express": "dearer", "same_day": "too_far"}
    assert all(c.amount_minor for c in made.considered if c.outcome != "too_far")
    label = selectors.label(EVERYTHING, label_id)
    assert (label.state, label.weight_g, label.order_id, label.promised_by) == ("requested", 900, fo.order_id, fo.deliver_by)


def test_says_which_are_too_late_for_the_promise(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1}, ship_to=VANCOUVER, service="express")

    choose(shop)

    made = chosen(fo.fulfillment_order_id)
    assert made.expected_by is not None
    assert made.service == "express"
    assert made.expected_by <= made.promised_by
    assert {c.service: c.outcome for c in made.considered}["standard"] == "too_late"


def test_takes_the_earliest_where_none_keeps_the_promise(shop: Shop, now: clock.VirtualClock) -> None:
    fo = sealed_order(shop, {"SKU-1": 1}, ship_to=VANCOUVER)
    now.advance_to(NOON + dt.timedelta(days=30))

    choose(shop)

    made = chosen(fo.fulfillment_order_id)
    assert (made.service, made.rule) == ("express", "earliest")
    assert {c.service: c.outcome for c in made.considered}["standard"] == "later"


def test_our_own_history_outweighs_the_date_of_the_carrier(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1}, ship_to=VANCOUVER)
    lane: dict[str, Any] = {"carrier": "tariff", "service": "standard", "origin": zone("CA", "K1A 0B1"), "destination": zone("CA", "V6B 2M9")}
    Transit.objects.create(**lane, days=30, count=40)

    choose(shop)

    assert {c.service: c.outcome for c in chosen(fo.fulfillment_order_id).considered} == {"standard": "unreliable", "express": "chosen", "same_day": "too_far"}


def test_the_parcels_of_an_order_go_together(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1, "SKU-2": 2}, parcels=2)

    labels = choose(shop)

    made = chosen(fo.fulfillment_order_id)
    assert (len(labels), made.parcels) == (2, 2)
    assert len({selectors.label(EVERYTHING, i).parcel_id for i in labels}) == 2


def test_a_held_order_stays_out(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1})
    orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="wait")

    assert choose(shop) == []
    assert selectors.waiting_count(EVERYTHING) >= 1


def test_asked_twice_a_parcel_keeps_its_label(shop: Shop) -> None:
    sealed_order(shop, {"SKU-1": 1})
    first = choose(shop)
    parcel_id = selectors.label(EVERYTHING, first[0]).parcel_id
    assert parcel_id is not None

    assert choose(shop) == []
    assert services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, parcel_ids=[parcel_id]) == first
    assert Label.objects.filter(parcel_id=parcel_id).count() == 1


def _choice(shop: Shop) -> tuple[int, ChosenService]:
    fo = sealed_order(shop, {"SKU-1": 1})
    [parcel] = selectors.parcels_without_label(EVERYTHING, shop.warehouse_id)
    choice = ChosenService(fo.fulfillment_order_id, (parcel,), "tariff", "standard", "1", 500, "CAD", NOON, NOON, "cheapest", ())
    return parcel, choice


def test_recorded_twice_it_happens_once_and_a_key_is_not_used_for_something_else(shop: Shop) -> None:
    parcel, choice = _choice(shop)
    key = uuid4()
    ask: dict[str, Any] = {"key": key, "actor": HOUSE, "warehouse_id": shop.warehouse_id}

    first = services.record_services(**ask, chosen=[choice])

    assert services.record_services(**ask, chosen=[choice]) == first
    assert services.record_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, chosen=[choice]) == []
    assert Shipment.objects.filter(fulfillment_order_id=choice.fulfillment_order_id).count() == 1
    assert list(Label.objects.filter(parcel_id=parcel).values_list("pk", flat=True)) == first
    with pytest.raises(KeyReused):
        services.record_services(**ask, chosen=[])


def test_only_those_who_ship_may(shop: Shop) -> None:
    _, choice = _choice(shop)
    for somebody in (actor("service"), actor("packer", client_id=shop.client_id + 1), actor("packer", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            services.record_services(key=uuid4(), actor=somebody, warehouse_id=shop.warehouse_id, chosen=[choice])
    assert labelled_order(shop, {"SKU-2": 1}).stage == "packed"


class Nobody:
    """A carrier's gateway that goes nowhere."""

    code, name = "nobody", "Nobody"

    def rate(self, request: object) -> list[object]:
        return []


def test_what_nobody_quotes_does_not_stand_in_the_way_of_others(shop: Shop, now: clock.VirtualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = sealed_order(shop, {"SKU-1": 1})
    other = sealed_order(shop, {"SKU-2": 1})
    [parcel, second] = selectors.parcels_without_label(EVERYTHING, shop.warehouse_id)
    ask: dict[str, Any] = {"actor": HOUSE, "warehouse_id": shop.warehouse_id}
    with monkeypatch.context() as alone:
        alone.setattr(registry, "carriers", lambda: [Nobody()])
        assert services.choose_services(key=uuid4(), **ask, limit=1) == []
    row = Unquoted.objects.get(fulfillment_order_id=stuck.fulfillment_order_id)
    assert (row.reason, row.attempts, row.next_attempt_at - row.asked_at) == ("no_quote", 1, dt.timedelta(minutes=1))
    assert selectors.parcels_without_label(EVERYTHING, shop.warehouse_id, limit=1) == [second]

    assert len(services.choose_services(key=uuid4(), **ask, limit=1)) == 1
    assert [s.fulfillment_order_id for s in Shipment.objects.all()] == [other.fulfillment_order_id]
    [shown] = selectors.parcels(EVERYTHING, ListQuery(filters={"shelf": ("failed",)})).rows
    assert (shown.id, shown.error, selectors.failed_count(EVERYTHING)) == (parcel, "no_quote", 1)

    now.advance(61)
    assert len(services.choose_services(key=uuid4(), **ask, limit=1)) == 1
    assert (Unquoted.objects.count(), selectors.failed_count(EVERYTHING)) == (0, 0)


class Light(TariffCarrier):
    """Takes nothing that is heavier than a kilogram."""

    def rate(self, request: RateRequest) -> list[Quote]:
        return [] if any(p.weight_g > 1000 for p in request.parcels) else super().rate(request)


def test_asked_again_with_its_key_it_is_about_the_parcels_that_waited_and_what_was_recorded_stands(shop: Shop) -> None:
    sealed_order(shop, {"SKU-1": 1})
    sealed_order(shop, {"SKU-2": 1}, weight_g=2000)
    held = sealed_order(shop, {"SKU-3": 1})
    parcels = selectors.parcels_without_label(EVERYTHING, shop.warehouse_id)
    [hold] = orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[held.fulfillment_order_id], note="wait")
    assert isinstance(hold, HoldDone)
    ask: dict[str, Any] = {"key": uuid4(), "actor": HOUSE, "warehouse_id": shop.warehouse_id}
    with registry.using(Light()):
        first = services.choose_services(**ask, parcel_ids=parcels)
    assert [selectors.label(EVERYTHING, i).parcel_id for i in first] == parcels[:1]
    orders.release_hold(key=uuid4(), actor=HOUSE, hold_id=hold.hold_id)

    assert services.choose_services(**ask, parcel_ids=parcels) == first

    assert (Label.objects.count(), Shipment.objects.count(), Unquoted.objects.get().attempts) == (1, 1, 1)
    with pytest.raises(KeyReused):
        services.choose_services(**ask, parcel_ids=parcels[:2])
    assert len(services.choose_services(**ask | {"key": uuid4()}, parcel_ids=parcels)) == 3


def test_each_time_that_nobody_quotes_the_next_try_is_later_and_noted_twice_is_noted_once(shop: Shop) -> None:
    fo = sealed_order(shop, {"SKU-1": 1})
    reasons = {fo.fulfillment_order_id: "no_quote"}
    ask: dict[str, Any] = {"actor": HOUSE, "warehouse_id": shop.warehouse_id}
    waits = []
    for _ in range(8):
        key = uuid4()
        assert services.record_unquoted(key=key, **ask, reasons=reasons) == services.record_unquoted(key=key, **ask, reasons=reasons) == 1
        row = Unquoted.objects.get()
        waits.append((row.next_attempt_at - row.asked_at) // dt.timedelta(minutes=1))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    with pytest.raises(KeyReused):
        services.record_unquoted(key=key, **ask, reasons={})
    for somebody in (actor("service"), actor("packer", client_id=shop.client_id + 1)):
        with pytest.raises(NotAllowed):
            services.record_unquoted(key=uuid4(), actor=somebody, warehouse_id=shop.warehouse_id, reasons=reasons)
    assert Unquoted.objects.get().attempts == 8
