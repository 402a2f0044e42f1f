"""Parcels are scanned on their way, arrive, come back; what came back is looked at and paid back; customers write."""

from __future__ import annotations

from typing import Any, Final

from packhorse.core import clock
from packhorse.server.bench.chaos.commands import Command, Floor, act, house, some

_ROOM: Final = "/api/v1/returns"


def _pieces(answer: Any) -> int:
    return sum(r["quantity"] for r in answer["received"] if r["kind"] != "missing")


@act(8)
def track(floor: Floor) -> Command | None:
    found = some(
        floor,
        "SELECT tracking_number, (SELECT count(*) FROM delivery_trackingevent e WHERE e.delivery_id = d.id), carrier FROM delivery_delivery d WHERE delivered_at IS NULL",
        most=5,
    )
    if not found:
        return None
    code = floor.dice.choice(("in_transit", "out_for_delivery", "delivered", "delivered", "delivered"))
    said = [{"tracking_number": t, "number": n, "code": code, "occurred_at": clock.now().isoformat(), "place": "CA M5V"} for t, n, _ in found]
    return Command("/api/v1/delivery/tracking", {"carrier": found[0][2], "updates": said}, changed=lambda _: True)


@act(4)
def ask_return(floor: Floor) -> Command | None:
    found = some(
        floor,
        """SELECT f.order_id, l.demand_id, l.delivered - l.returned AS q FROM orders_fulfillmentline l
           JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id WHERE l.delivered > l.returned""",
    )
    if not found:
        return None
    order, demand, q = found[0]
    lines = [{"demand_id": demand, "quantity": floor.dice.randint(1, q), "reason": floor.dice.choice(("unwanted", "damaged", "does_not_fit"))}]
    asked = {"order_id": order, "lines": lines, "wants": floor.dice.choice(("refund", "refund", "exchange")), "external_id": floor.name()}
    return Command(f"{_ROOM}/", {"returns": [asked]}, view=True)


def _one(floor: Floor, states: str) -> int | None:
    found = some(floor, f"SELECT id FROM returns_rma WHERE state IN {states}")
    return found[0][0] if found else None


@act(1)
def approve_return(floor: Floor) -> Command | None:
    pk = _one(floor, "('requested', 'refused')")
    return Command(f"{_ROOM}/{pk}/approve", {"note": "all right"}, view=True) if pk else None


@act(1)
def refuse_return(floor: Floor) -> Command | None:
    pk = _one(floor, "('requested', 'approved')")
    return Command(f"{_ROOM}/{pk}/refuse", {"note": "too late"}, view=True) if pk else None


@act(4)
def receive_return(floor: Floor) -> Command | None:
    pk = _one(floor, "('approved', 'label_sent', 'in_transit')")
    if not pk:
        return None
    skus = {i: s for s, i in floor.world.items.items()}
    lines = floor.rows("SELECT item_id, quantity - received FROM returns_rmaline WHERE rma_id = %s AND quantity > received ORDER BY id", [pk])
    came = [{"item_id": i, "quantity": q, "lot": "L1" if skus[i] in floor.world.lots else "", "damaged": floor.dice.random() < 0.2} for i, q in lines]
    return Command(f"{_ROOM}/{pk}/receipts", {"received": came}, units=sum(q for _, q in lines), view=True)


@act(1)
def receive_blind(floor: Floor) -> Command:
    plain = [s for s in floor.world.skus if s not in floor.world.lots]
    line = {"item_id": floor.world.items[floor.dice.choice(plain)], "quantity": floor.dice.randint(1, 2)}
    body = {"client_id": floor.world.client_id, "warehouse_id": house(floor), "lines": [line], "external_id": floor.name()}
    return Command(f"{_ROOM}/blind", body, units=line["quantity"], view=True)


@act(5)
def inspect(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, rma_id, quantity - inspected FROM returns_received WHERE kind <> 'missing' AND quantity > inspected")
    if not found:
        return None
    received, rma, q = found[0]
    judged = {
        "received_id": received,
        "quantity": floor.dice.randint(1, q),
        "grade": "A",
        "disposition": floor.dice.choice(("restock", "restock", "scrap")),
        "accepted": True,
    }
    return Command(f"{_ROOM}/{rma}/inspections", {"inspections": [judged]}, units=judged["quantity"], view=True)


@act(2)
def settle_return(floor: Floor) -> Command | None:
    pk = _one(floor, "('inspected')")
    return Command(f"{_ROOM}/{pk}/settle", {"outcome": floor.dice.choice(("refund", "rest", "exchange", "nothing"))}, view=True) if pk else None


@act(1)
def open_ticket(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM orders_order")
    if not found:
        return None
    body = {"client_id": floor.world.client_id, "order_id": found[0][0], "kind": "where_is_it", "subject": floor.name(), "body": "Where is it?"}
    return Command(f"{_ROOM}/tickets/", body, view=True)


@act(1)
def solve_ticket(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM returns_ticket WHERE state <> 'solved'")
    return Command(f"{_ROOM}/tickets/{found[0][0]}/solve", {}, view=True) if found else None


@act(1)
def refund_without_return(floor: Floor) -> Command | None:
    found = some(
        floor,
        "SELECT t.id FROM returns_ticket t JOIN orders_order o ON o.id = t.order_id WHERE t.state <> 'solved' AND o.captured_minor > o.refunded_minor + 200",
    )
    return Command(f"{_ROOM}/tickets/{found[0][0]}/refunds", {"reason": "sorry", "amount_minor": 100}, view=True) if found else None
