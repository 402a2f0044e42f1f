"""The scanners' bench reads the pages as people do, finds nothing where all is well, and what is lost or doubled where somebody planted it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import clock, sql
from packhorse.core.models import ScannerRun
from packhorse.ground.people.models import User
from packhorse.server.bench.goods import Shop as Filled
from packhorse.server.bench.scanners import checking
from packhorse.server.bench.scanners.floor import Floor, Person
from packhorse.server.bench.scanners.phone import Sent, read
from packhorse.server.bench.scanners.picker import Picker
from tests.build import make_shop, stock
from tests.core.web.test_web_pages import user
from tests.steps.picking.scanning import load_cart, planned

pytestmark = pytest.mark.django_db


class Walked:
    """A picker of the bench on Django's test client: what it read, what it sent, what the tables say."""

    def __init__(self, client: Client) -> None:
        self.shop = make_shop()
        stock(self.shop, {"SKU-1": 9, "SKU-2": 9})
        planned(self.shop, {"SKU-1": 2, "SKU-2": 1})
        load_cart(self.shop, 1)
        who: User = user("picker")
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        self.client, self.run = client, str(uuid4())
        self.floor = Floor(Filled(self.shop.client_id, self.shop.warehouse_id, ("SKU-1", "SKU-2")), 1)
        self.picker = Picker(0, 0, Person(who.username, "", who.pk, "CART-01", ("T-001",)), self.floor, 1, 0.0)
        client.post("/scan/picking.pick/", {"key": self.run})
        self.picker.phone.shown = read(client.get(f"/scan/run/{self.run}/").content.decode())

    def step(self, code: str = "") -> Sent:
        """Scan what the screen asks for, or this."""
        fields = {"scan": code} if code else self.picker._next(self.picker.phone.shown)
        sent = Sent(str(uuid4()), self.run, fields)
        body = {**fields, "key": sent.key, "seq": self.picker.phone.shown.seq}
        answer = self.client.post(f"/scan/run/{self.run}/post/", body, headers={"X-Scanner": "1"})
        self.picker.phone.shown = read(answer.content.decode())
        sent.status, sent.said = answer.status_code, self.picker.phone.shown.said
        sent.posted = sent.status == 200 and bool(re.search(" from ", sent.said))
        self.picker.heard.append(sent)
        return sent

    def check(self) -> tuple[int, int]:
        found = checking.check(self.floor, [self.picker])
        assert found.drift == 0
        return len(found.lost), len(found.doubled)


@pytest.fixture
def walked(client: Client) -> Walked:
    made = Walked(client)
    while made.picker.phone.shown.tone != "done":
        assert made.step().status == 200, made.picker.heard[-1]
    assert made.step("nonsense").status == 422
    return made


def test_a_walk_is_read_screen_by_screen_and_all_is_well(walked: Walked) -> None:
    assert [next(iter(s.fields.values())) for s in walked.picker.heard] == ["CART-01", "SKU-1", "T-001", "SKU-2", "T-001", "BENCH-1", "nonsense"]
    assert sum(s.posted for s in walked.picker.heard) == 2
    assert walked.check() == (0, 0)


def test_a_scan_that_left_no_screen_is_lost_and_one_screen_too_many_is_doubled(walked: Walked) -> None:
    ScannerRun.objects.filter(pk=walked.run).update(seq=5, at=clock.now())
    assert walked.check() == (1, 0)
    ScannerRun.objects.filter(pk=walked.run).update(seq=8, at=clock.now())
    assert walked.check() == (0, 2)


def test_what_a_scan_said_and_its_moves_are_compared(walked: Walked) -> None:
    first = next(s for s in walked.picker.heard if s.posted)
    first.said = first.said.replace("2 pieces", "3 pieces")
    assert walked.check() == (1, 0)
    first.said = first.said.replace("3 pieces", "1 pieces")
    assert walked.check() == (0, 1)
    first.status, first.posted = 409, False
    assert walked.check() == (0, 2), "refused, yet moved, and a screen more than scans"


def test_a_pick_whose_moves_are_not_what_it_asks_for_is_told(walked: Walked) -> None:
    sql.run("UPDATE picking_picktask SET quantity = 3, picked = 3 WHERE quantity = 2", [])
    assert walked.check() == (1, 0)
