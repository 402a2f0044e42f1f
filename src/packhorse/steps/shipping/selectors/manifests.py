"""Manifests, and the end of the day: what left, what still stands here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.shipping.models import Manifest
from packhorse.steps.shipping.selectors.labels import _labels
from packhorse.steps.shipping.states import LIVE
from packhorse.steps.shipping.types import BoardLine, HandedOver, LabelInfo, ManifestInfo


def _info(m: Manifest) -> ManifestInfo:
    return ManifestInfo(
        m.pk,
        m.warehouse_id,
        m.carrier,
        m.state,
        m.number,
        m.parcels,
        m.opened_at,
        m.handed_over_at,
        tuple((r["tracking_number"], r["reason"]) for r in m.refused),
        m.key,
    )


def manifests(scope: Scope, query: ListQuery) -> Page[ManifestInfo]:
    """Manifests, newest first. Filters: `carrier`, `warehouse`, `state`. A manifest mixes clients: readers limited to some clients see none."""
    rows = Manifest.objects.filter(**Scope(None, scope.warehouse_ids).filters(warehouse="warehouse_id"))
    if scope.client_ids is not None:
        rows = rows.none()
    for name in ("carrier", "state"):
        if wanted := query.many(name):
            rows = rows.filter(**{f"{name}__in": wanted})
    if (warehouse := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse)
    if query.search:
        rows = rows.filter(number=query.search.upper())
    return paginate(rows, query, make=_info, sorts={"opened_at": "opened_at", "parcels": "parcels"}, default="-id")


def manifest(scope: Scope, manifest_id: int) -> ManifestInfo:
    """One manifest.

    Raises: NotFound.
    """
    found = None
    if scope.client_ids is None:
        found = Manifest.objects.filter(pk=manifest_id, **scope.filters(warehouse="warehouse_id")).first()
    if found is None:
        raise NotFound(kind="manifest", ref=manifest_id)
    return _info(found)


def closing(scope: Scope, before: dt.datetime) -> list[ManifestInfo]:
    """Manifests that were opened before a moment and never handed over: their worker died, or the carrier did not answer."""
    if scope.client_ids is not None:
        return []
    return [_info(m) for m in Manifest.objects.filter(state="closing", opened_at__lt=before, **scope.filters(warehouse="warehouse_id")).order_by("pk")]


def handed_over(scope: Scope, manifest_id: int) -> HandedOver:
    """What a carrier took and refused, of a manifest that is done."""
    found = manifest(scope, manifest_id)
    return HandedOver(found.manifest_id, found.number, found.parcels, found.refused)


def labels_on(scope: Scope, manifest_id: int) -> list[LabelInfo]:
    """The labels on a manifest."""
    return _labels(scope, "l.manifest_id = %(id)s", {"id": manifest_id})


_BOARD: Final = """
SELECT x.carrier, sum(x.buying)::int, sum(x.ready)::int, sum(x.loaded)::int, sum(x.kept)::int, sum(x.gone)::int, max(x.gone_at) FROM (
  SELECT l.carrier, (p.state = 'sealed')::int AS buying, (p.state = 'labelled' AND NOT f.held)::int AS ready, (p.state = 'loaded' AND NOT f.held)::int AS loaded,
         (p.state IN ('labelled', 'loaded') AND f.held)::int AS kept, 0 AS gone, NULL::timestamptz AS gone_at
  FROM packing_parcel p JOIN shipping_label l ON l.parcel_id = p.id AND l.state = ANY(%(live)s) JOIN orders_fulfillmentorder f ON f.id = p.fulfillment_order_id
  WHERE p.warehouse_id = %(warehouse)s AND p.state IN ('sealed', 'labelled', 'loaded') AND (%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s))
  UNION ALL
  SELECT m.carrier, 0, 0, 0, 0, m.parcels, m.handed_over_at FROM shipping_manifest m
  WHERE m.warehouse_id = %(warehouse)s AND m.handed_over_at >= %(since)s AND %(clients)s::bigint[] IS NULL
) x GROUP BY 1 ORDER BY 1
"""


def board(scope: Scope, warehouse_id: int, time_zone: str, now: dt.datetime) -> list[BoardLine]:
    """The day so far at a warehouse, by carrier; the line without carrier counts sealed parcels for which no service is chosen yet."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    zone = ZoneInfo(time_zone)
    since = dt.datetime.combine(now.astimezone(zone).date(), dt.time(), zone)
    params = {"warehouse": warehouse_id, "since": since, "live": sorted(LIVE), "clients": None if scope.client_ids is None else sorted(scope.client_ids)}
    lines = [BoardLine(*row) for row in sql.rows(_BOARD, params)]
    [(bare,)] = sql.rows(
        """SELECT count(*)::int FROM packing_parcel p WHERE p.warehouse_id = %(warehouse)s AND p.state = 'sealed' AND (%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s))
             AND NOT EXISTS (SELECT FROM shipping_label l WHERE l.parcel_id = p.id AND l.state = ANY(%(live)s))""",
        params,
    )
    return [*lines, BoardLine("", bare, 0, 0, 0, 0, None)] if bare else lines


def due_and_not_packed(scope: Scope, warehouse_id: int, by: dt.datetime) -> int:
    """How many orders should leave by a moment and are not packed yet (counted up to 10,000)."""
    if not scope.sees_warehouse(warehouse_id):
        return 0
    clients: Sequence[int] | None = None if scope.client_ids is None else sorted(scope.client_ids)
    return int(
        sql.rows(
            """SELECT count(*) FROM (SELECT FROM orders_fulfillmentorder f WHERE f.warehouse_id = %(warehouse)s AND f.stage IN ('open', 'picking', 'picked') AND NOT f.held
                 AND f.ship_by <= %(by)s AND (%(clients)s::bigint[] IS NULL OR f.client_id = ANY(%(clients)s)) LIMIT 10000) x""",
            {"warehouse": warehouse_id, "by": by, "clients": clients},
        )[0][0]
    )


def loaded_labels(scope: Scope, warehouse_id: int, carrier: str) -> list[int]:
    """The labels whose parcels were scanned onto a carrier's truck and have not left."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    return [
        r[0]
        for r in sql.rows(
            """SELECT l.id FROM packing_parcel p JOIN shipping_label l ON l.parcel_id = p.id AND l.state = 'bought' AND l.manifest_id IS NULL
               WHERE p.state = 'loaded' AND p.warehouse_id = %(warehouse)s AND l.carrier = %(carrier)s AND (%(clients)s::bigint[] IS NULL OR p.client_id = ANY(%(clients)s))
               ORDER BY l.id""",
            {"warehouse": warehouse_id, "carrier": carrier, "clients": None if scope.client_ids is None else sorted(scope.client_ids)},
        )
    ]
