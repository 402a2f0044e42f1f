"""Clients and boxes are made, changed and put away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.errors import Invalid, NotAllowed, NotFound
from packhorse.core.lists import ListQuery
from packhorse.ground.catalog import selectors, services
from packhorse.ground.catalog.errors import BadBox, CodeTaken
from packhorse.ground.catalog.types import ClientInfo, NewBox, NewItem
from tests.ground.conftest import HOUSE, actor, make_client

BOX = NewBox("S", "Small", 200, 150, 100, 206, 156, 106, 120, 10_000, 55, "CAD")


def test_a_client_is_made_once_per_code(acme: ClientInfo) -> None:
    assert selectors.client(EVERYTHING, acme.id) == acme == selectors.client_by_code(EVERYTHING, "ACME")
    with pytest.raises(CodeTaken):
        make_client("ACME")
    for change in ({"code": "A B"}, {"currency": "cad"}, {"name": " "}, {"brand_colour": "red"}, {"language": "xx"}, {"minimum_shelf_days": -1}):
        with pytest.raises(Invalid):
            services.create_client(key=uuid4(), actor=HOUSE, **{"code": "NEW", "name": "New", "currency": "CAD", **change})  # type: ignore[arg-type]
    for who in (actor("picker"), actor("manager", scope=Scope(client_ids=frozenset({acme.id})))):
        with pytest.raises(NotAllowed):
            services.create_client(key=uuid4(), actor=who, code="NEW", name="New", currency="CAD")


def test_a_client_changes_and_is_archived(acme: ClientInfo) -> None:
    asked = {"name": "Acme Inc.", "currency": "USD", "language": "fr", "brand_colour": "#112233", "support_email": "", "minimum_shelf_days": 30}
    changed = services.change_client(key=uuid4(), actor=HOUSE, client_id=acme.id, **asked)  # type: ignore[arg-type]
    assert (changed.name, changed.currency, changed.minimum_shelf_days) == ("Acme Inc.", "USD", 30)
    assert services.archive_client(key=uuid4(), actor=HOUSE, client_id=acme.id).archived
    assert selectors.all_clients(EVERYTHING) == []
    assert [c.code for c in selectors.clients(EVERYTHING, ListQuery(filters={"archived": ("1",)})).rows] == ["ACME"]
    with pytest.raises(NotFound):
        services.archive_client(key=uuid4(), actor=HOUSE, client_id=0)


def test_a_reader_sees_its_own_clients_and_items(acme: ClientInfo) -> None:
    other = make_client("OTHER")
    for client in (acme, other):
        services.upsert_items(key=uuid4(), actor=HOUSE, client_id=client.id, items=[NewItem("MUG", f"Mug of {client.code}")])
    own = Scope(client_ids=frozenset({acme.id}))
    assert [i.name for i in selectors.items(own, ListQuery()).rows] == ["Mug of ACME"]
    assert [c.code for c in selectors.clients(own, ListQuery()).rows] == ["ACME"]
    theirs = selectors.items_by_sku(EVERYTHING, other.id, ["MUG"])["MUG"].id
    assert selectors.items_by_id(own, [theirs]) == {}
    with pytest.raises(NotFound):
        selectors.item(own, theirs)
    with pytest.raises(NotFound):
        selectors.client(own, other.id)


def test_items_are_found_and_archived(acme: ClientInfo) -> None:
    services.upsert_items(
        key=uuid4(), actor=HOUSE, client_id=acme.id, items=[NewItem("MUG", "Blue mug", barcodes=(("4006381333931", 1, "each"),)), NewItem("TEE", weight_g=5)]
    )

    def ask(**filters: Any) -> list[str]:
        return [i.sku for i in selectors.items(EVERYTHING, ListQuery(**filters)).rows]

    assert (ask(search="blue"), ask(search="4006381333931"), ask(filters={"size": ("unknown",)})) == (["MUG"], ["MUG"], ["MUG", "TEE"])
    mug = selectors.items_by_sku(EVERYTHING, acme.id, ["MUG"])["MUG"]
    assert services.archive_item(key=uuid4(), actor=HOUSE, item_id=mug.id).archived
    assert (ask(), ask(filters={"archived": ("1",)})) == (["TEE"], ["MUG"])
    with pytest.raises(NotAllowed):
        services.archive_item(key=uuid4(), actor=actor("picker"), item_id=mug.id)
    with pytest.raises(NotFound):
        services.archive_item(key=uuid4(), actor=HOUSE, item_id=0)


def test_boxes_are_saved_by_code_and_put_away(db: None) -> None:
    made = services.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[BOX, replace(BOX, code="XS", inner_length_mm=100, cost_minor=40)])
    assert [b.code for b in selectors.boxes(EVERYTHING)] == ["XS", "S"]
    again = services.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[replace(BOX, cost_minor=60)])
    assert (again[0].id, again[0].cost_minor) == (made[0].id, 60)
    services.archive_box(key=uuid4(), actor=HOUSE, box_id=made[0].id)
    assert [b.code for b in selectors.boxes(EVERYTHING)] == ["XS"]
    assert services.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[BOX])[0].archived is False
    for bad in (
        replace(BOX, outer_length_mm=1),
        replace(BOX, inner_width_mm=0),
        replace(BOX, max_load_g=0),
        replace(BOX, code=" "),
        replace(BOX, cost_minor=-1),
    ):
        with pytest.raises(BadBox):
            services.upsert_boxes(key=uuid4(), actor=HOUSE, boxes=[bad])
    with pytest.raises(NotFound):
        services.archive_box(key=uuid4(), actor=HOUSE, box_id=0)
    with pytest.raises(NotAllowed):
        services.upsert_boxes(key=uuid4(), actor=actor("packer"), boxes=[BOX])
