"""What a hold notes is kept in no language and told in the reader's."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.utils import translation

from packhorse.core.actors import EVERYTHING
from packhorse.ground.places.types import PROBLEMS
from packhorse.steps.orders import ledger, selectors, services
from packhorse.steps.orders.errors import OrderHeld
from packhorse.steps.orders.types import NO_ADDRESS, hold_note
from tests.build import HOUSE, Shop, doing, make_shop, stock
from tests.build_orders import OTTAWA, accepted

pytestmark = pytest.mark.django_db

NOWHERE = replace(OTTAWA, postal_code="1234", line1="Sussex Drive")


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 9})
    return made


def note_of(order_id: int) -> str:
    [note] = [h.note for h in selectors.order(EVERYTHING, order_id).holds if h.kind == "address" and h.released_at is None]
    return note


def test_taken_in_or_edited_in_any_language_the_codes_are_the_same(shop: Shop) -> None:
    notes = []
    for language in ("en", "fr"):
        with translation.override(language):
            notes.append(note_of(accepted(shop, {"SKU-1": 1}, ship_to=NOWHERE).order_id))
            fo = accepted(shop, {"SKU-1": 1})
            services.change_address(key=uuid4(), actor=HOUSE, order_id=fo.order_id, address=NOWHERE, reason="moved")
            notes.append(note_of(fo.order_id))
    assert len(set(notes)) == 1
    assert set(notes[0].split("; ")) <= PROBLEMS.keys()
    for language in ("en", "fr"):
        with translation.override(language):
            assert hold_note("address", notes[0]) == "; ".join(str(PROBLEMS[code]) for code in notes[0].split("; "))


def test_no_address_at_all_has_words_too(shop: Shop) -> None:
    assert note_of(accepted(shop, {"SKU-1": 1}, ship_to=None).order_id) == NO_ADDRESS
    with translation.override("fr"):
        assert hold_note("address", NO_ADDRESS) != NO_ADDRESS


def test_what_somebody_typed_stays_and_the_refusal_speaks_to_its_reader(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 1}, ship_to=NOWHERE)
    services.place_hold(key=uuid4(), actor=HOUSE, fulfillment_order_ids=[fo.fulfillment_order_id], note="Ask Ann, she knows.")
    with translation.override("fr"), pytest.raises(OrderHeld) as refused:
        doing(lambda: ledger.released([fo.fulfillment_order_id]))
    with translation.override("fr"):
        assert hold_note("address", note_of(fo.order_id)) in refused.value.reasons
    assert "Ask Ann, she knows." in refused.value.reasons
