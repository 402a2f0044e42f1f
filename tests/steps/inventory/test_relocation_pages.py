"""Replenishment is looked at, done and set on its pages and through the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.steps.inventory import selectors
from packhorse.steps.inventory.types import PickFaceInfo
from tests.build import Shop, receive
from tests.steps.inventory.test_pages import post, sign_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    return sign_in(client, "manager")


@pytest.fixture
def reserve(shop: Shop) -> Shop:
    """Thirty of SKU-1 in reserve, at B-01-01."""
    sql.run("UPDATE warehouse_location SET pickable = false WHERE id = %s", [shop.bins[5]])
    receive(shop.item("SKU-1"), shop.bins[5], 30)
    return shop


def faces(shop: Shop) -> list[PickFaceInfo]:
    return list(selectors.pick_faces(EVERYTHING, ListQuery(filters={"warehouse": (str(shop.warehouse_id),)})).rows)


def set_faces(boss: Client, shop: Shop, lines: str, status: int = 303) -> str:
    form = {"key": str(uuid4()), "client": shop.client_id, "warehouse": shop.warehouse_id, "lines": lines}
    answer = boss.post(reverse("inventory:set-pick-faces"), form)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.headers.get("Location", "")


def test_faces_are_typed_and_the_house_is_asked_to_look_now(boss: Client, reserve: Shop) -> None:
    set_faces(boss, reserve, "SKU-1 a-01-01 2 10\nSKU-2, A-02-01, 0, 5\n")
    assert [(f.sku, f.location, f.minimum, f.maximum, f.reserve) for f in faces(reserve)] == [("SKU-1", "A-01-01", 2, 10, 30), ("SKU-2", "A-02-01", 0, 5, 0)]
    set_faces(boss, reserve, "SKU-2 A-02-01")
    assert [f.sku for f in faces(reserve)] == ["SKU-1"]
    for wrong in ("SKU-1", "SKU-1 A-01-01 2", "SKU-1 A-01-01 x 4", "NOPE A-01-01 1 2", "SKU-1 NOPE 1 2", "SKU-1 A-01-01 5 5", "SKU-1 B-01-01 1 5"):
        assert set_faces(boss, reserve, wrong, 422 if wrong != "SKU-1 B-01-01 1 5" else 409) == "", wrong
    assert post(boss, reverse("inventory:replenish"), warehouse=reserve.warehouse_id).endswith("?state=open")
    listed = text(boss, reverse("inventory:relocations") + "?state=open")
    assert "minimum reached" in listed
    assert "B-01-01" in listed


def test_it_is_taken_in_hand_brought_in_part_and_the_rest_is_not_there(boss: Client, reserve: Shop) -> None:
    set_faces(boss, reserve, "SKU-1 A-01-01 2 10")
    post(boss, reverse("inventory:replenish"), warehouse=reserve.warehouse_id)
    (pk,) = (r.id for r in selectors.relocations(EVERYTHING, ListQuery(filters={"warehouse": (str(reserve.warehouse_id),)})).rows)
    page = reverse("inventory:relocation", args=[pk])
    assert "10 × SKU-1 from B-01-01 to A-01-01." in text(boss, page)
    given: dict[str, Any] = {"source": "B-01-01", "target": "A-01-01", "quantity": 4}
    assert post(boss, reverse("inventory:relocate", args=[pk]), 409, **{**given, "target": "A-02-01"}) == ""
    post(boss, reverse("inventory:relocate", args=[pk]), **given)
    assert "6 × SKU-1 from B-01-01 to A-01-01." in text(boss, page)
    assert "Not there" not in text(boss, page)
    post(boss, reverse("inventory:claim-relocation", args=[pk]))
    assert "Not there" in text(boss, page)
    post(boss, reverse("inventory:relocate-short", args=[pk]), found=1)
    shown = text(boss, page)
    assert "Short" in shown
    assert "5 units were not at B-01-01" in shown
    assert post(boss, reverse("inventory:cancel-relocation", args=[pk]), 409, reason="x") == ""
    assert {x.location: x.on_hand for x in selectors.levels(EVERYTHING, item_id=reserve.item("SKU-1"))} == {"A-01-01": 5, "B-01-01": 25}


def test_the_api_sets_faces_reads_and_brings(boss: Client, reserve: Shop) -> None:
    def ask(url: str, body: dict[str, Any]) -> Any:
        answer = boss.post(f"/api/v1/inventory/{url}", body, "application/json", headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 200, answer.content
        return answer.json()

    face: dict[str, int] = {"item_id": reserve.item("SKU-1"), "location_id": reserve.bins[0], "minimum": 2, "maximum": 10}
    assert ask("pick-faces", {"warehouse_id": reserve.warehouse_id, "faces": [face]}) == {"n": 1}
    (made,) = ask("relocations/replenish", {"warehouse_id": reserve.warehouse_id, "today": "2026-03-02"})
    (row,) = boss.get(f"/api/v1/inventory/relocations?state=open&warehouse={reserve.warehouse_id}").json()["rows"]
    assert (row["id"], row["quantity"], row["source"], row["target"], row["reason"]) == (made, 10, "B-01-01", "A-01-01", "minimum")
    assert ask(f"relocations/{made}/claim", {})["state"] == "claimed"
    assert ask(f"relocations/{made}/brought", {"source_id": row["source_id"], "target_id": row["target_id"], "quantity": 10}) == {"left": 0}
    assert boss.get(f"/api/v1/inventory/relocations/{made}").json()["state"] == "done"
    assert boss.get(f"/api/v1/inventory/pick-faces?item={face['item_id']}").json()["rows"][0]["on_hand"] == 10
    assert boss.get("/api/v1/inventory/relocations/999999999").status_code == 404
