"""The packer scans the tote, each piece and the label: no tap, no more scans than the hands' table allows; what is wrong is refused before anything is posted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, PackhorseError
from packhorse.core.lists import ListQuery
from packhorse.core.scan import parse
from packhorse.core.web.scanner import Screen, flows
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.types import NewItem
from packhorse.ground.equipment import boxes as box_lines, emulators, selectors as equipment_selectors, services as equipment
from packhorse.ground.equipment.errors import BoxRefused, NotSetUp
from packhorse.ground.equipment.types import NewEquipment
from packhorse.ground.people.types import Grant
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing import selectors, services
from packhorse.steps.packing.errors import (
    AnotherOrder,
    NothingHere,
    NotInThisParcel,
    NotOnTheBench,
    OneTooMany,
    SerialNotScanned,
    WrongItemScanned,
    WrongLabel,
    WrongLotScanned,
)
from packhorse.steps.packing.types import BenchOrder
from tests.build import HOUSE, Shop, actor, make_lot, make_shop, plain_item, receive
from tests.build_orders import fo_of
from tests.steps.orders.test_doors import browser
from tests.steps.picking.build import at_bench, books_agree, make_box, shop_with

pytestmark = pytest.mark.django_db


class Hand:
    """A packer with a scanner: counts scans and taps."""

    def __init__(self) -> None:
        self.actor = Actor("user:9", frozenset({"packer"}), user_id=9)
        self.flow = flows()["packing.pack"]
        self.scans = self.taps = 0
        self.open()

    def open(self, **context: str) -> Screen:
        self.screen = self.flow.start(actor=self.actor, key=uuid4(), context=context)
        return self.screen

    def scan(self, code: str) -> Screen:
        self.scans += 1
        self.screen = self.flow.scan(actor=self.actor, key=uuid4(), state=self.screen.state, scan=parse(code))
        return self.screen

    def tap(self, name: str, **fields: str) -> Screen:
        self.taps += 1
        assert name in [b.name for b in self.screen.buttons]
        given = {f.name: f.value for f in self.screen.fields} | fields
        self.screen = self.flow.button(actor=self.actor, key=uuid4(), state=self.screen.state, name=name, fields=given)
        return self.screen

    def refused(self, error: type[PackhorseError], code: str) -> None:
        before = self.screen
        with pytest.raises(error):
            self.scan(code)
        assert self.screen is before


def bench(shop: Shop) -> list[BenchOrder]:
    return selectors.bench_orders(EVERYTHING, shop.warehouse_id)


def test_a_single_piece_takes_two_scans_and_no_tap() -> None:
    shop = shop_with({"SKU-1": 9})
    _, (fo,) = at_bench(shop, {"SKU-1": 1})
    make_box()
    hand = Hand()

    label = hand.scan("SKU-1")
    assert label.state["step"] == "label"
    assert hand.scan(str(label.big)).tone == "done"

    assert (hand.scans, hand.taps) == (2, 0)
    (parcel,) = selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])
    assert (parcel.units, parcel.weight_g, parcel.state) == (1, parcel.expected_g, "sealed")
    hand.refused(NothingHere, "SKU-1")
    books_agree()


def test_three_pieces_take_five_scans_and_no_tap() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    _, (fo,) = at_bench(shop, {"SKU-1": 2, "SKU-2": 1})
    make_box()
    hand = Hand()

    first = hand.scan("T-001")
    assert ([n for _, n in first.lines], first.progress) == (["0/2", "0/1"], (0, 3))
    for code in ("SKU-1", "SKU-2", "SKU-1"):
        hand.scan(code)
    hand.scan(str(hand.screen.big))

    assert (hand.scans, hand.taps, hand.screen.tone) == (5, 0, "done")
    assert fo_of(fo.order_id).stage == "packed"
    books_agree()


def test_a_piece_too_many_a_strange_one_and_a_foreign_label_are_refused() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9, "SKU-3": 9})
    at_bench(shop, {"SKU-1": 1, "SKU-2": 1})
    make_box()
    hand = Hand()
    hand.refused(NothingHere, "T-004")
    hand.refused(NothingHere, "nonsense")
    hand.scan("T-001")
    hand.refused(WrongItemScanned, "SKU-3")
    hand.scan("SKU-1")
    hand.refused(OneTooMany, "SKU-1")
    assert hand.scan("T-001").progress == (1, 2)
    hand.scan("SKU-2")
    hand.refused(WrongLabel, "P999999999")
    assert hand.tap("next").tone == "done"


def test_many_pieces_are_scanned_once_and_keyed_and_go_into_as_many_parcels_as_proposed() -> None:
    shop = shop_with({"SKU-1": 99})
    _, (fo,) = at_bench(shop, {"SKU-1": 40})
    make_box(inner=(300, 200, 150))
    proposed = services.propose(bench(shop)[0])
    assert len(proposed) > 1
    hand = Hand()
    hand.scan(bench(shop)[0].number)
    while hand.screen.state["step"] == "pieces":
        hand.scan("SKU-1")
        if hand.screen.state["step"] == "pieces":
            hand.tap("quantity")
            hand.tap("many")
        hand.scan(str(hand.screen.big))

    packed = selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])
    assert (len(packed), sum(p.units for p in packed), hand.screen.tone) == (len(proposed), 40, "done")
    books_agree()


def test_another_box_is_taken_with_a_reason_that_is_kept() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 2})
    make_box()
    large = make_box(inner=(500, 400, 300))
    box = next(b for b in catalog.boxes(EVERYTHING) if b.code == large)
    hand = Hand()
    hand.scan("T-001")
    hand.tap("box")
    hand.tap("take_box", box=str(box.id), why="none_left")
    assert (hand.screen.big, f"box={box.id}" in hand.screen.picture) == (large, True)
    hand.scan("SKU-1")
    hand.scan("SKU-1")
    parcel = selectors.parcel(EVERYTHING, hand.screen.state["parcel"])
    why = selectors.reasons(EVERYTHING, parcel.parcel_id)
    assert (parcel.box, why.box_why, dict(why.notes)) == (large, "none_left", {"pieces_scanned": "2"})
    assert why.instead_of not in (None, large)


def test_closed_early_the_rest_goes_into_the_next_parcel() -> None:
    shop = shop_with({"SKU-1": 9})
    _, (fo,) = at_bench(shop, {"SKU-1": 3})
    make_box()
    hand = Hand()
    hand.scan("T-001")
    hand.scan("SKU-1")
    hand.tap("close")
    assert hand.scan(str(hand.screen.big)).progress == (0, 2)
    hand.scan("SKU-1")
    hand.scan("SKU-1")
    assert [p.units for p in selectors.parcels_of(EVERYTHING, [fo.fulfillment_order_id])] == [1, 2]
    books_agree()


def test_a_weight_far_off_is_asked_again_before_the_parcel_and_after_it() -> None:
    shop = make_shop(items=[plain_item("LAMP"), _weightless("GIFT")])
    receive(shop.item("LAMP"), shop.bins[0], 5)
    receive(shop.item("GIFT"), shop.bins[1], 5)
    at_bench(shop, {"GIFT": 1, "LAMP": 1})
    make_box()
    hand = Hand()
    hand.scan("T-001")
    hand.scan("GIFT")
    assert hand.scan("LAMP").state["step"] == "weigh"
    hand.tap("weight", weight="800")
    assert hand.screen.state["step"] == "label"
    hand.tap("weigh")
    assert hand.tap("reweigh", weight="5000").tone == "wrong"
    hand.tap("confirm", weight="5000", why="packaging")
    parcel = selectors.parcel(EVERYTHING, hand.screen.state["parcel"])
    assert parcel.weight_g == 5000
    assert hand.tap("reopen").progress == (0, 2)
    books_agree()


def test_a_weight_far_off_closes_the_parcel_with_a_reason_only() -> None:
    shop = make_shop(items=[plain_item("LAMP")])
    receive(shop.item("LAMP"), shop.bins[0], 5)
    at_bench(shop, {"LAMP": 1})
    make_box()
    hand = Hand()
    order = bench(shop)[0]
    hand.scan(str(order.tote))
    state = hand.screen.state | {"weight": 5000}
    hand.screen = replace(hand.screen, state=state)
    assert hand.scan("LAMP").tone == "wrong"
    assert hand.tap("weight", weight="5000").tone == "wrong"
    assert [f.name for f in hand.screen.fields] == ["weight", "why"]
    assert hand.tap("confirm", weight="5000", why="extra").state["step"] == "label"
    assert selectors.parcel(EVERYTHING, hand.screen.state["parcel"]).weight_g == 5000


def test_the_tote_of_another_order_and_its_number_are_refused_by_name_and_a_box_is_taken_by_scan() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    at_bench(shop, {"SKU-1": 1, "SKU-2": 1}, {"SKU-2": 2})
    make_box()
    large = make_box(inner=(500, 400, 300))
    one, two = bench(shop)
    hand = Hand()
    hand.scan(str(one.tote))
    hand.refused(AnotherOrder, str(two.tote))
    hand.refused(AnotherOrder, two.number)
    hand.scan(large)
    assert (hand.screen.state["step"], hand.screen.fields[0].value) == ("box", str(next(b.id for b in catalog.boxes(EVERYTHING) if b.code == large)))
    assert hand.tap("take_box", why="protection").big == large
    assert hand.tap("again").state["step"] == "tote"


def test_the_picture_shows_what_is_in_and_where_the_last_piece_went() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    at_bench(shop, {"SKU-1": 2, "SKU-2": 1})
    make_box()
    hand = Hand()
    hand.scan(str(bench(shop)[0].tote))
    assert "in=&" in hand.screen.picture
    hand.scan("SKU-1")
    item = shop.item("SKU-1")
    assert f"in={item}.1&last={item}" in hand.screen.picture


def _weightless(sku: str) -> NewItem:
    return replace(plain_item(sku), weight_g=0)


def test_the_wrong_lot_is_refused() -> None:
    shop = make_shop(items=[plain_item("MILK", tracking="lot", barcodes=(("04006381333931", 1, "each"),))])
    receive(shop.item("MILK"), shop.bins[0], 5, lot_id=make_lot(shop.client_id, shop.item("MILK"), "L1"))
    at_bench(shop, {"MILK": 2})
    make_box()
    hand = Hand()
    hand.scan("T-001")
    hand.refused(WrongLotScanned, "]C1010400638133393110L2")
    assert hand.scan("]C1010400638133393110L1").progress == (1, 2)


def test_two_packers_on_one_tote_the_second_is_told_that_nothing_stands_there() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 2})
    make_box()
    one, two = Hand(), Hand()
    for hand in (one, two):
        hand.scan("T-001")
        hand.scan("SKU-1")
    one.scan("SKU-1")
    two.refused(NotOnTheBench, "SKU-1")
    two.refused(NotOnTheBench, "SKU-1")
    books_agree()


def test_pieces_of_another_parcel_of_the_order_are_put_aside() -> None:
    shop = make_shop(items=[plain_item("SMALL"), _of("TALL", (290, 190, 140)), _of("WIDE", (280, 180, 140))])
    for n, sku in enumerate(("SMALL", "TALL", "WIDE")):
        receive(shop.item(sku), shop.bins[n], 5)
    at_bench(shop, {"TALL": 1, "WIDE": 1})
    make_box(inner=(300, 200, 150))
    order = bench(shop)[0]
    proposed = services.propose(order)
    assert len(proposed) == 2
    first = {c.allocation_id for c in proposed[0].contents}
    other = next(line.sku for line in order.lines if line.allocation_id not in first)
    hand = Hand()
    hand.scan("T-001")
    hand.refused(NotInThisParcel, other)


def _of(sku: str, size: tuple[int, int, int]) -> NewItem:
    return replace(plain_item(sku), length_mm=size[0], width_mm=size[1], height_mm=size[2])


def test_a_piece_with_a_serial_number_is_packed_by_it() -> None:
    shop = make_shop(items=[plain_item("DRILL", tracking="serial", barcodes=(("04006381333931", 1, "each"),))])
    for n in (1, 2):
        receive(shop.item("DRILL"), shop.bins[0], 1, lot_id=make_lot(shop.client_id, shop.item("DRILL"), f"S-{n}"))
    at_bench(shop, {"DRILL": 2})
    make_box()
    hand = Hand()
    hand.scan(bench(shop)[0].tote or "")
    hand.refused(SerialNotScanned, "4006381333931")
    hand.refused(WrongLotScanned, "]d2010400638133393121S-9")
    hand.scan("]d2010400638133393121S-2")
    hand.refused(OneTooMany, "S-2")
    assert hand.scan("S-1").state["step"] == "label"


def test_at_a_bench_with_a_scale_the_parcel_is_weighed_before_it_is_closed() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 1})
    make_box()
    new = NewEquipment(warehouse_id=shop.warehouse_id, kind="scale", name="S", protocol="toledo", address="browser", station_id=shop.bench)
    equipment.save_equipment(key=uuid4(), actor=HOUSE, new=new)
    hand = Hand()
    weigh = hand.scan("SKU-1")
    assert (weigh.state["step"], weigh.fields[0].reads, weigh.fields[0].value, weigh.buttons[0].name) == ("weigh", "serial:toledo", "", "weight")
    assert hand.tap("weight", weight="5000").tone == "wrong"
    assert hand.tap("weight", weight="372").state["step"] == "label"
    assert selectors.parcel(EVERYTHING, hand.screen.state["parcel"]).weight_g == 372
    assert hand.tap("weigh").fields[0].reads == "serial:toledo"


def test_a_gift_is_told_to_the_packer_with_its_note_and_whether_it_is_wrapped() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 2}, gift=Gift("Happy birthday!", wrap=True))
    hand = Hand()
    screen = hand.scan(bench(shop)[0].tote or "")
    assert [str(b) for _a, b in screen.lines[:2]] == ["wrap it before it goes into the box", "Happy birthday!"]
    assert "Happy birthday!" not in str(screen.state)


def machine(shop: Shop, address: str, protocol: str = "json") -> int:
    new = NewEquipment(warehouse_id=shop.warehouse_id, kind="boxes", name="Boxer", protocol=protocol, address=address, station_id=shop.bench)
    return equipment.save_equipment(key=uuid4(), actor=HOUSE, new=new).id


@pytest.mark.parametrize("protocol", ["json", "csv"])
def test_a_box_is_cut_to_size_and_the_parcel_goes_out_in_it(protocol: str) -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 2})
    with emulators.BoxMachine() as boxes:
        machine(shop, boxes.address, protocol)
        hand = Hand()
        hand.scan(bench(shop)[0].tote or "")
        key = uuid4()
        before = hand.screen.state
        for _twice in range(2):
            hand.screen = hand.flow.button(actor=hand.actor, key=key, state=before, name="cut", fields={})
    [made] = boxes.made
    assert (made.order, sorted((made.length_mm, made.width_mm, made.height_mm)), made.weight_g) == (bench(shop)[0].number, sorted(made_of_two()), 500)
    assert "Cut to size" in str(hand.screen.big)
    hand.scan("SKU-1")
    hand.scan("SKU-1")
    [parcel] = selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
    outer = (made.length_mm + 8, made.width_mm + 8, made.height_mm + 8)
    assert ((parcel.length_mm, parcel.width_mm, parcel.height_mm), parcel.box, parcel.weight_g) == (outer, None, 500)
    assert selectors.reasons(EVERYTHING, parcel.parcel_id).basis == "cut to size"


def test_all_of_an_order_is_cut_for_where_the_packer_took_one_box_for_it() -> None:
    shop = make_shop(items=[_of("TALL", (290, 190, 140)), _of("WIDE", (280, 180, 140))])
    for n, sku in enumerate(("TALL", "WIDE")):
        receive(shop.item(sku), shop.bins[n], 5)
    at_bench(shop, {"TALL": 1, "WIDE": 1})
    make_box(inner=(300, 200, 150))
    large = make_box(inner=(610, 400, 300))
    with emulators.BoxMachine() as boxes:
        machine(shop, boxes.address)
        hand = Hand()
        hand.scan(bench(shop)[0].tote or "")
        hand.scan(large)
        hand.tap("take_box", why="protection")
        hand.tap("cut")
    [made] = boxes.made
    picture = browser(Grant("packer", warehouse_id=shop.warehouse_id)).get(hand.screen.picture).content.decode()
    assert "0 of 2 pieces in cut to size" in picture
    hand.scan("TALL")
    assert hand.scan("WIDE").state["step"] == "label"
    [parcel] = selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)
    assert (parcel.units, parcel.box, parcel.length_mm) == (2, None, made.length_mm + 8)


def made_of_two() -> tuple[int, int, int]:
    """Two pieces of 100 × 80 × 60 mm, as the kernel lays them, with 4 mm of room."""
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 2})
    placed = services.propose(bench(shop)[0])[0].placements
    edges = [max(p.at_mm[n] + p.size_mm[n] for p in placed) - min(p.at_mm[n] for p in placed) + 4 for n in range(3)]
    return edges[0], edges[1], edges[2]


def test_a_machine_that_says_no_or_is_off_changes_nothing_and_says_why() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 1})
    hand = Hand()
    assert "cut" not in [b.name for b in hand.scan(bench(shop)[0].tote or "").buttons]
    with emulators.BoxMachine(most_mm=90) as boxes:
        device = machine(shop, boxes.address)
        hand.open()
        before = hand.scan(bench(shop)[0].tote or "")
        with pytest.raises(BoxRefused, match="is not between 60 and 90"):
            hand.tap("cut")
    assert hand.screen is before
    with pytest.raises(BoxRefused, match="refused"):
        hand.tap("cut")
    [off, no] = equipment_selectors.sendings(EVERYTHING, ListQuery(), equipment_id=device).rows
    assert ([off.state, no.state], boxes.made) == (["failed", "failed"], [])
    hand.scan("SKU-1")
    assert [p.box is not None for p in selectors.parcels(EVERYTHING, warehouse_id=shop.warehouse_id)] == [True]


def test_the_packers_screen_says_why_the_machine_says_no_and_stays_at_the_order() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 1})
    packer, run, key = browser(Grant("packer", warehouse_id=shop.warehouse_id)), uuid4(), str(uuid4())
    with emulators.BoxMachine(most_mm=90) as boxes:
        machine(shop, boxes.address)
        packer.post("/scan/packing.pack/", {"key": str(run), "order": bench(shop)[0].id})
        for _twice in range(2):
            answer = packer.post(f"/scan/run/{run}/post/", {"seq": "0", "key": key, "button": "cut"}, headers={"X-Scanner": "1"})
            shown = answer.content.decode()
            assert (answer.status_code, "is not between 60 and 90" in shown, bench(shop)[0].number in shown) == (409, True, True)
    assert len(boxes.taken) == 1


def test_a_machine_that_reads_files_finds_its_box_in_its_folder(tmp_path: Path, settings: Any) -> None:
    settings.PACKHORSE_BOXES = tmp_path
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 1})
    device = machine(shop, "folder", "csv")
    hand = Hand()
    hand.scan(bench(shop)[0].tote or "")
    hand.tap("cut")
    [file] = (tmp_path / str(device)).iterdir()
    assert (file.suffix, box_lines.wanted(file.read_text()).order) == (".csv", bench(shop)[0].number)


def test_who_asks_for_a_box_and_with_what() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    at_bench(shop, {"SKU-1": 1})
    fo = bench(shop)[0].fulfillment_order_id
    with pytest.raises(NotSetUp):
        services.ask_for_box(key=uuid4(), actor=HOUSE, fulfillment_order_id=fo, inner_mm=(100, 100, 100), weight_g=1)
    machine(shop, "10.0.0.1:4003")
    key, ask = uuid4(), partial(services.ask_for_box, fulfillment_order_id=fo, weight_g=1, station_id=shop.bench)
    made = ask(key=key, actor=HOUSE, inner_mm=(100, 100, 100))
    assert ask(key=key, actor=HOUSE, inner_mm=(100, 100, 100)) == made
    with pytest.raises(KeyReused):
        ask(key=key, actor=HOUSE, inner_mm=(100, 100, 101))
    with pytest.raises(NotAllowed):
        ask(key=uuid4(), actor=actor("picker"), inner_mm=(100, 100, 100))
    with pytest.raises(Invalid):
        ask(key=uuid4(), actor=HOUSE, inner_mm=(100, 0, 100))
    with pytest.raises(NotFound):
        services.ask_for_box(key=uuid4(), actor=HOUSE, fulfillment_order_id=10**12, inner_mm=(1, 1, 1), weight_g=1)
