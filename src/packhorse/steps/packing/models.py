"""Parcels and what is in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Box, Client, Item
from packhorse.ground.files.models import StoredFile
from packhorse.ground.warehouse.models import Location, Warehouse


class Parcel(models.Model):
    """One closed box with its contents. Outer size in millimetres, weights in grams (`expected_g` by the catalogue). `reasons`: why this box, what else was considered, what was scanned.

    Where the packer took another box than the `proposed_box`, `box_why` says why; `contents_key` is the same for parcels with the same contents, which learn from each other.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SEALED = "sealed"
        LABELLED = "labelled"
        LOADED = "loaded"
        HANDED_OVER = "handed_over"
        VOIDED = "voided"

    number = models.TextField(unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    fulfillment_order = models.ForeignKey("orders.FulfillmentOrder", on_delete=models.PROTECT, related_name="parcels")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, null=True)
    station = models.ForeignKey(Location, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=11, choices=State.choices)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField()
    expected_g = models.PositiveIntegerField()
    fill_permille = models.PositiveIntegerField(null=True)
    material_minor = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    proposed_box = models.ForeignKey(Box, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    box_why = models.CharField(max_length=12, default="")
    contents_key = models.CharField(max_length=32, default="")
    packed_by = models.TextField()
    sealed_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(length_mm__gt=0, width_mm__gt=0, height_mm__gt=0, weight_g__gt=0), name="parcel_measured"),
            models.CheckConstraint(
                condition=Q(state="voided", voided_at__isnull=False) | ~Q(state="voided") & Q(voided_at__isnull=True), name="parcel_voided_when"
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "state", "id"], name="parcel_waiting", condition=Q(state__in=["sealed", "labelled", "loaded"])),
            models.Index(fields=["client", "contents_key", "id"], name="parcel_same_contents"),
            models.Index(fields=["client", "contents_key", "id"], name="parcel_other_box", condition=~Q(box_why="")),
        ]

    def __str__(self) -> str:
        return self.number


class Material(models.Model):
    """Something that is used up in packing: a box of the catalogue, fill, tape, an insert. Counted in whole `unit`s; costs money per unit. A client's own is used for that client only."""

    class Kind(models.TextChoices):
        BOX = "box"
        FILL = "fill"
        TAPE = "tape"
        INSERT = "insert"
        WRAP = "wrap"
        OTHER = "other"

    class Unit(models.TextChoices):
        PIECE = "piece"
        CM = "cm"
        DL = "dl"

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    box = models.OneToOneField(Box, on_delete=models.PROTECT, null=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True, db_index=False)
    cost = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    currency = models.CharField(max_length=3)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="box", box__isnull=False, unit="piece") | ~Q(kind="box") & Q(box__isnull=True), name="material_box_is_a_box"
            )
        ]

    def __str__(self) -> str:
        return self.code


class MaterialStock(models.Model):
    """How much of a material a warehouse has: the sum of its moves. At `reorder_at` or below somebody orders up to `reorder_to`."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="stocks", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField(default=0)
    reorder_at = models.BigIntegerField(default=0)
    reorder_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "material"], name="material_stock_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0, reorder_at__gte=0, reorder_to__gte=F("reorder_at")), name="material_stock_is_something"),
        ]


class MaterialMove(models.Model):
    """So much of a material came, was used or was found to be otherwise; append-only."""

    class Why(models.TextChoices):
        RECEIVED = "received"
        USED = "used"
        COUNTED = "counted"
        UNKNOWN = "unknown"

    material = models.ForeignKey(Material, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    why = models.CharField(max_length=8, choices=Why.choices)
    by = models.TextField()
    at = models.DateTimeField()
    note = models.TextField(default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="material_move_of_something")]
        indexes = [models.Index(fields=["material", "warehouse", "-id"], name="material_moves")]


class MaterialRule(models.Model):
    """What goes into each parcel besides the goods: so much of a material, per parcel or by size, for every client or one, always or for some parcels only."""

    class Per(models.TextChoices):
        PARCEL = "parcel"
        ORDER = "order"
        AIR = "air"
        AROUND = "around"

    class Only(models.TextChoices):
        ALWAYS = "always"
        BOX = "box"
        MAILER = "mailer"
        FRAGILE = "fragile"
        GIFT = "gift"
        WRAPPED = "wrapped"

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="rules")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, null=True)
    per = models.CharField(max_length=8, choices=Per.choices)
    only = models.CharField(max_length=8, choices=Only.choices, db_column="in_which")
    quantity = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="material_rule_of_something"),
            models.UniqueConstraint(
                fields=["material", "client", "per", "only"], name="material_rule_once", condition=Q(ended_at__isnull=True), nulls_distinct=False
            ),
        ]


class ParcelMaterial(models.Model):
    """What was used up for a parcel, and what it cost."""

    parcel = models.ForeignKey("Parcel", on_delete=models.PROTECT, related_name="materials")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    material = models.ForeignKey(Material, on_delete=models.PROTECT, db_index=False)
    quantity = models.BigIntegerField()
    cost_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_material_of_something")]


class Procedure(models.Model):
    """How an item is packed: steps to read at the bench, a photo, and the marks that go on its parcels."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    item = models.OneToOneField(Item, on_delete=models.PROTECT)
    steps = models.TextField(default="")
    marks = models.JSONField(default=list)
    photo = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True)
    changed_at = models.DateTimeField()


class BoxAdvice(models.Model):
    """Which box sizes would have cost least for a warehouse's past orders, as it was computed at a time."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    at = models.DateTimeField()
    days = models.PositiveIntegerField()
    advice = models.JSONField()


class ParcelLine(models.Model):
    """Goods of one demand in a parcel: the allocation they travel as."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    demand = models.ForeignKey("inventory.Demand", on_delete=models.PROTECT)
    allocation = models.ForeignKey("inventory.Allocation", on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey("inventory.Lot", on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_line_of_something")]
