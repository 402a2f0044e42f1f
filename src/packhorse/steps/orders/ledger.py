"""The sole writer of order-line counters, and of what lists show of a fulfillment order (stage, held).

Every post from the floor passes here: the guard refuses quantity that was cancelled or has come that far already. Lines are named by their demand.
Locks: fulfillment orders, then their lines (ascending).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from packhorse.core import sql, work
from packhorse.core.events import emit
from packhorse.core.words import in_words
from packhorse.steps.orders import records
from packhorse.steps.orders.errors import NotThatMuch, OrderHeld
from packhorse.steps.orders.events import LinesCancelled, LinesDelivered, LinesReturned, LinesShipped
from packhorse.steps.orders.states import STAGE
from packhorse.steps.orders.types import Missing, hold_note

#: For each counter: what bounds it from above, and what stands on it from below.
_GUARDS: Final = {
    "promised": ("l.quantity - l.cancelled", "l.picked"),
    "picked": ("l.promised", "l.packed"),
    "packed": ("l.picked", "l.shipped"),
    "shipped": ("l.packed", "greatest(l.delivered, l.returned)"),
    "delivered": ("l.shipped", "0"),
    "returned": ("l.shipped", "0"),
    "cancelled": ("l.quantity - l.promised", "0"),
}


_STAND: Final = f"stage = {STAGE}, held = EXISTS (SELECT FROM orders_hold h WHERE h.fulfillment_order_id = f.id AND h.released_at IS NULL)"
_SUMS: Final = """SELECT l.fulfillment_order_id AS id, sum(l.quantity - l.cancelled) AS live, sum(l.promised) AS promised, sum(l.picked) AS picked, sum(l.packed) AS packed,
  sum(l.shipped) AS shipped, sum(l.delivered) AS delivered"""

_RESTAGE: Final = f"""
UPDATE orders_fulfillmentorder f SET {_STAND}
FROM ({_SUMS.replace("l.fulfillment_order_id AS id", "x.id")} FROM unnest(%s::bigint[]) AS x(id) LEFT JOIN orders_fulfillmentline l ON l.fulfillment_order_id = x.id GROUP BY 1) s
WHERE f.id = s.id
"""

#: One counter of some lines moves on, and their fulfillment orders with them. Lines that the guard stops are missing from what comes back. A line's other row, as it was before, is not added up.
_MOVE_ON: Final = f"""
WITH moved AS (
  UPDATE orders_fulfillmentline l SET {{counter}} = l.{{counter}} + t.q FROM unnest(%s::bigint[], %s::bigint[]) AS t(id, q)
  WHERE l.demand_id = t.id AND l.{{counter}} + t.q <= {{above}} AND l.{{counter}} + t.q >= {{below}} RETURNING l.*
), lines AS (
  SELECT * FROM moved UNION ALL SELECT * FROM orders_fulfillmentline WHERE fulfillment_order_id = ANY(%s) AND id NOT IN (SELECT id FROM moved)
), s AS ({_SUMS}, array_agg(l.demand_id ORDER BY l.demand_id) FILTER (WHERE l.id IN (SELECT id FROM moved)) AS demand_ids FROM lines l GROUP BY 1)
UPDATE orders_fulfillmentorder f SET {_STAND} FROM s WHERE f.id = s.id AND s.demand_ids IS NOT NULL
RETURNING f.id, f.order_id, f.client_id, f.warehouse_id, f.stage, s.demand_ids
"""


@dataclass(frozen=True, slots=True)
class NewFulfillmentLine:
    """A line that enters the ledger: its id (from the sequence), what it belongs to, and what of it is promised already."""

    id: int
    order_line_id: int
    demand_id: int
    item_id: int
    quantity: int
    promised: int


@dataclass(frozen=True, slots=True)
class NewFulfillmentOrder:
    """A fulfillment order that enters the ledger, with its lines and the holds (kind, note) that it starts with. `basis` is the promise's, as JSON."""

    id: int
    order_id: int
    client_id: int
    warehouse_id: int
    number: str
    service: str
    ship_by: dt.datetime
    deliver_by: dt.datetime
    basis: str
    lines: tuple[NewFulfillmentLine, ...]
    holds: tuple[tuple[str, str], ...] = ()
    ship_complete: bool = True
    priority: int = 0

    @property
    def stage(self) -> str:
        return "open" if all(line.promised >= line.quantity for line in self.lines) else "backordered"


_OPEN_ORDERS: Final = """
INSERT INTO orders_fulfillmentorder (id, order_id, client_id, warehouse_id, number, service, stage, held, ship_complete, priority, ship_by, deliver_by, promise_basis)
SELECT t.id, t.o, t.c, t.w, t.number, t.service, t.stage, t.held, t.complete, t.priority, t.ship_by, t.deliver_by, t.basis::jsonb
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::timestamptz[], %s::timestamptz[], %s::text[],
            %s::boolean[], %s::smallint[])
  AS t(id, o, c, w, number, service, stage, held, ship_by, deliver_by, basis, complete, priority)
"""

_OPEN_LINES: Final = """
INSERT INTO orders_fulfillmentline (id, fulfillment_order_id, order_line_id, demand_id, item_id, quantity, promised, picked, packed, shipped, delivered, returned, cancelled)
SELECT t.id, t.fo, t.line, t.demand, t.item, t.quantity, t.promised, 0, 0, 0, 0, 0, 0
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS t(id, fo, line, demand, item, quantity, promised)
"""

_OPEN_HOLDS: Final = """
INSERT INTO orders_hold (fulfillment_order_id, kind, note, owner_role, opened_at, opened_by, released_by)
SELECT t.fo, t.kind, t.note, 'service', %s, %s, '' FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t(fo, kind, note)
"""


def opened(new: Sequence[NewFulfillmentOrder]) -> None:
    """Write new fulfillment orders, their lines and their first holds. Three statements, however many."""
    here = work.current()
    lines = [(fo.id, line) for fo in new for line in fo.lines]
    sql.run(
        _OPEN_ORDERS,
        [
            [fo.id for fo in new], [fo.order_id for fo in new], [fo.client_id for fo in new], [fo.warehouse_id for fo in new], [fo.number for fo in new],
            [fo.service for fo in new], [fo.stage for fo in new], [bool(fo.holds) for fo in new], [fo.ship_by for fo in new], [fo.deliver_by for fo in new],
            [fo.basis for fo in new], [fo.ship_complete for fo in new], [fo.priority for fo in new],
        ],
    )  # fmt: skip
    _write_lines(lines)
    held = [(fo.id, kind, note) for fo in new for kind, note in fo.holds]
    if held:
        sql.run(_OPEN_HOLDS, [here.at, here.actor.principal, [h[0] for h in held], [h[1] for h in held], [h[2] for h in held]])


def _write_lines(lines: Sequence[tuple[int, NewFulfillmentLine]]) -> None:
    sql.run(
        _OPEN_LINES,
        [
            [line.id for _, line in lines], [fo for fo, _ in lines], [line.order_line_id for _, line in lines], [line.demand_id for _, line in lines],
            [line.item_id for _, line in lines], [line.quantity for _, line in lines], [line.promised for _, line in lines],
        ],
    )  # fmt: skip


def added(lines: Sequence[tuple[int, NewFulfillmentLine]]) -> None:
    """Write further lines of fulfillment orders (which the caller has locked)."""
    work.current()
    _write_lines(lines)
    restage([fo for fo, _ in lines])


@dataclass(frozen=True, slots=True)
class Progress:
    """The part of a fulfillment order that one post touched."""

    fulfillment_order_id: int
    order_id: int
    client_id: int
    warehouse_id: int
    stage: str
    demand_ids: tuple[int, ...]


def lock_orders(fulfillment_order_ids: Sequence[int]) -> None:
    """Lock fulfillment orders and then their lines, ascending: the first lock of a use case that will post to them."""
    work.current()
    records.lock_parts(fulfillment_order_ids)


def restage(fulfillment_order_ids: Sequence[int]) -> None:
    """Compute stage and held anew from lines and holds (after a hold was opened or released, or lines were written)."""
    work.current()
    sql.run(_RESTAGE, [sorted(set(fulfillment_order_ids))])


def _advance(counter: str, quantities: Mapping[int, int], *, refuse_held: bool = False) -> list[Progress]:
    """Add to one counter of lines, all or none. Quantities may be negative (an undone pick). Two statements: lines stand under the lock of their fulfillment order.

    Raises: NotThatMuch, OrderHeld.
    """
    work.current()
    if not quantities:
        return []
    ids, by = list(quantities), list(quantities.values())
    few = len(ids) <= sql.FEW
    fos = sql.rows(
        """SELECT f.id, f.held FROM orders_fulfillmentorder f
           WHERE f.id IN (SELECT fulfillment_order_id FROM orders_fulfillmentline WHERE demand_id = ANY(%s)) ORDER BY f.id FOR UPDATE OF f""",
        [ids],
        often=few,
    )
    if refuse_held and any(held for _, held in fos):
        _refuse_held([i for i, held in fos if held])
    statement = _MOVE_ON.format(counter=counter, above=_GUARDS[counter][0], below=_GUARDS[counter][1])
    done = sql.rows(statement, [ids, by, [i for i, _ in fos]], often=few)
    reached = {demand_id for row in done for demand_id in row[5]}
    for i, q in quantities.items():
        if i not in reached:
            raise NotThatMuch(demand_id=i, quantity=q, counter=counter, order_id=_order_of([f for f, _ in fos]))
    return [Progress(*(*row[:5], tuple(row[5]))) for row in sorted(done)]


def _order_of(fulfillment_order_ids: Sequence[int]) -> int | None:
    """The order to look at where a refusal is about these: theirs, if it is one."""
    found = sql.rows("SELECT DISTINCT order_id FROM orders_fulfillmentorder WHERE id = ANY(%s) LIMIT 2", [list(fulfillment_order_ids)])
    return found[0][0] if len(found) == 1 else None


def _refuse_held(fulfillment_order_ids: list[int]) -> None:
    found = sql.rows(
        "SELECT DISTINCT kind, note, missing::text FROM orders_hold WHERE fulfillment_order_id = ANY(%s) AND released_at IS NULL ORDER BY 1, 2, 3",
        [fulfillment_order_ids],
    )
    notes = [(kind, hold_note(kind, note, Missing.kept(json.loads(missing)) if missing else None)) for kind, note, missing in found]
    reasons = [f"{in_words(kind)} ({note})" if note else in_words(kind) for kind, note in notes]
    raise OrderHeld(reasons=", ".join(reasons), fulfillment_order_ids=fulfillment_order_ids, order_id=_order_of(fulfillment_order_ids))


def promised(quantities: Mapping[int, int]) -> list[Progress]:
    """Backordered quantity became promised (or, negative, a promise fell)."""
    return _advance("promised", quantities)


def released(fulfillment_order_ids: Sequence[int]) -> None:
    """Fulfillment orders were released to the floor.

    Raises: OrderHeld.
    """
    ids = sorted(fulfillment_order_ids)
    held = sql.rows("SELECT id FROM orders_fulfillmentorder WHERE id = ANY(%s) AND held ORDER BY id", [ids])
    if held:
        _refuse_held([r[0] for r in held])
    sql.run("UPDATE orders_fulfillmentorder SET released_at = %s WHERE id = ANY(%s) AND released_at IS NULL", [work.current().at, ids])
    sql.run(_RESTAGE, [ids])


def unreleased(fulfillment_order_ids: Sequence[int]) -> None:
    """A release ended with something still to be picked: undone before anything was, or its tote was emptied. What is left may be released anew."""
    ids = sorted(fulfillment_order_ids)
    work.current()
    sql.rows("SELECT id FROM orders_fulfillmentorder WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
    sql.run("UPDATE orders_fulfillmentorder SET released_at = NULL WHERE id = ANY(%s)", [ids])
    sql.run(_RESTAGE, [ids])


def picked(quantities: Mapping[int, int]) -> list[Progress]:
    """Units were picked (negative: a pick was undone)."""
    return _advance("picked", quantities)


def packed(quantities: Mapping[int, int]) -> list[Progress]:
    """Units were packed (negative: a parcel was opened again, which a hold does not prevent).

    Raises: NotThatMuch, OrderHeld.
    """
    return _advance("packed", quantities, refuse_held=any(q > 0 for q in quantities.values()))


def shipped(quantities: Mapping[int, int], *, shipments: Mapping[int, int]) -> list[Progress]:
    """Units left the building, each demand with a shipment; tells LinesShipped per fulfillment order.

    Raises: NotThatMuch, OrderHeld.
    """
    done = _advance("shipped", quantities, refuse_held=True)
    emit(
        *(
            LinesShipped(
                order_id=p.order_id,
                client_id=p.client_id,
                fulfillment_order_id=p.fulfillment_order_id,
                warehouse_id=p.warehouse_id,
                demand_ids=list(p.demand_ids),
                quantities=[quantities[d] for d in p.demand_ids],
                shipment_id=shipments[p.demand_ids[0]],
                units=sum(quantities[d] for d in p.demand_ids),
            )
            for p in done
        )
    )
    return done


def delivered(quantities: Mapping[int, int]) -> list[Progress]:
    """Units arrived; tells LinesDelivered per fulfillment order."""
    done = _advance("delivered", quantities)
    emit(
        *(
            LinesDelivered(
                order_id=p.order_id,
                client_id=p.client_id,
                fulfillment_order_id=p.fulfillment_order_id,
                warehouse_id=p.warehouse_id,
                units=sum(quantities[d] for d in p.demand_ids),
                complete=p.stage == "delivered",
            )
            for p in done
        )
    )
    return done


def returned(quantities: Mapping[int, int]) -> list[Progress]:
    """Units came back and were accepted; tells LinesReturned per fulfillment order."""
    done = _advance("returned", quantities)
    emit(
        *(
            LinesReturned(
                order_id=p.order_id,
                client_id=p.client_id,
                fulfillment_order_id=p.fulfillment_order_id,
                warehouse_id=p.warehouse_id,
                units=sum(quantities[d] for d in p.demand_ids),
            )
            for p in done
        )
    )
    return done


def cancelled(quantities: Mapping[int, int], promise_falls: Mapping[int, int], picked_falls: Mapping[int, int], *, reason: str) -> list[Progress]:
    """Quantities were cancelled. The caller (orders.services) has withdrawn the demand: `promise_falls` and `picked_falls` say by how much the lines' other counters fall with it.

    Tells LinesCancelled per fulfillment order.
    """
    if falls := {d: -q for d, q in picked_falls.items() if q}:
        _advance("packed", {d: -above for d, above in _packed_above(picked_falls) if above})
        _advance("picked", falls)
    if falls := {d: -q for d, q in promise_falls.items() if q}:
        _advance("promised", falls)
    done = _advance("cancelled", quantities)
    emit(
        *(
            LinesCancelled(
                order_id=p.order_id,
                client_id=p.client_id,
                fulfillment_order_id=p.fulfillment_order_id,
                warehouse_id=p.warehouse_id,
                demand_ids=list(p.demand_ids),
                quantities=[quantities[d] for d in p.demand_ids],
                units=sum(quantities[d] for d in p.demand_ids),
                reason=reason,
                whole=p.stage == "cancelled",
            )
            for p in done
        )
    )
    return done


def _packed_above(picked_falls: Mapping[int, int]) -> list[tuple[int, int]]:
    """(demand, how many of its packed units lie above what stays picked and so must fall too)."""
    found = sql.rows("SELECT demand_id, picked, packed FROM orders_fulfillmentline WHERE demand_id = ANY(%s)", [list(picked_falls)])
    return [(d, max(0, packed_now - (picked_now - picked_falls[d]))) for d, picked_now, packed_now in found]


def mend(fulfillment_order_ids: Sequence[int]) -> None:
    """What lines promise becomes what has left and what their demands are promised, where the line's own order allows it; then stage and held anew. The caller has locked lines and demands."""
    ids = sorted(set(fulfillment_order_ids))
    sql.run(
        """UPDATE orders_fulfillmentline l SET promised = l.shipped + d.promised FROM inventory_demand d
           WHERE d.id = l.demand_id AND l.fulfillment_order_id = ANY(%s) AND l.promised <> l.shipped + d.promised
             AND l.shipped + d.promised BETWEEN l.picked AND l.quantity - l.cancelled""",
        [ids],
    )
    restage(ids)


def resum(order_ids: Sequence[int]) -> None:
    """Payment sums of orders (which the caller has locked) become what their entries say, where never more was captured than authorised, nor refunded than captured."""
    work.current()
    sql.run(
        """UPDATE orders_order o SET authorised_minor = e.authorised, captured_minor = e.captured, refunded_minor = e.refunded
           FROM (SELECT o.id, coalesce(sum(p.amount_minor) FILTER (WHERE p.kind = 'authorised'), 0) - coalesce(sum(p.amount_minor) FILTER (WHERE p.kind IN ('expired', 'voided')), 0) AS authorised,
                   coalesce(sum(p.amount_minor) FILTER (WHERE p.kind = 'captured'), 0) AS captured, coalesce(sum(p.amount_minor) FILTER (WHERE p.kind = 'refunded'), 0) AS refunded
                 FROM orders_order o LEFT JOIN orders_paymententry p ON p.order_id = o.id WHERE o.id = ANY(%s) GROUP BY 1) e
           WHERE o.id = e.id AND e.refunded BETWEEN 0 AND e.captured AND e.captured <= e.authorised""",
        [list(order_ids)],
    )
