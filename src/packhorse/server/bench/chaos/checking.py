"""What is checked when the house has come to rest: everything that was acknowledged is there exactly once, nothing was promised twice, and the books agree.

It reads tables, moves and rows, not what services say of themselves: a checker that asks the accused finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from packhorse.core import sql
from packhorse.server.bench.chaos.commands import Answered

Say = Callable[[Answered], Answered]


@dataclass
class Found:
    """Faults in words, by what they count as."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def of(self, answered: Answered, text: str) -> str:
        return f"{answered.act} {answered.key}: {text}"


def _commands(answered: Iterable[Answered]) -> dict[tuple[str, Any], int]:
    """The command rows of what was asked, by principal and key."""
    keys = [a.key for a in answered]
    return {(p, k): pk for p, k, pk in sql.rows("SELECT principal, key, id FROM core_command WHERE key = ANY(%s) AND answer IS NOT NULL", [keys])}


def check_commands(answered: Sequence[Answered], found: Found) -> None:
    """Each acknowledged command has its row, and its moves add up to what was asked; a refused one has none."""
    asked = [a for a in answered if not a.command.errand]
    rows = _commands(asked)
    moved = dict(sql.rows("SELECT command_id, sum(quantity)::bigint FROM inventory_move WHERE command_id = ANY(%s) GROUP BY 1", [list(rows.values())]))
    for a in asked:
        pk = rows.get((a.principal, a.key))
        if not a.acknowledged:
            # A door that asks a carrier after its first step may refuse although that step is done: it says so, and is repeated.
            if pk is not None and not a.command.view and a.status < 500 and a.act != "hand_over":
                found.doubled.append(found.of(a, f"was refused ({a.status} {a.answer}), and is done"))
            continue
        if pk is None:
            if a.command.changed(a.answer):
                found.lost.append(found.of(a, "has no command"))
            continue
        wanted = a.command.units(a.answer) if callable(a.command.units) else a.command.units
        if wanted is not None and (units := moved.get(pk, 0)) != wanted:
            (found.lost if units < wanted else found.doubled).append(found.of(a, f"moved {units} units, not {wanted}"))


def check_orders(answered: Sequence[Answered], found: Found) -> None:
    """Each order that was acknowledged is there once, under the one number that everybody was told."""
    told: dict[tuple[str, str], dict[str, Answered]] = defaultdict(dict)
    for a in answered:
        if a.acknowledged and a.act.startswith("accept"):
            for one in a.answer:
                if one.get("number"):
                    told[one["channel"], one["external_id"]].setdefault(one["number"], a)
    there: dict[tuple[str, str], list[str]] = defaultdict(list)
    for channel, name, number in sql.rows("SELECT channel, external_id, number FROM orders_order ORDER BY id"):
        there[channel, name].append(number)
    for name, numbers in told.items():
        first = next(iter(numbers.values()))
        for number, a in numbers.items():
            if number not in there[name]:
                found.lost.append(found.of(a, f"order {number} is not there"))
        if len(numbers) > 1 or len(there[name]) > 1:
            found.doubled.append(found.of(first, f"order {name} is there as {there[name]}, told as {sorted(numbers)}"))


#: What an act makes: the table, the column that names it, and where the answer and the request say the name.
_MADE: Final[dict[str, tuple[str, str, Callable[[Answered], list[Any]]]]] = {
    "purchase": ("inventory_purchaseorder", "reference", lambda a: [a.command.body["reference"]]),
    "reserve": ("inventory_reservation", "reference", lambda a: [r["reference"] for r in a.answer if "reservation_id" in r]),
    "pack": ("packing_parcel", "number", lambda a: [s["number"] for s in a.answer]),
    "seal": ("packing_parcel", "number", lambda a: [a.answer["number"]]),
    "label": ("shipping_label", "id", lambda a: [p["label_id"] for p in a.answer if p["label_id"]]),
    "ask_return": ("returns_rma", "external_id", lambda a: [r["external_id"] for r in a.answer if "rma_id" in r]),
    "receive_blind": ("returns_rma", "external_id", lambda a: [a.answer["external_id"]]),
    "send_transfer": ("inventory_transferorder", "number", lambda a: [a.answer["number"]]),
    "hand_over": ("shipping_manifest", "id", lambda a: [a.answer["manifest_id"]]),
    "open_ticket": ("returns_ticket", "number", lambda a: [a.answer["number"]]),
}


def check_made(answered: Sequence[Answered], found: Found) -> None:
    """What else was made is there, once."""
    for act, (table, column, names) in _MADE.items():
        mine = [(a, name) for a in answered if a.acknowledged and a.act == act for name in names(a)]
        there = dict(sql.rows(f"SELECT {column}, count(*) FROM {table} WHERE {column} = ANY(%s) GROUP BY 1", [[name for _, name in mine]])) if mine else {}
        for a, name in mine:
            if (count := there.get(name, 0)) != 1:
                (found.doubled if count else found.lost).append(found.of(a, f"{table} {name} is there {count} times"))


#: What a bank, or a carrier, did for us and how often that stands in our books: each counts what is there too often, or without its other half.
_OUTSIDE: Final = {
    "charged and not entered": """SELECT count(*) FROM payments_testanswer t WHERE t.outcome = 'done' AND t.kind IN ('authorise', 'capture', 'refund')
        AND NOT EXISTS (SELECT FROM orders_paymententry e WHERE e.key = t.key)""",
    "captured otherwise than entered": """SELECT abs((SELECT coalesce(sum(captured_minor - refunded_minor), 0) FROM payments_testcharge)
        - (SELECT coalesce(sum(CASE kind WHEN 'captured' THEN amount_minor WHEN 'refunded' THEN -amount_minor END), 0) FROM orders_paymententry WHERE provider = 'test'))""",
    "labels bought without a label of ours": """SELECT count(*) FROM carriers_tariffpurchase p WHERE p.voided_at IS NULL
        AND NOT EXISTS (SELECT FROM shipping_label l WHERE l.tracking_number = p.tracking_number)""",
    "parcels with two labels": """SELECT count(*) FROM (SELECT parcel_id FROM shipping_label WHERE parcel_id IS NOT NULL AND state = 'bought' GROUP BY 1 HAVING count(*) > 1) x""",
    "shipments posted twice": """SELECT count(*) FROM (SELECT demand_id FROM orders_fulfillmentline WHERE shipped > quantity) x""",
}


def check_outside(found: Found) -> None:
    """Nothing was charged, or bought, twice."""
    for what, statement in _OUTSIDE.items():
        if count := int(sql.rows(statement)[0][0]):
            found.doubled.append(f"{what}: {count}")


#: Promised, allocated or lying where it cannot be, by what moves and demands say.
_OVERSOLD: Final = {
    "more promised than is there": "SELECT warehouse_id || ':' || item_id FROM inventory_stock WHERE promised > sellable + short OR sellable < 0 OR promised < 0 OR short < 0",
    "more promised than demands may have": """SELECT s.warehouse_id || ':' || s.item_id FROM inventory_stock s JOIN (
          SELECT warehouse_id, item_id, sum(promised) AS promised FROM inventory_demand GROUP BY 1, 2) d USING (warehouse_id, item_id)
        LEFT JOIN (SELECT warehouse_id, item_id, sum(quantity) AS short FROM inventory_shortfall WHERE closed_at IS NULL GROUP BY 1, 2) f USING (warehouse_id, item_id)
        LEFT JOIN (
          SELECT p.warehouse_id, m.item_id, sum(m.q) AS sellable FROM (
            SELECT item_id, lot_id, target_id AS place, quantity AS q FROM inventory_move WHERE target_condition = 'sellable'
            UNION ALL SELECT item_id, lot_id, source_id, -quantity FROM inventory_move WHERE source_condition = 'sellable') m
          JOIN warehouse_location p ON p.id = m.place LEFT JOIN inventory_lot t ON t.id = m.lot_id
          WHERE p.warehouse_id IS NOT NULL AND p.kind <> 'transit' GROUP BY 1, 2) g USING (warehouse_id, item_id)
        WHERE d.promised > coalesce(g.sellable, 0) + coalesce(f.short, 0)""",
    "less than nothing at a place": """SELECT p.code || ':' || m.item_id FROM (
          SELECT item_id, lot_id, target_condition AS condition, target_id AS place, quantity AS q FROM inventory_move
          UNION ALL SELECT item_id, lot_id, source_condition, source_id, -quantity FROM inventory_move) m
        JOIN warehouse_location p ON p.id = m.place WHERE p.warehouse_id IS NOT NULL GROUP BY p.id, p.code, m.item_id, m.lot_id, m.condition HAVING sum(m.q) < 0""",
    "more allocated than lies there": """SELECT a.location_id || ':' || a.item_id FROM (
          SELECT location_id, item_id, lot_id, sum(quantity) AS q FROM inventory_allocation WHERE closed_at IS NULL GROUP BY 1, 2, 3) a
        LEFT JOIN inventory_level l ON l.location_id = a.location_id AND l.item_id = a.item_id AND l.lot_id IS NOT DISTINCT FROM a.lot_id AND l.condition = 'sellable'
        WHERE a.q > coalesce(l.on_hand, 0)""",
    "shipped more than was ordered": "SELECT demand_id::text FROM orders_fulfillmentline WHERE shipped > quantity - cancelled OR promised > quantity - cancelled",
}


def oversold() -> list[str]:
    return [f"{what}: {row[0]}" for what, statement in _OVERSOLD.items() for row in sql.rows(statement)]


#: What must come to an end by itself.
_WAITING: Final = {
    "events": "SELECT count(*) FROM core_outbox WHERE parked_at IS NULL",
    "jobs": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()",
    "payments": "SELECT count(*) FROM orders_paymentrequest WHERE answered_at IS NULL AND replaced_at IS NULL",
    "labels": "SELECT count(*) FROM shipping_label WHERE state IN ('requested', 'buying', 'unknown', 'void_asked')",
    "manifests": "SELECT count(*) FROM shipping_manifest WHERE state = 'closing'",
    "books": "SELECT count(*) FROM core_touched",
}


def waiting() -> dict[str, int]:
    """What still waits, by kind."""
    counts = {name: int(sql.rows(statement)[0][0]) for name, statement in _WAITING.items()}
    return {name: n for name, n in counts.items() if n}


def drift() -> list[str]:
    """Where the books do not agree: the reconcilers over everything, what they found while work was going on, and the proof."""
    from packhorse.roof.desk import books
    from packhorse.roof.simulation.proof import prove

    found = [f"{d.room}.{d.kind} {d.subject}: {d.stated}, not {d.actual}" for d in books.compare(None)]
    found += [f"found at work: {room}.{kind} {subject}" for room, kind, subject in sql.rows("SELECT room, kind, subject FROM desk_finding")]
    found += [f"parked: {event} for {handler}" for event, handler in sql.rows("SELECT event, handler FROM core_outbox WHERE parked_at IS NOT NULL")]
    found += [f"failed job: {name}" for (name,) in sql.rows("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'")]
    stuck = """SELECT t.id FROM picking_picktask t JOIN inventory_allocation a ON a.id = t.allocation_id WHERE t.state IN ('ready', 'claimed') AND a.closed_at IS NOT NULL"""
    found += [f"a pick whose goods are gone: {task}" for (task,) in sql.rows(stuck)]
    proved = prove()
    found += [f"{name}: {n}" for name, n in proved["checks"].items() if n and name != "events_that_wait_or_failed"]
    found += [f"money in {m['currency']}: {m}" for m in proved["money"] if not m["reconciled"]]
    if not proved["reconciled"] and not found:
        found.append(f"refunds: {proved['refunds']}")
    return found


#: What a repeat may not add to: rows that only commands write.
_ROWS: Final = ("core_command", "inventory_move", "orders_order", "inventory_purchaseorder", "packing_parcel", "returns_rma", "shipping_label")


def _rows_of(principals: Sequence[str]) -> dict[str, int]:
    counts = {table: int(sql.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in _ROWS[1:]}
    counts["core_command"] = int(sql.rows("SELECT count(*) FROM core_command WHERE principal = ANY(%s)", [list(principals)])[0][0])
    return counts


def check_repeats(answered: Sequence[Answered], say_all: Callable[[Sequence[Answered]], list[tuple[Answered, Answered]]], found: Found) -> int:
    """Every acknowledged command asked once more with its key hears the same and changes nothing. How many were asked."""
    again = [a for a in answered if a.acknowledged and not a.command.errand and a.command.changed(a.answer)]
    principals = sorted({a.principal for a in again if not a.principal.startswith("system:")})
    before = _rows_of(principals)
    for a, b in say_all(again):
        if not b.acknowledged or (b.answer != a.answer and not a.command.view):
            found.lost.append(found.of(a, f"heard {a.answer}, and asked again {b.status} {b.answer}"))
    for table, count in _rows_of(principals).items():
        if count != before[table]:
            found.doubled.append(f"repeats wrote {count - before[table]} rows of {table}")
    return len(again)
