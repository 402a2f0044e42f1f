"""A kit is made of other items of its client, never of itself or of a kit."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed, NotFound
from packhorse.ground.catalog import selectors, services
from packhorse.ground.catalog.errors import BadKit
from packhorse.ground.catalog.models import Component
from tests.asked import done_once
from tests.build import HOUSE, Shop, actor, make_shop
from tests.steps.inventory.test_pages import sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(aisles=1, totes=2)


def made_of(item_id: int) -> dict[str, int]:
    return {c.sku: c.quantity for c in selectors.components_of(EVERYTHING, [item_id]).get(item_id, [])}


def test_a_kit_is_made_of_items_and_can_be_changed_and_undone(shop: Shop) -> None:
    one, two, kit = shop.item("SKU-1"), shop.item("SKU-2"), shop.item("SKU-3")
    answer = done_once(services.set_components, actor=HOUSE, item_id=kit, components={one: 2, two: 1}, other={"components": {one: 1}})
    assert [(c.kit_id, c.item_id, c.sku, c.quantity) for c in answer] == [(kit, one, "SKU-1", 2), (kit, two, "SKU-2", 1)]
    services.set_components(key=uuid4(), actor=HOUSE, item_id=kit, components={one: 3})
    assert made_of(kit) == {"SKU-1": 3}
    services.set_components(key=uuid4(), actor=HOUSE, item_id=kit, components={})
    assert made_of(kit) == {}


def test_what_cannot_be_a_kit_is_refused_and_changes_nothing(shop: Shop) -> None:
    one, two, kit = shop.item("SKU-1"), shop.item("SKU-2"), shop.item("SKU-3")
    services.set_components(key=uuid4(), actor=HOUSE, item_id=kit, components={one: 2})
    other = make_shop().item("SKU-1")
    for item, components, said in (
        (kit, {kit: 1}, "itself"),
        (kit, {other: 1}, "no item of this client"),
        (kit, {10**9: 1}, "no item of this client"),
        (kit, {one: 0}, "from 1 to"),
        (two, {kit: 1}, "SKU-3 is a kit itself"),
        (one, {two: 1}, "component of the kit SKU-3"),
    ):
        with pytest.raises(BadKit) as refused:
            services.set_components(key=uuid4(), actor=HOUSE, item_id=item, components=components)
        assert said in str(refused.value.message)
    with pytest.raises(NotFound):
        services.set_components(key=uuid4(), actor=HOUSE, item_id=10**9, components={one: 1})
    with pytest.raises(NotAllowed):
        services.set_components(key=uuid4(), actor=actor("picker"), item_id=kit, components={one: 1})
    assert list(Component.objects.filter(client_id=shop.client_id).values_list("kit_id", "item_id", "quantity")) == [(kit, one, 2)]


def test_pages_and_api_make_a_kit(client: Client, shop: Shop) -> None:
    boss = sign_in(client, "manager")
    kit = shop.item("SKU-3")
    page = reverse("catalog:set-components", args=[kit])
    for wrong in ("SKU-1", "SKU-1 x", "NOPE 1", "SKU-3 1"):
        assert boss.post(page, {"key": str(uuid4()), "components": wrong}).status_code in (409, 422)
    assert boss.post(page, {"key": str(uuid4()), "components": "SKU-1 2\nSKU-2; 1"}).status_code == 303
    assert made_of(kit) == {"SKU-1": 2, "SKU-2": 1}
    assert "One kit is made of" in text(boss, reverse("catalog:item", args=[kit]))
    api = f"/api/v1/catalog/items/{kit}/components"
    body = {"components": [{"item_id": shop.item("SKU-2"), "quantity": 4}]}
    answer = boss.post(api, body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 200, answer.content
    assert [(c["sku"], c["quantity"]) for c in boss.get(api).json()] == [("SKU-2", 4)]
    stranger = sign_in(Client(), "client", client_id=make_shop().client_id)
    assert stranger.get(api).status_code == 404
