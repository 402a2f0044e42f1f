"""Goods that go to another place of the same warehouse: forward to a pick face, or to a better home."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse
from packhorse.steps.inventory import states
from packhorse.steps.inventory.models.stock import Lot


class PickFace(models.Model):
    """An item is picked at this bin: at `minimum` units or less it is filled up to `maximum` from reserve."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, db_index=False)
    minimum = models.BigIntegerField()
    maximum = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "item"], name="pick_face_once"),
            models.CheckConstraint(condition=Q(minimum__gte=0, maximum__gt=F("minimum")), name="pick_face_minimum_below_maximum"),
        ]
        indexes = [models.Index(fields=["warehouse", "item"], name="pick_face_of_item")]


class Relocation(models.Model):
    """So much of an item and lot goes from one place to another. `reason`: the minimum was reached, orders wait for it (by `deadline`), or slotting found a better home. `worker` has it in hand."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    quantity = models.BigIntegerField()
    moved = models.BigIntegerField(default=0)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="relocated_from", db_index=False)
    target = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="relocated_to", db_index=False)
    reason = models.TextField()
    deadline = models.DateTimeField(null=True)
    state = models.TextField()
    worker = models.TextField(default="")
    claimed_at = models.DateTimeField(null=True)
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, moved__gte=0, moved__lte=F("quantity")), name="relocation_counts"),
            models.CheckConstraint(condition=Q(state__in=sorted(states.TASK)), name="relocation_state_known"),
            models.CheckConstraint(condition=~Q(state="done") | Q(moved=F("quantity")), name="relocation_done_is_all_moved"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="relocation_goes_elsewhere"),
            models.CheckConstraint(condition=Q(reason__in=["minimum", "orders", "slotting"]), name="relocation_reason_known"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "item"], name="relocation_open", condition=Q(done_at__isnull=True)),
            models.Index(fields=["target"], name="relocation_target", condition=Q(done_at__isnull=True)),
            models.Index(fields=["warehouse", "-id"], name="relocation_newest"),
        ]
