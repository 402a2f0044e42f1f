"""Transfers between warehouses."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.steps.inventory.models import TransferOrder
from packhorse.steps.inventory.types import TransferInfo, TransferLineInfo


def _seen(scope: Scope) -> Any:
    rows = TransferOrder.objects.filter(**scope.filters()).select_related("warehouse", "source_warehouse").prefetch_related("lines__item", "lines__lot")
    if scope.warehouse_ids is not None:
        rows = rows.filter(Q(warehouse_id__in=scope.warehouse_ids) | Q(source_warehouse_id__in=scope.warehouse_ids))
    return rows


def _info(t: TransferOrder) -> TransferInfo:
    lines = tuple(
        TransferLineInfo(n.pk, n.item_id, n.item.sku, n.lot_id, n.lot.code if n.lot else "", n.quantity, n.received, n.damaged, n.short, n.over, n.reason)
        for n in sorted(t.lines.all(), key=lambda n: n.pk)
    )
    return TransferInfo(
        t.pk, t.client_id, t.source_warehouse.code, t.warehouse.code, t.warehouse_id, t.source_warehouse_id, t.number, t.state, t.expected_on, t.note, t.sent_at, t.closed_at,
        t.short_reason, lines,
    )  # fmt: skip


def transfers(scope: Scope, query: ListQuery) -> Page[TransferInfo]:
    """Transfers from or to warehouses that the reader sees, newest first. Filters: `state` (open, late or a state)."""
    rows = _seen(scope)
    if query.search:
        rows = rows.filter(number__istartswith=query.search)
    if state := query.one("state"):
        still = rows.filter(closed_at__isnull=True)
        rows = still if state == "open" else still.filter(expected_on__lt=clock.now().date()) if state == "late" else rows.filter(state=state)
    return paginate(rows, query, make=_info, sorts={"expected_on": "expected_on"}, default="-id")


def transfer(scope: Scope, transfer_id: int) -> TransferInfo:
    """One transfer.

    Raises: NotFound.
    """
    found = _seen(scope).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound(kind="transfer", ref=str(transfer_id))
    return _info(found)
