"""Questions about warehouses and their places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from packhorse.core import clock, sql, sscc
from packhorse.core.actors import Scope
from packhorse.core.errors import NotFound
from packhorse.core.lists import ListQuery, Page, paginate
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, Match, Scan
from packhorse.ground.warehouse.errors import PlaceMissing
from packhorse.ground.warehouse.models import CutOff, Floor, Location, WallSlot, Warehouse, Zone
from packhorse.ground.warehouse.types import STATIONS, Address, CutOffInfo, FloorPlan, FloorZone, LocationInfo, NewFloor, WallInfo, WarehouseInfo


def virtual(kind: str) -> int:
    """The id of the one virtual location of a kind: supplier, customer, scrap or adjustment."""
    found = sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id IS NULL AND code = %s", [kind.upper()])
    if not found:
        found = sql.rows(
            """INSERT INTO warehouse_location (code, kind, pickable, level) VALUES (%s, %s, false, 0)
               ON CONFLICT (warehouse_id, code) DO UPDATE SET kind = excluded.kind RETURNING id""",
            [kind.upper(), kind],
        )
    return int(found[0][0])


def transit(warehouse_id: int) -> int:
    """The place in which goods lie that are on their way to a warehouse."""
    return int(
        sql.rows(
            """INSERT INTO warehouse_location (warehouse_id, code, kind, pickable, level) VALUES (%s, 'TRANSIT', 'transit', false, 0)
               ON CONFLICT (warehouse_id, code) DO UPDATE SET code = excluded.code RETURNING id""",
            [warehouse_id],
        )[0][0]
    )


def warehouse_info(w: Warehouse) -> WarehouseInfo:
    return WarehouseInfo(
        id=w.pk,
        code=w.code,
        name=w.name,
        time_zone=w.time_zone,
        level=w.level,
        address=Address(w.address_name, w.address_line, w.city, w.region, w.postal_code, w.country),
        workdays=tuple(w.workdays),
        archived=w.archived_at is not None,
    )


def _warehouses(scope: Scope) -> QuerySet[Warehouse]:
    rows = Warehouse.objects.all()
    return rows if scope.warehouse_ids is None else rows.filter(pk__in=sorted(scope.warehouse_ids))


def warehouses(scope: Scope, query: ListQuery) -> Page[WarehouseInfo]:
    """Warehouses by code. Filter: `archived` (1: only those)."""
    rows = _warehouses(scope).filter(archived_at__isnull=query.one("archived") != "1")
    if query.search:
        rows = rows.filter(Q(code__icontains=query.search) | Q(name__icontains=query.search))
    return paginate(rows, query, make=warehouse_info, sorts={"code": "code", "name": "name"}, default="code")


def all_warehouses(scope: Scope) -> list[WarehouseInfo]:
    """All warehouses that are not archived, by code."""
    return [warehouse_info(w) for w in _warehouses(scope).filter(archived_at=None).order_by("code")]


def warehouse_choices(scope: Scope) -> list[tuple[int, str]]:
    """(id, "CODE – name") of the warehouses, for forms."""
    return [(w.id, f"{w.code} – {w.name}") for w in all_warehouses(scope)]


def warehouse(scope: Scope, warehouse_id: int) -> WarehouseInfo:
    """Raises: NotFound."""
    found = _warehouses(scope).filter(pk=warehouse_id).first()
    if found is None:
        raise NotFound(kind="warehouse", ref=str(warehouse_id))
    return warehouse_info(found)


def warehouses_by_id(scope: Scope, warehouse_ids: Iterable[int]) -> dict[int, WarehouseInfo]:
    """The warehouses of these ids that the scope sees, archived ones too."""
    return {w.pk: warehouse_info(w) for w in _warehouses(scope).filter(pk__in=set(warehouse_ids))}


def warehouse_by_code(scope: Scope, code: str) -> WarehouseInfo:
    """Raises: NotFound."""
    found = _warehouses(scope).filter(code=code).first()
    if found is None:
        raise NotFound(kind="warehouse", ref=code)
    return warehouse_info(found)


def time_zone(scope: Scope) -> str | None:
    """The zone that a reader's times are shown in: of the warehouses in the scope, where they have one in common."""
    zones = list(_warehouses(scope).filter(archived_at=None).values_list("time_zone", flat=True).distinct()[:2])
    return zones[0] if len(zones) == 1 else None


def today(scope: Scope, warehouse_id: int) -> dt.date:
    """The date now in a warehouse: shelf lives are counted from it.   Raises: NotFound."""
    return clock.now().astimezone(ZoneInfo(warehouse(scope, warehouse_id).time_zone)).date()


def cut_offs(scope: Scope, warehouse_id: int) -> list[CutOffInfo]:
    """A warehouse's cut-offs, the earliest first."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    return [CutOffInfo(service, at) for service, at in CutOff.objects.filter(warehouse_id=warehouse_id).order_by("at", "service").values_list("service", "at")]


def location_info(row: Location) -> LocationInfo:
    return LocationInfo(
        id=row.pk,
        warehouse_id=row.warehouse_id,
        code=row.code,
        kind=row.kind,
        pickable=row.pickable,
        parent_id=row.parent_id,
        aisle=row.aisle,
        cell=row.cell,
        level=row.level,
        archived=row.archived_at is not None,
        x_m=row.x_m,
        y_m=row.y_m,
        zone=row.zone.code if row.zone else "",
    )


def _locations(scope: Scope) -> QuerySet[Location]:
    rows = Location.objects.select_related("zone")
    return rows if scope.warehouse_ids is None else rows.filter(Q(warehouse_id__in=sorted(scope.warehouse_ids)) | Q(warehouse_id=None))


def locations(scope: Scope, query: ListQuery) -> Page[LocationInfo]:
    """Places by code. Filters: `warehouse`, `kind`, `pickable` (1)."""
    rows = _locations(scope).filter(archived_at=None, warehouse__isnull=False)
    if (warehouse_id := query.number("warehouse")) is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    if kinds := query.many("kind"):
        rows = rows.filter(kind__in=kinds)
    if query.one("pickable") == "1":
        rows = rows.filter(pickable=True)
    if query.search:
        rows = rows.filter(code__istartswith=query.search)
    return paginate(rows, query, make=location_info, sorts={"code": "code"}, default="code")


def location(scope: Scope, location_id: int) -> LocationInfo:
    """Raises: NotFound."""
    found = _locations(scope).filter(pk=location_id).first()
    if found is None:
        raise NotFound(kind="location", ref=str(location_id))
    return location_info(found)


def locations_by_id(scope: Scope, location_ids: Iterable[int]) -> dict[int, LocationInfo]:
    """The places of these ids that the scope sees, virtual ones too."""
    return {row.pk: location_info(row) for row in _locations(scope).filter(pk__in=set(location_ids))}


def location_by_code(scope: Scope, warehouse_id: int, code: str) -> LocationInfo:
    """Raises: NotFound."""
    found = _locations(scope).filter(warehouse_id=warehouse_id, code=code.strip().upper()).first()
    if found is None:
        raise NotFound(kind="location", ref=code)
    return location_info(found)


def locations_of_kind(scope: Scope, warehouse_id: int, *kinds: str) -> list[LocationInfo]:
    """A warehouse's places of these kinds, by code: its docks, its benches, its totes."""
    rows = _locations(scope).filter(warehouse_id=warehouse_id, kind__in=kinds, archived_at=None).order_by("code")
    return [location_info(row) for row in rows]


def stations(scope: Scope, warehouse_id: int) -> list[LocationInfo]:
    """What stands on a warehouse's floor beside the racks, docks first, benches last; bins that have a place beside the racks too."""
    rows = _locations(scope).filter(Q(kind__in=STATIONS) | Q(kind="bin", x_m__isnull=False), warehouse_id=warehouse_id, archived_at=None)
    return sorted((location_info(row) for row in rows), key=lambda p: ((*STATIONS, "bin").index(p.kind), p.code))


def units_in(scope: Scope, *location_ids: int) -> list[LocationInfo]:
    """The handling units that stand in a place, or in several, by code."""
    return [location_info(row) for row in _locations(scope).filter(parent_id__in=location_ids, archived_at=None).order_by("code")]


def layout(scope: Scope, warehouse_id: int) -> FloorPlan | None:
    """The warehouse's floor; None where none is laid out (a single shelf, say)."""
    found = Floor.objects.filter(warehouse_id=warehouse_id).first()
    if found is None or not scope.sees_warehouse(warehouse_id):
        return None
    return FloorPlan(
        warehouse_id=warehouse_id,
        aisles=found.aisles,
        aisle_pitch_m=found.aisle_pitch_m,
        cells=found.cells,
        cell_pitch_m=found.cell_pitch_m,
        first_cell_m=found.first_cell_m,
        length_m=found.length_m,
        depot_aisle=found.depot_aisle,
        levels=found.levels,
        cross_after=tuple(found.cross_after),
        one_way_back=tuple(found.one_way_back),
        one_way_front=tuple(found.one_way_front),
    )


def outside(scope: Scope, warehouse_id: int, floor: NewFloor) -> LocationInfo | None:
    """The first place in the racks that would be outside of this floor; None where it has them all. Single places above the floor's own levels stay where they are."""
    before = layout(scope, warehouse_id)
    lower = Q(aisle__isnull=False, level__gte=floor.levels, level__lt=before.levels if before else 0)
    rows = _locations(scope).filter(Q(aisle__gte=floor.aisles) | Q(cell__gte=floor.cells) | lower, warehouse_id=warehouse_id, archived_at=None)
    found = rows.order_by("aisle", "cell", "level", "pk").first()
    return location_info(found) if found else None


def locations_by_code(scope: Scope, warehouse_id: int, wanted: Iterable[str]) -> dict[str, LocationInfo]:
    """The places of these codes in a warehouse, archived ones too."""
    return {row.code: location_info(row) for row in _locations(scope).filter(warehouse_id=warehouse_id, code__in=list(wanted))}


def codes(scope: Scope, warehouse_id: int) -> set[str]:
    """All codes that a warehouse has given to places."""
    return set(_locations(scope).filter(warehouse_id=warehouse_id).values_list("code", flat=True))


def resolve(scan: Scan, context: Context) -> list[Match]:
    """Places that a scan may mean, by code or a unit's SSCC (ours, or the one that it came with and is its code), in the context's warehouse if it has one."""
    if scan.gtin:
        return []
    unit_id = sscc.unit_of(scan.sscc) if scan.sscc else None
    which = {"code": scan.sscc or scan.text.strip().upper()} if unit_id is None else {"pk": unit_id}
    rows = _locations(context.scope).filter(**which, archived_at=None, warehouse__isnull=False)
    if context.warehouse_id is not None:
        rows = rows.filter(warehouse_id=context.warehouse_id)
    return [Match(Ref(f"warehouse.{row.kind}", row.pk), row.code, row.get_kind_display()) for row in rows.order_by("pk")[:20]]


def place_of_kind(warehouse_id: int, kind: str) -> int | None:
    """The first location of a kind (dock, staging, returns, quarantine, station …) in a warehouse; None where it has none."""
    found = sql.rows(
        "SELECT id FROM warehouse_location WHERE warehouse_id = %s AND kind = %s AND archived_at IS NULL ORDER BY id LIMIT 1", [warehouse_id, kind]
    )
    return int(found[0][0]) if found else None


def need_place(warehouse_id: int, kind: str) -> int:
    """The same, where there must be one.

    Raises: PlaceMissing.
    """
    place = place_of_kind(warehouse_id, kind)
    if place is None:
        code = Warehouse.objects.values_list("code", flat=True).get(pk=warehouse_id)
        raise PlaceMissing(warehouse=code, kind=kind, warehouse_id=warehouse_id)
    return place


def zones(scope: Scope, warehouse_id: int) -> list[FloorZone]:
    """The zones of a warehouse's floor, in the order in which a tote goes through them."""
    if not scope.sees_warehouse(warehouse_id):
        return []
    found = sql.rows(
        """SELECT z.code, (SELECT coalesce(array_agg(a.aisle ORDER BY a.aisle), '{}') FROM warehouse_zoneaisle a WHERE a.zone_id = z.id), coalesce(h.code, ''),
                  (SELECT count(*) FROM warehouse_location l WHERE l.warehouse_id = z.warehouse_id AND l.zone_id = z.id)
           FROM warehouse_zone z LEFT JOIN warehouse_location h ON h.id = z.hand_over_id WHERE z.warehouse_id = %s ORDER BY z.position, z.id""",
        [warehouse_id],
    )
    return [FloorZone(code, tuple(aisles), hand_over, places) for code, aisles, hand_over, places in found]


def zone_codes(scope: Scope) -> list[str]:
    """The codes of all zones that the scope sees, each once."""
    rows = Zone.objects.filter(warehouse__archived_at=None) if scope.warehouse_ids is None else Zone.objects.filter(warehouse__in=sorted(scope.warehouse_ids))
    return sorted(set(rows.values_list("code", flat=True)))


def walls(scope: Scope, warehouse_id: int | None = None) -> list[WallInfo]:
    """Put walls (of a warehouse, where given), by code, with their slots."""
    rows = WallSlot.objects.filter(wall__archived_at=None).select_related("wall", "slot").order_by("wall__code", "wall_id", "number")
    if scope.warehouse_ids is not None:
        rows = rows.filter(wall__warehouse__in=sorted(scope.warehouse_ids))
    if warehouse_id is not None:
        rows = rows.filter(wall__warehouse=warehouse_id)
    found: dict[int, WallInfo] = {}
    for row in rows:
        before = found.get(row.wall_id)
        assert row.wall.warehouse_id is not None, "walls stand in a warehouse"
        slots, closed = (before.slots, before.closed) if before else ((), ())
        now_closed = (*closed, row.slot_id) if row.closed_at else closed
        found[row.wall_id] = WallInfo(row.wall_id, row.wall.warehouse_id, row.wall.code, (*slots, (row.slot_id, row.slot.code)), now_closed)
    return list(found.values())


def wall(scope: Scope, wall_id: int) -> WallInfo:
    """Raises: NotFound."""
    found = next((w for w in walls(scope) if w.wall_id == wall_id), None)
    if found is None:
        raise NotFound(kind="put wall", ref=str(wall_id))
    return found
