"""What a scan may mean to shipping."""

from __future__ import annotations

from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.steps.shipping.selectors.labels import find


def resolve(scan: Scan, context: Context) -> list[Match]:
    """A label (`shipping.label`) by its tracking number, or by its parcel's number or SSCC. The context's scope bounds what is found."""
    found = find(context.scope, scan.sscc or scan.text, warehouse_id=context.warehouse_id) if scan.gtin is None else None
    if found is None or (context.client_id is not None and found.client_id != context.client_id):
        return []
    return [Match(Ref("shipping.label", found.label_id), found.tracking_number or found.parcel or "", found.state)]
