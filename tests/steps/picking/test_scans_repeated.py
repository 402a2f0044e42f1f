"""A scan whose answer was lost is sent again with its key: it is done once, and answered as if it had arrived the first time, whatever had been kept of it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from packhorse.core import sql
from packhorse.core.models import ScannerRun
from packhorse.ground.people.models import User
from tests.build import make_shop, stock
from tests.core.web.test_web_pages import user
from tests.steps.picking.build import books_agree, tasks
from tests.steps.picking.scanning import load_cart, planned

pytestmark = pytest.mark.django_db


class Phone:
    """A signed-in picker with a run."""

    def __init__(self, client: Client, who: User) -> None:
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        self.client, self.run = client, uuid4()
        client.post("/scan/picking.pick/", {"key": str(self.run)})

    def send(self, scan: str, key: UUID | None = None) -> tuple[int, str]:
        fields: dict[str, Any] = {"seq": str(self.kept.seq), "key": str(key or uuid4()), "scan": scan}
        answer = self.client.post(f"/scan/run/{self.run}/post/", fields, headers={"X-Scanner": "1"})
        big = re.search(r'class="scan-big">([^<]*)', answer.content.decode())
        return answer.status_code, big[1] if big else ""

    @property
    def kept(self) -> ScannerRun:
        return ScannerRun.objects.get(pk=self.run)

    def forget_the_last(self, before: ScannerRun) -> None:
        """As when the process ended after the goods were posted and before the screen was kept."""
        ScannerRun.objects.filter(pk=self.run).update(seq=before.seq, last_key=before.last_key, state=before.state, screen=before.screen)


def test_a_stop_that_was_posted_and_whose_screen_was_not_kept_is_no_refusal(client: Client) -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 9, "SKU-2": 9})
    (batch_id,) = planned(shop, {"SKU-1": 1, "SKU-2": 1})
    load_cart(shop, 1)
    phone = Phone(client, user("picker"))
    phone.send("CART-01")
    assert phone.send("SKU-1") == (200, "A-01-01")
    before, key = phone.kept, uuid4()
    assert phone.send("T-001", key) == (200, "A-02-01")
    phone.forget_the_last(before)
    assert phone.send("T-001", key) == (200, "A-02-01")
    assert (phone.kept.seq, phone.kept.last_key) == (before.seq + 1, key)
    assert phone.send("T-001", key) == (200, "A-02-01")
    assert len(tasks(batch_id)) == 1
    assert sql.rows("SELECT count(*) FROM core_command WHERE key = %s", [key]) == [(1,)]
    assert phone.send("SKU-1")[0] == 409, "and what is wrong is still refused"


def test_so_is_the_bench_that_was_scanned_last(client: Client) -> None:
    shop = make_shop()
    stock(shop, {"SKU-1": 9})
    planned(shop, {"SKU-1": 1})
    load_cart(shop, 1)
    phone = Phone(client, user("picker"))
    for code in ("CART-01", "SKU-1", "T-001"):
        phone.send(code)
    before, key = phone.kept, uuid4()
    assert phone.send("BENCH-1", key) == (200, "Done")
    phone.forget_the_last(before)
    assert phone.send("BENCH-1", key)[0] == 200
    assert phone.kept.state == {"step": "done"}
    books_agree()
