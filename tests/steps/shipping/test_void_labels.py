"""A label is given back before its parcel leaves; the parcel may then have another."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from packhorse.core import clock, dispatch
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed, WrongState
from packhorse.ground.carriers.models import TariffManifest, TariffPurchase
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.shipping import jobs, selectors, services
from packhorse.steps.shipping.errors import AlreadyHandedOver
from packhorse.steps.shipping.models import Label
from tests.build import HOUSE, Shop, actor
from tests.steps.shipping.build import NOON, hand_over_all, labelled_order, ready_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.using(clock.VirtualClock(NOON)):
        yield


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def bought(shop: Shop) -> Label:
    fo = labelled_order(shop, {"SKU-1": 1})
    return Label.objects.get(order_id=fo.order_id)


def state(parcel_id: int | None) -> str:
    return packing.parcel(EVERYTHING, parcel_id or 0).state


def test_the_parcel_waits_again_and_its_next_label_is_another(shop: Shop) -> None:
    first = bought(shop)
    services.ask_void(key=uuid4(), actor=HOUSE, label_id=first.pk)

    jobs.void_labels(key=uuid4())

    first.refresh_from_db()
    assert (first.state, state(first.parcel_id)) == ("voided", "sealed")
    [again] = services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    assert services.buy_labels(actor=HOUSE) == 1
    second = Label.objects.get(pk=again)
    assert second.key != first.key
    assert second.tracking_number != first.tracking_number


def test_a_parcel_on_the_truck_comes_off_it(shop: Shop) -> None:
    label = bought(shop)
    services.load_parcel(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", scanned=label.tracking_number or "")

    services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)
    jobs.void_labels(key=uuid4())

    assert state(label.parcel_id) == "sealed"


def test_opening_a_parcel_gives_its_label_back(shop: Shop) -> None:
    label = bought(shop)
    packing_services.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=label.parcel_id or 0, reason="wrong item")
    dispatch.drain()

    jobs.void_labels(key=uuid4())

    label.refresh_from_db()
    assert (label.state, state(label.parcel_id)) == ("voided", "voided")


def test_what_the_carrier_does_not_take_back_stays_bought_and_says_why(shop: Shop) -> None:
    label = bought(shop)
    services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)
    manifest = TariffManifest.objects.create(key=uuid4(), handed_over_at=NOON)
    TariffPurchase.objects.filter(tracking_number=label.tracking_number).update(manifest=manifest)

    assert services.void_labels(actor=HOUSE) == 0

    label.refresh_from_db()
    assert (label.state, label.error, state(label.parcel_id)) == ("bought", "handed_over", "labelled")


def test_it_is_refused_when_the_parcel_has_left_and_when_asked_twice(shop: Shop) -> None:
    label = bought(shop)
    other = bought(shop)
    services.ask_void(key=uuid4(), actor=HOUSE, label_id=other.pk)
    with pytest.raises(WrongState):
        services.ask_void(key=uuid4(), actor=HOUSE, label_id=other.pk)
    services.void_labels(actor=HOUSE)
    hand_over_all(shop)
    with pytest.raises(AlreadyHandedOver):
        services.ask_void(key=uuid4(), actor=HOUSE, label_id=label.pk)
    with pytest.raises(NotAllowed):
        services.ask_void(key=uuid4(), actor=actor("packer", client_id=shop.client_id + 1), label_id=label.pk)
    assert selectors.label(EVERYTHING, label.pk).state == "bought"
