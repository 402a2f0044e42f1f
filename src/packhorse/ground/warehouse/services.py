"""Use cases about warehouses and their places."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Final
from uuid import UUID

from packhorse.core import sql
from packhorse.core.actors import Actor, authorize
from packhorse.core.errors import Invalid, NotAllowed
from packhorse.core.events import emit
from packhorse.core.use_case import use_case
from packhorse.ground.people.history import sign
from packhorse.ground.warehouse import events, records
from packhorse.ground.warehouse.errors import BadFloor, BadLocation, CodeTaken, FloorTooSmall
from packhorse.ground.warehouse.models import Floor, Location, Warehouse
from packhorse.ground.warehouse.selectors import location_info, warehouse_info
from packhorse.ground.warehouse.types import Address, CutOffInfo, LaidOut, LocationInfo, NewFloor, NewLocation, WarehouseInfo

_CODE: Final = re.compile(r"^[A-Z0-9][A-Z0-9._-]{0,31}$")
_MOST_BINS: Final = 200_000


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


def aisle_letters(n: int) -> str:
    """The name of an aisle counted from 0: A … Z, AA, AB, … (as spreadsheet columns)."""
    name = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        name = chr(65 + rest) + name
    return name


def bin_code(aisle: int, cell: int, level: int) -> str:
    """A bin's code from its place, all counted from 0: A-01-01."""
    return f"{aisle_letters(aisle)}-{cell + 1:02d}-{level + 1:02d}"


def _insert(warehouse_id: int, places: list[NewLocation]) -> list[tuple[int, str, str]]:
    """Make places; (id, code, kind) of the new ones. A code that is there already stays as it is."""
    return [
        (row[0], row[1], row[2])
        for row in sql.rows(
            """INSERT INTO warehouse_location (warehouse_id, code, kind, pickable, aisle, cell, level)
               SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::int[], %s::int[], %s::int[])
               ON CONFLICT (warehouse_id, code) DO NOTHING RETURNING id, code, kind""",
            [
                warehouse_id,
                [p.code for p in places],
                [p.kind for p in places],
                [p.pickable for p in places],
                [p.aisle for p in places],
                [p.cell for p in places],
                [p.level for p in places],
            ],
        )
    ]


def _check_floor(floor: NewFloor) -> float:
    """The aisles' length in metres."""
    counts = (floor.docks, floor.staging, floor.stations, floor.carts, floor.totes)
    if min(floor.aisles, floor.cells, floor.levels) < 1 or floor.aisles * floor.cells * floor.levels > _MOST_BINS:
        raise BadFloor(reason=f"1 to {_MOST_BINS} bins")
    if min(counts) < 0 or max(counts) > 10_000:
        raise BadFloor(reason="counts")
    if not 0 <= floor.depot_aisle < floor.aisles:
        raise BadFloor(reason="depot_aisle")
    reach = floor.first_cell_m + (floor.cells - 1) * floor.cell_pitch_m
    length = floor.length_m if floor.length_m is not None else reach + floor.first_cell_m
    if not (0 < floor.aisle_pitch_m < 1000 and 0 < floor.cell_pitch_m < 1000 and 0 <= floor.first_cell_m < 1000 and reach <= length < 100_000):
        raise BadFloor(reason="metres")
    return length


def _places(floor: NewFloor) -> list[NewLocation]:
    found = [
        NewLocation(bin_code(aisle, cell, level), "bin", True, aisle, cell, level)
        for aisle in range(floor.aisles)
        for cell in range(floor.cells)
        for level in range(floor.levels)
    ]
    numbered = (
        ("DOCK-{}", "dock", floor.docks),
        ("STAGE-{}", "staging", floor.staging),
        ("BENCH-{}", "station", floor.stations),
        ("CART-{:02d}", "cart", floor.carts),
        ("T-{:03d}", "tote", floor.totes),
    )
    found += [NewLocation(code.format(n + 1), kind) for code, kind, count in numbered for n in range(count)]
    return [*found, NewLocation("RETURNS", "returns"), NewLocation("QUARANTINE", "quarantine")]


@use_case
def lay_out(*, key: UUID, actor: Actor, warehouse_id: int, floor: NewFloor) -> LaidOut:
    """Lay out the floor: its plan, all bins, docks, staging, benches, carts and totes. Done again with larger figures, the floor grows.

    Raises: NotAllowed, NotFound, BadFloor, FloorTooSmall.
    """
    records.lock_warehouse(warehouse_id)
    authorize(actor, "manage_settings", warehouse_id=warehouse_id)
    length = _check_floor(floor)
    outside = sql.rows(
        "SELECT aisle, cell FROM warehouse_location WHERE warehouse_id = %s AND archived_at IS NULL AND (aisle >= %s OR cell >= %s) ORDER BY aisle, cell LIMIT 1",
        [warehouse_id, floor.aisles, floor.cells],
    )
    if outside:
        raise FloorTooSmall(aisle=aisle_letters(outside[0][0]), cell=outside[0][1] + 1)
    sign()
    Floor.objects.update_or_create(
        warehouse_id=warehouse_id,
        defaults={
            "aisles": floor.aisles,
            "aisle_pitch_m": floor.aisle_pitch_m,
            "cells": floor.cells,
            "cell_pitch_m": floor.cell_pitch_m,
            "first_cell_m": floor.first_cell_m,
            "length_m": length,
            "depot_aisle": floor.depot_aisle,
        },
    )
    made = _insert(warehouse_id, _places(floor))
    kinds: dict[str, int] = {}
    for _, _, kind in made:
        kinds[kind] = kinds.get(kind, 0) + 1
    emit(events.LocationsMade(warehouse_id=warehouse_id, count=len(made)))
    return LaidOut(warehouse_id=warehouse_id, made=kinds)


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
    made = _insert(warehouse_id, locations)
    emit(events.LocationsMade(warehouse_id=warehouse_id, count=len(made)))
    by_code = {row.code: location_info(row) for row in Location.objects.filter(warehouse_id=warehouse_id, code__in=[p.code for p in locations])}
    return [by_code[p.code] for p in locations]


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
