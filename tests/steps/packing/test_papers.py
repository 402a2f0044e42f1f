"""Papers of parcels, orders and waves come one at a time or many as one document, in the browser or out of the bench's printers, and each barcode reads again."""

from __future__ import annotations

import datetime as dt
import io
import json
from functools import partial
from typing import Any
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from packhorse.core import clock, scan, sql, sscc
from packhorse.core.actors import EVERYTHING
from packhorse.core.refs import Ref
from packhorse.core.scan import Context
from packhorse.core.web.lists import TooMany, chosen_ids
from packhorse.ground.catalog import services as catalog_services
from packhorse.ground.equipment import emulators, jobs, selectors as equipment, services as printing
from packhorse.ground.equipment.types import EquipmentInfo, NewEquipment
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing import jobs as packing_jobs, panel, paper, selectors, services
from packhorse.steps.packing.pages import papers
from packhorse.steps.packing.pages.parcels import parcels
from packhorse.steps.packing.policy import PackPolicy
from packhorse.steps.packing.types import ParcelInfo
from packhorse.steps.picking import services as picking
from tests.build import HOUSE, Shop, actor, doing, make_shop, receive
from tests.build_orders import accepted
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import TODAY, at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db
PACKER = actor("packer")


@pytest.fixture
def shop() -> Shop:
    make_box()
    return shop_with({"SKU-1": 40, "SKU-2": 40})


def packed(shop: Shop, gift: Gift | None = None, **wanted: int) -> ParcelInfo:
    """An order at the bench, packed as proposed."""
    _walk, (fo,) = at_bench(shop, {k.replace("_", "-"): v for k, v in wanted.items()}, gift=gift)
    order = selectors.bench_order(EVERYTHING, fo.fulfillment_order_id)
    made = services.pack_as_is(
        key=uuid4(), actor=PACKER, fulfillment_order_id=order.id, parcels=[services.new_parcel(p) for p in services.propose(order)], station_id=shop.bench
    )
    return selectors.parcel(EVERYTHING, made[0].parcel_id)


def printer(shop: Shop, address: str, kind: str, protocol: str, **given: Any) -> EquipmentInfo:
    new = NewEquipment(warehouse_id=shop.warehouse_id, kind=kind, name=f"{kind}-{uuid4().hex[:6]}", protocol=protocol, address=address, **given)
    return printing.save_equipment(key=uuid4(), actor=HOUSE, new=new)


def printed() -> None:
    """The worker: papers are made, and what is queued is sent."""
    for (arguments,) in sql.rows("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'packing.print_papers' AND status = 'todo' ORDER BY id"):
        packing_jobs.print_papers._checked(**json.loads(arguments))
    jobs.send()


def pages(answer: Any) -> list[tuple[set[str], str]]:
    """The codes and the text of each page, as a printer of 203 dpi shows it."""
    data = answer if isinstance(answer, bytes) else answer.content
    assert data[:5] == b"%PDF-", data[:200]
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    return [({c.text for c in zxingcpp.read_barcodes(p.render(scale=203 / 72).to_pil())}, p.get_textpage().get_text_bounded()) for p in document]


def test_a_parcels_papers_read_again(shop: Shop) -> None:
    parcel = packed(shop, SKU_1=2, SKU_2=1)
    packer, url = browser(Grant("packer", warehouse_id=shop.warehouse_id)), f"/packing/parcels/{parcel.parcel_id}/"
    order_number = selectors.slips(EVERYTHING, [parcel.parcel_id])[0].order_number
    [(codes, words)] = pages(packer.get(f"{url}slip.pdf"))
    assert (codes, "3 pieces" in words, "SKU-1" in words) == ({order_number}, True, True)
    [(codes, words)] = pages(packer.get(f"{url}contents.pdf"))
    assert (codes, f"Contents of {parcel.number}" in words, parcel.fulfillment_order in words) == ({parcel.number}, True, True)
    [(codes, words)] = pages(packer.get(f"{url}sscc.pdf"))
    assert codes == {parcel.number, f"(00){sscc.of_parcel(parcel.parcel_id)}"}
    assert paper.names(EVERYTHING, scan.parse(f"]C100{sscc.of_parcel(parcel.parcel_id)}"), parcel)
    shown = packer.get(url).content.decode()
    assert all(f"{url}{name}.pdf" in shown for name in ("slip", "contents", "sscc", "number"))
    stranger = browser(Grant("packer", warehouse_id=make_shop(items=1).warehouse_id))
    assert [stranger.get(f"{url}{name}.pdf").status_code for name in ("slip", "contents", "sscc")] == [404] * 3


def test_many_are_one_document_in_their_order(shop: Shop) -> None:
    first, second = packed(shop, SKU_1=1), packed(shop, SKU_2=3)
    packer, ids = browser(Grant("packer", warehouse_id=shop.warehouse_id)), [first.parcel_id, second.parcel_id]
    numbers = [s.order_number for s in selectors.slips(EVERYTHING, ids)]
    assert [codes for codes, _ in pages(post(packer, "/packing/parcels/slips.pdf", ids=ids))] == [{n} for n in numbers]
    assert [codes for codes, _ in pages(post(packer, "/packing/parcels/contents.pdf", ids=ids))] == [{first.number}, {second.number}]
    assert [len(codes) for codes, _ in pages(post(packer, "/packing/parcels/sscc.pdf", ids=ids))] == [2, 2]
    assert len(pages(post(packer, "/packing/parcels/slips.pdf", all="1", asked="state=sealed"))) == 2
    nothing = post(packer, "/packing/parcels/slips.pdf")
    assert (nothing.status_code, "Mark some parcels first." in packer.get("/packing/parcels/").content.decode()) == (303, True)


def test_a_benchs_printers_print_once_by_a_click(shop: Shop) -> None:
    one, other = packed(shop, SKU_1=1), packed(shop, SKU_2=1)
    packer, ids = browser(Grant("packer", warehouse_id=shop.warehouse_id)), [one.parcel_id, other.parcel_id]
    refused = post(packer, "/packing/parcels/slips/", ids=ids)
    assert (refused.status_code, "has no Paper printer set up" in refused.content.decode()) == (409, True)
    with emulators.Printer() as of_paper, emulators.Printer() as of_labels:
        device = printer(shop, of_paper.address, "paper", "pdf")
        printer(shop, of_labels.address, "printer", "zpl", station_id=shop.bench)
        key = str(uuid4())
        for _twice in range(2):
            post(packer, "/packing/parcels/slips/", ids=ids, key=key)
        post(packer, "/packing/parcels/contents/", ids=ids)
        post(packer, "/packing/parcels/sscc/", ids=ids)
        printed()
        printed()
        slips, contents = of_paper.came(2)
        [labels] = of_labels.came(1)
    assert [len(pages(slips)), len(pages(contents))] == [2, 2]
    assert (labels.count(b"^XA"), sscc.of_parcel(one.parcel_id).encode() in labels, sscc.of_parcel(other.parcel_id).encode() in labels) == (2, True, True)
    shown = browser(Grant("manager")).get(f"/settings/equipment/{device.id}/").content.decode()
    assert ("Packing slips" in shown, "Contents lists" in shown) == (True, True)
    client = browser(Grant("client", client_id=shop.client_id))
    assert post(client, "/packing/parcels/slips/", ids=ids).status_code == 403


def test_an_orders_slip_says_all_of_it_until_it_is_packed_and_a_wave_has_them_all(shop: Shop) -> None:
    parcel = packed(shop, SKU_1=1)
    waiting = accepted(shop, {"SKU-1": 2, "SKU-2": 2})
    both = [parcel.fulfillment_order_id, waiting.fulfillment_order_id]
    assert [sum(line.quantity for line in slip.lines) for slip in selectors.slips_of_orders(EVERYTHING, both)] == [1, 4]
    client = browser(Grant("client", client_id=shop.client_id))
    [(codes, words)] = pages(client.get(f"/packing/orders/{waiting.fulfillment_order_id}/slips.pdf"))
    assert (codes, "4 pieces" in words) == ({waiting.order_number}, True)
    until = clock.now() + dt.timedelta(days=30)
    wave = picking.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=until, today=TODAY)
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    assert [codes for codes, _ in pages(manager.get(f"/packing/waves/{wave.wave_id}/slips.pdf"))] == [{waiting.order_number}]
    assert f"/packing/waves/{wave.wave_id}/slips.pdf" in manager.get(f"/picking/waves/{wave.wave_id}/").content.decode()
    assert [client.get(f"/packing/waves/{wave.wave_id}/slips.pdf").status_code, manager.get("/packing/waves/999999/slips.pdf").status_code] == [404, 404]


def test_the_slips_of_a_wave_come_out_of_the_warehouses_printer_by_one_click_and_once_whatever_changes_meanwhile(shop: Shop) -> None:
    first, second = accepted(shop, {"SKU-1": 2}), accepted(shop, {"SKU-2": 1})
    wave = picking.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=clock.now() + dt.timedelta(days=30), today=TODAY)
    manager, url = browser(Grant("manager", warehouse_id=shop.warehouse_id)), f"/packing/waves/{wave.wave_id}/slips/"
    assert f'action="{url}"' in manager.get(f"/picking/waves/{wave.wave_id}/").content.decode()
    refused = post(manager, url)
    assert (refused.status_code, "has no Paper printer set up" in refused.content.decode()) == (409, True)
    with emulators.Printer() as device:
        printer(shop, device.address, "paper", "pdf")
        key = str(uuid4())
        assert post(manager, url, key=key).status_code == 303
        assert "2 papers are on their way to the printer." in manager.get(f"/picking/waves/{wave.wave_id}/").content.decode()
        assert sql.rows("SELECT count(*) FROM equipment_sending WHERE client_id = %s", [shop.client_id]) == [(0,)], "they are made by the job"
        printed()
        services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, policy=PackPolicy(slip_prices=True))
        post(manager, url, key=key)
        printed()
        [slips] = device.came(1)
        assert [codes for codes, _ in pages(slips)] == [{first.order_number}, {second.order_number}]
    assert sql.rows("SELECT count(*), bool_and(state = 'sent') FROM equipment_sending WHERE client_id = %s", [shop.client_id]) == [(1, True)]
    stranger = browser(Grant("manager", warehouse_id=make_shop(items=1).warehouse_id))
    client = browser(Grant("client", client_id=shop.client_id))
    assert [post(stranger, url).status_code, post(client, url).status_code] == [404, 403]


def test_prices_stand_on_the_slips_of_clients_who_say_so(shop: Shop) -> None:
    parcel = packed(shop, SKU_1=2)
    assert not selectors.slips(EVERYTHING, [parcel.parcel_id])[0].with_prices
    services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, policy=PackPolicy(slip_prices=True))
    slip = selectors.slips(EVERYTHING, [parcel.parcel_id])[0]
    [line] = slip.lines
    assert line.amount is not None
    assert slip.totals[0][1] == line.amount
    gift = packed(shop, gift=Gift("Happy birthday!", wrap=True), SKU_2=1)
    slip = selectors.slips(EVERYTHING, [gift.parcel_id])[0]
    assert (slip.with_prices, slip.gift, slip.message, slip.totals) == (False, True, "Happy birthday!", ())
    assert "Happy birthday!" in pages(browser(Grant("packer", warehouse_id=shop.warehouse_id)).get(f"/packing/parcels/{gift.parcel_id}/slip.pdf"))[0][1]


def test_papers_of_a_client_that_is_archived_are_printed_as_before(shop: Shop) -> None:
    parcel = packed(shop, SKU_1=1)
    before = (selectors.slips(EVERYTHING, [parcel.parcel_id]), selectors.contents_of_parcels(EVERYTHING, [parcel.parcel_id], "en"))
    catalog_services.archive_client(key=uuid4(), actor=HOUSE, client_id=shop.client_id)
    assert (selectors.slips(EVERYTHING, [parcel.parcel_id]), selectors.contents_of_parcels(EVERYTHING, [parcel.parcel_id], "en")) == before


def test_what_is_on_a_pallet_is_listed_with_the_tote_that_holds_it(shop: Shop) -> None:
    _walk, (fo,) = at_bench(shop, {"SKU-1": 3})
    order = selectors.bench_order(EVERYTHING, fo.fulfillment_order_id)
    assert order.tote_id is not None
    tote = warehouses.location(EVERYTHING, order.tote_id)
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    [(codes, words)] = pages(manager.get(f"/packing/units/{tote.id}/contents.pdf"))
    assert (codes, "SKU-1" in words, "3 pieces" in words) == ({tote.code}, True, True)
    assert f"/packing/units/{tote.id}/contents.pdf" in manager.get(f"/settings/warehouse/places/{tote.id}/").content.decode()


def test_a_cart_with_many_totes_asks_no_more_than_one_with_few(shop: Shop) -> None:
    cart = shop.place("CART-01")

    def asked(totes: int) -> tuple[int, list[str]]:
        for tote in shop.totes[:totes]:
            doing(partial(stock.carry, tote, cart))
        with CaptureQueriesContext(connection) as statements:
            found = selectors.contents_of_unit(EVERYTHING, cart, "en")
        return len(statements), [line.within for line in found.lines]

    for tote in shop.totes:
        receive(shop.item("SKU-1"), tote, 2)
    few, many = asked(1), asked(4)
    assert (few, many) == ((many[0], ["T-001"]), (few[0], ["T-001", "T-002", "T-003", "T-004"]))


def test_the_slips_of_many_clients_ask_no_more_than_those_of_one(shop: Shop) -> None:
    first, second = packed(shop, SKU_1=1), packed(shop, SKU_2=1)
    theirs = shop_with({"SKU-1": 9, "SKU-2": 9})
    other = packed(theirs, SKU_1=1)
    services.set_policy(key=uuid4(), actor=HOUSE, client_id=theirs.client_id, policy=PackPolicy(slip_prices=True))

    def asked(*parcels: ParcelInfo) -> tuple[int, list[bool]]:
        with CaptureQueriesContext(connection) as statements:
            made = selectors.slips(EVERYTHING, [p.parcel_id for p in parcels])
        return len(statements), [slip.with_prices for slip in made]

    one, two = asked(first, second), asked(first, other)
    assert (one, two) == ((two[0], [False, False]), (one[0], [False, True]))


def test_more_than_can_be_done_at_once_is_refused_and_says_how_many_were_marked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "AT_ONCE", 1)
    monkeypatch.setattr(papers, "MOST", 1)
    made = [packed(shop, SKU_1=1), packed(shop, SKU_2=1)]
    packer = browser(Grant("packer", warehouse_id=shop.warehouse_id))
    for url, said in (
        ("slips.pdf", "2 are marked, and the browser shows the papers of 1 at once."),
        ("slips/", "2 are marked, and 1 at most are taken at once."),
    ):
        refused = post(packer, f"/packing/parcels/{url}", ids=[p.parcel_id for p in made])
        assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert sql.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'packing.print_papers'") == [(0,)]
    request = RequestFactory().post("/packing/parcels/slips/", {"all": "1", "asked": f"warehouse={shop.warehouse_id}"})
    assert sorted(chosen_ids(request, parcels, EVERYTHING, most=2)) == [p.parcel_id for p in made]
    with pytest.raises(TooMany, match="2 are marked, and 1 at most"):
        chosen_ids(request, parcels, EVERYTHING, most=1)


def test_a_large_wave_has_its_slips_in_parts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (paper, panel):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    numbers = [accepted(shop, {"SKU-1": 1}).order_number for _ in range(3)]
    wave = picking.release_wave(key=uuid4(), actor=HOUSE, warehouse_id=shop.warehouse_id, until=clock.now() + dt.timedelta(days=30), today=TODAY)
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    shown = panel.documents(EVERYTHING, Ref("picking.wave", wave.wave_id))
    assert [label for label, _url in shown] == ["Packing slips of the wave, orders 1 to 2", "Packing slips of the wave, orders 3 to 3"]
    assert [codes for _label, url in shown for codes, _words in pages(manager.get(url))] == [{n} for n in numbers]
    url = shown[0][1].partition("?")[0]
    assert [len(pages(manager.get(f"{url}?part={part}"))) for part in ("", "0", "no", "2")] == [2, 2, 2, 1]
    assert manager.get(f"{url}?part=3").status_code == 404


def test_labels_of_places_and_units_read_again_and_are_found_by_what_they_say(shop: Shop) -> None:
    manager = browser(Grant("manager", warehouse_id=shop.warehouse_id))
    places = warehouses.locations_of_kind(EVERYTHING, shop.warehouse_id, "bin")[:3]
    made = pages(post(manager, "/settings/equipment/labels/places.pdf", ids=[p.id for p in places]))
    assert [codes for codes, _ in made] == [{code} for code in sorted(p.code for p in places)]
    assert len(pages(post(manager, "/settings/equipment/labels/places.pdf", all="1", asked=f"q={places[0].code[:2]}&warehouse={shop.warehouse_id}"))) >= 3
    tote = shop.totes[0]
    code = warehouses.location(EVERYTHING, tote).code
    [(codes, _words)] = pages(post(manager, "/settings/equipment/labels/units.pdf", ids=[tote, places[0].id]))
    assert codes == {code, f"(00){sscc.of_unit(tote)}"}
    [match] = warehouses.resolve(scan.parse(f"]C100{sscc.of_unit(tote)}"), Context(EVERYTHING))
    assert (match.ref.kind, match.ref.id) == ("warehouse.tote", tote)
    assert warehouses.resolve(scan.parse(f"]C100{sscc.of_parcel(tote)}"), Context(EVERYTHING)) == []
    with emulators.Printer() as of_labels:
        printer(shop, of_labels.address, "printer", "zpl")
        post(manager, "/settings/equipment/labels/places/", ids=[p.id for p in places])
        post(manager, "/settings/equipment/labels/units/", ids=[tote])
        jobs.send()
        small, units = of_labels.came(2)
    assert (small.count(b"^XA"), units.count(b"^XA"), sscc.of_unit(tote).encode() in units) == (3, 1, True)
    assert post(browser(Grant("packer", warehouse_id=shop.warehouse_id)), "/settings/equipment/labels/places/", ids=[places[0].id]).status_code == 403


def test_the_printer_of_a_bench_comes_before_the_warehouses_and_before_anothers(shop: Shop) -> None:
    anothers = printer(shop, "10.0.0.1:9100", "paper", "pdf", station_id=warehouses.locations_of_kind(EVERYTHING, shop.warehouse_id, "station")[-1].id)
    assert equipment.printer(EVERYTHING, "paper", shop.warehouse_id).id == anothers.id
    whole = printer(shop, "10.0.0.2:9100", "paper", "pdf")
    assert equipment.printer(EVERYTHING, "paper", shop.warehouse_id).id == whole.id
    assert equipment.printer(EVERYTHING, "paper", shop.warehouse_id, anothers.station_id).id == anothers.id
