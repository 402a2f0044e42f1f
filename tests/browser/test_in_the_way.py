"""A picker whom something stands in the way of gets on by taps on a phone; who leads sees it at a desk, and what takes long to plan says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.people.models import User
from packhorse.steps.picking import records, selectors, services
from tests.browser.conftest import AllCanRead, Visit, begin
from tests.build import HOUSE, make_shop, plain_item, stock
from tests.build_orders import accepted
from tests.steps.picking.build import begun, release, tasks


def test_no_barcode_out_of_reach_and_a_call_by_taps(
    committed: str,
    worker: Callable[..., User],
    visit: Visit,
    all_can_read: AllCanRead,
    shot: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
) -> None:
    mark = uuid4().hex[:4].upper()
    shop = make_shop(items=[plain_item(f"{mark}-{n}") for n in range(1, 5)])
    stock(shop, dict.fromkeys(shop.items, 9))
    batch_id, _fos = begun(shop, dict.fromkeys(list(shop.items)[:3], 1))
    picker, lead = worker("picker", name="Pia Roy", warehouse_id=shop.warehouse_id), worker("manager", name="Maud Roy", warehouse_id=shop.warehouse_id)

    phone = begin(visit("/scan/", as_=picker, device="phone"), "Pick Walk a batch")

    def scan(code: str) -> None:
        seq = str(phone.locator("[data-screen]").get_attribute("data-seq"))
        phone.keyboard.type(code)
        phone.keyboard.press("Enter")
        expect(phone.locator("[data-screen]")).not_to_have_attribute("data-seq", seq)

    def tap(name: str) -> None:
        seq = str(phone.locator("[data-screen]").get_attribute("data-seq"))
        phone.get_by_role("button", name=name, exact=True).click()
        expect(phone.locator("[data-screen]")).not_to_have_attribute("data-seq", seq)

    scan("CART-01")
    shot(phone, "pick-stop")
    no_axe_violations(phone)
    tap("Call lead")
    scan(tasks(batch_id)[0].location)
    tap("No barcode")
    expect(phone.locator("[data-screen]")).to_contain_text("250 g")
    shot(phone, "pick-no-barcode")
    no_axe_violations(phone)
    tap("It has no label")
    expect(phone.locator("[data-screen]")).to_contain_text("on the list for labels")
    scan(str(tasks(batch_id)[0].tote))
    tap("Can't reach")
    shot(phone, "pick-out-of-reach")
    tap("Leave it to them")
    expect(phone.locator("[data-screen]")).to_contain_text("goes to somebody with the equipment")

    release(shop, accepted(shop, {list(shop.items)[3]: 1}))
    plan_id = services.ask_long_plan(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, seconds=60)
    records.note_long_plan(plan_id, share=0.4, metres=1234.0, orders=1)
    paths = {"unlabelled": "/picking/unlabelled/?state=open", "long-plan": f"/picking/plans/{plan_id}/", "floor-call": f"/picking/floor/{shop.warehouse_id}/"}
    all_can_read(paths, as_=lead)
    desk = visit(paths["floor-call"], as_=lead)
    expect(desk.locator("#floor-now")).to_contain_text("Pia Roy calls the lead to")
    desk.get_by_role("button", name="I go there").click()
    expect(desk.locator("#floor-now")).not_to_contain_text("calls the lead")
    assert selectors.lead_calls(EVERYTHING, shop.warehouse_id) == []
    home = visit("/", as_=lead)
    expect(home.locator("main")).to_contain_text("Items that want a label")
