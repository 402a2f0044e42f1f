"""A label comes out of the printer of the bench where its parcel was closed, once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import KeyReused, NotAllowed
from packhorse.core.lists import ListQuery
from packhorse.ground.equipment import emulators, jobs, selectors as equipment, services as devices
from packhorse.ground.equipment.types import NewEquipment
from packhorse.steps.packing import selectors as packing, services as packing_services
from packhorse.steps.shipping import selectors, services
from tests.build import HOUSE, Shop, actor
from tests.steps.picking.build import at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db


def labelled(shop: Shop, *, station_id: int | None) -> int:
    """An order packed at a bench (or nowhere in particular), and its label bought."""
    at_bench(shop, {"SKU-1": 1})
    order = packing.bench_orders(EVERYTHING, shop.warehouse_id)[0]
    parcels = [packing_services.new_parcel(p) for p in packing_services.propose(order)]
    packing_services.pack_as_is(key=uuid4(), actor=HOUSE, fulfillment_order_id=order.fulfillment_order_id, parcels=parcels, station_id=station_id)
    ids = services.choose_services(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id)
    services.buy_labels(actor=HOUSE, label_ids=ids)
    dispatch.drain()
    return ids[0]


def set_up(shop: Shop, address: str) -> int:
    new = NewEquipment(warehouse_id=shop.warehouse_id, kind="printer", name="P", protocol="zpl", address=address, station_id=shop.bench)
    return devices.save_equipment(key=uuid4(), actor=HOUSE, new=new).id


def test_a_label_is_printed_at_its_bench_once_whoever_asks() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    with emulators.Printer() as printer:
        device = set_up(shop, printer.address)
        label = labelled(shop, station_id=shop.bench)
        jobs.send()
        (zpl,) = printer.came(1)
        number = selectors.label(EVERYTHING, label).tracking_number
        assert zpl.startswith(b"^XA")
        assert number
        assert number.encode() in zpl

        def ask(key: UUID, *ids: int, actor: Actor = HOUSE) -> int:
            return services.print_labels(key=key, actor=actor, label_ids=list(ids))

        key = uuid4()
        assert (ask(key, label), ask(key, label)) == (1, 1)
        with pytest.raises(KeyReused):
            ask(key, label, 10**12)
        with pytest.raises(NotAllowed):
            ask(uuid4(), label, actor=actor("packer"))
        jobs.send()
        assert len(printer.came(1)) == 1
    assert [s.what for s in equipment.sendings(EVERYTHING, ListQuery(), equipment_id=device).rows] == ["label"]
    assert equipment.sendings(actor("client", client_id=shop.client_id + 10**6).scope, ListQuery()).rows == ()


def test_what_was_not_closed_at_a_bench_or_has_no_printer_waits_for_a_person() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    labelled(shop, station_id=shop.bench)
    set_up(shop, "127.0.0.1:9")
    labelled(shop, station_id=None)
    assert equipment.sendings(EVERYTHING, ListQuery()).rows == ()
