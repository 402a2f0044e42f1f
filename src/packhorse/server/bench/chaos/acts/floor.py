"""Orders are released, walked, picked or found short, packed, labelled, loaded and handed over."""

from __future__ import annotations

from typing import Final

from packhorse.core.actors import system
from packhorse.server.bench.chaos.commands import Command, Floor, act, house, some
from packhorse.steps.picking import services
from packhorse.steps.shipping import services as shipping

_PICKING: Final = "/api/v1/picking"
_PACKING: Final = "/api/v1/packing"
_SHIPPING: Final = "/api/v1/shipping"
_CARRIER: Final = "tariff"


@act(16)
def release(floor: Floor) -> Command | None:
    warehouse = house(floor)
    found = some(
        floor, "SELECT id FROM orders_fulfillmentorder WHERE warehouse_id = %s AND stage = 'open' AND NOT held AND released_at IS NULL", [warehouse], most=6
    )
    ids = [r[0] for r in found]
    return Command(f"{_PICKING}/releases", {"warehouse_id": warehouse, "fulfillment_order_ids": ids}) if ids else None


@act(1)
def undo_release(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM picking_release WHERE undone_at IS NULL AND emptied_at IS NULL AND batch_id IS NULL")
    return Command(f"{_PICKING}/releases/{found[0][0]}/undo", {}) if found else None


@act(2)
def release_rest(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM orders_fulfillmentorder WHERE stage IN ('picking', 'picked', 'packed') AND NOT held")
    return Command(f"{_PICKING}/orders/{found[0][0]}/rest", {}) if found else None


@act(4)
def plan(floor: Floor) -> Command | None:
    """Walks for what waits; with so little thought that the machine is left to the others."""
    warehouse = house(floor)
    if not floor.rows("SELECT FROM picking_release WHERE warehouse_id = %s AND batch_id IS NULL AND undone_at IS NULL LIMIT 1", [warehouse]):
        return None
    arguments = {"warehouse_id": warehouse, "orders_per_cart": floor.dice.randint(1, 4), "limit": 12, "iterations": 50}
    return Command(direct=services.plan_batches, arguments=arguments)


@act(8)
def start(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, warehouse_id FROM picking_pickbatch WHERE state = 'planned'")
    if not found:
        return None
    batch, warehouse = found[0]
    wanted = floor.rows("SELECT count(*) FROM picking_release WHERE batch_id = %s AND undone_at IS NULL AND tote_id IS NULL", [batch])[0][0]
    totes = floor.rows(
        """SELECT id FROM warehouse_location t WHERE warehouse_id = %s AND kind = 'tote'
           AND NOT EXISTS (SELECT FROM picking_release r WHERE r.tote_id = t.id AND r.undone_at IS NULL AND r.emptied_at IS NULL)
           AND NOT EXISTS (SELECT FROM inventory_level l WHERE l.location_id = t.id AND l.on_hand > 0) ORDER BY random() LIMIT %s""",
        [warehouse, wanted],
    )
    return Command(f"{_PICKING}/batches/{batch}/start", {"tote_ids": [r[0] for r in totes]}, changed=lambda _: True)


@act(1)
def undo_batch(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM picking_pickbatch WHERE state = 'planned'")
    return Command(f"{_PICKING}/batches/{found[0][0]}/undo", {}) if found else None


@act(40)
def stop(floor: Floor) -> Command | None:
    found = some(floor, "SELECT DISTINCT batch_id, location_id FROM picking_picktask WHERE state = 'claimed'")
    if not found:
        return None
    batch, place = found[0]
    tasks = floor.rows(
        """SELECT t.id, r.tote_id, t.quantity FROM picking_picktask t JOIN picking_release r ON r.id = t.release_id
           WHERE t.batch_id = %s AND t.location_id = %s AND t.state = 'claimed' ORDER BY t.id""",
        [batch, place],
    )
    if not tasks:
        return None
    picks = [{"task_id": t, "tote_id": tote} for t, tote, _ in tasks]
    return Command(f"{_PICKING}/batches/{batch}/stops", {"location_id": place, "picks": picks}, units=sum(t[2] for t in tasks))


@act(3)
def short(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, batch_id, quantity FROM picking_picktask WHERE state = 'claimed'")
    if not found:
        return None
    task, batch, quantity = found[0]
    body = {"task_id": task, "taken": floor.dice.randrange(quantity), "reason": floor.dice.choice(("missing", "missing", "damaged"))}
    return Command(f"{_PICKING}/batches/{batch}/short", body)


@act(10)
def finish(floor: Floor) -> Command | None:
    found = some(
        floor,
        "SELECT id FROM picking_pickbatch b WHERE state = 'picking' AND NOT EXISTS (SELECT FROM picking_picktask t WHERE t.batch_id = b.id AND t.state = 'claimed')",
    )
    return Command(f"{_PICKING}/batches/{found[0][0]}/finish", {}) if found else None


@act(1)
def take_over(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM picking_pickbatch WHERE state = 'picking'")
    return Command(f"{_PICKING}/batches/{found[0][0]}/take-over", {}, changed=lambda _: True) if found else None


@act(20)
def pack(floor: Floor) -> Command | None:
    found = some(
        floor,
        """SELECT r.fulfillment_order_id FROM picking_release r JOIN picking_pickbatch b ON b.id = r.batch_id JOIN orders_fulfillmentorder f ON f.id = r.fulfillment_order_id
           WHERE b.state = 'done' AND r.undone_at IS NULL AND r.emptied_at IS NULL AND NOT f.held""",
    )
    return Command(f"{_PACKING}/bench/{found[0][0]}/pack", {}) if found else None


@act(6)
def seal(floor: Floor) -> Command | None:
    """A part of what stands at the bench, in a carton of its own."""
    found = some(
        floor,
        """SELECT l.fulfillment_order_id, a.id, a.quantity FROM inventory_allocation a JOIN warehouse_location p ON p.id = a.location_id
           JOIN orders_fulfillmentline l ON l.demand_id = a.demand_id JOIN orders_fulfillmentorder f ON f.id = l.fulfillment_order_id
           WHERE a.closed_at IS NULL AND p.kind IN ('tote', 'station') AND f.stage IN ('picked', 'packed') AND NOT f.held""",
    )
    if not found:
        return None
    order, allocation, quantity = found[0]
    part = floor.dice.randint(1, quantity)
    size = {"length_mm": 300, "width_mm": 200, "height_mm": 150}
    body = {"fulfillment_order_id": order, "contents": [{"allocation_id": allocation, "quantity": part}], "weight_g": 300 * part, "size": size}
    return Command(f"{_PACKING}/parcels", body, units=part)


@act(3)
def open_parcel(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM packing_parcel WHERE state IN ('sealed', 'labelled')")
    return Command(f"{_PACKING}/parcels/{found[0][0]}/void", {"reason": "packed anew"}, units=lambda answer: int(answer["units"])) if found else None


@act(2)
def weigh(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id, weight_g FROM packing_parcel WHERE state = 'sealed'")
    return Command(f"{_PACKING}/parcels/{found[0][0]}/weight", {"weight_g": found[0][1] + 5, "confirmed": True}) if found else None


@act(10)
def label(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM packing_parcel WHERE state = 'sealed'")
    if not found:
        return None
    return Command(f"{_SHIPPING}/labels", {"parcel_ids": [found[0][0]]}, view=True, changed=lambda _: False)


@act(1)
def void_label(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM shipping_label WHERE state IN ('bought', 'printed')")
    return Command(f"{_SHIPPING}/labels/{found[0][0]}/void", {}, view=True) if found else None


@act(2)
def retry_label(floor: Floor) -> Command | None:
    found = some(floor, "SELECT id FROM shipping_label WHERE state IN ('failed', 'refused')")
    return Command(f"{_SHIPPING}/labels/{found[0][0]}/retry", {}, view=True) if found else None


@act(4)
def load(floor: Floor) -> Command | None:
    found = some(floor, "SELECT number, warehouse_id FROM packing_parcel WHERE state = 'labelled'")
    return Command(f"{_SHIPPING}/loads", {"warehouse_id": found[0][1], "carrier": _CARRIER, "scanned": found[0][0]}, view=True) if found else None


@act(4)
def hand_over(floor: Floor) -> Command | None:
    warehouse = house(floor)
    found = some(
        floor,
        "SELECT l.id FROM shipping_label l JOIN packing_parcel p ON p.id = l.parcel_id WHERE p.warehouse_id = %s AND p.state IN ('labelled', 'loaded')",
        [warehouse],
        most=8,
    )
    if not found:
        return None
    return Command(f"{_SHIPPING}/manifests", {"warehouse_id": warehouse, "carrier": _CARRIER, "label_ids": sorted({r[0] for r in found})})


@act(1)
def buy_labels(floor: Floor) -> Command:  # noqa: ARG001 - an act
    return Command(direct=lambda: shipping.buy_labels(actor=system("shipping")), errand=True)


@act(1)
def finish_manifests(floor: Floor) -> Command:  # noqa: ARG001 - an act
    return Command(direct=lambda: shipping.finish_manifests(actor=system("shipping")), errand=True)
