"""What a truck takes leaves stock exactly once; what may not leave stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4, uuid5

import pytest

from packhorse.core import clock, dispatch, sql, sscc
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import KeyReused, NotAllowed
from packhorse.core.models import JournalEntry
from packhorse.ground.carriers import registry
from packhorse.ground.carriers.errors import CarrierUnavailable
from packhorse.ground.carriers.tariff.carrier import TariffCarrier
from packhorse.ground.carriers.tariff.failures import Failures
from packhorse.ground.carriers.types import ManifestRequest
from packhorse.steps.inventory import reconciler, selectors as inventory
from packhorse.steps.orders import services as orders
from packhorse.steps.orders.errors import NotThatMuch
from packhorse.steps.orders.types import HoldDone
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.shipping import jobs, selectors, services
from packhorse.steps.shipping.errors import NoLabel, NothingToManifest, StaysHere, WrongTruck
from packhorse.steps.shipping.models import Label, Manifest
from tests.build import HOUSE, Shop, actor
from tests.build_orders import fo_of
from tests.steps.shipping.build import NOON, hand_over_all, labelled_order, ready_shop, sealed_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[clock.VirtualClock]:
    virtual = clock.VirtualClock(NOON)
    with clock.using(virtual):
        yield virtual


@pytest.fixture
def shop() -> Shop:
    return ready_shop()


def label_of(order_id: int) -> Label:
    return Label.objects.get(order_id=order_id)


def hold(fo_id: int) -> int:
    [done] = orders.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo_id], note="wait")
    assert isinstance(done, HoldDone)
    return done.hold_id


def test_the_goods_leave_and_everybody_hears_of_it(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 3, "SKU-2": 1}, parcels=2)

    done = hand_over_all(shop)

    assert (done.parcels, done.refused) == (2, ())
    after = fo_of(fo.order_id)
    assert (after.stage, [line.shipped for line in after.lines]) == ("shipped", [3, 1])
    assert inventory.open_allocations(EVERYTHING, demand_ids=[line.demand_id for line in fo.lines]) == []
    assert {p.state for p in packing.parcels_of(EVERYTHING, [fo.fulfillment_order_id])} == {"handed_over"}
    assert JournalEntry.objects.filter(event="orders.lines_shipped", order_id=fo.order_id).count() == 1
    assert reconciler.drift() == []
    [line] = selectors.board(EVERYTHING, shop.warehouse_id, "UTC", NOON)
    assert (line.carrier, line.gone, line.here) == ("tariff", 2, 0)


def test_asked_twice_it_leaves_once(shop: Shop) -> None:
    labelled_order(shop, {"SKU-1": 1})
    ask: dict[str, Any] = {"key": uuid4(), "actor": HOUSE, "warehouse_id": shop.warehouse_id, "carrier": "tariff"}
    first = services.close_manifest(**ask)

    assert services.close_manifest(**ask) == first
    with pytest.raises(NothingToManifest):
        services.close_manifest(**{**ask, "key": uuid4()})
    labelled_order(shop, {"SKU-1": 1})
    with pytest.raises(KeyReused):
        services.close_manifest(**ask, label_ids=[1])
    assert Manifest.objects.filter(warehouse_id=shop.warehouse_id).count() == 1


def test_a_held_order_stays_out_also_when_it_was_held_meanwhile(shop: Shop) -> None:
    early, late, gone = (labelled_order(shop, {"SKU-1": 1}) for _ in range(3))
    hold(early.fulfillment_order_id)
    manifest_id = services.open_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", label_ids=None)
    hold_id = hold(late.fulfillment_order_id)

    assert services.finish_manifests(actor=HOUSE, before=NOON + dt.timedelta(days=1)) == 1

    assert [fo_of(fo.order_id).stage for fo in (early, late, gone)] == ["packed", "packed", "shipped"]
    assert selectors.manifest(EVERYTHING, manifest_id).parcels == 1
    assert label_of(late.order_id).manifest_id is None
    assert reconciler.drift() == []

    # The carrier has it: when the hold ends, so does our book.
    orders.release_hold(key=uuid4(), actor=HOUSE, hold_id=hold_id)
    assert hand_over_all(shop).parcels == 1
    assert fo_of(late.order_id).stage == "shipped"


def test_one_that_cannot_be_posted_keeps_no_other_from_leaving_and_is_told(shop: Shop) -> None:
    odd, good = labelled_order(shop, {"SKU-1": 2}), labelled_order(shop, {"SKU-1": 1})
    for fo in (odd, good):
        services.open_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", label_ids=[label_of(fo.order_id).pk])
    spoil = "UPDATE orders_fulfillmentline SET promised = promised - 1, picked = picked - 1, packed = packed - 1, cancelled = cancelled + 1 WHERE fulfillment_order_id = %s"
    sql.run(spoil, [odd.fulfillment_order_id])

    with pytest.raises(NotThatMuch):
        services.finish_manifests(actor=HOUSE, before=NOON + dt.timedelta(days=1))

    assert (fo_of(odd.order_id).stage, fo_of(good.order_id).stage) == ("packed", "shipped")


def test_a_parcel_opened_meanwhile_stays_and_its_label_goes_back(shop: Shop) -> None:
    fo, other = labelled_order(shop, {"SKU-1": 1}), labelled_order(shop, {"SKU-1": 1})
    services.open_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", label_ids=None)
    packing_services.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=label_of(fo.order_id).parcel_id or 0, reason="wrong item")
    dispatch.drain()

    services.finish_manifests(actor=HOUSE, before=NOON + dt.timedelta(days=1))

    assert (label_of(fo.order_id).state, label_of(fo.order_id).manifest_id) == ("void_asked", None)
    assert (fo_of(fo.order_id).lines[0].shipped, fo_of(other.order_id).stage) == (0, "shipped")
    assert reconciler.drift() == []


def test_killed_before_the_goods_were_posted_the_same_key_goes_on(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 1})
    key = uuid4()
    manifest_id = services.open_manifest(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", label_ids=None)
    number = label_of(fo.order_id).tracking_number or ""
    registry.carrier("tariff").manifest(ManifestRequest(key=uuid5(key, "manifest"), tracking_numbers=(number,), handed_over_at=NOON))

    done = services.close_manifest(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff")

    assert (done.manifest_id, done.parcels, fo_of(fo.order_id).stage) == (manifest_id, 1, "shipped")


def test_the_job_finishes_what_was_left_and_the_one_who_asked_gets_the_same_answer(shop: Shop, now: clock.VirtualClock) -> None:
    fo = labelled_order(shop, {"SKU-1": 1})
    ask: dict[str, Any] = {"key": uuid4(), "actor": actor("packer"), "warehouse_id": shop.warehouse_id, "carrier": "tariff"}
    with registry.using(TariffCarrier(failures=Failures(timeout=1.0))), pytest.raises(CarrierUnavailable):
        services.close_manifest(**ask)
    jobs.finish_manifests(key=uuid4())
    assert fo_of(fo.order_id).stage == "packed"

    now.advance(180)
    jobs.finish_manifests(key=uuid4())

    assert fo_of(fo.order_id).stage == "shipped"
    assert services.close_manifest(**ask).parcels == 1


def test_only_what_is_named_goes(shop: Shop) -> None:
    fo, other = labelled_order(shop, {"SKU-1": 1}), labelled_order(shop, {"SKU-1": 1})

    services.close_manifest(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, carrier="tariff", label_ids=[label_of(fo.order_id).pk])

    assert [fo_of(f.order_id).stage for f in (fo, other)] == ["shipped", "packed"]


def test_refuses_who_may_not(shop: Shop) -> None:
    labelled_order(shop, {"SKU-1": 1})
    for somebody in (actor("service"), actor("packer", warehouse_id=shop.warehouse_id + 1)):
        with pytest.raises(NotAllowed):
            services.close_manifest(key=uuid4(), actor=somebody, warehouse_id=shop.warehouse_id, carrier="tariff")


def test_the_truck_is_loaded_by_scan(shop: Shop) -> None:
    fo = labelled_order(shop, {"SKU-1": 1, "SKU-2": 1}, parcels=2)
    one, two = Label.objects.filter(order_id=fo.order_id).order_by("pk").select_related("parcel")
    ask: dict[str, Any] = {"actor": HOUSE, "warehouse_id": shop.warehouse_id, "carrier": "tariff"}

    first = services.load_parcel(key=uuid4(), **ask, scanned=one.tracking_number or "")
    again = services.load_parcel(key=uuid4(), **ask, scanned=one.parcel.number if one.parcel else "")
    second = services.load_parcel(key=uuid4(), **ask, scanned=sscc.of_parcel(two.parcel_id or 0))

    assert [(x.already, x.loaded, x.ready) for x in (first, again, second)] == [(False, 1, 2), (True, 1, 2), (False, 2, 2)]
    assert hand_over_all(shop).parcels == 2


def test_what_does_not_belong_on_the_truck_is_refused(shop: Shop) -> None:
    fo, held = labelled_order(shop, {"SKU-1": 1}), labelled_order(shop, {"SKU-1": 1})
    bare = sealed_order(shop, {"SKU-1": 1})
    hold(held.fulfillment_order_id)
    ask: dict[str, Any] = {"actor": HOUSE, "warehouse_id": shop.warehouse_id, "carrier": "tariff"}
    with pytest.raises(WrongTruck):
        services.load_parcel(key=uuid4(), **{**ask, "carrier": "other"}, scanned=label_of(fo.order_id).tracking_number or "")
    with pytest.raises(StaysHere):
        services.load_parcel(key=uuid4(), **ask, scanned=label_of(held.order_id).tracking_number or "")
    for scanned in ("NOTHING", packing.parcels_of(EVERYTHING, [bare.fulfillment_order_id])[0].number):
        with pytest.raises(NoLabel):
            services.load_parcel(key=uuid4(), **ask, scanned=scanned)
