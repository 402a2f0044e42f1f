"""A fulfillment order that is not with the floor can be changed by itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.core.errors import Invalid, KeyReused, NotAllowed, NotFound, PackhorseError
from packhorse.core.timeline import timeline
from packhorse.steps.orders import selectors, services
from packhorse.steps.orders.errors import NothingToChange, OnTheFloor, TooLate
from packhorse.steps.orders.models import Change
from packhorse.steps.orders.types import Edited, FulfillmentOrderInfo
from tests.build import HOUSE, Shop, actor, make_shop, stock
from tests.build_orders import accepted, fo_of, pack, pick, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    stock(made, {"SKU-1": 10, "SKU-2": 10})
    return made


def set_terms(fo: FulfillmentOrderInfo, ship_complete: bool, priority: int, *, who: Actor = HOUSE, key: Any = None, reason: str = "asked") -> Edited:
    return services.change_terms(
        key=key or uuid4(), actor=who, fulfillment_order_id=fo.fulfillment_order_id, ship_complete=ship_complete, priority=priority, reason=reason
    )


def test_may_leave_in_part_from_now_on_and_goes_before_others(shop: Shop) -> None:
    waiting, other = accepted(shop, {"SKU-1": 12}, payment=None), accepted(shop, {"SKU-2": 1}, payment=None)
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [other.number]
    key = uuid4()

    done = set_terms(waiting, False, 5, key=key)

    assert done == set_terms(waiting, False, 5, key=key) == Edited(waiting.order_id, ("ship_complete", "priority"))
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [waiting.number, other.number]
    (change,) = Change.objects.filter(order_id=waiting.order_id)
    assert (change.kind, change.reason, change.detail) == (
        "edit",
        "asked",
        {"fulfillment_order": waiting.fulfillment_order_id, "ship_complete": [True, False], "priority": [0, 5]},
    )
    assert timeline(order_id=waiting.order_id)[0].sentence == f"{waiting.number} leaves in part now, at priority 5"
    assert set_terms(waiting, True, 5).changed == ("ship_complete",)
    assert [r.number for r in selectors.releasable(EVERYTHING, shop.warehouse_id, limit=5)] == [other.number]
    with pytest.raises(KeyReused):
        set_terms(waiting, True, 6, key=key)
    assert selectors.drift(EVERYTHING) == []


def test_what_is_with_the_floor_or_gone_keeps_its_terms(shop: Shop) -> None:
    fo = accepted(shop, {"SKU-1": 2}, payment=None)

    def refused(by: type[PackhorseError], **given: Any) -> PackhorseError:
        with pytest.raises(by) as refusal:
            set_terms(fo, **{"ship_complete": False, "priority": 0, **given})
        assert (fo_of(fo.order_id).ship_complete, fo_of(fo.order_id).priority) == (True, 0)
        return refusal.value

    refused(NothingToChange, ship_complete=True)
    refused(Invalid, priority=101)
    refused(Invalid, priority=-1)
    refused(NotAllowed, who=actor("picker"))
    refused(NotAllowed, who=actor("manager", client_id=make_shop().client_id))
    with pytest.raises(NotFound):
        services.change_terms(key=uuid4(), actor=HOUSE, fulfillment_order_id=2**40, ship_complete=False, priority=0, reason="x")
    pick(shop, fo)
    blocked = refused(OnTheFloor)
    assert (str(blocked), blocked.link) == (f"Fulfillment order {fo.number} is with the floor: 2 units are picked.", f"/orders/{fo.order_id}/")
    pack(shop, fo)
    refused(OnTheFloor)
    ship(fo)
    refused(TooLate)
