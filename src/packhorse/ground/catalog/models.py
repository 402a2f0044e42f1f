"""Clients, items, barcodes and boxes. Master data is archived, never deleted."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Client(models.Model):
    """Whose goods they are: a merchant, or one of the merchants a 3PL ships for."""

    code = models.TextField(unique=True)
    name = models.TextField()
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=5, default="en")
    brand_colour = models.CharField(max_length=7, default="#1f5f4b")
    support_email = models.TextField(default="")
    minimum_shelf_days = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Item(models.Model):
    """A stock keeping unit of one client. Sizes are of one base unit, in millimetres and grams; zero means not known."""

    class Tracking(models.TextChoices):
        NONE = "none"
        LOT = "lot"
        SERIAL = "serial"

    class Source(models.TextChoices):
        NONE = "none"
        TYPED = "typed"
        SUPPLIER = "supplier"
        MEASURED = "measured"
        LEARNED = "learned"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="items")
    sku = models.TextField()
    name = models.TextField()
    tracking = models.CharField(max_length=8, choices=Tracking.choices, default=Tracking.NONE)
    length_mm = models.PositiveIntegerField(default=0)
    width_mm = models.PositiveIntegerField(default=0)
    height_mm = models.PositiveIntegerField(default=0)
    weight_g = models.PositiveIntegerField(default=0)
    size_source = models.CharField(max_length=8, choices=Source.choices, default=Source.NONE)
    fragile = models.BooleanField(default=False)
    upright = models.BooleanField(default=False)
    price = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    cost = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    hs_code = models.TextField(default="")
    origin_country = models.CharField(max_length=2, default="", blank=True)
    abc = models.CharField(max_length=1, default="C")
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "sku"], name="item_sku_once_per_client"),
            models.UniqueConstraint(fields=["id", "client"], name="item_of_client"),  # what rows that name both refer to
        ]
        indexes = [
            GinIndex(OpClass(Upper("sku"), name="gin_trgm_ops"), name="item_sku_search"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="item_name_search"),
        ]

    def __str__(self) -> str:
        return self.sku


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Barcode(models.Model):
    """A code that means so many base units of an item (each, inner, case, pallet). Unique per client."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="barcodes")
    code = models.TextField()
    quantity = models.PositiveIntegerField(default=1)
    level = models.TextField(default="each")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "code"], name="barcode_once_per_client"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="barcode_means_units"),
        ]
        indexes = [models.Index(fields=["code"], name="barcode_code")]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Component(models.Model):
    """So many of an item in one kit. An item that has components is a kit: it is sold and never stocked."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    kit = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="components", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="in_kits")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "item"], name="component_once_per_kit"),
            models.CheckConstraint(condition=Q(quantity__gt=0) & ~Q(kit=F("item")), name="component_of_another_item"),
        ]


@pghistory.track(context_field=pghistory.ContextJSONField(), context_id_field=None)  # type: ignore[arg-type]
class Box(models.Model):
    """A box or mailer of the catalogue. Inner and outer sizes in millimetres, weights in grams, cost in minor units of `currency`."""

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(default="box")
    inner_length_mm = models.PositiveIntegerField()
    inner_width_mm = models.PositiveIntegerField()
    inner_height_mm = models.PositiveIntegerField()
    outer_length_mm = models.PositiveIntegerField()
    outer_width_mm = models.PositiveIntegerField()
    outer_height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField()
    max_load_g = models.PositiveIntegerField()
    cost_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(inner_length_mm__gt=0, inner_width_mm__gt=0, inner_height_mm__gt=0)
                & Q(outer_length_mm__gte=F("inner_length_mm"), outer_width_mm__gte=F("inner_width_mm"), outer_height_mm__gte=F("inner_height_mm")),
                name="box_outer_holds_inner",
            )
        ]

    def __str__(self) -> str:
        return self.code
