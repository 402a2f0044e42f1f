"""At the bench the picture of the load turns by key, and a scale's weight goes in by itself: over the network and plugged into the computer, in each protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from packhorse.core.actors import EVERYTHING
from packhorse.ground.equipment import emulators, services
from packhorse.ground.equipment.types import NewEquipment
from packhorse.ground.people.models import User
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing import jobs, selectors, services as packing
from packhorse.steps.packing.types import NewMaterial, NewMaterialRule
from tests.browser.conftest import LOOKS, AllCanRead, Visit
from tests.browser.test_pick_and_pack import Wedge
from tests.build import HOUSE, Shop, make_shop, plain_item, stock
from tests.steps.packing.test_plan_cartons import came_short
from tests.steps.picking.build import at_bench, make_box

#: A serial port in the page that says what `window.said` holds, over and over.
PORT = """
window.said = %s;
const said = () => new Promise((next) => setTimeout(() => next({ value: Uint8Array.from(window.said), done: false }), 50));
const port = {
  async open() { this.readable = { getReader: () => ({ read: said }) }; },
  writable: { getWriter: () => ({ write: async (bytes) => { window.asked = new TextDecoder().decode(bytes); }, releaseLock() {} }) },
};
Object.defineProperty(navigator, "serial", { value: { getPorts: async () => [], requestPort: async () => port } });
"""


@pytest.fixture
def shop(committed: str) -> Shop:
    """An order of one piece (250 g) and one of three at the bench; the box weighs 120 g."""
    mark = uuid4().hex[:4].upper()
    made = make_shop(items=[plain_item(f"{mark}-{n}") for n in range(1, 5)])
    stock(made, dict.fromkeys(made.items, 9))
    make_box()
    one, two, three, four = made.items
    at_bench(made, {one: 2, two: 1}, {three: 1}, {four: 1})
    return made


def weighed(shop: Shop, sku: str) -> int:
    return next(
        p.weight_g
        for p in selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
        if sku in [c.sku for c in selectors.contents(EVERYTHING, [p.parcel_id])]
    )


def scale(shop: Shop, protocol: str, address: str, equipment_id: int | None = None) -> int:
    new = NewEquipment(warehouse_id=shop.warehouse_id, kind="scale", name="Scale", protocol=protocol, address=address, station_id=shop.bench)
    return services.save_equipment(key=uuid4(), actor=HOUSE, new=new, equipment_id=equipment_id).id


def test_the_weight_of_a_scale_on_the_network_closes_the_parcel_and_one_far_off_waits_for_a_person(
    shop: Shop, worker: Callable[..., User], visit: Visit, shot: Callable[[Page, str], None], no_axe_violations: Callable[[Page], None]
) -> None:
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    _one, _two, three, four = shop.items
    with emulators.Scale("toledo", 0) as device:
        scale(shop, "toledo", device.address)
        wedge = Wedge(visit("/scan/", as_=packer, device="phone"), "Pack")
        wedge.scan(three, tone="ask")
        expect(wedge.page.get_by_text("Waiting for the scale …")).to_be_visible()
        shot(wedge.page, "bench-weigh-phone-light")
        no_axe_violations(wedge.page)
        device.weight_g = 371
        expect(wedge.page.get_by_text("Put the label on and scan it")).to_be_visible()
        assert weighed(shop, three) == 371
        wedge.scan(wedge.big, tone="done")
        assert (wedge.scans, wedge.taps) == (2, 0)

        device.weight_g = 900
        wedge.scan(four, tone="wrong")
        expect(wedge.page.get_by_text("900 g; 370 g are expected", exact=False)).to_be_visible()
        shot(wedge.page, "bench-weight-off-phone-light")
        no_axe_violations(wedge.page)
        wedge.page.get_by_label("Why").select_option("packaging")
        wedge.tap("It is right so")
        assert weighed(shop, four) == 900


@pytest.mark.parametrize("protocol", ["toledo", "sics", "text"])
def test_a_scale_at_the_computer_is_read_over_webserial(shop: Shop, worker: Callable[..., User], visit: Visit, protocol: str) -> None:
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    three = list(shop.items)[2]
    scale(shop, protocol, "browser")
    page = visit("/scan/", as_=packer)
    device = emulators.Scale(protocol, 372)
    page.add_init_script(PORT % list(device.said()))
    device.stop()
    page.reload()
    wedge = Wedge(page, "Pack")
    wedge.scan(three, tone="ask")
    wedge.page.get_by_role("button", name="Connect the scale").click()
    expect(wedge.page.get_by_text("Put the label on and scan it")).to_be_visible()
    assert weighed(shop, three) == 372
    if protocol == "sics":
        assert wedge.page.evaluate("window.asked") == "SI\r\n"


def test_the_picture_turns_by_key_and_keeps_its_side_from_scan_to_scan(
    shop: Shop,
    worker: Callable[..., User],
    visit: Visit,
    shot: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    all_can_read: AllCanRead,
) -> None:
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    one = next(iter(shop.items))
    order = next(o for o in selectors.bench_orders(EVERYTHING, shop.warehouse_id) if o.units == 3)
    wedge = Wedge(visit("/scan/", as_=packer, theme="dark"), "Pack")
    wedge.scan(str(order.tote))
    picture = wedge.page.locator(".turning img")
    for _ in range(3):
        wedge.page.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("src", _with("turn=45"))
    wedge.scan(one)
    expect(picture).to_have_attribute("src", _with("turn=45"))
    picture.evaluate("image => image.decode()")
    shot(wedge.page, "bench-pieces-desk-dark")
    no_axe_violations(wedge.page)

    page = visit(f"/packing/orders/{order.fulfillment_order_id}/", as_=packer)
    page.locator(".turning input").fill("1")
    expect(page.locator(".turning img")).to_have_attribute("src", _with("step=1"))
    page.get_by_role("button", name="Turn left").click()
    expect(page.locator(".turning img")).to_have_attribute("src", _with("turn=345"))
    shot(page, "bench-order-desk-light")
    no_axe_violations(page)
    scale(shop, "text", "127.0.0.1:1")
    paths = {"equipment": "/settings/equipment/", "equipment-new": "/settings/equipment/new/", "boxes-changed": "/packing/changed-boxes/"}
    all_can_read(paths, as_=worker("manager", warehouse_id=shop.warehouse_id), looks=LOOKS[:2])


def _with(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))


@pytest.mark.parametrize(("device", "theme"), [("desk", "light"), ("tablet", "dark")])
def test_a_gift_goes_from_the_scan_of_its_tote_into_a_box_cut_to_size_and_to_its_papers(
    committed: str,
    worker: Callable[..., User],
    visit: Visit,
    shot: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    device: str,
    theme: str,
) -> None:
    sku = f"{uuid4().hex[:4].upper()}-1"
    shop = make_shop(items=[plain_item(sku)])
    stock(shop, {sku: 9})
    make_box()
    at_bench(shop, {sku: 2}, gift=Gift("Happy birthday, Zoë!", wrap=True))
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    with emulators.BoxMachine() as boxes:
        new = NewEquipment(warehouse_id=shop.warehouse_id, kind="boxes", name="Boxer", protocol="json", address=boxes.address, station_id=shop.bench)
        services.save_equipment(key=uuid4(), actor=HOUSE, new=new)
        wedge = Wedge(visit("/scan/", as_=packer, device=device, theme=theme), "Pack")
        wedge.scan(str(selectors.bench_orders(EVERYTHING, shop.warehouse_id)[0].tote))
        expect(wedge.page.get_by_text("Happy birthday, Zoë!")).to_be_visible()
        shot(wedge.page, f"bench-gift-{device}-{theme}")
        no_axe_violations(wedge.page)
        wedge.tap("Cut a box to size")
        assert [box.weight_g for box in boxes.made] == [500]
    wedge.page.locator(".turning img").evaluate("image => image.decode()")
    shot(wedge.page, f"bench-cut-{device}-{theme}")
    wedge.scan(sku)
    wedge.scan(sku)
    assert wedge.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    shot(wedge.page, f"bench-label-{device}-{theme}")
    no_axe_violations(wedge.page)
    for name in ("Packing slip", "Contents list", "SSCC label", "Parcel number"):
        link = wedge.page.get_by_role("link", name=name)
        answer = wedge.page.request.get(link.evaluate("a => a.href"))
        assert (answer.status, answer.body()[:5]) == (200, b"%PDF-"), name
    [parcel] = selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
    wedge.scan(parcel.number, tone="done")


@pytest.mark.parametrize(("device", "theme"), [("desk", "dark"), ("tablet", "light")])
def test_what_came_short_is_cartonised_again_and_the_packer_reads_why(
    committed: str,
    worker: Callable[..., User],
    visit: Visit,
    shot: Callable[[Page, str], None],
    no_axe_violations: Callable[[Page], None],
    device: str,
    theme: str,
) -> None:
    mark = uuid4().hex[:4].upper()
    comes, missing = f"{mark}-1", f"{mark}-2"
    shop = make_shop(items=[plain_item(comes), plain_item(missing)])
    stock(shop, {comes: 9, missing: 9})
    small = make_box("BB-SMALL", inner=(165, 105, 65))
    make_box("BB-LARGE", inner=(310, 210, 125))
    fo = came_short(shop, comes, missing)
    packer = worker("packer", warehouse_id=shop.warehouse_id)
    page = visit(f"/packing/orders/{fo.fulfillment_order_id}/", as_=packer, device=device, theme=theme)
    expect(page.get_by_text(re.compile("for 4 pieces; 2 came: boxes chosen anew"))).to_be_visible()
    shot(page, f"bench-short-order-{device}-{theme}")
    no_axe_violations(page)
    wedge = Wedge(visit("/scan/", as_=packer, device=device, theme=theme), "Pack")
    wedge.scan(str(selectors.bench_orders(EVERYTHING, shop.warehouse_id)[0].tote))
    expect(wedge.page.get_by_text(re.compile("for 4 pieces; 2 came: boxes chosen anew"))).to_be_visible()
    wedge.page.locator(".turning img").evaluate("image => image.decode()")
    shot(wedge.page, f"bench-short-{device}-{theme}")
    no_axe_violations(wedge.page)
    wedge.scan(comes)
    wedge.scan(comes)
    [parcel] = selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
    assert (parcel.box, parcel.units) == (small, 2)
    page = visit(f"/packing/parcels/{parcel.parcel_id}/", as_=packer, device=device, theme=theme)
    expect(page.get_by_text("other pieces came than were planned")).to_be_visible()
    shot(page, f"bench-short-parcel-{device}-{theme}")


def test_the_pages_of_material_procedures_and_papers_are_accessible_and_fit(shop: Shop, worker: Callable[..., User], all_can_read: AllCanRead) -> None:
    manager = worker("manager", warehouse_id=shop.warehouse_id)
    packing.count_boxes(key=uuid4(), actor=HOUSE)
    code = f"WRAP-{uuid4().hex[:4].upper()}"
    material = packing.save_material(
        key=uuid4(), actor=HOUSE, new=NewMaterial(code=code, name="Kraft paper", kind="wrap", unit="cm", cost=Decimal("0.002"), currency="CAD")
    )
    packing.save_rule(key=uuid4(), actor=HOUSE, new=NewMaterialRule(material_id=material, quantity=80, per="parcel", only="wrapped"))
    packing.receive_material(key=uuid4(), actor=HOUSE, material_id=material, warehouse_id=shop.warehouse_id, quantity=5000)
    packing.save_procedure(
        key=uuid4(), actor=HOUSE, item_id=next(iter(shop.items.values())), steps="Two layers of paper.\nOn its feet.", marks=["fragile", "this_way_up"]
    )
    for order in selectors.bench_orders(EVERYTHING, shop.warehouse_id):
        parcels = [packing.new_parcel(p) for p in packing.propose(order)]
        packing.pack_as_is(key=uuid4(), actor=HOUSE, fulfillment_order_id=order.id, parcels=parcels, station_id=shop.bench)
    jobs.advise(key=uuid4(), warehouse_id=shop.warehouse_id, days=30, sizes=2)
    tote = shop.totes[0]
    paths = {
        "materials": "/packing/materials/", "material": f"/packing/materials/{material}/", "material-new": "/packing/materials/new/",
        "procedures": "/packing/procedures/", "procedure": "/packing/procedures/item/", "policy": f"/packing/policies/{shop.client_id}/",
        "advice": "/packing/advice/", "places": f"/settings/warehouse/places/?warehouse={shop.warehouse_id}", "tote": f"/settings/warehouse/places/{tote}/",
    }  # fmt: skip
    all_can_read(paths, as_=manager)
