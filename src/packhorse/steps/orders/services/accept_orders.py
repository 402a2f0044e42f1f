"""Orders come in: one or a thousand, all in sets of SQL. One bad order stands in quarantine and never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.events import Event, emit
from packhorse.core.gather import Gathered, Together
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.payments import registry
from packhorse.ground.places.services import IDS as ADDRESS_IDS, create_addresses
from packhorse.ground.places.types import NewAddress, Verdict
from packhorse.ground.places.verify import verify
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import NewDemand
from packhorse.steps.orders import checking, ledger, promise
from packhorse.steps.orders.checking import Checked, Fault
from packhorse.steps.orders.events import HoldOpened, OrderAccepted, OrderEvent, OrderQuarantined, PaymentAsked, QuarantineResolved
from packhorse.steps.orders.kits import BoughtKit, by_component
from packhorse.steps.orders.services import money
from packhorse.steps.orders.services.desk import Desk, ask_desk
from packhorse.steps.orders.services.gifts import keep_gifts
from packhorse.steps.orders.services.quarantining import Name, ask_resolved, set_aside
from packhorse.steps.orders.types import Accepted, NewOrder, Refused

#: So few lines are what single orders bring: their statements are planned once (see `sql.pipeline`).
FEW: Final = 64


@dataclass(slots=True)
class Draft:
    """An order on its way into the house, with its ids; the verdict on its address comes while the order is written."""

    checked: Checked
    order_id: int
    number: str
    fulfillment_order_id: int
    line_ids: tuple[int, ...]
    fulfillment_line_ids: tuple[int, ...]
    address_id: int | None
    verdict: Verdict | None = None

    @property
    def name(self) -> Name:
        return self.checked.order.channel, self.checked.order.external_id


@use_case(pipelined=True)
def accept_orders(*, key: UUID, actor: Actor, client_id: int, warehouse_id: int, orders: list[NewOrder]) -> list[Accepted | Refused]:
    """Take orders in: promise what is there, backorder the rest, hold what must wait, ask for the money. One answer per order, in order.

    An order that came before (its channel and external id) is answered with the number it has. One that cannot be taken stands in quarantine with its reason. Earlier orders
    of the list are promised first.

    Locks: quarantined rows of the same orders, stock rows.   Raises: NotAllowed, NotFound.
    """
    authorize(actor, "take_orders", client_id=client_id, warehouse_id=warehouse_id)
    return take_in(client_id, warehouse_id, orders)


def _together(actor: Actor, calls: Sequence[Mapping[str, Any]]) -> Together[list[Accepted | Refused]]:
    """Several calls of `accept_orders`, for one client at one warehouse, as one: who came first is promised first."""
    client_id, warehouse_id = calls[0]["client_id"], calls[0]["warehouse_id"]
    authorize(actor, "take_orders", client_id=client_id, warehouse_id=warehouse_id)
    found = iter(take_in(client_id, warehouse_id, [o for call in calls for o in call["orders"]]))
    answers = [list(islice(found, len(call["orders"]))) for call in calls]
    taken: dict[int, int] = {}  # order → the call that brought it first
    numbered: dict[str, int] = {}
    refused: dict[int, int] = {}
    for n, answer in ((n, a) for n, given in enumerate(answers) for a in given):
        if isinstance(answer, Accepted):
            taken.setdefault(answer.order_id, n)
            numbered.setdefault(answer.number, n)
        else:
            refused.setdefault(answer.quarantined_id, n)

    def belongs(event: Event) -> int:
        match event:
            case OrderQuarantined():
                return refused[event.quarantined_id]
            case QuarantineResolved():
                return numbered[event.resolution]
            case OrderEvent():
                return taken[event.order_id]
        assert isinstance(event, PaymentAsked), f"{event} is of no call"  # which is of all of them: it stands with the first
        return 0

    return answers, belongs


#: `accept_orders`, of which simultaneous calls of one caller go together: single orders, as they come over the API.
accept_gathered: Final = Gathered(accept_orders, _together, alike=("client_id", "warehouse_id"))


def take_in(client_id: int, warehouse_id: int, orders: Sequence[NewOrder]) -> list[Accepted | Refused]:
    """The work of `accept_orders`, shared with the mending of quarantined ones. The caller has authorised.

    All in one pipeline: what does not need an answer is sent and left to the database, which works while the next rows are made here.
    """
    with sql.pipeline(often=sum(len(o.lines) for o in orders) <= FEW):
        asked_known, asked_items = _ask_known(client_id, [(o.channel, o.external_id) for o in orders]), _ask_items(client_id, orders)
        desk = ask_desk(client_id, warehouse_id)()
        (known, waiting), found = asked_known(), asked_items()
        items = {sku: pk for sku, pk, _ in found}
        kits = catalog.components_of(EVERYTHING, [pk for _, pk, kit in found if kit])
        fresh = list({(o.channel, o.external_id): o for o in reversed(orders) if (o.channel, o.external_id) not in known}.values())[::-1]
        providers = frozenset(registry.names())
        judged = [(o, checking.check(o, items=items, currency=desk.currency, providers=providers)) for o in fresh]
        refused = set_aside(desk, [(o, fault) for o, fault in judged if isinstance(fault, Fault)])
        drafts, lost = _write_orders(desk, _drafts(desk, [by_component(checked, kits) for _, checked in judged if isinstance(checked, Checked)]))
        taken = _fulfil(desk, drafts, waiting)
    answers: dict[Name, Accepted | Refused] = {**known, **lost, **taken, **refused}
    return _in_order(orders, answers, {d.name for d in drafts})


def _in_order(orders: Sequence[NewOrder], answers: dict[Name, Accepted | Refused], fresh: set[Name]) -> list[Accepted | Refused]:
    """One answer per order; of two with one name in the list, the second came before."""
    found: list[Accepted | Refused] = []
    seen: set[Name] = set()
    for o in orders:
        name = (o.channel, o.external_id)
        answer = answers[name]
        if isinstance(answer, Accepted) and name in fresh and name in seen:
            answer = Accepted(answer.channel, answer.external_id, answer.order_id, answer.number, already=True)
        seen.add(name)
        found.append(answer)
    return found


def _ask_known(client_id: int, names: Sequence[Name]) -> Callable[[], tuple[dict[Name, Accepted], set[Name]]]:
    """The answers to those that came before, and which of them stand in quarantine."""
    asked = sql.ask(
        """WITH n AS MATERIALIZED (SELECT DISTINCT * FROM unnest(%(channel)s::text[], %(external_id)s::text[]) AS n(channel, external_id))
           SELECT channel, external_id, o.id, o.number FROM orders_order o JOIN n USING (channel, external_id) WHERE o.client_id = %(client)s
           UNION ALL
           SELECT channel, external_id, NULL, NULL FROM orders_quarantined q JOIN n USING (channel, external_id) WHERE q.client_id = %(client)s AND q.resolved_at IS NULL""",
        {"channel": [n[0] for n in names], "external_id": [n[1] for n in names], "client": client_id},
    )

    def read() -> tuple[dict[Name, Accepted], set[Name]]:
        found = asked()
        known = {(channel, external_id): Accepted(channel, external_id, pk, number, already=True) for channel, external_id, pk, number in found if pk}
        return known, {(channel, external_id) for channel, external_id, pk, _ in found if not pk}

    return read


def _ask_items(client_id: int, orders: Sequence[NewOrder]) -> Callable[[], list[tuple[Any, ...]]]:
    """(SKU, item, whether it is a kit) of what is ordered."""
    skus = sorted({line.sku for o in orders for line in o.lines})
    return sql.ask(
        """SELECT i.sku, i.id, EXISTS (SELECT FROM catalog_component c WHERE c.kit_id = i.id) FROM catalog_item i
           WHERE i.client_id = %s AND i.sku = ANY(%s) AND i.archived_at IS NULL""",
        [client_id, skus],
    )


def _drafts(desk: Desk, good: Sequence[Checked]) -> list[Draft]:
    if not good:
        return []
    lines = sum(len(c.item_ids) for c in good)
    ids = sql.next_ids_of(
        {
            "orders_order_id_seq": len(good),
            "orders_number": len(good),
            "orders_fulfillmentorder_id_seq": len(good),
            "orders_orderline_id_seq": lines,
            "orders_fulfillmentline_id_seq": lines,
            ADDRESS_IDS: sum(c.order.ship_to is not None for c in good),
        }
    )
    line_ids, fulfillment_line_ids, address_ids = (iter(ids[name]) for name in ("orders_orderline_id_seq", "orders_fulfillmentline_id_seq", ADDRESS_IDS))
    return [
        Draft(
            checked=checked,
            order_id=order_id,
            number=f"PH-{number}",
            fulfillment_order_id=fo_id,
            line_ids=tuple(islice(line_ids, len(checked.item_ids))),
            fulfillment_line_ids=tuple(islice(fulfillment_line_ids, len(checked.item_ids))),
            address_id=next(address_ids) if checked.order.ship_to is not None else None,
        )
        for checked, order_id, number, fo_id in zip(good, ids["orders_order_id_seq"], ids["orders_number"], ids["orders_fulfillmentorder_id_seq"], strict=True)
    ]


def _wrong(verdict: Verdict | None) -> set[str]:
    return {p.field for p in verdict.problems} if verdict else set()


_ORDERS: Final = """
INSERT INTO orders_order (id, client_id, channel, external_id, number, placed_at, accepted_at, currency, language, customer_ref, ship_to_id, service, goods_minor, charges_minor,
                          authorised_minor, captured_minor, refunded_minor)
SELECT t.id, %(client)s, t.channel, t.external_id, t.number, t.placed_at, %(at)s, t.currency, t.language, t.customer_ref, t.ship_to, t.service, t.goods, t.charges, 0, 0, 0
FROM unnest(%(id)s::bigint[], %(channel)s::text[], %(external_id)s::text[], %(number)s::text[], %(placed_at)s::timestamptz[], %(currency)s::text[], %(language)s::text[],
            %(customer_ref)s::text[], %(ship_to)s::bigint[], %(service)s::text[], %(goods)s::bigint[], %(charges)s::bigint[])
  AS t(id, channel, external_id, number, placed_at, currency, language, customer_ref, ship_to, service, goods, charges)
ORDER BY t.channel, t.external_id
ON CONFLICT (client_id, channel, external_id) DO NOTHING RETURNING id
"""

_LINES: Final = """
INSERT INTO orders_orderline (id, order_id, line_no, item_id, quantity, unit_price, amount_minor)
SELECT t.* FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[]) AS t(id, o, line_no, item, quantity, price, amount)
"""


def _write_orders(desk: Desk, drafts: list[Draft]) -> tuple[list[Draft], dict[Name, Accepted]]:
    """Orders, without their addresses and lines yet. Gives the drafts that are in, and the answers to those that somebody else took in at the same moment."""
    if not drafts:
        return [], {}
    orders = [d.checked.order for d in drafts]
    asked = sql.ask(
        _ORDERS,
        {
            "client": desk.client_id,
            "at": work.current().at,
            "id": [d.order_id for d in drafts],
            "channel": [o.channel for o in orders],
            "external_id": [o.external_id for o in orders],
            "number": [d.number for d in drafts],
            "placed_at": [o.placed_at for o in orders],
            "currency": [o.currency for o in orders],
            "language": [o.language or desk.language for o in orders],
            "customer_ref": [o.customer_ref for o in orders],
            "ship_to": [d.address_id for d in drafts],
            "service": [o.service for o in orders],
            "goods": [d.checked.goods_minor for d in drafts],
            "charges": [o.charges_minor for o in orders],
        },
    )
    taken = {r[0] for r in asked()}
    late = [d.name for d in drafts if d.order_id not in taken]
    return [d for d in drafts if d.order_id in taken], _ask_known(desk.client_id, late)()[0] if late else {}


def _write_what_was_bought(desk: Desk, drafts: Sequence[Draft]) -> None:
    """The orders' lines, kits and gifts, and what is asked of their banks."""
    lines = [
        (line_id, d.order_id, n, item, line.quantity, line.unit_price, amount)
        for d in drafts
        for n, (line_id, item, line, amount) in enumerate(zip(d.line_ids, d.checked.item_ids, d.checked.order.lines, d.checked.amounts, strict=True), 1)
    ]
    sql.run(_LINES, [list(column) for column in zip(*lines, strict=True)])
    _write_kits([(d, kit) for d in drafts for kit in d.checked.kits])
    if gifts := [(d.order_id, d.checked.order.gift) for d in drafts if d.checked.order.gift is not None]:
        keep_gifts(desk.client_id, gifts, desk.policy.addresses_until(work.current().at))
    _ask_for_money(drafts)


def _write_addresses(desk: Desk, drafts: Sequence[Draft]) -> None:
    """The orders' addresses, with their verdicts: judging them takes as long as the database needs for what was sent before."""
    for draft in drafts:
        if draft.checked.order.ship_to is not None:
            draft.verdict = verify(draft.checked.order.ship_to)
    until = desk.policy.addresses_until(work.current().at)
    wanted = [(d.address_id, NewAddress(data=d.checked.order.ship_to, client_id=desk.client_id, retain_until=until, verdict=d.verdict))
              for d in drafts if d.checked.order.ship_to is not None and d.address_id is not None]  # fmt: skip
    create_addresses([a for _, a in wanted], ids=[i for i, _ in wanted])


def _write_kits(bought: Sequence[tuple[Draft, BoughtKit]]) -> None:
    """The kits as bought, and which lines each of them became."""
    if not bought:
        return
    ids = sql.next_ids("orders_kit_id_seq", len(bought))
    sql.run(
        """INSERT INTO orders_kit (id, order_id, item_id, quantity, unit_price, amount_minor)
           SELECT t.* FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[]) AS t(id, o, item, quantity, price, amount)""",
        [ids, [d.order_id for d, _ in bought], [k.item_id for _, k in bought], [k.quantity for _, k in bought], [k.unit_price for _, k in bought],
         [k.amount_minor for _, k in bought]],
    )  # fmt: skip
    lines = [(pk, d.line_ids[k.first + n], per_kit) for pk, (d, k) in zip(ids, bought, strict=True) for n, per_kit in enumerate(k.per_kit)]
    sql.run(
        "INSERT INTO orders_kitline (kit_id, order_line_id, per_kit) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])",
        [list(column) for column in zip(*lines, strict=True)],
    )


def _fulfil(desk: Desk, drafts: Sequence[Draft], quarantined: set[Name]) -> dict[Name, Accepted]:
    """Demand, promises, lines, payment requests, addresses, fulfillment orders, holds, events; the answers. `quarantined`: names under which orders stand in quarantine."""
    if not drafts:
        return {}
    tell_resolved = ask_resolved(desk.client_id, [(*d.name, d.number) for d in drafts if d.name in quarantined])
    drafts, own = _reserved_first(desk, drafts)
    answers = iter(
        stock.demand(
            [
                NewDemand(desk.client_id, desk.warehouse_id, item, line.quantity, Ref("orders.fulfillment_line", fl_id))
                for d in drafts
                for fl_id, item, line in zip(d.fulfillment_line_ids, d.checked.item_ids, d.checked.order.lines, strict=True)
            ],
            own=own,
        )
    )
    tell_resolved()
    emit(*(OrderAccepted(order_id=d.order_id, client_id=desk.client_id, number=d.number, channel=d.name[0], lines=len(d.line_ids)) for d in drafts))
    _write_what_was_bought(desk, drafts)
    _write_addresses(desk, drafts)
    new = [_fulfillment_order(desk, d, [next(answers) for _ in d.line_ids]) for d in drafts]
    ledger.opened(new)
    found = {d.name: _accepted(d, fo) for d, fo in zip(drafts, new, strict=True)}  # while the database is at what was sent
    _tell_holds(desk, new)
    return found


def _accepted(d: Draft, fo: ledger.NewFulfillmentOrder) -> Accepted:
    channel, external_id = d.name
    return Accepted(
        channel=channel,
        external_id=external_id,
        order_id=d.order_id,
        number=d.number,
        stage=fo.stage,
        holds=tuple(kind for kind, _note in fo.holds),
        backordered=sum(line.quantity - line.promised for line in fo.lines),
        ship_by=fo.ship_by,
        deliver_by=fo.deliver_by,
    )


def _tell_holds(desk: Desk, new: Sequence[ledger.NewFulfillmentOrder]) -> None:
    """Tell of holds, but not of those for money: every order waits for its own, that is no news."""
    held = {fo.id: fo.order_id for fo in new if any(kind != "payment" for kind, _ in fo.holds)}
    if held:
        here = {"client_id": desk.client_id, "warehouse_id": desk.warehouse_id}
        found = sql.rows(
            "SELECT fulfillment_order_id, id, kind FROM orders_hold WHERE fulfillment_order_id = ANY(%s) AND kind <> 'payment' ORDER BY id", [list(held)]
        )
        emit(*(HoldOpened(order_id=held[fo], fulfillment_order_id=fo, hold_id=pk, kind=kind, **here) for fo, pk, kind in found))


def _reserved_first(desk: Desk, drafts: Sequence[Draft]) -> tuple[Sequence[Draft], dict[tuple[int, int], int]]:
    """Orders whose goods are reserved come first, their reservations given up under locks that are held until the orders' own promises are made; and what was reserved, by warehouse and item."""
    wanted = {d.name: (d.name[0], d.checked.order.reservation) for d in drafts if d.checked.order.reservation}
    if not wanted:
        return drafts, {}
    mine, own = stock.hand_over(desk.client_id, desk.warehouse_id, sorted(set(wanted.values())))
    return sorted(drafts, key=lambda d: wanted.get(d.name) not in mine), own


def _fulfillment_order(desk: Desk, d: Draft, promised: Sequence[Any]) -> ledger.NewFulfillmentOrder:
    order, to = d.checked.order, d.checked.order.ship_to
    place = {"country": to.country, "region": to.region, "postal_code": to.postal_code} if to and "country" not in _wrong(d.verdict) else {}
    moments = promise.promise(work.current().at, service=order.service, dock=desk.dock, **place)
    return ledger.NewFulfillmentOrder(
        id=d.fulfillment_order_id,
        order_id=d.order_id,
        client_id=desk.client_id,
        warehouse_id=desk.warehouse_id,
        number=f"{d.number}-1",
        service=order.service,
        ship_by=moments.ship_by,
        deliver_by=moments.deliver_by,
        basis=moments.basis,
        lines=tuple(
            ledger.NewFulfillmentLine(fl, line, p.demand_id, item, p.quantity, p.promised)
            for fl, line, item, p in zip(d.fulfillment_line_ids, d.line_ids, d.checked.item_ids, promised, strict=True)
        ),
        holds=tuple(checking.holds(d.checked, d.verdict, desk.policy)),
        ship_complete=desk.policy.ship_complete if order.ship_complete is None else order.ship_complete,
        priority=order.priority,
    )


def _ask_for_money(drafts: Sequence[Draft]) -> None:
    money.ask(
        [
            (d.order_id, "authorise", d.checked.authorise_minor, pay.provider, pay.token, "", None)
            for d in drafts
            if d.checked.authorise_minor and (pay := d.checked.order.payment)
        ]
    )
