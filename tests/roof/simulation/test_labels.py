"""Virtual workers put into totes what they scanned, and a label that says something else stops them as it stops a person."""

from __future__ import annotations

from uuid import uuid4

import pytest

from packhorse.ground.catalog import services as catalog
from packhorse.ground.catalog.types import NewItem
from packhorse.roof.simulation.labels import Labels
from packhorse.steps.picking import services
from packhorse.steps.picking.errors import WrongItem, WrongLocation, WrongTote
from packhorse.steps.picking.types import PickLine
from tests.build import HOUSE
from tests.steps.picking.build import begun, shop_with, tasks

pytestmark = pytest.mark.django_db

GTIN = "2000000000015"


def test_stop_by_stop() -> None:
    shop = shop_with({"SKU-1": 5, "SKU-2": 5})
    catalog.upsert_items(key=uuid4(), actor=HOUSE, client_id=shop.client_id, items=[NewItem(sku="SKU-1", name="One", barcodes=((GTIN, 1, "each"),))])
    labels = Labels(shop.warehouse_id, shop.client_id, {"SKU-1": GTIN})
    batch_id, _ = begun(shop, {"SKU-1": 2}, {"SKU-1": 1})
    stop = tasks(batch_id)
    piece = labels.scan(labels.on_goods("SKU-1"))
    assert piece.scan.gtin == GTIN.zfill(14)
    assert labels.item("SKU-1") == shop.item("SKU-1")
    assert labels.place(stop[0].location) == stop[0].location_id == shop.bins[0]

    into = [labels.scan(t.tote or "") for t in stop]
    assert services.read_stop(stop, [labels.scan(stop[0].location), piece, into[0], piece, into[1]]) == [PickLine(t.task_id, t.tote_id or 0) for t in stop]

    with pytest.raises(WrongLocation):
        services.read_stop(stop, [labels.scan("A-02-01")])
    with pytest.raises(WrongItem):
        services.read_stop(stop, [labels.scan(labels.on_goods("SKU-2"))])
    with pytest.raises(WrongTote):
        services.read_stop(stop, [piece, labels.scan(next(c for c in ("T-001", "T-002", "T-003", "T-004") if c not in {t.tote for t in stop}))])
    with pytest.raises(LookupError):
        labels.place("NOWHERE")


def test_goods_in_lots_say_their_lot() -> None:
    labels = Labels(1, 1, {"SKU-1": GTIN})
    read = labels.on_goods("SKU-1", "L7")
    assert read == f"]C101{GTIN.zfill(14)}10L7"
