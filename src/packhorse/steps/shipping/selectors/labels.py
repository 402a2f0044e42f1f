"""Labels: by what they are asked for, those that carriers are to be asked about, those that wait for a truck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q

from packhorse.core import sql, sscc
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.money import Money
from packhorse.steps.shipping.models import Label
from packhorse.steps.shipping.types import LabelInfo, LabelRow


def seen(scope: Scope, row: str) -> tuple[str, dict[str, Any]]:
    clause = f"(%(clients)s::bigint[] IS NULL OR {row}.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR {row}.warehouse_id = ANY(%(warehouses)s))"
    return clause, {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
    }


#: Something in a parcel was cancelled, and it is not opened yet: it holds more than is allocated of it (table: p parcel).
_CANCELLED_IN: Final = """EXISTS (SELECT FROM packing_parcelline n JOIN inventory_allocation a ON a.id = n.allocation_id
  WHERE n.parcel_id = p.id AND (a.closed_at IS NOT NULL OR a.quantity < n.quantity))"""
#: A parcel may leave: it is labelled, its order is not held, nothing of a blocked lot and nothing cancelled is in it (tables: p parcel, s shipment).
_MAY_LEAVE: Final = f"""p.state IN ('labelled', 'loaded') AND NOT EXISTS (SELECT FROM orders_fulfillmentorder f WHERE f.id = s.fulfillment_order_id AND f.held)
  AND NOT EXISTS (SELECT FROM packing_parcelline n JOIN inventory_lot t ON t.id = n.lot_id WHERE n.parcel_id = p.id AND t.blocked_at IS NOT NULL)
  AND NOT {_CANCELLED_IN}"""

_LABEL = """
SELECT l.id, l.client_id, l.warehouse_id, l.order_id, s.fulfillment_order_id, l.shipment_id, l.parcel_id, p.number, l.for_kind, l.for_id, l.state, l.key, l.carrier, l.service,
       l.tracking_number, l.amount_minor, l.currency, l.weight_g, l.length_mm, l.width_mm, l.height_mm, l.billed_g, l.expected_by, s.promised_by,
       l.pdf_id, l.zpl_id, l.slip_id, l.requested_at, l.bought_at, l.handed_over_at, l.manifest_id, l.attempts, l.error, l.printed_at
FROM shipping_label l LEFT JOIN shipping_shipment s ON s.id = l.shipment_id LEFT JOIN packing_parcel p ON p.id = l.parcel_id
"""


def _labels(scope: Scope, where: str, params: dict[str, Any], tail: str = "ORDER BY l.id") -> list[LabelInfo]:
    limit, limits = seen(scope, "l")
    return [LabelInfo(*row) for row in sql.rows(f"{_LABEL} WHERE {where} AND {limit} {tail}", {**params, **limits})]


def labels_by_id(scope: Scope, label_ids: Sequence[int]) -> list[LabelInfo]:
    """These labels, by id."""
    return _labels(scope, "l.id = ANY(%(ids)s)", {"ids": list(label_ids)})


def label(scope: Scope, label_id: int) -> LabelInfo:
    """One label.

    Raises: NotFound.
    """
    found = labels_by_id(scope, [label_id])
    if not found:
        raise NotFound(kind="label", ref=label_id)
    return found[0]


def labels_of(scope: Scope, parcel_ids: Sequence[int]) -> list[LabelInfo]:
    """All labels of parcels, voided ones too, oldest first."""
    return _labels(scope, "l.parcel_id = ANY(%(ids)s)", {"ids": list(parcel_ids)})


def labels_of_orders(scope: Scope, order_ids: Sequence[int]) -> list[LabelInfo]:
    """All labels of orders, for the way out and back, oldest first."""
    return _labels(scope, "l.order_id = ANY(%(ids)s)", {"ids": list(order_ids)})


def labels_for(scope: Scope, kind: str, ids: Sequence[int]) -> list[LabelInfo]:
    """The labels bought for rows of a later step (`returns.rma`)."""
    return _labels(scope, "l.for_kind = %(kind)s AND l.for_id = ANY(%(ids)s)", {"kind": kind, "ids": list(ids)})


def by_tracking_number(scope: Scope, numbers: Sequence[str]) -> list[LabelInfo]:
    """The labels with these tracking numbers."""
    return _labels(scope, "l.tracking_number = ANY(%(numbers)s)", {"numbers": list(numbers)})


def waiting_labels(
    scope: Scope, now: dt.datetime, *, limit: int = 200, states: Sequence[str] = ("requested", "buying", "unknown", "void_asked")
) -> list[LabelInfo]:
    """Labels that the carrier is to be asked about now: requested, being bought for too long, of unknown outcome, or to be voided."""
    return _labels(
        scope,
        "l.state IN ('requested', 'buying', 'unknown', 'void_asked') AND l.state = ANY(%(states)s) AND l.next_attempt_at <= %(now)s",
        {"now": now, "limit": limit, "states": list(states)},
        "ORDER BY l.next_attempt_at, l.id LIMIT %(limit)s",
    )


def ready_for_manifest(
    scope: Scope, warehouse_id: int, carrier: str | None = None, *, label_ids: Sequence[int] | None = None, limit: int = 2000
) -> list[LabelInfo]:
    """Bought labels (of these, where given) whose parcels stand at staging and may leave, oldest first: what the next truck takes."""
    return _labels(
        scope,
        """l.state = 'bought' AND l.manifest_id IS NULL AND l.parcel_id IS NOT NULL AND l.warehouse_id = %(warehouse)s AND (%(ids)s::bigint[] IS NULL OR l.id = ANY(%(ids)s))
           AND (%(carrier)s::text IS NULL OR l.carrier = %(carrier)s) AND p.state IN ('labelled', 'loaded')
           AND """
        + _MAY_LEAVE,
        {"warehouse": warehouse_id, "carrier": carrier, "ids": None if label_ids is None else list(label_ids), "limit": limit},
        "ORDER BY l.id LIMIT %(limit)s",
    )


def in_transit(scope: Scope, *, carrier: str | None = None, limit: int = 5000) -> list[LabelInfo]:
    """Labels whose parcels were handed over or (returns) may come back, oldest first; delivery knows which of them have arrived."""
    return _labels(
        scope,
        "l.state = 'bought' AND (l.manifest_id IS NOT NULL OR l.for_id IS NOT NULL) AND (%(carrier)s::text IS NULL OR l.carrier = %(carrier)s)",
        {"carrier": carrier, "limit": limit},
        "ORDER BY l.id LIMIT %(limit)s",
    )


def may_leave(scope: Scope, label_ids: Sequence[int]) -> frozenset[int]:
    """Those of the labels whose parcels may go with a truck now."""
    limit, limits = seen(scope, "l")
    return frozenset(
        r[0]
        for r in sql.rows(
            f"""SELECT l.id FROM shipping_label l JOIN packing_parcel p ON p.id = l.parcel_id LEFT JOIN shipping_shipment s ON s.id = l.shipment_id
                WHERE l.id = ANY(%(ids)s) AND {_MAY_LEAVE} AND {limit}""",
            {"ids": list(label_ids), **limits},
        )
    )


def has_cancelled(scope: Scope, parcel_id: int) -> bool:
    """Is something in a labelled parcel that was cancelled, until it is opened?"""
    limit, limits = seen(scope, "p")
    where = f"p.id = %(parcel)s AND p.state IN ('labelled', 'loaded') AND {_CANCELLED_IN} AND {limit}"
    return bool(sql.rows(f"SELECT EXISTS (SELECT FROM packing_parcel p WHERE {where})", {"parcel": parcel_id, **limits})[0][0])


def blocked_lots_in(scope: Scope, parcel_id: int) -> list[tuple[int, str, str]]:
    """The blocked lots of which something is in a parcel: id, code, why."""
    limit, limits = seen(scope, "p")
    return [
        (r[0], r[1], r[2])
        for r in sql.rows(
            f"""SELECT DISTINCT t.id, t.code, t.blocked_reason FROM packing_parcel p JOIN packing_parcelline n ON n.parcel_id = p.id JOIN inventory_lot t ON t.id = n.lot_id
                WHERE p.id = %(parcel)s AND t.blocked_at IS NOT NULL AND {limit} ORDER BY t.id""",
            {"parcel": parcel_id, **limits},
        )
    ]


def labels(scope: Scope, query: ListQuery) -> Page[LabelRow]:
    """Labels, newest first. Filters: `state`, `carrier`, `warehouse`, `manifest`, `way` (out, back). Search: tracking, parcel or order number."""
    rows = Label.objects.filter(**scope.filters(warehouse="warehouse_id")).select_related("client", "order", "parcel", "shipment")
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    if carriers := query.many("carrier"):
        rows = rows.filter(carrier__in=carriers)
    for name in ("warehouse", "manifest"):
        if (wanted := query.number(name)) is not None:
            rows = rows.filter(**{f"{name}_id": wanted})
    if way := query.one("way"):
        rows = rows.filter(parcel__isnull=way == "back")
    if query.search:
        text = query.search.upper()
        rows = rows.filter(Q(tracking_number=text) | Q(parcel__number=text) | Q(order__number=text))
    return paginate(rows, query, make=_row, sorts={"requested_at": "requested_at"}, default="-id")


def _row(one: Label) -> LabelRow:
    return LabelRow(
        id=one.pk,
        order_id=one.order_id,
        order_number=one.order.number,
        client=one.client.code,
        parcel_id=one.parcel_id,
        parcel=one.parcel.number if one.parcel else "",
        shipment_id=one.shipment_id,
        state=one.state,
        carrier=one.carrier,
        service=one.service,
        tracking_number=one.tracking_number or "",
        amount=Money(one.amount_minor, one.currency) if one.amount_minor is not None else None,
        weight_g=one.weight_g,
        requested_at=one.requested_at,
        bought_at=one.bought_at,
        printed_at=one.printed_at,
        expected_by=one.expected_by,
        attempts=one.attempts,
        error=one.error,
    )


def charges(scope: Scope, label_id: int) -> list[tuple[str, Money]]:
    """The parts of a label's price: base, fuel, residential, remote, oversize, signature, tax."""
    one = Label.objects.filter(pk=label_id, **scope.filters(warehouse="warehouse_id")).first()
    return [(c["code"], Money(c["amount_minor"], one.currency)) for c in one.charges] if one else []


def find(scope: Scope, text: str, *, warehouse_id: int | None = None) -> LabelInfo | None:
    """The live label that a tracking number, a parcel number or a parcel's SSCC stands for; the latest of a parcel's. None where there is none."""
    wanted = text.strip().upper()
    found = _labels(
        scope,
        """(l.tracking_number = %(text)s OR l.parcel_id = (SELECT id FROM packing_parcel WHERE number = %(text)s) OR l.parcel_id = %(parcel)s)
           AND l.state NOT IN ('voided', 'refund_asked', 'refunded') AND (%(warehouse)s::bigint IS NULL OR l.warehouse_id = %(warehouse)s)""",
        {"text": wanted, "parcel": sscc.parcel_of(wanted), "warehouse": warehouse_id},
        "ORDER BY l.id DESC LIMIT 1",
    )
    return found[0] if found else None
