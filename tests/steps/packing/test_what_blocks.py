"""Who is refused at the bench is led to the order, the parcel or the boxes."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.core import clock
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import WrongState
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.warehouse.errors import PlaceMissing
from packhorse.ground.warehouse.models import Location
from packhorse.steps.packing import requests, selectors, services
from packhorse.steps.packing.errors import NoBox, NotOnTheBench, ParcelGone, WeightOff
from tests.blocks import blocked
from tests.build import HOUSE, doing
from tests.steps.packing.test_seal_parcel import PACKER, bench, seal
from tests.steps.picking.build import at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db


def test_goods_that_do_not_stand_there_lead_to_their_order() -> None:
    shop = shop_with({"SKU-1": 5})
    _, (fo,) = at_bench(shop, {"SKU-1": 2})
    order = bench(shop)
    seal(order)
    with blocked(NotOnTheBench, "orders:order", fo.order_id, names=fo.number):
        seal(order)
    with blocked(NotOnTheBench, "orders:order", fo.order_id, names=fo.number):
        services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=fo.fulfillment_order_id, parcels=[])
    with blocked(NotOnTheBench, "orders:order", fo.order_id, names=fo.number):
        selectors.bench_order(EVERYTHING, fo.fulfillment_order_id)


def test_a_parcel_that_is_gone_or_weighs_something_else_is_linked() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 2})
    parcel_id = seal(bench(shop)).parcel_id
    with blocked(WeightOff, "packing:parcel", parcel_id):
        services.weigh_parcel(key=uuid4(), actor=PACKER, parcel_id=parcel_id, weight_g=5000)
    doing(lambda: requests.labelled([parcel_id]))
    with blocked(WrongState, "packing:parcel", parcel_id):
        services.weigh_parcel(key=uuid4(), actor=PACKER, parcel_id=parcel_id, weight_g=500)
    doing(lambda: requests.handed_over([parcel_id]))
    with blocked(ParcelGone, "packing:parcel", parcel_id, names=selectors.parcel(EVERYTHING, parcel_id).number):
        services.void_parcel(key=uuid4(), actor=HOUSE, parcel_id=parcel_id, reason="x")


def test_no_box_leads_to_the_boxes() -> None:
    shop = shop_with({"SKU-1": 50})
    at_bench(shop, {"SKU-1": 2})
    small = make_box(inner=(90, 80, 60))
    with blocked(NoBox, "catalog:boxes"):
        services.in_box(bench(shop), next(b for b in catalog.boxes(EVERYTHING) if b.code == small))


def test_a_warehouse_without_staging_leads_to_its_page() -> None:
    shop = shop_with({"SKU-1": 5})
    at_bench(shop, {"SKU-1": 2})
    Location.objects.filter(pk=shop.staging).update(archived_at=clock.now())
    with blocked(PlaceMissing, "warehouse:warehouse", shop.warehouse_id, names="staging"):
        seal(bench(shop))
