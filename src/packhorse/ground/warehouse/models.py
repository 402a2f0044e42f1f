"""Warehouses, their locations and their floors."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Warehouse(models.Model):
    """A building that ships. `level` says how much of the floor is modelled: shelf, bins, carts, zones."""

    class Level(models.TextChoices):
        SHELF = "shelf"
        BINS = "bins"
        CARTS = "carts"
        ZONES = "zones"

    code = models.TextField(unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="UTC")
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.CARTS)
    address_name = models.TextField(default="")
    address_line = models.TextField(default="")
    city = models.TextField(default="")
    region = models.TextField(default="")
    postal_code = models.TextField(default="")
    country = models.CharField(max_length=2)
    workdays = ArrayField(models.PositiveSmallIntegerField(), default=list)  # ISO weekdays, 1 is Monday
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class CutOff(models.Model):
    """Orders for this service accepted before this local time leave the same working day."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="cut_offs")
    service = models.TextField()
    at = models.TimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "service"], name="cut_off_once_per_service")]


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Floor(models.Model):
    """The layout of a warehouse's racks (as in `types.FloorPlan`): lengths in metres, aisles from the left, cells from the front."""

    warehouse = models.OneToOneField(Warehouse, on_delete=models.CASCADE, related_name="floor")
    aisles = models.PositiveIntegerField()
    aisle_pitch_m = models.FloatField()
    cells = models.PositiveIntegerField()
    cell_pitch_m = models.FloatField()
    first_cell_m = models.FloatField()
    length_m = models.FloatField()
    depot_aisle = models.PositiveIntegerField(default=0)
    levels = models.PositiveIntegerField(default=1)
    cross_after = ArrayField(models.PositiveIntegerField(), default=list)
    one_way_back = ArrayField(models.PositiveIntegerField(), default=list)
    one_way_front = ArrayField(models.PositiveIntegerField(), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(depot_aisle__lt=F("aisles")), name="depot_on_the_floor"),
            models.CheckConstraint(condition=~Q(one_way_back__overlap=F("one_way_front")), name="one_way_is_one_way"),
        ]


class Zone(models.Model):
    """A part of the floor that somebody picks in. Its aisles are `ZoneAisle`s, a single place may name another. `position`: where it comes on the way of a tote from zone to zone;
    totes that go on into it are put down at `hand_over` (None: they stay on their cart)."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="zones", db_index=False)
    code = models.TextField()
    position = models.PositiveSmallIntegerField()
    hand_over = models.ForeignKey("Location", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="zone_code_once")]

    def __str__(self) -> str:
        return self.code


class ZoneAisle(models.Model):
    """An aisle belongs to a zone, and to one only."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="aisles", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+", db_index=False)
    aisle = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "aisle"], name="aisle_in_one_zone")]


class Location(models.Model):
    """Any place where stock can be. A handling unit (tote, cart, pallet) is a location with a parent. Virtual ones (supplier, customer, scrap, adjustment) have no warehouse.

    `aisle`, `cell` and `level` place it in the racks, `x_m` and `y_m` beside them; `pickable` locations may be allocated from. `zone`: where it is another than its aisle's.
    """

    class Kind(models.TextChoices):
        BIN = "bin"
        DOCK = "dock"
        STAGING = "staging"
        CART = "cart"
        TOTE = "tote"
        PALLET = "pallet"
        STATION = "station"
        RETURNS = "returns"
        QUARANTINE = "quarantine"
        TRANSIT = "transit"
        SUPPLIER = "supplier"
        CUSTOMER = "customer"
        SCRAP = "scrap"
        ADJUSTMENT = "adjustment"

    VIRTUAL = ("supplier", "customer", "scrap", "adjustment")
    UNITS = ("cart", "tote", "pallet")

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="locations")
    code = models.TextField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="units")
    pickable = models.BooleanField(default=False)
    aisle = models.PositiveIntegerField(null=True)
    cell = models.PositiveIntegerField(null=True)
    level = models.PositiveIntegerField(default=0)
    x_m = models.FloatField(null=True)
    y_m = models.FloatField(null=True)
    zone = models.ForeignKey(Zone, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="location_code_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(warehouse__isnull=True, kind__in=["supplier", "customer", "scrap", "adjustment"])
                | Q(warehouse__isnull=False) & ~Q(kind__in=["supplier", "customer", "scrap", "adjustment"]),
                name="virtual_locations_have_no_warehouse",
            ),
            models.CheckConstraint(condition=Q(pickable=False) | Q(kind="bin"), name="only_bins_are_pickable"),
            models.CheckConstraint(
                condition=Q(x_m__isnull=True, y_m__isnull=True) | Q(x_m__isnull=False, y_m__isnull=False, aisle__isnull=True),
                name="in_the_racks_or_beside_them",
            ),
        ]
        indexes = [models.Index(fields=["warehouse", "kind"], name="location_kind")]

    def __str__(self) -> str:
        return self.code


class WallSlot(models.Model):
    """A slot of a put wall: a tote that stays in its wall, which is a place of kind staging. Closed since `closed_at`: it takes no other order, and is empty once its own has left."""

    wall = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="slots", db_index=False)
    slot = models.OneToOneField(Location, on_delete=models.PROTECT, related_name="in_wall")
    number = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wall", "number"], name="wall_slot_once"),
            models.CheckConstraint(condition=Q(number__gt=0) & ~Q(wall=F("slot")), name="a_slot_is_numbered"),
        ]
