"""Goods come in, are put away, counted, corrected, moved between places and warehouses, held and recalled."""

from __future__ import annotations

from typing import Any, Final

from packhorse.core.actors import system
from packhorse.server.bench.chaos.commands import Command, Floor, act, house, some
from packhorse.steps.inventory import services
from packhorse.steps.inventory.types import NewReservation, ReservedLine, StockChange

_ROOM: Final = "/api/v1/inventory"
_LEVELS: Final = """
SELECT l.item_id, l.location_id, l.lot_id, l.on_hand, l.on_hand - l.allocated AS free FROM inventory_level l
JOIN warehouse_location p ON p.id = l.location_id WHERE p.warehouse_id = %s AND p.kind = 'bin' AND l.condition = 'sellable'"""


def _lot(floor: Floor, item_id: int) -> str:
    sku = next(s for s, i in floor.world.items.items() if i == item_id)
    return f"L{floor.dice.randint(1, 4)}" if sku in floor.world.lots else ""


@act(5)
def purchase(floor: Floor) -> Command:
    skus = floor.dice.sample(floor.world.skus, floor.dice.randint(1, 3))
    lines = [{"item_id": floor.world.items[s], "quantity": floor.dice.randint(10, 60), "unit_cost": "2.50"} for s in skus]
    body = {"supplier_id": floor.world.supplier_id, "warehouse_id": house(floor), "lines": lines, "reference": floor.name()}
    return Command(f"{_ROOM}/purchase-orders", body)


@act(5)
def send_purchase(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_purchaseorder WHERE state = 'draft'")
    return Command(f"{_ROOM}/purchase-orders/{found[0][0]}/send", {}) if found else None


@act(8)
def receive(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, warehouse_id FROM inventory_purchaseorder WHERE state IN ('sent', 'confirmed', 'receiving')")
    if not found:
        return None
    order, warehouse = found[0]
    expected = floor.rows("SELECT item_id, quantity - received FROM inventory_purchaseorderline WHERE purchase_order_id = %s AND received < quantity", [order])
    lines = []
    for item, left in expected:
        part = left if floor.dice.random() < 0.6 else floor.dice.randint(1, left)
        damaged = floor.dice.random() < 0.1
        lines.append(
            {"item_id": item, "quantity": part, "lot": _lot(floor, item), "condition": "damaged" if damaged else "sellable", "reason": "crushed" * damaged}
        )
    if not lines:
        return None
    body = {"purchase_order_id": order, "location_id": floor.world.docks[warehouse], "lines": lines}
    return Command(f"{_ROOM}/receipts", body, units=sum(n["quantity"] for n in lines))


@act(1)
def close_purchase(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_purchaseorder WHERE state = 'receiving'")
    return Command(f"{_ROOM}/purchase-orders/{found[0][0]}/close", {"reason": "nothing more comes"}) if found else None


@act(10)
def put_away(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, target_id, warehouse_id, quantity - put FROM inventory_putawaytask WHERE state IN ('ready', 'claimed')", most=4)
    if not found:
        return None
    putting = [{"task_id": t, "location_id": target or floor.dice.choice(floor.world.bins[w])} for t, target, w, _ in found]
    return Command(f"{_ROOM}/put-away", {"putting": putting}, units=lambda answer: int(answer["units"]))


@act(8)
def adjust(floor: Floor) -> Command | None:
    """More or less of some levels, by HTTP or on a connection of one's own."""
    warehouse = house(floor)
    found = some(floor, _LEVELS, [warehouse], most=3)
    changes = []
    for item, place, lot, on_hand, _ in found:
        less = floor.dice.random() < 0.4
        changes.append((item, place, -floor.dice.randint(1, min(3, on_hand)) if less and on_hand else floor.dice.randint(1, 4), lot))
    if not changes:
        return None
    reason, units = ("correction" if len(changes) > 1 else "lost" if changes[0][2] < 0 else "found"), sum(abs(c[2]) for c in changes)
    if floor.dice.random() < 0.4:
        wanted = [StockChange(item, place, q, lot) for item, place, q, lot in changes]
        return Command(direct=services.adjust_stock, arguments={"warehouse_id": warehouse, "changes": wanted, "reason": reason}, units=units)
    body = [{"item_id": item, "location_id": place, "quantity": q, "lot_id": lot} for item, place, q, lot in changes]
    return Command(f"{_ROOM}/adjustments", {"warehouse_id": warehouse, "changes": body, "reason": reason}, units=units)


@act(5)
def move(floor: Floor) -> Command | None:
    warehouse = house(floor)
    found = some(floor, f"SELECT * FROM ({_LEVELS}) l WHERE free > 0", [warehouse], most=2)
    wanted = []
    for item, place, lot, _, free in found:
        target = floor.dice.choice([b for b in floor.world.bins[warehouse] if b != place])
        wanted.append({"item_id": item, "quantity": floor.dice.randint(1, min(free, 8)), "source_id": place, "target_id": target, "lot_id": lot})
    body = {"warehouse_id": warehouse, "transfers": wanted}
    return Command(f"{_ROOM}/moves", body, units=sum(n["quantity"] for n in wanted)) if wanted else None


@act(2)
def send_transfer(floor: Floor) -> Command:
    source, target = floor.dice.sample(floor.world.warehouses, 2)
    lines = [{"item_id": floor.world.items[s], "quantity": floor.dice.randint(1, 6)} for s in floor.dice.sample(floor.world.skus, floor.dice.randint(1, 2))]
    body = {"client_id": floor.world.client_id, "source_warehouse_id": source, "target_warehouse_id": target, "lines": lines}
    return Command(f"{_ROOM}/transfers", body, units=sum(n["quantity"] for n in lines), view=True)


@act(3)
def receive_transfer(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, warehouse_id FROM inventory_transferorder WHERE state IN ('in_transit', 'receiving')")
    if not found:
        return None
    left = floor.rows(
        "SELECT id, quantity - received - short FROM inventory_transferline WHERE transfer_id = %s AND quantity > received + short", [found[0][0]]
    )
    lines = [{"line_id": line, "quantity": floor.dice.randint(1, q)} for line, q in left]
    body = {"location_id": floor.world.docks[found[0][1]], "lines": lines}
    return Command(f"{_ROOM}/transfers/{found[0][0]}/receive", body, units=sum(n["quantity"] for n in lines), view=True) if lines else None


@act(1)
def close_transfer(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_transferorder WHERE state = 'receiving'")
    return Command(f"{_ROOM}/transfers/{found[0][0]}/close", {"reason": "lost on the road"}, view=True) if found else None


@act(3)
def ask_count(floor: Floor) -> Command:
    warehouse = house(floor)
    body = {"warehouse_id": warehouse, "targets": [{"location_id": floor.dice.choice(floor.world.bins[warehouse])}], "reason": "by turns", "tolerance": 2}
    return Command(f"{_ROOM}/counts", body)


@act(3)
def start_count(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_counttask WHERE state = 'requested' OR state = 'recount' AND counter = ''")
    return Command(f"{_ROOM}/counts/{found[0][0]}/start", {}) if found else None


@act(5)
def record_count(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, location_id FROM inventory_counttask WHERE state IN ('counting', 'recount') AND counter = %s", [floor.actor().principal])
    if not found:
        return None
    here = floor.rows(
        """SELECT l.item_id, l.on_hand, coalesce(t.code, ''), l.condition FROM inventory_level l LEFT JOIN inventory_lot t ON t.id = l.lot_id
           WHERE l.location_id = %s ORDER BY l.id""",
        [found[0][1]],
    )
    lines: list[dict[str, Any]] = []
    for item, on_hand, lot, condition in here:
        seen = max(0, on_hand + floor.dice.choice((0, 0, 0, 0, -1, 1, -4)))
        lines.append({"item_id": item, "quantity": seen, "lot": lot, "condition": condition})
    return Command(f"{_ROOM}/counts/{found[0][0]}/lines", {"lines": lines, "finished": True})


@act(2)
def approve_count(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_counttask WHERE state IN ('review', 'recount')")
    return Command(f"{_ROOM}/counts/{found[0][0]}/approve", {}) if found else None


@act(2)
def hold_lot(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_lot WHERE blocked_at IS NULL")
    return Command(f"{_ROOM}/lots/hold", {"lot_ids": [found[0][0]], "reason": "looked at"}) if found else None


@act(4)
def free_lot(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_lot WHERE blocked_at IS NOT NULL", most=2)
    return Command(f"{_ROOM}/lots/free", {"lot_ids": [r[0] for r in found]}) if found else None


@act(1)
def recall_lot(floor: Floor) -> Command | None:
    found = some(
        floor, "SELECT id FROM inventory_lot WHERE NOT EXISTS (SELECT FROM inventory_recall r WHERE r.lot_id = inventory_lot.id AND r.ended_at IS NULL)"
    )
    return Command(f"{_ROOM}/lots/recall", {"lot_ids": [found[0][0]], "reason": "called back"}) if found else None


@act(8)
def reserve(floor: Floor) -> Command:
    skus = floor.dice.sample(floor.world.skus, floor.dice.randint(1, 2))
    lines = [(floor.world.items[s], floor.dice.randint(1, 3)) for s in skus]
    world, warehouse, name = floor.world, house(floor), floor.name()
    if floor.dice.random() < 0.4:
        wanted = [NewReservation(name, tuple(ReservedLine(*line) for line in lines), "chaos", 1)]
        return Command(direct=services.reserve_stock, arguments={"client_id": world.client_id, "warehouse_id": warehouse, "reservations": wanted})
    asked = {"reference": name, "channel": "chaos", "minutes": 1, "lines": [{"item_id": i, "quantity": q} for i, q in lines]}
    return Command(f"{_ROOM}/reservations", {"client_id": world.client_id, "warehouse_id": warehouse, "reservations": [asked]})


@act(3)
def release_reservation(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM inventory_reservation WHERE ended_at IS NULL", most=2)
    return Command(f"{_ROOM}/reservations/release", {"reservation_ids": [r[0] for r in found]}) if found else None


@act(1)
def expire(floor: Floor) -> Command:  # noqa: ARG001 - an act
    """What the clock does, done by somebody at the same moment as the workers."""
    return Command(direct=services.expire_reservations, arguments={"actor": system("inventory")}, changed=lambda _: True)


@act(1)
def sweep(floor: Floor) -> Command:  # noqa: ARG001 - an act
    return Command(direct=services.sweep_levels, arguments={"actor": system("inventory")}, changed=lambda _: True)
