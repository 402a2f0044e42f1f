"""Why something was not picked or released is kept as a code: who reads English reads it in English, who reads French in French."""

from __future__ import annotations

from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from packhorse.core.actors import EVERYTHING
from packhorse.core.timeline import timeline
from packhorse.steps.orders import ledger, selectors as orders, services as order_services
from packhorse.steps.orders.errors import OrderHeld
from packhorse.steps.orders.types import HoldInfo, hold_note
from packhorse.steps.picking import services, words
from packhorse.steps.picking.types import NotReleased
from tests.build import HOUSE
from tests.build_orders import accepted
from tests.steps.inventory.test_pages import sign_in
from tests.steps.picking.build import TODAY, begun, release, shop_with, short, tasks

pytestmark = pytest.mark.django_db


def held(order_id: int) -> HoldInfo:
    (found,) = [h for h in orders.order(EVERYTHING, order_id).holds if h.kind == "stock"]
    return found


def said(hold: HoldInfo, language: str) -> str:
    with translation.override(language):
        return hold_note(hold.kind, hold.note, hold.missing)


def test_what_was_not_found_holds_the_order_and_is_said_to_each_in_theirs() -> None:
    shop = shop_with({"SKU-1": 2})
    batch_id, (fo,) = begun(shop, {"SKU-1": 2})
    with translation.override("fr"):
        short(tasks(batch_id)[0], reason="wrong_item")
    hold = held(fo.order_id)
    assert said(hold, "en") == "2 × SKU-1 not found at A-01-01 (wrong item)"
    assert said(hold, "fr") == "2 × SKU-1 introuvable à A-01-01 (mauvais article)"
    assert [h.missing for h in orders.holds(EVERYTHING) if h.hold_id == hold.hold_id] == [hold.missing]
    with translation.override("fr"), pytest.raises(OrderHeld) as refused:
        ledger._refuse_held([fo.fulfillment_order_id])
    assert "2 × SKU-1 introuvable à A-01-01 (mauvais article)" in refused.value.message


def test_the_orders_page_and_the_walks_say_it_in_the_readers_words(client: Client) -> None:
    shop = shop_with({"SKU-1": 2})
    batch_id, (fo,) = begun(shop, {"SKU-1": 2})
    short(tasks(batch_id)[0], reason="wrong_item")
    sign_in(client, "manager")
    for language, why in (("en", "not found at A-01-01 (wrong item)"), ("fr", "introuvable à A-01-01 (mauvais article)")):
        with translation.override(language):
            page = client.get(reverse("orders:order", args=[fo.order_id]), headers={"accept-language": language}).content.decode()
        assert f"2 × SKU-1 {why}" in page
    for language, why in (("en", "(wrong item)"), ("fr", "(mauvais article)")):
        with translation.override(language):
            assert [why in e.sentence for e in timeline(order_id=fo.order_id) if e.event == "picking.pick_short"] == [True]


def test_what_was_kept_as_a_sentence_is_read_into_figures() -> None:
    shop = shop_with({"SKU-1": 2})
    _, (fo,) = begun(shop, {"SKU-1": 2})
    order_services.place_hold(
        key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], kind="stock", note="2 × SKU-1 not found at A-01-01 (missing)"
    )
    order_services.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], kind="manual", note="1 × SKU-1 not found at A-01-01")
    with connection.cursor() as cursor:
        cursor.execute(import_module("packhorse.steps.orders.migrations.0017_what_is_missing")._READ)
    kept = {h.kind: h for h in orders.order(EVERYTHING, fo.order_id).holds}
    assert said(kept["stock"], "fr") == "2 × SKU-1 introuvable à A-01-01 (manquant)"
    assert said(kept["manual"], "fr") == "1 × SKU-1 not found at A-01-01", "what somebody typed stays as it is"


def test_asked_again_in_another_language_the_answer_is_said_in_that_one() -> None:
    shop = shop_with({"SKU-1": 1})
    fo, key = accepted(shop, {"SKU-1": 1}), uuid4()
    assert not isinstance(release(shop, fo)[0], NotReleased)

    def ask() -> str:
        (answer,) = services.release_orders(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, fulfillment_order_ids=[fo.fulfillment_order_id], today=TODAY)
        assert isinstance(answer, NotReleased)
        return answer.reason

    with translation.override("fr"):
        assert ask() == "Déjà lancée"
    assert ask() == "Released before"


def test_every_reason_that_a_pick_is_closed_for_has_words_in_both() -> None:
    for reason, said_so in words.SHORT.items():
        with translation.override("en"):
            english = str(said_so)
        with translation.override("fr"):
            assert str(said_so) != english, reason
