"""The page docs/architecture/ledgers.md tells one order's story in entries, and its numbers are those of this very run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.refs import Ref
from packhorse.steps.inventory import ledger, selectors
from packhorse.steps.inventory.reconciler import drift
from packhorse.steps.inventory.types import Allocated, CountedLevel, Posting, Take
from packhorse.steps.orders import ledger as progress
from packhorse.steps.orders.types import FulfillmentOrderInfo
from tests.build import Shop, doing, make_shop, plain_item, receive
from tests.build_orders import accepted, pack, ship

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs/architecture/ledgers.md"
HEAD = "| moment | moves written | what lies where (on hand, allocated) | sellable | promised | available | short | wanted, promised, allocated | picked, packed, shipped |"

_MOVES = """
SELECT m.quantity, s.code, g.code FROM inventory_move m JOIN warehouse_location s ON s.id = m.source_id JOIN warehouse_location g ON g.id = m.target_id
WHERE m.item_id = %s AND m.id > %s ORDER BY m.id
"""


class Story:
    """Writes a row of the table after each moment."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.item, self.seen, self.rows = shop, shop.item("SKU-1"), 0, [HEAD, "|" + "---|" * 9]

    def then(self, moment: str) -> None:
        moves = "; ".join(f"{q} {a} → {b}" for q, a, b in sql.rows(_MOVES, [self.item, self.seen]))
        self.seen = sql.rows("SELECT coalesce(max(id), 0) FROM inventory_move")[0][0]
        places = "; ".join(f"{x.location} {x.on_hand}, {x.allocated}" for x in selectors.levels(EVERYTHING, item_id=self.item))
        s = selectors.availability(EVERYTHING, self.shop.warehouse_id, [self.item])[0]
        demand = "; ".join(
            f"{w}, {p}, {a}" for w, p, a in sql.rows("SELECT wanted, promised, allocated FROM inventory_demand WHERE item_id = %s ORDER BY id", [self.item])
        )
        line = "; ".join(
            f"{p}, {k}, {h}" for p, k, h in sql.rows("SELECT picked, packed, shipped FROM orders_fulfillmentline WHERE item_id = %s ORDER BY id", [self.item])
        )
        cells = [moment, moves or "–", places or "–", s.sellable, s.promised, s.available, s.short, demand or "–", line or "–"]
        self.rows.append("| " + " | ".join(map(str, cells)) + " |")
        assert drift() == []


def release(fo: FulfillmentOrderInfo) -> list[Allocated]:
    def act() -> list[Allocated]:
        progress.lock_orders([fo.fulfillment_order_id])
        progress.released([fo.fulfillment_order_id])
        return ledger.allocate([fo.lines[0].demand_id], today=dt.date(2026, 3, 2))

    return doing(act)


def pick(shop: Shop, allocated: list[Allocated]) -> None:
    def act() -> None:
        progress.picked({a.demand_id: a.quantity for a in allocated})
        ledger.move([Take(a.allocation_id, a.quantity, shop.totes[0]) for a in allocated], cause_kind="picking.task", cause_ids=[1] * len(allocated))

    doing(act)


def test_the_page_shows_the_numbers_of_this_run() -> None:
    shop = make_shop(items=[plain_item("SKU-1")], totes=1)
    story = Story(shop)
    receive(story.item, shop.dock, 10)
    story.then("ten pieces are received")
    doing(lambda: ledger.post([Posting(story.item, 10, shop.dock, shop.bins[0])], cause=Ref("inventory.put_away", 1)))
    story.then("they are put away")
    fo = accepted(shop, {"SKU-1": 4})
    story.then("an order of four is accepted")
    allocated = release(fo)
    story.then("it is released")
    pick(shop, allocated)
    story.then("it is picked")
    pack(shop, fo)
    story.then("it is packed")
    ship(fo)
    story.then("the truck leaves")
    accepted(shop, {"SKU-1": 5})
    story.then("another order of five is accepted")
    doing(lambda: ledger.count([CountedLevel(story.item, shop.bins[0], None, "sellable", 3)], cause=Ref("inventory.count", 1)))
    story.then("a count finds three in the bin where six should be")
    receive(story.item, shop.dock, 2)
    story.then("two pieces are received")
    table = "\n".join(story.rows)
    assert table in PAGE.read_text(encoding="utf-8"), f"the page must show:\n\n{table}\n"
