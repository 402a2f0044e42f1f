"""Use cases about warehouses and their places."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import asdict
from typing import Final
from uuid import UUID

from packhorse.core import sql, work
from packhorse.core.actors import EVERYTHING, Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people.history import sign
from packhorse.ground.warehouse import events, records, selectors
from packhorse.ground.warehouse.designing import aisle_letters, by_kind, places, planned
from packhorse.ground.warehouse.errors import BadLocation, CodeTaken, FloorTooSmall
from packhorse.ground.warehouse.importing import MOST, OWN, changed, judge, read
from packhorse.ground.warehouse.models import Floor, Location, WallSlot, Warehouse, Zone, ZoneAisle
from packhorse.ground.warehouse.selectors import location_info, warehouse_info
from packhorse.ground.warehouse.types import (
    Address,
    CutOffInfo,
    FloorZone,
    LaidOut,
    LineAnswer,
    LocationInfo,
    LocationLine,
    NewFloor,
    NewLocation,
    WallInfo,
    WarehouseInfo,
)

_CODE: Final = re.compile(r"^[A-Z0-9][A-Z0-9._-]{0,31}$")


def _check(name: str, time_zone: str, level: str, address: Address, workdays: tuple[int, ...]) -> None:
    if not name.strip():
        raise Invalid(field="name", reason="missing")
    if time_zone not in zoneinfo.available_timezones():
        raise Invalid(field="time_zone", reason="unknown")
    if level not in Warehouse.Level.values:
        raise Invalid(field="level", reason="unknown")
    if not re.fullmatch(r"[A-Z]{2}", address.country):
        raise Invalid(field="country", reason="two capital letters (ISO 3166)")
    if not workdays or any(not 1 <= day <= 7 for day in workdays):
        raise Invalid(field="workdays", reason="1 (Monday) to 7")


def _take(warehouse: Warehouse, name: str, time_zone: str, level: str, address: Address, workdays: tuple[int, ...]) -> None:
    warehouse.name, warehouse.time_zone, warehouse.level, warehouse.workdays = name.strip(), time_zone, level, sorted(set(workdays))
    warehouse.address_name, warehouse.address_line, warehouse.city = address.name, address.line, address.city
    warehouse.region, warehouse.postal_code, warehouse.country = address.region, address.postal_code, address.country


@use_case
def create_warehouse(
    *,
    key: UUID,
    actor: Actor,
    code: str,
    name: str,
    address: Address,
    time_zone: str = "UTC",
    level: str = "carts",
    workdays: tuple[int, ...] = (1, 2, 3, 4, 5),
) -> WarehouseInfo:
    """A new warehouse, still without places. Only for those who see all warehouses.   Raises: NotAllowed, CodeTaken, Invalid."""
    authorize(actor, "manage_settings")
    if actor.scope.warehouse_ids is not None:
        raise NotAllowed(permission="manage_settings")
    if not _CODE.match(code):
        raise Invalid(field="code", reason="1 to 32 capital letters, digits, dots, hyphens")
    _check(name, time_zone, level, address, workdays)
    sign()
    made = sql.rows(
        """INSERT INTO warehouse_warehouse (code, name, time_zone, level, address_name, address_line, city, region, postal_code, country, workdays)
           VALUES (%s, '', 'UTC', 'carts', '', '', '', '', '', %s, '{}') ON CONFLICT (code) DO NOTHING RETURNING id""",
        [code, address.country],
    )
    if not made:
        raise CodeTaken(code=code)
    warehouse = records.lock_warehouse(made[0][0])
    _take(warehouse, name, time_zone, level, address, workdays)
    warehouse.save()
    emit(events.WarehouseCreated(warehouse_id=warehouse.pk, code=code))
    return warehouse_info(warehouse)


@use_case
def change_warehouse(
    *, key: UUID, actor: Actor, warehouse_id: int, name: str, address: Address, time_zone: str, level: str, workdays: tuple[int, ...]
) -> WarehouseInfo:
    """Name, address, zone, working days and level of a warehouse.   Raises: NotAllowed, NotFound, Invalid."""
    warehouse = records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    _check(name, time_zone, level, address, workdays)
    sign()
    _take(warehouse, name, time_zone, level, address, workdays)
    warehouse.save()
    emit(events.WarehouseChanged(warehouse_id=warehouse_id))
    return warehouse_info(warehouse)


@use_case
def set_cut_offs(*, key: UUID, actor: Actor, warehouse_id: int, cut_offs: list[CutOffInfo]) -> list[CutOffInfo]:
    """The warehouse's cut-offs, all of them: services that are not named have none any more.   Raises: NotAllowed, NotFound, Invalid."""
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    wanted: dict[str, dt.time] = {}
    for cut_off in cut_offs:
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", cut_off.service) or cut_off.service in wanted:
            raise Invalid(field="service", reason="a short name, once each")
        wanted[cut_off.service] = cut_off.at.replace(tzinfo=None)
    sign()
    sql.run("DELETE FROM warehouse_cutoff WHERE warehouse_id = %s AND NOT service = ANY(%s)", [warehouse_id, list(wanted)])
    sql.run(
        """INSERT INTO warehouse_cutoff (warehouse_id, service, at) SELECT %s, * FROM unnest(%s::text[], %s::time[])
           ON CONFLICT (warehouse_id, service) DO UPDATE SET at = excluded.at""",
        [warehouse_id, list(wanted), list(wanted.values())],
    )
    emit(events.CutOffsSet(warehouse_id=warehouse_id))
    return [CutOffInfo(service, at) for service, at in sorted(wanted.items(), key=lambda found: (found[1], found[0]))]


def _insert(warehouse_id: int, new: list[NewLocation]) -> list[tuple[int, str, str]]:
    """Make places; (id, code, kind) of the new ones. A code that is there already stays as it is."""
    return [
        (row[0], row[1], row[2])
        for row in sql.rows(
            """INSERT INTO warehouse_location (warehouse_id, code, kind, pickable, aisle, cell, level, x_m, y_m)
               SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::int[], %s::int[], %s::int[], %s::float8[], %s::float8[])
               ON CONFLICT (warehouse_id, code) DO NOTHING RETURNING id, code, kind""",
            [
                warehouse_id,
                [p.code for p in new],
                [p.kind for p in new],
                [p.pickable for p in new],
                [p.aisle for p in new],
                [p.cell for p in new],
                [p.level for p in new],
                [p.x_m for p in new],
                [p.y_m for p in new],
            ],
        )
    ]


@use_case
def lay_out(*, key: UUID, actor: Actor, warehouse_id: int, floor: NewFloor) -> LaidOut:
    """Lay out the floor: its plan, all bins, docks, staging, benches, carts and totes. Done again with larger figures, the floor grows; cross aisles, one-way aisles and lengths may change.

    Raises: NotAllowed, NotFound, BadFloor, FloorTooSmall.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    plan = planned(warehouse_id, floor)
    if lost := selectors.outside(EVERYTHING, warehouse_id, floor):
        raise FloorTooSmall(place=lost.code, location_id=lost.id)
    sign()
    Floor.objects.update_or_create(warehouse_id=warehouse_id, defaults={k: v for k, v in asdict(plan).items() if k != "warehouse_id"})
    made = by_kind([kind for _, _, kind in _insert(warehouse_id, places(floor))])
    emit(events.LocationsMade(warehouse_id=warehouse_id, count=sum(made.values())))
    return LaidOut(warehouse_id=warehouse_id, made=made)


@use_case
def add_locations(*, key: UUID, actor: Actor, warehouse_id: int, locations: list[NewLocation]) -> list[LocationInfo]:
    """Make single places: another bench, more totes, a pallet. Codes that are there already are answered as they stand. All or none.

    Raises: NotAllowed, NotFound, BadLocation.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    floor = Floor.objects.filter(warehouse_id=warehouse_id).first()
    for place in locations:
        if not _CODE.match(place.code):
            raise BadLocation(code=place.code, reason="code")
        if place.kind not in Location.Kind.values or place.kind in Location.VIRTUAL or (place.pickable and place.kind != "bin"):
            raise BadLocation(code=place.code, reason="kind")
        if (place.aisle is None) != (place.cell is None) or (
            place.aisle is not None and place.cell is not None and (floor is None or not (0 <= place.aisle < floor.aisles and 0 <= place.cell < floor.cells))
        ):
            raise BadLocation(code=place.code, reason="aisle, cell")
        if (place.x_m is None) != (place.y_m is None) or (place.x_m is not None and place.aisle is not None):
            raise BadLocation(code=place.code, reason="x_m, y_m")
    made = _insert(warehouse_id, locations)
    emit(events.LocationsMade(warehouse_id=warehouse_id, count=len(made)))
    by_code = selectors.locations_by_code(EVERYTHING, warehouse_id, [p.code for p in locations])
    return [by_code[p.code] for p in locations]


def import_file(*, key: UUID, actor: Actor, warehouse_id: int, content: bytes, check_only: bool = False) -> list[LineAnswer]:
    """Read a file of places (see `importing`), and make and change what its lines say; `check_only`: only say what it would do. One answer per line, in order.

    Raises: NotAllowed, NotFound, Invalid.
    """
    lines, unreadable = read(content)
    if check_only:
        there = selectors.locations_by_code(actor.scope, warehouse_id, [n.code for n in lines])
        answers = judge(lines, selectors.layout(actor.scope, warehouse_id), there, {z.code for z in selectors.zones(actor.scope, warehouse_id)})
    else:
        answers = import_locations(key=key, actor=actor, warehouse_id=warehouse_id, lines=lines)
    return sorted([*answers, *unreadable], key=lambda a: a.line)


@use_case
def import_locations(*, key: UUID, actor: Actor, warehouse_id: int, lines: list[LocationLine]) -> list[LineAnswer]:
    """Make and change places as a file says, each line by itself: one answer per line, in order. Nothing is taken away; what a line leaves empty stays as it is.

    Locks: warehouse, places.   Raises: NotAllowed, NotFound, Invalid.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    if len(lines) > MOST:
        raise Invalid(field="lines", reason="at most {most} lines at once", most=MOST)
    sql.rows("SELECT id FROM warehouse_location WHERE warehouse_id = %s AND code = ANY(%s) ORDER BY id FOR UPDATE", [warehouse_id, [n.code for n in lines]])
    there = selectors.locations_by_code(EVERYTHING, warehouse_id, [n.code for n in lines])
    answers = judge(lines, selectors.layout(EVERYTHING, warehouse_id), there, {z.code for z in selectors.zones(EVERYTHING, warehouse_id)})
    by_line = dict(zip(((n.line, n.code) for n in lines), lines, strict=True))
    new = [by_line[a.line, a.code] for a in answers if a.outcome == "made"]
    _insert(
        warehouse_id,
        [NewLocation(n.code, n.kind, n.kind == "bin" if n.pickable is None else n.pickable, n.aisle, n.cell, n.level or 0, n.x_m, n.y_m) for n in new],
    )
    in_zones = [(n.code, n.zone) for n in new if n.zone not in (None, OWN)]
    after = [changed(by_line[a.line, a.code], there[a.code]) for a in answers if a.outcome == "changed"]
    sql.run(
        """UPDATE warehouse_location l SET pickable = t.pickable, aisle = t.aisle, cell = t.cell, level = t.level, x_m = t.x_m, y_m = t.y_m
           FROM unnest(%s::bigint[], %s::boolean[], %s::int[], %s::int[], %s::int[], %s::float8[], %s::float8[]) AS t(id, pickable, aisle, cell, level, x_m, y_m)
           WHERE l.id = t.id""",
        [[getattr(p, name) for p in after] for name in ("id", "pickable", "aisle", "cell", "level", "x_m", "y_m")],
    )
    in_zones += [(p.code, p.zone) for p in after]
    sql.run(
        """UPDATE warehouse_location l SET zone_id = z.id FROM unnest(%s::text[], %s::text[]) AS t(code, zone) LEFT JOIN warehouse_zone z ON z.warehouse_id = %s AND z.code = t.zone
           WHERE l.warehouse_id = %s AND l.code = t.code AND l.zone_id IS DISTINCT FROM z.id""",
        [[c for c, _ in in_zones], [z for _, z in in_zones], warehouse_id, warehouse_id],
    )
    refused = sum(a.outcome == "refused" for a in answers)
    emit(events.LocationsImported(warehouse_id=warehouse_id, made=len(new), changed=len(after), refused=refused))
    return answers


@use_case
def set_pickable(*, key: UUID, actor: Actor, location_id: int, pickable: bool) -> LocationInfo:
    """Let orders be picked from a bin, or no longer (it is broken, it is being counted). What is allocated there stays so.   Raises: NotAllowed, NotFound, BadLocation."""
    row = records.lock_location(location_id)
    authorize(actor, "manage_settings", row)
    if row.warehouse_id is None or row.kind != Location.Kind.BIN:
        raise BadLocation(code=row.code, reason="kind")
    row.pickable = pickable
    row.save(update_fields=["pickable"])
    emit(events.LocationChanged(warehouse_id=row.warehouse_id, location_id=location_id, pickable=pickable))
    return location_info(row)


@use_case
def set_zones(*, key: UUID, actor: Actor, warehouse_id: int, zones: list[FloorZone]) -> list[FloorZone]:
    """The zones of a warehouse's floor, all of them, in the order in which a tote goes through them; one that is not named is none any more, and its single places are of their aisles again.
    Walks that are planned stay as they were planned.

    Locks: warehouse, places.   Raises: NotAllowed, NotFound, Invalid.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    floor = Floor.objects.filter(warehouse_id=warehouse_id).first()
    places = selectors.locations_by_code(EVERYTHING, warehouse_id, {z.hand_over for z in zones if z.hand_over})
    seen: dict[int, str] = {}
    for n, zone in enumerate(zones):
        if not _CODE.match(zone.code) or zone.code in {z.code for z in zones[:n]}:
            raise Invalid(field="zones", reason="{code}: 1 to 32 capital letters, digits, dots, hyphens; each zone once", code=zone.code)
        for aisle in zone.aisles:
            if floor is None or not 0 <= aisle < floor.aisles:
                raise Invalid(field="zones", reason="{code}: {aisle} is no aisle of this floor", code=zone.code, aisle=aisle_letters(aisle))
            if aisle in seen:
                raise Invalid(
                    field="zones",
                    reason="aisle {aisle} is in {code} and in {other}: it belongs to one",
                    aisle=aisle_letters(aisle),
                    code=seen[aisle],
                    other=zone.code,
                )
            seen[aisle] = zone.code
        place = places.get(zone.hand_over)
        if zone.hand_over and (place is None or place.archived or place.kind not in ("staging", "station")):
            raise Invalid(field="zones", reason="{place} is no staging place or bench of this warehouse", place=zone.hand_over)
    sign()
    gone = Zone.objects.filter(warehouse_id=warehouse_id).exclude(code__in=[z.code for z in zones])
    sql.rows(
        "SELECT id FROM warehouse_location WHERE warehouse_id = %s AND zone_id = ANY(%s) ORDER BY id FOR UPDATE",
        [warehouse_id, list(gone.values_list("pk", flat=True))],
    )
    ZoneAisle.objects.filter(warehouse_id=warehouse_id).delete()
    gone.delete()
    for position, zone in enumerate(zones):
        place = places.get(zone.hand_over)
        row, _made = Zone.objects.update_or_create(
            warehouse_id=warehouse_id, code=zone.code, defaults={"position": position, "hand_over_id": place.id if place else None}
        )
        ZoneAisle.objects.bulk_create([ZoneAisle(zone=row, warehouse_id=warehouse_id, aisle=aisle) for aisle in sorted(set(zone.aisles))])
    emit(events.ZonesSet(warehouse_id=warehouse_id, zones=len(zones)))
    return selectors.zones(EVERYTHING, warehouse_id)


@use_case
def set_wall(*, key: UUID, actor: Actor, warehouse_id: int, code: str, slots: int) -> WallInfo:
    """A put wall with so many slots, coded W1-01, W1-02, …; done again with more, it grows. With fewer, those of the highest numbers are closed (with 0: all): what lies in them stays until it is
    packed or taken out, and no other order comes in. They are opened again when it grows.

    Locks: warehouse.   Raises: NotAllowed, NotFound, Invalid, CodeTaken.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9._-]{0,27}", code):
        raise Invalid(field="code", reason="1 to 28 capital letters, digits, dots, hyphens")
    there = next((w for w in selectors.walls(EVERYTHING, warehouse_id) if w.code == code), None)
    have, least = (len(there.slots), 0) if there else (0, 1)
    if not least <= slots <= 500:
        raise Invalid(field="slots", reason="{least} to {most}", least=least, most=500)
    wanted = [NewLocation(f"{code}-{n:02d}", "tote") for n in range(have + 1, slots + 1)]
    new = wanted if there else [NewLocation(code, "staging"), *wanted]
    if taken := selectors.locations_by_code(EVERYTHING, warehouse_id, [n.code for n in new]):
        raise CodeTaken(code=min(taken))
    sign()
    made = {code: pk for pk, code, _kind in _insert(warehouse_id, new)}
    wall_id = there.wall_id if there else made[code]
    ids = [made[n.code] for n in wanted]
    sql.run("UPDATE warehouse_location SET parent_id = %s WHERE id = ANY(%s)", [wall_id, ids])
    WallSlot.objects.bulk_create([WallSlot(wall_id=wall_id, slot_id=pk, number=n) for n, pk in enumerate(ids, have + 1)])
    WallSlot.objects.filter(wall_id=wall_id, number__lte=slots).exclude(closed_at=None).update(closed_at=None)
    WallSlot.objects.filter(wall_id=wall_id, number__gt=slots, closed_at=None).update(closed_at=work.current().at)
    emit(events.WallSet(warehouse_id=warehouse_id, wall=code, slots=slots))
    return selectors.wall(EVERYTHING, wall_id)
