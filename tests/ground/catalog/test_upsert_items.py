"""Items are created and changed by the list, by SKU."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.core.scan import Context, parse
from packhorse.ground.catalog import selectors, services
from packhorse.ground.catalog.errors import ClientArchived
from packhorse.ground.catalog.models import Item
from packhorse.ground.catalog.types import ClientInfo, ItemSaved, NewBarcode, NewItem, Refused
from packhorse.ground.people.models import history_of
from tests.at_once import at_once
from tests.ground.conftest import HOUSE, actor, make_client

MUG = NewItem("MUG", "Mug", length_mm=100, width_mm=80, height_mm=90, weight_g=350, price=Decimal("12.345678"), barcodes=(("4006381333931", 1, "each"),))


def upsert(client: ClientInfo, *items: NewItem) -> list[ItemSaved | Refused]:
    return services.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=list(items))


def test_new_ones_get_what_is_said_and_defaults(acme: ClientInfo) -> None:
    made = upsert(acme, MUG, NewItem("TEE"))
    assert made == [ItemSaved("MUG", made[0].item_id, True), ItemSaved("TEE", made[1].item_id, True)]  # type: ignore[union-attr]
    mug, tee = selectors.items_by_sku(EVERYTHING, acme.id, ["MUG", "TEE"]).values()
    assert (mug.name, mug.weight_g, mug.price, mug.size_source, mug.client_code) == ("Mug", 350, Decimal("12.345678"), "typed", "ACME")
    assert (tee.name, tee.has_size, tee.size_source, tee.tracking) == ("TEE", False, "none", "none")
    assert [b.code for b in selectors.barcodes_of(EVERYTHING, [mug.id])[mug.id]] == ["04006381333931"]


def test_known_ones_change_where_something_is_said(acme: ClientInfo) -> None:
    upsert(acme, MUG)
    assert [getattr(a, "created", None) for a in upsert(acme, NewItem("MUG", price=Decimal(9)), NewItem("CUP"))] == [False, True]
    mug = selectors.items_by_sku(EVERYTHING, acme.id, ["MUG"])["MUG"]
    assert (mug.name, mug.price, mug.length_mm) == ("Mug", Decimal(9), 100)
    assert history_of(Item).objects.filter(pgh_obj_id=mug.id).count() == 2  # type: ignore[attr-defined]


def test_sizes_yield_only_to_better_ones(acme: ClientInfo) -> None:
    def size(source: str, weight: int) -> tuple[int, str]:
        upsert(acme, NewItem("MUG", weight_g=weight, size_source=source))
        mug = selectors.items_by_sku(EVERYTHING, acme.id, ["MUG"])["MUG"]
        return mug.weight_g, mug.size_source

    assert size("learned", 300) == (300, "learned")
    assert size("measured", 345) == (345, "measured")
    assert size("typed", 400) == (345, "measured")
    assert size("measured", 346) == (346, "measured")


def test_asked_twice_it_happens_once(acme: ClientInfo) -> None:
    key = uuid4()
    first = services.upsert_items(key=key, actor=HOUSE, client_id=acme.id, items=[MUG])
    assert services.upsert_items(key=key, actor=HOUSE, client_id=acme.id, items=[MUG]) == first
    with pytest.raises(KeyReused):
        services.upsert_items(key=key, actor=HOUSE, client_id=acme.id, items=[])


@pytest.mark.parametrize(
    "bad",
    [
        NewItem(" "),
        NewItem("A", name=" "),
        NewItem("A", tracking="some"),
        NewItem("A", weight_g=-1),
        NewItem("A", length_mm=10**6),
        NewItem("A", price=Decimal(-1)),
        NewItem("A", origin_country="Canada"),
        NewItem("A", abc="D"),
        NewItem("A", weight_g=1, size_source="guess"),
    ],
)
def test_a_bad_one_does_not_stop_the_rest(acme: ClientInfo, bad: NewItem) -> None:
    answers = upsert(acme, bad, NewItem("GOOD"))
    assert [type(a) for a in answers] == [Refused, ItemSaved]
    assert list(Item.objects.values_list("sku", flat=True)) == ["GOOD"]


def test_a_barcode_means_one_item(acme: ClientInfo) -> None:
    upsert(acme, MUG)
    answers = upsert(acme, NewItem("CUP", barcodes=(("4006381333931", 1, "each"),)), NewItem("JAR", barcodes=(("JAR-6", 6, "case"),)))
    assert [getattr(a, "code", "saved") for a in answers] == ["barcode_taken", "saved"]
    more = services.save_barcodes(
        key=uuid4(),
        actor=HOUSE,
        client_id=acme.id,
        barcodes=[NewBarcode("MUG", "14006381333938", 12, "case"), NewBarcode("NONE", "X"), NewBarcode("MUG", "JAR-6")],
    )
    assert [type(a).__name__ for a in more] == ["Refused", "Refused", "Refused"]
    assert [m.quantity for m in selectors.resolve(parse("14006381333938"), Context())] == [12]


def test_a_scan_finds_items_by_barcode_and_else_by_sku(acme: ClientInfo) -> None:
    other = make_client("OTHER")
    upsert(acme, MUG, NewItem("JAR", barcodes=(("JAR-6", 6, "case"),)))
    upsert(other, NewItem("MUG", "Other mug", barcodes=(("4006381333931", 1, "each"),)))
    assert [(m.title, m.detail) for m in selectors.resolve(parse("4006381333931"), Context())] == [("MUG", "Mug"), ("MUG", "Other mug")]
    assert [m.detail for m in selectors.resolve(parse("]C1010400638133393110LOT1"), Context(client_id=other.id))] == ["Other mug"]
    assert [(m.title, m.quantity) for m in selectors.resolve(parse("JAR-6"), Context())] == [("JAR", 6)]
    assert [m.title for m in selectors.resolve(parse("JAR"), Context(scope=Scope(client_ids=frozenset({acme.id}))))] == ["JAR"]
    assert selectors.resolve(parse("JAR"), Context(scope=Scope(client_ids=frozenset({other.id})))) == []


def test_only_those_who_may_and_for_clients_they_see(acme: ClientInfo) -> None:
    client = actor("client", scope=Scope(client_ids=frozenset({acme.id})))
    assert services.upsert_items(key=uuid4(), actor=client, client_id=acme.id, items=[MUG])
    for who in (actor("picker"), actor("client", scope=Scope(client_ids=frozenset({0})))):
        with pytest.raises(NotAllowed):
            services.upsert_items(key=uuid4(), actor=who, client_id=acme.id, items=[MUG])
    with pytest.raises(NotFound):
        services.upsert_items(key=uuid4(), actor=HOUSE, client_id=0, items=[MUG])
    services.archive_client(key=uuid4(), actor=HOUSE, client_id=acme.id)
    with pytest.raises(ClientArchived):
        upsert(acme, MUG)


def test_two_at_once_make_each_item_once(committed: str) -> None:
    client = make_client("TWICE")
    items = [NewItem(f"S{n:03d}") for n in range(200)]
    one, two = at_once(lambda: upsert(client, *items), lambda: upsert(client, *reversed(items)))
    assert {a.item_id for a in one} == {a.item_id for a in two}
    assert Item.objects.filter(client_id=client.id).count() == 200
