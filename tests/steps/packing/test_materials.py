"""Packaging material is counted: parcels use it by rule and pay for it, what is left says when to order, and nobody is stopped because the books are behind."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from packhorse.core import dispatch
from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.people.types import Grant
from packhorse.steps.orders.types import Gift
from packhorse.steps.packing import panel, selectors, services
from packhorse.steps.packing.errors import BadMaterial
from packhorse.steps.packing.models import MaterialMove, MaterialStock
from packhorse.steps.packing.types import BenchOrder, MaterialInfo, NewMaterial, NewMaterialRule
from tests.at_once import at_once
from tests.build import HOUSE, Shop, actor, make_shop, plain_item, receive
from tests.steps.orders.test_doors import browser, post
from tests.steps.picking.build import at_bench, make_box, shop_with

pytestmark = pytest.mark.django_db
PACKER = actor("packer")


def save(code: str = "", *, key: UUID | None = None, by: Actor = HOUSE, **given: Any) -> int:
    values: dict[str, Any] = {"code": code or f"M-{uuid4().hex[:6]}", "name": "Paper", "kind": "fill", "unit": "dl", "cost": Decimal("0.01"), "currency": "CAD"}
    return services.save_material(key=key or uuid4(), actor=by, new=NewMaterial(**values | given))


def rule(material_id: int, quantity: int, per: str, **given: Any) -> int:
    new = NewMaterialRule(material_id=material_id, quantity=quantity, per=per, **given)
    return services.save_rule(key=uuid4(), actor=HOUSE, new=new)


def came(shop: Shop, material_id: int, quantity: int, key: UUID | None = None) -> int:
    return services.receive_material(key=key or uuid4(), actor=PACKER, material_id=material_id, warehouse_id=shop.warehouse_id, quantity=quantity)


def there(shop: Shop, material_id: int) -> MaterialInfo:
    return next(m for m in selectors.material(EVERYTHING, material_id) if m.warehouse_id == shop.warehouse_id)


def box_material(code: str) -> int:
    services.count_boxes(key=uuid4(), actor=HOUSE)
    return next(m.id for m in selectors.material_page(EVERYTHING, ListQuery(search=code)).rows)


def standing(shop: Shop) -> BenchOrder:
    return selectors.bench_orders(EVERYTHING, shop.warehouse_id)[0]


def pack(shop: Shop) -> int:
    """What stands there first is packed as proposed; the parcel."""
    order = standing(shop)
    parcels = [services.new_parcel(p) for p in services.propose(order)]
    sealed = services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=order.fulfillment_order_id, parcels=parcels)
    dispatch.drain()
    return sealed[0].parcel_id


def test_a_sealed_parcel_takes_a_box_and_what_the_rules_say_off_the_stock_and_pays_for_it() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 1})
    box = box_material(make_box(inner=(200, 100, 100)))
    # 2 litres less what a piece takes; strips over 210 mm and 70 mm down either side; one insert
    fill, tape = save(cost=Decimal("0.02")), save(kind="tape", unit="cm", cost=Decimal("0.005"))
    insert, for_fragile = save(kind="insert", unit="piece", cost=Decimal("0.125")), save(kind="wrap", unit="piece")
    for material, args in ((fill, (10, "air")), (tape, (2, "around")), (insert, (1, "parcel"))):
        rule(material, *args)
        came(shop, material, 1000)
    rule(for_fragile, 1, "parcel", only="fragile")
    came(shop, box, 40)
    line = standing(shop).lines[0]
    goods = line.size_mm[0] * line.size_mm[1] * line.size_mm[2]
    air = -(-10 * (2_000_000 - goods) // 1_000_000)

    parcel = pack(shop)

    used = {u.code: (u.quantity, u.cost_minor) for u in selectors.used_materials(EVERYTHING, parcel)}
    by_id = {i: there(shop, i).code for i in (fill, tape, insert, box)}
    assert used == {by_id[box]: (1, 60), by_id[fill]: (air, 2 * air), by_id[tape]: (70, 35), by_id[insert]: (1, 13)}
    assert selectors.parcel(EVERYTHING, parcel).material_minor == 60 + 2 * air + 35 + 13
    assert [there(shop, i).quantity for i in (box, fill, tape, insert)] == [39, 1000 - air, 930, 999]
    assert there(shop, insert).used_in_28_days == 1


def test_a_clients_own_material_takes_the_place_of_the_houses_and_is_nobody_elses() -> None:
    shop, other = shop_with({"SKU-1": 9}), shop_with({"SKU-1": 9})
    make_box()
    house, branded = save(kind="tape", unit="cm"), save(kind="tape", unit="cm", client_id=shop.client_id)
    rule(house, 1, "parcel")
    rule(branded, 2, "parcel", client_id=shop.client_id)
    with pytest.raises(BadMaterial):
        rule(branded, 2, "parcel", client_id=other.client_id)
    for each in (shop, other):
        at_bench(each, {"SKU-1": 1})
    mine, theirs = pack(shop), pack(other)
    assert [u.quantity for u in selectors.used_materials(EVERYTHING, mine)] == [2]
    assert [u.quantity for u in selectors.used_materials(EVERYTHING, theirs)] == [1]
    stranger = actor("client", client_id=other.client_id).scope
    assert selectors.used_materials(stranger, mine) == []
    with pytest.raises(NotFound):
        selectors.material(stranger, branded)
    assert branded not in [m.id for m in selectors.material_page(stranger, ListQuery(limit=500)).rows]


def test_a_gift_of_the_house_goes_into_an_orders_first_parcel_only_and_an_ended_rule_into_none() -> None:
    shop = shop_with({"SKU-1": 99})
    make_box(inner=(300, 200, 150))
    insert, ended = save(kind="insert", unit="piece"), save(kind="insert", unit="piece")
    rule(insert, 1, "order")
    services.end_rule(key=uuid4(), actor=HOUSE, rule_id=rule(ended, 1, "parcel"))
    at_bench(shop, {"SKU-1": 40})
    order = standing(shop)
    pack(shop)
    parcels = selectors.parcels_of(EVERYTHING, [order.fulfillment_order_id])
    assert len(parcels) > 1
    assert [len(selectors.used_materials(EVERYTHING, p.parcel_id)) for p in parcels] == [1] + [0] * (len(parcels) - 1)
    with pytest.raises(NotFound):
        services.end_rule(key=uuid4(), actor=HOUSE, rule_id=10**12)


def test_where_the_books_have_less_than_was_used_the_rest_is_found_and_nobody_is_stopped() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 1})
    make_box()
    fill = save()
    rule(fill, 7, "parcel")
    came(shop, fill, 5)
    pack(shop)
    assert there(shop, fill).quantity == 0
    assert [(m.quantity, m.why) for m in selectors.material_moves(EVERYTHING, fill)] == [(-7, "used"), (2, "unknown"), (5, "received")]
    stock = MaterialStock.objects.get(material_id=fill)
    assert stock.quantity == sum(MaterialMove.objects.filter(material_id=fill).values_list("quantity", flat=True))


def test_it_says_when_to_order_and_home_counts_it() -> None:
    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 1})
    make_box()
    fill = save()
    rule(fill, 4, "parcel")
    came(shop, fill, 10)
    services.set_reorder(key=uuid4(), actor=HOUSE, material_id=fill, warehouse_id=shop.warehouse_id, reorder_at=6, reorder_to=50)
    before = selectors.low_count(EVERYTHING)
    assert not there(shop, fill).is_low
    pack(shop)
    assert (there(shop, fill).is_low, there(shop, fill).days_left, selectors.low_count(EVERYTHING)) == (True, 42, before + 1)
    assert selectors.material_page(EVERYTHING, ListQuery(filters={"low": ("1",)})).rows[0].id == fill
    assert panel.tiles(EVERYTHING)[2].value == before + 1
    with pytest.raises(Invalid):
        services.set_reorder(key=uuid4(), actor=HOUSE, material_id=fill, warehouse_id=shop.warehouse_id, reorder_at=6, reorder_to=5)
    with pytest.raises(NotAllowed):
        services.set_reorder(key=uuid4(), actor=PACKER, material_id=fill, warehouse_id=shop.warehouse_id, reorder_at=1, reorder_to=5)


def test_what_comes_is_added_once_and_a_count_says_by_how_much_the_books_were_off() -> None:
    shop, fill, key = make_shop(items=1), save(), uuid4()
    assert (came(shop, fill, 10, key), came(shop, fill, 10, key)) == (10, 10)
    with pytest.raises(KeyReused):
        came(shop, fill, 11, key)
    count = partial(services.count_material, actor=PACKER, material_id=fill, warehouse_id=shop.warehouse_id)
    assert [count(key=uuid4(), counted=8), count(key=uuid4(), counted=8)] == [-2, 0]
    assert there(shop, fill).quantity == 8
    for wrong in (0, -1, 10**9):
        with pytest.raises(Invalid):
            came(shop, fill, wrong)
    with pytest.raises(Invalid):
        count(key=uuid4(), counted=-1)
    with pytest.raises(NotFound):
        came(shop, 10**12, 1)
    with pytest.raises(NotAllowed):
        services.receive_material(key=uuid4(), actor=actor("picker"), material_id=fill, warehouse_id=shop.warehouse_id, quantity=1)
    services.archive_material(key=uuid4(), actor=HOUSE, material_id=fill)
    with pytest.raises(NotFound):
        came(shop, fill, 1)
    services.archive_material(key=uuid4(), actor=HOUSE, material_id=fill, archived=False)
    assert came(shop, fill, 1) == 9


def test_who_sees_one_warehouse_finds_a_material_that_lies_in_another_and_none_of_its_stock() -> None:
    mine, other = make_shop(items=1), make_shop(items=1)
    fill = save()
    came(other, fill, 500)
    services.set_reorder(key=uuid4(), actor=HOUSE, material_id=fill, warehouse_id=other.warehouse_id, reorder_at=600, reorder_to=900)
    scope = actor("packer", warehouse_id=mine.warehouse_id).scope
    before = selectors.low_count(scope)
    assert [(m.warehouse_id, m.quantity) for m in selectors.material(scope, fill)] == [(None, 0)]
    assert [(m.warehouse_id, m.is_low) for m in selectors.material_page(scope, ListQuery()).rows if m.id == fill] == [(None, False)]
    came(mine, fill, 7)
    assert [(m.warehouse_id, m.quantity) for m in selectors.material(scope, fill)] == [(mine.warehouse_id, 7)]
    assert (before, selectors.low_count(scope), len(selectors.material(EVERYTHING, fill))) == (0, 0, 2)


def test_a_material_is_kept_under_its_code() -> None:
    key = uuid4()
    made = save("PAPER-1", key=key)
    assert save("PAPER-1", key=key) == made == save("paper-1 ", name="Kraft")
    assert selectors.material(EVERYTHING, made)[0].name == "Kraft"
    with pytest.raises(KeyReused):
        save("PAPER-2", key=key)
    code = make_box()
    box_material(code)
    assert services.count_boxes(key=uuid4(), actor=HOUSE) == 0
    for wrong in ({"code": " "}, {"kind": "box"}, {"unit": "bag"}, {"cost": Decimal(-1)}, {"currency": "USD"}, {"name": ""}, {"code": code}):
        with pytest.raises(BadMaterial):
            save(**({"code": "X-1"} | wrong))
    with pytest.raises(NotFound):
        save(client_id=10**12)
    client = make_shop(items=1).client_id
    with pytest.raises(NotAllowed):
        save(by=actor("packer"))
    with pytest.raises(NotAllowed):
        save("PAPER-1", by=actor("manager", client_id=client))


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_are_both_there() -> None:
    shop, fill = make_shop(items=1), save()
    at_once(*[partial(came, shop, fill, 5)] * 4)
    assert there(shop, fill).quantity == 20


def test_how_an_item_is_packed_is_shown_at_the_bench_and_its_marks_go_on_the_parcel() -> None:
    shop = make_shop(items=[plain_item("LAMP"), plain_item("CARD")])
    for n, sku in enumerate(("LAMP", "CARD")):
        receive(shop.item(sku), shop.bins[n], 5)
    at_bench(shop, {"LAMP": 1, "CARD": 1})
    make_box()
    save_it = partial(services.save_procedure, actor=HOUSE, item_id=shop.item("LAMP"))
    key = uuid4()
    assert save_it(key=key, steps="Two layers of paper.", marks=["lithium_ion", "fragile"]) == save_it(
        key=key, steps="Two layers of paper.", marks=["lithium_ion", "fragile"]
    )
    with pytest.raises(KeyReused):
        save_it(key=key, steps="", marks=[])
    with pytest.raises(Invalid):
        save_it(key=uuid4(), steps="", marks=["explosive"])
    with pytest.raises(NotAllowed):
        services.save_procedure(key=uuid4(), actor=PACKER, item_id=shop.item("LAMP"), steps="", marks=[])
    with pytest.raises(NotFound):
        services.save_procedure(key=uuid4(), actor=HOUSE, item_id=10**12, steps="", marks=[])
    from tests.steps.packing.test_pack_on_the_scanner import Hand

    hand = Hand()
    shown = hand.scan(str(standing(shop).tote))
    assert "Two layers of paper." in str(shown.remedy)
    assert "LITHIUM ION" in str(shown.remedy)
    assert hand.scan("CARD").remedy == ""
    hand.scan("LAMP")
    parcel = hand.screen.state["parcel"]
    assert selectors.marks_of(EVERYTHING, [parcel]) == {parcel: ("fragile", "lithium_ion")}
    assert selectors.marks_of(actor("client", client_id=shop.client_id + 10**6).scope, [parcel]) == {}


def test_an_eco_client_gets_the_fewest_and_smallest_boxes_and_its_own_tolerance() -> None:
    from packhorse.steps.packing.errors import WeightOff
    from packhorse.steps.packing.policy import PackPolicy

    shop = shop_with({"SKU-1": 9})
    at_bench(shop, {"SKU-1": 1})
    make_box(inner=(300, 200, 150))
    order = standing(shop)
    assert services.propose(order)[0].basis == "cheapest box and expected postage"
    policy = PackPolicy(eco=True, tolerance_permille=0, tolerance_g=5)
    services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, policy=policy)
    assert selectors.pack_policy(EVERYTHING, shop.client_id) == policy
    eco = services.propose(order)[0]
    smallest = min(b.inner_length_mm * b.inner_width_mm * b.inner_height_mm for b in catalog.boxes(EVERYTHING) if services.in_box(order, b).placements)
    assert (eco.basis, eco.inner_mm[0] * eco.inner_mm[1] * eco.inner_mm[2]) == ("fewest and smallest boxes", smallest)
    parcel = services.new_parcel(eco, weight_g=eco.expected_g + 6)
    with pytest.raises(WeightOff):
        services.pack_as_is(key=uuid4(), actor=PACKER, fulfillment_order_id=order.fulfillment_order_id, parcels=[parcel])
    with pytest.raises(Invalid):
        services.set_policy(key=uuid4(), actor=HOUSE, client_id=shop.client_id, policy=PackPolicy(tolerance_permille=2000))
    with pytest.raises(NotAllowed):
        services.set_policy(key=uuid4(), actor=PACKER, client_id=shop.client_id, policy=policy)
    with pytest.raises(NotFound):
        services.set_policy(key=uuid4(), actor=HOUSE, client_id=10**12, policy=policy)


def test_on_pages() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    manager = browser(Grant("manager"))
    made = post(manager, "/packing/materials/new/", code="tape-9", name="Tape", kind="tape", unit="cm", cost="0.005", currency="CAD", client_id="")
    assert made.status_code == 303
    url = made.headers["Location"]
    assert post(manager, f"{url}received/", warehouse_id=shop.warehouse_id, quantity=900, note="PO 7").status_code == 303
    assert post(manager, f"{url}counted/", warehouse_id=shop.warehouse_id, counted=880).status_code == 303
    assert post(manager, f"{url}reorder/", warehouse_id=shop.warehouse_id, reorder_at=1000, reorder_to=5000).status_code == 303
    assert post(manager, f"{url}rule/", quantity=2, per="around", only="box").status_code == 303
    shown = manager.get(url).content.decode()
    assert all(text in shown for text in ("PO 7", "-20", "Order it", "strips over the box", "in boxes"))
    assert "TAPE-9" in manager.get("/packing/materials/?low=1").content.decode()
    assert post(manager, "/packing/materials/boxes/start/").status_code == 303
    given = {"sku": "SKU-1", "client_id": shop.client_id, "steps": "Fold it", "marks": "heavy"}
    assert post(manager, "/packing/procedures/item/", **given | {"sku": "NONE"}).status_code == 422
    assert post(manager, "/packing/procedures/item/", **given).status_code == 303
    assert "Fold it" in manager.get("/packing/procedures/?mark=heavy").content.decode()
    assert "Fold it" in manager.get(f"/packing/procedures/item/?sku=SKU-1&client_id={shop.client_id}").content.decode()
    assert post(manager, f"/packing/policies/{shop.client_id}/", eco="on", tolerance_permille=50, tolerance_g=20).status_code == 303
    assert "checked" in manager.get(f"/packing/policies/{shop.client_id}/").content.decode()
    stranger = browser(Grant("client", client_id=make_shop(items=1).client_id))
    assert "Fold it" not in stranger.get("/packing/procedures/").content.decode()
    assert stranger.get("/packing/materials/").status_code == 200
    assert post(stranger, f"{url}received/", warehouse_id=shop.warehouse_id, quantity=1).status_code == 403


def test_gifts_use_up_what_rules_say_of_gifts() -> None:
    shop = shop_with({"SKU-1": 9})
    make_box()
    wrapping, card = save(kind="wrap", unit="cm"), save(kind="insert", unit="piece")
    rule(wrapping, 80, "parcel", only="wrapped")
    rule(card, 1, "order", only="gift")
    used = []
    for gift in (None, Gift("Hi"), Gift("", wrap=True)):
        at_bench(shop, {"SKU-1": 1}, gift=gift)
        used.append({u.code: u.quantity for u in selectors.used_materials(EVERYTHING, pack(shop))})
    codes = {m.code: m.id for m in selectors.material_page(EVERYTHING, ListQuery()).rows}
    by_id = [{codes[code]: n for code, n in one.items()} for one in used]
    assert by_id == [{}, {card: 1}, {card: 1, wrapping: 80}]


def test_over_the_api() -> None:
    shop = shop_with({"SKU-1": 9})
    paper = save(client_id=shop.client_id)
    packer = browser(Grant("packer", warehouse_id=shop.warehouse_id))

    def ask(who: Any, method: str, path: str, body: Any = None, key: str = "") -> Any:
        extra = {"HTTP_IDEMPOTENCY_KEY": key or str(uuid4())} if method == "post" else {}
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(who, method)(f"/api/v1/packing{path}", **given, **extra)

    key = str(uuid4())
    body = {"warehouse_id": shop.warehouse_id, "quantity": 40}
    assert [ask(packer, "post", f"/materials/{paper}/receive", body, key).json() for _ in range(2)] == [{"quantity": 40}] * 2
    assert ask(packer, "post", f"/materials/{paper}/receive", body | {"quantity": 41}, key).status_code == 422
    assert ask(packer, "post", f"/materials/{paper}/count", {"warehouse_id": shop.warehouse_id, "counted": 37}).json() == {"difference": -3}
    assert ask(packer, "post", f"/materials/{paper}/count", {"warehouse_id": shop.warehouse_id, "counted": -1}).status_code == 422
    found = ask(packer, "get", f"/materials/{paper}").json()
    assert [(m["warehouse_id"], m["quantity"]) for m in found["stocks"]] == [(shop.warehouse_id, 37)]
    assert paper in [m["material_id"] for m in ask(packer, "get", "/materials?kind=fill").json()["rows"]]
    other = browser(Grant("client", client_id=make_shop(items=1).client_id))
    assert ask(other, "get", f"/materials/{paper}").status_code == 404
    assert paper not in [m["material_id"] for m in ask(other, "get", "/materials").json()["rows"]]
    assert ask(other, "post", f"/materials/{paper}/receive", body).status_code == 403
    procedure(shop)
    assert [p["sku"] for p in ask(packer, "get", "/procedures?mark=fragile").json()["rows"]] == ["SKU-1"]
    assert ask(other, "get", "/procedures").json()["rows"] == []
    assert [ask(who, "get", "/box-advice").status_code for who in (packer, browser(Grant("manager")))] == [403, 200]


def procedure(shop: Shop) -> None:
    services.save_procedure(key=uuid4(), actor=HOUSE, item_id=shop.item("SKU-1"), steps="Wrap it.", marks=["fragile"])
