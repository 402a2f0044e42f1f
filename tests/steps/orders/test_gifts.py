"""An order is a gift with a note and perhaps wrapped: from the API, a file or the page, changed until it is packed; the note is erased with the address it went to."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from uuid import uuid4

import pytest

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING, system
from packhorse.core.errors import Invalid, KeyReused, NotAllowed
from packhorse.ground.people.types import Grant
from packhorse.ground.places.services import erase_addresses
from packhorse.steps.orders import jobs, models, selectors, services
from packhorse.steps.orders.errors import NothingToChange, PackedAlready, TooLate
from packhorse.steps.orders.file_intake import new_order as of_file
from packhorse.steps.orders.importing import parse as parse_file
from packhorse.steps.orders.types import MOST_NOTE, Gift, Refused
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted, fo_of, new_order, take_in
from tests.steps.orders.test_doors import browser, post
from tests.steps.packing.test_papers import packed
from tests.steps.picking.build import make_box

pytestmark = pytest.mark.django_db
NOTE = "Happy birthday!\nZoë"


@pytest.fixture
def shop() -> Shop:
    made = make_shop(items=2)
    stock(made, {"SKU-1": 9, "SKU-2": 9})
    return made


def gift_of(order_id: int) -> Gift | None:
    return selectors.gifts(EVERYTHING, [order_id]).get(order_id)


def test_a_gift_comes_in_with_its_order_and_others_are_none(shop: Shop) -> None:
    gift, plain = accepted(shop, {"SKU-1": 1}, gift=Gift(NOTE, wrap=True)), accepted(shop, {"SKU-1": 1})
    assert (gift_of(gift.order_id), gift_of(plain.order_id)) == (Gift(NOTE, wrap=True), None)
    assert selectors.order(EVERYTHING, gift.order_id).gift == Gift(NOTE, wrap=True)
    assert selectors.gifts(actor("client", client_id=make_shop(items=1).client_id).scope, [gift.order_id]) == {}
    [refused] = take_in(shop, new_order({"SKU-1": 1}, gift=Gift("x" * (MOST_NOTE + 1))))
    assert (isinstance(refused, Refused), models.Gift.objects.count()) == (True, 1)


def test_over_the_api(shop: Shop) -> None:
    owner = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    line = {"sku": "SKU-1", "quantity": 1, "unit_price": "10.00"}
    order = {"external_id": "G-1", "placed_at": "2026-03-02T09:00:00Z", "currency": "CAD", "lines": [line], "gift": {"note": NOTE, "wrap": True}}
    body = {"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "orders": [order]}

    def ask(path: str, body: object) -> object:
        return owner.post(f"/api/v1/orders{path}", data=json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY=str(uuid4()))

    made = ask("/", body).json()[0]  # type: ignore[attr-defined]
    assert owner.get(f"/api/v1/orders/{made['order_id']}").json()["gift"] == {"note": NOTE, "wrap": True}
    changed = ask(f"/{made['order_id']}/gift", {"gift": {"note": "Get well"}, "reason": "asked"})
    assert (changed.status_code, gift_of(made["order_id"])) == (200, Gift("Get well"))  # type: ignore[attr-defined]
    assert ask(f"/{made['order_id']}/gift", {"gift": {"note": "x" * 501}, "reason": "asked"}).status_code == 422  # type: ignore[attr-defined]
    assert ask(f"/{made['order_id']}/gift", {"gift": None, "reason": "asked"}).status_code == 200  # type: ignore[attr-defined]
    assert gift_of(made["order_id"]) is None


def test_from_files(tmp_path: Path) -> None:
    head = "external_id,placed_at,sku,quantity,unit_price,currency,gift_note,gift_wrap\n"
    rows = "A1,2026-03-02,S1,1,2.50,CAD,Well done,yes\nA1,2026-03-02,S2,1,2.50,CAD,,\nA2,2026-03-02,S1,1,2.50,CAD,,\nA3,2026-03-02,S1,1,2.50,CAD,,perhaps\n"
    path = tmp_path / "orders.csv"
    path.write_text(head + rows)
    parsed = parse_file(path)
    assert [(o.external_id, of_file(o).gift) for o in parsed.orders] == [("A1", Gift("Well done", wrap=True)), ("A2", None)]
    assert [q.code for q in parsed.quarantined] == ["bad_gift_wrap"]
    path = tmp_path / "orders.jsonl"
    line = {"sku": "S1", "quantity": 1, "unit_price": 2.5}
    path.write_text(
        json.dumps({"external_id": "B1", "placed_at": "2026-03-02", "currency": "CAD", "gift_note": "Hi", "gift_wrap": True, "lines": [line]}) + "\n"
    )
    assert [of_file(o).gift for o in parse_file(path).orders] == [Gift("Hi", wrap=True)]


def test_changed_until_it_is_packed(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1})
    key = uuid4()
    done = services.change_gift(key=key, actor=HOUSE, order_id=fo.order_id, gift=Gift(NOTE), reason="asked")
    assert services.change_gift(key=key, actor=HOUSE, order_id=fo.order_id, gift=Gift(NOTE), reason="asked") == done
    with pytest.raises(KeyReused):
        services.change_gift(key=key, actor=HOUSE, order_id=fo.order_id, gift=None, reason="asked")
    assert NOTE not in str(selectors.order(EVERYTHING, fo.order_id).changes)
    for error, by, gift in ((NothingToChange, HOUSE, Gift(NOTE)), (Invalid, HOUSE, Gift("\x00")), (NotAllowed, actor("packer"), None)):
        with pytest.raises(error):
            services.change_gift(key=uuid4(), actor=by, order_id=fo.order_id, gift=gift, reason="asked")
    assert gift_of(fo.order_id) == Gift(NOTE)
    services.cancel_orders(key=uuid4(), actor=HOUSE, order_ids=[fo.order_id], reason="asked")
    with pytest.raises(TooLate):
        services.change_gift(key=uuid4(), actor=HOUSE, order_id=fo.order_id, gift=None, reason="asked")


def test_on_the_pages(shop: Shop) -> None:
    owner = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    fo = accepted(shop, {"SKU-1": 1})
    assert post(owner, f"/orders/{fo.order_id}/gift/", gift="on", note="Get well", wrap="on", reason="asked").status_code == 303
    shown = owner.get(f"/orders/{fo.order_id}/").content.decode()
    assert ("Get well" in shown, "Gift note" in shown) == (True, True)
    assert gift_of(fo.order_id) == Gift("Get well", wrap=True)
    assert post(owner, f"/orders/{fo.order_id}/gift/", reason="asked").status_code == 303
    assert gift_of(fo.order_id) is None


def test_the_note_is_erased_with_its_address_and_when_its_time_is_over(shop: Shop) -> None:
    asked, old, kept = (accepted(shop, {"SKU-1": 1}, gift=Gift(NOTE, wrap=True)) for _ in range(3))
    address_id = fo_of(asked.order_id).ship_to_id
    erase_addresses(key=uuid4(), actor=system("test"), address_ids=[address_id or 0])
    dispatch.drain()
    models.Gift.objects.filter(order_id=old.order_id).update(retain_until=dt.date(2020, 1, 1))
    jobs.erase_old_gift_notes(key=uuid4())
    assert [gift_of(o.order_id) for o in (asked, old, kept)] == [Gift("", wrap=True), Gift("", wrap=True), Gift(NOTE, wrap=True)]
    key = uuid4()
    assert services.erase_gift_notes(key=key, actor=system("test"), address_ids=[]) == 0
    with pytest.raises(KeyReused):
        services.erase_gift_notes(key=key, actor=system("test"), address_ids=[1])
    today = dt.date(2020, 1, 2)
    again = uuid4()
    assert services.erase_old_gift_notes(key=again, actor=system("test"), today=today) == 0
    with pytest.raises(KeyReused):
        services.erase_old_gift_notes(key=again, actor=system("test"), today=dt.date(2020, 1, 3))
    with pytest.raises(NotAllowed):
        services.erase_gift_notes(key=uuid4(), actor=actor("packer"), address_ids=[])
    with pytest.raises(NotAllowed):
        services.erase_old_gift_notes(key=uuid4(), actor=actor("packer"), today=today)


def test_a_packed_gift_stays_as_it_is(shop: Shop) -> None:
    make_box()
    parcel = packed(shop, SKU_1=1)
    with pytest.raises(PackedAlready):
        services.change_gift(key=uuid4(), actor=HOUSE, order_id=parcel.order_id, gift=Gift(NOTE), reason="asked")
