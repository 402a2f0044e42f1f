"""Orders come in: one or a thousand, all in sets of SQL. One bad order stands in quarantine and never stops the rest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import NotFound
from packhorse.core.events import emit
from packhorse.core.refs import Ref
from packhorse.core.use_case import use_case
from packhorse.ground.payments import registry
from packhorse.ground.places.services import create_addresses
from packhorse.ground.places.types import NewAddress, Verdict
from packhorse.ground.places.verify import verify
from packhorse.steps.inventory import ledger as stock
from packhorse.steps.inventory.types import NewDemand
from packhorse.steps.orders import checking, ledger, promise
from packhorse.steps.orders.checking import Checked, Fault
from packhorse.steps.orders.events import HoldOpened, OrderAccepted, OrderQuarantined, QuarantineResolved
from packhorse.steps.orders.policy import IntakePolicy, intake_policy
from packhorse.steps.orders.services import money
from packhorse.steps.orders.types import Accepted, NewOrder, Refused

Name = tuple[str, str]  # (channel, external id)


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose orders are taken in, where, and by which rules."""

    client_id: int
    currency: str
    language: str
    warehouse_id: int
    dock: promise.Dock
    policy: IntakePolicy


@dataclass(frozen=True, slots=True)
class Draft:
    """An order on its way into the house, with its ids."""

    checked: Checked
    verdict: Verdict | None
    order_id: int
    number: str
    fulfillment_order_id: int
    line_ids: tuple[int, ...]
    fulfillment_line_ids: tuple[int, ...]
    promised: promise.Promise
    holds: tuple[tuple[str, str], ...]

    @property
    def name(self) -> Name:
        return self.checked.order.channel, self.checked.order.external_id


@use_case
def accept_orders(*, key: UUID, actor: Actor, client_id: int, warehouse_id: int, orders: list[NewOrder]) -> list[Accepted | Refused]:
    """Take orders in: promise what is there, backorder the rest, hold what must wait, ask for the money. One answer per order, in order.

    An order that came before (its channel and external id) is answered with the number it has. One that cannot be taken stands in quarantine with its reason. Earlier orders
    of the list are promised first.

    Locks: quarantined rows of the same orders, stock rows.   Raises: NotAllowed, NotFound.
    """
    authorize(actor, "take_orders", client_id=client_id, warehouse_id=warehouse_id)
    return take_in(client_id, warehouse_id, orders)


def take_in(client_id: int, warehouse_id: int, orders: Sequence[NewOrder]) -> list[Accepted | Refused]:
    """The work of `accept_orders`, shared with the mending of quarantined ones. The caller has authorised."""
    desk = desk_of(client_id, warehouse_id)
    known = _known(desk, [(o.channel, o.external_id) for o in orders])
    fresh = list({(o.channel, o.external_id): o for o in reversed(orders) if (o.channel, o.external_id) not in known}.values())[::-1]
    items = _items(desk, fresh)
    providers = frozenset(registry.names())
    judged = [(o, checking.check(o, items=items, currency=desk.currency, providers=providers)) for o in fresh]
    with sql.pipeline():
        refused = _quarantine(desk, [(o, fault) for o, fault in judged if isinstance(fault, Fault)])
        drafts, lost = _write_orders(desk, _drafts(desk, [checked for _, checked in judged if isinstance(checked, Checked)]))
        known |= lost
        _resolve_quarantined(desk, drafts)
        known |= _fulfil(desk, drafts)
    answers: dict[Name, Accepted | Refused] = {**known, **refused}
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


def desk_of(client_id: int, warehouse_id: int) -> Desk:
    """Raises: NotFound."""
    client = sql.rows("SELECT currency, language FROM catalog_client WHERE id = %s AND archived_at IS NULL", [client_id])
    if not client:
        raise NotFound(kind="client", ref=str(client_id))
    where = sql.rows("SELECT time_zone, country, region, workdays FROM warehouse_warehouse WHERE id = %s AND archived_at IS NULL", [warehouse_id])
    if not where:
        raise NotFound(kind="warehouse", ref=str(warehouse_id))
    cut_offs = sql.rows("SELECT service, at FROM warehouse_cutoff WHERE warehouse_id = %s ORDER BY service", [warehouse_id])
    zone, country, region, workdays = where[0]
    dock = promise.Dock(zone, country, region, tuple(workdays), tuple((s, at) for s, at in cut_offs))
    return Desk(client_id, client[0][0], client[0][1], warehouse_id, dock, intake_policy(client_id, warehouse_id))


def _known(desk: Desk, names: Sequence[Name]) -> dict[Name, Accepted]:
    found = sql.rows(
        """SELECT o.channel, o.external_id, o.id, o.number FROM orders_order o
           JOIN (SELECT DISTINCT * FROM unnest(%s::text[], %s::text[])) AS n(channel, external_id) ON o.channel = n.channel AND o.external_id = n.external_id
           WHERE o.client_id = %s""",
        [[n[0] for n in names], [n[1] for n in names], desk.client_id],
    )
    return {(channel, external_id): Accepted(channel, external_id, pk, number, already=True) for channel, external_id, pk, number in found}


def _items(desk: Desk, orders: Sequence[NewOrder]) -> dict[str, int]:
    skus = {line.sku for o in orders for line in o.lines}
    if not skus:
        return {}
    return dict(sql.rows("SELECT sku, id FROM catalog_item WHERE client_id = %s AND sku = ANY(%s) AND archived_at IS NULL", [desk.client_id, sorted(skus)]))


def _drafts(desk: Desk, good: Sequence[Checked]) -> list[Draft]:
    at = work.current().at
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
        }
    )
    line_ids, fulfillment_line_ids = iter(ids["orders_orderline_id_seq"]), iter(ids["orders_fulfillmentline_id_seq"])
    drafts = []
    for checked, order_id, number, fo_id in zip(good, ids["orders_order_id_seq"], ids["orders_number"], ids["orders_fulfillmentorder_id_seq"], strict=True):
        order = checked.order
        to = order.ship_to
        verdict = verify(to) if to else None
        place = {"country": to.country, "region": to.region, "postal_code": to.postal_code} if to and "country" not in _wrong(verdict) else {}
        drafts.append(
            Draft(
                checked=checked,
                verdict=verdict,
                order_id=order_id,
                number=f"PH-{number}",
                fulfillment_order_id=fo_id,
                line_ids=tuple(next(line_ids) for _ in checked.item_ids),
                fulfillment_line_ids=tuple(next(fulfillment_line_ids) for _ in checked.item_ids),
                promised=promise.promise(at, service=order.service, dock=desk.dock, **place),
                holds=tuple(checking.holds(checked, verdict, desk.policy)),
            )
        )
    return drafts


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
    """Orders, their addresses and lines. Gives the drafts that are in, and the answers to those that somebody else took in at the same moment."""
    if not drafts:
        return [], {}
    orders = [d.checked.order for d in drafts]
    until = desk.policy.addresses_until(work.current().at)
    wanted = [
        (d.order_id, NewAddress(data=d.checked.order.ship_to, client_id=desk.client_id, retain_until=until, verdict=d.verdict))
        for d in drafts
        if d.checked.order.ship_to
    ]
    addresses = dict(zip((order for order, _ in wanted), create_addresses([a for _, a in wanted]), strict=True))
    taken = {
        r[0]
        for r in sql.rows(
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
                "ship_to": [addresses.get(d.order_id) for d in drafts],
                "service": [o.service for o in orders],
                "goods": [d.checked.goods_minor for d in drafts],
                "charges": [o.charges_minor for o in orders],
            },
        )
    }
    ours = [d for d in drafts if d.order_id in taken]
    late = [d for d in drafts if d.order_id not in taken]
    if late:  # another intake was faster: what was written for these never was
        sql.run("DELETE FROM places_address WHERE id = ANY(%s)", [[addresses[d.order_id] for d in late if d.order_id in addresses]])
    lines = [
        (line_id, d.order_id, n, item, line, amount)
        for d in ours
        for n, (line_id, item, line, amount) in enumerate(zip(d.line_ids, d.checked.item_ids, d.checked.order.lines, d.checked.amounts, strict=True), 1)
    ]
    sql.run(
        _LINES,
        [[x[0] for x in lines], [x[1] for x in lines], [x[2] for x in lines], [x[3] for x in lines], [x[4].quantity for x in lines],
         [x[4].unit_price for x in lines], [x[5] for x in lines]],
    )  # fmt: skip
    return ours, _known(desk, [d.name for d in late]) if late else {}


def _fulfil(desk: Desk, drafts: Sequence[Draft]) -> dict[Name, Accepted]:
    """Demand, promises, fulfillment orders, holds, payment requests, events; the answers."""
    if not drafts:
        return {}
    drafts = _reserved_first(desk, drafts)
    demands = [
        NewDemand(desk.client_id, desk.warehouse_id, item, line.quantity, Ref("orders.fulfillment_line", fl_id))
        for d in drafts
        for fl_id, item, line in zip(d.fulfillment_line_ids, d.checked.item_ids, d.checked.order.lines, strict=True)
    ]
    answers = iter(stock.demand(demands))
    new = [_fulfillment_order(desk, d, [next(answers) for _ in d.line_ids]) for d in drafts]
    hold_ids = iter(ledger.opened(new))
    _ask_for_money(drafts)
    found: dict[Name, Accepted] = {}
    for d, fo in zip(drafts, new, strict=True):
        channel, external_id = d.name
        emit(OrderAccepted(order_id=d.order_id, client_id=desk.client_id, number=d.number, channel=channel, lines=len(d.line_ids)))
        for kind, _note in fo.holds:
            hold_id = next(hold_ids)
            if kind != "payment":  # every order waits for its money; that is no news
                emit(
                    HoldOpened(
                        order_id=d.order_id,
                        client_id=desk.client_id,
                        warehouse_id=desk.warehouse_id,
                        fulfillment_order_id=fo.id,
                        hold_id=hold_id,
                        kind=kind,
                    )
                )
        found[d.name] = Accepted(
            channel=channel,
            external_id=external_id,
            order_id=d.order_id,
            number=d.number,
            stage=fo.stage,
            backordered=sum(line.quantity - line.promised for line in fo.lines),
            holds=tuple(kind for kind, _ in fo.holds),
            ship_by=fo.ship_by,
            deliver_by=fo.deliver_by,
        )
    return found


def _reserved_first(desk: Desk, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """Orders whose goods are reserved come first, their reservations given up under locks that are held until the orders' own promises are made."""
    wanted = {d.name: (d.name[0], d.checked.order.reservation) for d in drafts if d.checked.order.reservation}
    if not wanted:
        return drafts
    mine = stock.hand_over(desk.client_id, desk.warehouse_id, sorted(set(wanted.values())))
    return sorted(drafts, key=lambda d: wanted.get(d.name) not in mine)


def _fulfillment_order(desk: Desk, d: Draft, promised: Sequence[Any]) -> ledger.NewFulfillmentOrder:
    return ledger.NewFulfillmentOrder(
        id=d.fulfillment_order_id,
        order_id=d.order_id,
        client_id=desk.client_id,
        warehouse_id=desk.warehouse_id,
        number=f"{d.number}-1",
        service=d.checked.order.service,
        ship_by=d.promised.ship_by,
        deliver_by=d.promised.deliver_by,
        basis=json.dumps(d.promised.basis),
        lines=tuple(
            ledger.NewFulfillmentLine(fl, line, p.demand_id, item, p.quantity, p.promised)
            for fl, line, item, p in zip(d.fulfillment_line_ids, d.line_ids, d.checked.item_ids, promised, strict=True)
        ),
        holds=d.holds,
    )


def _ask_for_money(drafts: Sequence[Draft]) -> None:
    money.ask(
        [
            (d.order_id, "authorise", d.checked.authorise_minor, pay.provider, pay.token, "", None)
            for d in drafts
            if d.checked.authorise_minor and (pay := d.checked.order.payment)
        ]
    )


def _quarantine(desk: Desk, bad: Sequence[tuple[NewOrder, Fault]]) -> dict[Name, Refused]:
    """Set bad orders aside, each payload once."""
    if not bad:
        return {}
    at = work.current().at
    payloads = [checking.payload(o) for o, _ in bad]
    prints = [checking.fingerprint(p) for p in payloads]
    made = quarantine_rows(
        desk.client_id,
        [(o.channel, o.external_id, p, fault.reason, fault.code, f) for (o, fault), p, f in zip(bad, payloads, prints, strict=True)],
        at=at,
        until=desk.policy.quarantine_until(at),
    )
    return {
        (o.channel, o.external_id): Refused(o.channel, o.external_id, fault.code, fault.reason, made[o.channel, f])
        for (o, fault), f in zip(bad, prints, strict=True)
    }


def quarantine_rows(client_id: int, rows: Sequence[tuple[str, str, Any, str, str, str]], *, at: dt.datetime, until: dt.datetime) -> dict[tuple[str, str], int]:
    """Write (channel, external id, payload, reason, code, fingerprint) into quarantine; what stands there already stays. Ids by (channel, fingerprint). Tells OrderQuarantined for new ones."""
    params = {
        "client": client_id,
        "at": at,
        "until": until,
        "channel": [r[0] for r in rows],
        "external_id": [r[1] for r in rows],
        "payload": [json.dumps(r[2]) for r in rows],
        "reason": [r[3] for r in rows],
        "code": [r[4] for r in rows],
        "fingerprint": [r[5] for r in rows],
    }
    made = sql.rows(
        """INSERT INTO orders_quarantined (client_id, channel, external_id, payload, reason, code, fingerprint, at, resolution, retain_until)
           SELECT %(client)s, t.channel, t.external_id, t.payload::jsonb, t.reason, t.code, t.fingerprint, %(at)s, '', %(until)s
           FROM unnest(%(channel)s::text[], %(external_id)s::text[], %(payload)s::text[], %(reason)s::text[], %(code)s::text[], %(fingerprint)s::text[])
             AS t(channel, external_id, payload, reason, code, fingerprint)
           ORDER BY t.channel, t.fingerprint ON CONFLICT (client_id, channel, fingerprint) DO NOTHING RETURNING id, channel, code""",
        params,
    )
    emit(*(OrderQuarantined(client_id=client_id, channel=channel, quarantined_id=pk, code=code) for pk, channel, code in made))
    found = sql.rows(
        "SELECT channel, fingerprint, id FROM orders_quarantined WHERE client_id = %(client)s AND channel = ANY(%(channel)s) AND fingerprint = ANY(%(fingerprint)s)",
        params,
    )
    return {(channel, fingerprint): pk for channel, fingerprint, pk in found}


def _resolve_quarantined(desk: Desk, drafts: Sequence[Draft]) -> None:
    """What stood in quarantine under these orders' names has been mended by whoever sent them."""
    if not drafts:
        return
    done = sql.rows(
        """UPDATE orders_quarantined q SET resolved_at = %s, resolution = t.number
           FROM (SELECT w.id, n.number FROM orders_quarantined w JOIN unnest(%s::text[], %s::text[], %s::text[]) AS n(channel, external_id, number)
                   ON w.channel = n.channel AND w.external_id = n.external_id
                 WHERE w.client_id = %s AND w.resolved_at IS NULL ORDER BY w.id FOR UPDATE OF w) t
           WHERE q.id = t.id RETURNING q.id, t.number""",
        [work.current().at, [d.name[0] for d in drafts], [d.name[1] for d in drafts], [d.number for d in drafts], desk.client_id],
    )
    emit(*(QuarantineResolved(client_id=desk.client_id, quarantined_id=pk, resolution=number) for pk, number in done))
