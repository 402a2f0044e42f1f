"""Questions about equipment."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.ground.equipment import scales
from packhorse.ground.equipment.errors import NotAtRest, NotSetUp, ScaleSilent
from packhorse.ground.equipment.models import Equipment, Sending
from packhorse.ground.equipment.types import BROWSER, EquipmentInfo, Reading, SendingInfo
from packhorse.ground.equipment.words import KINDS
from packhorse.ground.warehouse import selectors as warehouses


def equipment_info(row: Equipment) -> EquipmentInfo:
    return EquipmentInfo(
        id=row.pk,
        warehouse_id=row.warehouse_id,
        warehouse=row.warehouse.code,
        station_id=row.station_id,
        station=row.station.code if row.station else None,
        kind=row.kind,
        name=row.name,
        protocol=row.protocol,
        address=row.address,
        neighbour_id=row.neighbour_id,
        neighbour=row.neighbour.name if row.neighbour else None,
        archived=row.archived_at is not None,
    )


def _in_its_warehouses(scope: Scope) -> dict[str, list[int]]:
    """Equipment is of a warehouse and of no client."""
    return {} if scope.warehouse_ids is None else {"warehouse_id__in": sorted(scope.warehouse_ids)}


def _equipment(scope: Scope) -> QuerySet[Equipment]:
    return Equipment.objects.select_related("warehouse", "station", "neighbour").filter(**_in_its_warehouses(scope))


def equipment_page(scope: Scope, query: ListQuery) -> Page[EquipmentInfo]:
    """Equipment by name. Filters: `warehouse`, `kind`, `archived` (1: only those)."""
    rows = _equipment(scope).filter(archived_at__isnull=query.one("archived") != "1")
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if kinds := query.many("kind"):
        rows = rows.filter(kind__in=kinds)
    if query.search:
        rows = rows.filter(Q(name__icontains=query.search) | Q(station__code__istartswith=query.search))
    return paginate(rows, query, make=equipment_info, sorts={"name": "name"}, default="name")


def equipment(scope: Scope, equipment_id: int) -> EquipmentInfo:
    """Raises: NotFound."""
    found = _equipment(scope).filter(pk=equipment_id).first()
    if found is None:
        raise NotFound(kind="equipment", ref=str(equipment_id))
    return equipment_info(found)


def at_station(scope: Scope, kind: str, warehouse_id: int, station_id: int | None) -> EquipmentInfo | None:
    """The device of a kind that serves a bench: its own, else the warehouse's."""
    rows = _equipment(scope).filter(Q(station_id=station_id) | Q(station=None), kind=kind, warehouse_id=warehouse_id, archived_at=None)
    found = sorted(rows, key=lambda e: e.station_id is None)
    return equipment_info(found[0]) if found else None


def printer(scope: Scope, kind: str, warehouse_id: int, station_id: int | None = None) -> EquipmentInfo:
    """The printer (`printer`: of labels, `paper`: of documents) that serves a bench or, without one, the desk: the bench's, the warehouse's, else the first of the warehouse by name.

    Raises: NotSetUp.
    """
    rows = list(_equipment(scope).filter(kind=kind, warehouse_id=warehouse_id, archived_at=None).order_by("name", "pk"))
    if not rows:
        raise NotSetUp(kind=str(KINDS[kind]), warehouse=warehouses.warehouse(scope, warehouse_id).code)
    return equipment_info(min(rows, key=lambda e: (e.station_id is None or e.station_id != station_id, e.station_id is not None)))


def were_queued(key: UUID) -> bool:
    """Whether papers were sent to printers under this key (`services.print_out`)."""
    return Sending.objects.filter(key=uuid5(key, "0")).exists()


def reads(scale: EquipmentInfo) -> str:
    """Where a page reads the scale: `serial:<protocol>` at its own computer, else the URL at which the server does."""
    return f"serial:{scale.protocol}" if scale.address == BROWSER else reverse("equipment:weight", args=[scale.id])


def weigh(scale: EquipmentInfo, *, seconds: float = 2.0) -> Reading:
    """What a scale on the network says now. Never inside a transaction.

    Raises: ScaleSilent, NotAtRest.
    """
    if scale.address == BROWSER:
        raise ScaleSilent(name=scale.name, reason=gettext("it is plugged into the bench's computer"), equipment_id=scale.id)
    host, _, port = scale.address.rpartition(":")
    try:
        found = scales.read_from(host, int(port), scale.protocol, seconds=seconds)
    except OSError as error:
        raise ScaleSilent(name=scale.name, reason=str(error), equipment_id=scale.id) from error
    if not found.stable:
        raise NotAtRest(name=scale.name)
    return found


def sending_info(row: Sending) -> SendingInfo:
    return SendingInfo(
        row.pk, row.equipment_id, row.equipment.name, row.what, row.subject_kind, row.subject_id, row.state, row.tries, row.error,
        row.sent_to.name if row.sent_to else None, row.queued_at, row.sent_at,
    )  # fmt: skip


def sendings(scope: Scope, query: ListQuery, *, equipment_id: int | None = None) -> Page[SendingInfo]:
    """What was sent to devices, newest first. Filter: `state`."""
    rows = Sending.objects.select_related("equipment", "sent_to").filter(**scope.filters(warehouse="equipment__warehouse_id"))
    if equipment_id is not None:
        rows = rows.filter(equipment_id=equipment_id)
    if states := query.many("state"):
        rows = rows.filter(state__in=states)
    return paginate(rows, query, make=sending_info, default="-id")


def queued(limit: int = 200) -> list[int]:
    """What waits to be sent, oldest first. A box is asked for by the bench that waits for it; only what it left behind is here."""
    late = clock.now() - dt.timedelta(seconds=60)
    return list(Sending.objects.filter(~Q(what="box") | Q(queued_at__lt=late), state=Sending.State.QUEUED).order_by("pk").values_list("pk", flat=True)[:limit])
