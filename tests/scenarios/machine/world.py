"""The world in which every operation is mixed: two clients, each with stock in two warehouses, and what a sheet of paper knows of every unit.

Everything is done through use cases. A refusal is an answer: it must change nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import uuid4

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from packhorse.core import clock, sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import PackhorseError
from packhorse.ground.catalog import services as catalog
from packhorse.steps.inventory import services as inventory
from packhorse.steps.inventory.types import Reserved
from packhorse.steps.orders import selectors as orders
from packhorse.steps.orders.types import FulfillmentOrderInfo
from tests.build import HOUSE, Shop, make_client, make_items, make_warehouse, plain_item
from tests.steps.picking.build import make_box

T = TypeVar("T")

NOON: Final = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
#: The items of each client: loose, kept by lot, and a kit of two loose and one of a lot.
LOOSE, LOTTED, KIT = "LOOSE", "LOTTED", "KIT"
#: Lots by code, and the days that they last.
LOTS: Final = {"L-1": 3, "L-2": 400}
#: What a refused operation must leave as it was.
BOOKS: Final = (
    "inventory_move", "inventory_level", "inventory_stock", "inventory_demand", "inventory_allocation", "inventory_shortfall", "inventory_reservation", "inventory_transferorder",
    "inventory_transferline", "inventory_counttask", "inventory_putawaytask", "inventory_lot", "orders_order", "orders_orderline", "orders_fulfillmentorder", "orders_fulfillmentline",
    "orders_hold", "orders_paymententry", "orders_paymentrequest", "picking_release", "picking_pickbatch", "picking_picktask", "packing_parcel", "packing_parcelline",
    "shipping_label", "shipping_manifest", "returns_rma", "returns_rmaline", "returns_received", "returns_refund", "core_outbox",
)  # fmt: skip
_PRINT: Final = " UNION ALL ".join(f"SELECT '{t}', md5(coalesce(string_agg(x::text, '|' ORDER BY id), '')) FROM {t} x" for t in BOOKS)

#: What there is to do something with, counted after every step: a rule without is not asked.
_THERE: Final = """
SELECT
  (SELECT count(*) FROM inventory_putawaytask WHERE client_id = ANY(%(clients)s) AND state IN ('ready', 'claimed')),
  (SELECT count(*) FROM inventory_transferorder WHERE client_id = ANY(%(clients)s) AND closed_at IS NULL),
  (SELECT count(*) FROM orders_fulfillmentorder WHERE client_id = ANY(%(clients)s) AND stage IN ('open', 'backordered') AND released_at IS NULL AND NOT held),
  (SELECT count(*) FROM orders_fulfillmentorder WHERE client_id = ANY(%(clients)s) AND held),
  (SELECT count(*) FROM orders_fulfillmentline l JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE f.client_id = ANY(%(clients)s) AND l.shipped > l.returned),
  (SELECT count(*) FROM picking_release WHERE client_id = ANY(%(clients)s) AND undone_at IS NULL AND emptied_at IS NULL),
  (SELECT count(*) FROM picking_release WHERE client_id = ANY(%(clients)s) AND undone_at IS NULL AND emptied_at IS NULL AND batch_id IS NULL),
  (SELECT count(*) FROM picking_pickbatch WHERE warehouse_id = ANY(%(warehouses)s) AND state = 'planned'),
  (SELECT count(*) FROM picking_pickbatch WHERE warehouse_id = ANY(%(warehouses)s) AND state = 'picking'),
  (SELECT count(*) FROM picking_picktask WHERE client_id = ANY(%(clients)s) AND state = 'claimed'),
  (SELECT count(*) FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id AND p.kind IN ('tote', 'station') WHERE a.client_id = ANY(%(clients)s) AND a.closed_at IS NULL),
  (SELECT count(*) FROM packing_parcel WHERE client_id = ANY(%(clients)s) AND state = 'sealed'),
  (SELECT count(*) FROM shipping_label WHERE client_id = ANY(%(clients)s) AND state = 'bought' AND handed_over_at IS NULL),
  (SELECT count(*) FROM shipping_label WHERE client_id = ANY(%(clients)s) AND state = 'void_asked'),
  (SELECT count(*) FROM shipping_manifest WHERE warehouse_id = ANY(%(warehouses)s) AND state = 'closing'),
  (SELECT count(*) FROM delivery_delivery WHERE client_id = ANY(%(clients)s)),
  (SELECT count(*) FROM returns_rma WHERE client_id = ANY(%(clients)s) AND state IN ('requested', 'refused', 'approved')),
  (SELECT count(*) FROM returns_rma WHERE client_id = ANY(%(clients)s) AND state IN ('approved', 'label_sent', 'in_transit', 'received') AND order_id IS NOT NULL),
  (SELECT count(*) FROM returns_received r JOIN returns_rma m ON m.id = r.rma_id WHERE m.client_id = ANY(%(clients)s) AND r.kind <> 'missing' AND r.inspected < r.quantity),
  (SELECT count(*) FROM returns_rma WHERE client_id = ANY(%(clients)s) AND state = 'inspected')
"""
THINGS: Final = (
    "to put away", "on its way", "releasable", "held", "shipped", "released", "to plan", "planned", "walks", "picks", "bench", "sealed", "labelled", "to void", "trucks", "deliveries",
    "to decide", "coming back", "to inspect", "inspected",
)  # fmt: skip

#: What was done and what was refused, over all examples, by name: a run says at its end what it mixed.
DONE: Counter[str] = Counter()
REFUSED: Counter[str] = Counter()


@dataclass
class Units:
    """The sheet of paper: what came in and what left, by item. Written from what was asked and answered, never from the books."""

    received: Counter[int] = field(default_factory=Counter)
    found: Counter[int] = field(default_factory=Counter)
    lost: Counter[int] = field(default_factory=Counter)
    scrapped: Counter[int] = field(default_factory=Counter)
    shipped: Counter[int] = field(default_factory=Counter)
    returned: Counter[int] = field(default_factory=Counter)

    def here(self, item_id: int) -> int:
        """So many must be in the house, or on their way between its warehouses."""
        came = self.received[item_id] + self.found[item_id] + self.returned[item_id]
        return came - self.lost[item_id] - self.scrapped[item_id] - self.shipped[item_id]


@dataclass(frozen=True)
class Pending:
    """A count that waits for a second look: what it found by (item, lot, condition), and what lay there then."""

    count_id: int
    place: int
    found: dict[tuple[int, int | None, str], tuple[int, int]]


def make_world() -> list[Shop]:
    """Two clients in two warehouses: four shops, each with a supplier; a box, a kit for each client."""
    make_box()
    floors = [make_warehouse(aisles=1, cells=4, totes=3) for _ in range(2)]
    shops: list[Shop] = []
    for _ in range(2):
        client_id = make_client()
        items = make_items(client_id, [plain_item(LOOSE), plain_item(LOTTED, tracking="lot"), plain_item(KIT)])
        catalog.set_components(key=uuid4(), actor=HOUSE, item_id=items[KIT], components={items[LOOSE]: 2, items[LOTTED]: 1})
        inventory.create_supplier(key=uuid4(), actor=HOUSE, client_id=client_id, code="ACME", name="Acme", lead_time_days=2)
        shops += [Shop(client_id, warehouse_id, places, items) for warehouse_id, places in floors]
    return shops


class World(RuleBasedStateMachine):
    """What all rules share. Each example begins with empty shelves, in a transaction that is rolled back."""

    #: Made once for all examples.
    SHOPS: list[Shop] = []

    def __init__(self) -> None:
        super().__init__()
        self.end = ExitStack()
        self.clock = clock.VirtualClock(NOON)
        self.end.enter_context(clock.using(self.clock))
        around = transaction.atomic()
        around._from_testcase = True  # type: ignore[attr-defined]  # as Django's own test cases: use cases may be durable inside
        self.end.enter_context(around)
        self.end.callback(transaction.set_rollback, True)
        self.shops = self.SHOPS
        self.clients = sorted({s.client_id for s in self.shops})
        self.stocked = {s.items[sku]: s.client_id for s in self.shops for sku in (LOOSE, LOTTED)}
        self.suppliers = dict(sql.rows("SELECT client_id, id FROM inventory_supplier WHERE client_id = ANY(%s)", [self.clients]))
        self.units = Units()
        self.orders: list[int] = []
        self.pending: list[Pending] = []
        self.parcels: dict[int, Counter[int]] = {}
        self.reserved: list[tuple[Shop, Reserved, str, int]] = []
        self.times: Counter[str] = Counter()
        self.there: dict[str, int] = dict.fromkeys(THINGS, 0)
        self.begin()

    def begin(self) -> None:
        """What there is before the first rule."""

    def teardown(self) -> None:
        self.end.close()

    # Doing --------------------------------------------------------------------------------------------------------------------------------------------------------

    def act(self, use_case: Callable[..., T], **given: Any) -> T | None:
        """Do it, or be refused and see that nothing has changed."""
        name = use_case.__name__
        self.times[name] += 1
        before = dict(sql.rows(_PRINT))
        refused: PackhorseError | None = None
        answer: T | None = None
        try:
            answer = use_case(**{"key": uuid4(), "actor": HOUSE, **given})
        except PackhorseError as refusal:
            refused = refusal
        if refused is None:
            DONE[name] += 1
        else:
            # by name: where tables have grown, the database looks at them beside each other, and answers in any order
            changed = [table for table, digest in sql.rows(_PRINT) if digest != before[table]]
            assert changed == [], f"{name} was refused ({refused}), and changed {changed}"
            REFUSED[f"{name}: {refused.code}"] += 1
        return answer

    @invariant()
    def look(self) -> None:
        """See what there is now."""
        [counted] = sql.rows(_THERE, {"clients": self.clients, "warehouses": [s.warehouse_id for s in self.shops]})
        self.there = dict(zip(THINGS, counted, strict=True))

    # Looking ------------------------------------------------------------------------------------------------------------------------------------------------------

    def shop(self, n: int) -> Shop:
        return self.shops[n % len(self.shops)]

    def fos(self, *stages: str) -> list[FulfillmentOrderInfo]:
        """The fulfillment orders of our orders, those of some stages where given; oldest first."""
        found = orders.fulfillment_orders_of(EVERYTHING, self.orders)
        return sorted((f for f in found if not stages or f.stage in stages), key=lambda f: f.fulfillment_order_id)

    def shop_of(self, fo: FulfillmentOrderInfo) -> Shop:
        return next(s for s in self.shops if (s.client_id, s.warehouse_id) == (fo.client_id, fo.warehouse_id))

    def lying(self, place: int, item: int) -> dict[tuple[int, int | None, str], int]:
        """What the books say lies at a place of an item, by (item, lot, condition)."""
        found = sql.rows("SELECT lot_id, condition, on_hand FROM inventory_level WHERE location_id = %s AND item_id = %s AND on_hand > 0", [place, item])
        return {(item, lot, condition): q for lot, condition, q in found}

    def lots(self, item: int) -> list[tuple[int, str]]:
        return [(r[0], r[1]) for r in sql.rows("SELECT id, code FROM inventory_lot WHERE item_id = %s ORDER BY id", [item])]


def one(some: Sequence[T], n: int) -> T:
    """One of them, whatever the number."""
    return some[n % len(some)]


def while_there_is(thing: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A rule that is asked only while there is something of this."""
    assert thing in THINGS, thing
    return precondition(lambda self: bool(self.there[thing]))


def seldom(rule: str, times: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A rule that is asked no more than so often in an example: Hypothesis likes to do the same again, and there is little to learn from it."""

    def mark(asked: Callable[..., Any]) -> Callable[..., Any]:
        return precondition(lambda self: self.times[rule] < times)(asked)

    return mark
