"""What there is: lots, levels, moves, and what a warehouse can promise."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from packhorse.ground.catalog.models import Client, Item
from packhorse.ground.warehouse.models import Location, Warehouse


class Condition(models.TextChoices):
    SELLABLE = "sellable"
    HELD = "held"
    DAMAGED = "damaged"


class Lot(models.Model):
    """Units of an item that share an origin and an expiry. `blocked_at`: held, recalled or expired, hence not sellable (written with the counters that follow from it)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    code = models.TextField()
    expires_on = models.DateField(null=True)
    received_on = models.DateField()
    blocked_at = models.DateTimeField(null=True)
    blocked_reason = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="lot_once_per_item")]
        indexes = [models.Index(fields=["expires_on"], name="lot_expiry", condition=Q(blocked_at__isnull=True, expires_on__isnull=False))]


class Stock(models.Model):
    """What a warehouse can promise of an item: the hot row. available = sellable − promised; `short` is what open shortfalls admit to be missing."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    sellable = models.BigIntegerField(default=0)
    promised = models.BigIntegerField(default=0)
    short = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "item"], name="stock_once"),
            models.CheckConstraint(condition=Q(sellable__gte=0, promised__gte=0, short__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(promised__lte=F("sellable") + F("short")), name="stock_never_oversold"),
        ]


class Level(models.Model):
    """How much of an item lies at a place, by lot and condition: a checked projection of the moves. Kept for physical places only."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_levels")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.SELLABLE)
    on_hand = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "location", "lot", "condition"], name="level_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(on_hand__gte=0, allocated__gte=0, allocated__lte=F("on_hand")), name="level_holds_what_it_allocates"),
            models.CheckConstraint(condition=Q(condition="sellable") | Q(allocated=0), name="only_sellable_is_allocated"),
        ]


class Move(models.Model):
    """A quantity of an item from one place (and condition) to another: append-only, partitioned by month of `at`, referenced by nothing."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    client_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    lot_id = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField()
    source_id = models.BigIntegerField()
    source_condition = models.TextField()
    target_id = models.BigIntegerField()
    target_condition = models.TextField()
    cause_kind = models.TextField()
    cause_id = models.BigIntegerField()
    demand_id = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField()

    class Meta:
        db_table = "inventory_move"
        managed = False


class Recall(models.Model):
    """A lot that must come back or be thrown away, wherever it is: its sale is stopped, and whoever got it is told. Ended when the lot is free again."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="recalls")
    reason = models.TextField()
    at = models.DateTimeField()
    principal = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lot"], name="recall_open_once", condition=Q(ended_at__isnull=True))]
