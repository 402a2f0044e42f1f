"""Two at the same moment: a parcel gets one label, a label is bought once, goods leave once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.ground.carriers.models import TariffPurchase
from packhorse.steps.inventory import reconciler
from packhorse.steps.packing import services as packing
from packhorse.steps.packing.errors import ParcelGone
from packhorse.steps.shipping import selectors, services
from packhorse.steps.shipping.errors import NothingToManifest
from packhorse.steps.shipping.models import Label, Shipment
from tests.at_once import at_once
from tests.build import HOUSE, Shop
from tests.build_orders import fo_of
from tests.own_database import own_database
from tests.steps.shipping.build import NOON, labelled_order, ready_shop, sealed_order


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    with django_db_blocker.unblock(), own_database("shipping", keep=django_db_keepdb):
        yield


@pytest.fixture
def busy() -> Iterator[Shop]:
    with clock.using(clock.VirtualClock(NOON)):
        yield ready_shop()
        assert reconciler.drift() == []


def test_a_parcel_gets_one_label_and_it_is_bought_once(busy: Shop) -> None:
    fos = [sealed_order(busy, {"SKU-1": 1}) for _ in range(4)]

    def buy() -> int:
        labels = services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id)
        return services.buy_labels(actor=HOUSE, label_ids=labels) + services.buy_labels(actor=HOUSE)

    answers = at_once(buy, buy, buy, buy)

    assert sum(answers) == 4, answers
    found = Label.objects.filter(warehouse_id=busy.warehouse_id)
    assert [(i.state, i.attempts) for i in found] == [("bought", 1)] * 4
    assert TariffPurchase.objects.filter(key__in=[i.key for i in found]).count() == 4
    assert Shipment.objects.filter(fulfillment_order_id__in=[fo.fulfillment_order_id for fo in fos]).count() == 4


def test_goods_leave_once(busy: Shop) -> None:
    fos = [labelled_order(busy, {"SKU-1": 1}) for _ in range(3)]

    def close() -> int:
        return services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, carrier="tariff").parcels

    answers = at_once(close, close, close)

    assert sorted(str(a) if isinstance(a, int) else type(a).__name__ for a in answers) == ["3", "NothingToManifest", "NothingToManifest"]
    assert NothingToManifest in {type(a) for a in answers}
    assert {fo_of(fo.order_id).stage for fo in fos} == {"shipped"}


def test_a_parcel_is_opened_again_or_leaves_but_not_both(busy: Shop) -> None:
    for _ in range(4):
        fo = labelled_order(busy, {"SKU-1": 1})
        [label] = selectors.labels_of_orders(EVERYTHING, [fo.order_id])

        def close() -> int:
            return services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=busy.warehouse_id, carrier="tariff").parcels

        def again(parcel_id: int = label.parcel_id or 0) -> int:
            return packing.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=parcel_id, reason="wrong item")

        left, opened = at_once(close, again)
        shipped = fo_of(fo.order_id).lines[0].shipped
        assert shipped == (1 if isinstance(opened, ParcelGone) else 0), (left, opened)
        services.finish_manifests(actor=HOUSE, before=NOON.replace(year=2030))
