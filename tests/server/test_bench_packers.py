"""The packers' bench reads the pages as people do, finds nothing where all is well, and what is lost or doubled where somebody planted it."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.models import ScannerRun
from packhorse.server.bench.goods import Shop as Filled
from packhorse.server.bench.packers import Packer, _check
from packhorse.server.bench.scanners.floor import Floor
from packhorse.server.bench.scanners.phone import Phone, Sent, read
from packhorse.steps.packing import selectors
from tests.core.web.test_web_pages import user
from tests.steps.picking.build import at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db


class Scanner(Phone):
    """A phone of the bench on Django's test client."""

    client: Client

    def send(self, sent: Sent) -> None:
        answer = self.client.post(f"/scan/run/{self.run}/post/", {**sent.fields, "key": sent.key, "seq": self.shown.seq}, headers={"X-Scanner": "1"})
        sent.status, self.shown = answer.status_code, read(answer.content.decode())
        sent.said, sent.seconds = self.shown.said, 0.01


@pytest.fixture
def packed(client: Client) -> tuple[Floor, Packer]:
    """An order of three pieces, packed by what the screens ask for."""
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    make_box()
    at_bench(shop, {"SKU-1": 2, "SKU-2": 1})
    client.force_login(user("packer"), backend="django.contrib.auth.backends.ModelBackend")
    phone = Scanner(0, Random(1), "packing.pack")  # noqa: S311 - a test
    phone.client, phone.run = client, str(uuid4())
    client.post("/scan/packing.pack/", {"key": phone.run})
    phone.shown = read(client.get(f"/scan/run/{phone.run}/").content.decode())
    packer = Packer(phone, [str(selectors.bench_orders(EVERYTHING, shop.warehouse_id)[0].tote)], 0.0)
    while what := packer._next(phone.shown):
        packer._send(*what)
    packer._send("wrong", "nonsense")
    return Floor(Filled(shop.client_id, shop.warehouse_id, ()), 1), packer


def found(floor: Floor, packer: Packer) -> dict[str, Any]:
    return {k: v for k, v in _check(floor, [packer]).items() if k != "told"}


def test_an_order_is_packed_screen_by_screen_and_all_is_well(packed: tuple[Floor, Packer]) -> None:
    floor, packer = packed
    assert [kind for kind, _ in packer.heard] == ["tote", "piece", "piece", "last piece", "label", "wrong"]
    assert [sent.status for _, sent in packer.heard] == [200] * 5 + [409]
    assert (packer.packed, found(floor, packer)) == (1, {"lost": 0, "doubled": 0, "orders_packed": 1, "drift": 0})


def test_a_screen_too_few_is_lost_and_one_too_many_is_doubled(packed: tuple[Floor, Packer]) -> None:
    floor, packer = packed
    ScannerRun.objects.filter(pk=packer.phone.run).update(seq=4, at=clock.now())
    assert found(floor, packer)["lost"] == 1
    ScannerRun.objects.filter(pk=packer.phone.run).update(seq=7, at=clock.now())
    assert found(floor, packer)["doubled"] == 2


def test_what_is_in_no_parcel_is_lost_and_what_is_in_two_is_doubled(packed: tuple[Floor, Packer]) -> None:
    floor, packer = packed
    sql.run("UPDATE packing_parcelline SET quantity = quantity + 1 WHERE quantity = 2", [])
    assert found(floor, packer)["doubled"] == 1
    sql.run("UPDATE packing_parcelline SET quantity = quantity - 2 WHERE quantity = 3", [])
    assert found(floor, packer)["lost"] == 1
