"""What happened, counted from the database."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from packhorse.core import sql


def _pairs(statement: str) -> dict[str, int]:
    return {str(name): int(n) for name, n in sql.rows(statement)}


def _one(statement: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        return {column.name: value for column, value in zip(cursor.description, row, strict=True)}


#: Picks of goods that expire, their units, and how many of the picks took the lot that expired first: no later pick of the same goods took one that expires earlier and had come in by then.
#: (What was written off, or came back, between the two counts against it.)
LOTS: Final = """
WITH picked AS (
  SELECT t.id, t.item_id, t.picked, l.expires_on, l.received_on, b.planned_at::date AS on_day FROM picking_picktask t
  JOIN inventory_lot l ON l.id = t.lot_id JOIN picking_pickbatch b ON b.id = t.batch_id WHERE t.state = 'done' AND l.expires_on IS NOT NULL)
SELECT count(*) AS picks, coalesce(sum(picked), 0)::bigint AS units, count(DISTINCT (item_id, expires_on)) AS lots,
       count(*) FILTER (WHERE NOT EXISTS (SELECT FROM picked later WHERE later.item_id = p.item_id AND later.id > p.id AND later.expires_on < p.expires_on
                                          AND later.received_on <= p.on_day)) AS first_expired_first
FROM picked p
"""


def figures() -> dict[str, Any]:
    """Figures of the whole run: orders by outcome, units, walks, boxes, postage, promises kept, returns, money."""
    return {
        "orders": {
            "taken": sql.rows("SELECT count(*) FROM orders_order")[0][0],
            "quarantined": sql.rows("SELECT count(*) FROM orders_quarantined WHERE resolved_at IS NULL")[0][0],
            "by_outcome": _pairs("SELECT CASE WHEN held THEN 'held' ELSE stage END, count(*) FROM orders_fulfillmentorder GROUP BY 1 ORDER BY 1"),
        },
        "units": _one(
            """SELECT coalesce(sum(quantity), 0)::bigint AS ordered, coalesce(sum(shipped), 0)::bigint AS shipped, coalesce(sum(delivered), 0)::bigint AS delivered,
                      coalesce(sum(returned), 0)::bigint AS returned, coalesce(sum(cancelled), 0)::bigint AS cancelled FROM orders_fulfillmentline"""
        ),
        "received": _one(
            "SELECT count(*) AS purchase_orders, coalesce((SELECT sum(received + damaged) FROM inventory_purchaseorderline), 0)::bigint AS units FROM inventory_purchaseorder"
        ),
        "picking": _one(
            """SELECT count(*) AS walks, coalesce(round(sum(distance_m)), 0)::bigint AS metres, coalesce(round(sum(s_shape_m)), 0)::bigint AS metres_s_shape,
                      coalesce(round(sum(one_by_one_m)), 0)::bigint AS metres_order_by_order,
                      (SELECT count(DISTINCT (batch_id, location_id)) FROM picking_picktask WHERE state = 'done') AS stops,
                      (SELECT count(*) FROM picking_picktask WHERE state = 'short') AS short FROM picking_pickbatch WHERE state = 'done'"""
        ),
        "lots": _one(LOTS),
        "parcels": {
            **_one(
                """SELECT count(*) AS packed, coalesce(round(avg(fill_permille) / 10.0, 1), 0)::float AS fill_percent, coalesce(sum(material_minor), 0)::bigint AS material_minor
                   FROM packing_parcel WHERE state <> 'voided'"""
            ),
            "boxes": _pairs(
                "SELECT coalesce(b.code, 'own carton'), count(*) FROM packing_parcel p LEFT JOIN catalog_box b ON b.id = p.box_id WHERE p.state <> 'voided' GROUP BY 1 ORDER BY 1"
            ),
        },
        "postage": _one(
            """SELECT count(*) FILTER (WHERE parcel_id IS NOT NULL) AS labels, coalesce(sum(amount_minor) FILTER (WHERE parcel_id IS NOT NULL), 0)::bigint AS out_minor,
                      coalesce(sum(amount_minor) FILTER (WHERE parcel_id IS NULL), 0)::bigint AS back_minor FROM shipping_label WHERE state = 'bought'"""
        ),
        "delivery": {
            "by_status": _pairs("SELECT status, count(*) FROM delivery_delivery WHERE parcel_id IS NOT NULL GROUP BY 1 ORDER BY 1"),
            **_one(
                """SELECT coalesce(round(avg(CASE WHEN delivered_at <= promised_by THEN 100.0 ELSE 0 END), 1), 0)::float AS on_time_percent,
                          (SELECT count(*) FROM delivery_deliveryexception) AS exceptions FROM delivery_delivery WHERE parcel_id IS NOT NULL AND status IN ('delivered', 'lost')"""
            ),
        },
        "returns": {
            "by_state": _pairs("SELECT state, count(*) FROM returns_rma GROUP BY 1 ORDER BY 1"),
            "units": _pairs("SELECT disposition, sum(quantity)::bigint FROM returns_inspection GROUP BY 1 ORDER BY 1"),
            "tickets": sql.rows("SELECT count(*) FROM returns_ticket")[0][0],
        },
        "money": _one(
            """SELECT coalesce(sum(goods_minor + charges_minor), 0)::bigint AS ordered_minor, coalesce(sum(captured_minor), 0)::bigint AS in_minor,
                      coalesce(sum(refunded_minor), 0)::bigint AS out_minor FROM orders_order"""
        ),
        "messages": _pairs("SELECT template, count(*) FROM messaging_message GROUP BY 1 ORDER BY 1"),
    }
