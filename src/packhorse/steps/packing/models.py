"""Parcels and what is in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from packhorse.ground.catalog.models import Box, Client, Item
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
